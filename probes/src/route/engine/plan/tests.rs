//! The plan against a played network in played time.

use super::{Asked, Plan, Planning, Step};
use crate::route::{Limits, Question};
use std::time::{Duration, Instant};

/// A route as a list of round-trip times, 0 for a silent hop; the last is the destination's.
struct World {
    rtts_ms: Vec<u64>,
    destination_echoes: bool,
    /// How many of the first probes to a hop are lost there.
    loses: fn(ttl: u8) -> usize,
}

struct Told {
    took_ms: u64,
    /// For each TTL from 1 on: probes sent, probes answered.
    hops: Vec<(usize, usize)>,
}

impl Told {
    fn sent(&self) -> usize {
        self.hops.iter().map(|(sent, _)| sent).sum()
    }
}

fn world(rtts_ms: &[u64]) -> World {
    World {
        rtts_ms: rtts_ms.to_vec(),
        destination_echoes: true,
        loses: |_| 0,
    }
}

/// The round-trip time of the answer to a probe, and whether it ends the way.
fn answer(world: &World, ttl: u8, nth: usize) -> Option<(u64, bool)> {
    let distance = usize::from(ttl).min(world.rtts_ms.len());
    let is_end = distance == world.rtts_ms.len();
    let rtt_ms = *world.rtts_ms.get(distance - 1)?;
    let is_silent =
        rtt_ms == 0 || nth < (world.loses)(ttl) || (is_end && !world.destination_echoes);
    (!is_silent).then_some((rtt_ms, is_end))
}

fn play(world: &World, question: &Question) -> Told {
    let start = Instant::now();
    let mut now = start;
    let mut plan = Plan::new(question, Limits::default());
    let mut coming: Vec<(Instant, Asked, u8, Duration, bool)> = Vec::new();
    let mut hops = vec![(0, 0); question.max_hops.into()];
    loop {
        coming.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        while let Some((at, asked, ttl, rtt, is_end)) = coming.pop_if(|(at, ..)| *at <= now) {
            assert!(at <= now);
            plan.heard(asked, rtt, is_end);
            hops[usize::from(ttl) - 1].1 += 1;
        }
        match plan.next(now) {
            Step::Done => break,
            Step::Wait(until) => {
                assert!(until > now, "waits for the past");
                now = coming.last().map_or(until, |(at, ..)| until.min(*at));
            }
            Step::Ask { ttl, flow } => {
                let asked = plan.sent(ttl, flow, now).unwrap();
                let nth = &mut hops[usize::from(ttl) - 1].0;
                if let Some((rtt_ms, is_end)) = answer(world, ttl, *nth) {
                    let rtt = Duration::from_millis(rtt_ms);
                    coming.push((now + rtt, asked, ttl, rtt, is_end));
                }
                *nth += 1;
                now += Duration::from_micros(50);
            }
        }
    }
    Told {
        took_ms: now.duration_since(start).as_millis() as u64,
        hops,
    }
}

fn question() -> Question {
    Question::new([192, 0, 2, 1].into())
}

/// Paris to Singapore over Marseille, hops 10 and 12 silent.
const PARIS: [u64; 15] = [4, 8, 8, 6, 5, 5, 5, 6, 240, 0, 330, 0, 364, 378, 370];

#[test]
fn a_trace_lasts_as_long_as_its_slowest_answer_and_the_tries_before_it() {
    let told = play(&world(&[1, 5, 20, 80]), &question());
    assert!((180..=190).contains(&told.took_ms), "{} ms", told.took_ms);
    assert_eq!(told.hops[..4], [(3, 3); 4]);
}

#[test]
fn silent_hops_and_a_silent_destination_cost_less_than_half_an_rtt() {
    for destination_echoes in [true, false] {
        let told = play(
            &World {
                destination_echoes,
                ..world(&PARIS)
            },
            &question(),
        );
        assert!(
            told.took_ms <= 378 * 3 / 2 + 10,
            "{} ms, destination echoes: {destination_echoes}",
            told.took_ms
        );
        for (ttl, rtt_ms) in PARIS.iter().enumerate().take(14) {
            assert_eq!(told.hops[ttl].1 >= 3, *rtt_ms > 0, "hop {}", ttl + 1);
        }
    }
}

#[test]
fn nothing_is_sent_beyond_a_destination_known_to_be_near() {
    let told = play(&world(&[1, 1, 1]), &question());
    assert!(
        told.hops[3..].iter().all(|(sent, _)| *sent <= 1),
        "{:?}",
        told.hops
    );
}

#[test]
fn a_jump_over_an_ocean_is_not_taken_for_silence() {
    let told = play(&world(&[1, 2, 400, 410]), &question());
    assert_eq!(told.hops[..4], [(3, 3); 4]);
}

#[test]
fn a_lost_answer_is_asked_for_again_while_others_are_waited_for() {
    let told = play(
        &World {
            loses: |ttl| usize::from(ttl == 2) * 2,
            ..world(&[2, 3, 4, 300])
        },
        &question(),
    );
    assert_eq!(told.hops[1], (5, 3));
    assert!(told.took_ms <= 410, "{} ms", told.took_ms);
}

#[test]
fn a_silent_hop_is_not_asked_for_ever() {
    let told = play(&world(&[2, 0, 4, 900]), &question());
    assert_eq!(told.hops[1], (6, 0));
}

#[test]
fn nobody_at_all_is_given_up_soon_and_never_after_the_timeout() {
    let nobody = world(&[0; 30]);
    let told = play(&nobody, &question());
    assert!((450..=600).contains(&told.took_ms), "{} ms", told.took_ms);
    let hasty = play(
        &nobody,
        &Question {
            timeout: Duration::from_millis(100),
            ..question()
        },
    );
    assert!((100..=220).contains(&hasty.took_ms), "{} ms", hasty.took_ms);
}

#[test]
fn every_flow_asks_every_hop_and_the_first_as_often_as_tries_say() {
    let told = play(
        &world(&[1, 2, 3]),
        &Question {
            flows: 5,
            ..question()
        },
    );
    assert_eq!(told.hops[..3], [(7, 7); 3]);
    assert!(told.sent() < 7 * 3 + 30, "{:?}", told.hops);
}

#[test]
fn the_last_distance_there_is_ends_without_overflow() {
    let told = play(
        &world(&[1; 300]),
        &Question {
            first_hop: 250,
            max_hops: 255,
            ..question()
        },
    );
    assert_eq!(told.hops[249..], [(3, 3); 6]);
}
