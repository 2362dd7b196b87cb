//! Traces as they might come, told in the vocabulary.

use super::*;
use crate::facts::Asn;
use crate::icmp::Said;
use crate::route::{Answer, Clock, Evidence, Heard, HopKind, RawProbe};
use jiff::Timestamp;

pub(super) const TO: [u8; 4] = [203, 0, 113, 1];
/// Who, and the ICMP type and code.
type Said4 = ([u8; 4], (u8, u8));

const TIME_EXCEEDED: (u8, u8) = (11, 0);
const ECHO_REPLY: (u8, u8) = (0, 0);

/// 10.x is private, n.0.0.x is in AS n and country A, B, C … by n, 9.x is announced by nobody, 8.x is not in
/// the database, 12.x is announced by AS1 and AS2 together, 80.x is a peering LAN that AS80 announces.
fn facts(address: IpAddr) -> AddressFacts {
    let IpAddr::V4(v4) = address else {
        panic!("only IPv4 here")
    };
    let [system, ..] = v4.octets();
    let asn = match system {
        8 => Fact::Unknown,
        9 => Fact::Nothing,
        12 => Fact::Known(Asn(1)),
        system => Fact::Known(Asn(system.into())),
    };
    let country = Fact::Known(char::from(b'A' + system % 26).to_string());
    AddressFacts {
        address,
        special: (system == 10).then(|| "private".to_owned()),
        exchange: match system {
            80 => Fact::Known("NET-IX".to_owned()),
            _ => Fact::Unknown,
        },
        origins: match system {
            12 => Fact::Known(vec![Asn(1), Asn(2)]),
            _ => Fact::Unknown,
        },
        asn,
        as_name: Fact::Unknown,
        country,
        city: Fact::Unknown,
        prefix: Fact::Unknown,
        hostname: Fact::Unknown,
    }
}

pub(super) fn probe(ttl: u8, flow: u16, answer: Option<Said4>) -> RawProbe {
    let answer = answer.map(|(from, (icmp_type, icmp_code))| Answer {
        from: from.into(),
        said: Heard::Icmp(Said {
            v6: false,
            icmp_type,
            icmp_code,
        }),
        rtt: Duration::from_micros(1500 * u64::from(ttl)),
        clock: Clock::Kernel,
        reply_ttl: Some(64),
        mpls: Vec::new(),
        translated_to: None,
        next_hop_mtu: None,
        corrupt: false,
    });
    RawProbe {
        ttl,
        flow,
        sent_at: Duration::ZERO,
        answer,
    }
}

pub(super) fn trace(flows: u16, max_hops: u8, probes: Vec<RawProbe>) -> RawTrace {
    RawTrace {
        question: Question {
            flows,
            max_hops,
            ..Question::new(TO.into())
        },
        outcome: RawOutcome::Asked,
        asked_at: Timestamp::UNIX_EPOCH,
        source: None,
        probes,
        late: 0,
        duplicates: 0,
        unnamed: 0,
        is_capped: false,
        path_mtu: None,
        black_hole: None,
        dropped: 0,
        took: Duration::from_millis(10),
    }
}

/// One flow over these routers, one probe a hop; zeros are silent.
pub(super) fn routers(path: &[[u8; 4]]) -> Vec<RawProbe> {
    let answer = |from: [u8; 4]| (from != [0; 4]).then_some((from, TIME_EXCEEDED));
    path.iter()
        .zip(1..)
        .map(|(from, ttl)| probe(ttl, 0, answer(*from)))
        .collect()
}

pub(super) fn told(raw: &RawTrace) -> Seen {
    describe(raw, &facts, &BTreeMap::new(), Vec::new()).seen
}

#[track_caller]
fn check_path(systems: &[u8], expect: &str) {
    let path: Vec<[u8; 4]> = systems
        .iter()
        .zip(1..)
        .map(|(n, at)| if *n == 0 { [0; 4] } else { [*n, 0, 0, at] })
        .collect();
    let seen = told(&trace(1, 30, routers(&path)));
    assert_eq!(seen.as_path.join(" "), expect, "{systems:?}");
}

