//! Where the way ends, and how.

use crate::route::{Answer, Protocol, RawProbe, RawTrace};
use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::RangeInclusive;

/// How a trace ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ending {
    /// By the destination's own answer; the word for it.
    Reached(Cow<'static, str>),
    /// By somebody else's word that it ends here.
    Stopped(Cow<'static, str>),
    /// By an answer that only a host gives, from this address, which is not the destination's.
    Elsewhere(Cow<'static, str>, IpAddr),
    /// By the same routers again.
    Loop,
    /// With a router at the last distance asked.
    MaxHops,
    /// With nobody beyond the last answer, or nobody at all.
    Silence,
}

/// The part of a trace that is the way, without what answered to probes sent too far.
#[derive(Clone, Debug)]
pub(super) struct Way {
    first: u8,
    last: Option<u8>,
    /// For each flow, where its way ends.
    ends: Vec<Option<u8>>,
    ending: Ending,
}

impl RawTrace {
    /// Every probe that was answered, with its answer.
    pub(in crate::route) fn answers(&self) -> impl Iterator<Item = (&RawProbe, &Answer)> {
        self.probes
            .iter()
            .filter_map(|probe| Some((probe, probe.answer.as_ref()?)))
    }

    /// How many flows were asked.
    pub(super) fn flows(&self) -> u16 {
        let last = self.probes.iter().map(|probe| probe.flow).max();
        last.map_or(self.question.flows.max(1), |last| last.saturating_add(1))
    }

    fn first_that(&self, wanted: impl Fn(&Answer) -> bool) -> Option<(&RawProbe, &Answer)> {
        self.answers()
            .filter(|(_, answer)| wanted(answer))
            .min_by_key(|(probe, _)| probe.ttl)
    }
}

/// The destination's own word: it echoes, accepts or refuses, or it has no such port.
pub(super) fn is_destination(answer: &Answer, to: IpAddr) -> bool {
    answer.from == to && answer.said.is_of_a_host()
}

fn is_final(answer: &Answer) -> bool {
    answer.said.is_final()
}

impl Way {
    pub(super) fn of(raw: &RawTrace) -> Self {
        let to = raw.question.to;
        let is_reached = raw.answers().any(|(_, answer)| is_destination(answer, to));
        let closes = |answer: &Answer| {
            if is_reached {
                is_destination(answer, to)
            } else {
                is_final(answer)
            }
        };
        let ends: Vec<Option<u8>> = (0..raw.flows())
            .map(|flow| end_of(raw, flow, closes))
            .collect();
        let last = last(raw, &ends);
        Self {
            first: raw.question.first_hop.max(1),
            last,
            ending: ending(raw, is_reached, last),
            ends,
        }
    }

    pub(super) fn is_reached(&self) -> bool {
        matches!(self.ending, Ending::Reached(_))
    }

    /// Who answered in the destination's place.
    pub(super) fn via(&self) -> Option<IpAddr> {
        match self.ending {
            Ending::Elsewhere(_, address) => Some(address),
            _ => None,
        }
    }

    pub(super) fn last(&self) -> Option<u8> {
        self.last
    }

    pub(super) fn ttls(&self) -> RangeInclusive<u8> {
        self.first..=self.last.unwrap_or(0)
    }

    /// Whether a probe went further than its flow's way; whoever answered it, it is no hop.
    pub(super) fn is_beyond(&self, probe: &RawProbe) -> bool {
        let end = self.ends.get(usize::from(probe.flow)).copied().flatten();
        end.is_some_and(|end| probe.ttl > end)
    }

    pub(super) fn ended(&self) -> Cow<'static, str> {
        match &self.ending {
            Ending::Reached(word) | Ending::Stopped(word) | Ending::Elsewhere(word, _) => {
                word.clone()
            }
            Ending::Loop => "loop".into(),
            Ending::MaxHops => "max-hops".into(),
            Ending::Silence => "silence".into(),
        }
    }
}

fn end_of(raw: &RawTrace, flow: u16, closes: impl Fn(&Answer) -> bool) -> Option<u8> {
    raw.answers()
        .filter(|(probe, answer)| probe.flow == flow && closes(answer))
        .map(|(probe, _)| probe.ttl)
        .min()
}

/// The distance the path is shown to.
///
/// The nearest end of any flow, or farther where a router answered a flow farther out: a flow whose answer at the end was
/// lost is no longer way. Without any end, the last one that answered.
fn last(raw: &RawTrace, ends: &[Option<u8>]) -> Option<u8> {
    let Some(nearest) = ends.iter().filter_map(|end| *end).min() else {
        return raw.answers().map(|(probe, _)| probe.ttl).max();
    };
    let end_of_flow = |probe: &RawProbe| ends.get(usize::from(probe.flow)).copied().flatten();
    let farther = raw
        .answers()
        .filter(|(_, answer)| !is_final(answer))
        .filter_map(|(probe, _)| match end_of_flow(probe) {
            None => Some(probe.ttl),
            Some(end) => (probe.ttl < end).then_some(probe.ttl + 1),
        });
    farther
        .max()
        .map_or(Some(nearest), |farther| Some(farther.max(nearest)))
}

fn ending(raw: &RawTrace, is_reached: bool, last: Option<u8>) -> Ending {
    let to = raw.question.to;
    if is_reached {
        let word = raw
            .first_that(|answer| is_destination(answer, to))
            .map(|(_, answer)| answer.said.word());
        return Ending::Reached(word.unwrap_or_default());
    }
    if let Some((_, answer)) = raw.first_that(is_final) {
        let word = answer.said.word();
        // To an echo request no host says that it has no such port; a firewall does.
        let is_firewall = raw.question.protocol == Protocol::Icmp && answer.said.is_unreachable();
        return if answer.said.is_of_a_host() && !is_firewall {
            Ending::Elsewhere(format!("{word}-from-another-address").into(), answer.from)
        } else {
            Ending::Stopped(word)
        };
    }
    match last {
        Some(last) if comes_round(raw, last) => Ending::Loop,
        Some(last) if last == raw.question.max_hops => Ending::MaxHops,
        _ => Ending::Silence,
    }
}

/// Whether somebody at the last distance also answered two or more hops nearer.
///
/// Next to each other is no loop: some routers pass on what they should have dropped, and the next one answers twice.
fn comes_round(raw: &RawTrace, last: u8) -> bool {
    let at_last: Vec<IpAddr> = raw
        .answers()
        .filter(|(probe, _)| probe.ttl == last)
        .map(|(_, answer)| answer.from)
        .collect();
    raw.answers()
        .any(|(probe, answer)| probe.ttl + 2 <= last && at_last.contains(&answer.from))
}
