//! Verdicts run after run as a story: stable, suspect, changed, flapping.

use crate::verdict::{Edge, Verdict, Word};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// In how many runs a change is seen before it is told.
pub const RUNS: u32 = 2;
/// How long after the first of them the second should be asked for, where the schedule is slower.
pub const ASK_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How many flips within [`FLIPS_WITHIN`] are flapping.
pub const FLIPS: usize = 3;
/// How long a flip counts.
pub const FLIPS_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How many flips are remembered.
const REMEMBERED: usize = 16;

/// How a tracked check stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it is known.
    #[default]
    Stable,
    /// Otherwise, in one run.
    Suspect,
    /// Otherwise, and told.
    Changed,
    /// Back and forth, and told.
    Flapping,
}

/// The story of one tracked check. It can be stored between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Track {
    /// How it stands.
    pub state: State,
    /// Since when it is otherwise, or flapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// In how many runs it was otherwise, those between in which nothing could be said left out.
    pub runs: u32,
    /// What was normal and what is instead: of a check that flaps, the two it goes between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
    /// Another change on top of the one that was told, and in how many runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<(Edge, u32)>,
    /// Whether it was otherwise in the last run that could say.
    pub otherwise: bool,
    /// When it went from the one to the other, lately.
    pub flips: Vec<Timestamp>,
    /// The last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

/// What a run is news of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Nothing.
    Nothing,
    /// It is otherwise, and was so in as many runs as it takes.
    Changed {
        /// What gave way to what.
        edge: Option<Edge>,
        /// When it was first seen.
        since: Timestamp,
        /// In how many runs.
        runs: u32,
    },
    /// It is again as it was, after a change was told.
    Resolved {
        /// When the change was first seen.
        since: Timestamp,
    },
    /// It goes back and forth; this is told once.
    Flapping {
        /// Between what and what.
        edge: Option<Edge>,
        /// When it began, as far as is remembered.
        since: Timestamp,
        /// How many times within a day.
        flips: u32,
    },
    /// It went back and forth and holds still now, as it was or otherwise.
    Settled {
        /// Whether it holds still as something else than what is normal.
        otherwise: bool,
    },
}

impl Track {
    /// Takes the verdict of a run. One that cannot say changes nothing.
    pub fn observe(&mut self, verdict: &Verdict, at: Timestamp) -> Told {
        self.clock(at);
        self.flips
            .retain(|flip| at.duration_since(*flip) < FLIPS_WITHIN);
        let otherwise = match verdict.word {
            Word::Inconclusive => return Told::Nothing,
            Word::Same | Word::Variance | Word::DbChanged => false,
            Word::Changed | Word::Flapping => true,
        };
        if otherwise != self.otherwise {
            self.otherwise = otherwise;
            self.flips.push(at);
            let surplus = self.flips.len().saturating_sub(REMEMBERED);
            self.flips.drain(..surplus);
        }
        if self.state == State::Flapping {
            return self.flapping();
        }
        if self.flips.len() >= FLIPS {
            return self.flaps(verdict, at);
        }
        if otherwise {
            self.changes(verdict, at)
        } else {
            self.holds()
        }
    }

    /// Takes what is now for normal, because somebody said so.
    pub fn accept(&mut self) {
        let last = self.last;
        *self = Self {
            last,
            ..Self::default()
        };
    }

    /// When the check should be asked again at the latest, whatever its schedule: a suspicion does not wait for a day.
    pub fn ask_by(&self) -> Option<Timestamp> {
        let since = self.since.filter(|_| self.state == State::Suspect)?;
        since.checked_add(ASK_WITHIN).ok()
    }

    /// A clock that was put back makes nothing that was seen lie in the future.
    fn clock(&mut self, at: Timestamp) {
        if self.last.is_some_and(|last| at < last) {
            self.since = self.since.map(|since| since.min(at));
            for flip in &mut self.flips {
                *flip = (*flip).min(at);
            }
        }
        self.last = Some(at);
    }

    fn holds(&mut self) -> Told {
        let since = self.since.filter(|_| self.state == State::Changed);
        (self.state, self.since, self.runs) = (State::Stable, None, 0);
        (self.edge, self.next) = (None, None);
        since.map_or(Told::Nothing, |since| Told::Resolved { since })
    }

    fn changes(&mut self, verdict: &Verdict, at: Timestamp) -> Told {
        self.runs = self.runs.saturating_add(1);
        let since = *self.since.get_or_insert(at);
        if self.state == State::Changed {
            return self.another(verdict, at);
        }
        self.edge.clone_from(&verdict.edge);
        if self.runs < RUNS {
            self.state = State::Suspect;
            return Told::Nothing;
        }
        self.state = State::Changed;
        let edge = self.edge.clone();
        Told::Changed {
            edge,
            since,
            runs: self.runs,
        }
    }

    /// A change was told: is this still the same?
    fn another(&mut self, verdict: &Verdict, at: Timestamp) -> Told {
        let Some(edge) = verdict
            .edge
            .clone()
            .filter(|edge| Some(edge) != self.edge.as_ref())
        else {
            self.next = None;
            return Told::Nothing;
        };
        let runs = match self.next.take() {
            Some((next, runs)) if next == edge => runs + 1,
            _ => 1,
        };
        if runs < RUNS {
            self.next = Some((edge, runs));
            return Told::Nothing;
        }
        (self.since, self.runs) = (Some(at), runs);
        self.edge = Some(edge);
        Told::Changed {
            edge: self.edge.clone(),
            since: at,
            runs,
        }
    }

    fn flaps(&mut self, verdict: &Verdict, at: Timestamp) -> Told {
        if verdict.edge.is_some() {
            self.edge.clone_from(&verdict.edge);
        }
        let since = self.flips.first().copied().unwrap_or(at);
        (self.state, self.since) = (State::Flapping, Some(since));
        let flips = u32::try_from(self.flips.len()).unwrap_or(u32::MAX);
        Told::Flapping {
            edge: self.edge.clone(),
            since,
            flips,
        }
    }

    /// Told already. It ends when nothing went back or forth for a day.
    fn flapping(&mut self) -> Told {
        if !self.flips.is_empty() {
            return Told::Nothing;
        }
        let otherwise = self.otherwise;
        (self.state, self.runs) = (State::Stable, 0);
        if otherwise {
            (self.state, self.runs) = (State::Changed, RUNS);
        } else {
            (self.since, self.edge) = (None, None);
        }
        Told::Settled { otherwise }
    }
}

#[cfg(test)]
mod tests;
