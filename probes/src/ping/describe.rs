//! From requests and answers to the vocabulary of a ping.

use super::seen::{Clock, ErrorSeen, Seen, TooBig};
use super::statistics::{jitter_ms, rounded, rtt};
use super::{PathMtu, Question, RawPing, Sees};
use crate::fact::Fact;
use crate::facts::{AddressFacts, DatabaseIdentity};
use crate::icmp::Said;
use crate::observation::{Observation, Outcome};
use crate::route::{self, Answer, RawOutcome};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// What is known about an address.
type Known<'a> = &'a dyn Fn(IpAddr) -> AddressFacts;

/// What a ping saw, in the words of an expectation.
///
/// Pure: `facts` says whose an address is and where, `hostnames` what it is called, `databases` who says so.
pub fn describe(
    raw: &RawPing,
    facts: &dyn Fn(IpAddr) -> AddressFacts,
    hostnames: &BTreeMap<IpAddr, Fact<String>>,
    databases: Vec<DatabaseIdentity>,
) -> Observation<Seen> {
    let known = |address: IpAddr| match hostnames.get(&address) {
        Some(hostname) => AddressFacts {
            hostname: hostname.clone(),
            ..facts(address)
        },
        None => facts(address),
    };
    Observation {
        outcome: outcome(raw),
        asked_at: raw.asked_at,
        asked: asked(&raw.question),
        seen: Seen {
            databases,
            ..seen(raw, &known)
        },
    }
}

/// Every address that answered, once: whose names to look up.
pub fn responders(raw: &RawPing) -> Vec<IpAddr> {
    let said = raw.path_mtu.iter().flat_map(|mtu| &mtu.said);
    let mut addresses: Vec<IpAddr> = raw.answers().map(|answer| answer.from).collect();
    addresses.extend(said.map(|(router, _)| *router));
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn outcome(raw: &RawPing) -> Outcome {
    match &raw.outcome {
        RawOutcome::Unsupported(why) => Outcome::Unsupported(why.clone()),
        RawOutcome::CouldNotAsk(why) => Outcome::CouldNotAsk(why.clone()),
        RawOutcome::Asked if is_silent(raw) => Outcome::NoAnswer(format!(
            "none of {} echo requests was answered, each within {} ms",
            raw.echoes.len(),
            raw.question.timeout.as_millis()
        )),
        RawOutcome::Asked => Outcome::Answered,
    }
}

fn is_silent(raw: &RawPing) -> bool {
    raw.late == 0 && raw.answers().next().is_none()
}

fn asked(question: &Question) -> String {
    let Question {
        to,
        count,
        interval,
        size_bytes,
        ..
    } = question;
    let (echo_s, interval_ms) = (if *count == 1 { "" } else { "es" }, interval.as_millis());
    let uncut = if question.dont_fragment {
        ", uncut"
    } else {
        ""
    };
    format!("icmp://{to} {count} echo{echo_s} of {size_bytes} B, {interval_ms} ms apart{uncut}")
}

fn seen(raw: &RawPing, known: Known<'_>) -> Seen {
    let echoes: Vec<&Answer> = raw.echoed().collect();
    let rtts_ms: Vec<f64> = echoes.iter().map(|echo| milliseconds(echo.rtt)).collect();
    let silent = is_silent(raw) || raw.outcome != RawOutcome::Asked;
    let sent = raw.echoes.len();
    let lost = sent.saturating_sub(echoes.len());
    let to = raw.question.to;
    let counted = |number: u32| seen_where(!silent && raw.sees == Sees::Everything, number);
    let mtu = raw.path_mtu.as_ref();
    Seen {
        sent: seen_where(sent > 0, count(sent)),
        received: seen_where(sent > 0, count(echoes.len())),
        loss_percent: seen_where(sent > 0, rounded(100.0 * lost as f64 / sent as f64)),
        rtt: of_echoes(silent, rtt(&rtts_ms)),
        jitter_ms: jitter(silent, &rtts_ms),
        clock: of_echoes(silent, clock(&echoes)),
        reply_ttl: of_echoes(silent, echoes.iter().find_map(|echo| echo.reply_ttl)),
        reply_ttls: seen_where(
            !silent,
            once(echoes.iter().filter_map(|echo| echo.reply_ttl)),
        ),
        responders: seen_where(
            !silent,
            once(echoes.iter().map(|echo| echo.from))
                .into_iter()
                .map(known)
                .collect(),
        ),
        from_other: of_echoes(
            silent,
            (!echoes.is_empty()).then(|| echoes.iter().any(|echo| echo.from != to)),
        ),
        duplicates: counted(raw.duplicates),
        late: counted(raw.late),
        corrupt: counted(count(echoes.iter().filter(|echo| echo.corrupt).count())),
        out_of_order: counted(raw.out_of_order),
        errors: seen_where(!silent && raw.sees == Sees::Everything, errors(raw, known)),
        rtts_ms: seen_where(!silent, rtts_ms),
        local_error: raw.local_error.clone(),
        dropped: raw.dropped,
        path_mtu_bytes: mtu.map_or(Fact::Unknown, |mtu| Fact::Known(mtu.bytes)),
        too_big: mtu.map_or(Fact::Unknown, |mtu| Fact::Known(too_big(mtu, known))),
        black_hole: mtu.map_or(Fact::Unknown, |mtu| Fact::Known(mtu.vanished.is_some())),
        target: known(to),
        source: raw.source,
        time_ms: milliseconds(raw.took),
        databases: Vec::new(),
    }
}

/// What is said of echoes: not known in silence, and nothing where something else came in their place.
fn of_echoes<T>(silent: bool, value: Option<T>) -> Fact<T> {
    if silent {
        Fact::Unknown
    } else {
        Fact::looked_up(value)
    }
}

fn seen_where<T>(could_be_seen: bool, value: T) -> Fact<T> {
    if could_be_seen {
        Fact::Known(value)
    } else {
        Fact::Unknown
    }
}

/// Of one echo it cannot be known.
fn jitter(silent: bool, rtts_ms: &[f64]) -> Fact<f64> {
    match rtts_ms.len() {
        1 => Fact::Unknown,
        _ => of_echoes(silent, jitter_ms(rtts_ms)),
    }
}

fn clock(echoes: &[&Answer]) -> Option<Clock> {
    let by_process = |echo: &&Answer| echo.clock == route::Clock::Process;
    match echoes {
        [] => None,
        echoes if echoes.iter().any(by_process) => Some(Clock::Process),
        _ => Some(Clock::Kernel),
    }
}

/// Each of them once, in the order first seen.
fn once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}

/// Each error of each address once, by type, code and address.
fn errors(raw: &RawPing, known: Known<'_>) -> Vec<ErrorSeen> {
    let mut found: BTreeMap<(u8, u8, IpAddr), ErrorSeen> = BTreeMap::new();
    for (answer, said) in raw.errors() {
        let Said {
            icmp_type,
            icmp_code,
            ..
        } = said;
        let error = found
            .entry((icmp_type, icmp_code, answer.from))
            .or_insert_with(|| ErrorSeen {
                facts: known(answer.from),
                said: said.word().into_owned(),
                icmp_type,
                icmp_code,
                count: 0,
                next_hop_mtu_bytes: answer.next_hop_mtu,
            });
        error.count += 1;
    }
    found.into_values().collect()
}

fn too_big(mtu: &PathMtu, known: Known<'_>) -> Vec<TooBig> {
    let said = mtu.said.iter().map(|(router, bytes)| TooBig {
        facts: known(*router),
        next_hop_mtu_bytes: *bytes,
    });
    said.collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn milliseconds(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests;
