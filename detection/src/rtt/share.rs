use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How many of how many; of long ago only the share stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Share {
    pub(super) of: f64,
    pub(super) yes: f64,
}

/// Beyond so many both counts are halved.
const MOST: f64 = 256.0;

/// What is thought of losses before anybody was asked, in samples: a place that is pinged answers.
const LOST: f64 = 0.05;
const ANSWERED: f64 = 0.5;

impl Share {
    pub(super) fn add(&mut self, yes: bool) {
        self.of += 1.0;
        self.yes += f64::from(u8::from(yes));
        if self.of >= MOST {
            self.of /= 2.0;
            self.yes /= 2.0;
        }
    }

    /// The share, where it is thought to be `prior` before and that counts as `weight` samples.
    pub(super) fn after(self, prior: f64, weight: f64) -> f64 {
        (self.yes + prior * weight) / (self.of + weight)
    }

    /// Of losses: what it costs that the next sample is lost or is not, after what was.
    pub(super) fn cost(self, lost: bool) -> f64 {
        let like_it = match lost {
            true => self.yes + LOST,
            false => self.of - self.yes + ANSWERED,
        };
        ((self.of + LOST + ANSWERED) / like_it).ln()
    }
}

/// No search looks at more samples.
const MOST_PENDING: usize = 16;

/// What so many answered and lost ones cost in a period of which nothing else is known, where any share is as likely.
pub(super) fn free_cost(answered: usize, lost: usize) -> f64 {
    static COSTS: LazyLock<[[f64; MOST_PENDING + 1]; MOST_PENDING + 1]> = LazyLock::new(|| {
        std::array::from_fn(|answered| std::array::from_fn(|lost| exchangeable(answered, lost)))
    });
    let of = |count: usize| count.min(MOST_PENDING);
    COSTS[of(answered)][of(lost)]
}

/// The order does not matter: first all that were answered, then all that were not.
fn exchangeable(answered: usize, lost: usize) -> f64 {
    let one = |of: usize, like_it: usize| ((of as f64 + 1.0) / (like_it as f64 + 0.5)).ln();
    let came: f64 = (0..answered).map(|nth| one(nth, nth)).sum();
    let gone: f64 = (0..lost).map(|nth| one(answered + nth, nth)).sum();
    came + gone
}
