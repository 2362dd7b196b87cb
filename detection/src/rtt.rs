//! Series of round-trip times: levels, their spread, and losses.
//!
//! The detector knows the level that is from its latest certain samples, holds back the newest [`LOOKAHEAD`], and looks for
//! the cheapest way to cut those into periods: what is cheap is what is likely. docs/detection/rtt.md tells all of it.

pub mod artificial;
mod cut;
mod fit;
mod habits;
mod past;
mod score;
mod share;
mod sorted;
#[cfg(test)]
mod tests;
mod tuning;

use cut::{Cut, Search};
use habits::Habits;
use jiff::Timestamp;
use past::{Known, Past};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use share::Share;
use std::collections::VecDeque;

pub use score::Score;
pub use tuning::Tuning;

/// One measurement of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// The round-trip time in milliseconds; nothing where nobody answered.
    pub rtt_ms: Option<f64>,
}

/// A moment from which on a series is another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The number of the first sample that is otherwise, from 0 at the detector's beginning.
    pub index: u64,
    /// When that was.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The rule that decided: `rtt-level`, `rtt-spread`, `rtt-loss`.
    pub rule: String,
    /// What was.
    pub before: Level,
    /// What is.
    pub after: Level,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
}

/// How a series is for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Level {
    /// The median of what was answered, in milliseconds; nothing where nothing was.
    #[serde(rename = "median_ms", skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<f64>,
    /// The median distance from it (MAD), in milliseconds.
    #[serde(rename = "spread_ms", skip_serializing_if = "Option::is_none")]
    pub spread_ms: Option<f64>,
    /// The share of samples that nobody answered, from 0 to 1.
    pub loss: f64,
}

/// Watches a series as it grows. What it knows can be stored and taken up again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Detector {
    /// How many samples there were.
    samples: u64,
    /// Those that are not yet certain.
    pending: VecDeque<Sample>,
    /// The level that is, as far as it is certain.
    past: Past,
    /// The same, once it is known well.
    now: Option<Known>,
    /// The last level before it that was known well.
    before: Option<Known>,
    /// How surprising the latest samples are.
    surprise: f64,
    /// Whether a change is seen of which it is too early to tell.
    is_undecided: bool,
    habits: Habits,
    #[serde(skip)]
    tuning: Tuning,
}

/// How many samples after the first of a change are looked at, at most, before it is told.
pub const LOOKAHEAD: u64 = 15;

/// What a sample costs where nothing is strange, and a bit more.
const USUAL: f64 = 1.5;
/// Together, strange samples that cost so much more are worth a search.
const STRANGE: f64 = 3.0;
/// So often there is a search in any case: for what is less strange than before.
const NOW_AND_THEN: u64 = 4;

/// No period needs more samples to be one, however fast they follow each other.
const LONG_ENOUGH: usize = 4;

impl Detector {
    /// One with other constants, to see what they are good for.
    pub fn tuned(tuning: Tuning) -> Self {
        Self {
            tuning,
            ..Self::default()
        }
    }

    /// Takes the next sample; gives the changes that are certain now. A change is told at most [`LOOKAHEAD`] samples after
    /// it began.
    pub fn push(&mut self, sample: Sample) -> Vec<Change> {
        self.samples += 1;
        if let Some(rtt_ms) = sample.rtt_ms {
            self.habits.look(rtt_ms);
        }
        self.pending.push_back(sample);
        let mut changes = Vec::new();
        if self.is_surprised_by(sample) {
            changes.extend(std::iter::from_fn(|| self.decide()));
        }
        if self.pending.len() as u64 > LOOKAHEAD {
            self.settle();
        }
        changes
    }

    /// Whether it is worth a search: what goes on as it did is none, most of the time.
    fn is_surprised_by(&mut self, sample: Sample) -> bool {
        let Some(now) = self.now else {
            return true;
        };
        let setting = self.habits.setting(Some(&now), &self.tuning);
        let cost = match sample.rtt_ms {
            Some(rtt_ms) => {
                now.fit.costs(&setting)(now.level_of(rtt_ms, self.pending.len() - 1, &self.tuning))
            }
            None => self.past.losses.cost(true),
        };
        let more = cost - USUAL * now.temper;
        self.surprise = (self.surprise + more).max(0.0);
        let is_strange = more > 0.0 && self.surprise > STRANGE;
        is_strange || self.is_undecided || self.samples.is_multiple_of(NOW_AND_THEN)
    }

    /// How the series is now.
    pub fn level(&self) -> Level {
        let pending = self.pending.iter().map(|sample| sample.rtt_ms);
        let mut losses = self.past.losses;
        pending.clone().for_each(|rtt| losses.add(rtt.is_none()));
        let rtts = self.past.rtts_ms.iter().copied().chain(pending.flatten());
        sorted::level(rtts, losses.after(0.0, f64::MIN_POSITIVE))
    }

