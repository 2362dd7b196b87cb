//! The search against networks made by chance, each answer by the same rule for the same flow.

use super::*;
use crate::icmp::Said;
use crate::route::engine::trace::mix;
use crate::route::{Answer, Clock, Heard};
use std::thread::{self, available_parallelism};
use std::time::Duration;

/// A way whose hops have so many routers each; one is the destination's.
struct Network {
    seed: u64,
    widths: Vec<u64>,
    /// Hops that choose anew for every packet.
    per_packet: bool,
}

impl Network {
    /// The router a packet of a flow is at, and whether that is the destination. The choice depends on the router before, as
    /// every router balances by itself.
    fn router(&self, ttl: u8, flow: u16, packet: u64) -> (IpAddr, bool) {
        let mut at = 0;
        for (hop, width) in self.widths.iter().take(ttl.into()).enumerate() {
            let packet = if self.per_packet { packet } else { 0 };
            let words = [self.seed, hop as u64, at, flow.into(), packet];
            at = words.iter().fold(0, |state, word| mix(state ^ word)) % width;
        }
        let hop = usize::from(ttl).min(self.widths.len());
        let is_end = hop == self.widths.len();
        (IpAddr::from([10, hop as u8, 0, at as u8]), is_end)
    }

    /// Searches it as the engine does: six flows all the way, then what is wanted until nothing is.
    fn search(&self, stopping: &mut Stopping) -> (Vec<RawProbe>, bool) {
        let mut probes = Vec::new();
        let hops = self.widths.len() as u8;
        let first = stopping.probes(2) as u16;
        let mut asks: Vec<(u8, u16)> = (1..=hops)
            .flat_map(|ttl| (0..first).map(move |flow| (ttl, flow)))
            .collect();
        loop {
            for (ttl, flow) in asks {
                let (from, is_end) = self.router(ttl, flow, probes.len() as u64);
                probes.push(probe(ttl, flow, from, is_end));
            }
            let wanted = wanted(&probes, 1, stopping);
            if wanted.asks.is_empty() {
                return (probes, wanted.is_capped);
            }
            asks = wanted.asks;
        }
    }
}

fn probe(ttl: u8, flow: u16, from: IpAddr, is_end: bool) -> RawProbe {
    let (icmp_type, icmp_code) = if is_end { (0, 0) } else { (11, 0) };
    let said = Said {
        v6: false,
        icmp_type,
        icmp_code,
    };
    RawProbe {
        ttl,
        flow,
        sent_at: Duration::ZERO,
        answer: Some(Answer {
            from,
            said: Heard::Icmp(said),
            rtt: Duration::from_millis(1),
            clock: Clock::Kernel,
            reply_ttl: None,
            mpls: Vec::new(),
            translated_to: None,
            next_hop_mtu: None,
            corrupt: false,
        }),
    }
}

fn found(probes: &[RawProbe], ttl: u8) -> usize {
    let here = probes.iter().filter(|probe| probe.ttl == ttl);
    let routers: BTreeSet<IpAddr> = here
        .filter_map(|probe| Some(probe.answer.as_ref()?.from))
        .collect();
    routers.len()
}

/// Two to sixteen routers behind one, and whether they are not all seen. The way ends with them, so that no probe sent for the
/// sake of a farther hop helps.
fn is_missed(seed: u64, stopping: &mut Stopping) -> bool {
    let width = 2 + mix(seed ^ 0xd1a) % 15;
    let network = Network {
        seed,
        widths: vec![1, width],
        per_packet: false,
    };
    let (probes, is_capped) = network.search(stopping);
    assert!(!is_capped);
    found(&probes, 2) < width as usize
}

/// How many of so many diamonds are not seen whole, counted by as many threads as there are processors.
fn missed(failure: f64, diamonds: u64) -> usize {
    let threads = available_parallelism().map_or(1, usize::from);
    let share = |first: u64| {
        let mut stopping = Stopping::new(failure);
        let seeds = (first..diamonds).step_by(threads);
        seeds.filter(|seed| is_missed(*seed, &mut stopping)).count()
    };
    thread::scope(|scope| {
        let counting: Vec<_> = (0..threads as u64)
            .map(|first| scope.spawn(move || share(first)))
            .collect();
        counting.into_iter().map(|it| it.join().unwrap()).sum()
    })
}

/// Three standard deviations above what the bound itself would give: more than that is no chance.
fn bound(failure: f64, diamonds: u64) -> usize {
    let expected = diamonds as f64 * failure;
    (expected + 3.0 * (expected * (1.0 - failure)).sqrt()) as usize
}

/// For the figures in docs/detection: `cargo test -p netspec-probes diamonds -- --nocapture`.
#[test]
fn of_ten_thousand_diamonds_no_more_are_missed_than_stated() {
    for failure in [0.05, 0.01] {
        let missed = missed(failure, 10_000);
        println!("{missed} of 10000 diamonds missed at {failure}");
        assert!(missed <= bound(failure, 10_000), "{missed} at {failure}");
        assert!(missed > 0, "the stopping rule asks for more than it must");
    }
}

#[test]
fn behind_every_router_of_a_hop_the_next_are_searched() {
    let network = Network {
        seed: 9,
        widths: vec![1, 3, 6, 1],
        per_packet: false,
    };
    let (probes, is_capped) = network.search(&mut Stopping::new(0.01));
    assert_eq!((found(&probes, 2), found(&probes, 3)), (3, 6));
    assert!(!is_capped);
}

#[test]
fn without_balancing_nobody_is_asked_more_than_the_least() {
    let network = Network {
        seed: 1,
        widths: vec![1; 15],
        per_packet: false,
    };
    assert_eq!(network.search(&mut Stopping::new(0.05)).0.len(), 15 * 6);
}

#[test]
fn a_choice_by_packet_is_found_out_by_asking_one_flow_again() {
    let network = Network {
        seed: 4,
        widths: vec![1, 3, 1, 1],
        per_packet: true,
    };
    let (probes, _) = network.search(&mut Stopping::new(0.01));
    assert_eq!(found(&probes, 2), 3);
    assert!(Record::of(&probes).asked[&2].is_per_packet);
}

#[test]
fn more_routers_than_flows_can_show_is_said() {
    let network = Network {
        seed: 2,
        widths: vec![1, 200, 1],
        per_packet: false,
    };
    assert!(network.search(&mut Stopping::new(0.05)).1);
}
