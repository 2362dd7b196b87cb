//! Reading what is expected of a set, or of the hops of a route.

use super::read::{entries, inside, some};
use super::{Expect, QUANTIFIERS, Quantifier, What};
use crate::matcher;
use crate::problem::{Problem, Problems};
use crate::quantity::Unit;
use crate::shape::Shape;
use crate::suggest;
use crate::written::{Entry, Node, Spanned, Value};

/// The most elements that are written out.
const MOST_ELEMENTS: usize = 4096;

pub(super) fn is_quantifier(word: &str) -> bool {
    QUANTIFIERS.iter().any(|(known, _, _)| *known == word)
}

pub(super) fn set(node: &Node, item: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::Map(_) => {
            let entries = entries(node, problems)?.iter();
            let said = some(entries.filter_map(|entry| quantifier(entry, item, problems)))?;
            return Some(What::Set(said, item.clone()));
        }
        Value::List(_) => {
            let problem = Problem::new(node.span, "a bare list could mean three things");
            problems.add(problem.help(
                "write `exactly: […]` (these and no others) or `include: […]` (these among others)",
            ));
        }
        other => {
            let shown = other.scalar().unwrap_or_default();
            let problem = Problem::new(node.span, "a set is not one value");
            problems.add(problem.help(format!(
                "write `exactly: [{shown}]`, `every: {shown}` or `some: {shown}`"
            )));
        }
    }
    None
}

fn quantifier(entry: &Entry, item: &Shape, problems: &mut Problems) -> Option<Quantifier> {
    let node = &entry.value;
    match entry.key.value.as_str() {
        "every" => element(node, item, problems).map(Quantifier::Every),
        "some" => element(node, item, problems).map(Quantifier::Some),
        "none" => element(node, item, problems).map(Quantifier::None),
        "exactly" => elements(node, item, problems).map(|all| Quantifier::Exactly(all, node.span)),
        "include" => elements(node, item, problems).map(|all| Quantifier::Include(all, node.span)),
        "count" => count(node, problems).map(Quantifier::Count),
        _ => {
            problems.add(unknown_quantifier(&entry.key, item));
            None
        }
    }
}

/// A number of elements; what every number fulfils is refused.
fn count(node: &Node, problems: &mut Problems) -> Option<Expect> {
    let at_least_none = match &node.value {
        Value::Map(entries) => {
            entries.iter().find(
                |entry| match (entry.key.value.as_str(), &entry.value.value) {
                    ("at-least", Value::Number(limit)) => *limit <= 0.0,
                    ("above", Value::Number(limit)) => *limit < 0.0,
                    _ => false,
                },
            )
        }
        _ => None,
    };
    if let Some(entry) = at_least_none {
        let problem = Problem::new(entry.value.span, "there are always as many as that");
        problems.add(problem.help("write `at-least: 1`, or leave it out"));
        return None;
    }
    match says_presence(node) {
        Some(word) => {
            let problem = Problem::new(node.span, "a count is always there");
            let instead = if word == "present" {
                "at-least: 1"
            } else {
                "at-most: 0"
            };
            problems.add(problem.help(format!("write `count: {{ {instead} }}`")));
            None
        }
        None => inside(node, &Shape::Number(Unit::None), problems),
    }
}

/// What is expected of one element; it is there already, so that `present` would say nothing. What a JSONPath selects can be null.
fn element(node: &Node, item: &Shape, problems: &mut Problems) -> Option<Expect> {
    match says_presence(node) {
        Some(word) if *item != Shape::Any => {
            let problem = Problem::new(
                node.span,
                format!("an element is never `absent`, so `{word}` says nothing of it"),
            );
            problems.add(problem.help("`present` and `absent` are said of the whole set"));
            None
        }
        _ => inside(node, item, problems),
    }
}

fn says_presence(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(word) if word == "present" || word == "absent" => Some(word),
        _ => None,
    }
}

fn unknown_quantifier(key: &Spanned<String>, item: &Shape) -> Problem {
    let known: Vec<&str> = QUANTIFIERS.iter().map(|(word, _, _)| *word).collect();
    let problem =
        Problem::new(key.span, format!("unknown key `{}`", key.value)).label("no quantifier");
    let word = &key.value;
    if item.field(word).is_some() || matcher::find(word).is_some() {
        let help =
            format!("of which of them? write `every: {{ {word}: … }}` or `some: {{ {word}: … }}`");
        return problem.help(help);
    }
    problem.help(suggest::remedy(&key.value, &known))
}

fn elements(node: &Node, item: &Shape, problems: &mut Problems) -> Option<Vec<Expect>> {
    let problem = match &node.value {
        Value::List(items) if items.len() > MOST_ELEMENTS => Problem::new(
            node.span,
            format!("more than {MOST_ELEMENTS} elements are written out"),
        )
        .help("say what they have in common: `every: …`, or remember them with `track`"),
        Value::List(items) if !items.is_empty() => {
            return some(
                items
                    .iter()
                    .filter_map(|node| element(node, item, problems)),
            );
        }
        Value::List(_) => {
            Problem::new(node.span, "an empty list").help("for no elements at all write `absent`")
        }
        other => {
            let one = other.scalar().unwrap_or_else(|| "{ … }".to_owned());
            Problem::new(
                node.span,
                format!("expected a list, found {}", other.kind()),
            )
            .help(format!("of one alone too write `[{one}]`"))
        }
    };
    problems.add(problem);
    None
}

pub(super) fn sequence(node: &Node, item: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::List(_) => Some(What::Passes(elements(node, item, problems)?, item.clone())),
        other => {
            let message = format!("expected a list of hops, found {}", other.kind());
            let help = "write a list like `- { asn: AS6453 }`";
            problems.add(Problem::new(node.span, message).help(help));
            None
        }
    }
}
