//! What is traced, and what must be seen.

use crate::chain::{build, ip};
use netspec_probes::fact::Fact;
use netspec_probes::facts::AddressFacts;
use netspec_probes::observation::{Observation, Outcome};
use netspec_probes::route::{Clock, Engine, HopKind, Limits, Question, RawTrace, Seen, describe};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const ALL: &[(&str, fn())] = &[
    ("every_router_and_the_server_by_ipv4", || {
        whole_chain(|n| format!("198.18.{n}.2"));
    }),
    ("every_router_and_the_server_by_ipv6", || {
        whole_chain(|n| format!("2001:db8:{n}::2"));
    }),
    ("all_flows_see_the_one_way_there_is", several_flows),
    ("a_router_without_a_route_says_so", without_route),
    ("a_router_that_may_not_forward_says_so", prohibited),
    ("a_black_hole_ends_in_silence", black_hole),
    ("a_silent_router_is_a_gap", silent_router),
    (
        "a_router_that_limits_its_errors_is_seen_all_the_same",
        limited_router,
    ),
    (
        "two_hundred_routes_of_fifteen_hops_on_one_socket",
        two_hundred,
    ),
    ("without_permission_the_sysctl_is_named", not_permitted),
    ("without_a_route_nothing_is_asked", no_route),
];

const ROUTERS: usize = 5;

fn limits() -> Limits {
    let same_hop_gap = Duration::from_millis(10);
    Limits {
        packets_per_second: 20_000,
        same_hop_gap,
        ..Limits::default()
    }
}

fn trace_all(questions: Vec<Question>) -> Vec<RawTrace> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few descriptors");
    runtime.block_on(async {
        let engine = Engine::new(limits());
        let mut tracing = tokio::task::JoinSet::new();
        for question in questions {
            let engine = engine.clone();
            tracing.spawn(async move { engine.trace(&question).await });
        }
        tracing.join_all().await
    })
}

pub(crate) fn trace(question: Question) -> RawTrace {
    trace_all(vec![question]).remove(0)
}

pub(crate) fn to(address: &str) -> Question {
    Question::new(address.parse().expect("an address"))
}

pub(crate) fn told(raw: &RawTrace) -> Observation<Seen> {
    let unknown = |address: IpAddr| AddressFacts {
        address,
        special: None,
        exchange: Fact::Unknown,
        origins: Fact::Unknown,
        asn: Fact::Unknown,
        as_name: Fact::Unknown,
        country: Fact::Unknown,
        city: Fact::Unknown,
        prefix: Fact::Unknown,
        hostname: Fact::Unknown,
    };
    describe(raw, &unknown, &BTreeMap::new(), Vec::new())
}

/// The addresses of each hop, joined; empty where nobody answered.
pub(crate) fn path(seen: &Seen) -> Vec<String> {
    let hop = |hop: &netspec_probes::route::Hop| {
        let addresses = hop.addresses.iter().map(|it| it.facts.address.to_string());
        addresses.collect::<Vec<_>>().join(" ")
    };
    seen.path.iter().map(hop).collect()
}

fn whole_chain(address: fn(usize) -> String) {
    let _nodes = build(ROUTERS);
    let raw = trace(to(&address(ROUTERS + 1)));
    let seen = told(&raw).seen;
    let expect: Vec<String> = (1..=ROUTERS + 1).map(address).collect();
    assert_eq!(path(&seen), expect);
    assert_eq!(
        (seen.reached, seen.ended.as_str(), seen.hops),
        (true, "echo-reply", 6)
    );
    assert_eq!(
        (seen.silent_hops, seen.late, seen.duplicates, seen.dropped),
        (0, 0, 0, 0)
    );
    for hop in &seen.path {
        let [who] = hop.addresses.as_slice() else {
            panic!("{hop:?}")
        };
        assert_eq!((hop.kind, hop.answered), (HopKind::Single, 3), "{hop:?}");
        assert_eq!(
            who.said,
            if hop.ttl == 6 {
                "echo-reply"
            } else {
                "time-exceeded"
            }
        );
        assert_eq!(who.reply_ttl, Some(65 - hop.ttl), "answers start with 64");
        assert!(
            who.translated_to.is_none() && who.mpls.is_empty() && who.rtt_ms > 0.0,
            "{who:?}"
        );
    }
    let stamped = raw
        .probes
        .iter()
        .filter_map(|probe| probe.answer.as_ref())
        .filter(|it| it.clock == Clock::Kernel);
    assert!(
        stamped.count() >= 12,
        "kernel stamps, the first few perhaps aside"
    );
    assert_eq!(
        raw.source,
        Some(
            address(1)
                .replace(".2", ".1")
                .replace("::2", "::1")
                .parse()
                .expect("an address")
        )
    );
}

