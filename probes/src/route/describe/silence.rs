//! Why a hop that answers does not always: a limit on its answers is told from loss by asking it hastily and at leisure.

use super::way::Way;
use crate::route::{RawProbe, RawTrace, Silence};
use std::time::Duration;

/// What asks a hop after a pause of this length asks it at leisure: most routers that limit their answers to one asker
/// allow one more in a second (Linux: `icmp_ratelimit`) or sooner.
pub(in crate::route) const LEISURE: Duration = Duration::from_millis(1000);
/// So many at leisure are answered by chance no more than one time in a hundred where half of all answers are lost.
pub(in crate::route) const MOST_AT_LEISURE: usize = 7;
/// The chance at which a difference is taken for none by chance.
const CHANCE: f64 = 0.01;

/// Hops on the way whose silence has no explanation yet, each with the flow that met it.
#[cfg(target_os = "linux")]
pub(in crate::route) fn unexplained(raw: &RawTrace) -> Vec<(u8, u16)> {
    let way = Way::of(raw);
    let of_hop = |ttl| {
        let here = on_the_way(raw, &way, ttl);
        let answered = here.iter().find(|probe| probe.answer.is_some());
        let flow = answered.or(here.first())?.flow;
        let is_unexplained = match of(&here) {
            None => true,
            // Somebody else may have used up what its limit allows.
            Some(Silence::Always) => !(0..here.len()).any(|index| is_at_leisure(&here, index)),
            Some(Silence::None | Silence::RateLimited | Silence::Loss) => false,
        };
        is_unexplained.then_some((ttl, flow))
    };
    way.ttls().filter_map(of_hop).collect()
}

#[cfg(target_os = "linux")]
fn on_the_way<'a>(raw: &'a RawTrace, way: &Way, ttl: u8) -> Vec<&'a RawProbe> {
    let probes = raw.probes.iter();
    probes
        .filter(|probe| probe.ttl == ttl && !way.is_beyond(probe))
        .collect()
}

/// What the probes of one hop, in the order sent, say of its silence; nothing where they do not say.
pub(super) fn of(probes: &[&RawProbe]) -> Option<Silence> {
    let flow_answered = |flow| {
        let mut of_flow = probes.iter().filter(|probe| probe.flow == flow);
        of_flow.any(|probe| probe.answer.is_some())
    };
    if probes.iter().all(|probe| probe.answer.is_some()) {
        return Some(Silence::None);
    }
    if probes.iter().all(|probe| probe.answer.is_none()) {
        return Some(Silence::Always);
    }
    // A flow may meet a router that never answers, beside others that do.
    let mut asked = Asked::default();
    for (index, probe) in probes.iter().enumerate() {
        if flow_answered(probe.flow) {
            asked.note(is_at_leisure(probes, index), probe.answer.is_some());
        }
    }
    asked.verdict()
}

/// Whether a probe of a hop came after a pause; of the first, nobody knows what came before.
fn is_at_leisure(probes: &[&RawProbe], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| probes.get(before));
    let pause = before.zip(probes.get(index));
    let pause = pause.map(|(before, probe)| probe.sent_at.saturating_sub(before.sent_at));
    pause.is_some_and(|pause| pause >= LEISURE)
}

/// How often a hop was asked, and answered.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    hastily: usize,
    hastily_answered: usize,
    at_leisure: usize,
    at_leisure_answered: usize,
}

impl Asked {
    fn note(&mut self, at_leisure: bool, answered: bool) {
        let (asked, heard) = match at_leisure {
            true => (&mut self.at_leisure, &mut self.at_leisure_answered),
            false => (&mut self.hastily, &mut self.hastily_answered),
        };
        *asked += 1;
        *heard += usize::from(answered);
    }

    fn verdict(&self) -> Option<Silence> {
        if self.chance_of_difference() <= CHANCE {
            return Some(Silence::RateLimited);
        }
        let is_lost_at_leisure = self.at_leisure_answered < self.at_leisure;
        (self.at_leisure >= MOST_AT_LEISURE && is_lost_at_leisure).then_some(Silence::Loss)
    }

    /// The chance that as many answers or more fall to those asked at leisure if that made no difference (Fisher's exact
    /// test).
    fn chance_of_difference(&self) -> f64 {
        let all = self.hastily + self.at_leisure;
        let answered = self.hastily_answered + self.at_leisure_answered;
        let most = self.at_leisure.min(answered);
        let ways = |at_leisure: usize| {
            choose(answered, at_leisure) * choose(all - answered, self.at_leisure - at_leisure)
        };
        let as_many: f64 = (self.at_leisure_answered..=most).map(ways).sum();
        as_many / choose(all, self.at_leisure)
    }
}

