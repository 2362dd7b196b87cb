use super::*;
use crate::problem::{Problem, Problems};
use crate::testing::{shape, written};
use serde_json::{Value, json};

fn problems(expect: &Value) -> Vec<Problem> {
    let mut problems = Problems::default();
    let read = read(&written(expect), &shape(), &mut problems);
    assert!(
        read.is_some() || !problems.0.is_empty(),
        "nothing read and no reason"
    );
    problems.0
}

/// The one problem there is: message, label, help, and the place by its number among the values and keys.
#[track_caller]
fn refused(expect: Value, place: usize, message: &str, label: &str, help: &str) {
    let [problem] = problems(&expect).try_into().expect("one problem");
    let said = (
        problem.message.as_str(),
        problem.label.as_str(),
        problem.help.as_deref().unwrap_or_default(),
    );
    assert_eq!(said, (message, label, help), "{expect}");
    assert_eq!(problem.span.start, place, "{expect}");
}

#[test]
fn what_asserts_nothing_is_refused() {
    let help = "say what is expected, or leave it out";
    refused(
        json!({}),
        0,
        "an empty expectation asserts nothing",
        "",
        help,
    );
    refused(
        json!({ "addresses": { "every": {} } }),
        4,
        "an empty expectation asserts nothing",
        "",
        help,
    );
    refused(
        json!({ "time": {} }),
        2,
        "an empty expectation asserts nothing",
        "",
        help,
    );
    refused(
        json!({ "status": null }),
        2,
        "nothing is expected here",
        "a value is missing",
        "",
    );
    refused(
        json!({ "data": { "exactly": [] } }),
        4,
        "an empty list",
        "",
        "for no elements at all write `absent`",
    );
    refused(
        json!({ "passes": [] }),
        2,
        "an empty list",
        "",
        "for no elements at all write `absent`",
    );
    refused(
        json!({ "data": { "count": { "at-least": 0 } } }),
        6,
        "there are always as many as that",
        "",
        "write `at-least: 1`, or leave it out",
    );
    refused(
        json!({ "data": { "count": { "above": -1 } } }),
        6,
        "there are always as many as that",
        "",
        "write `at-least: 1`, or leave it out",
    );
    refused(
        json!({ "data": { "count": "present" } }),
        4,
        "a count is always there",
        "",
        "write `count: { at-least: 1 }`",
    );
    refused(
        json!({ "data": { "count": "absent" } }),
        4,
        "a count is always there",
        "",
        "write `count: { at-most: 0 }`",
    );
    refused(
        json!({ "reached": "present" }),
        2,
        "not true or false",
        "write `true` or `false`",
        "",
    );
    let whole = "`present` and `absent` are said of the whole set";
    refused(
        json!({ "data": { "every": "present" } }),
        4,
        "an element is never `absent`, so `present` says nothing of it",
        "",
        whole,
    );
    refused(
        json!({ "data": { "exactly": ["absent"] } }),
        5,
        "an element is never `absent`, so `absent` says nothing of it",
        "",
        whole,
    );
    refused(
        json!({ "passes": "present" }),
        2,
        "expected a list of hops, found text",
        "",
        "write a list like `- { asn: AS6453 }`",
    );
}

#[test]
fn bare_lists_and_bare_values_are_told_what_they_could_mean() {
    let three = "a bare list could mean three things";
    refused(
        json!({ "data": ["x"] }),
        2,
        three,
        "",
        "write `exactly: […]` (these and no others) or `include: […]` (these among others)",
    );
    refused(
        json!({ "status": ["x"] }),
        2,
        three,
        "",
        "this is one value, not a set: write `one-of: […]` or `none-of: […]`",
    );
    refused(
        json!({ "$.status": ["x"] }),
        2,
        three,
        "",
        "of several values write `exactly: […]` or `include: […]`, of one `one-of: […]`",
    );
    refused(
        json!({ "data": "x" }),
        2,
        "a set is not one value",
        "",
        "write `exactly: [x]`, `every: x` or `some: x`",
    );
    refused(
        json!({ "data": { "exactly": "x" } }),
        4,
        "expected a list, found text",
        "",
        "of one alone too write `[x]`",
    );
    refused(
        json!({ "data": { "exactly": { "not": "x" } } }),
        4,
        "expected a list, found a mapping",
        "",
        "of one alone too write `[{ … }]`",
    );
    let words = "write a mapping of facts such as udp_size, nsid, errors, or `present` or `absent`";
    refused(
        json!({ "edns": 5 }),
        2,
        "expected facts, found a number",
        "",
        words,
    );
    let many = vec!["x"; 5_000];
    refused(
        json!({ "data": { "include": many } }),
        4,
        "more than 4096 elements are written out",
        "",
        "say what they have in common: `every: …`, or remember them with `track`",
    );
}

