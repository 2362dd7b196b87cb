use super::fit::Setting;
use super::past::Known;
use super::share::Share;
use super::sorted::{median, sorted};
use super::tuning::Tuning;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What is known of a series whatever level it is at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Habits {
    /// The power of ten of which all times so far are multiples, from 0 (1 ms) down.
    grain: u32,
    /// How many of the samples are spikes.
    spikes: Share,
    /// How far the level went from one block to the next, latest last.
    steps_ms: VecDeque<f64>,
}

/// Times are looked at to that many decimals of a millisecond.
const DECIMALS: u32 = 4;
/// So many steps are remembered.
const STEPS: usize = 32;
/// What is thought of spikes beforehand counts as so many samples.
const SPIKES_BEFORE: f64 = 100.0;
/// What is thought of steps beforehand counts as so many steps.
const STEPS_BEFORE: f64 = 2.0;

impl Habits {
    /// Looks at how finely a time is given.
    pub(super) fn look(&mut self, rtt_ms: f64) {
        let is_multiple = |grain: u32| {
            let parts = rtt_ms * 10_f64.powi(grain.cast_signed());
            (parts - parts.round()).abs() < 0.01
        };
        while self.grain < DECIMALS && !is_multiple(self.grain) {
            self.grain += 1;
        }
    }

    pub(super) fn learn(&mut self, is_spike: bool, step_ms: Option<f64>) {
        self.spikes.add(is_spike);
        self.steps_ms.extend(step_ms);
        if self.steps_ms.len() > STEPS {
            self.steps_ms.pop_front();
        }
    }

    /// How far a level of that scale goes by itself.
    pub(super) fn wander(&self, scale: f64, tuning: &Tuning) -> f64 {
        let before = scale * tuning.wander;
        let steps = sorted(self.steps_ms.iter().copied());
        // One step that was a change nobody saw is no habit.
        let most = 6.0 * before.max(median(&steps));
        let seen: f64 = steps.iter().map(|step| step.min(most)).sum();
        (seen + STEPS_BEFORE * before) / (steps.len() as f64 + STEPS_BEFORE)
    }

    pub(super) fn setting<'t>(&self, reference: Option<&Known>, tuning: &'t Tuning) -> Setting<'t> {
        let grain_ms = match self.grain {
            DECIMALS => 0.0,
            grain => 0.1_f64.powi(grain.cast_signed()),
        };
        let spikes = self
            .spikes
            .after(tuning.spike_share, SPIKES_BEFORE)
            .min(0.5);
        let setting = Setting::new(grain_ms, spikes, tuning);
        match reference {
            Some(known) => setting.beside(known.fit.scale(), known.temper),
            None => setting,
        }
    }
}
