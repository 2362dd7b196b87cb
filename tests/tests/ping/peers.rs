//! The same hosts asked by several: they agree on what became of each echo.

use crate::child::{Case, builtin, enter, sh};
use netspec_lab::Lab;
use netspec_probes::facts::Atlas;
use netspec_probes::ping::{Pinger, Question, Surge, describe};
use netspec_probes::route::{Engine, Limits};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "ping::what_is_lost_and_what_comes_twice",
        tools: &["ping"],
        play: beside_ping,
    },
    Case {
        name: "ping::over_ipv6",
        tools: &["ping"],
        play: beside_ping_6,
    },
    Case {
        name: "ping::how_large_a_packet_may_be",
        tools: &["ping"],
        play: mtu_beside_ping,
    },
    Case {
        name: "fping::what_is_lost",
        tools: &["fping"],
        play: beside_fping,
    },
    Case {
        name: "surge::beside_the_engine",
        tools: &[],
        play: beside_surge,
    },
];

/// How much longer than another tool's a shortest round trip may be: a busy machine delays all of them, the shortest of
/// several hardly.
const RTT_BOUND_MS: f64 = 20.0;

fn lab() -> Lab {
    enter(&builtin("echo"))
}

fn question(to: &str) -> Question {
    let mut question = Question::new(to.parse().unwrap());
    question.interval = Duration::from_millis(20);
    question.timeout = Duration::from_secs(1);
    question
}

/// What a pinger sees, as JSON.
fn seen(pinger: &impl Pinger, question: &Question) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let raw = runtime.unwrap().block_on(pinger.ping(question));
    let atlas = Atlas::empty();
    let facts = |address: IpAddr| atlas.facts(address);
    let observation = describe(&raw, &facts, &BTreeMap::new(), Vec::new());
    serde_json::to_value(observation.seen).unwrap()
}

/// What our engine sees: a new one for each question, for an engine belongs to its runtime.
fn ours(question: &Question) -> Value {
    seen(&Engine::new(Limits::default()), question)
}

/// The number before a word in a tool's text: `5 packets transmitted`.
fn before(text: &str, word: &str) -> u64 {
    let (left, _) = text
        .split_once(word)
        .unwrap_or_else(|| panic!("no `{word}`: {text}"));
    let digits = left
        .rsplit([' ', '+', '\n', ','])
        .find(|part| !part.is_empty());
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("{word}: {text}"))
}

/// The shortest round trip in `rtt min/avg/max/mdev = 10.1/10.2/10.3/0.1 ms`.
fn min_ms(text: &str) -> f64 {
    let figures = text
        .rsplit_once(" = ")
        .unwrap_or_else(|| panic!("{text}"))
        .1;
    figures
        .split('/')
        .next()
        .and_then(|min| min.parse().ok())
        .unwrap()
}

#[track_caller]
fn check_rtt(ours: &Value, theirs_ms: f64) {
    let min_ms = ours["rtt"]["min_ms"].as_f64().unwrap();
    assert!(
        (min_ms - theirs_ms).abs() < RTT_BOUND_MS,
        "{min_ms} and {theirs_ms} ms"
    );
}

fn check_beside_ping(to: &str, tool: &str) {
    let ours = ours(&Question {
        count: 4,
        ..question(to)
    });
    let theirs = sh(&format!("{tool} -n -c 4 -i 0.02 -W 1 {to}"));
    assert_eq!(
        ours["sent"],
        before(&theirs, " packets transmitted"),
        "{theirs}"
    );
    assert_eq!(ours["received"], before(&theirs, " received"), "{theirs}");
    let copies = match theirs.contains(" duplicates") {
        true => before(&theirs, " duplicates"),
        false => 0,
    };
    assert_eq!(ours["duplicates"], copies, "{theirs}");
    let ttl = format!("ttl={} ", ours["reply-ttl"]);
    assert!(theirs.contains(&ttl), "{ttl} in {theirs}");
    check_rtt(&ours, min_ms(&theirs));
}

