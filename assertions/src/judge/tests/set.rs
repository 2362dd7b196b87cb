use super::*;
use std::time::{Duration, Instant};

fn addresses(all: &[(&str, &str)]) -> Value {
    let one = |(address, asn): &(&str, &str)| match *asn {
        "?" => json!({ "address": address }),
        "-" => json!({ "address": address, "asn": null }),
        asn => json!({ "address": address, "asn": asn }),
    };
    json!({ "addresses": all.iter().map(one).collect::<Vec<_>>() })
}

/// What one quantifier finds of these addresses.
#[track_caller]
fn of(quantifier: Value, all: &[(&str, &str)], findings: &[(Grade, &str, &str)]) {
    check(json!({ "addresses": quantifier }), addresses(all), findings);
}

const A: (&str, &str) = ("1.1.1.1", "AS1");
const B: (&str, &str) = ("2.2.2.2", "AS2");
const UNKNOWN: (&str, &str) = ("3.3.3.3", "?");
const NOBODY: (&str, &str) = ("4.4.4.4", "-");

#[test]
fn every_names_those_that_are_not_so() {
    let every = || json!({ "every": { "asn": "AS1" } });
    let word = "addresses.every.asn";
    of(every(), &[A, A], &[]);
    of(
        every(),
        &[],
        &[(FAIL, "addresses.every", "there are no addresses")],
    );
    of(
        every(),
        &[B],
        &[(FAIL, word, "the one address is elsewhere")],
    );
    of(
        every(),
        &[A, B, A],
        &[(FAIL, word, "1 of 3 addresses is elsewhere")],
    );
    of(
        every(),
        &[B, NOBODY, A],
        &[(FAIL, word, "2 of 3 addresses are elsewhere")],
    );
    of(
        every(),
        &[B, B],
        &[(FAIL, word, "both addresses are elsewhere")],
    );
    of(
        every(),
        &[UNKNOWN, B],
        &[(FAIL, word, "1 of 2 addresses is elsewhere")],
    );
    of(
        every(),
        &[UNKNOWN, A],
        &[(OPEN, word, "not known of 1 of 2 addresses")],
    );
    of(
        json!({ "every": { "asn": { "one-of": ["AS1"] } } }),
        &[B],
        &[(FAIL, word, "the one address is elsewhere")],
    );
    of(
        json!({ "every": { "hostname": "x." } }),
        &[A],
        &[(
            OPEN,
            "addresses.every.hostname",
            "not known of the one address",
        )],
    );
    assert_eq!(
        rows(json!({ "addresses": every() }), addresses(&[A, B, UNKNOWN])),
        [
            "1.1.1.1 AS1 Right",
            "2.2.2.2 AS2 <- expected AS1",
            "3.3.3.3 ? <- not known"
        ]
    );
}

#[test]
fn every_leaf_is_a_finding_of_its_own() {
    let two =
        json!({ "every": { "asn": "AS1", "in": "2.0.0.0/8", "address": { "not": "2.2.2.2" } } });
    of(
        two,
        &[B],
        &[
            (FAIL, "addresses.every.asn", "the one address is elsewhere"),
            (FAIL, "addresses.every.address", "the one address is not so"),
        ],
    );
}

#[test]
fn some_wants_one() {
    let some = || json!({ "some": { "asn": "AS1" } });
    of(some(), &[B, A, UNKNOWN], &[]);
    of(
        some(),
        &[],
        &[(FAIL, "addresses.some", "there are no addresses")],
    );
    of(
        some(),
        &[B],
        &[(FAIL, "addresses.some", "the one address is not so")],
    );
    of(
        some(),
        &[B, NOBODY],
        &[(FAIL, "addresses.some", "none of 2 addresses is so")],
    );
    of(
        some(),
        &[B, UNKNOWN],
        &[(OPEN, "addresses.some", "not known of 1 of 2 addresses")],
    );
}

