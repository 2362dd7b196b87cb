//! One distance: who answered there, and how the answers vary.

use super::nat::hops_back;
use super::way::{Way, is_destination};
use super::{Known, count, milliseconds, silence};
use crate::fact::Fact;
use crate::route::{Answer, Hop, HopAddress, HopKind, RawProbe, RawTrace, Silence};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The hop at one distance, of the probes whose way goes that far.
pub(super) fn at(raw: &RawTrace, way: &Way, ttl: u8, known: &Known<'_>) -> Hop {
    let here = || {
        raw.probes
            .iter()
            .filter(|probe| probe.ttl == ttl && !way.is_beyond(probe))
    };
    let answers: Vec<(&RawProbe, &Answer)> = here()
        .filter_map(|probe| Some((probe, probe.answer.as_ref()?)))
        .collect();
    let mut responders: Vec<IpAddr> = Vec::new();
    for (_, answer) in &answers {
        if !responders.contains(&answer.from) {
            responders.push(answer.from);
        }
    }
    let addresses = responders.iter().filter_map(|from| {
        let its: Vec<_> = answers
            .iter()
            .copied()
            .filter(|(_, answer)| answer.from == *from)
            .collect();
        address(&its, raw.question.to, known)
    });
    Hop {
        ttl,
        kind: kind(&answers),
        // What this machine dropped is not the hop's silence.
        silence: silence::of(&here().collect::<Vec<_>>())
            .filter(|why| *why == Silence::None || raw.dropped == 0),
        sent: count(here().count()),
        answered: count(answers.len()),
        mtu_bytes: Fact::Unknown,
        black_hole: Fact::Unknown,
        addresses: addresses.collect(),
    }
}

fn kind(answers: &[(&RawProbe, &Answer)]) -> HopKind {
    let mut by_flow: BTreeMap<u16, BTreeSet<IpAddr>> = BTreeMap::new();
    for (probe, answer) in answers {
        by_flow.entry(probe.flow).or_default().insert(answer.from);
    }
    let all: BTreeSet<IpAddr> = by_flow.values().flatten().copied().collect();
    match all.len() {
        0 => HopKind::Silent,
        1 => HopKind::Single,
        _ if by_flow.values().any(|of_flow| of_flow.len() > 1) => HopKind::PerPacket,
        _ => HopKind::PerFlow,
    }
}

/// All that one address said at one distance. Where it said several things, the one that ends the way counts.
fn address(its: &[(&RawProbe, &Answer)], to: IpAddr, known: &Known<'_>) -> Option<HopAddress> {
    let ends = |answer: &Answer| !answer.said.is_time_exceeded();
    let (_, answer) = its
        .iter()
        .find(|(_, answer)| ends(answer))
        .or(its.first())?;
    let flows: BTreeSet<u16> = its.iter().map(|(probe, _)| probe.flow).collect();
    Some(HopAddress {
        facts: known.of(answer.from),
        evidence: None,
        rtt_ms: its
            .iter()
            .map(|(_, answer)| answer.rtt)
            .min()
            .map(milliseconds)?,
        rtts_ms: its
            .iter()
            .map(|(_, answer)| milliseconds(answer.rtt))
            .collect(),
        flows: flows.into_iter().collect(),
        said: answer.said.word().into_owned(),
        icmp_type: answer.said.icmp().map(|said| said.icmp_type),
        icmp_code: answer.said.icmp().map(|said| said.icmp_code),
        unreachable: answer.said.is_unreachable() && !is_destination(answer, to),
        from_target: answer.from == to,
        reply_ttl: answer.reply_ttl,
        hops_back: answer.reply_ttl.map(hops_back),
        mpls: its
            .iter()
            .map(|(_, answer)| &answer.mpls)
            .find(|mpls| !mpls.is_empty())
            .cloned()
            .unwrap_or_default(),
        translated_to: its.iter().find_map(|(_, answer)| answer.translated_to),
    })
}
