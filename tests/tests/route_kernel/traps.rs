//! What routers do that a kernel does not: the world of traps, each route one of them.

use crate::cases::{path, to, told, trace};
use netspec_lab::{Lab, World};
use netspec_probes::route::{HopKind, MplsLabel, Question, Seen};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const ALL: &[(&str, fn())] = &[
    (
        "label_stacks_are_read_with_and_without_the_length_attribute",
        labels,
    ),
    ("eight_quoted_bytes_are_enough", short_quotes),
    ("a_hop_that_balances_is_told_by_how", balanced),
    ("a_circle_is_a_loop", circle),
    ("who_answers_in_the_destinations_name_is_not_the_end", liars),
    ("duplicates_are_counted_and_change_nothing", repeating),
    ("what_comes_after_the_timeout_is_no_answer", late),
    ("a_lossy_hop_is_asked_again", lossy),
    ("the_same_world_by_ipv6", six),
    ("the_articles_route_is_seen_to_its_end", paris),
];

fn enter(world: &str) -> Lab {
    let text = netspec_lab::builtin(world).expect("it comes with the crate");
    let world = World::parse(text, world).expect("it is whole");
    netspec_lab::enter(&world).expect("this machine has just allowed it")
}

fn seen(address: &str) -> Seen {
    let _lab = enter("traps");
    told(&trace(to(address))).seen
}

fn label(label: u32, tc: u8, bottom: bool, ttl: u8) -> MplsLabel {
    MplsLabel {
        label,
        tc,
        bottom,
        ttl,
    }
}

fn labels() {
    let seen = seen("203.0.113.100");
    let stacks: Vec<_> = seen
        .path
        .iter()
        .map(|hop| hop.addresses[0].mpls.clone())
        .collect();
    let stated = vec![label(24015, 3, false, 1), label(16, 0, true, 1)];
    let unstated = vec![label(1_048_575, 7, true, 255)];
    assert_eq!(stacks, [vec![], stated, unstated, vec![]]);
}

fn short_quotes() {
    let seen = seen("203.0.113.101");
    assert_eq!(
        path(&seen),
        ["192.0.2.1", "198.18.2.2", "198.18.2.3", "203.0.113.101"]
    );
    assert_eq!(seen.path[2].addresses[0].mpls, [label(77, 0, true, 1)]);
}

fn balanced() {
    let _lab = enter("traps");
    let ask = |flows| {
        let question = Question {
            flows,
            tries: 10,
            ..to("203.0.113.102")
        };
        told(&trace(question)).seen
    };
    let (one, many, again) = (ask(1), ask(16), ask(16));
    assert_eq!(
        (one.path[1].kind, one.path[2].kind),
        (HopKind::PerPacket, HopKind::Single)
    );
    assert_eq!(
        (many.path[1].kind, many.path[2].kind),
        (HopKind::PerPacket, HopKind::PerFlow)
    );
    assert_eq!(ways(&many), ways(&again), "a flow takes the same way again");
}

/// Which flows each address of the third hop answered.
fn ways(seen: &Seen) -> BTreeMap<IpAddr, Vec<u16>> {
    let addresses = seen.path[2].addresses.iter();
    addresses
        .map(|it| (it.facts.address, it.flows.clone()))
        .collect()
}

fn circle() {
    let _lab = enter("traps");
    let seen = told(&trace(Question {
        max_hops: 7,
        ..to("203.0.113.106")
    }))
    .seen;
    assert_eq!(
        (seen.reached, seen.ended.as_str(), seen.hops),
        (false, "loop", 7)
    );
    assert_eq!(
        path(&seen)[1..5],
        ["198.18.7.2", "198.18.7.3", "198.18.7.2", "198.18.7.3"]
    );
}

fn liars() {
    let seen = seen("203.0.113.107");
    assert_eq!((seen.reached, seen.hops), (true, 4));
    let who = &seen.path[2].addresses[0];
    assert_eq!(
        (who.said.as_str(), who.from_target),
        ("time-exceeded", true)
    );
    assert_eq!(
        seen.destination.map(|it| it.said),
        Some("echo-reply".into())
    );
}

fn repeating() {
    let seen = seen("203.0.113.105");
    assert!(seen.duplicates > 0, "{seen:#?}");
    assert!(
        seen.path
            .iter()
            .all(|hop| hop.answered <= hop.sent && hop.kind == HopKind::Single),
        "{seen:#?}"
    );
}

/// The second hop answers after 2.6 s; two seconds are waited at most, and not for it once the rest is known.
fn late() {
    let _lab = enter("traps");
    let raw = trace(to("203.0.113.108"));
    let seen = told(&raw).seen;
    assert_eq!(
        (seen.reached, seen.hops, seen.path[1].kind),
        (true, 4, HopKind::Silent)
    );
    assert!(raw.took < Duration::from_secs(2), "{:?}", raw.took);
}

fn lossy() {
    let seen = seen("203.0.113.104");
    assert_eq!((seen.reached, seen.hops), (true, 3));
    assert!(
        seen.path[1].sent > 3 || seen.path[1].answered == 3,
        "{seen:#?}"
    );
}

fn six() {
    let seen = seen("2001:db8:d::1");
    assert_eq!((seen.reached, seen.hops, seen.silent_hops), (true, 6, 1));
    assert_eq!(
        path(&seen)[..4],
        ["2001:db8:c::1", "2001:db8:a::2", "", "2001:db8:a::4"]
    );
    assert_eq!(seen.path[3].addresses[0].mpls, [label(24015, 5, true, 1)]);
}

/// Hops 10 and 12 are silent. How long it takes beside its slowest answer is measured by the bench.
fn paris() {
    let _lab = enter("paris-2023");
    let seen = told(&trace(to("101.33.110.25"))).seen;
    assert_eq!((seen.reached, seen.hops, seen.silent_hops), (true, 15, 2));
}
