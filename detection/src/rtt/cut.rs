//! The cheapest way to cut the latest samples into periods.

use super::fit::{Fit, Setting};
use super::habits::Habits;
use super::past::{Known, Past};
use super::share::{Share, free_cost};
use super::sorted::{insert, median, sorted};

/// What the cheapest cut says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// Where the first period begins that is not the level that was.
    pub(super) at: usize,
    /// Where the one after it begins, or how many samples there are.
    pub(super) until: usize,
    /// By how much it is cheaper than there being no change about there.
    pub(super) margin: f64,
}

/// Cuts so near are one and the same change, only its place is another.
const NEAR: usize = 4;

/// The samples that are not yet certain, and what they are held against.
pub(super) struct Search<'a> {
    pub(super) rtts: &'a [Option<f64>],
    pub(super) past: &'a Past,
    /// The level that is, where it is known well.
    pub(super) now: Option<Known>,
    /// The level before it, to which it may go back.
    pub(super) before: Option<Known>,
    pub(super) habits: &'a Habits,
    pub(super) setting: Setting<'a>,
    /// The fewest samples that are a period.
    pub(super) shortest: usize,
}

/// Samples up to some end, cut somewhere.
#[derive(Clone, Copy)]
struct Way {
    cost: f64,
    first: usize,
    second: usize,
}

