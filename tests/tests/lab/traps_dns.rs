//! Everything a name server can mislead with, as `dig` and a bare socket see it.

use std::time::Duration;

use crate::child::{Case, builtin, dig, enter, sh};
use crate::probe;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "dns::truncation_sends_the_client_to_tcp",
        tools: &["dig"],
        play: truncation,
    },
    Case {
        name: "dns::alias_chains_loop_end_nowhere_and_run_long",
        tools: &["dig"],
        play: chains,
    },
    Case {
        name: "dns::no_data_no_name_failure_and_refusal_differ",
        tools: &["dig"],
        play: statuses,
    },
    Case {
        name: "dns::extended_errors_and_server_names_are_given",
        tools: &["dig"],
        play: edns_options,
    },
    Case {
        name: "dns::flags_are_as_written",
        tools: &["dig"],
        play: flags,
    },
    Case {
        name: "dns::sections_come_in_the_order_written",
        tools: &["dig"],
        play: order,
    },
    Case {
        name: "dns::a_second_answer_follows_the_first",
        tools: &[],
        play: second,
    },
    Case {
        name: "dns::silence_closed_ports_and_missing_tcp_differ",
        tools: &["dig"],
        play: closed,
    },
    Case {
        name: "dns::hostile_bytes_arrive_as_they_are",
        tools: &[],
        play: hostile,
    },
    Case {
        name: "dns::a_server_may_think",
        tools: &[],
        play: slow,
    },
    Case {
        name: "dns::answers_change_with_time",
        tools: &["dig"],
        play: rebound,
    },
    Case {
        name: "dns::the_same_is_said_over_ipv6",
        tools: &["dig"],
        play: over_ipv6,
    },
];

const GOOD: &str = "@198.51.100.53";

