//! Reading what is expected, as far as records; sets and single values have their own files.

use super::leaf::leaf;
use super::set::{is_quantifier, sequence, set};
use super::{At, Expect, Fact, What};
use crate::jsonpath::JsonPath;
use crate::matcher;
use crate::problem::{Problem, Problems};
use crate::quantity::Unit;
use crate::shape::{Shape, Text};
use crate::suggest;
use crate::written::{Entry, Node, Spanned, Value};

/// Reads an expectation of a thing of this shape; problems are collected and what is sound is kept. Where nothing of it is
/// sound there is none: an expectation that expects nothing is never made.
///
/// `use` holds a list of further expectations of the same thing.
pub fn read(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<Expect> {
    let Some((own, used)) = used(node) else {
        return expectation(node, shape, Level::Top, problems);
    };
    if used.is_empty() {
        let problem = Problem::new(node.span, "`use` names no expectation");
        problems.add(problem.help("write `use: [name]`, of those under `expectations:`"));
    }
    let used = used.iter().map(|node| read(node, shape, problems));
    let mut all: Vec<Option<Expect>> = used.collect();
    if own.value != Value::Map(Vec::new()) {
        all.push(expectation(&own, shape, Level::Top, problems));
    }
    let what = What::All(some(all.into_iter().flatten())?);
    let span = node.span;
    Some(Expect { span, what })
}

/// What is under `use`, and the rest.
fn used(node: &Node) -> Option<(Node, &[Node])> {
    let Value::Map(entries) = &node.value else {
        return None;
    };
    let used = entries.iter().find(|entry| entry.key.value == USE)?;
    let rest = entries.iter().filter(|entry| entry.key.value != USE);
    let own = Node::new(Value::Map(rest.cloned().collect()), node.span);
    match &used.value.value {
        Value::List(items) => Some((own, items)),
        _ => Some((own, std::slice::from_ref(&used.value))),
    }
}

/// The key that holds further expectations.
pub const USE: &str = "use";

/// Reads an expectation inside of another.
pub(super) fn inside(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<Expect> {
    expectation(node, shape, Level::Inside, problems)
}

/// Where an expectation stands; a `$` key looks from the top and so stands there.
#[derive(Clone, Copy)]
enum Level {
    Top,
    Inside,
}

fn expectation(
    node: &Node,
    shape: &Shape,
    level: Level,
    problems: &mut Problems,
) -> Option<Expect> {
    let what = match (&node.value, shape) {
        (Value::Null, _) => {
            let problem = Problem::new(node.span, "nothing is expected here");
            problems.add(problem.label("a value is missing"));
            return None;
        }
        (Value::Text(word), shape)
            if can_be_absent(shape) && (word == "present" || word == "absent") =>
        {
            What::Presence(word == "present")
        }
        (_, Shape::Record(_) | Shape::Named(_)) => record(node, shape, level, problems)?,
        (_, Shape::List(item)) => set(node, item, problems)?,
        (_, Shape::Sequence(item)) => sequence(node, item, problems)?,
        (Value::Map(entries), Shape::Any)
            if entries.iter().any(|entry| is_quantifier(&entry.key.value)) =>
        {
            set(node, &Shape::Any, problems)?
        }
        _ => leaf(node, shape, problems)?,
    };
    Some(Expect {
        span: node.span,
        what,
    })
}

/// Whether `present` and `absent` tell anything apart: true or false is always there, and a network is no thing of its own.
fn can_be_absent(shape: &Shape) -> bool {
    !matches!(
        shape,
        Shape::Flag | Shape::Sequence(_) | Shape::Text(Text::Within)
    )
}

/// All of them, if there are any.
pub(super) fn some<T>(read: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let read: Vec<T> = read.collect();
    (!read.is_empty()).then_some(read)
}

/// A mapping that must say something.
pub(super) fn entries<'a>(node: &'a Node, problems: &mut Problems) -> Option<&'a [Entry]> {
    match &node.value {
        Value::Map(entries) if entries.is_empty() => {
            let problem = Problem::new(node.span, "an empty expectation asserts nothing");
            problems.add(problem.help("say what is expected, or leave it out"));
            None
        }
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

fn record(node: &Node, shape: &Shape, level: Level, problems: &mut Problems) -> Option<What> {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("expected facts, found {}", node.value.kind());
        let example: Vec<&str> = shape.words().into_iter().take(6).collect();
        let what = match example.as_slice() {
            [] => "a mapping of names and what is expected of each".to_owned(),
            words => format!("a mapping of facts such as {}", words.join(", ")),
        };
        let help = format!("write {what}, or `present` or `absent`");
        problems.add(Problem::new(node.span, message).help(help));
        return None;
    }
    let entries = entries(node, problems)?.iter();
    some(entries.filter_map(|entry| fact(entry, shape, level, problems))).map(What::Record)
}

fn fact(entry: &Entry, shape: &Shape, level: Level, problems: &mut Problems) -> Option<Fact> {
    let word = entry.key.clone();
    if word.value.starts_with('$') {
        let path = problems.ok(path(&word, shape, level))?;
        let expect = inside(&entry.value, &Shape::Any, problems)?;
        return Some(Fact {
            word,
            at: At::Path(path),
            expect,
        });
    }
    let Some(field) = shape.fact(&word.value) else {
        problems.add(unknown_fact(&word, shape));
        return None;
    };
    let mut expect = inside(&entry.value, &field.shape, problems)?;
    if word.value == "avoids"
        && let What::Passes(entries, item) = expect.what
    {
        expect.what = What::Avoids(entries, item);
    }
    Some(Fact {
        word,
        at: At::Field(field),
        expect,
    })
}

fn path(word: &Spanned<String>, shape: &Shape, level: Level) -> Result<JsonPath, Problem> {
    if let Level::Inside = level {
        let problem = Problem::new(word.span, "a `$` key stands directly under `expect`");
        return Err(
            problem.help("it looks from the top of what was seen, whatever it stands under")
        );
    }
    let path = JsonPath::parse(&word.value).map_err(|why| {
        Problem::new(word.span, why)
            .help("a path looks like `$.answers[?@.type=='A'].ttl_s`; `--json` shows what there is")
    })?;
    path.within(shape)
        .map_err(|(message, help)| Problem::new(word.span, message).help(help))
}

fn unknown_fact(word: &Spanned<String>, shape: &Shape) -> Problem {
    let words = shape.words();
    let (stem, _) = Unit::of_key(&word.value);
    let help = match matcher::find(&word.value) {
        _ if words.contains(&stem) => {
            format!("did you mean `{stem}`? its operand carries the unit, e.g. 400ms")
        }
        Some(_) => format!(
            "`{}` is said of one value; here are facts: {}",
            word.value,
            words.join(", ")
        ),
        None => suggest::remedy(&word.value, &words),
    };
    Problem::new(word.span, format!("unknown key `{}`", word.value))
        .label("no such fact here")
        .help(help)
}
