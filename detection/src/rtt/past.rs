use super::fit::{Fit, Setting};
use super::share::Share;
use super::sorted::{mad, median, sorted};
use super::tuning::Tuning;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::f64::consts::{LN_2, PI};

/// The latest certain samples of a level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Past {
    /// What was answered, latest last.
    pub(super) rtts_ms: VecDeque<f64>,
    pub(super) losses: Share,
    /// How many were answered.
    answered: u64,
}

/// A level that is known well.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Known {
    #[serde(flatten)]
    pub(super) fit: Fit,
    /// How much a sample says beside its neighbours, from 0 to 1.
    pub(super) temper: f64,
    /// How far it goes from sample to sample, where it goes anywhere.
    #[serde(rename = "slope_ms")]
    pub(super) slope: f64,
    /// How many are not answered there.
    pub(super) losses: Share,
}

impl Known {
    /// What a sample would be without the trend, so many samples after the last certain one.
    pub(super) fn level_of(&self, rtt_ms: f64, after: usize, tuning: &Tuning) -> f64 {
        let since_place = after as f64 + (tuning.block + 1) as f64 / 2.0;
        rtt_ms - self.slope * since_place
    }
}

/// A level is looked at anew after so many samples.
const ANEW: u64 = 4;

impl Past {
    pub(super) fn add(&mut self, rtt_ms: Option<f64>, tuning: &Tuning) {
        self.losses.add(rtt_ms.is_none());
        if let Some(rtt_ms) = rtt_ms {
            self.answered += 1;
            self.rtts_ms.push_back(rtt_ms);
            if self.rtts_ms.len() > tuning.memory {
                self.rtts_ms.pop_front();
            }
        }
    }

    /// Whether the level needs no help from samples that are not yet certain.
    pub(super) fn is_settled(&self, tuning: &Tuning) -> bool {
        self.rtts_ms.len() + 1 >= tuning.block
    }

    /// Whether the level is to be looked at anew.
    pub(super) fn is_due(&self) -> bool {
        self.answered.is_multiple_of(ANEW)
    }

    /// How far the level went from the last block to this one, twice a block.
    pub(super) fn step_ms(&self, tuning: &Tuning) -> Option<f64> {
        let from = self.rtts_ms.len().checked_sub(2 * tuning.block)?;
        let due = self.answered.is_multiple_of(tuning.block as u64 / 2);
        let middle = |from: usize| {
            median(&sorted(
                self.rtts_ms.range(from..from + tuning.block).copied(),
            ))
        };
        due.then(|| (middle(from + tuning.block) - middle(from)).abs())
    }

    /// The level: its place from the last block, its scales and how samples hang together from the rest, each block seen
    /// from its own middle, so that a slow swing is no spread.
    pub(super) fn known(&self, setting: &Setting) -> Option<Known> {
        let all: Vec<f64> = self.rtts_ms.iter().rev().copied().collect();
        let block = setting.tuning.block;
        let blocks = all
            .chunks(block)
            .enumerate()
            .filter(|(nth, chunk)| *nth == 0 || chunk.len() == block);
        let middles: Vec<(f64, &[f64])> = blocks
            .map(|(_, chunk)| (median(&sorted(chunk.iter().copied())), chunk))
            .collect();
        let place = middles.first()?.0;
        let rest: Vec<f64> = middles
            .iter()
            .flat_map(|(middle, chunk)| chunk.iter().map(move |value| value - middle))
            .collect();
        let temper = temper(&rest);
        let rest = sorted(rest.into_iter());
        let scale = mad(&rest, 0.0) / LN_2;
        let floor = setting.floor_ms(place);
        let [below, above] = [-1.0, 1.0].map(|sign| side(&rest, sign, scale).max(floor));
        Some(Known {
            fit: Fit::new(place, below, above),
            temper,
            slope: slope(
                &middles
                    .iter()
                    .map(|(middle, _)| *middle)
                    .collect::<Vec<_>>(),
                block,
            ),
            losses: self.losses,
        })
    }
}

/// How far a level goes from sample to sample: as far as its two latest steps agree, the middles of its blocks given latest
/// first. By chance they seldom go the same way, and in a swing they do.
fn slope(middles: &[f64], block: usize) -> f64 {
    let [now, before, earlier, ..] = middles else {
        return 0.0;
    };
    let (step, last) = (now - before, before - earlier);
    match step * last > 0.0 {
        true => step.signum() * step.abs().min(last.abs()) / block as f64,
        false => 0.0,
    }
}

/// The scale of one side: the mean of what lies there, none taken for more than five times the scale of all.
fn side(rest: &[f64], sign: f64, scale: f64) -> f64 {
    let there = rest
        .iter()
        .map(|value| value * sign)
        .filter(|value| *value > 0.0);
    let (n, sum) = there.fold((1.0, scale), |(n, sum), value| {
        (n + 1.0, sum + value.min(5.0 * scale))
    });
    sum / n
}

/// How many neighbours count for one: where they lie on the same side of the middle more often than every other time, they
/// are correlated, and of such n samples say as much as n (1 - r) / (1 + r) free ones.
fn temper(rest: &[f64]) -> f64 {
    let mut sides = Share::default();
    for pair in rest.windows(2) {
        let product: f64 = pair.iter().product();
        if product != 0.0 {
            sides.add(product > 0.0);
        }
    }
    let r = (PI * (sides.after(0.5, 8.0) - 0.5)).sin().clamp(0.0, 0.9);
    (1.0 - r) / (1.0 + r)
}