#[test]
fn unknown_words_are_told_the_nearest() {
    refused(
        json!({ "statsu": 1 }),
        1,
        "unknown key `statsu`",
        "no such fact here",
        "did you mean `status`?",
    );
    refused(
        json!({ "time_ms": 1 }),
        1,
        "unknown key `time_ms`",
        "no such fact here",
        "did you mean `time`? its operand carries the unit, e.g. 400ms",
    );
    refused(
        json!({ "edns": { "below": 1 } }),
        3,
        "unknown key `below`",
        "no such fact here",
        "`below` is said of one value; here are facts: udp_size, nsid, errors",
    );
    refused(
        json!({ "data": { "evry": 1 } }),
        3,
        "unknown key `evry`",
        "no quantifier",
        "did you mean `every`?",
    );
    let which = "of which of them? write `every: { asn: … }` or `some: { asn: … }`";
    refused(
        json!({ "addresses": { "asn": "AS1" } }),
        3,
        "unknown key `asn`",
        "no quantifier",
        which,
    );
    refused(
        json!({ "status": { "every": 1 } }),
        3,
        "unknown key `every`",
        "no operator",
        "this is one value, not a set: leave `every` out",
    );
    refused(
        json!({ "time": { "<=": "2s" } }),
        3,
        "unknown key `<=`",
        "no operator",
        "write it as a word: `at-most`",
    );
    refused(
        json!({ "time": { "blow": "2s" } }),
        3,
        "unknown key `blow`",
        "no operator",
        "did you mean `below`?",
    );
    let fit = "here fit: not, one-of, none-of, below, at-most, above, at-least, between";
    refused(
        json!({ "time": { "contains": "2" } }),
        3,
        "`contains` cannot be asked of a number",
        "",
        fit,
    );
}

#[test]
fn wrong_operands_are_told_what_is_right() {
    refused(
        json!({ "time": "< 2s" }),
        2,
        "not a number",
        "expected a number like 400ms",
        "write the operator as a word: `{ below: 2s }`",
    );
    refused(
        json!({ "time": { "below": 2 } }),
        4,
        "wrong operand of `below`",
        "the unit is missing; write it like 400ms",
        "",
    );
    refused(
        json!({ "status": { "one-of": "NOERROR" } }),
        4,
        "wrong operand of `one-of`",
        "expected a list like [a, b], found text",
        "",
    );
    refused(
        json!({ "status": { "one-of": [] } }),
        4,
        "wrong operand of `one-of`",
        "the list is empty",
        "",
    );
}

#[test]
fn a_path_stands_at_the_top_and_names_what_there_is() {
    let under = "a `$` key stands directly under `expect`";
    let top = "it looks from the top of what was seen, whatever it stands under";
    refused(
        json!({ "addresses": { "every": { "$.status": "NOERROR" } } }),
        5,
        under,
        "",
        top,
    );
    refused(
        json!({ "edns": { "$.status": "NOERROR" } }),
        3,
        under,
        "",
        top,
    );
    refused(
        json!({ "time": { "$.status": "NOERROR" } }),
        3,
        "unknown key `$.status`",
        "no operator",
        under,
    );
    refused(
        json!({ "$.statsu": 1 }),
        1,
        "unknown key `statsu`",
        "",
        "did you mean `status`?",
    );
    let like = "a path looks like `$.answers[?@.type=='A'].ttl_s`; `--json` shows what there is";
    refused(
        json!({ "$[": 1 }),
        1,
        "not a JSONPath (RFC 9535): it ends too early",
        "",
        like,
    );
}

#[test]
fn all_problems_are_collected() {
    let expect = json!({ "statsu": 1, "time": 2, "data": ["x"], "addresses": { "every": { "asm": 1, "country": "C" } } });
    assert_eq!(problems(&expect).len(), 5);
}

#[test]
fn what_is_wanted_reads_after_expected() {
    let wanted = |expect: Value| crate::testing::expected(&shape(), &expect).wanted();
    assert_eq!(
        wanted(json!({ "addresses": { "every": { "asn": "AS1", "in": "10.0.0.0/8" } } })),
        "addresses every asn AS1, in 10.0.0.0/8"
    );
    let within = json!({ "destination": { "in": { "none-of": ["10.0.0.0/8", "1.1.1.1"] }, "address": { "not": "::1" } } });
    assert_eq!(
        wanted(within),
        "destination not in 10.0.0.0/8 nor 1.1.1.1, not ::1"
    );
    assert_eq!(
        wanted(json!({ "time": { "above": "1s", "below": "2s" } })),
        "time above 1000 ms and below 2000 ms"
    );
    assert_eq!(
        wanted(
            json!({ "chain": "absent", "data": { "none": "x", "count": 2, "exactly": ["a", "b"] } })
        ),
        "chain absent, data none x, count 2, exactly a, b"
    );
    let many = json!({ "data": { "include": (0..10).map(|n| n.to_string()).collect::<Vec<_>>() } });
    assert_eq!(
        wanted(many),
        "data include 0, 1, 2, 3, 4, 5, 6, 7, … (2 more)"
    );
}
