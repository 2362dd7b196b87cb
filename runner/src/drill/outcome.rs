//! What became of an incident.

use super::alarm::Alarm;
use super::facts::Difference;
use std::collections::BTreeMap;
use std::time::Duration;

/// One incident, and what the checks made of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What happens, for people.
    pub why: String,
    /// Whether somebody has to notice.
    pub must_catch: bool,
    /// Whether a machine thought of it.
    pub is_mutant: bool,
    /// Its place among all.
    pub order: usize,
    /// What became of it.
    pub outcome: Outcome,
    /// How many runs there were.
    pub runs: usize,
    /// What each check made of it.
    pub cells: BTreeMap<String, Cell>,
    /// What each test saw that was otherwise when nothing happened.
    pub differences: Vec<(String, Vec<Difference>)>,
    /// How long it took.
    pub took: Duration,
}

/// What became of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It must be caught, and was.
    Caught,
    /// It must be caught, and was not.
    Missed,
    /// Nothing that is asked touches it: no fact was another. Of mutants alone.
    Unseen,
    /// Nothing was wrong, and nobody said so.
    Quiet,
    /// Nothing was wrong, and somebody raised an alarm.
    FalseAlarm,
    /// It could not be rehearsed, and why.
    Broken(String),
}

impl Outcome {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Missed => "missed",
            Self::Unseen => "unseen",
            Self::Quiet => "quiet",
            Self::FalseAlarm => "false-alarm",
            Self::Broken(_) => "broken",
        }
    }

    /// Why it could not be rehearsed.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Broken(why) => Some(why),
            _ => None,
        }
    }
}

/// What one check made of an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What raised an alarm; nothing where all was as expected.
    pub alarms: Vec<Alarm>,
    /// The run it was raised in, counted from 1.
    pub run: usize,
    /// Whether nothing could be said.
    pub inconclusive: bool,
}

impl Cell {
    /// By which rules and words, each once, rules first: they say what has changed, words what is not as expected.
    pub fn by(&self) -> Vec<&str> {
        let of = |is_rule| {
            self.alarms
                .iter()
                .filter(move |alarm| alarm.is_rule == is_rule)
        };
        let mut by: Vec<&str> = Vec::new();
        for alarm in of(true).chain(of(false)) {
            if !by.contains(&alarm.by.as_str()) {
                by.push(&alarm.by);
            }
        }
        by
    }
}

/// How a drill went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Incidents that must be caught and were.
    pub caught: usize,
    /// Incidents that must be caught and were not.
    pub missed: usize,
    /// Incidents in which nothing was wrong and nobody said so.
    pub quiet: usize,
    /// Incidents in which nothing was wrong and somebody raised an alarm.
    pub false_alarms: usize,
    /// Mutants that nothing asked touches.
    pub unseen: usize,
    /// Incidents that could not be rehearsed.
    pub broken: usize,
}

impl Score {
    /// Counts.
    pub fn of(rows: &[Row]) -> Self {
        let mut score = Self::default();
        for row in rows {
            *match row.outcome {
                Outcome::Caught => &mut score.caught,
                Outcome::Missed => &mut score.missed,
                Outcome::Unseen => &mut score.unseen,
                Outcome::Quiet => &mut score.quiet,
                Outcome::FalseAlarm => &mut score.false_alarms,
                Outcome::Broken(_) => &mut score.broken,
            } += 1;
        }
        score
    }

    /// Whether all that must be caught was, and nothing else.
    pub fn is_perfect(&self) -> bool {
        self.missed + self.false_alarms + self.broken == 0
    }
}
