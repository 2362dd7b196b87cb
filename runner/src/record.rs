//! `netspec record`: what the network says today becomes a scenario.
//!
//! The question is a check without expectations, read as any other ([`question`]); it is put several times (`gather`).
//! A table says for each kind of probe which facts are worth a word and in which form ([`kinds`]); each form proposes what
//! could be expected (`propose`), and the judge himself, over all that was seen, says which of that holds (`stable`). What
//! is left is written as YAML (`page`), read again and judged again as a whole before anybody gets to see it.

mod across;
mod bounds;
pub mod gather;
pub mod kinds;
mod page;
mod passes;
mod propose;
pub mod question;
mod said;
mod stable;
#[cfg(test)]
mod tests;

use crate::network::Network;
use crate::normal;
use crate::plan::{Case, Plan};
use crate::project::Project;
use crate::scenario::Scenario;
use crate::snapshot::{self, Fate, Policy, Update};
use crate::source::Source;
use crate::verdict::{self, Sided, Verdict};
use gather::Gathered;
use question::Wanted;
use std::path::Path;

/// A scenario made of what was seen, not yet written anywhere.
#[derive(Debug)]
pub struct Recording {
    /// The file.
    pub text: String,
    cases: Vec<(Case, Vec<Vec<Sided>>)>,
}

/// What was seen, as a scenario that would lie at that path.
///
/// # Errors
/// Why there is none, one sentence: nothing held still.
pub fn recording(
    wanted: &Wanted,
    gathered: &[Gathered],
    path: &Path,
    project: &Project,
) -> Result<Recording, String> {
    gathered
        .iter()
        .try_for_each(|one| stable::not_in_vain(wanted.row, one))?;
    let learned: Vec<_> = gathered
        .iter()
        .map(|gathered| stable::learn(wanted.row, &gathered.runs, wanted.levels))
        .collect();
    if !learned.iter().all(stable::Learned::is_firm) {
        return Err(nothing_held(gathered, &learned));
    }
    let across = match gathered.len() {
        1 => Vec::new(),
        _ => across::relations(wanted.row, gathered),
    };
    let text = page::write(wanted, gathered, &learned, &across);
    let source = Source::new(path, text.as_str());
    let scenario = Scenario::parse(source, project).map_err(|faulty| faulty.render(false))?;
    let plan = Plan::of_scenario(scenario);
    let runs = gathered.iter().map(|one| one.runs.len()).min();
    let mut cases = Vec::new();
    for case in plan.cases {
        let seen: Vec<_> = (0..runs.unwrap_or_default())
            .map(|run| seen_by(&case, gathered, run))
            .collect();
        seen.iter().try_for_each(|seen| proven(&case, seen))?;
        cases.push((case, seen));
    }
    Ok(Recording { text, cases })
}

/// Of whom there is nothing to expect, and why.
fn nothing_held(gathered: &[Gathered], learned: &[stable::Learned]) -> String {
    let mut each = gathered.iter().zip(learned);
    let loose = each.find(|(_, learned)| !learned.is_firm());
    let Some((one, learned)) = loose else {
        return "nothing was asked".to_owned();
    };
    let name = netspec_assertions::finding::escape(&one.name);
    let mut why: Vec<&str> = learned.reasons().take(3).collect();
    if why.is_empty() {
        why.push("nothing was seen of it");
    }
    format!(
        "there is nothing to expect of {name}: {}; nothing was written",
        why.join("; ")
    )
}

/// What a test of the file saw in one run: of one resolver, or of all those it compares.
fn seen_by(case: &Case, gathered: &[Gathered], run: usize) -> Vec<Sided> {
    let questions = &case.cell().questions;
    let of = |name: &str| gathered.iter().find(|one| one.name == name);
    match questions.as_slice() {
        [(name, _)] => {
            let one = of(name).or_else(|| gathered.first());
            one.map(|one| one.runs[run].clone()).unwrap_or_default()
        }
        several => several
            .iter()
            .filter_map(|(name, _)| {
                let (_, seen) = of(name)?.runs[run].first()?;
                Some((name.clone(), seen.clone()))
            })
            .collect(),
    }
}

/// A test that would not have passed on what it is made of is never written.
fn proven(case: &Case, seen: &[Sided]) -> Result<(), String> {
    match verdict::of(case, seen) {
        (Verdict::Pass, _) => Ok(()),
        (_, findings) => {
            let what = findings.first().map_or("", |finding| finding.word.as_str());
            let what = netspec_assertions::finding::escape(what);
            Err(format!(
                "what was seen does not prove what would be expected of `{what}`; nothing was written"
            ))
        }
    }
}

impl Recording {
    /// Writes what the scenario tracks, as runs do that learn and whose snapshots are accepted. Says how many tests there
    /// is something remembered of.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub async fn remember(&self, project: &Project, network: &Network) -> Result<usize, String> {
        let mut policy = Policy::from_env(project);
        policy.update = Update::Always;
        policy.learn = true;
        let tracked = self.cases.iter().filter(|(case, _)| snapshot::tracks(case));
        let mut written = 0;
        for (case, runs) in tracked {
            let _ = std::fs::remove_file(normal::place(case, network, &policy.folder)); // of another recording
            for seen in runs {
                remember(case, seen, &policy, network).await?;
            }
            written += 1;
        }
        Ok(written)
    }
}

async fn remember(
    case: &Case,
    seen: &[Sided],
    policy: &Policy,
    network: &Network,
) -> Result<(), String> {
    let seen = case.scenario.secrets.masks().sides(seen.to_vec());
    let again = std::future::ready(seen.clone());
    let remembered = snapshot::remember(case, &seen, policy, network, again).await;
    match (remembered.fate, remembered.model_problem) {
        (Fate::Unusable(why) | Fate::Unknown(why), _) | (_, Some(why)) => Err(why),
        _ => Ok(()),
    }
}

/// The tests of the question as it is put while recording.
///
/// # Errors
/// All that is wrong with what was asked for, ready to be shown.
pub fn cases(wanted: &Wanted, project: &Project) -> Result<Plan, Box<crate::diagnostic::Faulty>> {
    let source = Source::new("<command line>", question::text(wanted));
    let scenario = Scenario::parse(source, project).map_err(Box::new)?;
    Ok(Plan::of_scenario(scenario))
}
