//! Letting one incident happen and looking, run after run, until somebody notices.

use super::child::Broken;
use super::facts::Difference;
use super::ground::Ground;
use super::look::{Look, Test};
use super::outcome::{Outcome, Row};
use super::rehearsal::Rehearsal;
use super::{Drill, Normal};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// What becomes of one incident.
pub(super) async fn row(
    drill: &Drill,
    ground: &Ground,
    normal: &Normal,
    rehearsal: Rehearsal,
    order: usize,
) -> Row {
    let began = Instant::now();
    let mut row = Row {
        name: rehearsal.name.clone(),
        why: rehearsal.why.clone(),
        must_catch: rehearsal.must_catch,
        is_mutant: rehearsal.is_mutant,
        order,
        outcome: Outcome::Quiet,
        runs: 0,
        cells: BTreeMap::new(),
        differences: Vec::new(),
        took: began.elapsed(),
    };
    row.outcome = match looked(drill, ground, normal, &rehearsal, &mut row).await {
        Ok(()) => row.settled(rehearsal.may_be_unseen),
        Err(broken) => Outcome::Broken(broken.to_string()),
    };
    row.took = began.elapsed();
    row
}

async fn looked(
    drill: &Drill,
    ground: &Ground,
    normal: &Normal,
    rehearsal: &Rehearsal,
    row: &mut Row,
) -> Result<(), Broken> {
    let memory = ground.memory(row.order)?;
    let world = ground.world(&rehearsal.name, &rehearsal.world)?;
    let ended = runs(drill, normal, rehearsal, (&world, &memory), row).await;
    ground.forget(&memory);
    ended
}

async fn runs(
    drill: &Drill,
    normal: &Normal,
    rehearsal: &Rehearsal,
    (world, memory): (&Path, &Path),
    row: &mut Row,
) -> Result<(), Broken> {
    while row.runs < drill.runs && !row.is_noticed() {
        let look = drill.child.judges(world, memory).await?;
        row.runs += 1;
        row.take(&look, normal, rehearsal.comes_and_goes);
        row.differences = differences(&look, normal);
    }
    Ok(())
}

/// What each test saw that was otherwise when nothing happened.
fn differences(look: &Look, normal: &Normal) -> Vec<(String, Vec<Difference>)> {
    let all = look.tests.iter().filter_map(|test| {
        let differences = normal.steady.get(&test.name)?.differences(&test.facts);
        (!differences.is_empty()).then(|| (test.name.clone(), differences))
    });
    all.collect()
}

impl Row {
    fn is_noticed(&self) -> bool {
        self.cells.values().any(|cell| !cell.alarms.is_empty())
    }

    /// Takes what one run made of it. Of what comes and goes, only who watches for a while can be sure.
    fn take(&mut self, look: &Look, normal: &Normal, comes_and_goes: bool) {
        let usable =
            |test: &&Test| normal.is_usable(&test.check) && (test.watched || !comes_and_goes);
        for test in look.tests.iter().filter(usable) {
            let cell = self.cells.entry(test.check.clone()).or_default();
            cell.inconclusive |= test.verdict == "inconclusive";
            if !test.alarms.is_empty() {
                cell.alarms.extend(test.alarms.iter().cloned());
                cell.run = self.runs;
            }
        }
    }

    /// Whether some check could not say.
    pub(super) fn is_doubted(&self) -> bool {
        self.cells.values().any(|cell| cell.inconclusive)
    }

    fn settled(&self, may_be_unseen: bool) -> Outcome {
        let touched = || !self.differences.is_empty() || self.is_doubted();
        match (self.must_catch, self.is_noticed()) {
            (true, true) => Outcome::Caught,
            (true, false) if may_be_unseen && !touched() => Outcome::Unseen,
            (true, false) => Outcome::Missed,
            (false, false) => Outcome::Quiet,
            (false, true) => Outcome::FalseAlarm,
        }
    }
}
