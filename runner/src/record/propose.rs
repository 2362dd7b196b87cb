//! What could be expected of a fact, from what it was each time: the most telling first.

use super::kinds::Form;
use super::passes;
use super::said::Said;
use netspec_assertions::finding::escape;
use netspec_assertions::quantity::Unit;
use netspec_assertions::select::Selector;
use netspec_assertions::shape::{Shape, Text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Something that could be expected, and why it is no more than that.
#[derive(Clone, Debug, Default)]
pub(super) struct Proposal {
    pub(super) said: Option<Said>,
    pub(super) why: Option<String>,
}

impl Proposal {
    pub(super) fn of(said: Said) -> Self {
        let why = None;
        let said = Some(said);
        Self { said, why }
    }

    fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Nothing is expected of it, and this is why.
    fn nothing(why: impl Into<String>) -> Self {
        Self::default().because(why)
    }
}

/// The longest text, and the longest list, that is written into a scenario.
const LONGEST_TEXT: usize = 200;
const LONGEST_LIST: usize = 16;

/// What could be expected of a fact that was seen in these.
pub(super) fn propose(word: &str, form: Form, shape: &Shape, seen: &[&Value]) -> Proposal {
    match form {
        Form::Passes => passes::propose(seen),
        Form::Every(facts) => every(word, facts, shape, seen),
        Form::ExactlyInPlaceOf(other) => match values(other, shape, seen) {
            Some((_, values)) if !values.iter().all(is_nothing) => Proposal::default(),
            _ => of(word, Form::Exactly, shape, seen),
        },
        form => of(word, form, shape, seen),
    }
}

fn of(word: &str, form: Form, shape: &Shape, seen: &[&Value]) -> Proposal {
    let Some((shape, values)) = values(word, shape, seen) else {
        return Proposal::default();
    };
    match form {
        Form::Same => same(word, &shape, &values),
        Form::Unlike(usual) if values.iter().all(|value| value == usual) => Proposal::default(),
        Form::Unlike(_) => same(word, &shape, &values),
        Form::Only(wanted) => match values.iter().all(|value| as_written(value) == wanted) {
            true => Proposal::of(Said::plain(wanted)),
            false => Proposal::nothing(format!("`{word}` was not always {wanted}")),
        },
        Form::Exactly | Form::ExactlyInPlaceOf(_) => exactly(word, &values),
        Form::Include => include(&values),
        Form::Below => numbers(&values).map_or_else(Proposal::default, |ms| below(word, &ms)),
        Form::Days => numbers(&values).map_or_else(Proposal::default, |s| days(&s)),
        Form::Loss => numbers(&values).map_or_else(Proposal::default, |loss| share(word, &loss)),
        Form::Room(step) => numbers(&values).map_or_else(Proposal::default, |n| room(&n, step)),
        Form::AtLeast => at_least(&shape, &values),
        Form::Every(_) | Form::Passes => Proposal::default(),
    }
}

/// What a word selects in each; nothing where it could not be seen in one of them.
pub(super) fn values(word: &str, shape: &Shape, seen: &[&Value]) -> Option<(Shape, Vec<Value>)> {
    let selector = Selector::parse(word, shape).ok()?;
    let values: Option<Vec<Value>> = seen.iter().map(|seen| selector.values(seen)).collect();
    Some((selector.shape().clone(), values?))
}

/// Whether all of them are alike.
pub(super) fn is_still(values: &[Value]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn same(word: &str, shape: &Shape, values: &[Value]) -> Proposal {
    match values.first() {
        _ if !is_still(values) => {
            Proposal::nothing(format!("`{word}` varied, so nothing is expected of it"))
        }
        Some(value) if !is_nothing(value) => match scalar(value, shape) {
            Some(said) => Proposal::of(said),
            None => Proposal::nothing(format!("`{word}` cannot be written here as it is")),
        },
        _ => Proposal::default(),
    }
}

/// A value with its unit; nothing for what has no place in a file.
fn scalar(value: &Value, shape: &Shape) -> Option<Said> {
    match (value, shape) {
        (Value::String(text), _) if is_writable(text) => Some(Said::Text(text.clone())),
        (Value::Bool(flag), _) => Some(Said::plain(flag.to_string())),
        (Value::Number(number), Shape::Number(unit)) => {
            let unit = match unit {
                Unit::None => "",
                Unit::Milliseconds => "ms",
                Unit::Seconds => "s",
                Unit::Bytes => "B",
                Unit::Percent => "%",
            };
            Some(Said::plain(format!("{number}{unit}")))
        }
        _ => None,
    }
}

/// A number or a word as a file has it.
fn as_written(value: &Value) -> String {
    value.to_string()
}

/// Whether text from outside can stand in a file that people read.
fn is_writable(text: &str) -> bool {
    text.chars().count() <= LONGEST_TEXT && escape(text) == text
}

fn exactly(word: &str, values: &[Value]) -> Proposal {
    let Some(Value::Array(items)) = values.first() else {
        return Proposal::default();
    };
    if !is_still(values) {
        return Proposal::nothing(format!("`{word}` varied, so nothing is expected of it"));
    }
    let said: Option<Vec<Said>> = items.iter().map(|item| scalar(item, &Shape::Any)).collect();
    match said {
        Some(said) if said.is_empty() => Proposal::of(Said::plain("absent")),
        Some(said) if said.len() <= LONGEST_LIST => {
            Proposal::of(Said::one("exactly", Said::List(said)))
        }
        _ => Proposal::nothing(format!(
            "`{word}` is too much, or too odd, to be written here"
        )),
    }
}

fn include(values: &[Value]) -> Proposal {
    let lists: Option<Vec<&Vec<Value>>> = values.iter().map(Value::as_array).collect();
    let Some(lists) = lists.filter(|lists| !lists.is_empty()) else {
        return Proposal::default();
    };
    let always = lists[0].iter();
    let always = always.filter(|item| lists.iter().all(|list| list.contains(item)));
    let said: Vec<Said> = always
        .filter_map(|item| scalar(item, &Shape::Any))
        .take(LONGEST_LIST)
        .collect();
    match said.is_empty() {
        true => Proposal::default(),
        false => Proposal::of(Said::one("include", Said::List(said))),
    }
}

/// The most values of one fact that are written as alternatives.
const MOST_ALTERNATIVES: usize = 4;

/// What is always so of each, and how many they are.
fn every(word: &str, facts: &[&str], shape: &Shape, seen: &[&Value]) -> Proposal {
    let Some((_, lists)) = values(word, shape, seen) else {
        return Proposal::default();
    };
    if lists.iter().all(is_nothing) {
        return Proposal::default();
    }
    if lists.iter().any(is_nothing) {
        return Proposal::nothing(format!("sometimes there were no `{word}`"));
    }
    let of_each = facts.iter().filter_map(|fact| {
        let (_, values) = values(&format!("{word}.{fact}"), shape, seen)?;
        Some(((*fact).to_owned(), common(&values)?))
    });
    let of_each: Vec<(String, Said)> = of_each.collect();
    let mut said = Vec::new();
    if !of_each.is_empty() {
        said.push(("every".to_owned(), Said::Map(of_each)));
    }
    let counts: Vec<usize> = lists
        .iter()
        .filter_map(Value::as_array)
        .map(Vec::len)
        .collect();
    let is_steady = counts.windows(2).all(|pair| pair[0] == pair[1]);
    let count = match is_steady {
        true => Said::plain(counts[0].to_string()),
        false => Said::one("at-least", Said::plain("1")),
    };
    said.push(("count".to_owned(), count));
    let proposal = Proposal::of(Said::Map(said));
    match (is_still(&lists), is_steady) {
        (true, _) => proposal,
        (false, true) => proposal.because(format!("which {word} varied, so they are not named")),
        (false, false) => proposal.because(format!("which {word}, and how many, varied")),
    }
}

/// One value of all, or a few that were each met in more than one run: of a fact whose values are still being discovered,
/// nothing is expected.
fn common(values: &[Value]) -> Option<Said> {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values
        .iter()
        .flat_map(|list| list.as_array().into_iter().flatten())
    {
        *met.entry(value.as_str().filter(|text| is_writable(text))?)
            .or_default() += 1;
    }
    let text = |text: &&str| Said::Text((*text).to_owned());
    let alternatives = || Said::one("one-of", Said::List(met.keys().map(text).collect()));
    match met.len() {
        0 => None,
        1 => met.keys().next().map(text),
        ..=MOST_ALTERNATIVES if met.values().all(|count| *count > 1) => Some(alternatives()),
        _ => None,
    }
}

fn numbers(values: &[Value]) -> Option<Vec<f64>> {
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
fn below(word: &str, ms: &[f64]) -> Proposal {
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
fn days(left_s: &[f64]) -> Proposal {
    let left = least(left_s) / DAY_S;
    let said = |days: &str| Proposal::of(Said::one("at-least", Said::plain(days)));
    match left {
        left if left >= 21.0 => said("21d"),
        left if left >= 7.0 => said("3d").because("the certificate has less than three weeks left"),
        left if left >= 2.0 => said("1d").because("the certificate has less than a week left"),
        _ => Proposal::nothing("the certificate expires within two days, or has expired"),
    }
}

fn share(word: &str, loss: &[f64]) -> Proposal {
    let said = |bound: &str| Proposal::of(Said::one("at-most", Said::plain(bound)));
    match (least(loss), most(loss)) {
        (_, most) if most <= 10.0 => said("20%"),
        (_, most) if most <= 25.0 => said("50%").because("some was lost while this was recorded"),
        (least, _) if least >= 100.0 => Proposal::nothing("nobody echoed"),
        _ => Proposal::nothing(format!("`{word}` was too much for a bound to say anything")),
    }
}

fn room(numbers: &[f64], step: u64) -> Proposal {
    let step = step as f64;
    let bound = ((most(numbers) + 2.0) / step).ceil() * step;
    Proposal::of(Said::one("at-most", Said::plain(bound.to_string())))
}

fn at_least(shape: &Shape, values: &[Value]) -> Proposal {
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
