//! The operators. A new one is one struct here and one row in [`MATCHERS`]; its help, schema and suggestions follow.

use crate::finding::escape;
use crate::operand::Operand;
use crate::phrase::joined;
use crate::shape::{Shape, Text};
use crate::written::{Node, Value};
use regex::Regex;
use std::fmt::Debug;

/// Whether one value is as wanted.
pub trait Matcher: Debug + Send + Sync {
    /// Whether this value, in its comparable form, is as wanted; none where the two are of different kinds and nothing can be
    /// said, so that `not: "60"` does not hold of the number 60.
    fn holds(&self, seen: &Operand) -> Option<bool>;
    /// What is wanted, to stand after "expected".
    fn wanted(&self, shape: &Shape) -> String;
    /// The values at which its answer can change; none where it looks into text.
    fn limits(&self) -> &[Operand] {
        &[]
    }
}

/// A matcher, or the node at fault and what is wrong with it.
pub type Read = Result<Box<dyn Matcher>, (crate::written::Span, String)>;

/// One operator of the language.
#[derive(Debug)]
pub struct Row {
    /// The word.
    pub word: &'static str,
    /// What it means, one sentence.
    pub about: &'static str,
    /// How it is written.
    pub example: &'static str,
    /// The kind of operand: one value, or a list of them.
    pub takes: Takes,
    /// Whether it can be asked of this shape.
    pub suits: fn(&Shape) -> bool,
    /// Reads the operand.
    pub read: fn(&Node, &Shape) -> Read,
}

/// The kind of operand an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One value of the fact's own kind.
    One,
    /// A list of such values.
    Several,
    /// Text.
    Text,
    /// A network.
    Network,
}

/// Every operator there is.
pub static MATCHERS: &[Row] = &[
    Row {
        word: "not",
        about: "any value but this one",
        example: "status: { not: NXDOMAIN }",
        takes: Takes::One,
        suits: |_| true,
        read: |node, shape| Ok(Box::new(NoneOf(vec![one(node, shape)?]))),
    },
    Row {
        word: "one-of",
        about: "one of these values",
        example: "asn: { one-of: [AS4837, AS4134] }",
        takes: Takes::Several,
        suits: |_| true,
        read: |node, shape| Ok(Box::new(OneOf(several(node, shape)?))),
    },
    Row {
        word: "none-of",
        about: "none of these values",
        example: "country: { none-of: [US, RU] }",
        takes: Takes::Several,
        suits: |_| true,
        read: |node, shape| Ok(Box::new(NoneOf(several(node, shape)?))),
    },
    Row {
        word: "below",
        about: "less than this",
        example: "time: { below: 2s }",
        takes: Takes::One,
        suits: ordered,
        read: |node, shape| order(node, shape, "below", |seen, limit| seen < limit),
    },
    Row {
        word: "at-most",
        about: "this or less",
        example: "hops: { at-most: 20 }",
        takes: Takes::One,
        suits: ordered,
        read: |node, shape| order(node, shape, "at most", |seen, limit| seen <= limit),
    },
    Row {
        word: "above",
        about: "more than this",
        example: "ttl: { above: 30s }",
        takes: Takes::One,
        suits: ordered,
        read: |node, shape| order(node, shape, "above", |seen, limit| seen > limit),
    },
    Row {
        word: "at-least",
        about: "this or more",
        example: "count: { at-least: 1 }",
        takes: Takes::One,
        suits: ordered,
        read: |node, shape| order(node, shape, "at least", |seen, limit| seen >= limit),
    },
    Row {
        word: "between",
        about: "the first, the second, or anything between the two",
        example: "rtt: { between: [200ms, 400ms] }",
        takes: Takes::Several,
        suits: ordered,
        read: between,
    },
    Row {
        word: "contains",
        about: "this text somewhere in it",
        example: "hostname: { contains: singapore }",
        takes: Takes::Text,
        suits: textual,
        read: |node, shape| part(node, shape, "containing", |seen, part| seen.contains(part)),
    },
    Row {
        word: "starts-with",
        about: "this text at its beginning",
        example: "as-name: { starts-with: Tencent }",
        takes: Takes::Text,
        suits: textual,
        read: |node, shape| {
            part(node, shape, "starting with", |seen, part| {
                seen.starts_with(part)
            })
        },
    },
    Row {
        word: "ends-with",
        about: "this text at its end",
        example: "hostname: { ends-with: .as6453.net }",
        takes: Takes::Text,
        suits: textual,
        read: end,
    },
    Row {
        word: "matches",
        about: "this regular expression (Rust regex syntax, not anchored)",
        example: "hostname: { matches: '^if-.*\\.as6453\\.net\\.$' }",
        takes: Takes::Text,
        suits: textual,
        read: pattern,
    },
    Row {
        word: "in",
        about: "an address in this network (CIDR)",
        example: "address: { in: 36.248.0.0/16 }",
        takes: Takes::Network,
        suits: |shape| matches!(shape, Shape::Text(Text::Address) | Shape::Any),
        read: |node, _| {
            Ok(Box::new(OneOf(vec![one(
                node,
                &Shape::Text(Text::Within),
            )?])))
        },
    },
];