fn several_flows() {
    let _nodes = build(ROUTERS);
    let seen = told(&trace(Question {
        flows: 4,
        ..to("198.18.6.2")
    }))
    .seen;
    assert_eq!((seen.hops, seen.flows), (6, 4));
    for hop in &seen.path {
        assert_eq!((hop.kind, hop.answered), (HopKind::Single, 6), "{hop:?}");
        assert_eq!(hop.addresses[0].flows, [0, 1, 2, 3]);
    }
}

fn check_refusal(address: &str, ended: &str, icmp: (u8, u8)) {
    let seen = told(&trace(to(address))).seen;
    assert_eq!(
        (seen.reached, seen.ended.as_str(), seen.hops),
        (false, ended, ROUTERS as u32),
        "{address}"
    );
    let who = &seen.path[ROUTERS - 1].addresses[0];
    assert_eq!((who.icmp_type, who.icmp_code), (Some(icmp.0), Some(icmp.1)));
    assert!(who.unreachable && seen.destination.is_none());
}

fn without_route() {
    let _nodes = build(ROUTERS);
    check_refusal("203.0.113.1", "host-unreachable", (3, 1));
    check_refusal("2001:db8:e::1", "no-route", (1, 0));
}

fn prohibited() {
    let _nodes = build(ROUTERS);
    check_refusal("203.0.113.2", "administratively-prohibited", (3, 13));
    check_refusal("2001:db8:e::2", "administratively-prohibited", (1, 1));
}

fn black_hole() {
    let _nodes = build(ROUTERS);
    for address in ["203.0.113.3", "2001:db8:e::3"] {
        let raw = trace(to(address));
        let observation = told(&raw);
        let seen = &observation.seen;
        assert_eq!(observation.outcome, Outcome::Answered);
        assert_eq!(
            (seen.reached, seen.ended.as_str(), seen.hops),
            (false, "silence", ROUTERS as u32 - 1)
        );
        assert!(
            raw.took < Duration::from_secs(2),
            "silences are not summed: {:?}",
            raw.took
        );
    }
}

/// The third router may send nothing of its own, but forwards.
fn silent_router() {
    let nodes = build(ROUTERS);
    nodes[2].ip("rule add iif lo blackhole");
    nodes[2].ip("-6 rule add iif lo blackhole");
    for address in ["198.18.6.2", "2001:db8:6::2"] {
        let seen = told(&trace(to(address))).seen;
        assert_eq!((seen.reached, seen.hops, seen.silent_hops), (true, 6, 1));
        assert_eq!(
            (seen.path[2].kind, seen.path[2].answered),
            (HopKind::Silent, 0)
        );
        assert!(seen.path[2].sent > 3, "it was given a second chance");
        assert_eq!(
            seen.as_path,
            ["unknown"],
            "a gap between hops of one kind is no other system"
        );
    }
}

fn limited_router() {
    let nodes = build(ROUTERS);
    nodes[1].set("ipv4/icmp_ratelimit=1000");
    let seen = told(&trace(Question {
        tries: 10,
        ..to("198.18.6.2")
    }))
    .seen;
    let hop = &seen.path[1];
    assert_eq!(path(&seen)[1], "198.18.2.2");
    assert!((1..10).contains(&hop.answered) && hop.sent >= 10, "{hop:?}");
    assert!(
        seen.path
            .iter()
            .filter(|hop| hop.ttl != 2)
            .all(|hop| hop.answered >= 10),
        "{seen:?}"
    );
}

fn two_hundred() {
    let nodes = build(14);
    for node in &nodes {
        node.set("ipv4/icmp_msgs_per_sec=1000000");
        node.set("ipv4/icmp_msgs_burst=100000");
    }
    let questions = (0..200)
        .map(|n: u8| Question::new([100, 64, 0, n].into()))
        .collect();
    let begun = std::time::Instant::now();
    let traces = trace_all(questions);
    let took = begun.elapsed();
    let probes: usize = traces.iter().map(|raw| raw.probes.len()).sum();
    for raw in &traces {
        let seen = told(raw).seen;
        assert_eq!(
            (seen.reached, seen.hops, seen.silent_hops, seen.dropped),
            (true, 15, 0, 0),
            "{seen:#?}"
        );
        assert!(seen.path.iter().all(|hop| hop.answered >= 3), "{seen:#?}");
    }
    assert!(
        took < Duration::from_secs(20),
        "{probes} probes took {took:?}"
    );
}

/// A new network namespace permits nobody.
fn not_permitted() {
    let nodes = build(1);
    for address in ["198.18.2.2", "2001:db8:2::2"] {
        match told(&nodes[0].run(move || trace(to(address)))).outcome {
            Outcome::Unsupported(why) => {
                assert!(
                    why.contains("sysctl -w net.ipv4.ping_group_range="),
                    "{why}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

fn no_route() {
    ip("link add alone type veth");
    for address in ["192.0.2.1", "2001:db8::1"] {
        let observation = told(&trace(to(address)));
        assert!(
            matches!(&observation.outcome, Outcome::CouldNotAsk(why) if why.contains(address)),
            "{observation:?}"
        );
        assert_eq!(observation.seen.sent, 0);
    }
}
