//! What was sent and what came back, before anything is made of it.

use super::question::Question;
use crate::icmp::{Meaning, Said};
use crate::route::{Answer, RawOutcome};
use jiff::Timestamp;
use std::net::IpAddr;
use std::time::Duration;

/// Every request of one question and what became of it.
#[derive(Clone, Debug)]
pub struct RawPing {
    /// What was asked.
    pub question: Question,
    /// Whether it could be asked.
    pub outcome: RawOutcome,
    /// When it began, UTC.
    pub asked_at: Timestamp,
    /// The source address of every request.
    pub source: Option<IpAddr>,
    /// The requests in the order sent.
    pub echoes: Vec<RawEcho>,
    /// Echoes that came after their time.
    pub late: u32,
    /// Second answers to one request.
    pub duplicates: u32,
    /// Echoes that came after that to a later request.
    pub out_of_order: u32,
    /// Messages the kernel dropped meanwhile because the socket's buffer was full: loss may be ours.
    pub dropped: u32,
    /// Why later requests could not be sent.
    pub local_error: Option<String>,
    /// The largest packet, where it was looked for and found.
    pub path_mtu: Option<PathMtu>,
    /// What could be seen at all.
    pub sees: Sees,
    /// Wall time.
    pub took: Duration,
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct RawEcho {
    /// When it left, since the question began.
    pub sent_at: Duration,
    /// The first answer in time: an echo, or an error.
    pub answer: Option<Answer>,
}

/// What the way of asking lets be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// Echoes, copies, damage, and errors with who says them.
    Everything,
    /// Whole echoes in time.
    Echoes,
}

/// What a search for the largest packet found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathMtu {
    /// Octets of the largest IP packet that was echoed.
    pub bytes: u32,
    /// Who said that a packet is too big, and what its next link takes.
    pub said: Vec<(IpAddr, u32)>,
    /// The smallest size that vanished without a word.
    pub vanished: Option<u32>,
}

impl RawPing {
    /// A question of which nothing has been asked yet.
    pub(super) fn new(question: &Question, sees: Sees) -> Self {
        Self {
            question: Question {
                to: question.to.to_canonical(),
                ..question.clone()
            },
            outcome: RawOutcome::Asked,
            asked_at: Timestamp::now(),
            source: None,
            echoes: Vec::new(),
            late: 0,
            duplicates: 0,
            out_of_order: 0,
            dropped: 0,
            local_error: None,
            path_mtu: None,
            sees,
            took: Duration::ZERO,
        }
    }

    /// The echoes among the answers.
    pub fn echoed(&self) -> impl Iterator<Item = &Answer> {
        self.answers().filter(|answer| is_echo(answer))
    }

    /// The errors among the answers.
    pub fn errors(&self) -> impl Iterator<Item = (&Answer, Said)> {
        let errors = self.answers().filter(|answer| !is_echo(answer));
        errors.filter_map(|answer| Some((answer, answer.said.icmp()?)))
    }

    /// Every answer in time, in the order of the requests.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.echoes.iter().filter_map(|echo| echo.answer.as_ref())
    }
}

/// Whether it is an echo, and not an error.
pub(super) fn is_echo(answer: &Answer) -> bool {
    let meaning = answer.said.icmp().map(Said::meaning);
    meaning == Some(Meaning::EchoReply)
}