#[test]
fn a_path_in_tokens() {
    check_path(&[10, 1, 1, 2, 2], "private AS1 AS2");
    check_path(&[1, 0, 1], "AS1");
    check_path(&[1, 0, 0, 1, 1], "AS1");
    check_path(&[1, 0, 2], "AS1 * AS2");
    check_path(&[0, 1], "* AS1");
    check_path(&[1, 1, 2, 1, 1], "AS1 AS2? AS1");
    check_path(&[1, 0, 2, 0, 1], "AS1 * AS2? * AS1");
    check_path(&[1, 1, 2, 2, 1, 1], "AS1 AS2 AS1");
    check_path(&[1, 2, 3], "AS1 AS2 AS3");
    check_path(&[1, 9, 8, 1], "AS1 unrouted unknown AS1");
}

#[test]
fn one_hop_of_several_systems_is_written_as_their_union() {
    let mut probes = routers(&[[1, 0, 0, 1], [3, 0, 0, 2]]);
    probes.push(probe(2, 0, Some(([2, 0, 0, 2], TIME_EXCEEDED))));
    probes.extend([
        probe(3, 0, Some(([4, 0, 0, 3], TIME_EXCEEDED))),
        probe(3, 0, Some(([10, 0, 0, 3], TIME_EXCEEDED))),
    ]);
    assert_eq!(
        told(&trace(1, 30, probes)).as_path.join(" "),
        "AS1 AS{2,3} {AS4,private}"
    );
}

#[test]
fn a_neighbour_a_name_or_being_the_end_makes_a_system_sure() {
    let mut probes = routers(&[[1, 0, 0, 1], [1, 0, 0, 2], [2, 0, 0, 3], [3, 0, 0, 4]]);
    probes.push(probe(5, 0, Some((TO, ECHO_REPLY))));
    let names = BTreeMap::from([([3, 0, 0, 4].into(), Fact::Known("if-1.AS3.net.".to_owned()))]);
    let seen = describe(&trace(1, 30, probes), &facts, &names, Vec::new()).seen;
    let evidence: Vec<_> = seen
        .path
        .iter()
        .flat_map(|hop| &hop.addresses)
        .map(|address| address.evidence)
        .collect();
    let (strong, weak) = (Some(Evidence::Strong), Some(Evidence::Weak));
    assert_eq!(evidence, [strong, strong, weak, strong, strong]);
}

#[test]
fn a_peering_lan_is_its_exchange_and_a_shared_network_all_who_announce_it() {
    let way = routers(&[[1, 0, 0, 1], [80, 0, 0, 1], [12, 0, 0, 1], [2, 0, 0, 1]]);
    let seen = told(&trace(1, 30, way));
    assert_eq!(seen.as_path, ["AS1", "IX:NET-IX", "AS{1,2}", "AS2"]);
    let evidence: Vec<_> = seen
        .path
        .iter()
        .map(|hop| hop.addresses[0].evidence)
        .collect();
    let strong = Some(Evidence::Strong);
    assert_eq!(
        evidence,
        [strong, None, strong, strong],
        "no system is passed at an exchange"
    );
}

#[test]
fn answers_to_probes_sent_too_far_are_no_hops() {
    let mut probes = routers(&[[1, 0, 0, 1], [0; 4]]);
    probes.extend((3..=6).map(|ttl| probe(ttl, 0, Some((TO, ECHO_REPLY)))));
    let seen = told(&trace(1, 30, probes));
    assert_eq!(
        (
            seen.reached,
            seen.ended.as_str(),
            seen.hops,
            seen.silent_hops
        ),
        (true, "echo-reply", 3, 1)
    );
    assert_eq!((seen.path.len(), seen.sent, seen.answered), (3, 6, 5));
    assert_eq!(seen.destination.map(|it| it.facts.address), Some(TO.into()));
}

