//! What was asked and what came back, before anything is made of it.

use super::question::Question;
use super::seen::MplsLabel;
use crate::icmp::Said;
use jiff::Timestamp;
use std::net::IpAddr;
use std::time::Duration;

/// Every probe of one trace and every answer.
#[derive(Clone, Debug)]
pub struct RawTrace {
    /// What was asked.
    pub question: Question,
    /// Whether it could be asked.
    pub outcome: RawOutcome,
    /// When it began, UTC.
    pub asked_at: Timestamp,
    /// The source address of every probe.
    pub source: Option<IpAddr>,
    /// The probes in the order sent.
    pub probes: Vec<RawProbe>,
    /// Answers later than the timeout.
    pub late: u32,
    /// Second answers to one probe.
    pub duplicates: u32,
    /// Messages the kernel dropped meanwhile because the socket's buffer was full: silence may be ours.
    pub dropped: u32,
    /// Wall time.
    pub took: Duration,
}

/// Whether the trace could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawOutcome {
    /// Yes; see the probes.
    Asked,
    /// Not permitted or not possible on this machine; what to change.
    Unsupported(String),
    /// No route, no such address family, a local firewall.
    CouldNotAsk(String),
}

/// One probe.
#[derive(Clone, Debug, PartialEq)]
pub struct RawProbe {
    /// The TTL or hop limit it left with.
    pub ttl: u8,
    /// Its flow, by index.
    pub flow: u16,
    /// When it left, since the trace began.
    pub sent_at: Duration,
    /// The first answer in time.
    pub answer: Option<Answer>,
}

/// One answer to one probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who answered.
    pub from: IpAddr,
    /// What it said.
    pub said: Said,
    /// Round-trip time.
    pub rtt: Duration,
    /// Whose clock ends that time.
    pub clock: Clock,
    /// TTL or hop limit the answer arrived with.
    pub reply_ttl: Option<u8>,
    /// The label stack it quoted.
    pub mpls: Vec<MplsLabel>,
    /// The destination it quoted, where that is not the one sent to.
    pub translated_to: Option<IpAddr>,
    /// The size the next link takes, where the packet was too big for it.
    pub next_hop_mtu: Option<u32>,
    /// An echo whose payload is not what was sent.
    pub corrupt: bool,
}

/// Whose receive time a round-trip time is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The kernel's stamp of the packet.
    Kernel,
    /// The moment this process read it: no stamp, or the clock was set meanwhile.
    Process,
}
