//! Expectations of what a probe, as it is set, does not look for. One row a case.

use crate::probe::Judged;
use crate::scenario::{Check, Scenario};
use netspec_assertions::expect::{Expect, Fact, Quantifier, What};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Value};

/// A fact that a probe does not see under some settings.
struct Unseen {
    /// The kind of probe; any, where it is empty.
    kind: &'static str,
    /// The fact.
    word: &'static str,
    /// Whether it is not seen with these settings.
    when: fn(&Check, &[Entry]) -> bool,
    /// Why not.
    why: &'static str,
    remedy: &'static str,
}

const UNSEEN: &[Unseen] = &[
    Unseen {
        kind: "dns",
        word: "hostname",
        when: |_, settings| written(settings, "hostnames").is_none(),
        why: "nobody is asked for the names of the answer's addresses",
        remedy: "write `hostnames: RESOLVER` beside `query`",
    },
    Unseen {
        kind: "",
        word: "hostname",
        when: |_, settings| written(settings, "hostnames").as_deref() == Some("off"),
        why: "with `hostnames: off` nobody is asked for names",
        remedy: "leave `hostnames: off` out, or the expectation",
    },
    Unseen {
        kind: "",
        word: "hostname",
        when: |check, _| {
            !check
                .kind
                .settings
                .iter()
                .any(|key| key.name == "hostnames")
        },
        why: "this probe asks nobody for names",
        remedy: "leave the expectation out",
    },
    Unseen {
        kind: "dns",
        word: "addresses",
        when: |_, settings| {
            let asked = written(settings, "type").unwrap_or_default().to_uppercase();
            ["TXT", "NS", "SOA", "CAA", "PTR", "DS", "DNSKEY"].contains(&asked.as_str())
        },
        why: "an answer of this type has no addresses",
        remedy: "expect it of `data`, or ask for A or AAAA",
    },
];

/// What is written under a key, as text.
fn written(settings: &[Entry], key: &str) -> Option<String> {
    let entry = settings.iter().find(|entry| entry.key.value == key)?;
    entry.value.value.scalar()
}

pub(super) fn find(scenario: &Scenario, found: &mut Vec<Problem>) {
    let Some(root) = super::file::tree(scenario) else {
        return;
    };
    for check in &scenario.checks {
        let settings = settings(&root, check).unwrap_or_default();
        let rows: Vec<&Unseen> = UNSEEN
            .iter()
            .filter(|row| row.kind.is_empty() || row.kind == check.kind.name)
            .filter(|row| (row.when)(check, settings))
            .collect();
        for cell in &check.cells {
            if let Judged::Expect(all) = &cell.judged {
                all.iter()
                    .for_each(|expect| facts(expect, &mut |fact| note(fact, &rows, found)));
            }
        }
    }
}

/// What is written under the probe of a check.
fn settings<'n>(root: &'n Node, check: &Check) -> Option<&'n [Entry]> {
    let checks = super::file::checks(root);
    let named = checks.iter().find(|node| {
        let name = super::file::under(node, "name");
        name.is_some_and(|name| name.span == check.name.span)
    })?;
    match &super::file::under(named, check.kind.name)?.value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

fn note(fact: &Fact, rows: &[&Unseen], found: &mut Vec<Problem>) {
    let row = rows.iter().find(|row| row.word == fact.word.value);
    if let Some(row) = row.filter(|_| !matches!(fact.expect.what, What::Presence(false))) {
        let message = format!("`{}` is not seen here: {}", row.word, row.why);
        found.push(Problem::new(fact.word.span, message).help(row.remedy));
    }
}

/// Every fact within an expectation.
fn facts<'e>(expect: &'e Expect, look: &mut impl FnMut(&'e Fact)) {
    match &expect.what {
        What::Record(all) => all.iter().for_each(|fact| {
            look(fact);
            facts(&fact.expect, look);
        }),
        What::All(all) | What::Passes(all, _) | What::Avoids(all, _) => {
            all.iter().for_each(|each| facts(each, look));
        }
        What::Set(said, _) => said.iter().for_each(|said| match said {
            Quantifier::Every(each) | Quantifier::Some(each) | Quantifier::None(each) => {
                facts(each, look);
            }
            Quantifier::Exactly(all, _) | Quantifier::Include(all, _) => {
                all.iter().for_each(|each| facts(each, look));
            }
            Quantifier::Count(_) => {}
        }),
        What::Is(..) | What::Presence(_) => {}
    }
}

/// The tree of a text that was read before.
pub(super) fn read(text: &str) -> Option<Node> {
    crate::yaml::read(text, &mut Problems::default()).ok()
}
