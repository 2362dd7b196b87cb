//! What could be expected of a fact, from what it was each time: the most telling first.

use super::bounds::{at_least, below, days, numbers, room, share};
use super::kinds::Form;
use super::passes;
use super::said::Said;
use netspec_assertions::finding::escape;
use netspec_assertions::quantity::Unit;
use netspec_assertions::select::Selector;
use netspec_assertions::shape::Shape;
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

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Nothing is expected of it, and this is why.
    pub(super) fn nothing(why: impl Into<String>) -> Self {
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
            _ if values(word, shape, seen)
                .is_some_and(|(_, values)| values.iter().all(is_nothing)) =>
            {
                Proposal::default()
            }
            _ => of(word, Form::Exactly, shape, seen),
        },
        Form::Distance(step) if seen.iter().all(|seen| seen["reached"] == true) => {
            of(word, Form::Room(step), shape, seen)
        }
        Form::Distance(_) => Proposal::default(),
        Form::Exactly => match of(word, form, shape, seen) {
            Proposal {
                said: Some(Said::Plain(_)),
                ..
            } if !seen.iter().all(|seen| seen["status"] == "NOERROR") => Proposal::default(),
            proposal => proposal,
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
        Form::Usually(words) => usually(word, &shape, &values, words),
        Form::Unlike(usual) if values.iter().all(|value| value == usual) => Proposal::default(),
        Form::Unlike(_) => usually(word, &shape, &values, &[]),
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
        Form::Every(_) | Form::Passes | Form::Distance(_) => Proposal::default(),
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

/// A list of nothing that is known.
pub(super) fn is_all_null(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|items| items.iter().all(Value::is_null))
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

fn usually(word: &str, shape: &Shape, values: &[Value], usual: &[&str]) -> Proposal {
    let proposal = same(word, shape, values);
    let is_usual = |said: &Said| usual.contains(&said.flow().as_str());
    match &proposal.said {
        Some(said) if !is_usual(said) => {
            let why = format!("mind that `{word}` is hardly as it should be; it was so each time");
            proposal.because(why)
        }
        _ => proposal,
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
    let mut of_each: Vec<(String, Said)> = of_each.collect();
    let special = values(&format!("{word}.special"), shape, seen);
    if of_each.is_empty() && special.is_some_and(|(_, lists)| lists.iter().all(is_all_null)) {
        of_each.push(("special".to_owned(), Said::plain("absent"))); // of whom nothing is known: a bogon is none of them
    }
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
