use super::{LINTS, lint};
use crate::project::Project;
use crate::scenario::Scenario;
use crate::source::Source;
use std::collections::BTreeSet;

/// A scenario of one dns check with this expectation.
fn expecting(expect: &str) -> String {
    format!(
        "scenario: x\nchecks:\n  - name: a\n    dns: {{ query: a.example, resolver: 1.1.1.1, expect: {expect} }}\n"
    )
}

#[track_caller]
fn check(written: &str, expect: &[&str]) {
    let source = Source::new("a.yaml", written);
    let scenario = Scenario::parse(source, &Project::default());
    let scenario = scenario.unwrap_or_else(|faulty| panic!("{}", faulty.render(false)));
    let found = lint(&scenario);
    let shown: Vec<String> = found
        .iter()
        .map(|notice| {
            let at = &written[notice.problem.span.range()];
            assert!(notice.problem.help.is_some(), "no remedy");
            format!("{} at `{at}`: {}", notice.lint.code, notice.problem.message)
        })
        .collect();
    assert_eq!(shown, expect, "{written}");
}

#[test]
fn what_contradicts_itself_never_holds() {
    for sound in [
        "{ ttl: { above: 1s, below: 3s } }",
        "{ replies: { at-least: 1, at-most: 1 } }",
        "{ status: { one-of: [NOERROR, NODATA], not: NODATA } }",
        "{ chain: { every: { one-of: [a.example, b.example], ends-with: b.example } } }",
        "{ chain: { exactly: [a., b.], count: 2 } }",
        "{ addresses: { include: [{ address: 1.1.1.1 }], count: { at-least: 1 } } }",
        "{ addresses: { some: { country: US }, every: { country: { one-of: [US, CN] } } } }",
    ] {
        check(&expecting(sound), &[]);
    }
    check(
        &expecting("{ ttl: { above: 3s, below: 3s } }"),
        &["never-holds at `3s`: nothing is above 3 s and below 3 s"],
    );
    check(
        &expecting("{ status: { one-of: [NOERROR], not: NOERROR } }"),
        &["never-holds at `NOERROR`: nothing is NOERROR and not NOERROR"],
    );
    check(
        &expecting("{ chain: { every: { one-of: [a.example, b.example], ends-with: .net } } }"),
        &["never-holds at `.net`: nothing is one of a.example., b.example. and ending with `.net`"],
    );
    check(
        &expecting("{ chain: { exactly: [a., b.], count: 3 } }"),
        &["never-holds at `3`: no set of exactly 2 has so many"],
    );
    check(
        &expecting("{ chain: { include: [a., b.], count: { below: 2 } } }"),
        &["never-holds at `2`: no set of at least 2 has so many"],
    );
    check(
        &expecting("{ chain: { every: { contains: a }, count: 0 } }"),
        &["never-holds at `0`: no set of at least 1 has so many"],
    );
}

#[test]
fn what_every_resolver_is_expected_to_say_is_held_against_each_row() {
    let rows = |row: &str| {
        format!(
            "scenario: x\nchecks:\n  - name: a\n    dns:\n      query: a.example\n      expect: {{ status: NOERROR }}\n      by-resolver:\n        1.1.1.1: {{ status: {row} }}\n        8.8.8.8: {{ chain: absent }}\n"
        )
    };
    check(&rows("{ not: NODATA }"), &[]);
    check(
        &rows("NXDOMAIN"),
        &["never-holds at `NXDOMAIN`: nothing is NOERROR and NXDOMAIN"],
    );
}

#[test]
fn what_every_value_fulfils_says_nothing() {
    for sound in [
        "{ replies: { at-least: 1 } }",
        "{ status: { at-least: NODATA } }",
        "{ flags: { aa: true } }",
        "{ chain: { every: { matches: '^a' } } }",
    ] {
        check(&expecting(sound), &[]);
    }
    check(
        &expecting("{ replies: { at-least: 0 } }"),
        &["always-holds at `0`: every number it can be is at least 0"],
    );
    check(
        &expecting("{ status: { at-least: NOERROR } }"),
        &["always-holds at `NOERROR`: every word it can be is at least NOERROR"],
    );
    check(
        &expecting("{ flags: { aa: { one-of: [true, false] } } }"),
        &["always-holds at `[true, false`: every value it can be is one of true, false"],
    );
    check(
        &expecting("{ chain: { every: { matches: '.*' } } }"),
        &["always-holds at `'.*'`: every value it can be is matching /.*/"],
    );
}