/// The operator of that word.
pub fn find(word: &str) -> Option<&'static Row> {
    MATCHERS.iter().find(|row| row.word == word)
}

/// A bare value: equals.
///
/// # Errors
/// The place and a sentence when the value is none of this shape.
pub fn equals(node: &Node, shape: &Shape) -> Read {
    Ok(Box::new(OneOf(vec![one(node, shape)?])))
}

fn ordered(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Number(_) | Shape::Any | Shape::Text(Text::Words(_))
    )
}

fn textual(shape: &Shape) -> bool {
    match shape {
        Shape::Text(kind) => *kind != Text::Within,
        shape => *shape == Shape::Any,
    }
}

fn one(node: &Node, shape: &Shape) -> Result<Operand, (crate::written::Span, String)> {
    Operand::read(&node.value, shape).map_err(|why| (node.span, why))
}

fn several(node: &Node, shape: &Shape) -> Result<Vec<Operand>, (crate::written::Span, String)> {
    match &node.value {
        Value::List(items) if items.is_empty() => Err((node.span, "the list is empty".to_owned())),
        Value::List(items) => items.iter().map(|item| one(item, shape)).collect(),
        other => Err((
            node.span,
            format!("expected a list like [a, b], found {}", other.kind()),
        )),
    }
}

fn text_of(node: &Node) -> Result<String, (crate::written::Span, String)> {
    match &node.value {
        Value::Text(text) if text.is_empty() => {
            Err((node.span, "empty text is in everything".to_owned()))
        }
        Value::Text(text) => Ok(text.clone()),
        other => Err((node.span, format!("expected text, found {}", other.kind()))),
    }
}

#[derive(Debug)]
struct OneOf(Vec<Operand>);

impl Matcher for OneOf {
    fn limits(&self) -> &[Operand] {
        &self.0
    }

    fn holds(&self, seen: &Operand) -> Option<bool> {
        among(&self.0, seen)
    }

    fn wanted(&self, shape: &Shape) -> String {
        match self.0.as_slice() {
            all if within(all) => format!("in {}", joined(all, " or ", |one| one.show(shape))),
            [one] => one.show(shape),
            all => format!("one of {}", joined(all, ", ", |one| one.show(shape))),
        }
    }
}

/// Whether it is one of these; none where it is of another kind than all of them.
fn among(all: &[Operand], seen: &Operand) -> Option<bool> {
    let comparable = all.iter().any(|one| one.is_comparable(seen));
    comparable.then(|| all.iter().any(|one| one.is(seen)))
}

fn within(all: &[Operand]) -> bool {
    all.iter().any(|one| matches!(one, Operand::Network(_)))
}

#[derive(Debug)]
struct NoneOf(Vec<Operand>);

impl Matcher for NoneOf {
    fn limits(&self) -> &[Operand] {
        &self.0
    }

    fn holds(&self, seen: &Operand) -> Option<bool> {
        among(&self.0, seen).map(|found| !found)
    }

    fn wanted(&self, shape: &Shape) -> String {
        let lies = if within(&self.0) { "in " } else { "" };
        let values = joined(&self.0, " nor ", |one| one.show(shape));
        format!("not {lies}{values}")
    }
}

#[derive(Debug)]
struct Order {
    name: &'static str,
    limit: Operand,
    holds: fn(f64, f64) -> bool,
}