fn beside_ping() {
    let _lab = lab();
    // The steady one, one that loses, one that repeats: to each asker from the first turn on. Four requests, for the fifth is
    // repeated too, which ping, ended by its last echo, no longer hears.
    for to in ["203.0.113.1", "203.0.113.2", "203.0.113.4"] {
        check_beside_ping(to, "ping -4");
    }
    let error = sh("ping -4 -n -c 1 -W 1 203.0.113.12");
    assert!(
        error.contains("From 198.18.0.2 icmp_seq=1 Destination Host Unreachable"),
        "{error}"
    );
    let errors = &ours(&question("203.0.113.12"))["errors"];
    assert_eq!(errors[0]["said"], "host-unreachable");
    assert_eq!(errors[0]["address"], "198.18.0.2");
}

fn beside_ping_6() {
    let _lab = lab();
    check_beside_ping("2001:db8:d::1", "ping -6");
    let error = sh("ping -6 -n -c 1 -W 1 2001:db8:d::12");
    assert!(
        error.contains("Destination unreachable: No route"),
        "{error}"
    );
    let errors = &ours(&question("2001:db8:d::12"))["errors"];
    assert_eq!(errors[0]["said"], "no-route");
}

fn mtu_beside_ping() {
    let _lab = lab();
    let uncut = |size| {
        sh(&format!(
            "ping -4 -n -c 1 -W 1 -M do -s {size} 203.0.113.20"
        ))
    };
    let refused = uncut(1373);
    assert!(
        refused.contains("Frag needed and DF set (mtu = 1400)"),
        "{refused}"
    );
    assert_eq!(before(&uncut(1372), " received"), 1);
    let cut = sh("ping -4 -n -c 1 -W 1 -M dont -s 1373 203.0.113.20");
    assert_eq!(before(&cut, " received"), 1, "{cut}");
    // By now the kernel knows of the narrow link; ours looks for itself.
    let mut asked = question("203.0.113.20");
    asked.path_mtu = true;
    let ours = ours(&asked);
    assert_eq!(ours["path-mtu_bytes"], 1400);
    assert_eq!(ours["too-big"][0]["address"], "198.18.0.20");
}

fn beside_fping() {
    let _lab = lab();
    for to in [
        "203.0.113.1",
        "203.0.113.2",
        "203.0.113.11",
        "2001:db8:d::2",
    ] {
        let ours = ours(&question(to));
        let theirs = sh(&format!("fping -q -c 5 -p 20 -t 1000 {to}"));
        let counted = format!(
            "xmt/rcv/%loss = {}/{}/{}%",
            ours["sent"],
            ours["received"],
            ours["loss_percent"].as_f64().unwrap()
        );
        assert!(theirs.contains(&counted), "{counted} in {theirs}");
        if ours["received"] != 0 {
            check_rtt(&ours, min_ms(&theirs));
        }
    }
}

fn beside_surge() {
    let _lab = lab();
    let mut uncut = question("203.0.113.1");
    uncut.dont_fragment = true;
    assert_eq!(
        seen(&Surge, &uncut).get("sent"),
        None,
        "not asked otherwise than it should be"
    );
    for to in [
        "203.0.113.1",
        "203.0.113.2",
        "2001:db8:d::1",
        "2001:db8:d::2",
    ] {
        let (ours, theirs) = (ours(&question(to)), seen(&Surge, &question(to)));
        for word in [
            "sent",
            "received",
            "loss_percent",
            "responders",
            "from-other",
            "target",
        ] {
            assert_eq!(ours[word], theirs[word], "{word} of {to}");
        }
        assert_eq!(
            (&ours["clock"], &theirs["clock"]),
            (&"kernel".into(), &"process".into())
        );
        assert_eq!(
            (theirs.get("errors"), theirs.get("duplicates")),
            (None, None)
        );
        check_rtt(&ours, theirs["rtt"]["min_ms"].as_f64().unwrap());
    }
}
