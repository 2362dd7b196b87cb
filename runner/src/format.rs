//! The canonical style of a file: two blanks a level, one between words, at most one empty line, comments where they were.
//!
//! The text is taken apart into `lexeme`s, each of which knows the column it begins in when it begins a line, and
//! `layout` writes them down again. What is in flow style or in quotes stays so, and lines are neither joined nor broken; nothing is
//! added and nothing goes, and a text that would mean something else afterwards is not written.

mod layout;
mod lexeme;

use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Span, Value};

/// A text in canonical style.
///
/// # Errors
/// It is no YAML, or it would not mean the same.
pub fn canonical(text: &str) -> Result<String, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n");
    let before = tree(&text)?;
    let lexemes = lexeme::all(&text)?;
    let written = layout::write(&lexemes);
    let after = tree(&written).and_then(|tree| Ok((tree, lexeme::all(&written)?)));
    match after {
        Ok((after, again)) if same(&before, &after) && comments(&lexemes).eq(comments(&again)) => {
            Ok(written)
        }
        _ => Err(another_meaning()),
    }
}

fn tree(text: &str) -> Result<Node, Problem> {
    yaml::read(text, &mut Problems::default())
}

fn comments<'l>(lexemes: &'l [lexeme::Lexeme<'_>]) -> impl Iterator<Item = &'l str> {
    let comments = lexemes
        .iter()
        .filter(|lexeme| lexeme.kind == lexeme::Kind::Comment);
    comments.map(|lexeme| lexeme.text.trim_end())
}

fn not_yaml(why: &str) -> Problem {
    Problem::new(Span::default(), format!("not YAML: {why}")).help("`netspec check` says more")
}

fn another_meaning() -> Problem {
    Problem::new(
        Span::default(),
        "in canonical style this file would not mean the same, so it stays as it is",
    )
    .help("something in it is written in a way that is not understood here; write it plainer")
}

/// Whether two trees say the same, wherever it stands.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            let alike =
                |a: &Entry, b: &Entry| a.key.value == b.key.value && same(&a.value, &b.value);
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests;
