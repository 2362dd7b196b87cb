use super::*;

/// A hop of one address with this AS; `*` is silent, `?` an unknown AS, `-` none, `~` before it weak evidence.
fn hop(ttl: usize, asn: &str) -> Value {
    let address = format!("10.0.0.{ttl}");
    let facts = match asn {
        "*" => return json!({ "ttl": ttl, "addresses": [] }),
        "?" => json!({ "address": address }),
        "-" => json!({ "address": address, "asn": null }),
        asn => {
            let evidence = if asn.starts_with('~') {
                "weak"
            } else {
                "strong"
            };
            json!({ "address": address, "asn": asn.trim_start_matches('~'), "evidence": evidence, "rtt_ms": ttl })
        }
    };
    json!({ "ttl": ttl, "addresses": [facts] })
}

fn path(asns: &str) -> Value {
    json!(
        asns.split(' ')
            .enumerate()
            .map(|(index, asn)| hop(index + 1, asn))
            .collect::<Vec<_>>()
    )
}

fn entries(asns: &[&str]) -> Value {
    asns.iter().map(|asn| json!({ "asn": asn })).collect()
}

#[track_caller]
fn passes(wanted: &[&str], asns: &str, findings: &[(Grade, &str, &str)]) {
    check(
        json!({ "passes": entries(wanted) }),
        json!({ "path": path(asns) }),
        findings,
    );
}

#[track_caller]
fn avoids(unwanted: &[&str], asns: &str, findings: &[(Grade, &str, &str)]) {
    check(
        json!({ "avoids": entries(unwanted) }),
        json!({ "path": path(asns) }),
        findings,
    );
}

const P: &str = "passes";

#[test]
fn hops_are_passed_in_order() {
    passes(&["AS1", "AS3"], "AS1 AS2 AS3", &[]);
    passes(&["AS1", "AS1"], "AS1 AS1", &[]);
    passes(
        &["AS1", "AS1"],
        "AS1 AS2",
        &[(FAIL, "passes", "only at hop 1, not after hop 1")],
    );
    passes(
        &["AS3", "AS1"],
        "AS1 AS2 AS3",
        &[(FAIL, "passes", "only at hop 1, not after hop 3")],
    );
    passes(
        &["AS1", "AS4"],
        "AS1 AS2 AS3",
        &[(FAIL, "passes", "no such hop after hop 1")],
    );
    passes(
        &["AS4", "AS2"],
        "AS1 AS2 AS3",
        &[(FAIL, "passes", "no such hop")],
    );
    let expect = json!({ "passes": entries(&["AS2", "AS1"]) });
    assert_eq!(
        rows(expect, json!({ "path": path("AS1 AS2 AS3") })),
        [
            "asn AS1 Missing",
            "1 10.0.0.1 AS1 - 1 ms - <- too early",
            "2 10.0.0.2 AS2 - 2 ms - Right"
        ]
    );
}

#[test]
fn the_facts_of_one_entry_hold_on_one_hop() {
    let both = |asn: &str, hop: u32| json!({ "passes": [{ "asn": asn, "hop": hop }] });
    holds(both("AS2", 2), json!({ "path": path("AS1 AS2") }));
    check(
        both("AS1", 2),
        json!({ "path": path("AS1 AS2") }),
        &[(FAIL, "passes", "no such hop")],
    );
}

#[test]
fn a_hop_that_could_be_it_leaves_it_open() {
    let open = "no such hop seen after hop 1, but of some it is not known";
    passes(&["AS1", "AS2"], "AS1 ? AS3", &[(OPEN, "passes", open)]);
    passes(
        &["AS1", "AS2"],
        "? AS1 AS3",
        &[(FAIL, "passes", "no such hop after hop 2")],
    );
    // Hop 1 may be the first entry, and then hop 2 is the second.
    passes(
        &["AS1", "AS2"],
        "? AS2 AS1",
        &[(
            OPEN,
            "passes",
            "no such hop seen after hop 3, but of some it is not known",
        )],
    );
    // One hop cannot be both.
    passes(
        &["AS1", "AS2"],
        "? AS3 AS4",
        &[
            (
                OPEN,
                "passes",
                "no such hop seen, but of some it is not known",
            ),
            (FAIL, "passes", "no such hop"),
        ],
    );
    passes(
        &["AS1", "AS2"],
        "- AS3 AS4",
        &[
            (FAIL, "passes", "no such hop"),
            (FAIL, "passes", "no such hop"),
        ],
    );
}

