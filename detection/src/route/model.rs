//! What is normal for a way, as it is kept: read by people, bounded whatever the network does.

mod learn;
mod view;

use crate::place::Place;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is normal for the way to one address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Model {
    /// How many traces it was learned from.
    pub traces: u32,
    /// How many of them the destination answered.
    pub reached: u32,
    /// How far away the destination was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    /// How far away it was the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Length>,
    /// The destination as it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Distance>,
    /// What is before it, by rising distance.
    pub hops: Vec<Distance>,
    /// What was normal before a change was taken for normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former: Option<Box<Model>>,
}

/// Distances between which a destination was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Length {
    /// The nearest.
    pub least: u8,
    /// The farthest.
    pub most: u8,
}

/// What is normal at one distance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Distance {
    /// The distance; of the destination 0.
    pub ttl: u8,
    /// Probes sent to it, lately.
    pub sent: u32,
    /// Probes answered, of those.
    pub answered: u32,
    /// Traces in which anybody answered.
    pub traces: u32,
    /// Traces in which different flows met different addresses.
    #[serde(skip_serializing_if = "is_none")]
    pub per_flow: u32,
    /// Traces in which one flow met several addresses.
    #[serde(skip_serializing_if = "is_none")]
    pub per_packet: u32,
    /// Who answered, by address.
    pub addresses: Vec<Known>,
}

/// One address at one distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Known {
    /// Who it is.
    #[serde(flatten)]
    pub place: Place,
    /// Traces it answered in.
    pub count: u32,
    /// Its share of the answers, of late ones more than of old ones.
    pub share: f64,
    /// The flows that met it the last time they were answered.
    #[serde(default)]
    pub flows: BTreeSet<u16>,
    /// The TTL or hop limit its answer arrived with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_ttl: Option<u8>,
    /// Whether it quoted MPLS labels.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mpls: bool,
    /// When it was first seen here.
    pub first: Timestamp,
    /// When it was last seen here.
    pub last: Timestamp,
}

/// How the answers at one distance vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One address.
    Single,
    /// Different flows, different addresses.
    PerFlow,
    /// One flow, several addresses.
    PerPacket,
    /// Nobody answered, ever.
    Silent,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl Model {
    /// Whether it was learned from enough traces to say what is not normal.
    pub fn is_learned(&self) -> bool {
        self.traces >= LEARNED
    }

    /// What is normal at a distance.
    pub(super) fn hop(&self, ttl: u8) -> Option<&Distance> {
        self.hops.iter().find(|hop| hop.ttl == ttl)
    }

    /// Whether an address is known at a distance, or so near it.
    pub(super) fn knows(&self, address: IpAddr, ttl: u8, near: u8) -> bool {
        let hops = self.hops.iter();
        hops.filter(|hop| hop.ttl.abs_diff(ttl) <= near)
            .any(|hop| hop.known(address).is_some())
    }

    /// The share of traces that reached the destination.
    pub(super) fn reach(&self) -> f64 {
        f64::from(self.reached) / f64::from(self.traces.max(1))
    }

    /// Judges the addresses it knows by other databases; gives what they say otherwise, a sentence each.
    pub fn refresh(&mut self, look: &dyn Fn(IpAddr) -> Place) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(former) = &mut self.former {
            former.refresh(look);
        }
        for hop in self.hops.iter_mut().chain(&mut self.destination) {
            for known in &mut hop.addresses {
                let place = look(known.place.address);
                said.extend(otherwise(hop.ttl, &known.place, &place));
                known.place = place;
            }
        }
        said
    }
}

/// What another database says otherwise of an address, of what a way is judged by.
fn otherwise(ttl: u8, before: &Place, after: &Place) -> Option<String> {
    let said = |place: &Place| {
        let country = place.country.as_deref().unwrap_or("no country known");
        format!("{}, {country}", place.token())
    };
    let (was, is) = (said(before), said(after));
    let at = match ttl {
        0 => "the destination".to_owned(),
        _ => format!("hop {ttl}"),
    };
    (was != is).then(|| format!("{} ({at}): {was} before, {is} now", before.address))
}

impl Distance {
    /// What is known of an address here.
    pub(super) fn known(&self, address: IpAddr) -> Option<&Known> {
        let mut all = self.addresses.iter();
        all.find(|known| known.place.address == address)
    }

    /// The chance that it answers a probe.
    pub(super) fn rate(&self) -> f64 {
        f64::from(self.answered) / f64::from(self.sent.max(1))
    }

    /// The addresses that answered lately, as far as there are any left of those.
    pub(super) fn present(&self) -> impl Iterator<Item = &Known> {
        self.addresses.iter().filter(|it| it.share >= PRESENT)
    }

    /// How the answers here vary. One odd trace of many does not make it so.
    pub fn kind(&self) -> Kind {
        let is_usual = |count: u32| count >= 2 || (count == 1 && self.traces <= LEARNED);
        match () {
            () if self.addresses.is_empty() => Kind::Silent,
            () if is_usual(self.per_packet) => Kind::PerPacket,
            () if is_usual(self.per_flow) => Kind::PerFlow,
            () => Kind::Single,
        }
    }
}

/// Traces from which a model is learned.
const LEARNED: u32 = 3;

/// A smaller share of the late answers is that of an address that is gone.
const PRESENT: f64 = 0.02;

#[cfg(test)]
mod tests;
