//! Reading what is expected of one value.

use super::read::{entries, some};
use super::set::is_quantifier;
use super::{Expect, What};
use crate::matcher::{self, MATCHERS, Takes};
use crate::problem::{Problem, Problems};
use crate::shape::{Shape, Text};
use crate::suggest;
use crate::written::{Entry, Node, Span, Spanned, Value};

pub(super) fn leaf(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::List(_) => {
            problems.add(bare_list(node, shape));
            None
        }
        Value::Map(_) => {
            let entries = entries(node, problems)?.iter();
            some(entries.filter_map(|entry| operator(entry, shape, problems))).map(What::All)
        }
        _ => problems
            .ok(matcher::equals(node, shape).map_err(|fault| wrong_value(fault, node, shape)))
            .map(|matcher| What::Is(matcher, shape.clone())),
    }
}

fn bare_list(node: &Node, shape: &Shape) -> Problem {
    let problem = Problem::new(node.span, "a bare list could mean three things");
    problem.help(match shape {
        Shape::Any => {
            "of several values write `exactly: […]` or `include: […]`, of one `one-of: […]`"
        }
        _ => "this is one value, not a set: write `one-of: […]` or `none-of: […]`",
    })
}

/// A value that is not what the shape takes; one that begins with a sign was meant as an operator.
fn wrong_value((span, why): (Span, String), node: &Node, shape: &Shape) -> Problem {
    let problem = Problem::new(span, format!("not {}", shape.kind())).label(why);
    let written = node.value.scalar().unwrap_or_default();
    let signed = SIGNS.iter().find_map(|(sign, word)| {
        let operand = written.strip_prefix(sign)?.trim();
        Some(format!(
            "write the operator as a word: `{{ {word}: {operand} }}`"
        ))
    });
    match signed {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn operator(entry: &Entry, shape: &Shape, problems: &mut Problems) -> Option<Expect> {
    let word = &entry.key;
    let Some(row) = matcher::find(&word.value) else {
        problems.add(unknown_operator(word, shape));
        return None;
    };
    if !(row.suits)(shape) {
        let message = format!("`{}` cannot be asked of {}", row.word, shape.kind());
        let help = format!("here fit: {}", suiting(shape).join(", "));
        problems.add(Problem::new(word.span, message).help(help));
        return None;
    }
    let wrong =
        |(span, why)| Problem::new(span, format!("wrong operand of `{}`", row.word)).label(why);
    let read = (row.read)(&entry.value, shape).map_err(wrong);
    let held_as = match row.takes {
        Takes::Network => Shape::Text(Text::Within),
        _ => shape.clone(),
    };
    Some(Expect {
        span: entry.value.span,
        what: What::Is(problems.ok(read)?, held_as),
    })
}

fn suiting(shape: &Shape) -> Vec<&'static str> {
    MATCHERS
        .iter()
        .filter(|row| (row.suits)(shape))
        .map(|row| row.word)
        .collect()
}

/// Signs that other tools have for operators, the longer before those they begin with.
const SIGNS: &[(&str, &str)] = &[
    ("<=", "at-most"),
    (">=", "at-least"),
    ("!=", "not"),
    ("<", "below"),
    (">", "above"),
    ("~", "matches"),
];

fn unknown_operator(word: &Spanned<String>, shape: &Shape) -> Problem {
    let problem =
        Problem::new(word.span, format!("unknown key `{}`", word.value)).label("no operator");
    if is_quantifier(&word.value) {
        let help = format!("this is one value, not a set: leave `{}` out", word.value);
        return problem.help(help);
    }
    if word.value.starts_with('$') {
        return problem.help("a `$` key stands directly under `expect`");
    }
    match SIGNS.iter().find(|(sign, _)| *sign == word.value) {
        Some((_, operator)) => problem.help(format!("write it as a word: `{operator}`")),
        None if *shape == Shape::Any => {
            problem.help("what is inside is found by a path: a `$` key directly under `expect`")
        }
        None => problem.help(suggest::remedy(&word.value, &suiting(shape))),
    }
}
