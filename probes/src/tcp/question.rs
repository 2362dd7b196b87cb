//! Whom to connect to, and what is said there.

use regex::bytes::{Regex, RegexBuilder};
use std::net::SocketAddr;
use std::time::Duration;

/// One connection to make.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where to.
    pub to: SocketAddr,
    /// What is said and waited for, in this order; nothing is a connection that is closed at once.
    pub dialogue: Vec<Step>,
    /// How long to wait for the connection, and then in each step.
    pub timeout: Duration,
    /// The most that is read of the whole conversation.
    pub most_bytes: usize,
}

/// One step of a conversation.
#[derive(Clone, Debug)]
pub enum Step {
    /// Says these bytes.
    Send(Vec<u8>),
    /// Waits for something.
    WaitFor(Awaited),
}

/// What is waited for, in what no earlier step has waited for.
#[derive(Clone, Debug)]
pub enum Awaited {
    /// These bytes, whatever stands before them.
    Bytes(Vec<u8>),
    /// What this expression finds.
    Match(Regex),
    /// As many bytes.
    Size(usize),
    /// Something, and then nothing for so long.
    Quiet(Duration),
    /// The end of what the peer says.
    Close,
}

impl Question {
    /// A connection and nothing more.
    pub fn new(to: SocketAddr) -> Self {
        Self {
            to,
            dialogue: Vec::new(),
            timeout: Duration::from_secs(5),
            most_bytes: 64 << 10,
        }
    }
}

/// The memory a compiled expression may take.
const MOST_REGEX_BYTES: usize = 1 << 20;

impl Awaited {
    /// What this regular expression finds.
    ///
    /// # Errors
    /// What is wrong with it, for the words under a caret.
    pub fn matching(expression: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(expression)
            .size_limit(MOST_REGEX_BYTES)
            .build();
        let last = |why: regex::Error| {
            let why = why.to_string();
            let last = why.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        };
        built.map(Self::Match).map_err(last)
    }

    /// Where it ends in what came, if it is there.
    pub(super) fn end_in(&self, came: &[u8]) -> Option<usize> {
        match self {
            Self::Bytes(wanted) => {
                let size = wanted.len().max(1);
                let place = came.windows(size).position(|window| window == wanted)?;
                Some(place + size)
            }
            Self::Match(wanted) => wanted.find(came).map(|found| found.end()),
            Self::Size(size) => (came.len() >= *size).then_some(*size),
            Self::Quiet(_) | Self::Close => None,
        }
    }
}
