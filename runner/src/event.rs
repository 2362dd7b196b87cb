//! What happens during a run, as one stream: the progress line, the report, JSON and the history read the same.

use crate::conduct::WhenInconclusive;
use crate::diagnostic::Faulty;
use crate::plan::Case;
use crate::sampling::Sampled;
use crate::snapshot::Remembered;
use crate::verdict::{Sided, Verdict};
use jiff::Timestamp;
use netspec_assertions::finding::Finding;
use netspec_detection::group::Event as News;
use std::sync::Arc;
use std::time::Duration;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins.
    Started {
        /// When.
        at: Timestamp,
        /// How many tests there are.
        tests: usize,
        /// How many different questions they ask.
        questions: usize,
        /// The lab's world, if this is the lab.
        lab: Option<String>,
    },
    /// A file cannot be used.
    Faulty {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        faulty: Faulty,
    },
    /// A test begins.
    Asking {
        /// Its name.
        name: String,
    },
    /// A test ended.
    Ended(Arc<Ended>),
    /// What the run is news of, changes that several tests see each told once; before the end, and not told where there is
    /// none.
    News(Vec<News>),
    /// The run ends.
    Finished(Summary),
}

/// A test that ended, and why so.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The test.
    pub case: Case,
    /// How.
    pub verdict: Verdict,
    /// What does not hold, or holds on weak grounds.
    pub findings: Vec<Finding>,
    /// What was seen, by side.
    pub seen: Vec<Sided>,
    /// How its samples ended, where several were taken.
    pub samples: Option<Sampled>,
    /// What became of its snapshot, if it has one.
    pub remembered: Option<Remembered>,
    /// Why nothing can be said from here, where the test was not as expected and that is why.
    pub vantage_down: Option<String>,
    /// What to add to a command line to come to the same network.
    pub flags: String,
    /// How long it took; nothing for one that was not run.
    pub took: Duration,
}

/// Why a run ended before all of its tests had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// A test was not as expected, and the first such ends the run.
    FailFast,
    /// The time that the run may take is over.
    Timeout,
}

impl Ended {
    /// Of a test of which nothing can be said: what its check wants made of that. None for any other.
    pub fn doubt(&self) -> Option<WhenInconclusive> {
        let doubtful = self.verdict == Verdict::Inconclusive;
        doubtful.then_some(self.case.check().conduct.when_inconclusive)
    }
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// As expected.
    pub passed: usize,
    /// Not as expected.
    pub failed: usize,
    /// Of which nothing can be said.
    pub inconclusive: usize,
    /// Of which nothing can be said either, and whose checks want no more than a warning of that, or a line.
    pub tolerated: usize,
    /// Not run because this machine cannot.
    pub unsupported: usize,
    /// Not run or not finished because the run was interrupted.
    pub interrupted: usize,
    /// Files that cannot be used.
    pub faulty: usize,
    /// Whether nothing could be said from this vantage: its control targets are not to be seen either.
    pub vantage_down: bool,
    /// Why the run ended early, if it did.
    pub stopped: Option<Stop>,
    /// Wall time of the run, in milliseconds.
    #[serde(rename = "time_ms")]
    pub time_ms: u64,
}

impl Summary {
    /// Counts one more.
    pub fn count(&mut self, ended: &Ended) {
        self.vantage_down |= ended.vantage_down.is_some();
        match (ended.verdict, ended.doubt()) {
            (Verdict::Pass, _) => self.passed += 1,
            (Verdict::Fail, _) => self.failed += 1,
            (Verdict::Unsupported, _) => self.unsupported += 1,
            (_, Some(WhenInconclusive::Warn | WhenInconclusive::Skip)) => self.tolerated += 1,
            (Verdict::Inconclusive, _) => self.inconclusive += 1,
        }
    }

    /// How many tests there were.
    pub fn tests(&self) -> usize {
        let inconclusive = self.inconclusive + self.tolerated;
        self.passed + self.failed + inconclusive + self.unsupported + self.interrupted
    }
}
