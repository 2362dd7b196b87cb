//! What time is left.

use super::question::Limits;
use std::time::{Duration, Instant};

/// The time of one question, from its first look-up or packet on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    spent: Duration,
    pub(super) limits: Limits,
}

impl Clock {
    /// From now on; what was spent before, on the look-up of the name, counts.
    pub(super) fn start(limits: Limits, spent: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            spent,
            limits,
        }
    }

    /// Since the beginning.
    pub(super) fn elapsed(&self) -> Duration {
        self.spent + self.started.elapsed()
    }

    /// What is left for a phase: its own time, and no more than all have.
    pub(super) fn left(&self, phase: Option<Duration>) -> Duration {
        let left = self.limits.total.saturating_sub(self.elapsed());
        phase.map_or(left, |phase| phase.min(left))
    }
}
