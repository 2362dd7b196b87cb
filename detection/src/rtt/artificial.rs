//! Series made by chance, with changes at known places, to try the detector on.

use super::Sample;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A series, and where it changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The samples.
    pub samples: Vec<Sample>,
    /// The numbers of the samples with which another period begins.
    pub changes: Vec<u64>,
}

/// The shape of the noise above the floor of a path.
#[derive(Clone, Copy)]
enum Noise {
    Normal,
    Laplace,
    Queue,
    Lognormal,
}

/// How a path is in ordinary times.
struct Ways {
    interval_s: i64,
    noise: Noise,
    memory: f64,
    swing: f64,
    spikes: f64,
    losses: f64,
    grain_ms: f64,
    spread_ms: f64,
}

/// What is for a while.
#[derive(Clone, Copy)]
struct Period {
    level_ms: f64,
    /// The spread, in those of ordinary times.
    width: f64,
    loss: f64,
    samples: usize,
}

/// One series of about that many samples: the same seed, the same series.
pub fn series(seed: u64, samples: usize) -> Series {
    let mut rng = StdRng::seed_from_u64(seed);
    let level_ms = log_uniform(&mut rng, 0.3, 400.0);
    let ways = Ways::any(&mut rng, level_ms);
    let mut made = Series::default();
    let mut quiet = Period {
        level_ms,
        width: 1.0,
        loss: ways.losses,
        samples: 0,
    };
    let mut drift = 0.0;
    while made.samples.len() < samples {
        quiet.samples = 30 + log_uniform(&mut rng, 20.0, 600.0) as usize;
        ways.write(quiet, &mut made, &mut drift, &mut rng);
        made.changes.push(made.samples.len() as u64);
        if let Some(period) = ways.next(&mut quiet, &mut rng) {
            ways.write(period, &mut made, &mut drift, &mut rng);
            made.changes.push(made.samples.len() as u64);
        }
    }
    made.changes.retain(|at| *at < samples as u64);
    made.samples.truncate(samples);
    made
}

fn log_uniform(rng: &mut StdRng, from: f64, to: f64) -> f64 {
    rng.random_range(from.ln()..to.ln()).exp()
}

/// Of mean 0 and deviation 1.
fn normal(rng: &mut StdRng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

fn exponential(rng: &mut StdRng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

fn one_of<T: Copy>(rng: &mut StdRng, all: &[T]) -> T {
    all[rng.random_range(0..all.len())]
}

impl Ways {
    fn any(rng: &mut StdRng, level_ms: f64) -> Self {
        let widest = (level_ms / 8.0).clamp(0.06, 50.0);
        let spread_ms = log_uniform(rng, 0.05_f64.min(widest / 1.1), widest);
        let noise = one_of(
            rng,
            &[
                Noise::Normal,
                Noise::Laplace,
                Noise::Queue,
                Noise::Lognormal,
            ],
        );
        Self {
            interval_s: one_of(rng, &[60, 240, 300, 900, 1800]),
            noise,
            memory: one_of(rng, &[0.0, 0.0, 0.3, 0.6]),
            swing: one_of(rng, &[0.0, 0.0, 1.0, 3.0]),
            spikes: one_of(rng, &[0.001, 0.01, 0.03]),
            losses: one_of(rng, &[0.0, 0.002, 0.02]),
            grain_ms: one_of(rng, &[0.0, 0.001, 0.1, 1.0]),
            spread_ms,
        }
    }

    /// The least step that a person would see too.
    fn step_ms(&self, rng: &mut StdRng) -> f64 {
        let visible = self.spread_ms * (5.0 + self.swing) + 3.0 * self.grain_ms;
        visible * log_uniform(rng, 1.0, 20.0)
    }

    /// What comes after a quiet period: another level that stays, or something that passes.
    fn next(&self, quiet: &mut Period, rng: &mut StdRng) -> Option<Period> {
        let step_ms = self.step_ms(rng);
        let mut period = Period {
            samples: log_uniform(rng, 4.0, 80.0) as usize,
            ..*quiet
        };
        match rng.random_range(0..10) {
            0..4 => {
                let down = quiet.level_ms > 2.0 * step_ms && rng.random_bool(0.5);
                quiet.level_ms += if down || quiet.level_ms + step_ms > 600.0 {
                    -step_ms
                } else {
                    step_ms
                };
                quiet.level_ms = quiet.level_ms.max(0.2);
                return None;
            }
            4..7 => {
                period.level_ms += step_ms.min(300.0);
                period.width = log_uniform(rng, 2.0, 10.0);
            }
            7 => {
                period.width = log_uniform(rng, 6.0, 30.0);
                period.samples += 20;
            }
            8 => {
                period.loss = rng.random_range(0.4..0.9);
                period.samples += 12;
            }
            _ => period.loss = 1.0,
        }
        Some(period)
    }

    fn write(&self, period: Period, made: &mut Series, drift: &mut f64, rng: &mut StdRng) {
        for _ in 0..period.samples {
            let at_s = made.samples.len() as i64 * self.interval_s;
            let day = std::f64::consts::TAU * at_s as f64 / 86_400.0;
            let fresh = self.noise.draw(rng);
            *drift = self.memory * *drift + (1.0 - self.memory * self.memory).sqrt() * fresh;
            let wave = self.swing * (1.0 + day.sin()) / 2.0;
            let spike = match rng.random_bool(self.spikes) {
                true => 10.0 * exponential(rng).exp().min(200.0),
                false => 0.0,
            };
            let rtt_ms = period.level_ms + self.spread_ms * (period.width * *drift + wave + spike);
            let rtt_ms = self.rounded(rtt_ms.max(period.level_ms * 0.5).max(0.05));
            let answered = rtt_ms < 1000.0 && !rng.random_bool(period.loss.max(self.losses));
            made.samples.push(Sample {
                at: start() + SignedDuration::from_secs(at_s),
                rtt_ms: answered.then_some(rtt_ms),
            });
        }
    }

    fn rounded(&self, rtt_ms: f64) -> f64 {
        match self.grain_ms > 0.0 {
            true => ((rtt_ms / self.grain_ms).round() * self.grain_ms).max(self.grain_ms),
            false => rtt_ms,
        }
    }
}

fn start() -> Timestamp {
    Timestamp::constant(1_700_000_000, 0)
}

impl Noise {
    /// About as far from its middle as one spread.
    fn draw(self, rng: &mut StdRng) -> f64 {
        match self {
            Self::Normal => normal(rng),
            Self::Laplace => exponential(rng) * if rng.random_bool(0.5) { 1.0 } else { -1.0 } * 0.8,
            Self::Queue => exponential(rng),
            Self::Lognormal => normal(rng).exp() - 1.0,
        }
    }
}
