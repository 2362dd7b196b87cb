use netspec_detection::rtt::{Change, Score};
use schemars::JsonSchema;
use serde::Serialize;

/// A line of `netspec detect … --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[schemars(title = "A line of netspec detect --json")]
pub(super) enum Line<'a> {
    /// From a sample on a series is another.
    Change {
        /// The file, as it was given.
        file: &'a str,
        /// What changed, and when.
        #[serde(flatten)]
        change: &'a Change,
    },
    /// A file is at its end.
    Ended {
        /// The file, as it was given.
        file: &'a str,
        /// How many samples it has.
        samples: u64,
        /// How many of them nobody answered.
        lost: u64,
        /// How many times are not after the one before.
        unordered: u64,
        /// How many changes were found.
        changes: u64,
        /// How they compare with those that the file says there are.
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<Judged>,
    },
    /// All files that say where changes are, together.
    Total {
        /// How many files.
        files: u64,
        /// How what was found compares with what they say.
        score: Judged,
    },
}

/// Found changes beside known ones, paired one to one.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Judged {
    /// How many samples two of a pair may be apart.
    pub(super) tolerance: u64,
    /// How many are known.
    pub(super) known: u64,
    /// How many were found.
    pub(super) found: u64,
    /// How many pairs there are.
    pub(super) both: u64,
    /// The share of found ones that are known.
    pub(super) precision: f64,
    /// The share of known ones that were found.
    pub(super) recall: f64,
    /// The harmonic mean of the two.
    pub(super) f1: f64,
}

impl Judged {
    pub(super) fn new(score: Score, tolerance: u64) -> Self {
        Self {
            tolerance,
            known: score.known,
            found: score.found,
            both: score.both,
            precision: score.precision(),
            recall: score.recall(),
            f1: score.f1(),
        }
    }
}
