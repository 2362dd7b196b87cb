//! Whether what is said of one value can hold, and whether it can fail.
//!
//! An operator's answer changes at its limits alone, so that it is enough to try them, what lies between them and what
//! lies beyond; of words there are only those of their list.

use super::expected::{Expected, Said};
use netspec_assertions::matcher::Matcher;
use netspec_assertions::operand::Operand;
use netspec_assertions::problem::Problem;
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Shape, Text};

/// Expectations of one value that no value fulfils together.
pub(super) fn contradictions(expected: &Expected<'_>, found: &mut Vec<Problem>) {
    for said in expected.values.values() {
        let absent = said.presence.iter().find(|(_, there)| !there);
        let (Some((last, matcher, shape)), first) = (said.matchers.last(), said.matchers.first())
        else {
            continue;
        };
        if let Some((span, _)) = absent {
            let message = format!(
                "it is expected to be absent and to be {}",
                matcher.wanted(shape)
            );
            found.push(Problem::new((*span).max(*last), message));
        } else if let Some(all) = tried(said)
            && !all.iter().any(|value| said.fulfilled_by(value))
        {
            let both = match first {
                Some((span, first, shape)) if span != last => {
                    format!("{} and {}", first.wanted(shape), matcher.wanted(shape))
                }
                _ => matcher.wanted(shape),
            };
            let span = said
                .matchers
                .iter()
                .map(|(span, ..)| *span)
                .max()
                .unwrap_or(*last);
            found.push(Problem::new(span, format!("nothing is {both}")));
        }
    }
}

/// Expectations that every value fulfils.
pub(super) fn tautologies(expected: &Expected<'_>, found: &mut Vec<Problem>) {
    for said in expected.values.values() {
        for (span, matcher, shape) in &said.matchers {
            if always(*matcher, shape, said.minimum) {
                let message = format!("{} is {}", every(shape), matcher.wanted(shape));
                found.push(Problem::new(*span, message));
            }
        }
    }
}

fn every(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text(Text::Words(_)) => "every word it can be",
        Shape::Number(_) => "every number it can be",
        _ => "every value it can be",
    }
}

fn always(matcher: &dyn Matcher, shape: &Shape, minimum: Option<f64>) -> bool {
    let holds = |value: &Operand| matcher.holds(value) == Some(true);
    match shape {
        Shape::Flag | Shape::Number(_) | Shape::Text(Text::Words(_)) => {
            values(shape, matcher.limits().to_vec(), minimum)
                .iter()
                .all(holds)
        }
        Shape::Text(Text::Plain | Text::Hostname) if matcher.limits().is_empty() => ODD
            .iter()
            .all(|text| holds(&Operand::Text((*text).to_owned()))),
        _ => false,
    }
}

/// Texts that have nothing in common: a pattern that finds something in all of them finds it in any.
const ODD: &[&str] = &[
    "",
    "a",
    "Z9",
    "\u{1}\n\t",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "\u{7ca4}\u{7f51}\r\n",
    "0 0",
];

/// The values to try; none where there is no telling which they are.
fn tried(said: &Said<'_>) -> Option<Vec<Operand>> {
    let (_, _, shape) = said.matchers.first()?;
    let limits = said
        .matchers
        .iter()
        .flat_map(|(_, matcher, _)| matcher.limits());
    let limits: Vec<Operand> = limits.cloned().collect();
    match shape {
        Shape::Flag | Shape::Number(_) | Shape::Text(Text::Words(_)) => {
            Some(values(shape, limits, said.minimum))
        }
        Shape::Text(kind) if *kind != Text::Within => {
            let named = said
                .matchers
                .iter()
                .any(|(_, matcher, _)| names_its_values(*matcher));
            named.then_some(limits)
        }
        _ => None,
    }
}

/// Whether nothing but its own limits fulfils it.
fn names_its_values(matcher: &dyn Matcher) -> bool {
    let other = matcher.limits().first().map(|limit| match limit {
        Operand::Address(_) | Operand::Network(_) => Operand::Address([0, 0, 0, 1].into()),
        _ => Operand::Text("\u{1}none of them".to_owned()),
    });
    let networks = matcher
        .limits()
        .iter()
        .any(|limit| matches!(limit, Operand::Network(_)));
    !networks && other.is_some_and(|other| matcher.holds(&other) == Some(false))
}

/// All values that can be told apart by these limits.
fn values(shape: &Shape, limits: Vec<Operand>, minimum: Option<f64>) -> Vec<Operand> {
    match shape {
        Shape::Flag => vec![Operand::Flag(false), Operand::Flag(true)],
        Shape::Text(Text::Words(words)) => {
            let words = words.iter().enumerate();
            words
                .map(|(place, word)| Operand::Word(place, word.clone()))
                .collect()
        }
        Shape::Number(unit) => {
            let (least, most) = match unit {
                Unit::Percent => (0.0, 100.0),
                _ => (minimum.unwrap_or(f64::MIN), f64::MAX),
            };
            let limits = limits.iter().filter_map(Operand::rank);
            let numbers = numbers(limits.collect(), least, most);
            numbers.into_iter().map(Operand::Number).collect()
        }
        _ => limits,
    }
}

/// The limits, the bounds, and one number between each two.
fn numbers(mut limits: Vec<f64>, least: f64, most: f64) -> Vec<f64> {
    limits.extend([least, most]);
    limits.retain(|limit| *limit >= least && *limit <= most);
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    let between = limits.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0);
    let between: Vec<f64> = between.collect();
    [limits, between].concat()
}

impl Said<'_> {
    fn fulfilled_by(&self, value: &Operand) -> bool {
        let mut matchers = self.matchers.iter();
        matchers.all(|(_, matcher, _)| matcher.holds(value) != Some(false))
    }
}
