//! What is said of an observation that was held against what is normal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The five things that can be said, and the sixth, that only the databases changed. The later, the graver.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// As it always was.
    #[default]
    Same,
    /// Not seen before and no change: the model of what is normal becomes wider.
    Variance,
    /// The databases of address facts say otherwise than they did, of what was seen before as well.
    DbChanged,
    /// It cannot be said, and why.
    Inconclusive,
    /// It goes back and forth between states that are known.
    Flapping,
    /// Another state, seen again when it was asked again.
    Changed,
}

impl Word {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Variance => "variance",
            Self::DbChanged => "db-changed",
            Self::Inconclusive => "inconclusive",
            Self::Flapping => "flapping",
            Self::Changed => "changed",
        }
    }
}

/// What is said, by which rule, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Verdict {
    /// What is said.
    pub word: Word,
    /// The rule that decided, e.g. `dns-R3-cname-asn`; docs/detection.md explains each.
    pub rule: Cow<'static, str>,
    /// What it rests on, a sentence each, the weightiest first. Names from outside stand in it as they came: whoever shows
    /// it escapes it.
    pub evidence: Vec<String>,
    /// Questions or packets that were sent for this verdict beyond the observation itself.
    pub probes: u32,
    /// The chance of seeing this though nothing changed, where the rule is one of chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// What gave way to what, by which the same change seen by many tests is one event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
}

/// What gave way to what, in words that are the same for every test that sees it.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub struct Edge {
    /// What kind of thing: `route`, `dns`, `value`, `rtt`, `loss`.
    pub kind: Cow<'static, str>,
    /// What was: of a route `the last hop in common -> the next as it was`, of an alias its end.
    pub from: String,
    /// What is.
    pub to: String,
}

impl Verdict {
    /// A verdict that rests on this evidence and cost nothing.
    pub fn new(word: Word, rule: &'static str, evidence: impl Into<String>) -> Self {
        Self {
            word,
            rule: Cow::Borrowed(rule),
            evidence: vec![evidence.into()],
            probes: 0,
            p_value: None,
            edge: None,
        }
    }

    /// The same with one more sentence of evidence.
    #[must_use]
    pub fn and(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// The same, having cost so many questions or packets.
    #[must_use]
    pub fn costing(mut self, probes: u32) -> Self {
        self.probes = probes;
        self
    }

    /// The same, with the chance of seeing it though nothing changed.
    #[must_use]
    pub fn by_chance(mut self, p_value: f64) -> Self {
        self.p_value = Some(p_value);
        self
    }

    /// The same, with what gave way to what.
    #[must_use]
    pub fn edge(
        mut self,
        kind: &'static str,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        let kind = Cow::Borrowed(kind);
        let (from, to) = (from.into(), to.into());
        self.edge = Some(Edge { kind, from, to });
        self
    }
}
