//! What a route probe can see. The words of `route: { expect: … }`.

use crate::fact::Fact;
use crate::facts::{AddressFacts, DatabaseIdentity};
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;

/// Everything one trace brought to light.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// The destination itself answered, from the address traced to: an echo reply, a port unreachable, a datagram, an accepted
    /// or refused connection. An unreachable from a router on the way is not that.
    pub reached: bool,
    /// How it ended: `echo-reply`, `port-unreachable`, `udp-reply`, `syn-ack` (the port is open), `reset` (it is closed), one of
    /// these `-from-another-address`, another unreachable by its word, `silence` (last hops silent), `max-hops`, or `loop`.
    pub ended: String,
    /// Who answered in the destination's place, as only a host does, from another address: another interface of it, a translator
    /// or a firewall. Null when nobody did, or the destination did itself.
    pub reached_via: Option<AddressFacts>,
    /// Where an address was translated on the way: the first hop whose answer quotes another destination than the one sent
    /// to, and which; null when those who quote it all quote that, missing by TCP and when nobody quotes it. A translator that
    /// puts quotes right is not seen, nor is one of sources.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub translation: Fact<Translation>,
    /// What was sent: `icmp`, `udp` or `tcp`.
    pub protocol: String,
    /// The port it was sent to; null for ICMP.
    pub port: Option<u16>,
    /// The number of hops to the destination, or to the last router that answered.
    pub hops: u32,
    /// The number of hops among those at which nobody answered.
    #[schemars(extend("x-doubt" = true, "x-volatile" = true))]
    pub silent_hops: u32,
    /// The hops by rising TTL, up to the destination or the last one that answered.
    #[schemars(extend("x-ordered" = true))]
    pub path: Vec<Hop>,
    /// From which router which next one was seen, by the flows that met both: the shape of load balancing.
    pub links: Vec<Link>,
    /// How sure it is that `path` has every router that load is balanced over; missing where `flows: all` was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Enumeration")]
    pub enumeration: Option<Enumeration>,
    /// The systems passed, as tokens: `AS3215`, `AS{1,2}` where several announce a network or answer at a hop, `IX:AMS-IX` for the
    /// peering LAN of an exchange, `private`, `cgn`, `unrouted`, `unknown`, `*` for a gap that could hide another system, `AS1?`
    /// for one address of AS1 between two of another. Repeats are collapsed, `A * A` becomes `A`, `A B A` stays.
    #[schemars(extend("x-ordered" = true))]
    pub as_path: Vec<String>,
    /// The countries passed, in order, repeats collapsed; unknown ones left out.
    #[schemars(with = "Vec<Country>", extend("x-ordered" = true))]
    pub countries: Vec<String>,
    /// The destination as it answered; missing when it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "HopAddress")]
    pub destination: Option<HopAddress>,
    /// The largest IP packet that the destination echoed uncut on the way of the first flow, headers included. Looked for where
    /// `path-mtu: true` is set or where it is expected; missing where the destination does not echo.
    #[serde(rename = "path-mtu_bytes", skip_serializing_if = "Fact::is_unknown")]
    pub path_mtu_bytes: Fact<u32>,
    /// Whether larger packets vanished without a word, so that no sender learns of it. Looked for with `path-mtu`.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub black_hole: Fact<bool>,
    /// The address traced to, with its facts, answered or not.
    pub target: Option<AddressFacts>,
    /// The source address the probes left from.
    #[schemars(with = "String")]
    pub source: Option<IpAddr>,
    /// How many flows were probed: one flow is one path through load balancers.
    pub flows: u32,
    /// Probes sent.
    #[schemars(extend("x-volatile" = true))]
    pub sent: u32,
    /// Probes answered in time.
    #[schemars(extend("x-volatile" = true))]
    pub answered: u32,
    /// Answers that came too late or twice; counted, never given to another probe.
    #[schemars(extend("x-volatile" = true))]
    pub late: u32,
    /// Errors about datagrams that quoted too little of them to say which; they are no hop's answers.
    #[schemars(extend("x-volatile" = true))]
    pub unnamed: u32,
    /// Duplicate answers.
    #[schemars(extend("x-volatile" = true))]
    pub duplicates: u32,
    /// Answers this machine dropped because they came faster than they were read; with any, silence may be ours.
    #[schemars(extend("x-volatile" = true))]
    pub dropped: u32,
    /// Wall time of the whole trace.
    #[serde(rename = "time_ms")]
    pub time_ms: f64,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// Another destination than the one sent to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Translation {
    /// The first hop whose answer quotes it: the translator is that hop or nearer.
    pub hop: u8,
    /// The destination it quotes.
    pub to: AddressFacts,
}

/// Two routers one after the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// The distance of the nearer one.
    pub hop: u8,
    /// The nearer one.
    #[schemars(with = "String")]
    pub from: IpAddr,
    /// The farther one.
    #[schemars(with = "String")]
    pub to: IpAddr,
}

