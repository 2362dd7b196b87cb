//! Bounds with room: on times, losses, counts, versions, and what is left of a certificate.

use super::propose::Proposal;
use super::said::Said;
use netspec_assertions::shape::{Shape, Text};
use serde_json::Value;

pub(super) fn numbers(values: &[Value]) -> Option<Vec<f64>> {
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

fn least(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max)
}

/// The bounds there are on times, in milliseconds. Few and far apart, so that jitter leads to no other one; none so small
/// that a busy machine would pass it.
const LADDER: &[(f64, &str)] = &[
    (200.0, "200ms"),
    (400.0, "400ms"),
    (800.0, "800ms"),
    (2_000.0, "2s"),
    (5_000.0, "5s"),
    (10_000.0, "10s"),
    (30_000.0, "30s"),
];

/// The room that a bound leaves above what was seen.
const HEAD_ROOM: f64 = 2.0;

/// By the shortest, which the network alone decides; by the longest only where that would not have held.
pub(super) fn below(word: &str, ms: &[f64]) -> Proposal {
    let rung = |ms: f64| LADDER.iter().find(|(bound, _)| *bound >= ms * HEAD_ROOM);
    let by_least = rung(least(ms)).filter(|(bound, _)| most(ms) < *bound);
    match by_least.or_else(|| rung(most(ms))) {
        Some((_, text)) => Proposal::of(Said::one("below", Said::plain(*text))),
        None => Proposal::nothing(format!(
            "`{word}` was too long for a bound that says anything"
        )),
    }
}

const DAY_S: f64 = 86_400.0;

/// What is asked of a good certificate, and less where less is left.
pub(super) fn days(left_s: &[f64]) -> Proposal {
    let left = least(left_s) / DAY_S;
    let said = |days: &str| Proposal::of(Said::one("at-least", Said::plain(days)));
    match left {
        left if left >= 21.0 => said("21d"),
        left if left >= 7.0 => said("3d").because("the certificate has less than three weeks left"),
        left if left >= 2.0 => said("1d").because("the certificate has less than a week left"),
        _ => Proposal::nothing("the certificate expires within two days, or has expired"),
    }
}

pub(super) fn share(word: &str, loss: &[f64]) -> Proposal {
    let said = |bound: &str| Proposal::of(Said::one("at-most", Said::plain(bound)));
    match (least(loss), most(loss)) {
        (_, most) if most <= 10.0 => said("20%"),
        (_, most) if most <= 25.0 => said("50%").because("some was lost while this was recorded"),
        (least, _) if least >= 100.0 => Proposal::nothing("nobody echoed"),
        _ => Proposal::nothing(format!("`{word}` was too much for a bound to say anything")),
    }
}

pub(super) fn room(numbers: &[f64], step: u64) -> Proposal {
    let step = step as f64;
    let bound = ((most(numbers) + 2.0) / step).ceil() * step;
    Proposal::of(Said::one("at-most", Said::plain(bound.to_string())))
}

pub(super) fn at_least(shape: &Shape, values: &[Value]) -> Proposal {
    let Shape::Text(Text::Words(words)) = shape else {
        return Proposal::default();
    };
    let place = |value: &Value| {
        words
            .iter()
            .position(|word| Some(word.as_str()) == value.as_str())
    };
    let places: Option<Vec<usize>> = values.iter().map(place).collect();
    let lowest = places.and_then(|places| places.into_iter().min());
    lowest.map_or_else(Proposal::default, |at| {
        Proposal::of(Said::one("at-least", Said::plain(words[at].clone())))
    })
}
