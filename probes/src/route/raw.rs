//! What was asked and what came back, before anything is made of it.

use super::question::Question;
use super::seen::MplsLabel;
use crate::icmp::{Meaning, Said};
use crate::ping::PathMtu;
use jiff::Timestamp;
use std::borrow::Cow;
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
    /// UDP errors that quoted too little to say which of several probes they were about; no hop's answers.
    pub unnamed: u32,
    /// The search for every router ended for want of flows or patience.
    pub is_capped: bool,
    /// The largest packet of the first flow, where it was looked for and found.
    pub path_mtu: Option<PathMtu>,
    /// The farthest hop that packets which vanish for their size still come to.
    pub black_hole: Option<u8>,
    /// Messages the kernel dropped meanwhile because the socket's buffer was full: silence may be ours.
    pub dropped: u32,
    /// Wall time.
    pub took: Duration,
}

impl RawTrace {
    /// A trace of which no probe left.
    pub(super) fn not_asked(question: Question, outcome: RawOutcome) -> Self {
        Self {
            question,
            outcome,
            asked_at: Timestamp::now(),
            source: None,
            probes: Vec::new(),
            late: 0,
            duplicates: 0,
            unnamed: 0,
            is_capped: false,
            path_mtu: None,
            black_hole: None,
            dropped: 0,
            took: Duration::ZERO,
        }
    }
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
    pub said: Heard,
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

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An ICMP message.
    Icmp(Said),
    /// A datagram from the port that was asked.
    Datagram,
    /// The port is open: it accepts a connection.
    SynAck,
    /// The port is closed: it refuses a connection.
    Reset,
}

impl Heard {
    /// The ICMP message it is, if it is one.
    pub fn icmp(self) -> Option<Said> {
        match self {
            Self::Icmp(said) => Some(said),
            Self::Datagram | Self::SynAck | Self::Reset => None,
        }
    }

    /// A router dropped the probe because its time to live ran out.
    pub fn is_time_exceeded(self) -> bool {
        self.meaning() == Some(Meaning::TimeExceeded)
    }

    /// The next link does not take packets of its size.
    pub fn is_too_big(self) -> bool {
        self.meaning() == Some(Meaning::TooBig)
    }

    /// Somebody says that the way ends here.
    pub fn is_unreachable(self) -> bool {
        self.meaning() == Some(Meaning::Unreachable)
    }

    /// Only a host says that of itself: what answers the protocol, or that it has no such port.
    pub fn is_of_a_host(self) -> bool {
        match self {
            Self::Icmp(said) => said.meaning() == Meaning::EchoReply || said.is_port_unreachable(),
            Self::Datagram | Self::SynAck | Self::Reset => true,
        }
    }

    /// Whether no further distance need be asked.
    pub fn is_final(self) -> bool {
        self.is_of_a_host() || self.is_unreachable()
    }

    /// The word for it.
    pub fn word(self) -> Cow<'static, str> {
        match self {
            Self::Icmp(said) => said.word(),
            Self::Datagram => "udp-reply".into(),
            Self::SynAck => "syn-ack".into(),
            Self::Reset => "reset".into(),
        }
    }

    fn meaning(self) -> Option<Meaning> {
        self.icmp().map(Said::meaning)
    }
}

/// Whose receive time a round-trip time is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The kernel's stamp of the packet.
    Kernel,
    /// The moment this process read it: no stamp, or the clock was set meanwhile.
    Process,
}
