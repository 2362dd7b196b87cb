//! Times and losses that are tracked: their level and its spread, of which a snapshot says nothing.

use super::Side;
use super::ask::Live;
use crate::plan::Case;
use crate::probe::Seen;
use jiff::Timestamp;
use netspec_assertions::quantity::Unit;
use netspec_assertions::select::Selector;
use netspec_detection::rtt::{Change, Detector, Level, Sample};
use netspec_detection::{Verdict, Word};
use serde_json::Value;
use std::time::Duration;

/// How many further looks are taken, at most, at a level that seems to be another.
const LOOKS_AGAIN: u32 = 5;

/// Between one look and the next: all of them together last longer than a spike.
const PAUSE: Duration = Duration::from_secs(6);

/// So many spreads from the median, a time is worth a second look (detecting rule 8: median and MAD).
const SPREADS: f64 = 5.0;

/// The deviation that a normal distribution of that MAD has.
const MAD_TO_DEVIATION: f64 = 1.4826;

/// The words of a check whose level is tracked.
fn tracked(case: &Case) -> impl Iterator<Item = &Selector> {
    let all = case.check().track.iter().map(|selector| &selector.value);
    all.filter(|selector| selector.is_band())
}

/// Lets the levels follow what was seen.
pub(super) fn learn(case: &Case, side: &mut Side, seen: &Value, at: Timestamp) {
    for selector in tracked(case) {
        let detector = side.bands.entry(selector.text.clone()).or_default();
        for sample in samples(selector, seen, at) {
            detector.push(sample);
        }
    }
}

/// Whether a level is another; nothing where none is tracked.
pub(super) async fn judge(seen: &Seen, model: &Side, live: &Live<'_>) -> Option<Verdict> {
    let mut gravest: Option<Verdict> = None;
    for selector in tracked(live.case) {
        let Some(detector) = model.bands.get(&selector.text) else {
            continue;
        };
        let said = level(selector, seen, detector.clone(), live).await;
        if gravest
            .as_ref()
            .is_none_or(|gravest| said.word > gravest.word)
        {
            gravest = Some(said);
        }
    }
    gravest
}

/// Looks on until it is certain, or as it was.
async fn level(
    selector: &Selector,
    seen: &Seen,
    mut detector: Detector,
    live: &Live<'_>,
) -> Verdict {
    let normal = detector.level();
    let mut looked = seen.clone();
    for looks in 0..=LOOKS_AGAIN {
        let samples = samples(selector, &looked.seen, live.clock.time(looked.asked_at));
        let changes: Vec<Change> = samples
            .iter()
            .flat_map(|sample| detector.push(*sample))
            .collect();
        if let Some(change) = changes.last() {
            return changed(selector, change).costing(looks);
        }
        if !samples.iter().any(|sample| is_outside(&normal, sample)) {
            return match looks {
                0 => Verdict::new(
                    Word::Same,
                    "rtt-level",
                    format!("{} is at its level", selector.text),
                ),
                looks => Verdict::new(
                    Word::Variance,
                    "rtt-level",
                    format!("{} was off its level and is back", selector.text),
                )
                .costing(looks),
            };
        }
        live.wait(PAUSE).await;
        match live.look().await {
            Some(again) => looked = again,
            None => break,
        }
    }
    let evidence = format!(
        "{} is off its level, and whether it stays there cannot be said yet",
        selector.text
    );
    Verdict::new(Word::Variance, "rtt-level", evidence).costing(LOOKS_AGAIN)
}

fn changed(selector: &Selector, change: &Change) -> Verdict {
    let show = |level: &Level| match level.median_ms {
        Some(median) => format!("{median:.1} ms, {:.0} % lost", level.loss * 100.0),
        None => format!("{:.0} % lost", level.loss * 100.0),
    };
    let (before, after) = (show(&change.before), show(&change.after));
    let mut verdict = Verdict::new(
        Word::Changed,
        "rtt-level",
        format!("{} was {before}, and is {after}", selector.text),
    );
    verdict.rule = change.rule.clone().into();
    verdict
        .and(format!("confidence {:.3}", change.confidence))
        .edge("rtt", before, after)
}

fn is_outside(normal: &Level, sample: &Sample) -> bool {
    match (sample.rtt_ms, normal.median_ms) {
        (Some(rtt), Some(median)) => {
            let spread = normal.spread_ms.unwrap_or_default() * MAD_TO_DEVIATION;
            (rtt - median).abs() > SPREADS * spread.max(median / 100.0)
        }
        (None, _) => normal.loss < 0.5,
        (Some(_), None) => true,
    }
}

/// A time as one sample, a share of losses as one for each probe.
fn samples(selector: &Selector, seen: &Value, at: Timestamp) -> Vec<Sample> {
    let Some(number) = selector.number(seen) else {
        return match selector.unit() {
            Unit::Percent => Vec::new(),
            _ => vec![Sample { at, rtt_ms: None }],
        };
    };
    if selector.unit() != Unit::Percent {
        let rtt_ms = Some(number);
        return vec![Sample { at, rtt_ms }];
    }
    let sent = seen["sent"].as_u64().unwrap_or(10).clamp(1, 100);
    let lost = (number / 100.0 * sent as f64).round() as u64;
    let one = |index: u64| Sample {
        at,
        rtt_ms: (index >= lost).then_some(1.0),
    };
    (0..sent).map(one).collect()
}
