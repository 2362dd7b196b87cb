//! Topics on a terminal, and as JSON.

use super::{Role, Topic};
use crate::report::style::{dim, paint};
use anstyle::Style;
use serde_json::{Value, json};
use std::fmt::Write;

/// The characters of a line.
const WIDTH: usize = 100;

/// One topic, and what belongs to it.
pub fn show(topic: &Topic, all: &[Topic], colour: bool) -> String {
    let title = paint(&topic.name(), Style::new().bold(), colour);
    let mut text = format!("{title}  {}\n", paint(topic.role.one(), dim(), colour));
    for line in wrapped(&topic.about, WIDTH - 2) {
        let _ = writeln!(text, "  {line}");
    }
    let more = topic.more.iter().map(|(what, said)| (*what, said.as_str()));
    let example = topic
        .example
        .as_deref()
        .filter(|example| !example.contains('\n'));
    let rows: Vec<(&str, &str)> = more
        .chain(example.map(|example| ("e.g.", example)))
        .collect();
    if !rows.is_empty() {
        text.push('\n');
    }
    text.push_str(&columns(&rows));
    if let Some(example) = topic
        .example
        .as_deref()
        .filter(|example| example.contains('\n'))
    {
        text.push('\n');
        for line in example.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text.push_str(&inside(topic, all));
    text
}

/// What belongs to it, by role.
fn inside(topic: &Topic, all: &[Topic]) -> String {
    let name = topic.name();
    let belonging: Vec<&Topic> = all.iter().filter(|other| other.within == name).collect();
    sections(&belonging)
}

fn sections(topics: &[&Topic]) -> String {
    let mut roles: Vec<Role> = topics.iter().map(|topic| topic.role).collect();
    roles.dedup();
    let mut text = String::new();
    for role in roles {
        let of_role = topics.iter().filter(|topic| topic.role == role);
        let rows: Vec<(&str, &str)> = of_role
            .map(|topic| (topic.word.as_str(), first_sentence(&topic.about)))
            .collect();
        let _ = write!(text, "\n{}:\n{}", role.several(), columns(&rows));
    }
    text
}

/// Everything that stands by itself, by role.
pub fn list(all: &[Topic]) -> String {
    let by_itself = |topic: &&Topic| {
        !matches!(
            topic.role,
            Role::Setting | Role::Fact | Role::Key | Role::Argument
        )
    };
    let topics: Vec<&Topic> = all.iter().filter(by_itself).collect();
    let ask = "\nAsk for any of them, or for what is within: netspec explain dns.addresses.asn\n";
    sections(&topics).trim_start().to_owned() + ask
}

/// A topic for programs.
pub fn to_json(topic: &Topic) -> Value {
    let more = topic
        .more
        .iter()
        .map(|(what, said)| ((*what).to_owned(), said.as_str().into()));
    json!({
        "name": topic.name(),
        "role": topic.role.one().split_once(' ').map_or("", |(_, word)| word),
        "within": topic.within,
        "word": topic.word,
        "about": topic.about,
        "more": more.collect::<serde_json::Map<String, Value>>(),
        "example": topic.example,
    })
}

/// As far as the first stop or semicolon; the stops of `e.g.` end nothing.
fn first_sentence(about: &str) -> &str {
    let ends = |(at, sign): (usize, &str)| {
        let capital = about[at + sign.len()..].starts_with(char::is_uppercase);
        (sign == "; " || capital).then_some(at)
    };
    let signs = about.match_indices(". ").chain(about.match_indices("; "));
    let end = signs.filter_map(ends).min().unwrap_or(about.len());
    about[..end].trim_end_matches('.')
}

/// Two columns, the second broken into lines.
fn columns(rows: &[(&str, &str)]) -> String {
    let widest = rows
        .iter()
        .map(|(left, _)| left.chars().count())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (left, right) in rows {
        let mut left = *left;
        for line in wrapped(right, WIDTH.saturating_sub(widest + 4)) {
            let _ = writeln!(text, "  {left:widest$}  {line}");
            left = "";
        }
    }
    text
}

/// The lines of a text that is broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let current = lines.last_mut().expect("it begins with one line");
        let full =
            !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width;
        match full {
            true => lines.push(word.to_owned()),
            false if current.is_empty() => current.push_str(word),
            false => *current = format!("{current} {word}"),
        }
    }
    lines
}
