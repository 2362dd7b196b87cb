//! What answers tell of translators and of the way back.

use super::Known;
use super::way::Way;
use crate::fact::Fact;
use crate::route::{Protocol, RawTrace, Translation};

/// TTLs that systems let their packets start with.
const CUSTOMARY_STARTS: [u8; 3] = [64, 128, 255];

/// Where the destination is first quoted as another one.
///
/// Unknown where nobody quoted anything. What quotes another destination finds no way to a socket of TCP, so that by TCP
/// none is ever seen.
pub(super) fn translation(raw: &RawTrace, way: &Way, known: &Known<'_>) -> Fact<Translation> {
    let quotes = |answer: &crate::route::Answer| {
        let said = answer.said;
        said.icmp().is_some() && (said.is_time_exceeded() || said.is_unreachable())
    };
    let quoting = raw
        .answers()
        .filter(|(probe, answer)| !way.is_beyond(probe) && quotes(answer));
    let mut quoting = quoting.peekable();
    if quoting.peek().is_none() || matches!(raw.question.protocol, Protocol::Tcp(_)) {
        return Fact::Unknown;
    }
    let translated = quoting.filter_map(|(probe, answer)| Some((probe.ttl, answer.translated_to?)));
    let first = translated.min_by_key(|(hop, _)| *hop);
    Fact::looked_up(first.map(|(hop, to)| Translation {
        hop,
        to: known.of(to),
    }))
}

/// The distance back that is left of the nearest customary start.
pub(super) fn hops_back(reply_ttl: u8) -> u8 {
    let start = CUSTOMARY_STARTS
        .into_iter()
        .find(|start| *start >= reply_ttl);
    start
        .unwrap_or(u8::MAX)
        .saturating_sub(reply_ttl)
        .saturating_add(1)
}