fn status(question: &str) -> String {
    let said = sh(&format!("dig +tries=1 +time=2 {question}"));
    let status = said
        .split("status: ")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    status.unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn truncation() {
    let _lab = enter(&builtin("traps"));
    for (question, records) in [("truncated.test", 1), ("big.test TXT", 24)] {
        let first = sh(&format!("dig {GOOD} {question} +ignore"));
        assert!(first.contains("flags: qr tc rd ra"), "{first}");
        let said = sh(&format!("dig {GOOD} {question}"));
        assert!(said.contains("Truncated, retrying in TCP mode"), "{said}");
        assert!(said.contains(&format!("ANSWER: {records},")), "{said}");
    }
    let by_udp = sh(&format!("dig {GOOD} big.test TXT +ignore"));
    let size = by_udp
        .split("rcvd: ")
        .nth(1)
        .and_then(|rest| rest.trim().parse::<usize>().ok());
    assert!(
        size.is_some_and(|size| (600..=1232).contains(&size)),
        "{by_udp}"
    );
}

fn chains() {
    let _lab = enter(&builtin("traps"));
    let said = |name: &str| dig(&format!("{GOOD} +short {name}"));
    assert_eq!(said("loop.test"), ["pool.test.", "loop.test."]);
    assert_eq!(said("self.test"), ["self.test."]);
    assert_eq!(
        said("broken-chain.test"),
        ["a.broken-chain.test.", "203.0.113.200"]
    );
    let long = said("link0.chain40.test");
    assert_eq!((long.len(), long[40].as_str()), (41, "203.0.113.200"));
    assert_eq!(
        (
            said("nowhere.test"),
            status(&format!("{GOOD} nowhere.test"))
        ),
        (vec!["not-there.test.".into()], "NXDOMAIN".into())
    );
    assert_eq!(status(&format!("{GOOD} chain-to-nothing.test")), "NXDOMAIN");
}

fn statuses() {
    let _lab = enter(&builtin("traps"));
    let soa = "test. 300 IN SOA ns.test. hostmaster.test. 1 7200 900 86400 60";
    for (name, expected) in [("nodata.test", "NOERROR"), ("not-there.test", "NXDOMAIN")] {
        let question = format!("{GOOD} {name}");
        assert_eq!(status(&question), expected);
        assert_eq!(dig(&question), [""; 0]);
        assert_eq!(dig(&format!("{question} +noanswer +authority")), [soa]);
    }
    assert_eq!(status(&format!("{GOOD} v4-only.test AAAA")), "NOERROR");
    assert_eq!(status(&format!("{GOOD} servfail.test")), "SERVFAIL");
    assert_eq!(status(&format!("{GOOD} refused.test")), "REFUSED");
    assert_eq!(status("@198.51.100.56 plain.test"), "REFUSED");
    assert_eq!(status("@198.51.100.57 plain.test"), "SERVFAIL");
}

fn edns_options() {
    let _lab = enter(&builtin("traps"));
    let said = sh(&format!("dig {GOOD} servfail.test +nsid"));
    assert!(said.contains("EDE: 22 (No Reachable Authority)"), "{said}");
    assert!(said.contains("(\"lab-good-1\")"), "{said}");
    let unasked = sh(&format!("dig {GOOD} plain.test"));
    assert!(!unasked.contains("NSID"), "{unasked}");
    let old = sh("dig @198.51.100.54 plain.test");
    assert!(
        old.contains("ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0") && !old.contains("EDNS"),
        "{old}"
    );
}

fn flags() {
    let _lab = enter(&builtin("traps"));
    for (name, flags) in [
        ("plain", "qr rd ra"),
        ("authoritative", "qr aa rd"),
        ("authentic", "qr rd ra ad"),
        ("cut-short", "qr tc rd ra"),
    ] {
        let said = sh(&format!("dig {GOOD} {name}.test +ignore"));
        assert!(said.contains(&format!(";; flags: {flags};")), "{said}");
    }
}

fn order() {
    let _lab = enter(&builtin("traps"));
    let said = dig(&format!("{GOOD} disorder.test"));
    let expected = [
        "b.disorder.test. 60 IN A 203.0.113.200",
        "a.disorder.test. 60 IN CNAME b.disorder.test.",
        "disorder.test. 60 IN CNAME a.disorder.test.",
    ];
    assert_eq!(said, expected);
    assert_eq!(
        dig(&format!("{GOOD} +short bogons.test")),
        ["10.10.34.35", "127.0.0.1", "198.18.0.77"]
    );
    assert_eq!(
        dig(&format!("{GOOD} unrelated.test")),
        ["somebody-else.test. 60 IN A 203.0.113.200"]
    );
    assert_eq!(
        dig(&format!("{GOOD} only-glue.test +additional")),
        ["only-glue.test. 60 IN A 203.0.113.200"]
    );
}

fn second() {
    let _lab = enter(&builtin("traps"));
    let replies = probe::ask(
        "198.51.100.53",
        &probe::question("twice.test", 1),
        Duration::from_millis(300),
    );
    let ends: Vec<&[u8]> = replies
        .iter()
        .map(|(_, reply)| &reply[reply.len() - 4..])
        .collect();
    assert_eq!(ends, [[10, 10, 34, 36], [203, 0, 113, 200]]);
}

fn closed() {
    let lab = enter(&builtin("traps"));
    let said = |question: &str| sh(&format!("dig +tries=1 +time=1 {question}"));
    let silent = said("@198.51.100.55 plain.test");
    assert!(silent.contains("timed out"), "{silent}");
    let refused = said("@198.51.100.59 plain.test");
    assert!(refused.contains("connection refused"), "{refused}");
    let udp_only = said("@198.51.100.58 plain.test");
    assert!(
        udp_only.contains("retrying in TCP mode") && udp_only.contains("connection refused"),
        "{udp_only}"
    );
    // Refusals are the host's own, not a router's.
    assert_eq!(lab.counts().answered, 0);
}

fn hostile() {
    let _lab = enter(&builtin("traps"));
    let reply = |name: &str, kind: u8| {
        let replies = probe::ask(
            "198.51.100.53",
            &probe::question(name, kind),
            Duration::from_millis(200),
        );
        replies.into_iter().next().expect("a reply").1
    };
    let holds =
        |reply: Vec<u8>, bytes: &[u8]| reply.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(
        reply("terminal.test", 16),
        "\x1b[31mred\x1b[0m \u{202e}right to left\u{202c} \x07".as_bytes()
    ));
    assert!(holds(
        reply("2.10.18.198.in-addr.arpa", 12),
        "\x1b[31mred\u{202e}deb".as_bytes()
    ));
}

fn slow() {
    let _lab = enter(&builtin("traps"));
    let replies = probe::ask(
        "198.51.100.53",
        &probe::question("slow.test", 1),
        Duration::from_secs(3),
    );
    assert_eq!(replies.len(), 1);
    assert!(
        (1503.0..2500.0).contains(&replies[0].0),
        "{} ms",
        replies[0].0
    );
}

fn rebound() {
    let lab = enter(&builtin("traps"));
    let said = || dig(&format!("{GOOD} +short rebound.test"));
    assert_eq!(said(), ["203.0.113.200"]);
    std::thread::sleep(Duration::from_millis(2050).saturating_sub(lab.elapsed()));
    assert_eq!(said(), ["10.0.0.1"]);
}

fn over_ipv6() {
    let _lab = enter(&builtin("traps"));
    for by in ["+notcp", "+tcp"] {
        assert_eq!(
            dig(&format!("@2001:db8:53::53 {by} +short plain.test AAAA")),
            ["2001:db8:d::1"]
        );
    }
}
