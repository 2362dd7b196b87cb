use jiff::Timestamp;
use netspec_detection::rtt::{Change, Score};
use netspec_detection::{Verdict, Word};
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
    /// What a test saw is another than it was, or goes back and forth.
    Judged {
        /// The test.
        test: &'a str,
        /// The side of it; empty where it has one only.
        side: &'a str,
        /// The number of the look, from 0.
        index: u64,
        /// When it was asked.
        #[schemars(with = "String")]
        at: Timestamp,
        /// What is said of it, by which rule, and why.
        verdict: &'a Verdict,
    },
    /// A side of a test is at its end.
    Told {
        /// The test.
        test: &'a str,
        /// The side of it; empty where it has one only.
        side: &'a str,
        /// How often what was said.
        #[serde(flatten)]
        story: Story,
    },
}

/// How many looks there were, and what was said of them.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Story {
    /// How many looks.
    pub(super) looks: u64,
    /// As it was.
    pub(super) same: u64,
    /// New, and no change: learned.
    pub(super) variance: u64,
    /// Not to be said.
    pub(super) inconclusive: u64,
    /// Back to what was before the last change.
    pub(super) flapping: u64,
    /// Another.
    pub(super) changed: u64,
}

impl Story {
    pub(super) fn add(&mut self, word: Word) {
        self.looks += 1;
        let count = match word {
            Word::Same => &mut self.same,
            Word::Variance | Word::DbChanged => &mut self.variance,
            Word::Inconclusive => &mut self.inconclusive,
            Word::Flapping => &mut self.flapping,
            Word::Changed => &mut self.changed,
        };
        *count += 1;
    }
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
