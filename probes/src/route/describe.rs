//! From probes and answers to the vocabulary of a route.

mod as_path;
mod hop;
mod mtu;
mod nat;
mod silence;
mod way;

#[cfg(target_os = "linux")]
pub(super) use self::mtu::{is_reached, passed};
#[cfg(target_os = "linux")]
pub(super) use self::silence::{LEISURE, MOST_AT_LEISURE, unexplained};

use self::way::Way;
use super::{Enumeration, Hop, HopAddress, Link, Protocol, Question, RawOutcome, RawTrace, Seen};
use crate::fact::Fact;
use crate::facts::{AddressFacts, DatabaseIdentity};
use crate::observation::{Observation, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What is known about the addresses of a trace.
pub(super) struct Known<'a> {
    facts: &'a dyn Fn(IpAddr) -> AddressFacts,
    hostnames: &'a BTreeMap<IpAddr, Fact<String>>,
}

impl Known<'_> {
    fn of(&self, address: IpAddr) -> AddressFacts {
        let facts = (self.facts)(address);
        match self.hostnames.get(&address) {
            Some(hostname) => AddressFacts {
                hostname: hostname.clone(),
                ..facts
            },
            None => facts,
        }
    }
}

/// What a trace saw, in the words of an expectation.
///
/// Pure: `facts` says whose an address is and where, `hostnames` what it is called, `databases` who says so.
pub fn describe(
    raw: &RawTrace,
    facts: &dyn Fn(IpAddr) -> AddressFacts,
    hostnames: &BTreeMap<IpAddr, Fact<String>>,
    databases: Vec<DatabaseIdentity>,
) -> Observation<Seen> {
    let known = Known { facts, hostnames };
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
pub fn responders(raw: &RawTrace) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = raw.answers().map(|(_, answer)| answer.from).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn outcome(raw: &RawTrace) -> Outcome {
    match &raw.outcome {
        RawOutcome::Unsupported(why) => Outcome::Unsupported(why.clone()),
        RawOutcome::CouldNotAsk(why) => Outcome::CouldNotAsk(why.clone()),
        RawOutcome::Asked if raw.answers().next().is_some() => Outcome::Answered,
        RawOutcome::Asked => {
            let took_ms = raw.took.as_millis();
            Outcome::NoAnswer(format!(
                "none of {} probes was answered in {took_ms} ms",
                raw.probes.len()
            ))
        }
    }
}

fn asked(question: &Question) -> String {
    let Question {
        to,
        protocol,
        flows,
        tries,
        first_hop,
        max_hops,
        ..
    } = question;
    let (flow_s, answer_s) = (plural(*flows), plural((*tries).into()));
    let to = match *protocol {
        Protocol::Icmp => format!("icmp://{to}"),
        Protocol::Udp(port) => format!("udp://{}", SocketAddr::new(*to, port)),
        Protocol::Tcp(port) => format!("tcp://{}", SocketAddr::new(*to, port)),
    };
    format!(
        "{to} hops {first_hop} to {max_hops}, {flows} flow{flow_s}, {tries} answer{answer_s} a hop"
    )
}

fn plural(count: u16) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn seen(raw: &RawTrace, known: &Known<'_>) -> Seen {
    let way = Way::of(raw);
    let mut path: Vec<Hop> = way
        .ttls()
        .map(|ttl| hop::at(raw, &way, ttl, known))
        .collect();
    as_path::grade(&mut path);
    let (protocol, port) = match raw.question.protocol {
        Protocol::Icmp => ("icmp", None),
        Protocol::Udp(port) => ("udp", Some(port)),
        Protocol::Tcp(port) => ("tcp", Some(port)),
    };
    let silent = path.iter().filter(|hop| hop.addresses.is_empty()).count();
    let mut seen = Seen {
        reached: way.is_reached(),
        ended: way.ended().into_owned(),
        reached_via: way.via().map(|address| known.of(address)),
        translation: nat::translation(raw, &way, known),
        protocol: protocol.to_owned(),
        port,
        hops: way.last().unwrap_or(0).into(),
        silent_hops: count(silent),
        as_path: as_path::tokens(&path),
        countries: countries(&path),
        links: links(raw, &way),
        enumeration: raw.question.enumerate_ppm.map(|ppm| Enumeration {
            missed_percent: f64::from(ppm) / 1e4,
            complete: !raw.is_capped,
        }),
        destination: destination(&path).filter(|_| way.is_reached()).cloned(),
        path,
        target: Some(known.of(raw.question.to)),
        source: raw.source,
        flows: raw.flows().into(),
        sent: count(raw.probes.len()),
        answered: count(raw.answers().count()),
        late: raw.late,
        unnamed: raw.unnamed,
        duplicates: raw.duplicates,
        dropped: raw.dropped,
        time_ms: milliseconds(raw.took),
        path_mtu_bytes: Fact::Unknown,
        black_hole: Fact::Unknown,
        databases: Vec::new(),
    };
    mtu::note(raw, &mut seen);
    seen
}

/// Who came right after whom, for one flow; on the way, and not behind its end.
fn links(raw: &RawTrace, way: &Way) -> Vec<Link> {
    let mut met: BTreeMap<(u16, u8), BTreeSet<IpAddr>> = BTreeMap::new();
    for (probe, answer) in raw.answers().filter(|(probe, _)| !way.is_beyond(probe)) {
        met.entry((probe.flow, probe.ttl))
            .or_default()
            .insert(answer.from);
    }
    let mut links = BTreeSet::new();
    for ((flow, hop), nearer) in &met {
        let farther = met.get(&(*flow, hop.saturating_add(1)));
        for from in nearer {
            let linked = farther.into_iter().flatten();
            links.extend(linked.map(|to| Link {
                hop: *hop,
                from: *from,
                to: *to,
            }));
        }
    }
    links.into_iter().collect()
}

fn destination(path: &[Hop]) -> Option<&HopAddress> {
    let mut addresses = path.iter().flat_map(|hop| &hop.addresses);
    addresses.find(|address| address.from_target && address.said != "time-exceeded")
}

/// In the order of the path; those of one hop, whose order means nothing, by code.
fn countries(path: &[Hop]) -> Vec<String> {
    let mut passed: Vec<String> = Vec::new();
    for hop in path {
        let mut here: Vec<&String> = hop
            .addresses
            .iter()
            .filter_map(|it| it.facts.country.known())
            .collect();
        here.sort_unstable();
        passed.extend(here.into_iter().cloned());
    }
    passed.dedup();
    passed
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// To the microsecond; clocks promise no more.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests;
