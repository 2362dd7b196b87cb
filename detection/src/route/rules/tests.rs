//! Small networks by hand, one for each rule.

use super::*;
use crate::place::Place;
use crate::route::{Hop, Reply};
use crate::simulate::at_once;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

const TARGET: &str = "9.0.0.9";

/// Ways by flow, flow n the n-th, counted round; `.` is silence. `1.0.0.1` is in AS1, `2.…` in AS2, 10 is private.
struct World {
    ways: Vec<&'static str>,
    /// What they are after a pause.
    later: Option<Vec<&'static str>>,
    pauses: AtomicUsize,
}

fn world(ways: &[&'static str]) -> World {
    World {
        ways: ways.to_vec(),
        later: None,
        pauses: AtomicUsize::new(0),
    }
}

fn place(address: &str) -> Place {
    let address: IpAddr = address.parse().unwrap();
    let mut place = Place::unknown(address);
    let IpAddr::V4(v4) = address else { panic!() };
    match v4.octets()[0] {
        10 => place.special = Some("private".into()),
        80 => place.exchange = Some("IX".into()),
        // Announced by two systems.
        12 => place.origins = Some([1, 2].into()),
        system => place.origins = Some([system.into()].into()),
    }
    place.country = Some(if v4.octets()[1] == 9 { "CN" } else { "FR" }.into());
    place
}

impl World {
    fn trace(&self, hops: RangeInclusive<u8>, flows: u16, tries: u8) -> Trace {
        let ways = match &self.later {
            Some(later) if self.pauses.load(Ordering::Relaxed) > 0 => later,
            _ => &self.ways,
        };
        let mut trace = Trace {
            target: TARGET.parse().unwrap(),
            reached: false,
            ended: None,
            hops: Vec::new(),
        };
        for ttl in hops {
            let mut by_address: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
            for flow in 0..flows {
                let way: Vec<&str> = ways[usize::from(flow) % ways.len()].split(' ').collect();
                let at = usize::from(ttl).min(way.len()) - 1;
                let beyond = usize::from(ttl) > way.len() && way[at] != TARGET;
                if way[at] != "." && !beyond {
                    by_address.entry(way[at]).or_default().insert(flow);
                }
            }
            trace.reached |= by_address.contains_key(TARGET);
            let sent = u32::from(flows) * u32::from(tries);
            let hop = Hop {
                ttl,
                sent,
                answered: by_address.values().map(|it| it.len() as u32).sum(),
                replies: by_address.into_iter().map(reply).collect(),
            };
            let is_end = hop
                .replies
                .iter()
                .all(|it| it.place.address == trace.target);
            let is_end = is_end && !hop.replies.is_empty();
            trace.hops.push(hop);
            if is_end {
                break;
            }
        }
        trace
    }

    fn whole(&self, flows: u16) -> Trace {
        self.trace(1..=20, flows, 1)
    }
}

fn reply((address, flows): (&str, BTreeSet<u16>)) -> Reply {
    Reply {
        place: place(address),
        flows,
        rtt_ms: 1.0,
        reply_ttl: None,
        mpls: false,
    }
}

impl Asker for World {
    async fn remap(&self, hops: RangeInclusive<u8>, flows: u16, tries: u8) -> Option<Trace> {
        Some(self.trace(hops, flows, tries))
    }

    async fn pause(&self, _: Duration) {
        self.pauses.fetch_add(1, Ordering::Relaxed);
    }
}

fn learned(ways: &[&'static str]) -> Model {
    let mut model = Model::default();
    for _ in 0..5 {
        model.learn(&world(ways).whole(8), Timestamp::UNIX_EPOCH);
    }
    model
}

fn judge(model: &Model, now: &World, rules: &Rules) -> Verdict {
    at_once(decide(model, &now.whole(1), now, rules)).unwrap()
}

#[track_caller]
fn check(before: &[&'static str], now: &[&'static str], word: Word, rule: &str) -> Verdict {
    let verdict = judge(&learned(before), &world(now), &Rules::default());
    assert_eq!((verdict.word, &*verdict.rule), (word, rule), "{verdict:#?}");
    assert!(verdict.evidence.iter().all(|said| !said.is_empty()));
    verdict
}

const USUAL: &str = "10.0.0.1 1.0.0.1 1.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";

#[test]
fn what_was_always_so_is_the_same() {
    check(&[USUAL], &[USUAL], Word::Same, "route-same");
    let silent = "10.0.0.1 . 1.0.0.2 . . 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[silent], Word::Same, "route-same");
}

#[test]
fn another_address_of_the_same_system_is_no_change() {
    let renumbered = "10.0.0.1 1.0.0.1 1.0.0.7 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[renumbered], Word::Variance, "route-new-address");
    let rules = Rules {
        detail: Detail::Ip,
        ..Rules::default()
    };
    let verdict = judge(&learned(&[USUAL]), &world(&[renumbered]), &rules);
    assert_eq!(
        (verdict.word, &*verdict.rule),
        (Word::Changed, "route-address")
    );
}

#[test]
fn another_system_is_a_change() {
    let inserted = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let replaced = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    let alone = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let gone = "10.0.0.1 1.0.0.1 1.0.0.2 9.0.0.1 9.0.0.9";
    let leaked = "10.0.0.1 1.0.0.1 9.0.0.7 1.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let otherwise = "10.0.0.1 1.0.0.1 1.0.0.2 1.0.0.5 1.0.0.6 9.0.0.1 9.0.0.9";
    for now in [inserted, replaced, alone, gone, leaked, otherwise] {
        let verdict = check(&[USUAL], &[now], Word::Changed, "route-remap-only-new");
        assert!(verdict.p_value.unwrap() < 0.0025, "{verdict:#?}");
        assert!(verdict.probes > 20);
    }
    let verdict = check(&[USUAL], &[replaced], Word::Changed, "route-remap-only-new");
    let edge = verdict.edge.unwrap();
    assert_eq!((&*edge.from, &*edge.to), ("AS1 -> AS2", "AS1 -> AS3"));
}

#[test]
fn one_hop_that_answers_with_a_strangers_address_is_no_change() {
    let border = "10.0.0.1 1.0.0.1 3.0.0.1 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[border], Word::Variance, "route-border");
    let alone = "10.0.0.1 1.0.0.1 2.0.0.1 9.0.0.1 9.0.0.9";
    let replaced = "10.0.0.1 1.0.0.1 3.0.0.1 9.0.0.1 9.0.0.9";
    check(&[alone], &[replaced], Word::Changed, "route-remap-only-new");
}

#[test]
fn a_new_branch_beside_the_known_ones_is_load_balancing() {
    let other = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    check(
        &[USUAL],
        &[other, USUAL],
        Word::Variance,
        "route-lb-widened",
    );
}

#[test]
fn a_branch_that_moved_is_a_change() {
    let second = "10.0.0.1 1.0.0.1 1.0.0.2 2.0.1.1 2.0.1.2 9.0.0.1 9.0.0.9";
    let moved = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    check(
        &[USUAL, second],
        &[moved, second],
        Word::Changed,
        "route-branch-moved",
    );
    check(&[USUAL, second], &[second, USUAL], Word::Same, "route-same");
}

/// A look in which the first hop of the branch that moved is silent; the second is where its branches are one again.
#[test]
fn a_branch_that_moved_behind_a_silent_hop_is_a_change() {
    let second = "10.0.0.1 1.0.0.1 1.0.0.2 2.0.1.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let moved = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    let lost = "10.0.0.1 1.0.0.1 1.0.0.2 . 3.0.0.2 9.0.0.1 9.0.0.9";
    let (model, rules) = (learned(&[USUAL, second]), Rules::default());
    let look = world(&[lost, second]).whole(6);
    let now = world(&[moved, second]);
    let verdict = at_once(decide(&model, &look, &now, &rules)).unwrap();
    assert_eq!(
        (verdict.word, &*verdict.rule),
        (Word::Changed, "route-branch-moved"),
        "{verdict:#?}"
    );
}

#[test]
fn a_borrowed_address_beside_a_silent_hop_is_asked_again() {
    let second = "10.0.0.1 1.0.0.1 1.0.0.3 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let border = "10.0.0.1 1.0.0.1 3.0.0.1 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let lost = "10.0.0.1 1.0.0.1 3.0.0.1 . 2.0.0.2 9.0.0.1 9.0.0.9";
    let look = world(&[lost, second]).whole(6);
    let now = world(&[border, second]);
    let model = learned(&[USUAL, second]);
    let verdict = at_once(decide(&model, &look, &now, &Rules::default())).unwrap();
    assert_eq!(
        (verdict.word, &*verdict.rule),
        (Word::Variance, "route-border"),
        "{verdict:#?}"
    );
    assert!(verdict.probes > 0, "{verdict:#?}");
}

/// The other branch was never seen, and tells of no system: but it is not the one that is gone.
#[test]
fn flows_that_meet_nobodys_addresses_tell_that_a_branch_is_gone() {
    let exchange = "10.0.0.1 1.0.0.1 1.0.0.2 80.0.0.1 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let other = "10.0.0.1 1.0.0.1 1.0.0.2 80.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    let moved = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(
        &[exchange],
        &[moved, other],
        Word::Changed,
        "route-branch-moved",
    );
}

#[test]
fn networks_of_several_origins_and_exchanges_are_no_other_systems() {
    let shared = "10.0.0.1 1.0.0.1 1.0.0.2 12.0.0.1 12.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[shared], Word::Variance, "route-new-address");
    let exchange = "10.0.0.1 1.0.0.1 1.0.0.2 80.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[exchange], Word::Variance, "route-exchange");
    let peering = "10.0.0.1 1.0.0.1 1.0.0.2 80.0.0.1 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[peering], Word::Changed, "route-remap-only-new");
}

#[test]
fn a_destination_that_answers_no_longer_is_a_change() {
    let cut = "10.0.0.1 1.0.0.1 1.0.0.2 .";
    let verdict = check(&[USUAL], &[cut], Word::Changed, "route-unreached");
    assert_eq!(verdict.edge.unwrap().from, "1.0.0.2 -> 2.0.0.1");
    check(&[USUAL], &["."], Word::Changed, "route-unreached");
    let hidden = "10.0.0.1 1.0.0.1 1.0.0.2 2.0.0.1 2.0.0.2 .";
    check(&[hidden], &[hidden], Word::Same, "route-same");
    check(
        &[hidden],
        &["10.0.0.1 1.0.0.1 ."],
        Word::Changed,
        "route-cut",
    );
    check(&["."], &["."], Word::Inconclusive, "route-silent");
}

#[test]
fn a_way_that_comes_round_is_a_change() {
    let round =
        "10.0.0.1 1.0.0.1 1.0.0.2 1.0.0.1 1.0.0.2 1.0.0.1 1.0.0.2 1.0.0.1 1.0.0.2 1.0.0.1 1.0.0.2";
    check(&[USUAL], &[round], Word::Changed, "route-loop");
}

#[test]
fn a_longer_way_is_a_change_from_three_hops_on() {
    let two = "10.0.0.1 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[two], Word::Variance, "route-new-address");
    let three = "10.0.0.1 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 1.0.0.5 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[three], Word::Changed, "route-longer");
    check(&[three], &[USUAL], Word::Changed, "route-shorter");
    let one_less = "10.0.0.1 1.0.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[one_less], Word::Variance, "route-shifted");
}

#[test]
fn another_country_is_a_change_where_two_hops_say_so() {
    let abroad = "10.0.0.1 1.0.0.1 1.9.0.2 2.9.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[abroad], Word::Changed, "route-country");
    let once = "10.0.0.1 1.0.0.1 1.9.0.2 2.0.0.1 2.0.0.2 9.0.0.1 9.0.0.9";
    check(&[USUAL], &[once], Word::Variance, "route-new-address");
}

#[test]
fn what_is_gone_after_the_pause_is_no_change() {
    let other = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    let now = World {
        later: Some(vec![USUAL]),
        ..world(&[other])
    };
    let verdict = judge(&learned(&[USUAL]), &now, &Rules::default());
    assert_eq!(
        (verdict.word, &*verdict.rule),
        (Word::Inconclusive, "route-not-reproduced")
    );
}

#[test]
fn what_was_before_the_last_change_flaps() {
    let other = "10.0.0.1 1.0.0.1 1.0.0.2 3.0.0.1 3.0.0.2 9.0.0.1 9.0.0.9";
    let mut model = learned(&[USUAL]);
    model.replace(&world(&[other]).whole(8), Timestamp::UNIX_EPOCH);
    let rules = Rules::default();
    assert_eq!(judge(&model, &world(&[other]), &rules).word, Word::Same);
    let verdict = judge(&model, &world(&[USUAL]), &rules);
    assert_eq!(
        (verdict.word, &*verdict.rule),
        (Word::Flapping, "route-alternate")
    );
    model.replace(&world(&[USUAL]).whole(8), Timestamp::UNIX_EPOCH);
    assert_eq!(model.traces, 6);
    assert_eq!(judge(&model, &world(&[USUAL]), &rules).word, Word::Same);
}

#[test]
fn before_enough_was_learned_nothing_is_a_change() {
    let mut model = Model::default();
    let replaced = world(&["10.0.0.1 3.0.0.1 9.0.0.9"]);
    for _ in 0..2 {
        model.learn(&world(&[USUAL]).whole(1), Timestamp::UNIX_EPOCH);
        let verdict = judge(&model, &replaced, &Rules::default());
        assert_eq!(
            (verdict.word, &*verdict.rule, verdict.probes),
            (Word::Variance, "route-learning", 0)
        );
    }
}
