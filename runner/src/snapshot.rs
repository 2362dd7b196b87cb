//! What is tracked, remembered in files that `cargo insta review` reads.
//!
//! One file a test: `<folder>/<scenario>/<check>[<cell>].snap`, and `.snap.new` beside it for what waits to be accepted.

mod policy;
mod render;
mod store;
mod text;

pub use policy::{Policy, Update};

use crate::plan::Case;
use crate::verdict::{Sided, Verdict, because};
use std::future::Future;
use std::path::{Path, PathBuf};
use store::Place;

/// What became of a snapshot.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// How it stands.
    pub fate: Fate,
    /// The snapshot's file, which need not exist yet.
    pub file: PathBuf,
    /// The file that waits to be accepted, where one was left.
    pub pending: Option<PathBuf>,
    /// Where the scenario says what is tracked: `file:line:column`.
    pub tracked_at: String,
    /// Whether `INSTA_FORCE_PASS` lets it pass whatever it is.
    pub forced: bool,
}

/// How a snapshot stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is as it was.
    Same,
    /// Nothing was remembered yet; this was seen.
    New(String),
    /// Seen twice to differ: a unified diff from what was remembered to what is.
    Changed(String),
    /// Written as it is now, unreviewed, because the environment said so.
    Updated,
    /// It differed once (the diff) and was as remembered when it was asked again.
    Flickered(String),
    /// It differed both times, and each time otherwise: the diff from the first time to the second.
    Unsteady(String),
    /// It cannot be said, for this could not be seen.
    Unknown(String),
    /// The snapshot's file cannot be read or written.
    Unusable(String),
}

impl Remembered {
    /// What it makes of the test.
    pub fn verdict(&self) -> Verdict {
        match &self.fate {
            _ if self.forced => Verdict::Pass,
            Fate::Same | Fate::Updated | Fate::Flickered(_) => Verdict::Pass,
            Fate::Unsteady(_) | Fate::Unknown(_) => Verdict::Inconclusive,
            Fate::New(_) | Fate::Changed(_) | Fate::Unusable(_) => Verdict::Fail,
        }
    }
}

/// Whether a test has something to remember. Where a check has tests of single sides they do it, and not those that
/// compare sides.
pub fn tracks(case: &Case) -> bool {
    let check = case.check();
    let single = |questions: usize| questions == 1;
    let own = single(case.cell().questions.len());
    !check.track.is_empty() && (own || !check.cells.iter().any(|cell| single(cell.questions.len())))
}

/// Holds what is tracked against what was remembered. `again` is awaited only when it differs: what cannot be seen a
/// second time is not reported as a change.
pub async fn remember(
    case: &Case,
    seen: &[Sided],
    policy: &Policy,
    again: impl Future<Output = Vec<Sided>>,
) -> Remembered {
    let place = Place::of(case, policy);
    let (fate, pending) = match text::of(case, seen) {
        Ok(now) => settle(&place, &now, policy, again, case).await,
        Err(unseen) => (Fate::Unknown(unseen), None),
    };
    let tracked = case
        .check()
        .track
        .first()
        .map(|selector| selector.span)
        .unwrap_or_default();
    let tracked_at = case.scenario.source.place(tracked);
    Remembered {
        fate,
        file: place.file,
        pending,
        tracked_at,
        forced: policy.force_pass,
    }
}

type Settled = (Fate, Option<PathBuf>);

async fn settle(
    place: &Place,
    now: &str,
    policy: &Policy,
    again: impl Future<Output = Vec<Sided>>,
    case: &Case,
) -> Settled {
    let before = match place.read() {
        Ok(before) => before,
        Err(why) => return (Fate::Unusable(why), None),
    };
    match before {
        Some(before) if before == now && policy.update == Update::Force => {
            kept(place.accept(now), Fate::Updated)
        }
        Some(before) if before == now => {
            place.forget_pending();
            (Fate::Same, None)
        }
        Some(before) => match compare(&before, now, &again.await, case) {
            Fate::Changed(diff) => keep(place, now, policy, Fate::Changed(diff)),
            other => (other, None),
        },
        None => keep(place, now, policy, Fate::New(now.to_owned())),
    }
}

/// What two looks say together.
fn compare(before: &str, first: &str, again: &[Sided], case: &Case) -> Fate {
    if let Some(why) = again.iter().find_map(|(_, seen)| because(&seen.outcome)) {
        return Fate::Unknown(format!("it differed, and could not be asked again: {why}"));
    }
    match text::of(case, again) {
        Ok(second) if second == first => Fate::Changed(text::diff(before, first)),
        Ok(second) if second == before => Fate::Flickered(text::diff(before, first)),
        Ok(second) => Fate::Unsteady(text::diff(first, &second)),
        Err(unseen) => Fate::Unknown(format!(
            "it differed, and could not be seen again: {unseen}"
        )),
    }
}

/// Writes what is new or changed where the policy lets it be written.
fn keep(place: &Place, now: &str, policy: &Policy, fate: Fate) -> Settled {
    match (policy.update, &fate) {
        (Update::No, _) => (fate, None),
        (Update::New, _) | (Update::Unseen, Fate::Changed(_)) => kept(place.propose(now), fate),
        (Update::Always | Update::Force | Update::Unseen, _) => {
            kept(place.accept(now), Fate::Updated)
        }
    }
}

fn kept(written: Result<Option<PathBuf>, String>, fate: Fate) -> Settled {
    match written {
        Ok(pending) => (fate, pending),
        Err(why) => (Fate::Unusable(why), None),
    }
}

/// A path as it is shown: from the folder the user stands in where it is below it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests;
