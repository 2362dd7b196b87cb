//! What is expected of what was seen, kind by kind, without a network.

use super::kinds::{RECORDED, Recorded};
use super::stable::{Learned, learn};
use crate::probe::Seen;
use crate::verdict::Sided;
use jiff::{Timestamp, ToSpan};
use netspec_probes::observation::Outcome;
use serde_json::{Value, json};

fn row(kind: &str) -> &'static Recorded {
    RECORDED.iter().find(|row| row.kind == kind).expect("a row")
}

/// A run a second.
fn runs(seen: &[Value]) -> Vec<Vec<Sided>> {
    let run = |(second, seen): (i64, &Value)| {
        let seen = Seen {
            outcome: Outcome::Answered,
            asked_at: Timestamp::UNIX_EPOCH + second.seconds(),
            asked: String::new(),
            seen: seen.clone(),
        };
        vec![(String::new(), seen)]
    };
    (0..).zip(seen).map(run).collect()
}

fn learned(kind: &str, seen: &[Value]) -> Learned {
    learn(row(kind), &runs(seen), false)
}

/// What is expected of a word, or why nothing more is.
fn said(learned: &Learned, word: &str) -> (String, String) {
    let kept = learned.kept.iter().find(|kept| kept.word == word);
    let said = kept.and_then(|kept| kept.said.as_ref());
    let why = kept.and_then(|kept| kept.why.clone());
    (
        said.map_or(String::new(), |said| said.flow()),
        why.unwrap_or_default(),
    )
}

fn answer(chain: &[&str], addresses: &[(&str, &str)], ttl_s: u32) -> Value {
    let address =
        |(address, asn): &(&str, &str)| json!({ "address": address, "asn": asn, "country": "US" });
    let addresses: Vec<Value> = addresses.iter().map(address).collect();
    json!({ "status": "NOERROR", "chain": chain, "addresses": addresses, "data": ["x"], "replies": 1, "time_ms": 9.5, "ttl_s": ttl_s })
}

const A: (&str, &str) = ("192.0.2.1", "AS1");
const B: (&str, &str) = ("192.0.2.2", "AS1");
const C: (&str, &str) = ("192.0.2.3", "AS2");

#[test]
fn what_holds_still_is_expected() {
    let same = vec![answer(&["edge.test."], &[A, B], 60); 4];
    let learned = learned("dns", &same);
    assert_eq!(said(&learned, "status").0, "NOERROR");
    assert_eq!(said(&learned, "chain").0, "{ exactly: [edge.test.] }");
    let every = "{ every: { asn: AS1, country: US }, count: 2 }";
    assert_eq!(
        said(&learned, "addresses"),
        (every.to_owned(), String::new())
    );
    assert_eq!(said(&learned, "data").0, "", "the addresses say more");
    assert_eq!(said(&learned, "replies").0, "1");
    assert_eq!(said(&learned, "time").0, "{ below: 200ms }");
    assert_eq!(
        learned.track,
        ["chain", "addresses.asn", "addresses.country", "addresses"]
    );
}

#[test]
fn what_the_resolver_kept_is_not_known_to_hold_still() {
    let counting: Vec<Value> = [60, 59, 58, 57].map(|ttl| answer(&[], &[A], ttl)).into();
    let learned = learned("dns", &counting);
    assert!(!learned.track.contains(&"addresses"), "{:?}", learned.track);
    let (word, why) = &learned.not_tracked[0];
    assert_eq!(*word, "addresses");
    assert!(why.contains("--for"), "{why}");
    let outlasted: Vec<Value> = [2, 1, 2, 1, 2].map(|ttl| answer(&[], &[A], ttl)).into();
    assert!(
        self::learned("dns", &outlasted)
            .track
            .contains(&"addresses")
    );
}

