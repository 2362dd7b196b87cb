//! Routes: the routers between the client and a destination, as the client would see them.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::echo::Echo;
use super::units::{Delay, FromText, Share, Turn, text_type};

/// A network or a single address: `43.130.30.0/24`, `101.33.110.25`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix(pub IpNet);

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let host = text.parse::<IpAddr>().map(IpNet::from).ok();
        host.or_else(|| text.parse().ok())
            .map(|net: IpNet| Self(net.trunc()))
            .ok_or_else(|| {
                format!("`{text}` is neither an address nor a network such as 43.130.30.0/24")
            })
    }
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(
    Prefix,
    "an address or a network such as 43.130.30.0/24",
    r"^[0-9a-fA-F:.]+(/[0-9]+)?$"
);

/// Where packets to some addresses go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Route {
    /// The addresses this route leads to; the longest match of all routes wins.
    pub to: Vec<Prefix>,
    /// The routers on the way, the client's first.
    #[serde(default)]
    pub hops: Vec<Hop>,
    /// The round trip to the destination itself.
    pub rtt: Delay,
    /// How much later or earlier each packet may be.
    #[serde(default)]
    pub jitter: Delay,
    /// The share of packets lost on the way there.
    #[serde(default)]
    pub loss: Share,
    /// What the destination lets in; the rest is dropped without a word.
    #[serde(default = "Protocol::all")]
    pub accepts: Vec<Protocol>,
    /// Routers on the way back, where it differs from the way there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_hops: Option<u8>,
    /// How many more copies of each packet from the destination arrive.
    #[serde(default)]
    pub duplicates: u8,
    /// What becomes of echo requests of one asker to one host, in turn and then again from the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub echoes: Vec<Echo>,
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// ICMP and ICMPv6, echo included.
    Icmp,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

impl Protocol {
    fn all() -> Vec<Self> {
        vec![Self::Icmp, Self::Udp, Self::Tcp]
    }
}

/// A router on the way, or several between which packets are balanced.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Hop {
    /// Where its answers come from. Needed unless it is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Its name, which every resolver marked `ptr: true` gives for its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The round trip the client sees to this router.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Delay>,
    /// How much later or earlier each answer may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<Delay>,
    /// The share of its answers that never arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Share>,
    /// It never answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<bool>,
    /// Its answers to one asker, in turn and then again from the first; replaces `rtt`, `jitter`, `loss`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Turn>,
    /// It answers at most so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// Bytes it quotes after the IP header: 8 as RFC 792 says. Without it, as much as Linux does (RFC 1812, RFC 4443).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<u16>,
    /// The MPLS label stack it reports (RFC 4950).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mpls: Vec<Label>,
    /// Whether the label stack comes with the length attribute of RFC 4884; older routers leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpls_length: Option<bool>,
    /// It lets nothing further and says so, to packets that would end here too, as Linux does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<Unreachable>,
    /// The TTL its answers start with: 255 unless told, 64 on Linux.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ttl: Option<u8>,
    /// How many more copies of each answer arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<u8>,
    /// The largest packet the link behind it takes on the way there. It refuses larger ones and says so with this
    /// number (fragmentation needed, packet too big), and cuts those of IPv4 that may be cut; all fit without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u16>,
    /// It drops what is larger than its `mtu` without a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub black_hole: Option<bool>,
    /// It sends packets on to this destination instead, and answers back in the name of the first. It does not look into
    /// ICMP errors: those from behind it quote this destination, and the host's own come from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translates_to: Option<IpAddr>,
    /// It sends packets on from this source instead, and what comes back to the client. ICMP errors from behind it quote
    /// this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translates_from: Option<IpAddr>,
    /// What chooses between this router and those `beside` it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
    /// Other routers at the same distance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Hop>,
}

/// At most `burst` answers at once, one more `every` so long.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RateLimit {
    /// The time in which one more answer becomes due.
    pub every: Delay,
    /// Answers that may be given at once.
    #[serde(default = "one")]
    pub burst: u32,
}

fn one() -> u32 {
    1
}

/// One entry of an MPLS label stack (RFC 3032).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The label, 20 bits.
    pub label: u32,
    /// The traffic class, 3 bits.
    #[serde(default)]
    pub tc: u8,
    /// Whether it is the bottom of the stack.
    #[serde(default)]
    pub s: bool,
    /// The label's TTL.
    pub ttl: u8,
}

/// What chooses between routers at the same distance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Balance {
    /// What routers hash: addresses, protocol, ports, ICMP type, code, checksum and id, IPv6 flow label.
    #[default]
    PerFlow,
    /// Chance, anew for each packet.
    PerPacket,
}

/// Why a packet goes no further: RFC 792, RFC 1812 5.2.7.1 and RFC 4443 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unreachable {
    /// IPv4 code 0; IPv6 code 0, no route.
    Net,
    /// IPv4 code 1; IPv6 code 3, address unreachable.
    Host,
    /// IPv4 code 2; IPv6: parameter problem, unrecognized next header.
    Protocol,
    /// IPv4 code 3; IPv6 code 4.
    Port,
    /// IPv4 code 4 with its `mtu`, 1280 where it has none; IPv6: packet too big.
    TooBig,
    /// IPv4 code 5.
    SourceRouteFailed,
    /// IPv4 code 6.
    NetUnknown,
    /// IPv4 code 7.
    HostUnknown,
    /// IPv4 code 9.
    NetProhibited,
    /// IPv4 code 10.
    HostProhibited,
    /// IPv4 code 13; IPv6 code 1.
    Admin,
    /// IPv4 code 15, precedence cutoff.
    PrecedenceCutoff,
    /// IPv6 code 2.
    BeyondScope,
    /// IPv6 code 5.
    SourcePolicy,
    /// IPv6 code 6.
    RejectRoute,
}

impl Unreachable {
    /// The ICMP type and code, for IPv6 where `v6`; nothing where the family has no such code.
    pub fn code(self, v6: bool) -> Option<(u8, u8)> {
        if v6 { self.code_v6() } else { self.code_v4() }
    }

    fn code_v4(self) -> Option<(u8, u8)> {
        let code = match self {
            Self::Net => 0,
            Self::Host => 1,
            Self::Protocol => 2,
            Self::Port => 3,
            Self::TooBig => 4,
            Self::SourceRouteFailed => 5,
            Self::NetUnknown => 6,
            Self::HostUnknown => 7,
            Self::NetProhibited => 9,
            Self::HostProhibited => 10,
            Self::Admin => 13,
            Self::PrecedenceCutoff => 15,
            Self::BeyondScope | Self::SourcePolicy | Self::RejectRoute => return None,
        };
        Some((3, code))
    }

    fn code_v6(self) -> Option<(u8, u8)> {
        Some(match self {
            Self::Net => (1, 0),
            Self::Admin => (1, 1),
            Self::BeyondScope => (1, 2),
            Self::Host => (1, 3),
            Self::Port => (1, 4),
            Self::SourcePolicy => (1, 5),
            Self::RejectRoute => (1, 6),
            Self::TooBig => (2, 0),
            Self::Protocol => (4, 1),
            _ => return None,
        })
    }
}
