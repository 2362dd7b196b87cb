//! A conversation in steps, each bounded in time and all of them in what they read.

use super::bytes::Bytes;
use super::question::{Awaited, Question, Step};
use super::seen::{Closed, Received, Seen, StepKind, StepSeen};
use super::way::ms;
use crate::fact::Fact;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// What was said on both sides.
pub(super) struct Talk<'q> {
    question: &'q Question,
    stream: TcpStream,
    received: Vec<u8>,
    /// What earlier steps have waited for already.
    consumed: usize,
    /// What had come when first something was sent.
    banner: Option<usize>,
    closed: Option<Closed>,
    cut_off: bool,
    steps: Vec<StepSeen>,
    end: Met,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Yes,
    /// Other things came, or the peer went.
    No,
    /// Nothing came at all.
    Silence,
}

/// Holds the conversation until it is done or a step does not come about.
pub(super) async fn hold(question: &Question, stream: TcpStream) -> Talk<'_> {
    let mut talk = Talk {
        question,
        stream,
        received: Vec::new(),
        consumed: 0,
        banner: None,
        closed: None,
        cut_off: false,
        steps: Vec::new(),
        end: Met::Yes,
    };
    for step in &question.dialogue {
        talk.end = talk.step(step).await;
        if talk.end != Met::Yes {
            break;
        }
    }
    talk
}

impl Talk<'_> {
    async fn step(&mut self, step: &Step) -> Met {
        let started = Instant::now();
        let (met, kind, bytes) = match step {
            Step::Send(bytes) => {
                self.banner.get_or_insert(self.received.len());
                (
                    self.send(bytes, started).await,
                    StepKind::Send,
                    Bytes::of(bytes),
                )
            }
            Step::WaitFor(awaited) => {
                let from = self.consumed;
                let met = self.wait_for(awaited, started).await;
                let until = if met == Met::Yes {
                    self.consumed
                } else {
                    self.received.len()
                };
                let came = self.received.get(from..until).unwrap_or_default();
                (met, StepKind::WaitFor, Bytes::of(came))
            }
        };
        self.steps.push(StepSeen {
            step: kind,
            met: met == Met::Yes,
            bytes,
            time_ms: ms(started.elapsed()),
        });
        met
    }

    async fn send(&mut self, bytes: &[u8], started: Instant) -> Met {
        let deadline = started + self.question.timeout;
        match timeout_at(deadline, self.stream.write_all(bytes)).await {
            Ok(Ok(())) => Met::Yes,
            Ok(Err(_)) => {
                self.closed = Some(Closed::Reset);
                Met::No
            }
            Err(_) => Met::Silence,
        }
    }

    async fn wait_for(&mut self, awaited: &Awaited, started: Instant) -> Met {
        let (before, deadline) = (self.received.len(), started + self.question.timeout);
        let mut until = deadline;
        loop {
            let came = self.received.get(self.consumed..).unwrap_or_default();
            if let Some(end) = awaited.end_in(came) {
                self.consumed += end;
                return Met::Yes;
            }
            if let (Awaited::Quiet(quiet), false) = (awaited, came.is_empty()) {
                until = deadline.min(Instant::now() + *quiet);
            }
            if self.closed.is_some() {
                return self.after_the_end(awaited);
            }
            if self.received.len() >= self.question.most_bytes {
                self.cut_off = true;
                return Met::No;
            }
            if timeout_at(until, self.read()).await.is_err() {
                return match awaited {
                    _ if self.received.len() == before && self.consumed == before => Met::Silence,
                    Awaited::Quiet(_) if until < deadline => self.take_all(),
                    _ => Met::No,
                };
            }
        }
    }

    /// The peer has said all it will.
    fn after_the_end(&mut self, awaited: &Awaited) -> Met {
        let is_quiet = matches!(awaited, Awaited::Quiet(_)) && self.consumed < self.received.len();
        let is_close = matches!(awaited, Awaited::Close) && self.closed == Some(Closed::Peer);
        match is_quiet || is_close {
            true => self.take_all(),
            false => Met::No,
        }
    }

    fn take_all(&mut self) -> Met {
        self.consumed = self.received.len();
        Met::Yes
    }

    /// Reads what there is, up to the bound.
    async fn read(&mut self) {
        let room = self.question.most_bytes.saturating_sub(self.received.len());
        let mut part = (&mut self.stream).take(room as u64);
        match part.read_buf(&mut self.received).await {
            Ok(0) => self.closed = Some(Closed::Peer),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => self.closed = Some(Closed::Reset),
        }
    }

    /// Whether the peer has been silent where it should have said something.
    pub(super) fn is_silence(&self) -> bool {
        self.end == Met::Silence
    }

    /// How long that was waited for.
    pub(super) fn patience(&self) -> Duration {
        self.question.timeout
    }

    /// What it showed.
    pub(super) fn add_to(self, seen: &mut Seen) {
        let listened = self.steps.iter().any(|step| step.step == StepKind::WaitFor);
        if self.steps.is_empty() {
            return;
        }
        seen.completed = match self.end {
            Met::Yes => Fact::Known(true),
            Met::No => Fact::Known(false),
            Met::Silence => Fact::Unknown,
        };
        if listened {
            let banner = self.banner.unwrap_or(self.received.len());
            let first = self.received.get(..banner).unwrap_or_default();
            let begins_by_listening = self
                .steps
                .first()
                .is_some_and(|step| step.step == StepKind::WaitFor);
            if begins_by_listening {
                seen.banner = self.said(first, banner == self.received.len());
            }
            seen.received = self.said(&self.received, true);
        }
        if listened || self.closed.is_some() {
            seen.closed = Fact::looked_up(self.closed);
        }
        seen.steps = Fact::Known(self.steps);
    }

    /// Nothing where the peer went without a word, unknown where it was silent.
    fn said(&self, bytes: &[u8], is_last: bool) -> Fact<Received> {
        match (bytes.is_empty(), self.closed) {
            (true, Some(_)) => Fact::Nothing,
            (true, None) => Fact::Unknown,
            (false, _) => Fact::Known(Received {
                bytes: Bytes::of(bytes),
                cut_off: self.cut_off && is_last,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
