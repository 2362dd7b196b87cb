//! How likely it is to see something for the first time though nothing changed.

use super::super::{Answer, Model};
use super::look::Kind;

/// Above this share of what is not seen yet, something new is what is to be expected.
pub(super) const FILLING: f64 = 0.25;

/// The share of answers that would show what was never seen: Good and Turing's f1/N, with one more of each so that nothing
/// seen once in a few answers does not mean that nothing is left.
fn unseen(once: u32, draws: u32) -> f64 {
    (f64::from(once) + 1.0) / (f64::from(draws) + 2.0)
}

/// That share, of whatever it is that is new.
pub(super) fn mass(model: &Model, answer: &Answer, kind: Kind) -> f64 {
    let tally = match kind {
        Kind::Failing => {
            let failed = model.statuses.total().saturating_sub(firm(model));
            return unseen(failed, model.statuses.total());
        }
        Kind::Status => &model.statuses,
        Kind::Country => &model.countries,
        Kind::Provider | Kind::Alias => &model.ends,
        Kind::Data => &model.data,
        Kind::Moved if answer.systems().is_empty() || model.systems.kinds() == 0 => {
            return unseen(model.pool.once(), model.draws);
        }
        Kind::Moved | Kind::Bogon | Kind::Contradicted => &model.systems,
    };
    unseen(tally.once(), model.draws)
}

fn firm(model: &Model) -> u32 {
    let usual = model
        .statuses
        .counts()
        .filter(|(status, _)| model.is_usual(status));
    usual.map(|(_, count)| count).sum()
}

/// Whether a name is one that wanders: in several hands already; where nobody knows in whose, with addresses that are new
/// every fourth time.
pub(super) fn wanders(model: &Model) -> bool {
    let (holders, systems) = (model.holders.kinds(), model.systems.kinds());
    match if holders > 0 { holders } else { systems } {
        0 => !is_settled(model),
        hands => hands > 1,
    }
}

/// Whether new addresses are the exception.
pub(super) fn is_settled(model: &Model) -> bool {
    unseen(model.pool.once(), model.draws) < FILLING
}

/// The chance of so many answers, each for itself, that all show what is new.
pub(super) fn p_value(mass: f64, draws: u32) -> f64 {
    mass.min(1.0).powi(i32::try_from(draws).unwrap_or(i32::MAX))
}