#[test]
fn none_wants_something_to_look_at() {
    let none = || json!({ "none": { "asn": "AS1" } });
    of(none(), &[B, NOBODY], &[]);
    of(
        none(),
        &[],
        &[(OPEN, "addresses.none", "there are no addresses to look at")],
    );
    of(
        none(),
        &[A],
        &[(
            FAIL,
            "addresses.none",
            "the one address should not be there",
        )],
    );
    of(
        none(),
        &[A, B, UNKNOWN],
        &[(
            FAIL,
            "addresses.none",
            "1 of 3 addresses should not be there",
        )],
    );
    of(
        none(),
        &[B, UNKNOWN],
        &[(OPEN, "addresses.none", "not known of 1 of 2 addresses")],
    );
    of(
        json!({ "none": { "in": { "one-of": ["1.0.0.0/8", "9.9.9.9"] } } }),
        &[A, B],
        &[(
            FAIL,
            "addresses.none",
            "1 of 2 addresses should not be there",
        )],
    );
    of(
        json!({ "none": { "asn": "AS1", "in": "2.0.0.0/8" } }),
        &[A, UNKNOWN],
        &[],
    );
}

#[test]
fn exactly_pairs_each_with_one() {
    let exactly = |asns: &[&str]| json!({ "exactly": asns.iter().map(|asn| json!({ "asn": asn })).collect::<Vec<_>>() });
    let word = "addresses.exactly";
    of(exactly(&["AS2", "AS1"]), &[A, B], &[]);
    of(exactly(&["AS1"]), &[A, A], &[(FAIL, word, "1 unexpected")]);
    of(exactly(&["AS1", "AS1"]), &[A], &[(FAIL, word, "1 missing")]);
    of(
        exactly(&["AS1", "AS3"]),
        &[A, B],
        &[(FAIL, word, "1 missing, 1 unexpected")],
    );
    of(exactly(&["AS1"]), &[], &[(FAIL, word, "1 missing")]);
    of(
        exactly(&["AS1", "AS2"]),
        &[A, UNKNOWN],
        &[(OPEN, word, "1 not known")],
    );
    of(
        exactly(&["AS1", "AS2"]),
        &[UNKNOWN, NOBODY],
        &[(FAIL, word, "1 missing, 1 unexpected, 1 not known")],
    );
    of(
        exactly(&["AS1", "AS1"]),
        &[A, UNKNOWN, NOBODY],
        &[(FAIL, word, "1 unexpected, 1 not known")],
    );
    let overlapping = json!({ "exactly": [{ "in": "0.0.0.0/0" }, { "asn": "AS1" }] });
    of(overlapping, &[A, B], &[]);
    assert_eq!(
        rows(
            json!({ "addresses": exactly(&["AS1", "AS3"]) }),
            addresses(&[A, B])
        ),
        [
            "asn AS3 Missing",
            "1.1.1.1 AS1 Right",
            "2.2.2.2 AS2 Unexpected"
        ]
    );
}

#[test]
fn include_leaves_others_be() {
    let include = |asn: &str| json!({ "include": [{ "asn": asn }] });
    of(include("AS1"), &[B, A], &[]);
    of(
        include("AS3"),
        &[A, B],
        &[(FAIL, "addresses.include", "1 missing")],
    );
    of(
        include("AS3"),
        &[A, UNKNOWN],
        &[(OPEN, "addresses.include", "1 not known")],
    );
}

#[test]
fn a_count_is_told() {
    let count = |count: Value| json!({ "count": count });
    of(count(json!(2)), &[A, B], &[]);
    of(
        count(json!({ "at-least": 1 })),
        &[],
        &[(FAIL, "addresses.count", "there are no addresses")],
    );
    of(
        count(json!({ "at-most": 0 })),
        &[A],
        &[(FAIL, "addresses.count", "there is 1 address")],
    );
    of(
        count(json!({ "between": [3, 4] })),
        &[A, B],
        &[(FAIL, "addresses.count", "there are 2 addresses")],
    );
    assert_eq!(
        rows(json!({ "addresses": count(json!(2)) }), addresses(&[A])),
        ["1 <- expected 2", "1.1.1.1"]
    );
}

