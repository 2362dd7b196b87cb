//! Text to a tree in which every value knows its place. YAML 1.2 core rules, bounded in depth, size and aliases.

mod problem;

use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Options, Spanned as Placed};
use std::collections::HashMap;
use std::fmt;

/// The deepest nesting that is read.
pub const DEEPEST: usize = 32;

/// Reads a document.
///
/// # Errors
/// The first thing that is no YAML, or goes beyond the bounds. Repeated keys are added to `problems` and the first one kept,
/// so that the rest of the file is still looked at.
pub fn read(text: &str, problems: &mut Problems) -> Result<Node, Problem> {
    let read = serde_saphyr::from_str_with_options::<Placed<Tree>>(text, options());
    let root = read.map_err(|error| problem::problem(&error, text))?;
    let mut node = root.value.node(span(&root.referenced));
    repeated(&mut node, text, problems);
    Ok(node)
}

/// A text from outside of any file, as the scalar it would be in one: a number, true or false, or else the text itself.
pub fn scalar(text: &str) -> Value {
    let plain = text.len() <= LONGEST_NUMBER && !text.contains(['#', '\'', '"']);
    let read = plain
        .then(|| read(text, &mut Problems::default()).ok())
        .flatten();
    match read.map(|node| node.value) {
        Some(value @ (Value::Flag(_) | Value::Number(_))) => value,
        _ => Value::Text(text.to_owned()),
    }
}

/// No number that is meant as one is longer, in octets.
const LONGEST_NUMBER: usize = 32;

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        reject_unsupported_tags: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            max_nodes: 400_000,
            max_total_scalar_bytes: 8 << 20,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 50_000,
        },
    }
}

/// A value as it comes out of the parser, its children placed.
enum Tree {
    Scalar(Value),
    List(Vec<Placed<Tree>>),
    Map(Vec<(Placed<String>, Placed<Tree>)>),
}

impl Tree {
    /// With places: those of lists and mappings reach from their beginning to the end of their last child.
    fn node(self, at: Span) -> Node {
        match self {
            Self::Scalar(value) => Node::new(value, at),
            Self::List(items) => {
                let items: Vec<Node> = items.into_iter().map(placed).collect();
                let whole = items.last().map_or(at, |last| at.to(last.span));
                Node::new(Value::List(items), whole)
            }
            Self::Map(pairs) => {
                let entries: Vec<Entry> = pairs
                    .into_iter()
                    .map(|(key, value)| entry(key, value))
                    .collect();
                let whole = entries
                    .last()
                    .map_or(at, |last| at.to(last.value.span).to(last.key.span));
                Node::new(Value::Map(entries), whole)
            }
        }
    }
}

fn placed(tree: Placed<Tree>) -> Node {
    let at = span(&tree.referenced);
    tree.value.node(at)
}

fn entry(key: Placed<String>, value: Placed<Tree>) -> Entry {
    let key = Spanned::new(key.value, span(&key.referenced));
    let mut value = placed(value);
    if value.value == Value::Null && value.span.end <= key.span.end {
        value.span = key.span;
    }
    Entry { key, value }
}

fn span(location: &Location) -> Span {
    let span = location.span();
    let start = usize::try_from(span.byte_offset().unwrap_or_default()).unwrap_or_default();
    let length = usize::try_from(span.byte_len().unwrap_or_default()).unwrap_or_default();
    Span {
        start,
        end: start + length,
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Flag(flag)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Number(number as f64)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Number(number as f64)))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Tree, E> {
        if number.is_finite() {
            Ok(Tree::Scalar(Value::Number(number)))
        } else {
            Err(E::custom("not a finite number"))
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<Placed<String>>()? {
            if key.value.is_empty() {
                return Err(A::Error::custom("an empty key"));
            }
            pairs.push((key, map.next_value()?));
        }
        Ok(Tree::Map(pairs))
    }
}

/// Notes every key that stands twice in one mapping and keeps the first.
fn repeated(node: &mut Node, text: &str, problems: &mut Problems) {
    match &mut node.value {
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| repeated(item, text, problems)),
        Value::Map(entries) => {
            let mut first: HashMap<String, Span> = HashMap::new();
            entries.retain(|entry| match first.get(&entry.key.value) {
                Some(earlier) => {
                    if !problems.are_very_many() {
                        problems.add(twice(entry, *earlier, text));
                    }
                    false
                }
                None => first
                    .insert(entry.key.value.clone(), entry.key.span)
                    .is_none(),
            });
            entries
                .iter_mut()
                .for_each(|entry| repeated(&mut entry.value, text, problems));
        }
        _ => {}
    }
}

fn twice(entry: &Entry, earlier: Span, text: &str) -> Problem {
    let line = 1 + text
        .get(..earlier.start)
        .unwrap_or_default()
        .matches('\n')
        .count();
    let message = format!("the key `{}` stands twice in one mapping", entry.key.value);
    Problem::new(entry.key.span, message)
        .label(format!("first on line {line}"))
        .help("keep one of the two")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_read_as_a_scalar() {
        for (text, expect) in [
            ("443", Value::Number(443.0)),
            ("-1.5", Value::Number(-1.5)),
            ("true", Value::Flag(true)),
        ] {
            assert_eq!(scalar(text), expect);
        }
        for text in [
            "NO", "007", "", "null", "a: b", "[1]", "\"1\"", "1 # one", "*a", "1.2.3.4",
        ] {
            assert_eq!(scalar(text), Value::Text(text.to_owned()));
        }
    }

    #[track_caller]
    fn refused(text: &str, expect: &str, at: usize) {
        let problem = read(text, &mut Problems::default()).expect_err("no YAML");
        assert!(problem.message.contains(expect), "{}", problem.message);
        assert_eq!(problem.span.start, at, "{}", problem.message);
        assert!(problem.help.is_some(), "no remedy");
    }

    #[test]
    fn what_is_no_yaml_says_where_and_what_to_do() {
        refused("a:\n\tb: 1\n", "a tab in the indentation", 3);
        refused("a:\n  b: 1\n c: 2\n", "did not find expected key", 11);
        refused("a: *b\n", "an alias of nothing", 3);
        refused("a: 1\n---\nb: 2\n", "a second document", 9);
        refused("a: {{ b }}\n", "a key that is not text", 4);
        refused("a: .nan\n", "nothing can be compared with", 3);
        refused("é: \"\u{7}\"\n", "a character that YAML forbids", 5);
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        refused(&deep, "nested deeper than 32", 32);
    }
}
