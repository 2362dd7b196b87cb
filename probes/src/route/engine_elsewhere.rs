//! What there is of the engine where the kernel does not tell an unprivileged process of ICMP errors.

use super::{Limits, Question, RawOutcome, RawTrace};
use std::net::IpAddr;

const REASON: &str = "routes are traced on Linux only so far";

/// Answers every question with [`RawOutcome::Unsupported`].
#[derive(Clone, Debug)]
pub struct Engine;

impl Engine {
    /// An engine that sends nothing, whatever the limits.
    pub fn new(_limits: Limits) -> Self {
        Self
    }

    /// Says that this system is not supported.
    pub async fn trace(&self, question: &Question) -> RawTrace {
        RawTrace::not_asked(question.clone(), RawOutcome::Unsupported(REASON.into()))
    }
}

/// Why this process may not trace to addresses of that family: on this system, to none.
pub fn forbidden(_family_of: IpAddr) -> Option<String> {
    Some(REASON.into())
}