#[test]
fn sets_stand_in_sets() {
    let labels = |mpls: Value| json!({ "addresses": [{ "address": "1.1.1.1", "mpls": mpls, "rtts_ms": [1, 3] }] });
    let every = |of: Value| json!({ "addresses": { "every": of } });
    holds(
        every(
            json!({ "mpls": { "some": { "label": 7 } }, "rtts": { "every": { "below": "4ms" } } }),
        ),
        labels(json!([{ "label": 7 }])),
    );
    check(
        every(json!({ "mpls": { "every": { "label": 7 } } })),
        labels(json!([])),
        &[(FAIL, "addresses.every.mpls", "the one address is not so")],
    );
    check(
        every(json!({ "mpls": { "none": { "label": 7 } } })),
        labels(json!([])),
        &[(OPEN, "addresses.every.mpls", "not known of the one address")],
    );
    holds(every(json!({ "mpls": "absent" })), labels(json!([])));
    check(
        every(json!({ "mpls": "absent" })),
        labels(json!([1])),
        &[(FAIL, "addresses.every.mpls", "the one address is not so")],
    );
    check(
        every(
            json!({ "rtts": { "count": { "above": 1 }, "every": { "below": "2ms", "above": "0ms" } } }),
        ),
        labels(json!([])),
        &[(FAIL, "addresses.every.rtts", "the one address is not so")],
    );
}

#[test]
fn a_set_that_was_not_seen_is_not_known() {
    for quantifier in ["every", "some", "none"] {
        check(
            json!({ "data": { quantifier: "x" } }),
            json!({}),
            &[(OPEN, "data", "not known")],
        );
    }
    check(
        json!({ "data": { "exactly": ["x"], "count": 1 } }),
        json!({}),
        &[(OPEN, "data", "not known")],
    );
}

#[test]
fn a_path_inside_an_element_is_not_skipped() {
    let facts = expected(&shape(), &json!({ "$.status": "NXDOMAIN" }));
    let items = [json!({ "address": "1.1.1.1" })];
    let said = [crate::expect::Quantifier::Every(facts)];
    let findings = Judge {
        root: &json!({ "status": "NOERROR" }),
    }
    .set(&said, &[&items[0]], "addresses");
    assert_eq!(findings[0].label, "the one address is not so");
}

#[track_caller]
fn soon(expect: Value, seen: Value) {
    let expect = expected(&shape(), &expect);
    let begun = Instant::now();
    let findings = judge(&expect, &seen);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    assert!(!findings.is_empty());
}

#[test]
fn many_items_take_no_more_than_their_time() {
    let many: Vec<Value> = (0..100_000)
        .map(|n: u32| json!({ "address": std::net::Ipv4Addr::from(n).to_string(), "asn": "AS2" }))
        .collect();
    let every = json!({ "every": { "asn": "AS1", "in": "10.0.0.0/8" }, "none": { "asn": "AS2" }, "some": { "asn": "AS1" }, "count": 1 });
    soon(json!({ "addresses": every }), json!({ "addresses": many }));
    soon(
        json!({ "addresses": { "exactly": [{ "asn": "AS1" }, { "asn": "AS2" }] } }),
        json!({ "addresses": many }),
    );
    let wanted: Vec<String> = (0..1_000).map(|n| format!("x{n}")).collect();
    let there: Vec<String> = (1..1_001).map(|n| format!("x{n}")).collect();
    soon(
        json!({ "data": { "exactly": wanted } }),
        json!({ "data": there }),
    );
    let wanted: Vec<String> = (0..4_000).map(|n| format!("x{n}")).collect();
    check(
        json!({ "data": { "exactly": wanted } }),
        json!({ "data": many }),
        &[(FAIL, "data.exactly", "4000 wanted, there are 100000")],
    );
    check(
        json!({ "data": { "include": wanted } }),
        json!({ "data": many }),
        &[(OPEN, "data.include", "4000 wanted, there are 100000")],
    );
}
