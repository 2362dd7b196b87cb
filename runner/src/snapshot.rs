//! What is tracked, remembered in files that `cargo insta review` reads.
//!
//! One file a test: `<folder>/<scenario>/<check>[<cell>].snap`, and `.snap.new` beside it for what waits to be accepted.

mod held;
mod policy;
mod render;
mod store;
mod text;

pub use policy::{Policy, Update};
pub(crate) use store::{folder, write_whole};
pub(crate) use text::yaml;

use crate::network::Network;
use crate::plan::Case;
use crate::verdict::{Sided, Verdict};
use held::Held;
use netspec_detection::Verdict as Said;
use std::future::Future;
use std::path::{Path, PathBuf};
use store::Place;

/// What became of what is tracked.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// How it stands.
    pub fate: Fate,
    /// What is said of it, by which rule and why; nothing where it is as it was, or was never seen before.
    pub said: Option<Said>,
    /// The snapshot's file, which need not exist yet.
    pub file: PathBuf,
    /// The file that waits to be accepted, where one was left.
    pub pending: Option<PathBuf>,
    /// Where the scenario says what is tracked: `file:line:column`.
    pub tracked_at: String,
    /// Whether `INSTA_FORCE_PASS` lets it pass whatever it is.
    pub forced: bool,
    /// What is wrong with the model of what is normal: it was neither used nor learned from.
    pub model_problem: Option<String>,
}

/// How a snapshot stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is as it was.
    Same,
    /// Nothing was remembered yet; this was seen.
    New(String),
    /// Seen again to differ: a unified diff from what was remembered to what is.
    Changed(String),
    /// Written as it is now, unreviewed, because the environment said so.
    Updated,
    /// It differs (the diff), as what is normal may: by its model, or for it was as remembered when it was asked again.
    Varied(String),
    /// It differs (the diff) because the databases of address facts do.
    Databases(String),
    /// It differed each time it was asked, and each time otherwise, or goes back and forth: the diff.
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
            Fate::Same | Fate::Updated | Fate::Varied(_) | Fate::Databases(_) => Verdict::Pass,
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

/// Whether silence is something to remember: only times and losses are tracked, and nobody answering is a loss.
pub fn tracks_silence(case: &Case) -> bool {
    let mut tracked = case.check().track.iter();
    tracked.all(|selector| selector.value.is_band())
}

/// Holds what is tracked against what was remembered and what is normal. `again` is awaited only when it differs: what cannot
/// be seen a second time is not reported as a change.
pub async fn remember(
    case: &Case,
    seen: &[Sided],
    policy: &Policy,
    network: &Network,
    again: impl Future<Output = Vec<Sided>>,
) -> Remembered {
    let place = Place::of(case, policy);
    let mut held = Held::new(case, seen, policy, network, &place);
    let (fate, pending) = match text::of(case, seen) {
        Ok(now) => held.settle(&now, again).await,
        Err(unseen) => (Fate::Unknown(unseen), None),
    };
    held.remembered(fate, pending)
}

/// Of a test that nobody answered, where something was remembered and the model of what is normal has a word to say of
/// silence.
pub async fn silence(
    case: &Case,
    seen: &[Sided],
    policy: &Policy,
    network: &Network,
) -> Option<Remembered> {
    let place = Place::of(case, policy);
    let mut held = Held::new(case, seen, policy, network, &place);
    let fate = held.silence().await?;
    Some(held.remembered(fate, None))
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
