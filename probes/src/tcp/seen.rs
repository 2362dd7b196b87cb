//! What a TCP probe can see. The words of `tcp: { expect: … }`.

use super::bytes::Bytes;
use super::way::Connection;
use crate::fact::Fact;
use crate::facts::DatabaseIdentity;
use schemars::JsonSchema;
use serde::Serialize;

/// Everything one connection brought to light.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// How connecting ended.
    #[serde(flatten)]
    pub connection: Connection,
    /// Whether every step of the conversation came about; missing where there was none to hold, or silence ended it.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub completed: Fact<bool>,
    /// All that the peer said; null where it closed without a word. Missing where nobody listened for it, or nothing came.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub received: Fact<Received>,
    /// What the peer said before anything was said to it; missing where the conversation does not begin by listening.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub banner: Fact<Received>,
    /// Who ended the connection while we listened; null where it was still open at the end.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub closed: Fact<Closed>,
    /// The steps of the conversation as far as it came, in their order.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub steps: Fact<Vec<StepSeen>>,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// What the peer said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Received {
    /// The bytes.
    #[serde(flatten)]
    pub bytes: Bytes,
    /// Whether there was more than is read (`read-limit`).
    pub cut_off: bool,
}

/// How the peer ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// In order (FIN).
    Peer,
    /// With a RST.
    Reset,
}

/// One step of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StepSeen {
    /// What was done.
    pub step: StepKind,
    /// Whether it came about: sent whole, or what was waited for is there.
    pub met: bool,
    /// What was sent, or what came until then.
    pub bytes: Bytes,
    /// How long it took.
    #[serde(rename = "time_ms")]
    pub time_ms: f64,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Something was said to the peer.
    Send,
    /// Something was waited for.
    WaitFor,
}
