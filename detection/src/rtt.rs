//! Series of round-trip times: levels, their spread, and losses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One measurement of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// The round-trip time in milliseconds; nothing where nobody answered.
    pub rtt_ms: Option<f64>,
}

/// A moment from which on a series is another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The number of the first sample that is otherwise, from 0 at the detector's beginning.
    pub index: u64,
    /// When that was.
    pub at: Timestamp,
    /// The rule that decided: `rtt-level`, `rtt-spread`, `rtt-loss`.
    pub rule: String,
    /// What was.
    pub before: Level,
    /// What is.
    pub after: Level,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
}

/// How a series is for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Level {
    /// The median of what was answered, in milliseconds; nothing where nothing was.
    #[serde(rename = "median_ms", skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<f64>,
    /// The median distance from it (MAD), in milliseconds.
    #[serde(rename = "spread_ms", skip_serializing_if = "Option::is_none")]
    pub spread_ms: Option<f64>,
    /// The share of samples that nobody answered, from 0 to 1.
    pub loss: f64,
}

/// Watches a series as it grows. What it knows can be stored and taken up again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Detector {
    samples: u64,
}

impl Detector {
    /// Takes the next sample; gives the changes that are certain now. A change is told at most [`LOOKAHEAD`] samples after
    /// it began.
    pub fn push(&mut self, _: Sample) -> Vec<Change> {
        self.samples += 1;
        Vec::new()
    }

    /// How the series is now.
    pub fn level(&self) -> Level {
        Level::default()
    }
}

/// How many samples after the first of a change are looked at, at most, before it is told.
pub const LOOKAHEAD: u64 = 15;
