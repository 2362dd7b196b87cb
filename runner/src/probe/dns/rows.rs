//! Whom to ask, and what is expected of each and between them.

use super::SHAPE;
use crate::keys::{Fields, scalar};
use crate::probe::Surroundings;
use crate::resolver::by_text;
use netspec_assertions::expect::{self, Expect};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::relation::{RELATIONS, Relation};
use netspec_assertions::select::Selector;
use netspec_assertions::suggest;
use netspec_assertions::written::{Entry, Node, Spanned, Value};
use netspec_probes::dns::Server;
use std::sync::Arc;

/// A resolver by name or address.
pub(crate) fn resolver(
    text: &Spanned<String>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Server> {
    if let Some(server) = around.resolvers.get(&text.value) {
        return Some(server.clone());
    }
    if around.unusable.contains(&text.value) {
        return None;
    }
    let known: Vec<&str> = around.resolvers.keys().map(String::as_str).collect();
    let looks_like_address = text.value.contains("://")
        || text
            .value
            .starts_with(|c: char| c.is_ascii_digit() || c == '[');
    if looks_like_address || text.value.parse::<Server>().is_ok() {
        return by_text(text, problems);
    }
    let problem = Problem::new(text.span, format!("no resolver is called `{}`", text.value));
    problems.add(problem.help(match known.is_empty() {
        true => "name it under `resolvers:`, e.g. `cloudflare: 1.1.1.1`".to_owned(),
        false => suggest::remedy(&text.value, &known),
    }));
    None
}

pub(super) type Row = (String, Server, Option<Arc<Expect>>);

pub(super) fn rows(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for entry in mapping(fields.get("by-resolver"), "by-resolver", problems) {
        let expect = expect::read(&entry.value, &SHAPE, problems).map(Arc::new);
        for (name, server) in names(&entry.key, around, problems) {
            if rows.iter().any(|(other, _, _)| *other == name) {
                problems.add(
                    Problem::new(entry.key.span, format!("`{name}` has two rows"))
                        .help("put both into one"),
                );
            }
            rows.push((name, server, expect.clone()));
        }
    }
    rows
}

fn mapping<'n>(node: Option<&'n Node>, what: &str, problems: &mut Problems) -> &'n [Entry] {
    match node.map(|node| (&node.value, node.span)) {
        None => &[],
        Some((Value::Map(entries), _)) if !entries.is_empty() => entries,
        Some((_, span)) => {
            let problem = Problem::new(span, format!("`{what}` says nothing"));
            problems.add(problem.help(format!(
                "write rows like `{}` under `{what}`",
                if what == "across-servers" {
                    "serial: same"
                } else {
                    "cloudflare: { … }"
                }
            )));
            &[]
        }
    }
}

/// The resolvers named in a row's key, with commas between.
fn names(
    key: &Spanned<String>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<(String, Server)> {
    let names = key
        .value
        .split(',')
        .map(|name| Spanned::new(name.trim().to_owned(), key.span));
    names
        .filter_map(|name| resolver(&name, around, problems).map(|server| (name.value, server)))
        .collect()
}

/// Some resolvers and what is expected between them.
pub(super) struct Across {
    pub(super) sides: Vec<(String, Server)>,
    pub(super) relations: Vec<(Selector, Spanned<Relation>)>,
}

pub(super) fn relations(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<Across> {
    let mut all = Vec::new();
    for entry in mapping(fields.get("across-resolvers"), "across-resolvers", problems) {
        let sides = names(&entry.key, around, problems);
        if entry.key.value.split(',').count() < 2 {
            let problem = Problem::new(
                entry.key.span,
                "one resolver alone has nothing to be compared with",
            );
            problems.add(
                problem.help("name two or more: `\"cloudflare, baidu\": { addresses: disjoint }`"),
            );
        }
        let written = mapping(Some(&entry.value), "across-resolvers", problems);
        let relations = written
            .iter()
            .filter_map(|entry| relation(entry, problems))
            .collect();
        all.push(Across { sides, relations });
    }
    all
}

/// What is expected between the zone's own servers.
pub(super) fn zone_relations(
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Vec<(Selector, Spanned<Relation>)> {
    let written = mapping(fields.get("across-servers"), "across-servers", problems);
    let relations = written.iter();
    relations
        .filter_map(|entry| relation(entry, problems))
        .collect()
}

fn relation(entry: &Entry, problems: &mut Problems) -> Option<(Selector, Spanned<Relation>)> {
    let selector = Selector::parse(&entry.key.value, &SHAPE)
        .map_err(|(message, help)| Problem::new(entry.key.span, message).help(help));
    let selector = problems.ok(selector)?;
    let word = scalar(&entry.value, problems)?;
    let known: Vec<&str> = RELATIONS.iter().map(|(word, _, _)| *word).collect();
    let Some((_, relation, _)) = RELATIONS.iter().find(|(known, _, _)| *known == word.value) else {
        let problem = Problem::new(word.span, format!("unknown relation `{}`", word.value));
        problems.add(problem.help(suggest::remedy(&word.value, &known)));
        return None;
    };
    Some((selector, Spanned::new(*relation, word.span)))
}
