//! How well samples go with a level. What a sample costs is minus the logarithm of its chance, so that costs add up.

use super::sorted::{mad, median};
use super::tuning::Tuning;
use serde::{Deserialize, Serialize};
use std::f64::consts::{LN_2, TAU};

/// Over how much, as a natural logarithm, a thing may lie of which nothing is known: 0.1 ms to 1000 ms.
const RANGE: f64 = 9.2;

/// What holds for a series whatever its level, as far as one search goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'t> {
    /// What densities are measured in, in milliseconds: so that costs do not depend on what a time is written in.
    pub(super) unit_ms: f64,
    /// How much one sample says when the one before is known: 1 where they have nothing to do with each other.
    pub(super) temper: f64,
    /// The grain that the times are rounded to, in milliseconds.
    pub(super) grain_ms: f64,
    /// What a spike costs, up and down, beside its height.
    up: f64,
    down: f64,
    pub(super) tuning: &'t Tuning,
}

impl<'t> Setting<'t> {
    pub(super) fn new(grain_ms: f64, spikes: f64, tuning: &'t Tuning) -> Self {
        let spike = (2.0 * RANGE / spikes).ln();
        Self {
            unit_ms: 1.0,
            temper: 1.0,
            grain_ms,
            up: spike - tuning.spikes_upward.ln(),
            down: spike - (1.0 - tuning.spikes_upward).ln(),
            tuning,
        }
    }

    /// The same beside a level that is known.
    pub(super) fn beside(self, unit_ms: f64, temper: f64) -> Self {
        Self {
            unit_ms,
            temper,
            ..self
        }
    }

    /// The least scale that a level of that height can have.
    pub(super) fn floor_ms(&self, median: f64) -> f64 {
        self.grain_ms
            .max(self.tuning.floor_ms + self.tuning.floor_share * median)
    }
}

/// A level: two exponentials back to back, with a wide tail for spikes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fit {
    #[serde(rename = "median_ms")]
    pub(super) median: f64,
    /// The scales of the exponentials below and above, in milliseconds.
    #[serde(rename = "below_ms")]
    below: f64,
    #[serde(rename = "above_ms")]
    above: f64,
}

impl Fit {
    pub(super) fn new(median: f64, below: f64, above: f64) -> Self {
        Self {
            median,
            below,
            above,
        }
    }

    /// The level of a few sorted values, whose scale is expected to be about `usual`; that counts as one more value.
    pub(super) fn of_few(sorted: &[f64], usual: Option<f64>, setting: &Setting) -> Self {
        let middle = median(sorted);
        let n = sorted.len() as f64;
        let seen = n * mad(sorted, middle) / LN_2;
        let scale = (seen + usual.unwrap_or(0.0)) / (n + 1.0);
        let scale = scale.max(setting.floor_ms(middle));
        Self::new(middle, scale, scale)
    }

    pub(super) fn scale(&self) -> f64 {
        (self.below + self.above) / 2.0
    }

    pub(super) fn moved_to(self, median: f64) -> Self {
        Self { median, ..self }
    }

    /// The cost of samples at this level, one by one.
    pub(super) fn costs(self, setting: &Setting) -> impl Fn(f64) -> f64 {
        let Setting {
            temper,
            up,
            down,
            unit_ms,
            ..
        } = *setting;
        let same = temper * (self.scale() / unit_ms).ln();
        move |value| {
            let off = value - self.median;
            let (away, scale, spike) = match off > 0.0 {
                true => (off, self.above, up),
                false => (-off, self.below, down),
            };
            let ordinary = temper * away / scale + same;
            // A logarithm is dear, and no spike is cheaper than one of no height.
            if ordinary < spike + same {
                return ordinary;
            }
            ordinary.min(spike + ((away + scale) / unit_ms).ln())
        }
    }

    /// The same, for samples that lie so far out that they are a spike rather than anything else.
    pub(super) fn has_spike(self, value: f64, setting: &Setting) -> bool {
        let lone = Setting {
            temper: 1.0,
            ..*setting
        };
        let off = value - self.median;
        let scale = if off > 0.0 { self.above } else { self.below };
        self.costs(&lone)(value) < off.abs() / scale + (self.scale() / lone.unit_ms).ln()
    }

    /// What it costs that place and width of `n` values could have been any: what is fitted was not foreseen. The farther
    /// from the level that was, the less it was. (Both are known to one part in the root of `n`.)
    pub(super) fn freedom(&self, n: usize, from: Option<&Fit>, setting: &Setting) -> f64 {
        let n = (n as f64 * setting.temper).max(1.0);
        let scale = self.scale();
        let away = from.map_or(self.median, |from| {
            (self.median - from.median).abs() + from.scale()
        });
        (away.max(scale) / scale * RANGE * RANGE * n / TAU).ln()
    }
}
