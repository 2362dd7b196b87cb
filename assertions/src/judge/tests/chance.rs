//! Whatever is written and whatever was seen, judging ends without a panic and says the same as trying everything.

use super::*;
use crate::expect;
use crate::problem::Problems;
use crate::testing::{Dice, written};
use std::collections::BTreeSet;

const KEYS: &[&str] = &[
    "status",
    "reached",
    "time_ms",
    "time",
    "chain",
    "data",
    "addresses",
    "answers",
    "asn",
    "address",
    "in",
    "path",
    "passes",
    "avoids",
    "silent_hops",
    "silent-hops",
    "edns",
    "nsid",
    "ttl",
    "ttl_s",
    "hop",
    "evidence",
    "rtts_ms",
    "mpls",
    "destination",
    "every",
    "some",
    "none",
    "exactly",
    "include",
    "count",
    "not",
    "one-of",
    "below",
    "at-least",
    "between",
    "contains",
    "ends-with",
    "matches",
    "$.path",
    "$..asn",
    "$.addresses[*].asn",
    "$[?@.ttl]",
];
const TEXTS: &[&str] = &[
    "present",
    "absent",
    "NOERROR",
    "AS1",
    "AS2",
    "1.1.1.1",
    "::1",
    "10.0.0.0/8",
    "400ms",
    "a.",
    "weak",
    "x",
    "",
    "\u{1b}",
    "CN",
];

/// Any JSON, mostly with words that mean something.
fn any(dice: &mut Dice, deep: usize) -> Value {
    match dice.below(if deep == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(dice.below(500) as f64 - 3.0),
        3 | 4 => json!(dice.pick(TEXTS)),
        5 => (0..dice.below(4)).map(|_| any(dice, deep - 1)).collect(),
        _ => {
            let mut pair = || ((*dice.pick(KEYS)).to_owned(), any(dice, deep - 1));
            let pairs: Vec<_> = (0..3).map(|_| pair()).collect();
            Value::Object(pairs.into_iter().collect())
        }
    }
}

/// Something expected of this shape, mostly sound.
fn sound(shape: &Shape, dice: &mut Dice, deep: usize) -> Value {
    let words: Vec<&str> = match shape {
        _ if deep == 0 || dice.below(12) == 0 => return any(dice, 2),
        Shape::Record(_) => shape.words(),
        Shape::List(_) => vec!["every", "some", "none", "exactly", "include", "count"],
        Shape::Sequence(item) => {
            return (0..1 + dice.below(3))
                .map(|_| sound(item, dice, deep - 1))
                .collect();
        }
        _ => {
            return if dice.below(2) == 0 {
                json!(dice.pick(TEXTS))
            } else {
                any(dice, 1)
            };
        }
    };
    let count = 1 + dice.below(3);
    let picked: Vec<&str> = (0..count).map(|_| *dice.pick(&words)).collect();
    let pairs = picked.into_iter().map(|word| {
        let inner = match shape {
            Shape::List(item) if ["exactly", "include"].contains(&word) => (0..1 + dice.below(3))
                .map(|_| sound(item, dice, deep - 1))
                .collect(),
            Shape::List(_) if word == "count" => json!(dice.below(3)),
            Shape::List(item) => sound(item, dice, deep - 1),
            _ => shape
                .field(word)
                .map_or(Value::Null, |field| sound(&field.shape, dice, deep - 1)),
        };
        (word.to_owned(), inner)
    });
    Value::Object(pairs.collect())
}

/// Something seen of this shape, mostly sound, with holes.
fn seen(shape: &Shape, dice: &mut Dice, deep: usize) -> Value {
    match shape {
        _ if deep == 0 || dice.below(12) == 0 => any(dice, 2),
        Shape::Record(fields) => {
            let there: Vec<_> = fields.iter().filter(|_| dice.below(4) > 0).collect();
            let pairs = there
                .into_iter()
                .map(|field| (field.key.clone(), seen(&field.shape, dice, deep - 1)));
            Value::Object(pairs.collect())
        }
        Shape::List(item) => (0..dice.below(4))
            .map(|_| seen(item, dice, deep - 1))
            .collect(),
        Shape::Sequence(_) => {
            json!([{ "ttl": dice.below(9), "addresses": [any(dice, 2), any(dice, 1)] }])
        }
        _ => any(dice, 0),
    }
}

