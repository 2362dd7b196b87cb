//! The frame around what any probe saw.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// How asking ended. A refusal, a timeout or NXDOMAIN is something seen, not an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "outcome", content = "because")]
pub enum Outcome {
    /// Somebody answered, be it with a refusal.
    Answered,
    /// Nobody answered within the time given: expectations that fail on this are inconclusive.
    NoAnswer(String),
    /// This machine does not permit or cannot do it; the text says what to change.
    Unsupported(String),
    /// The question could not be put, e.g. no route or no socket; the text says why.
    CouldNotAsk(String),
}

/// One question put to the network, and what came back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Observation<Seen> {
    /// How asking ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// When the first packet left, UTC.
    #[schemars(with = "String")]
    pub asked_at: Timestamp,
    /// What was asked of whom, one line for people, e.g. `udp://1.1.1.1 A cmmsns.qpic.cn.`
    pub asked: String,
    /// What was seen; fields that could not be seen are missing.
    pub seen: Seen,
}