#[test]
fn a_pool_that_moves_is_its_systems() {
    let moving = [&[A, B][..], &[B, C], &[A, C], &[C]].map(|pool| answer(&[], pool, 60));
    let learned = learned("dns", &moving);
    let (addresses, why) = said(&learned, "addresses");
    let every = "{ every: { asn: { one-of: [AS1, AS2] }, country: US }, count: { at-least: 1 } }";
    assert_eq!(addresses, every);
    assert_eq!(why, "which addresses, and how many, varied");
    assert_eq!(learned.track, ["chain", "addresses.country"]);
    assert_eq!(learned.not_tracked[0].0, "addresses.asn");
}

#[test]
fn a_system_that_was_met_once_may_not_be_the_last() {
    let moving = [&[A][..], &[A, C], &[A]].map(|pool| answer(&[], pool, 60));
    let every = "{ every: { country: US }, count: { at-least: 1 } }";
    assert_eq!(said(&learned("dns", &moving), "addresses").0, every);
}

#[test]
fn an_alias_that_varies_is_named_as_such() {
    let seen = [
        answer(&["a.test."], &[A], 60),
        answer(&["b.test."], &[A], 60),
    ];
    let learned = learned("dns", &seen);
    let why = "`chain` varied, so nothing is expected of it".to_owned();
    assert_eq!(said(&learned, "chain"), (String::new(), why));
}

#[test]
fn a_second_reply_now_and_then_is_said_and_not_expected() {
    let mut seen = vec![answer(&[], &[A], 60); 3];
    seen[1]["replies"] = json!(2);
    let expect = (String::new(), "`replies` was not always 1".to_owned());
    assert_eq!(said(&learned("dns", &seen), "replies"), expect);
}

#[test]
fn text_that_deceives_is_left_out() {
    let hostile = json!({ "status": "NOERROR", "chain": [], "addresses": [], "data": ["\u{1b}[2J\u{202e}"], "replies": 1 });
    let learned = learned("dns", &[hostile.clone(), hostile]);
    let (data, why) = said(&learned, "data");
    assert_eq!(data, "");
    assert!(why.contains("too odd"), "{why}");
}

#[test]
fn what_is_hardly_as_it_should_be_is_said_to_be() {
    let refused =
        json!({ "status": "REFUSED", "chain": [], "addresses": [], "data": [], "replies": 1 });
    let learned = learned("dns", &[refused.clone(), refused]);
    let (status, why) = said(&learned, "status");
    assert_eq!(status, "REFUSED");
    assert!(why.starts_with("mind that"), "{why}");
    for word in ["chain", "data", "addresses"] {
        assert_eq!(
            said(&learned, word).0,
            "",
            "{word} says nothing of a refusal"
        );
    }
}

#[test]
fn of_whom_nothing_is_known_a_bogon_is_none() {
    let known = json!({ "address": "192.0.2.1", "special": null });
    let seen = json!({ "status": "NOERROR", "chain": [], "addresses": [known], "replies": 1 });
    let every = "{ every: { special: absent }, count: 1 }";
    let public = learned("dns", &[seen.clone(), seen]);
    assert_eq!(said(&public, "addresses").0, every);
}

#[test]
fn a_way_without_an_end_has_no_length() {
    let way =
        |reached: bool| json!({ "reached": reached, "hops": 11, "silent-hops": 1, "path": [] });
    let check = |reached: bool, expect: &str| {
        let learned = learned("route", &[way(reached), way(reached)]);
        assert_eq!(said(&learned, "hops").0, expect);
        assert_eq!(said(&learned, "silent-hops").0, "{ at-most: 4 }");
        assert_eq!(said(&learned, "reached").1.is_empty(), reached);
    };
    check(true, "{ at-most: 15 }");
    check(false, "");
}

#[test]
fn levels_are_tracked_where_they_are_wanted() {
    let seen = vec![answer(&[], &[A], 60); 3];
    for levels in [false, true] {
        let learned = learn(row("dns"), &runs(&seen), levels);
        assert_eq!(learned.track.contains(&"time"), levels);
    }
    let alone = vec![json!({ "handshake": "not-tls", "rtt_ms": 3.0 }); 3];
    assert!(learn(row("tls"), &runs(&alone), true).track.is_empty());
}

