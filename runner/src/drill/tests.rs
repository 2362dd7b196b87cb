//! What a drill reads out of runs, without any run.

use super::facts::Steady;
use super::look::Look;
use super::outcome::{Cell, Outcome, Row, Score};
use super::report::{Again, Shown};
use super::{Check, Drilled, sight};
use netspec_lab::world::mutate::Touches;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn ended(seen: &Value) -> Value {
    json!({
        "event": "ended", "name": "a/b::c[d]", "cell": "d", "kind": "dns", "verdict": "pass", "samples": null,
        "findings": [], "snapshot": { "fate": "same", "file": "/memory/a/b/c[d].snap" },
        "seen": [{ "asked": "udp://192.0.2.53 A good.test.", "side": "", "seen": seen }],
    })
}

fn look(event: &Value) -> Look {
    Look::read(&format!("{event}\n")).unwrap()
}

fn differences(before: &[Value], now: &Value) -> Vec<String> {
    let looks: Vec<Look> = before.iter().map(|seen| look(&ended(seen))).collect();
    let now = look(&ended(now));
    let facts = Steady::of(&looks)["a/b::c[d]"].differences(&now.tests[0].facts);
    let told = facts
        .iter()
        .map(|fact| format!("{}: {} -> {}", fact.word, fact.before, fact.now));
    told.collect()
}

#[test]
fn what_came_and_went_is_told_by_its_word() {
    let one = json!({ "status": "NOERROR", "addresses": [{ "asn": "AS1" }, { "asn": "AS2" }], "alert": null });
    let two = json!({ "status": "NXDOMAIN", "addresses": [{ "asn": "AS2" }, { "asn": "AS3" }], "alert": null });
    let expect = ["status: NOERROR -> NXDOMAIN", "addresses.asn: AS1 -> AS3"];
    assert_eq!(differences(&[one], &two), expect);
}

#[test]
fn what_differs_when_nothing_happens_is_no_difference() {
    let looks = [json!({ "id": 1, "sent": 3 }), json!({ "id": 2, "sent": 3 })];
    assert_eq!(differences(&looks, &json!({ "id": 3, "sent": 4 })), [""; 0]);
    let order = [json!({ "data": ["a", "b"] })];
    assert_eq!(
        differences(&order, &json!({ "data": ["b", "a", "a"] })),
        [""; 0]
    );
}

#[test]
fn a_time_differs_when_it_is_far_from_those_before() {
    let looks = [json!({ "rtt_ms": 30.0 }), json!({ "rtt_ms": 50.0 })];
    assert_eq!(differences(&looks, &json!({ "rtt_ms": 94.0 })), [""; 0]);
    assert_eq!(
        differences(&looks, &json!({ "rtt_ms": 96.0 })),
        ["rtt: 30 ms -> 96 ms"]
    );
    assert_eq!(
        differences(&looks, &json!({ "rtt_ms": null })),
        ["rtt: 30 ms -> absent"]
    );
}

#[test]
fn an_alarm_is_an_expectation_or_a_rule() {
    let mut event = ended(&json!({}));
    event["verdict"] = "fail".into();
    event["findings"] = json!([
        { "grade": "fail", "place": "b.yaml:3:4", "word": "chain", "because": "expected absent" },
        { "grade": "note", "place": "b.yaml:5:6", "word": "passes", "because": "weak evidence" },
    ]);
    event["snapshot"]["fate"] = "changed".into();
    event["snapshot"]["verdict"] =
        json!({ "rule": "dns-R6-provider", "evidence": ["the chain ends elsewhere"] });
    let test = look(&event).tests.remove(0);
    let cell = Cell {
        alarms: test.alarms.clone(),
        run: 1,
        inconclusive: false,
    };
    assert_eq!(cell.by(), ["dns-R6-provider", "chain"]);
    assert_eq!(test.check, "a/b::c");
    assert!(
        test.alarms[1]
            .evidence
            .contains(&"the chain ends elsewhere".to_owned())
    );
    event["verdict"] = "inconclusive".into();
    assert!(look(&event).tests[0].alarms.is_empty());
}

#[test]
fn a_mutant_is_for_those_who_could_notice() {
    let looks = [look(&ended(
        &json!({ "server": { "address": "192.0.2.53" } }),
    ))];
    let answer = |server: &str, name: &str| Touches::Answer {
        servers: vec![server.parse().unwrap()],
        name: name.to_owned(),
        gives: Vec::new(),
    };
    assert!(sight::reaches(&looks, &answer("192.0.2.53", "good.test.")));
    assert!(!sight::reaches(&looks, &answer("192.0.2.54", "good.test.")));
    assert!(!sight::reaches(
        &looks,
        &answer("192.0.2.53", "other.test.")
    ));
    let net = || vec!["192.0.2.0/24".parse().unwrap()];
    assert!(sight::reaches(&looks, &Touches::Way(net())));
    assert!(
        !sight::reaches(&looks, &Touches::Routers(net())),
        "nobody traces"
    );
    assert!(!sight::reaches(
        &looks,
        &Touches::Service(vec!["192.0.2.53:443".parse().unwrap()])
    ));
}

fn row(name: &str, must_catch: bool, outcome: Outcome) -> Row {
    Row {
        name: name.to_owned(),
        why: "Something happens.".to_owned(),
        must_catch,
        is_mutant: false,
        order: 0,
        outcome,
        runs: 2,
        cells: BTreeMap::from([("a/b::c".to_owned(), Cell::default())]),
        differences: Vec::new(),
        took: Duration::ZERO,
    }
}

#[test]
fn the_report_counts_and_says_what_to_type() {
    let check = Check {
        name: "a/b::c".to_owned(),
        unusable: None,
    };
    let rows = vec![
        row("caught-one", true, Outcome::Caught),
        row("missed-one", true, Outcome::Missed),
        row("still-one", false, Outcome::Quiet),
        row("wolf", false, Outcome::FalseAlarm),
    ];
    let drilled = Drilled {
        checks: vec![check],
        rows,
        skipped: 0,
        took: Duration::from_millis(1500),
    };
    let again = Again {
        selection: vec!["a b.yaml".into()],
        lab: " --lab=w".to_owned(),
        keep: None,
    };
    let shown = Shown {
        colour: false,
        verbose: false,
        width: 80,
        again,
    };
    let text = drilled.render(&shown);
    let last = text.lines().last().unwrap();
    assert_eq!(
        last,
        "caught 1 of 2 that must be, 1 false alarm of 2 quiet ones, 1.5 s"
    );
    assert!(
        text.contains("again: netspec run 'a b.yaml' --lab=w --incident missed-one"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(!Score::of(&drilled.rows).is_perfect());
}

#[test]
fn where_there_is_no_room_for_every_check_one_mark_stands_for_all() {
    let many = (0..30).map(|index| Check {
        name: format!("a/b::{index}"),
        unusable: None,
    });
    let drilled = Drilled {
        checks: many.collect(),
        rows: vec![row("caught-one", true, Outcome::Caught)],
        skipped: 0,
        took: Duration::ZERO,
    };
    let again = Again {
        selection: Vec::new(),
        lab: String::new(),
        keep: None,
    };
    let shown = |width| Shown {
        colour: false,
        verbose: false,
        width,
        again: again.clone(),
    };
    let rows = |width| -> String { drilled.render(&shown(width)) };
    assert!(
        rows(80).contains("\n  caught-one                  ✓\n"),
        "{}",
        rows(80)
    );
    assert!(rows(80).lines().all(|line| line.chars().count() <= 80));
    assert!(rows(160).contains(" 29 30\n"), "{}", rows(160));
}