/// What a search for every router promises, of routers that spread flows evenly.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Enumeration {
    /// The chance, behind each router, that one of the next was missed.
    #[serde(rename = "missed_percent")]
    pub missed_percent: f64,
    /// The search came to its end. Otherwise flows or patience ran out, and the promise does not hold.
    pub complete: bool,
}

/// A country code, ISO 3166-1 alpha-2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(extend("format" = "country"))]
pub struct Country(pub String);

/// One distance from here.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Hop {
    /// The distance.
    pub ttl: u8,
    /// `single`, `per-flow` (different flows see different addresses), `per-packet` (one flow sees several), or `silent`.
    pub kind: HopKind,
    /// Probes sent to this distance.
    #[schemars(extend("x-volatile" = true))]
    pub sent: u32,
    /// Probes answered.
    #[schemars(extend("x-volatile" = true))]
    pub answered: u32,
    /// Whether it left probes unanswered, and why: `none`, `rate-limited`, `loss` or `always`; missing where it answered some and
    /// not others and was not asked on, or that did not show why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Silence", extend("x-volatile" = true))]
    pub silence: Option<Silence>,
    /// What the link behind it takes, where larger packets came to it and no further: in its own words, or, at a black hole,
    /// found by trying; null where it passed on whatever came. Looked for with `path-mtu`.
    #[serde(rename = "mtu_bytes", skip_serializing_if = "Fact::is_unknown")]
    pub mtu_bytes: Fact<u32>,
    /// Whether larger packets vanish behind it without a word: it is the farthest hop that answers them. Silent hops next to it
    /// may be to blame. Looked for with `path-mtu`.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub black_hole: Fact<bool>,
    /// Who answered, in the order first seen.
    pub addresses: Vec<HopAddress>,
}

/// Why probes to one distance stay unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Every probe was answered.
    None,
    /// It answers after a pause of a second and not those that follow at once: it limits how often. The way loses nothing here.
    RateLimited,
    /// A pause makes no difference: probes or answers get lost, on the way there, on the way back, or in the router.
    Loss,
    /// Nobody answered.
    Always,
}

/// How the answers at one distance vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HopKind {
    /// One address.
    Single,
    /// Different flows, different addresses.
    PerFlow,
    /// One flow, several addresses.
    PerPacket,
    /// Nobody answered.
    Silent,
}

/// One address that answered at one distance.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HopAddress {
    /// Who it is.
    #[serde(flatten)]
    pub facts: AddressFacts,
    /// How sure the AS is: `strong` (a neighbouring hop is in it too, or its name agrees), or `weak` (this hop alone: it may be a
    /// neighbour's border interface numbered from that AS); missing when the AS is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Evidence")]
    pub evidence: Option<Evidence>,
    /// The smallest round-trip time.
    #[serde(rename = "rtt_ms")]
    pub rtt_ms: f64,
    /// Every round-trip time, in the order sent.
    #[serde(rename = "rtts_ms")]
    pub rtts_ms: Vec<f64>,
    /// The flows it answered, by index.
    pub flows: Vec<u16>,
    /// What it said, e.g. `time-exceeded`, `echo-reply`, `host-unreachable`, `administratively-prohibited`; to TCP also `syn-ack`
    /// (the port is open) and `reset` (it is closed), to UDP also `udp-reply`.
    pub said: String,
    /// ICMP type of that; null where it was no ICMP message.
    pub icmp_type: Option<u8>,
    /// ICMP code of that; null where it was no ICMP message.
    pub icmp_code: Option<u8>,
    /// Whether it is an unreachable: the end of the way without being the destination.
    pub unreachable: bool,
    /// It is the address traced to. Where it says `time-exceeded`, something on the way answers in its name: the way goes on.
    pub from_target: bool,
    /// TTL or hop limit its answer arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u8", extend("x-volatile" = true))]
    pub reply_ttl: Option<u8>,
    /// How far away it is by that TTL, had its answer started with the next of 64, 128 and 255. Where that leaps from one hop to
    /// the next, or is not the hop's own distance, the way back is another or something on the way answers in its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u8", extend("x-volatile" = true))]
    pub hops_back: Option<u8>,
    /// The MPLS label stack it quoted (RFC 4950).
    pub mpls: Vec<MplsLabel>,
    /// The destination quoted in its answer where that is not the one sent to: an address was translated on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub translated_to: Option<IpAddr>,
}

/// How sure an AS at a hop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// This hop alone.
    Weak,
    /// A neighbour agrees.
    Strong,
}

/// One entry of a label stack (RFC 3032).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MplsLabel {
    /// The label, 20 bits.
    pub label: u32,
    /// Traffic class.
    pub tc: u8,
    /// Bottom of stack.
    pub bottom: bool,
    /// Time to live.
    pub ttl: u8,
}
