//! The same ways asked by several: they find the same hops in the same order, the silent ones alike.

use crate::child::{Case, builtin, enter, hops, sh};
use netspec_probes::facts::Atlas;
use netspec_probes::route::{Engine, Limits, Protocol, Question, Seen, USUAL_UDP_PORT, describe};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "traceroute::by_icmp",
        tools: &["traceroute"],
        play: || beside(ICMP, "-I", traceroute),
    },
    Case {
        name: "traceroute::by_udp",
        tools: &["traceroute"],
        play: || beside(UDP, "-U -p 33434", traceroute),
    },
    Case {
        name: "traceroute::by_tcp",
        tools: &["traceroute"],
        play: || beside(TCP, "-T -p 443", traceroute),
    },
    Case {
        name: "traceroute::what_is_balanced_is_among_what_flows_all_finds",
        tools: &["traceroute"],
        play: balanced,
    },
    Case {
        name: "traceroute::by_tcp_a_closed_port_is_the_host_too",
        tools: &["traceroute"],
        play: closed,
    },
    Case {
        name: "mtr::by_icmp",
        tools: &["mtr"],
        play: || beside(ICMP, "", mtr),
    },
    Case {
        name: "mtr::by_udp",
        tools: &["mtr"],
        play: || beside(UDP, "-u", mtr),
    },
    Case {
        name: "mtr::by_tcp",
        tools: &["mtr"],
        play: || beside(TCP, "-T -P 443", mtr),
    },
];

const ICMP: Protocol = Protocol::Icmp;
const UDP: Protocol = Protocol::Udp(USUAL_UDP_PORT);
const TCP: Protocol = Protocol::Tcp(443);

/// A host, its like by IPv6, one that only accepts connections, one behind short quotes and a silent router, one that a
/// firewall refuses, one behind labels.
const DESTINATIONS: [&str; 6] = [
    "203.0.113.10",
    "2001:db8:d::10",
    "203.0.113.11",
    "203.0.113.12",
    "203.0.113.13",
    "203.0.113.14",
];
const DIAMONDS: &str = "203.0.113.20";
const MAX_HOPS: u8 = 8;

/// Who answered at each distance; nobody at some.
type Path = Vec<Option<String>>;

fn ours(question: &Question) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let tracing = async { Engine::new(Limits::default()).trace(question).await };
    let raw = runtime.unwrap().block_on(tracing);
    let atlas = Atlas::empty();
    let facts = |address: IpAddr| atlas.facts(address);
    describe(&raw, &facts, &BTreeMap::new(), Vec::new()).seen
}

fn question(to: &str, protocol: Protocol) -> Question {
    Question {
        protocol,
        max_hops: MAX_HOPS,
        timeout: Duration::from_secs(1),
        ..Question::new(to.parse().unwrap())
    }
}

/// Everybody at each distance.
fn everybody(seen: &Seen) -> Vec<BTreeSet<String>> {
    let addresses = |hop: &netspec_probes::route::Hop| {
        let addresses = hop.addresses.iter();
        addresses.map(|it| it.facts.address.to_string()).collect()
    };
    seen.path.iter().map(addresses).collect()
}

/// The only one at each distance.
fn path(seen: &Seen) -> Path {
    let only = |all: BTreeSet<String>| {
        assert!(all.len() < 2, "one flow takes one way: {all:?}");
        all.into_iter().next()
    };
    everybody(seen).into_iter().map(only).collect()
}

fn traceroute(options: &str, to: &str) -> (Path, String) {
    let said = sh(&format!(
        "traceroute -n -q 1 -w 1 -m {MAX_HOPS} {options} {to}"
    ));
    let who = |hop: Vec<String>| hop.into_iter().find(|word| word != "*");
    (hops(&said).into_iter().map(who).collect(), said)
}

fn mtr(options: &str, to: &str) -> (Path, String) {
    let said = sh(&format!(
        "mtr -r -n -c 1 -G 1 -Z 1 -m {MAX_HOPS} {options} {to}"
    ));
    let host = |line: &str| {
        let (_, rest) = line.split_once(".|--")?;
        let host = rest.split_whitespace().next()?.to_owned();
        Some((host != "???").then_some(host))
    };
    (said.lines().filter_map(host).collect(), said)
}

/// Without what stands behind the end of the way: silence, and the same refusal again.
fn ended(mut path: Path) -> Path {
    while path.last().is_some_and(Option::is_none) {
        path.pop();
    }
    while matches!(path.as_slice(), [.., before, last] if before == last) {
        path.pop();
    }
    path
}

fn beside(protocol: Protocol, options: &str, tool: fn(&str, &str) -> (Path, String)) {
    let _lab = enter(&builtin("paths"));
    for to in DESTINATIONS {
        let seen = ours(&question(to, protocol));
        let (theirs, said) = tool(options, to);
        let theirs = ended(theirs);
        assert_eq!(path(&seen), theirs, "{said}");
        let reached = theirs
            .last()
            .is_some_and(|last| last.as_deref() == Some(to));
        assert_eq!(seen.reached, reached, "{said}");
        assert!(theirs.len() > 1, "{said}");
    }
}

/// traceroute asks each time from another port or with another sum, which is another flow.
fn balanced() {
    let _lab = enter(&builtin("paths"));
    for (protocol, options) in [(ICMP, "-I"), (UDP, "-U -p 33434"), (TCP, "-T -p 443")] {
        let one = everybody(&ours(&question(DIAMONDS, protocol)));
        let all = everybody(&ours(&Question {
            enumerate_ppm: Some(1_000),
            ..question(DIAMONDS, protocol)
        }));
        let said = sh(&format!("traceroute -n -q 8 -w 1 {options} {DIAMONDS}"));
        let theirs = hops(&said);
        assert_eq!((all[1].len(), all[2].len()), (4, 2), "{all:?}");
        assert_eq!((one.len(), theirs.len()), (all.len(), all.len()), "{said}");
        for ((one, theirs), all) in one.iter().zip(&theirs).zip(&all) {
            assert!(one.len() == 1 && one.is_subset(all), "{one:?} of {all:?}");
            let strange = theirs.iter().find(|who| *who != "*" && !all.contains(*who));
            assert_eq!(strange, None, "not among {all:?}: {said}");
        }
        let several = theirs[1].iter().collect::<BTreeSet<_>>().len();
        assert!(several > 1, "eight flows over four routers: {said}");
    }
}

fn closed() {
    let _lab = enter(&builtin("paths"));
    let to = DESTINATIONS[0];
    let seen = ours(&question(to, Protocol::Tcp(81)));
    let (theirs, said) = traceroute("-T -p 81 -O info", to);
    assert_eq!(path(&seen), theirs, "{said}");
    assert_eq!(seen.ended, "reset");
    assert!(said.contains("<rst,ack>"), "{said}");
}