#[test]
fn what_the_probe_does_not_look_for_is_told() {
    let hostname = "{ addresses: { every: { hostname: a.example } } }";
    let message = "cannot-be-seen at `hostname`: `hostname` is not seen here: nobody is asked for the names of the answer's addresses";
    check(&expecting(hostname), &[message]);
    check(
        &expecting(hostname).replace("expect:", "hostnames: 1.1.1.1, expect:"),
        &[],
    );
    let route = "scenario: x\nchecks:\n  - name: a\n    route: { to: 1.1.1.1, hostnames: off, expect: { avoids: [{ hostname: a }] } }\n";
    check(
        route,
        &[
            "cannot-be-seen at `hostname`: `hostname` is not seen here: with `hostnames: off` nobody is asked for names",
        ],
    );
    check(&route.replace("hostnames: off, ", ""), &[]);
    let txt = expecting("{ addresses: { every: { country: CN } } }")
        .replace("expect:", "type: TXT, expect:");
    check(
        &txt,
        &[
            "cannot-be-seen at `addresses`: `addresses` is not seen here: an answer of this type has no addresses",
        ],
    );
    check(&txt.replace("{ every: { country: CN } }", "absent"), &[]);
}

#[test]
fn two_checks_that_ask_and_expect_the_same_are_told() {
    let two = |second: &str| {
        let first =
            "{ query: a.example, resolver: 1.1.1.1, expect: { status: NOERROR, replies: 1 } }";
        format!(
            "scenario: x\nchecks:\n  - name: a\n    dns: {first}\n  - name: b\n    why: another\n    dns: {second}\n"
        )
    };
    check(
        &two("{ query: b.example, resolver: 1.1.1.1, expect: { status: NOERROR, replies: 1 } }"),
        &[],
    );
    let same =
        two("{ resolver: 1.1.1.1, query: a.example, expect: { replies: 1, status: NOERROR } }");
    check(
        &same,
        &["same-check at `b`: this check asks and expects what another does"],
    );
}

#[test]
fn a_resolver_that_nothing_asks_is_told() {
    let named = |name: &str| {
        format!(
            "scenario: x\nresolvers: {{ home: 192.168.1.1, {name}: 1.1.1.1 }}\nchecks:\n  - name: a\n    dns: {{ query: a.example, by-resolver: {{ \"home, other\": {{ status: NOERROR }} }} }}\n"
        )
    };
    check(&named("other"), &[]);
    check(
        &named("other: 1.1.1.1, forgotten"),
        &["unused-resolver at `forgotten`: nothing in this file asks `forgotten`"],
    );
}

#[test]
fn a_name_that_nothing_uses_is_told() {
    let named = |used: &str| {
        let text = format!(
            "scenario: x\nvars: {{ zone: a.example }}\nchecks:\n  - capture: {{ edge: addresses }}\n  - why: {used}\n"
        );
        let mut scenario = Scenario::parse(
            Source::new("a.yaml", expecting("{ replies: 1 }")),
            &Project::default(),
        )
        .unwrap();
        scenario.source = Source::new("a.yaml", text);
        let mut found = Vec::new();
        super::file::unused_name(&scenario, &mut found);
        found
            .into_iter()
            .map(|problem| problem.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(named("www.${zone} at ${edge}"), [""; 0]);
    assert_eq!(named("${zone:-b.example}"), ["nothing uses `edge`"]);
    assert_eq!(
        named("${zones} or zone"),
        ["nothing uses `zone`", "nothing uses `edge`"]
    );
}

#[test]
fn what_is_tracked_lasts() {
    let tracking =
        |track: &str| expecting("{ status: NOERROR }") + &format!("    track: [{track}]\n");
    check(&tracking("flags, addresses, chain"), &[]);
}

#[test]
fn every_rule_has_a_code_of_its_own_and_a_remedy() {
    let codes: BTreeSet<&str> = LINTS.iter().map(|lint| lint.code).collect();
    assert_eq!(codes.len(), LINTS.len());
    assert!(
        LINTS
            .iter()
            .all(|lint| lint.about.ends_with('.') && !lint.remedy.is_empty())
    );
}