impl Matcher for Order {
    fn limits(&self) -> &[Operand] {
        std::slice::from_ref(&self.limit)
    }

    fn holds(&self, seen: &Operand) -> Option<bool> {
        let (seen, limit) = seen.rank().zip(self.limit.rank())?;
        Some((self.holds)(seen, limit))
    }

    fn wanted(&self, shape: &Shape) -> String {
        format!("{} {}", self.name, self.limit.show(shape))
    }
}

fn order(node: &Node, shape: &Shape, name: &'static str, holds: fn(f64, f64) -> bool) -> Read {
    let limit = one(node, shape)?;
    match limit.rank() {
        Some(_) => Ok(Box::new(Order { name, limit, holds })),
        None => Err((node.span, "expected a number".to_owned())),
    }
}

#[derive(Debug)]
struct Between([Operand; 2]);

impl Matcher for Between {
    fn limits(&self) -> &[Operand] {
        &self.0
    }

    fn holds(&self, seen: &Operand) -> Option<bool> {
        let (low, seen, high) = (self.0[0].rank()?, seen.rank()?, self.0[1].rank()?);
        Some(low <= seen && seen <= high)
    }

    fn wanted(&self, shape: &Shape) -> String {
        format!(
            "between {} and {}",
            self.0[0].show(shape),
            self.0[1].show(shape)
        )
    }
}

fn between(node: &Node, shape: &Shape) -> Read {
    match <[Operand; 2]>::try_from(several(node, shape)?) {
        Ok([low, high]) if low.rank().is_none() || high.rank().is_none() => {
            Err((node.span, "expected two numbers".to_owned()))
        }
        Ok([low, high]) if low.rank() <= high.rank() => Ok(Box::new(Between([low, high]))),
        Ok(_) => Err((
            node.span,
            "nothing lies between these: the first is the greater".to_owned(),
        )),
        Err(_) => Err((node.span, "expected two values: [low, high]".to_owned())),
    }
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    part: String,
    fold: bool,
    holds: fn(&str, &str) -> bool,
}

impl Matcher for Part {
    fn holds(&self, seen: &Operand) -> Option<bool> {
        let seen = seen.text();
        Some(if self.fold {
            (self.holds)(&seen.to_lowercase(), &self.part.to_lowercase())
        } else {
            (self.holds)(&seen, &self.part)
        })
    }

    fn wanted(&self, _: &Shape) -> String {
        format!("{} `{}`", self.name, escape(&self.part))
    }
}

fn part(node: &Node, shape: &Shape, name: &'static str, holds: fn(&str, &str) -> bool) -> Read {
    let part = text_of(node)?;
    let fold = matches!(
        shape,
        Shape::Text(Text::Hostname | Text::Country | Text::Asn | Text::Words(_))
    );
    Ok(Box::new(Part {
        name,
        part,
        fold,
        holds,
    }))
}

/// The end of a name is written with its final dot or without it.
fn end(node: &Node, shape: &Shape) -> Read {
    let name = "ending with";
    if *shape != Shape::Text(Text::Hostname) {
        return part(node, shape, name, |seen, end| seen.ends_with(end));
    }
    if text_of(node)?.chars().all(|c| c == '.') {
        return Err((node.span, "every name ends with a dot".to_owned()));
    }
    part(node, shape, name, |seen, end| {
        seen.trim_end_matches('.')
            .ends_with(end.trim_end_matches('.'))
    })
}

#[derive(Debug)]
struct Pattern(Regex);

impl Matcher for Pattern {
    fn holds(&self, seen: &Operand) -> Option<bool> {
        Some(self.0.is_match(&seen.text()))
    }

    fn wanted(&self, _: &Shape) -> String {
        format!("matching /{}/", escape(self.0.as_str()))
    }
}

fn pattern(node: &Node, _: &Shape) -> Read {
    let text = text_of(node)?;
    let built = regex::RegexBuilder::new(&text).size_limit(1 << 20).build();
    built
        .map(|regex| Box::new(Pattern(regex)) as Box<dyn Matcher>)
        .map_err(|error| {
            (
                node.span,
                format!("not a regular expression: {}", why(&error)),
            )
        })
}

fn why(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => {
            format!("it takes more than {} KiB, repeat less", limit >> 10)
        }
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
