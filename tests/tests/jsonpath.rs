//! `$` keys held against the compliance suite of RFC 9535.
//!
//! No case may be answered wrongly. A valid selector may be refused when a scenario is loaded; those are listed, and the list
//! may only shrink.

use netspec_assertions::jsonpath::JsonPath;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SUITE: &str = include_str!("../data/jsonpath-cts.json");

/// Valid selectors that are refused at load.
const REFUSED: &[&str] = &[];

/// What we make of one case.
#[derive(Debug, PartialEq)]
enum Outcome {
    Right,
    /// Valid, and refused with these words.
    Refused(String),
    /// Valid, and answered otherwise than the suite says.
    Wrong(Vec<Value>),
    /// Not valid, and taken all the same.
    Accepted,
}

fn cases() -> Vec<Value> {
    let suite: Value = serde_json::from_str(SUITE).expect("the suite is JSON");
    suite["tests"].as_array().expect("a list of cases").clone()
}

fn outcome(case: &Value) -> Outcome {
    let parsed = JsonPath::parse(case["selector"].as_str().expect("a selector"));
    match (parsed, case["invalid_selector"] == true) {
        (Err(_), true) => Outcome::Right,
        (Ok(_), true) => Outcome::Accepted,
        (Err(why), false) => Outcome::Refused(why),
        (Ok(path), false) => answered(&path, case),
    }
}

fn answered(path: &JsonPath, case: &Value) -> Outcome {
    let selected = path.select(&case["document"]).expect("within bounds");
    let values: Vec<Value> = selected.values.into_iter().cloned().collect();
    let several = case["results"].as_array().into_iter().flatten();
    let right = several
        .chain(case.get("result"))
        .any(|wanted| *wanted == Value::from(values.clone()));
    if right {
        Outcome::Right
    } else {
        Outcome::Wrong(values)
    }
}

#[test]
fn no_case_is_answered_wrongly() {
    let cases = cases();
    assert_eq!(cases.len(), 703);
    let bad = |case: &Value| match outcome(case) {
        Outcome::Right | Outcome::Refused(_) => None,
        bad => Some(format!("{} {}: {bad:?}", case["name"], case["selector"])),
    };
    let wrong: Vec<String> = cases.iter().filter_map(bad).collect();
    assert!(
        wrong.is_empty(),
        "{} answered wrongly:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_refused_is_listed_and_no_more() {
    let refused = |case: &Value| match outcome(case) {
        Outcome::Refused(_) => case["name"].as_str().map(str::to_owned),
        _ => None,
    };
    let refused: Vec<String> = cases().iter().filter_map(refused).collect();
    let unlisted: Vec<_> = refused
        .iter()
        .filter(|name| !REFUSED.contains(&name.as_str()))
        .collect();
    assert!(
        unlisted.is_empty(),
        "{} valid selectors are refused and not listed: {unlisted:#?}",
        unlisted.len()
    );
    let answered: Vec<_> = REFUSED
        .iter()
        .filter(|name| !refused.iter().any(|other| other == *name))
        .collect();
    assert!(
        answered.is_empty(),
        "answered now, remove from the list: {answered:#?}"
    );
}

/// A document of about 13,000 values, eight deep.
fn document() -> Value {
    let hop = |ttl: u32| {
        let address = |n: u32| json!({ "address": format!("10.0.{ttl}.{n}"), "mpls": [{ "label": n, "deep": [[[n]]] }] });
        json!({ "ttl": ttl, "addresses": (0..32).map(address).collect::<Vec<_>>() })
    };
    json!({ "path": (0..40).map(hop).collect::<Vec<_>>() })
}

#[track_caller]
fn bounded(selector: &str) {
    let document = document();
    let begun = Instant::now();
    let answer = JsonPath::parse(selector)
        .map(|path| path.select(&document).map(|selected| selected.values.len()));
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(5),
        "{selector:.60}: {took:?}, {answer:?}"
    );
}

#[test]
fn a_hostile_selector_ends_soon() {
    bounded(&"[".repeat(512));
    bounded(&format!("${}", "[?@".repeat(170)));
    bounded(&format!("$[?{}", "(".repeat(500)));
    bounded(&format!("$[?{}@{}]", "(".repeat(8), ")".repeat(8)));
    bounded(&format!(
        "$[?{}@{} == 1]",
        "length(".repeat(60),
        ")".repeat(60)
    ));
    bounded(&format!("$[?{}", "length(".repeat(7)));
    bounded(&format!("$[?{}@", "!".repeat(500)));
    bounded(&format!("$[?@{}]", " && @".repeat(100)));
    bounded(&format!("${}", "..*".repeat(170)));
    bounded(&format!("${}", "..[*,*]".repeat(70)));
    bounded(&format!("${}", "[*,*,*,*,*,*,*,*]".repeat(28)));
    bounded("$..[?@..[?@..[?@..[?@..*]]]]");
    bounded("$..[?$..* == $..*]");
    bounded("$..[?count($..*) == count($..[?count($..*) == 1])]");
    bounded("$..[?$ == $ && @ == $]");
    bounded("$..[?match(@, '((a{0,99}){0,99}){0,99}')]");
    bounded("$..[?search(@, '(a*)*(a*)*(a*)*b')]");
    bounded("$..[?search(@, @)]");
    bounded("$..[::-1][-9007199254740991:9007199254740991:1]");
}