#[test]
fn silence_leaves_open_what_was_not_met() {
    passes(
        &["AS9"],
        "AS1 * *",
        &[(
            OPEN,
            "passes",
            "no such hop seen, but 2 of 3 hops are silent",
        )],
    );
    passes(&["AS9"], "AS1 AS2 *", &[(FAIL, "passes", "no such hop")]);
    passes(&["AS1"], "AS1 * *", &[]);
    avoids(
        &["AS9"],
        "AS1 * *",
        &[(OPEN, "avoids", "cannot be proven: 2 of 3 hops are silent")],
    );
    avoids(&["AS9"], "AS1 AS2 *", &[]);
    avoids(
        &["AS1"],
        "AS1 * *",
        &[(FAIL, "avoids", "the route passes this")],
    );
    avoids(
        &["AS1"],
        "* *",
        &[(OPEN, "avoids", "cannot be proven: no hop answered")],
    );
    check(
        json!({ "avoids": entries(&["AS1"]) }),
        json!({ "path": [] }),
        &[(OPEN, "avoids", "cannot be proven: no hop answered")],
    );
    check(
        json!({ "avoids": entries(&["AS1"]) }),
        json!({}),
        &[(OPEN, "avoids", "cannot be proven: no hop answered")],
    );
    check(
        json!({ "avoids": entries(&["AS1"]) }),
        json!({ "path": "odd" }),
        &[(OPEN, "avoids", "cannot be proven: no hop answered")],
    );
}

#[test]
fn a_stated_limit_on_silence_is_the_one_that_counts() {
    let expect =
        |limit: u32| json!({ "avoids": entries(&["AS9"]), "silent-hops": { "at-most": limit } });
    let seen = |silent: u32, asns: &str| json!({ "silent-hops": silent, "path": path(asns) });
    holds(expect(6), seen(3, "AS1 * * *"));
    check(
        expect(0),
        seen(1, "AS1 AS2 *"),
        &[
            (
                OPEN,
                "avoids",
                "cannot be proven: 1 hop is silent, wanted at most 0",
            ),
            (OPEN, "silent-hops", "seen: 1"),
        ],
    );
    check(
        expect(6),
        seen(0, "*"),
        &[(OPEN, "avoids", "cannot be proven: no hop answered")],
    );
    check(
        expect(6),
        json!({ "path": path("AS1") }),
        &[
            (
                OPEN,
                "avoids",
                "cannot be proven: how many hops are silent is not known",
            ),
            (OPEN, "silent-hops", "not known"),
        ],
    );
}

#[test]
fn a_hop_of_unknown_as_could_be_what_is_avoided() {
    avoids(
        &["AS9"],
        "AS1 ? AS2",
        &[(OPEN, "avoids", "of some hops it is not known")],
    );
    avoids(&["AS9"], "AS1 - AS2", &[]);
    avoids(
        &["AS1"],
        "AS1 ? AS2",
        &[(FAIL, "avoids", "the route passes this")],
    );
    let both = json!({ "avoids": [{ "asn": "AS9", "hop": { "above": 5 } }] });
    holds(both, json!({ "path": path("AS1 ? AS2") }));
    let seen = json!({ "path": path("AS1 ? AS9") });
    assert_eq!(
        rows(json!({ "avoids": entries(&["AS9"]) }), seen),
        [
            "2 10.0.0.2 - - none - <- not known",
            "3 10.0.0.3 AS9 - 3 ms - <- expected to avoid asn AS9"
        ]
    );
}

#[test]
fn weak_evidence_is_noted() {
    let alone = "weak evidence: hop 2 alone is in AS2";
    passes(&["AS2"], "AS1 ~AS2 AS1", &[(Grade::Note, P, alone)]);
    passes(&["AS2"], "AS1 AS2 AS2", &[]);
    passes(&["AS2"], "AS1 ~AS2 AS1 AS2 AS2", &[]);
    passes(
        &["AS1", "AS2"],
        "AS2 AS1 ~AS2",
        &[(Grade::Note, P, "weak evidence: hop 3 alone is in AS2")],
    );
    let any_other = json!({ "passes": [{ "asn": { "not": "AS1" } }] });
    check(any_other, json!({ "path": path("AS1 ~AS2 AS1") }), &[]);
    let one_of = json!({ "passes": [{ "asn": { "one-of": ["AS2", "AS3"] } }] });
    check(
        one_of,
        json!({ "path": path("AS1 ~AS2 AS1") }),
        &[(Grade::Note, P, alone)],
    );
    let hint = |asns: &str| {
        let expect = expected(&shape(), &json!({ "avoids": entries(&["AS2"]) }));
        judge(&expect, &json!({ "path": path(asns) }))[0]
            .hint
            .clone()
    };
    assert!(
        hint("AS1 ~AS2")
            .expect("a hint")
            .starts_with("weak evidence")
    );
    assert_eq!(hint("AS1 ~AS2 AS2 AS2"), None);
}
