//! What the parser refuses, in our words: where it is and what to do.

use super::span;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use serde_saphyr::{Error, Location};

pub(super) fn problem(error: &Error, text: &str) -> Problem {
    let error = error.without_snippet();
    let place = error
        .location()
        .map(|location| place(&location, text))
        .unwrap_or_default();
    let whole = error.to_string();
    let message = match whole.split_once(": ") {
        Some((before, after)) if before.contains("column") => after,
        _ => whole.as_str(),
    };
    let message = message.split(" at line ").next().unwrap_or(message);
    let (place, message) = match tab(text, place) {
        Some(tab) => (tab, "tabs disallowed"),
        None => (place, message),
    };
    let (message, help) = plain(message);
    let quotes = text[..place.start].ends_with('$') && text[place.start..].starts_with('{');
    Problem::new(place, message).help(if quotes { QUOTES } else { help })
}

const QUOTES: &str = "between braces or brackets, `${…}` stands in quotes: \"${name}\"";

/// The tab in the indentation of the line a place is in, if there is one.
fn tab(text: &str, place: Span) -> Option<Span> {
    let before = &text[..place.start];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[line_start..].find(|c: char| c != ' ')?;
    let start = line_start + indent;
    text[start..].starts_with('\t').then_some(Span {
        start,
        end: start + 1,
    })
}

/// Where the parser stopped. Errors of its scanner know a line and a column, but no offset.
fn place(location: &Location, text: &str) -> Span {
    if location.span().byte_offset().is_some() {
        return clamped(span(location), text);
    }
    let line = usize::try_from(location.line()).unwrap_or_default();
    let column = usize::try_from(location.column()).unwrap_or_default();
    let before = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let along = text[before..].chars().take(column.saturating_sub(1));
    let start = before + along.map(char::len_utf8).sum::<usize>();
    clamped(Span { start, end: start }, text)
}

fn clamped(span: Span, text: &str) -> Span {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Span { start, end }
}

const LOOK: &str =
    "look here and just above: an open quote or bracket, the indentation, a space after each `:`";

/// What the parser says, what we say, and the remedy; the first that fits is taken.
const PLAIN: &[(&[&str], &str, &str)] = &[
    (
        &["tabs disallowed"],
        "a tab in the indentation",
        "YAML indents with spaces only",
    ),
    (
        &["Depth", "depth", "recursion", "nesting"],
        "nested deeper than 32 levels",
        "nothing in the language nests that deep",
    ),
    (
        &["unknown anchor", "undefined alias"],
        "an alias of nothing",
        "`*name` repeats what `&name` marks further up; in quotes it is text",
    ),
    (
        &["alias", "Alias"],
        "aliases that expand without bound",
        "write the values out",
    ),
    (
        &["budget"],
        "more values than a scenario may have",
        "split the file, and write aliases out",
    ),
    (
        &["multiple YAML documents"],
        "a second document in one file",
        "make it a file of its own; a folder of files runs as one",
    ),
    (
        &["expected string scalar"],
        "a key that is not text",
        "a key is one word; text with braces or brackets stands in quotes",
    ),
    (
        &["non-finite"],
        "a number that nothing can be compared with",
        "write a finite number, or the text in quotes",
    ),
    (
        &["unsupported tag"],
        "a tag the language does not have",
        "leave the tag (`!…`) out",
    ),
    (
        &["unexpected character"],
        "a character that YAML forbids",
        "in double quotes it can be written as an escape, e.g. \"\\a\"",
    ),
];

/// The parser's words in ours, with a remedy, for what people meet.
fn plain(message: &str) -> (String, &'static str) {
    PLAIN
        .iter()
        .find(|(said, _, _)| said.iter().any(|part| message.contains(part)))
        .map_or_else(
            || (format!("not YAML: {message}"), LOOK),
            |(_, ours, help)| ((*ours).to_owned(), *help),
        )
}
