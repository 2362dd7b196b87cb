use super::*;
use crate::facts::Atlas;
use crate::ping::RawEcho;
use crate::route::Heard;
use serde_json::{Value, json};

const TO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

fn echo(ms: u64) -> Answer {
    Answer {
        from: TO,
        said: Heard::Icmp(Said::echo_reply(false)),
        rtt: Duration::from_millis(ms),
        clock: route::Clock::Kernel,
        reply_ttl: Some(60),
        mpls: Vec::new(),
        translated_to: None,
        next_hop_mtu: None,
        corrupt: false,
    }
}

fn error(icmp_type: u8, icmp_code: u8) -> Answer {
    Answer {
        from: ELSEWHERE,
        said: Heard::Icmp(Said {
            v6: false,
            icmp_type,
            icmp_code,
        }),
        ..echo(3)
    }
}

fn raw(answers: &[Option<Answer>]) -> RawPing {
    let echo = |answer: &Option<Answer>| RawEcho {
        sent_at: Duration::ZERO,
        answer: answer.clone(),
    };
    let mut raw = RawPing::new(&Question::new(TO), Sees::Everything);
    raw.echoes = answers.iter().map(echo).collect();
    raw
}

fn seen(raw: &RawPing) -> (Outcome, Value) {
    let atlas = Atlas::empty();
    let facts = |address| atlas.facts(address);
    let observation = describe(raw, &facts, &BTreeMap::new(), Vec::new());
    let seen = serde_json::to_value(observation.seen).unwrap();
    (observation.outcome, seen)
}

#[track_caller]
fn check(seen: &Value, expect: &Value) {
    for (key, value) in expect.as_object().unwrap() {
        assert_eq!(seen.get(key), Some(value), "{key}");
    }
}

#[track_caller]
fn check_unknown(seen: &Value, words: &[&str]) {
    for word in words {
        assert_eq!(seen.get(word), None, "{word}");
    }
}

#[test]
fn some_echoes_have_figures() {
    let answers = [Some(echo(10)), None, Some(echo(14)), Some(echo(11))];
    let (outcome, seen) = seen(&raw(&answers));
    assert_eq!(outcome, Outcome::Answered);
    let rtt = json!({ "min_ms": 10.0, "median_ms": 11.0, "mean_ms": 11.667, "p95_ms": 14.0, "max_ms": 14.0 });
    check(
        &seen,
        &json!({
            "sent": 4, "received": 3, "loss_percent": 25.0, "rtt": rtt, "jitter_ms": 3.5,
            "rtts_ms": [10.0, 14.0, 11.0], "reply-ttl": 60, "reply-ttls": [60], "from-other": false,
            "corrupt": 0, "errors": [], "clock": "kernel",
        }),
    );
    check_unknown(&seen, &["path-mtu_bytes", "too-big", "black-hole"]);
}

#[test]
fn of_silence_only_the_loss_is_known() {
    let (outcome, seen) = seen(&raw(&[None, None]));
    assert!(matches!(outcome, Outcome::NoAnswer(_)));
    check(
        &seen,
        &json!({ "sent": 2, "received": 0, "loss_percent": 100.0 }),
    );
    check_unknown(
        &seen,
        &["rtt", "jitter_ms", "rtts_ms", "reply-ttl", "responders"],
    );
    check_unknown(
        &seen,
        &["errors", "duplicates", "corrupt", "late", "from-other"],
    );
}

#[test]
fn of_what_could_not_leave_nothing_is_known() {
    let mut unasked = raw(&[]);
    unasked.outcome = RawOutcome::CouldNotAsk("local: no route".to_owned());
    unasked.local_error = Some("local: no route".to_owned());
    let (outcome, seen) = seen(&unasked);
    assert!(matches!(outcome, Outcome::CouldNotAsk(_)));
    check(&seen, &json!({ "local-error": "local: no route" }));
    check_unknown(
        &seen,
        &["sent", "received", "loss_percent", "rtt", "errors"],
    );
}

#[test]
fn an_error_in_place_of_every_echo_leaves_nothing_to_say_of_echoes() {
    let too_big = Answer {
        next_hop_mtu: Some(1400),
        ..error(3, 4)
    };
    let answers = [Some(error(3, 1)), Some(error(3, 1)), Some(too_big)];
    let (outcome, seen) = seen(&raw(&answers));
    assert_eq!(outcome, Outcome::Answered);
    check(
        &seen,
        &json!({
            "received": 0, "loss_percent": 100.0, "rtt": null, "jitter_ms": null, "responders": [],
            "from-other": null, "rtts_ms": [], "duplicates": 0,
        }),
    );
    let errors = seen["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2);
    check(
        &errors[0],
        &json!({ "said": "host-unreachable", "count": 2, "address": "198.51.100.1", "next-hop-mtu_bytes": null }),
    );
    check(
        &errors[1],
        &json!({ "said": "fragmentation-needed", "count": 1, "next-hop-mtu_bytes": 1400 }),
    );
}

#[test]
fn what_comes_from_elsewhere_or_damaged_or_by_another_clock_is_said() {
    let odd = Answer {
        from: ELSEWHERE,
        corrupt: true,
        clock: route::Clock::Process,
        reply_ttl: Some(120),
        ..echo(9)
    };
    let (_, seen) = seen(&raw(&[Some(echo(9)), Some(odd)]));
    check(
        &seen,
        &json!({
            "received": 2, "corrupt": 1, "from-other": true, "clock": "process",
            "reply-ttl": 60, "reply-ttls": [60, 120],
        }),
    );
    assert_eq!(seen["responders"][1]["address"], "198.51.100.1");
}

#[test]
fn of_one_echo_there_is_no_jitter_to_know() {
    let (_, seen) = seen(&raw(&[Some(echo(9)), None]));
    check_unknown(&seen, &["jitter_ms"]);
    assert_eq!(seen["rtt"]["median_ms"], 9.0);
}

#[test]
fn an_echo_too_late_is_no_silence() {
    let mut late = raw(&[None]);
    late.late = 1;
    let (outcome, seen) = seen(&late);
    assert_eq!(outcome, Outcome::Answered);
    check(&seen, &json!({ "received": 0, "late": 1, "rtt": null }));
}

#[test]
fn who_sees_echoes_alone_knows_nothing_of_the_rest() {
    let mut less = raw(&[Some(echo(9)), None]);
    less.sees = Sees::Echoes;
    let (_, seen) = seen(&less);
    check(
        &seen,
        &json!({ "received": 1, "loss_percent": 50.0, "from-other": false }),
    );
    check_unknown(
        &seen,
        &["errors", "duplicates", "corrupt", "late", "out-of-order"],
    );
}
