//! What was seen, as far as it can change: the JSON of a probe as what the rules judge.

use crate::network::Network;
use crate::plan::Case;
use netspec_detection::place::Place;
use netspec_detection::{dns, route, values};
use serde_json::Value;
use std::net::IpAddr;

/// What a check tracks, by its words; without what could not be seen.
pub fn values(case: &Case, seen: &Value) -> values::Values {
    let tracked = case.check().track.iter().map(|selector| &selector.value);
    let tracked = tracked.filter(|selector| !selector.is_band());
    let values =
        tracked.filter_map(|selector| Some((selector.text.clone(), selector.values(seen)?)));
    values.collect()
}

/// An answer of a name server.
pub fn answer(seen: &Value) -> dns::Answer {
    let texts = |key: &str| texts(&seen[key]);
    dns::Answer {
        status: text(&seen["status"]).unwrap_or_else(|| "TIMEOUT".to_owned()),
        chain: texts("chain"),
        places: list(&seen["addresses"]).filter_map(place).collect(),
        data: texts("data"),
        ttl_s: seen["ttl_s"]
            .as_u64()
            .and_then(|ttl| u32::try_from(ttl).ok()),
        time_ms: seen["time_ms"].as_f64(),
        different_replies: number(&seen["different-replies"]),
    }
}

/// A way; nothing where there is none in it.
pub fn trace(seen: &Value) -> Option<route::Trace> {
    let target = text(&seen["target"]["address"])?.parse().ok()?;
    Some(route::Trace {
        target,
        reached: seen["reached"].as_bool()?,
        ended: text(&seen["ended"]),
        hops: list(&seen["path"]).filter_map(hop).collect(),
    })
}

fn hop(seen: &Value) -> Option<route::Hop> {
    Some(route::Hop {
        ttl: small(&seen["ttl"])?,
        sent: number(&seen["sent"]),
        answered: number(&seen["answered"]),
        replies: list(&seen["addresses"]).filter_map(reply).collect(),
    })
}

fn reply(seen: &Value) -> Option<route::Reply> {
    let flow = |flow: &Value| u16::try_from(flow.as_u64()?).ok();
    Some(route::Reply {
        place: place(seen)?,
        flows: list(&seen["flows"]).filter_map(flow).collect(),
        rtt_ms: seen["rtt_ms"].as_f64().unwrap_or_default(),
        reply_ttl: small(&seen["reply-ttl"]),
        mpls: list(&seen["mpls"]).next().is_some(),
    })
}

/// An address with its facts.
pub fn place(facts: &Value) -> Option<Place> {
    let address = text(&facts["address"])?.parse().ok()?;
    Some(Place {
        address,
        special: text(&facts["special"]),
        exchange: text(&facts["exchange"]),
        origins: origins(facts),
        holder: text(&facts["as-name"]),
        country: text(&facts["country"]),
    })
}

/// Missing where no database could say, none where it is announced by nobody.
fn origins(facts: &Value) -> Option<std::collections::BTreeSet<u32>> {
    let asn = |asn: &Value| asn.as_str()?.strip_prefix("AS")?.parse().ok();
    let shared = facts.get("origins").filter(|origins| origins.is_array());
    match (shared, facts.get("asn")) {
        (Some(origins), _) => Some(list(origins).filter_map(asn).collect()),
        (None, Some(one)) => Some(asn(one).into_iter().collect()),
        (None, None) => None,
    }
}

/// What is known of an address here and now.
pub fn place_of(network: &Network, address: IpAddr) -> Place {
    let facts = serde_json::to_value(network.atlas.facts(address)).unwrap_or_default();
    place(&facts).unwrap_or_else(|| Place::unknown(address))
}

/// The databases that facts come from, by name, with their digests.
pub fn databases(seen: &Value) -> impl Iterator<Item = (String, String)> {
    list(&seen["databases"])
        .filter_map(|database| Some((text(&database["name"])?, text(&database["sha256"])?)))
}

/// A value in a sentence.
pub(super) fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    list(value).filter_map(text).collect()
}

fn number(value: &Value) -> u32 {
    value
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or_default()
}

fn small(value: &Value) -> Option<u8> {
    u8::try_from(value.as_u64()?).ok()
}