impl Search<'_> {
    pub(super) fn cheapest(&self) -> Option<Cut> {
        let n = self.rtts.len();
        let same = self.same();
        let ways = self.ways(&same);
        let best = ways
            .iter()
            .min_by(|one, other| one.cost.total_cmp(&other.cost))?;
        let elsewhere = ways.iter().filter(|way| way.first > best.first + NEAR);
        let unchanged = elsewhere.map(|way| way.cost).fold(*same.get(n)?, f64::min);
        let margin = unchanged.min(self.drifted(best, &same)) - best.cost;
        (margin > 0.0).then_some(Cut {
            at: best.first,
            until: best.second,
            margin,
        })
    }

    /// The cheapest cut of all samples for each place of its first change.
    fn ways(&self, same: &[f64]) -> Vec<Way> {
        let have = self.past.losses.of as usize;
        let tails = self.tails();
        let begun = tails
            .into_iter()
            .filter(|tail| have + tail.first >= self.shortest);
        begun
            .map(|tail| Way {
                cost: same[tail.first] + tail.cost,
                ..tail
            })
            .collect()
    }

    /// The cheapest cut from each sample to the end where a period begins with that sample, from the last to the first: so
    /// that what may follow a period is known already.
    fn tails(&self) -> Vec<Way> {
        let n = self.rtts.len();
        let price = self.setting.tuning.samples_between_changes.ln();
        let known = self.known();
        let reference = self.now().or(self.before());
        let mut tails: Vec<Way> = Vec::with_capacity(n);
        let mut all: Vec<f64> = Vec::with_capacity(n);
        for first in (0..n).rev() {
            let mut best = Way {
                cost: f64::INFINITY,
                first,
                second: n,
            };
            let mut lost = 0;
            all.clear();
            for end in first + 1..=n {
                match self.rtts[end - 1] {
                    Some(rtt) => insert(&mut all, rtt),
                    None => lost += 1,
                }
                // Of what comes last it is not known yet how long it lasts.
                if end < n && end - first < self.shortest {
                    continue;
                }
                let next = if end < n {
                    tails[n - 1 - end].cost
                } else {
                    0.0
                };
                let cost = price
                    + known.rtts(first, end, self.fresh(&all, reference.as_ref()))
                    + known.losses(first, end, free_cost(all.len(), lost))
                    + next;
                if cost < best.cost {
                    best = Way {
                        cost,
                        first,
                        second: end,
                    };
                }
            }
            tails.push(best);
        }
        tails
    }

    /// What values cost at a level of their own.
    fn fresh(&self, all: &[f64], reference: Option<&Fit>) -> f64 {
        if all.is_empty() {
            return 0.0;
        }
        let fit = Fit::of_few(all, reference.map(Fit::scale), &self.setting);
        let cost = fit.costs(&self.setting);
        all.iter().map(|rtt| cost(*rtt)).sum::<f64>()
            + fit.freedom(all.len(), reference, &self.setting)
    }

    /// What the first samples cost at the levels and at the losses that are known, summed.
    fn known(&self) -> Levels {
        let at_level = |known: &Known| {
            let cost = known.fit.costs(&self.setting);
            summed(self.rtts.iter().map(|rtt| rtt.map_or(0.0, &cost)))
        };
        let at_losses =
            |losses: Share| summed(self.rtts.iter().map(|rtt| losses.cost(rtt.is_none())));
        let losses = [
            Some(self.past.losses),
            self.before.map(|known| known.losses),
        ];
        let enough = self.setting.tuning.block as f64;
        Levels {
            rtts: [self.now, self.before]
                .iter()
                .flatten()
                .map(at_level)
                .collect(),
            losses: losses
                .into_iter()
                .flatten()
                .filter(|losses| losses.of >= enough)
                .map(at_losses)
                .collect(),
        }
    }

    fn now(&self) -> Option<Fit> {
        self.now.map(|known| known.fit)
    }

    fn before(&self) -> Option<Fit> {
        self.before.map(|known| known.fit)
    }

    /// What the first samples cost if nothing changed, for each number of them.
    fn same(&self) -> Vec<f64> {
        let mut losses = self.past.losses;
        let (mut lost, mut answered) = (0.0, 0.0);
        let mut all = if self.now.is_none() {
            sorted(self.past.rtts_ms.iter().copied())
        } else {
            Vec::new()
        };
        let certain = self.together(&all);
        let cost = self.now().map(|fit| fit.costs(&self.setting));
        let mut costs = vec![0.0];
        for rtt in self.rtts {
            lost += losses.cost(rtt.is_none());
            losses.add(rtt.is_none());
            match (rtt, &cost) {
                (Some(rtt), Some(cost)) => answered += cost(*rtt),
                (Some(rtt), None) => {
                    insert(&mut all, *rtt);
                    answered = self.together(&all) - certain;
                }
                (None, _) => {}
            }
            costs.push(lost + answered);
        }
        costs
    }

    /// What values cost that are the first of a level.
    fn together(&self, all: &[f64]) -> f64 {
        if all.is_empty() {
            return 0.0;
        }
        let fit = Fit::of_few(all, None, &self.setting);
        let cost = fit.costs(&self.setting);
        all.iter().map(|rtt| cost(*rtt)).sum::<f64>()
            + fit.freedom(all.len(), self.before().as_ref(), &self.setting)
    }

    /// What the same samples cost if the level wandered there by itself, as it does.
    fn drifted(&self, way: &Way, same: &[f64]) -> f64 {
        let there = sorted(self.rtts[way.first..way.second].iter().flatten().copied());
        let Some(fit) = self.level_until(way.first).filter(|_| !there.is_empty()) else {
            return f64::INFINITY;
        };
        let place = median(&there);
        let wander = self.habits.wander(fit.scale(), self.setting.tuning);
        let returned = way.second < self.rtts.len();
        let drift = (place - fit.median).abs() / wander * if returned { 2.0 } else { 1.0 };
        let (moved, back) = (
            fit.moved_to(place).costs(&self.setting),
            fit.costs(&self.setting),
        );
        let mut losses = self.past.losses;
        let mut cost = same[way.first] + drift;
        for (nth, rtt) in self.rtts.iter().enumerate() {
            let lost = losses.cost(rtt.is_none());
            losses.add(rtt.is_none());
            if nth >= way.first {
                let answered = rtt.map_or(0.0, |rtt| {
                    if nth < way.second {
                        moved(rtt)
                    } else {
                        back(rtt)
                    }
                });
                cost += lost + answered;
            }
        }
        cost
    }

    /// The level as it is before that sample.
    fn level_until(&self, end: usize) -> Option<Fit> {
        self.now().or_else(|| {
            let so_far = self.rtts[..end].iter().flatten();
            let all = sorted(self.past.rtts_ms.iter().chain(so_far).copied());
            let usual = self.before().as_ref().map(Fit::scale);
            (!all.is_empty()).then(|| Fit::of_few(&all, usual, &self.setting))
        })
    }
}

/// What samples cost that go on as it is known, summed from the first.
struct Levels {
    rtts: Vec<Vec<f64>>,
    losses: Vec<Vec<f64>>,
}

impl Levels {
    /// What a period costs: as if of its own, or as it is known, whichever is less.
    fn rtts(&self, begin: usize, end: usize, fresh: f64) -> f64 {
        self.rtts
            .iter()
            .map(|sums| sums[end] - sums[begin])
            .fold(fresh, f64::min)
    }

    fn losses(&self, begin: usize, end: usize, free: f64) -> f64 {
        self.losses
            .iter()
            .map(|sums| sums[end] - sums[begin])
            .fold(free, f64::min)
    }
}

fn summed(costs: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = costs.map(|cost| {
        sum += cost;
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}
