//! A drill for programs: one JSON object a line.

use super::Again;
use crate::drill::{Cell, Check, Drilled, Row, Score};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The version of this format; it changes when a key changes its meaning or goes.
const VERSION: u32 = 1;

/// One line of what a drill tells.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Line {
    /// First of all: the checks that were put to the test.
    Drill {
        /// The version of this format.
        version: u32,
        /// The world's name.
        world: String,
        /// The checks, in the order of their files.
        checks: Vec<Checked>,
    },
    /// What became of one incident.
    Incident(Box<Happened>),
    /// Last of all: the score.
    Drilled {
        /// Incidents that must be caught and were.
        caught: usize,
        /// Incidents that must be caught and were not.
        missed: usize,
        /// Incidents in which nothing was wrong and nobody said so.
        quiet: usize,
        /// Incidents in which nothing was wrong and somebody raised an alarm.
        false_alarms: usize,
        /// Mutants that nothing asked touches.
        unseen: usize,
        /// Incidents that could not be rehearsed.
        broken: usize,
        /// Incidents that did not get their turn, for somebody ended the drill.
        skipped: usize,
        /// Wall time, in milliseconds.
        #[serde(rename = "time_ms")]
        time_ms: u64,
    },
}

/// A check.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    /// Its name, without its cells.
    name: String,
    /// Why it was left out: it is not as expected in the unchanged world. Null where it was not.
    unusable: Option<String>,
}

/// An incident.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Happened {
    /// Its name.
    name: String,
    /// What happens, for people.
    why: String,
    /// Whether it must be caught; else it must stay quiet.
    must_catch: bool,
    /// Whether a machine thought of it.
    mutant: bool,
    /// `caught`, `missed`, `quiet`, `false-alarm`, `unseen` (a mutant that nothing asked touches) or `broken`.
    outcome: &'static str,
    /// Why it could not be rehearsed.
    broken: Option<String>,
    /// How many runs there were.
    runs: usize,
    /// What the checks made of it; those that had nothing to say are left out.
    checks: Vec<Judged>,
    /// What was seen otherwise than in the unchanged world, by test.
    differences: Vec<Different>,
    /// A command line that lets it happen again.
    again: String,
    /// How long it took, in milliseconds.
    #[serde(rename = "took_ms")]
    took_ms: f64,
}

/// What a check made of an incident.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Judged {
    /// Its name.
    check: String,
    /// The run in which it raised an alarm, counted from 1; null where it raised none and could say nothing for certain.
    run: Option<usize>,
    /// What raised it: words of expectations, names of rules.
    by: Vec<String>,
    /// Why, a sentence each.
    evidence: Vec<String>,
}

/// What one test saw otherwise.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Different {
    /// The test.
    test: String,
    /// The facts.
    facts: Vec<Fact>,
}

/// A fact that is another.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Fact {
    /// Its word, as expectations and `track` take it.
    word: String,
    /// What it was.
    before: String,
    /// What it is.
    now: String,
}

/// The whole drill, a line each.
pub fn lines(drilled: &Drilled, world: &str, again: &Again) -> String {
    let score = Score::of(&drilled.rows);
    let first = Line::Drill {
        version: VERSION,
        world: world.to_owned(),
        checks: drilled.checks.iter().map(Checked::of).collect(),
    };
    let last = Line::Drilled {
        caught: score.caught,
        missed: score.missed,
        quiet: score.quiet,
        false_alarms: score.false_alarms,
        unseen: score.unseen,
        broken: score.broken,
        skipped: drilled.skipped,
        time_ms: u64::try_from(drilled.took.as_millis()).unwrap_or(u64::MAX),
    };
    let rows = drilled.rows.iter();
    let rows = rows.map(|row| Line::Incident(Box::new(Happened::of(row, again))));
    let all = std::iter::once(first).chain(rows).chain([last]);
    all.map(|line| format!("{}\n", serde_json::to_value(line).unwrap_or(Value::Null)))
        .collect()
}

impl Checked {
    fn of(check: &Check) -> Self {
        Self {
            name: check.name.clone(),
            unusable: check.unusable.clone(),
        }
    }
}

impl Happened {
    fn of(row: &Row, again: &Again) -> Self {
        let said = |(_, cell): &(&String, &Cell)| !cell.alarms.is_empty() || cell.inconclusive;
        Self {
            name: row.name.clone(),
            why: row.why.clone(),
            must_catch: row.must_catch,
            mutant: row.is_mutant,
            outcome: row.outcome.word(),
            broken: row.outcome.why().map(str::to_owned),
            runs: row.runs,
            checks: row.cells.iter().filter(said).map(Judged::of).collect(),
            differences: row.differences.iter().map(Different::of).collect(),
            again: again.command(&row.name),
            took_ms: row.took.as_secs_f64() * 1e3,
        }
    }
}

impl Judged {
    fn of((check, cell): (&String, &Cell)) -> Self {
        let evidence = cell.alarms.iter().flat_map(|alarm| alarm.evidence.clone());
        Self {
            check: check.clone(),
            run: (!cell.alarms.is_empty()).then_some(cell.run),
            by: cell.by().into_iter().map(str::to_owned).collect(),
            evidence: evidence.collect(),
        }
    }
}

impl Different {
    fn of((test, facts): &(String, Vec<crate::drill::facts::Difference>)) -> Self {
        let fact = |fact: &crate::drill::facts::Difference| Fact {
            word: fact.word.clone(),
            before: fact.before.clone(),
            now: fact.now.clone(),
        };
        Self {
            test: test.clone(),
            facts: facts.iter().map(fact).collect(),
        }
    }
}