#[test]
fn nothing_that_holds_is_nothing_to_write() {
    let seen = [
        json!({ "status": "NOERROR", "time_ms": 1 }),
        json!({ "status": "SERVFAIL", "time_ms": 1 }),
    ];
    assert!(!learned("dns", &seen).is_firm());
}

#[test]
fn a_certificate_is_asked_for_what_it_has() {
    let left = |days: f64| json!({ "handshake": "completed", "version": "TLS1.2", "chain": "trusted", "expires-in_s": days * 86400.0 });
    let check = |days: f64, expect: &str| {
        assert_eq!(
            said(&learned("tls", &[left(days), left(days)]), "expires-in").0,
            expect
        );
    };
    check(90.0, "{ at-least: 21d }");
    check(20.0, "{ at-least: 3d }");
    check(6.0, "{ at-least: 1d }");
    check(1.0, "");
    check(-3.0, "");
    let older = [left(90.0), {
        let mut newer = left(90.0);
        newer["version"] = json!("TLS1.3");
        newer
    }];
    assert_eq!(
        said(&learned("tls", &older), "version").0,
        "{ at-least: TLS1.2 }"
    );
}

#[test]
fn jitter_leads_to_no_other_bound() {
    let ping = |median: f64| json!({ "loss_percent": 0, "rtt": { "median_ms": median } });
    let check = |all: &[f64], expect: &str| {
        let seen: Vec<Value> = all.iter().map(|median| ping(*median)).collect();
        assert_eq!(
            said(&learned("ping", &seen), "rtt.median").0,
            expect,
            "{all:?}"
        );
    };
    check(&[0.2, 0.3], "{ below: 200ms }");
    check(&[99.0, 103.0], "{ below: 200ms }");
    check(&[99.0, 160.0, 101.0], "{ below: 200ms }");
    check(&[99.0, 240.0], "{ below: 800ms }");
    check(&[300.0, 301.0], "{ below: 800ms }");
    check(&[20_000.0], "");
}

#[test]
fn some_loss_leaves_room_and_much_is_no_bound() {
    let check = |all: &[u32], expect: &str| {
        let seen: Vec<Value> = all
            .iter()
            .map(|loss| json!({ "loss_percent": loss }))
            .collect();
        assert_eq!(said(&learned("ping", &seen), "loss").0, expect, "{all:?}");
    };
    check(&[0, 0], "{ at-most: 20% }");
    check(&[0, 20], "{ at-most: 50% }");
    check(&[0, 60], "");
}

#[test]
fn the_words_of_the_table_are_words_of_its_kind() {
    for row in RECORDED {
        let shape = (row.kind().shape)();
        assert_eq!(row.kind().name, row.kind);
        let words = row
            .facts
            .iter()
            .map(|fact| fact.word)
            .filter(|word| *word != "passes");
        for word in words.chain(row.track.iter().map(|tracked| tracked.word)) {
            let found = netspec_assertions::select::Selector::parse(word, shape);
            assert!(found.is_ok(), "{} {word}: {found:?}", row.kind);
        }
        let (vain, silence) = row.vain;
        for word in silence {
            let known = netspec_assertions::select::Selector::parse(vain, shape).expect("a word");
            assert!(
                format!("{known:?}").contains(&format!("{word:?}")),
                "{} {word}",
                row.kind
            );
        }
        let settings: Vec<&str> = row.kind().settings.iter().map(|key| key.name).collect();
        let named = [row.target].into_iter().chain(row.left_out.iter().copied());
        for name in named.chain(row.by_reference.iter().copied()) {
            assert!(settings.contains(&name), "{} {name}", row.kind);
        }
    }
}