#[test]
fn a_router_that_says_unreachable_is_not_the_destination() {
    let mut probes = routers(&[[1, 0, 0, 1]]);
    probes.extend([
        probe(2, 0, Some(([1, 0, 0, 2], (3, 13)))),
        probe(3, 0, Some(([1, 0, 0, 2], (3, 13)))),
    ]);
    let seen = told(&trace(1, 30, probes));
    assert_eq!(
        (seen.reached, seen.ended.as_str(), seen.hops),
        (false, "administratively-prohibited", 2)
    );
    assert!(seen.destination.is_none() && seen.path[1].addresses[0].unreachable);
}

#[test]
fn a_closed_port_is_the_destination_only_in_its_own_words() {
    for (from, reached) in [(TO, true), ([1, 0, 0, 2], false)] {
        let mut probes = routers(&[[1, 0, 0, 1]]);
        probes.push(probe(2, 0, Some((from, (3, 3)))));
        let seen = told(&trace(1, 30, probes));
        assert_eq!(
            (seen.reached, seen.ended.as_str()),
            (reached, "port-unreachable")
        );
        assert_eq!(seen.path[1].addresses[0].unreachable, !reached);
    }
}

#[test]
fn time_exceeded_in_the_destinations_name_does_not_end_the_way() {
    let mut probes = routers(&[[1, 0, 0, 1], TO]);
    probes.push(probe(3, 0, Some((TO, ECHO_REPLY))));
    let seen = told(&trace(1, 30, probes));
    assert_eq!((seen.reached, seen.hops), (true, 3));
    assert!(seen.path[1].addresses[0].from_target);
    assert_eq!(seen.destination.unwrap().said, "echo-reply");
}

#[test]
fn an_echo_from_elsewhere_ends_the_way_without_reaching() {
    let mut probes = routers(&[[1, 0, 0, 1]]);
    probes.push(probe(2, 0, Some(([7, 0, 0, 7], ECHO_REPLY))));
    let seen = told(&trace(1, 30, probes));
    assert_eq!(
        (seen.reached, seen.ended.as_str()),
        (false, "echo-reply-from-another-address")
    );
}

#[test]
fn how_a_way_without_end_ends() {
    let ended = |max_hops, path: &[[u8; 4]]| told(&trace(1, max_hops, routers(path))).ended;
    let (a, b) = ([1, 0, 0, 1], [1, 0, 0, 2]);
    assert_eq!(ended(30, &[a, b, [0; 4]]), "silence");
    assert_eq!(ended(2, &[a, b]), "max-hops");
    assert_eq!(ended(4, &[a, b, a, b]), "loop");
    assert_eq!(ended(4, &[a, a, [0; 4], [0; 4]]), "silence");
}

#[test]
fn a_loop_keeps_its_hops() {
    let (a, b) = ([1, 0, 0, 1], [1, 0, 0, 2]);
    assert_eq!(told(&trace(1, 4, routers(&[a, b, a, b]))).path.len(), 4);
}

#[test]
fn balancing_is_told_apart_by_flow() {
    let (a, b) = (([1, 0, 0, 1], TIME_EXCEEDED), ([1, 0, 0, 2], TIME_EXCEEDED));
    let kind = |answers: [(u16, Option<Said4>); 3]| {
        let probes = answers
            .map(|(flow, answer)| probe(1, flow, answer))
            .to_vec();
        let raw = trace(2, 30, probes);
        let way = Way::of(&raw);
        let no_names = BTreeMap::new();
        hop::at(
            &raw,
            &way,
            1,
            &Known {
                facts: &facts,
                hostnames: &no_names,
            },
        )
        .kind
    };
    assert_eq!(
        kind([(0, Some(a)), (1, Some(a)), (0, None)]),
        HopKind::Single
    );
    assert_eq!(
        kind([(0, Some(a)), (1, Some(b)), (0, Some(a))]),
        HopKind::PerFlow
    );
    assert_eq!(
        kind([(0, Some(a)), (1, Some(b)), (0, Some(b))]),
        HopKind::PerPacket
    );
    assert_eq!(kind([(0, None), (1, None), (0, None)]), HopKind::Silent);
}

