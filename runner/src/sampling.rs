//! One look or several, and what they come to.

use crate::conduct::{Samples, Tally};
use crate::look::{Round, look};
use crate::network::Network;
use crate::plan::Case;
use crate::verdict::{self, Sided, Verdict};
use netspec_assertions::finding::Finding;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What a test saw, and what is to be said of it.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// How it ended.
    pub verdict: Verdict,
    /// What does not hold, or holds on weak grounds.
    pub findings: Vec<Finding>,
    /// What was seen, by side.
    pub seen: Vec<Sided>,
    /// How many samples were taken, where it was more than one.
    pub samples: Option<Sampled>,
    /// How long asking took.
    pub took: Duration,
}

/// How several samples ended, and which of them is shown.
#[derive(Clone, Copy, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sampled {
    /// How many ended how.
    #[serde(flatten)]
    pub tally: Tally,
    /// The number of the one whose evidence is shown, from 1: the worst.
    pub shown: u32,
}

/// Looks as often as the check says.
pub async fn take(case: &Case, network: &Network) -> Looked {
    match &case.check().conduct.samples {
        None => one(case, network, 0).await,
        Some(samples) => several(case, network, samples).await,
    }
}

async fn one(case: &Case, network: &Network, sample: u32) -> Looked {
    let (seen, took) = look(case, network, Round::Sample(sample)).await;
    let (verdict, findings) = verdict::of(case, &seen);
    let samples = None;
    Looked {
        verdict,
        findings,
        seen,
        samples,
        took,
    }
}

/// All samples are taken, also where the first few decide: how many pass is what is told. Shown is the last that passed
/// where that was enough, or else the worst.
async fn several(case: &Case, network: &Network, samples: &Samples) -> Looked {
    let began = Instant::now();
    let (mut tally, mut took) = (Tally::default(), Duration::ZERO);
    let (mut best, mut worst) = (None, None);
    for sample in 0..samples.take {
        sleep_until(began + samples.apart * sample).await;
        let looked = one(case, network, sample).await;
        tally.count(looked.verdict);
        took += looked.took;
        keep(&mut best, sample, &looked, |new, kept| new <= kept);
        keep(&mut worst, sample, &looked, |new, kept| new > kept);
    }
    let verdict = samples.verdict(tally);
    let shown = if verdict == Verdict::Pass {
        best
    } else {
        worst
    };
    let (shown, looked) = shown.unwrap_or_default();
    let samples = Some(Sampled { tally, shown });
    Looked {
        verdict,
        samples,
        took,
        ..looked
    }
}

/// Keeps a sample, by its number from 1, where there is none yet or it goes before the one that is kept.
fn keep(
    kept: &mut Option<(u32, Looked)>,
    sample: u32,
    looked: &Looked,
    before: impl Fn(Verdict, Verdict) -> bool,
) {
    let goes = |(_, kept): &(u32, Looked)| before(looked.verdict, kept.verdict);
    if kept.as_ref().is_none_or(goes) {
        *kept = Some((sample + 1, looked.clone()));
    }
}
