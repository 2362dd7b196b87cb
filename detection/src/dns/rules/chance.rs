//! How likely it is to see something for the first time though nothing changed.

use super::super::tally::Tally;
use super::super::{Answer, Model};
use super::look::Kind;

/// Above this share of answers that showed something never seen before or after, something new is what is to be expected.
const FILLING: f64 = 0.25;
/// How many names of which one thing was ever seen give another now and then all the same: one in eight. Of names that were
/// seen to do so, all.
const STEERED: f64 = 0.125;

/// What was seen of the sort that is new now.
pub(super) struct Seen {
    /// In how many answers, each from its source.
    draws: u32,
    /// How many things once; of servers that fail, in how many answers.
    once: u32,
    /// Whether more than one thing.
    several: bool,
    /// Whether it is servers that fail, which seldom do so in every other answer.
    fails: bool,
}

/// What was seen of whatever it is that is new.
pub(super) fn seen(model: &Model, answer: &Answer, kind: Kind) -> Seen {
    // One thing, seen once, is all there was to see.
    let of = |tally: &Tally| Seen {
        draws: model.draws,
        once: if tally.kinds() > 1 { tally.once() } else { 0 },
        several: tally.kinds() > 1,
        fails: false,
    };
    let unknown = answer.systems().is_empty() || model.systems.kinds() == 0;
    match kind {
        Kind::Failing => failures(model),
        Kind::Status => of(&model.statuses),
        Kind::Country => of(&model.countries),
        Kind::Provider | Kind::Alias => of(&model.ends),
        Kind::Data => Seen {
            several: model.data.once() > 0,
            ..of(&model.data)
        },
        _ if unknown => Seen {
            draws: model.draws,
            once: model.pool.once(),
            several: model.pool.len() > 1,
            fails: false,
        },
        _ => of(hands(model)),
    }
}

fn failures(model: &Model) -> Seen {
    let usual = model
        .statuses
        .counts()
        .filter(|(status, _)| model.is_usual(status));
    let usual: u32 = usual.map(|(_, count)| count).sum();
    let draws = model.statuses.total();
    let once = draws.saturating_sub(usual);
    Seen {
        draws,
        once,
        several: once > 0,
        fails: true,
    }
}

impl Seen {
    /// The share of answers to be expected that show what was never seen: Good and Turing's f1/N, with one more of each, so
    /// that nothing seen once in few answers does not mean that nothing is left.
    pub(super) fn unseen(&self) -> f64 {
        (f64::from(self.once) + 1.0) / (f64::from(self.draws) + 2.0)
    }

    /// The chance of so many answers, each for itself, that all show what is new. The share of the unseen is not known but
    /// learned, and each answer that shows it makes the next one likelier (Pólya's urn).
    pub(super) fn p_value(&self, answers: u32) -> f64 {
        let (once, draws) = (f64::from(self.once), f64::from(self.draws));
        let rest = if self.fails { 4.0 } else { 2.0 };
        let steered = if self.several { 1.0 } else { STEERED };
        let step =
            |number: u32| (once + 1.0 + f64::from(number)) / (draws + rest + f64::from(number));
        (0..answers.min(1000)).map(step).product::<f64>() * steered
    }

    /// Whether what is new is of a sort that is new all the time, by what was seen and not for want of it.
    pub(super) fn is_filling(&self) -> bool {
        !self.fails && self.once > 1 && f64::from(self.once) > FILLING * f64::from(self.draws)
    }
}

/// In whose hands it is: holders, and systems where no holder is known.
fn hands(model: &Model) -> &Tally {
    if model.holders.kinds() > 0 {
        &model.holders
    } else {
        &model.systems
    }
}

/// Whether a name is one that wanders: in several hands already, each of them seen twice; where nobody knows in whose, with
/// addresses that are new every fourth time.
pub(super) fn wanders(model: &Model) -> bool {
    let hands = hands(model);
    match hands.kinds() {
        0 => !is_settled(model),
        _ => hands.counts().filter(|(_, count)| *count > 1).count() > 1,
    }
}

/// Whether new addresses are the exception.
pub(super) fn is_settled(model: &Model) -> bool {
    f64::from(model.pool.once()) + 1.0 < FILLING * (f64::from(model.draws) + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(draws: u32, once: u32, several: bool, answers: u32, expect: f64) {
        let seen = Seen {
            draws,
            once,
            several,
            fails: false,
        };
        let p_value = seen.p_value(answers);
        assert!((p_value - expect).abs() < 1e-9, "{p_value}, not {expect}");
    }

    #[test]
    fn the_more_was_seen_the_less_is_left() {
        // 1/12, and 1/12 * 2/13: an urn with one unseen ball and eleven others, which grows with each draw.
        check(10, 0, true, 1, 1.0 / 12.0);
        check(10, 0, true, 2, 2.0 / 156.0);
        check(10, 0, false, 2, 0.25 / 156.0);
        check(10, 9, true, 1, 10.0 / 12.0);
        check(0, 0, true, 0, 1.0);
    }

    #[test]
    fn a_sort_that_is_new_all_the_time_fills() {
        let filling = |draws, once| {
            Seen {
                draws,
                once,
                several: true,
                fails: false,
            }
            .is_filling()
        };
        assert!(filling(10, 5));
        assert!(!filling(1, 1), "one answer says nothing");
        assert!(!filling(40, 5));
    }
}
