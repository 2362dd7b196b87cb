//! What sorted values say: robust against a few that are far off.

use super::Level;

pub(super) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_unstable_by(f64::total_cmp);
    all
}

/// Puts a value where it belongs.
pub(super) fn insert(sorted: &mut Vec<f64>, value: f64) {
    let at = sorted.partition_point(|other| *other < value);
    sorted.insert(at, value);
}

/// The middle of sorted values; 0 of none.
pub(super) fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match (sorted.len() % 2, half.checked_sub(1)) {
        (0, Some(below)) => (at(sorted, below) + at(sorted, half)) / 2.0,
        _ => at(sorted, half),
    }
}

fn at(sorted: &[f64], index: usize) -> f64 {
    sorted.get(index).copied().unwrap_or(0.0)
}

/// The median distance of sorted values from `middle` (the upper one of two). Distances grow to both sides of the middle, so
/// that two fingers find it without sorting again.
pub(super) fn mad(sorted: &[f64], middle: f64) -> f64 {
    let (mut low, mut high) = sorted.split_at(sorted.partition_point(|value| *value < middle));
    let mut distance = 0.0;
    for _ in 0..=sorted.len() / 2 {
        let below = low.split_last().map(|(last, rest)| (middle - last, rest));
        let above = high
            .split_first()
            .map(|(first, rest)| (first - middle, rest));
        match (below, above) {
            (Some((near, rest)), Some((far, _))) if near <= far => (distance, low) = (near, rest),
            (_, Some((near, rest))) => (distance, high) = (near, rest),
            (Some((near, rest)), None) => (distance, low) = (near, rest),
            (None, None) => {}
        }
    }
    distance
}

/// The level of these samples, of which that share was lost.
pub(super) fn level(rtts_ms: impl Iterator<Item = f64>, loss: f64) -> Level {
    let rtts = sorted(rtts_ms);
    let median_ms = (!rtts.is_empty()).then(|| median(&rtts));
    Level {
        median_ms: median_ms.map(|middle| rounded(middle, 1e6)),
        spread_ms: median_ms.map(|middle| rounded(mad(&rtts, middle), 1e6)),
        loss: rounded(loss, 1e4),
    }
}

/// To one of so many parts: what follows is not known, and differs from machine to machine.
pub(super) fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
