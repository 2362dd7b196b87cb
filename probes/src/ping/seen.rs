//! What a ping can see. The words of `ping: { expect: … }`.

use crate::fact::Fact;
use crate::facts::{AddressFacts, DatabaseIdentity};
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;

/// What became of some echo requests to one address.
///
/// Where nothing at all came back only `sent`, `received` and `loss` are known; where errors came in place of echoes,
/// what is said of echoes is null.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// Echo requests that left.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub sent: Fact<u32>,
    /// Requests whose echo came in time, a damaged one too.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub received: Fact<u32>,
    /// The share of requests whose echo did not come in time. Silence is a loss of 100 %, and where it is asked about, an
    /// answer.
    #[serde(rename = "loss_percent", skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub loss_percent: Fact<f64>,
    /// Round-trip times of the echoes.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub rtt: Fact<Rtt>,
    /// How unsteady round trips are: the mean difference, without sign, between those of one echo and the next. Not known of
    /// one echo. (RFC 3550 smooths the same differences, which says little of a few.)
    #[serde(rename = "jitter_ms", skip_serializing_if = "Fact::is_unknown")]
    pub jitter_ms: Fact<f64>,
    /// Every round-trip time, in the order sent.
    #[serde(rename = "rtts_ms", skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub rtts_ms: Fact<Vec<f64>>,
    /// Whose clock round trips end by: the `kernel`'s stamp of each packet, or, of one at least, the moment this `process`
    /// read it, which is later.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub clock: Fact<Clock>,
    /// TTL or hop limit the first echo arrived with.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub reply_ttl: Fact<u8>,
    /// Every TTL that echoes arrived with, in the order first seen; several are several ways back, or several hosts.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub reply_ttls: Fact<Vec<u8>>,
    /// Who echoed, with its facts, in the order first seen.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub responders: Fact<Vec<AddressFacts>>,
    /// Whether an echo came from another address than the one asked.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub from_other: Fact<bool>,
    /// Second answers to one request, at most a hundred of each counted.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub duplicates: Fact<u32>,
    /// Echoes that came after their time while others were waited for; counted, never given to another request.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub late: Fact<u32>,
    /// Echoes whose payload is not what was sent.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub corrupt: Fact<u32>,
    /// Echoes that came after that of a later request.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub out_of_order: Fact<u32>,
    /// ICMP errors in place of echoes: what was said and by whom.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub errors: Fact<Vec<ErrorSeen>>,
    /// Why this machine could not send further requests, e.g. `local: no route`.
    pub local_error: Option<String>,
    /// Answers this machine dropped because they came faster than they were read; with any, loss may be ours.
    #[schemars(extend("x-volatile" = true))]
    pub dropped: u32,
    /// The largest IP packet that was echoed uncut, headers included. Looked for where `path-mtu: true` is set or where it is
    /// expected.
    #[serde(rename = "path-mtu_bytes", skip_serializing_if = "Fact::is_unknown")]
    pub path_mtu_bytes: Fact<u32>,
    /// Who said on the search for it that a packet is too big.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub too_big: Fact<Vec<TooBig>>,
    /// Whether larger packets vanished without a word, so that no sender learns of it.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub black_hole: Fact<bool>,
    /// The address asked, with its facts.
    pub target: AddressFacts,
    /// The address requests left from.
    #[schemars(with = "String")]
    pub source: Option<IpAddr>,
    /// Wall time of the whole.
    #[serde(rename = "time_ms")]
    pub time_ms: f64,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// Round-trip times of several echoes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Rtt {
    /// The shortest.
    pub min_ms: f64,
    /// The one in the middle.
    pub median_ms: f64,
    /// The arithmetic mean.
    pub mean_ms: f64,
    /// The one that 95 % do not exceed; the longest of less than twenty.
    pub p95_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// Whose clock round trips end by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The moment this process read an answer.
    Process,
    /// The kernel's stamp.
    Kernel,
}

/// One kind of ICMP error from one address.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ErrorSeen {
    /// Who said it.
    #[serde(flatten)]
    pub facts: AddressFacts,
    /// What was said, e.g. `host-unreachable`, `administratively-prohibited`, `time-exceeded`, `fragmentation-needed`.
    pub said: String,
    /// ICMP type of that.
    pub icmp_type: u8,
    /// ICMP code of that.
    pub icmp_code: u8,
    /// How often.
    #[schemars(extend("x-volatile" = true))]
    pub count: u32,
    /// What the next link takes, where the packet was too big for it.
    #[serde(rename = "next-hop-mtu_bytes")]
    pub next_hop_mtu_bytes: Option<u32>,
}

/// A router that a packet was too big for.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TooBig {
    /// Who it is.
    #[serde(flatten)]
    pub facts: AddressFacts,
    /// What its next link takes.
    #[serde(rename = "next-hop-mtu_bytes")]
    pub next_hop_mtu_bytes: u32,
}