fn choose(of: usize, take: usize) -> f64 {
    if take > of {
        return 0.0;
    }
    (0..take).fold(1.0, |product, index| {
        product * (of - index) as f64 / (index + 1) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::describe::tests::probe;

    /// A hop asked at these milliseconds, `+` where it answers.
    #[track_caller]
    fn check(asked: &[(u64, char)], expect: Option<Silence>) {
        assert_eq!(verdict_on(asked), expect, "{asked:?}");
    }

    fn verdict_on(asked: &[(u64, char)]) -> Option<Silence> {
        let probes: Vec<RawProbe> = asked
            .iter()
            .map(|(ms, answer)| RawProbe {
                sent_at: Duration::from_millis(*ms),
                ..probe(3, 0, (*answer == '+').then_some(([7, 0, 0, 1], (11, 0))))
            })
            .collect();
        let probes: Vec<&RawProbe> = probes.iter().collect();
        of(&probes)
    }

    /// Rounds a pause apart, the first of each at leisure but for the very first.
    fn rounds(rounds: &[&str]) -> Vec<(u64, char)> {
        let of_round = |(round, answers): (u64, &&str)| {
            let times = (0u64..).map(move |index| round * 1300 + index * 50);
            times.zip(answers.chars()).collect::<Vec<_>>()
        };
        (0u64..).zip(rounds).flat_map(of_round).collect()
    }

    #[test]
    fn all_or_nothing_needs_no_second_look() {
        check(&rounds(&["+++"]), Some(Silence::None));
        check(&rounds(&["---"]), Some(Silence::Always));
        check(&rounds(&["+--"]), None);
    }

    #[test]
    fn answers_only_after_a_pause_are_a_limit() {
        check(&rounds(&["+----", "+----"]), None);
        check(
            &rounds(&["+----", "+----", "+----", "+----"]),
            Some(Silence::RateLimited),
        );
        let sparse = [
            "+----", "-----", "+----", "-----", "+----", "-----", "+----",
        ];
        check(
            &rounds(&[sparse.as_slice(), &["+----", "+----"]].concat()),
            Some(Silence::RateLimited),
        );
    }

    #[test]
    fn silence_whether_after_a_pause_or_not_is_loss() {
        let half = [
            "+-+-+", "-+--+", "+-+-+", "--+-+", "+-+-+", "-+--+", "+-+-+", "--++-",
        ];
        check(&rounds(&half), Some(Silence::Loss));
        check(&rounds(&half[..4]), None);
    }

    /// Asked on round by round until it is explained, as the engine does it.
    fn explained(mut answers: impl FnMut(u64) -> bool) -> Option<Silence> {
        let mut asked: Vec<(u64, char)> = Vec::new();
        for round in 0..=MOST_AT_LEISURE as u64 {
            for index in 0..5 {
                let ms = round * 1300 + index * 50;
                asked.push((ms, if answers(ms) { '+' } else { '-' }));
            }
            let verdict = verdict_on(&asked);
            if verdict.is_some() {
                return verdict;
            }
        }
        None
    }

    #[test]
    fn of_a_thousand_lossy_hops_hardly_one_is_called_limited() {
        for percent in [10, 30, 50, 70, 90] {
            // A linear congruential generator (Knuth's MMIX), the same in every run.
            let mut state: u64 = percent;
            let mut called: Vec<Option<Silence>> = Vec::new();
            for _ in 0..1000 {
                called.push(explained(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005);
                    state = state.wrapping_add(1_442_695_040_888_963_407);
                    (state >> 33) % 100 >= percent
                }));
            }
            let count = |why| called.iter().filter(|it| **it == why).count();
            assert!(count(Some(Silence::RateLimited)) <= 30, "{percent}");
            let in_middle = (30..=70).contains(&percent);
            assert!(!in_middle || count(Some(Silence::Loss)) >= 500, "{percent}");
        }
    }

    #[test]
    fn a_limit_is_found_whatever_its_rate() {
        for every_ms in [250, 500, 1000] {
            let mut next = 0;
            let verdict = explained(|ms| {
                let is_due = ms >= next;
                if is_due {
                    next = ms + every_ms;
                }
                is_due
            });
            assert_eq!(verdict, Some(Silence::RateLimited), "{every_ms} ms");
        }
    }

    #[test]
    fn what_chance_can_explain_is_not_explained() {
        let few = [
            "+-+", "+++", "+++", "+++", "+++", "+++", "+++", "+++", "+++",
        ];
        check(&rounds(&few), None);
    }

    #[test]
    fn the_chance_is_fishers() {
        // Three of three at leisure and one of nine hastily: C(4,3) · C(8,0) / C(12,3).
        let asked = Asked {
            hastily: 9,
            hastily_answered: 1,
            at_leisure: 3,
            at_leisure_answered: 3,
        };
        assert!((asked.chance_of_difference() - 4.0 / 220.0).abs() < 1e-12);
    }
}