#[test]
fn nothing_written_or_seen_brings_the_judge_down() {
    let shape = shape();
    let mut dice = Dice::new(1);
    let mut verdicts = BTreeSet::new();
    let mut read = 0;
    for _ in 0..6_000 {
        let expect = sound(&shape, &mut dice, 4);
        let seen = seen(&shape, &mut dice, 5);
        let mut problems = Problems::default();
        let expect = expect::read(&written(&expect), &shape, &mut problems);
        assert!(
            expect.is_some() || !problems.0.is_empty(),
            "nothing read and no reason"
        );
        let Some(expect) = expect else { continue };
        read += 1;
        let findings = judge(&expect, &seen);
        verdicts.extend(findings.iter().map(|finding| finding.grade));
        let quiet = |text: &String| !text.contains(char::is_control);
        assert!(
            findings
                .iter()
                .flat_map(|finding| &finding.rows)
                .flat_map(|row| &row.cells)
                .all(quiet)
        );
        assert!(
            findings
                .iter()
                .all(|finding| !finding.label.is_empty() && quiet(&finding.label))
        );
    }
    assert!(read > 2_000, "{read}");
    assert!(
        verdicts.contains(&FAIL) && verdicts.contains(&OPEN),
        "{verdicts:?}"
    );
}

fn sorted<'a>(all: &[&'a str]) -> Vec<&'a str> {
    let mut all = all.to_vec();
    all.sort_unstable();
    all
}

/// Whether these and no others are there, in each world that what is not known could be.
fn exactly(wanted: &[&str], there: &[Option<&str>]) -> BTreeSet<bool> {
    let Some(open) = there.iter().position(Option::is_none) else {
        let there: Vec<&str> = there.iter().flatten().copied().collect();
        return BTreeSet::from([sorted(wanted) == sorted(&there)]);
    };
    let worlds = ["AS1", "AS2", "AS3", "AS9"].into_iter().flat_map(|asn| {
        let mut there = there.to_vec();
        there[open] = Some(asn);
        exactly(wanted, &there)
    });
    worlds.collect()
}

#[test]
fn exactly_agrees_with_every_possible_world() {
    let mut dice = Dice::new(3);
    for _ in 0..2_000 {
        let asns = ["AS1", "AS2", "AS3"];
        let wanted: Vec<&str> = (0..1 + dice.below(4)).map(|_| *dice.pick(&asns)).collect();
        let there: Vec<Option<&str>> = (0..dice.below(5))
            .map(|_| {
                dice.pick(&[Some("AS1"), Some("AS2"), Some("AS3"), None])
                    .as_ref()
                    .copied()
            })
            .collect();
        let expect = json!({ "addresses": { "exactly": wanted.iter().map(|asn| json!({ "asn": asn })).collect::<Vec<_>>() } });
        let item = |asn: &Option<&str>| {
            asn.map_or_else(
                || json!({ "address": "1.1.1.1" }),
                |asn| json!({ "asn": asn }),
            )
        };
        let grade = found(
            &expect,
            &json!({ "addresses": there.iter().map(item).collect::<Vec<_>>() }),
        )
        .first()
        .map(|(grade, ..)| *grade);
        let worlds = exactly(&wanted, &there);
        let right = match (worlds.contains(&true), worlds.contains(&false)) {
            (true, false) => None,
            (true, true) => Some(OPEN),
            _ => Some(FAIL),
        };
        assert_eq!(grade, right, "{wanted:?} of {there:?}");
    }
}
