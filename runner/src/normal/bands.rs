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

/// A time that is off its level is another only where every further look finds it off too: queues and busy machines add to
/// times and nothing takes from them. Of losses all looks count together. What many runs have brought together needs none.
async fn level(
    selector: &Selector,
    seen: &Seen,
    mut detector: Detector,
    live: &Live<'_>,
) -> Verdict {
    let normal = detector.level();
    let is_time = selector.unit() != Unit::Percent;
    let (mut looked, mut change) = (seen.clone(), None);
    for looks in 0..=LOOKS_AGAIN {
        let samples = samples(selector, &looked.seen, live.clock.time(looked.asked_at));
        let told: Vec<Change> = samples
            .iter()
            .flat_map(|sample| detector.push(*sample))
            .collect();
        change = told.into_iter().last().or(change);
        let is_off = samples.iter().any(|sample| is_outside(&normal, sample));
        if !is_off && (looks == 0 || is_time) {
            let change = change.filter(|_| looks == 0);
            return change.map_or_else(|| at_level(selector, looks), |it| changed(selector, &it));
        }
        if looks < LOOKS_AGAIN {
            live.wait(PAUSE).await;
            match live.look_whatever().await {
                Some(again) => looked = again,
                None => break,
            }
        }
    }
    let said = change.map_or_else(|| undecided(selector), |change| changed(selector, &change));
    said.costing(LOOKS_AGAIN)
}

fn at_level(selector: &Selector, looks: u32) -> Verdict {
    let word = &selector.text;
    let (verdict, evidence) = match looks {
        0 => (Word::Same, format!("{word} is at its level")),
        _ => (
            Word::Variance,
            format!("{word} was off its level and is back"),
        ),
    };
    Verdict::new(verdict, "rtt-level", evidence).costing(looks)
}

fn undecided(selector: &Selector) -> Verdict {
    let word = &selector.text;
    let evidence =
        format!("{word} is off its level, and whether it stays there cannot be said yet");
    Verdict::new(Word::Variance, "rtt-level", evidence)
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