#[test]
fn flows_of_different_length_are_both_shown_and_a_lost_answer_is_no_length() {
    let router = |ttl, flow| probe(ttl, flow, Some(([1, 0, 0, ttl], TIME_EXCEEDED)));
    let end = |ttl, flow| probe(ttl, flow, Some((TO, ECHO_REPLY)));
    let longer = [
        router(1, 0),
        end(2, 0),
        router(1, 1),
        router(2, 1),
        end(3, 1),
    ];
    let seen = told(&trace(2, 30, longer.to_vec()));
    assert_eq!((seen.hops, seen.path[1].kind), (3, HopKind::PerFlow));
    let lost = [
        router(1, 0),
        end(2, 0),
        router(1, 1),
        probe(2, 1, None),
        end(3, 1),
    ];
    assert_eq!(told(&trace(2, 30, lost.to_vec())).hops, 2);
}

#[test]
fn countries_in_order_without_repeats() {
    let seen = told(&trace(
        1,
        30,
        routers(&[
            [1, 0, 0, 1],
            [1, 0, 0, 2],
            [0; 4],
            [2, 0, 0, 3],
            [1, 0, 0, 4],
        ]),
    ));
    assert_eq!(seen.countries, ["B", "C", "B"]);
}

#[test]
fn a_translation_begins_with_the_first_quote_of_another_destination() {
    let inner = IpAddr::from([10, 0, 0, 5]);
    let mut probes = routers(&[[1, 0, 0, 1], [1, 0, 0, 2], [0; 4], [10, 0, 0, 1]]);
    assert_eq!(
        told(&trace(1, 30, probes.clone())).translation,
        Fact::Nothing
    );
    for ttl in [4, 2] {
        let answer = probes[ttl - 1].answer.as_mut().unwrap();
        answer.translated_to = Some(inner);
        let seen = told(&trace(1, 30, probes.clone())).translation;
        let translation = seen.known().unwrap();
        assert_eq!(usize::from(translation.hop), ttl);
        assert_eq!(translation.to, facts(inner));
    }
}

#[test]
fn without_a_quote_no_translation_is_known() {
    let echo = vec![probe(1, 0, Some((TO, ECHO_REPLY)))];
    assert_eq!(told(&trace(1, 30, echo)).translation, Fact::Unknown);
    let mut by_tcp = trace(1, 30, routers(&[[1, 0, 0, 1]]));
    by_tcp.question.protocol = Protocol::Tcp(443);
    assert_eq!(told(&by_tcp).translation, Fact::Unknown);
}

#[test]
fn the_distance_back_is_what_the_ttl_lacks() {
    let back = [255, 250, 129, 128, 65, 64, 60, 1].map(nat::hops_back);
    assert_eq!(back, [1, 6, 127, 1, 64, 1, 5, 64]);
}

#[test]
fn outcomes_are_told_apart() {
    let outcome = |raw: &RawTrace| describe(raw, &facts, &BTreeMap::new(), Vec::new()).outcome;
    assert_eq!(
        outcome(&trace(1, 30, routers(&[[1, 0, 0, 1]]))),
        Outcome::Answered
    );
    assert!(matches!(
        outcome(&trace(1, 30, routers(&[[0; 4]]))),
        Outcome::NoAnswer(_)
    ));
    let refused = |outcome| RawTrace {
        outcome,
        ..trace(1, 30, Vec::new())
    };
    let unsupported = refused(RawOutcome::Unsupported("why".into()));
    assert_eq!(outcome(&unsupported), Outcome::Unsupported("why".into()));
    assert_eq!(told(&unsupported).path, []);
    assert_eq!(
        outcome(&refused(RawOutcome::CouldNotAsk("why".into()))),
        Outcome::CouldNotAsk("why".into())
    );
}
