//! Mutation testing for the network: which incidents would these scenarios catch?
//!
//! A drill learns what is normal in the unchanged world, then lets one incident after the other happen, each in a world and
//! a process of its own, and looks with the same scenarios: those of the world file ([`rehearsal`]) and mutants that the lab
//! makes of it. What an alarm is, is what a user would see: a test that fails, by an expectation or by what is remembered.

mod alarm;
mod child;
pub mod facts;
mod ground;
pub mod look;
pub mod outcome;
pub mod rehearsal;
pub mod report;
mod sight;
#[cfg(test)]
mod tests;
mod watch;

pub use child::{Broken, Child};
pub use outcome::{Cell, Outcome, Row, Score};
pub use rehearsal::{Mutants, Rehearsal};

use facts::Steady;
use futures_util::StreamExt;
use futures_util::stream;
use ground::Ground;
use look::Look;
use netspec_lab::World;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a drill does.
#[derive(Debug)]
pub struct Drill {
    /// How a run is started.
    pub child: Child,
    /// The world as it is when nothing happens.
    pub world: World,
    /// The snapshots and models of the user: copied, never written.
    pub snapshots: PathBuf,
    /// Where worlds are kept, by the names of their incidents; nowhere without it.
    pub keep: Option<PathBuf>,
    /// How many runs learn what is normal.
    pub learning: usize,
    /// How many runs an incident has to be noticed in.
    pub runs: usize,
    /// How many runs are under way at once.
    pub jobs: usize,
    /// Which mutants are made.
    pub mutants: Mutants,
    /// The incidents and mutants of these names alone, where any is given.
    pub only: Vec<String>,
    /// What mutants are drawn from.
    pub seed: u64,
}

/// What is told while a drill goes on.
#[derive(Debug)]
pub enum Step<'a> {
    /// What is normal is being learned.
    Learning,
    /// So many incidents will happen.
    Begun(usize),
    /// One has happened.
    Ended(&'a Row),
}

/// What a drill came to.
#[derive(Debug)]
pub struct Drilled {
    /// The checks, in the order of their files.
    pub checks: Vec<Check>,
    /// What became of each incident: those that must be caught first.
    pub rows: Vec<Row>,
    /// How many incidents did not get their turn, for somebody ended the drill.
    pub skipped: usize,
    /// How long it took.
    pub took: Duration,
}

/// A check, with all of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name: `wechat/route::vweixinthumb.tc.qq.com is reached through AS6453`.
    pub name: String,
    /// Why it can say nothing: it is not as expected although nothing happened.
    pub unusable: Option<String>,
}

impl Drill {
    /// Carries it out. `stop` ends it early: no run goes on, what was found until then is told.
    ///
    /// # Errors
    /// A run cannot be carried out, or none of the checks is as expected in the unchanged world.
    pub async fn carry_out(
        &self,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(Step<'_>),
    ) -> Result<Drilled, Broken> {
        let began = Instant::now();
        tokio::pin!(stop);
        tell(Step::Learning);
        let ground = Ground::new(&self.snapshots, self.keep.clone())?;
        let normal = tokio::select! {
            () = &mut stop => return Err(Broken::Interrupted),
            normal = self.learn(&ground) => normal?,
        };
        let rehearsals = rehearsal::all(self, &normal.looks)?;
        let planned = rehearsals.len();
        tell(Step::Begun(planned));
        let looking = rehearsals.into_iter().enumerate();
        let mut ended = stream::iter(looking)
            .map(|(index, rehearsal)| watch::row(self, &ground, &normal, rehearsal, index))
            .buffer_unordered(self.jobs);
        let mut rows = Vec::new();
        loop {
            let row = tokio::select! {
                () = &mut stop => break,
                row = ended.next() => row,
            };
            let Some(row) = row else { break };
            tell(Step::Ended(&row));
            rows.push(row);
        }
        rows.sort_by_key(|row| (!row.must_catch, row.is_mutant, row.order));
        Ok(Drilled {
            checks: normal.checks.clone(),
            skipped: planned - rows.len(),
            rows,
            took: began.elapsed(),
        })
    }

    /// What the checks see while nothing happens.
    async fn learn(&self, ground: &Ground) -> Result<Normal, Broken> {
        let world = ground.world("unchanged", &self.world)?;
        let mut looks = Vec::new();
        for _ in 0..self.learning {
            looks.push(self.child.learns(&world, &ground.normal()).await?);
        }
        let checks = checks(&looks);
        if checks.iter().all(|check| check.unusable.is_some()) {
            return Err(Broken::nothing_holds(&checks));
        }
        ground.keep_only(looks.last());
        Ok(Normal {
            steady: Steady::of(&looks),
            looks,
            checks,
        })
    }
}

/// What is normal: what was seen while nothing happened.
#[derive(Debug)]
struct Normal {
    looks: Vec<Look>,
    steady: BTreeMap<String, Steady>,
    checks: Vec<Check>,
}

impl Normal {
    fn is_usable(&self, check: &str) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|known| known.name == check && known.unusable.is_none())
    }
}

/// The checks in the order of their files, and what is wrong with those that are not as expected in one of these looks.
fn checks(looks: &[Look]) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for test in looks.iter().flat_map(|look| &look.tests) {
        let unusable = test.fault();
        match checks.iter_mut().find(|check| check.name == test.check) {
            Some(check) => check.unusable = check.unusable.take().or(unusable),
            None => checks.push(Check {
                name: test.check.clone(),
                unusable,
            }),
        }
    }
    checks.sort_by(|one, other| one.name.cmp(&other.name));
    checks
}
