//! `--json`: every line is an object, its keys are stable, and what was seen is in the vocabulary.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec::probe;
use netspec_tests::{netspec, said};
use serde_json::Value;
use std::collections::BTreeSet;

const STARTED: &[&str] = &["event", "version", "at", "tests", "questions", "lab"];
const FAULTY: &[&str] = &["event", "name", "path", "problems"];
const ENDED: &[&str] = &[
    "event",
    "name",
    "scenario",
    "check",
    "cell",
    "kind",
    "tags",
    "verdict",
    "when-inconclusive",
    "samples",
    "unsupported",
    "vantage-down",
    "place",
    "findings",
    "snapshot",
    "seen",
    "took_ms",
];
const FINDING: &[&str] = &["grade", "place", "word", "because", "evidence", "hint"];
const FINISHED: &[&str] = &[
    "event",
    "passed",
    "failed",
    "inconclusive",
    "tolerated",
    "unsupported",
    "vantage-down",
    "interrupted",
    "faulty",
    "stopped",
    "time_ms",
];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("json/passing", true, || {
            lines(&["scenarios/wechat", "--lab", "--json"], "pass")
        }),
        Case::new("json/failing", true, || {
            lines(&["scenarios/failing/traps", "--lab", "--json"], "fail")
        }),
        Case::new("json/inconclusive", true, || {
            lines(
                &["scenarios/failing/route-too-silent.yaml", "--lab", "--json"],
                "inconclusive",
            )
        }),
        Case::new("json/refused", true, refused),
    ]
}

fn events(arguments: &[&str]) -> Result<Vec<Value>, Failed> {
    let mut command = netspec!("run");
    command.args(arguments);
    let lines = said(command).out;
    let events: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
    Ok(events.map_err(|error| format!("{error}:\n{lines}"))?)
}

/// The keys of an object are these and no others.
fn keys(object: &Value, expect: &[&str]) -> Result<(), Failed> {
    let found: BTreeSet<&str> = object
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect();
    let expect: BTreeSet<&str> = expect.iter().copied().collect();
    ensure(
        found == expect,
        &format!("expected the keys {expect:?}, found {found:?}"),
        object,
    )
}

fn lines(arguments: &[&str], verdict: &str) -> Result<(), Failed> {
    let events = events(arguments)?;
    let kind = |event: &Value| event["event"].as_str().unwrap_or_default().to_owned();
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Err("no events".into());
    };
    keys(first, STARTED)?;
    keys(last, FINISHED)?;
    ensure(
        kind(first) == "started" && kind(last) == "finished",
        "not from beginning to end",
        first,
    )?;
    let between = &events[1..events.len() - 1];
    ensure(
        first["tests"] == between.len(),
        "not as many tests as promised",
        first,
    )?;
    for event in between {
        ensure(kind(event) == "ended", "not the end of a test", event)?;
        ended(event)?;
    }
    let counted = between.iter().any(|event| event["verdict"] == verdict);
    ensure(counted, &format!("nothing is {verdict}"), last)
}

/// One test that ended: its keys, and what it saw held against the schema of its kind.
fn ended(event: &Value) -> Result<(), Failed> {
    keys(event, ENDED)?;
    for finding in event["findings"].as_array().into_iter().flatten() {
        keys(finding, FINDING)?;
    }
    let kind = probe::find(event["kind"].as_str().unwrap_or_default()).ok_or("an unknown kind")?;
    let schema = jsonschema::validator_for(&(kind.seen_schema)())?;
    let answered = event["seen"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|seen| seen["outcome"] == "answered");
    for seen in answered {
        let problems: Vec<String> = schema
            .iter_errors(&seen["seen"])
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        ensure(problems.is_empty(), &problems.join("\n"), event)?;
    }
    Ok(())
}

fn refused() -> Result<(), Failed> {
    let events = events(&[
        "scenarios/refused/keys/several-problems.yaml",
        "--lab",
        "--json",
    ])?;
    let faulty = events
        .iter()
        .find(|event| event["event"] == "faulty")
        .ok_or("no faulty file")?;
    keys(faulty, FAULTY)?;
    let problems = faulty["problems"].as_array().map_or(0, Vec::len);
    ensure(problems > 5, "not all problems", faulty)
}