    /// The oldest pending sample belongs to the level that is.
    fn settle(&mut self) {
        let Some(sample) = self.pending.pop_front() else {
            return;
        };
        self.past.add(sample.rtt_ms, &self.tuning);
        let Some(rtt_ms) = sample.rtt_ms else {
            return;
        };
        if self.now.is_none() || self.past.is_due() {
            self.now = self.known();
        }
        if let Some(known) = &self.now {
            let setting = self.habits.setting(Some(known), &self.tuning);
            let is_spike = known.fit.has_spike(rtt_ms, &setting);
            let step_ms = self.past.step_ms(&self.tuning);
            self.habits.learn(is_spike, step_ms);
        }
    }

    fn known(&self) -> Option<Known> {
        let setting = self.habits.setting(None, &self.tuning);
        let is_settled = self.past.is_settled(&self.tuning);
        is_settled.then(|| self.past.known(&setting)).flatten()
    }

    fn decide(&mut self) -> Option<Change> {
        let rtts: Vec<Option<f64>> = self
            .pending
            .iter()
            .enumerate()
            .map(|(nth, sample)| {
                let rtt_ms = sample.rtt_ms?;
                Some(
                    self.now
                        .map_or(rtt_ms, |now| now.level_of(rtt_ms, nth, &self.tuning)),
                )
            })
            .collect();
        let shortest = self.shortest();
        let reference = self.now.as_ref().or(self.before.as_ref());
        let search = Search {
            rtts: &rtts,
            past: &self.past,
            now: self.now,
            before: self.before,
            habits: &self.habits,
            setting: self.habits.setting(reference, &self.tuning),
            shortest,
        };
        let cut = search.cheapest();
        self.is_undecided = cut.is_some();
        let cut = cut?;
        let seen = rtts.len() - cut.at;
        let is_last_chance = seen as u64 > LOOKAHEAD;
        let is_sure = cut.margin >= -self.tuning.hasty_error.ln()
            && seen > shortest
            && cut.until - cut.at >= shortest;
        (is_last_chance || is_sure)
            .then(|| self.change(cut))
            .flatten()
    }

    /// The fewest samples that last longer than a spike.
    fn shortest(&self) -> usize {
        let span =
            |(first, last): (&Sample, &Sample)| last.at.duration_since(first.at).as_secs_f64();
        let span_s = self
            .pending
            .front()
            .zip(self.pending.back())
            .map_or(0.0, span);
        let spikes = self.tuning.spike_s * self.pending.len().saturating_sub(1) as f64 / span_s;
        match span_s > 0.0 {
            true => (spikes.ceil() as usize + 1).clamp(2, LONG_ENOUGH),
            false => 2,
        }
    }

    /// Another level begins there.
    fn change(&mut self, cut: Cut) -> Option<Change> {
        let first = self.pending.get(cut.at)?;
        let (at, index) = (
            first.at,
            self.samples - (self.pending.len() - cut.at) as u64,
        );
        for sample in self.pending.iter().take(cut.at) {
            self.past.add(sample.rtt_ms, &self.tuning);
        }
        self.pending.drain(..cut.at);
        let losses = self.past.losses;
        let before = sorted::level(
            self.past.rtts_ms.iter().copied(),
            losses.after(0.0, f64::MIN_POSITIVE),
        );
        let period = self
            .pending
            .iter()
            .take(cut.until - cut.at)
            .map(|sample| sample.rtt_ms);
        let mut lost = Share::default();
        period.clone().for_each(|rtt| lost.add(rtt.is_none()));
        let after = sorted::level(period.flatten(), lost.after(0.0, f64::MIN_POSITIVE));
        self.before = self.known().or(self.before);
        self.past = Past::default();
        self.now = None;
        self.surprise = 0.0;
        let rule = rule(&before, &after).to_owned();
        Some(Change {
            index,
            at,
            rule,
            before,
            after,
            confidence: confidence(cut.margin),
        })
    }
}

/// How often a cut that is so much cheaper is a change. Samples have more to do with each other than is known of them, so
/// that a margin counts for a third of what it would, and some of the plainest things are none: measured on made series.
fn confidence(margin: f64) -> f64 {
    sorted::rounded(0.98 / (1.0 + (-margin / 3.0).exp()), 1e4)
}

/// What it is that changed most.
fn rule(before: &Level, after: &Level) -> &'static str {
    let both = before.median_ms.zip(after.median_ms);
    let Some((was, is)) = both.filter(|_| (before.loss - after.loss).abs() < 0.3) else {
        return "rtt-loss";
    };
    let spread = |level: &Level| level.spread_ms.unwrap_or(0.0);
    if (was - is).abs() > spread(before).max(spread(after)) {
        "rtt-level"
    } else {
        "rtt-spread"
    }
}
