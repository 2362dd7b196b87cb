//! How connecting ended: as a value, and in the vocabulary that every probe over TCP shares.

use crate::fact::Fact;
use crate::facts::{AddressFacts, Atlas};
use crate::icmp::Said;
use crate::observation::Outcome;
use schemars::JsonSchema;
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// One attempt to connect to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where to.
    pub to: SocketAddr,
    /// The address the system chose to come from.
    pub source: Option<IpAddr>,
    /// From the SYN to the end, by this process's clock.
    pub took: Duration,
    /// The round trip of the handshake by the kernel's clock.
    pub rtt: Option<Duration>,
    /// SYNs sent again.
    pub retransmits: Option<u32>,
    /// How it ended.
    pub end: End,
}

/// How connecting ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a connection.
    Connected,
    /// With a RST in answer to the SYN.
    Refused,
    /// ICMP said that the way ends, and what; where the system does not tell, only that.
    Unreachable(Option<Unreached>),
    /// With silence.
    TimedOut,
    /// The connection was gone before it could be used.
    Reset,
    /// This machine had no port or address left to come from.
    LocalExhaustion(String),
    /// This machine could not ask; why.
    CouldNotAsk(String),
}

/// What ICMP said in place of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreached {
    /// Type and code.
    pub said: Said,
    /// Who said it.
    pub from: Option<IpAddr>,
}

/// How connecting ended, in the words of an expectation.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Connection {
    /// How connecting ended.
    pub status: Status,
    /// The address connected to, with its facts; null when no connection came about.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub connected: Fact<AddressFacts>,
    /// What ICMP said in place of the host; null when it said nothing.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub unreachable: Fact<Unreachable>,
    /// From the SYN to the connection, by this process's clock.
    #[serde(rename = "connect-time_ms", skip_serializing_if = "Fact::is_unknown")]
    pub connect_time_ms: Fact<f64>,
    /// The round trip of the handshake (SYN to SYN-ACK) by the kernel's clock, free of this machine's load.
    #[serde(rename = "rtt_ms", skip_serializing_if = "Fact::is_unknown")]
    pub rtt_ms: Fact<f64>,
    /// How many SYNs had to be sent again.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub retransmits: Fact<u32>,
    /// The address gone to, with its facts, reached or not.
    pub target: AddressFacts,
    /// The port gone to.
    pub port: u16,
    /// The address come from.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub source: Fact<IpAddr>,
}

/// How connecting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There is a connection.
    Connected,
    /// The SYN was answered with a RST: the host is there and nobody listens, or something on the way says so.
    Refused,
    /// ICMP says that the way ends before the host; `unreachable` has its word.
    Unreachable,
    /// No answer in the time given.
    Timeout,
    /// The connection was reset before it could be used.
    Reset,
    /// This machine had no port or address left to come from; says nothing about the host.
    LocalExhaustion,
    /// This machine could not ask; says nothing about the host.
    NotAsked,
}

/// What ICMP said in place of the host.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unreachable {
    /// In a word, e.g. `host-unreachable`, `port-unreachable`, `administratively-prohibited`, `time-exceeded`.
    pub said: String,
    /// The ICMP type.
    pub icmp_type: u8,
    /// The ICMP code.
    pub icmp_code: u8,
    /// Who said it, with its facts.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub from: Fact<AddressFacts>,
}

impl Way {
    /// An attempt not made yet.
    pub(super) fn new(to: SocketAddr) -> Self {
        Self {
            to,
            source: None,
            took: Duration::ZERO,
            rtt: None,
            retransmits: None,
            end: End::TimedOut,
        }
    }

    /// It in the vocabulary.
    pub fn seen(&self, atlas: &Atlas) -> Connection {
        let target = atlas.facts(self.to.ip());
        Connection {
            status: self.status(),
            connected: self.once_connected(Some(target.clone())),
            unreachable: self.unreachable(atlas),
            connect_time_ms: self.once_connected(Some(ms(self.took))),
            rtt_ms: self.once_connected(self.rtt.map(ms)),
            retransmits: self.once_connected(self.retransmits),
            target,
            port: self.to.port(),
            source: self.source.map_or(Fact::Unknown, Fact::Known),
        }
    }

    /// The frame around what a probe saw that ended with this way.
    pub fn outcome(&self) -> Outcome {
        match &self.end {
            End::TimedOut => {
                let waited = self.took.as_secs_f64();
                Outcome::NoAnswer(format!("no answer from {} within {waited:.1} s", self.to))
            }
            End::LocalExhaustion(why) | End::CouldNotAsk(why) => Outcome::CouldNotAsk(why.clone()),
            _ => Outcome::Answered,
        }
    }

    /// Whether whatever comes after connecting is known not to be: then it is null, and otherwise missing.
    pub fn is_known_to_lead_nowhere(&self) -> bool {
        matches!(self.end, End::Refused | End::Unreachable(_) | End::Reset)
    }

    fn status(&self) -> Status {
        match self.end {
            End::Connected => Status::Connected,
            End::Refused => Status::Refused,
            End::Unreachable(_) => Status::Unreachable,
            End::TimedOut => Status::Timeout,
            End::Reset => Status::Reset,
            End::LocalExhaustion(_) => Status::LocalExhaustion,
            End::CouldNotAsk(_) => Status::NotAsked,
        }
    }

    /// What there is of a connection: nothing after a refusal, unknown after silence.
    fn once_connected<T>(&self, value: Option<T>) -> Fact<T> {
        match self.end {
            End::Connected => value.map_or(Fact::Unknown, Fact::Known),
            _ if self.is_known_to_lead_nowhere() => Fact::Nothing,
            _ => Fact::Unknown,
        }
    }

    fn unreachable(&self, atlas: &Atlas) -> Fact<Unreachable> {
        match self.end {
            End::Unreachable(Some(unreached)) => Fact::Known(unreached.seen(atlas)),
            End::Connected | End::Refused | End::Reset => Fact::Nothing,
            _ => Fact::Unknown,
        }
    }
}

impl Unreached {
    fn seen(self, atlas: &Atlas) -> Unreachable {
        let from = self.from.map(|from| atlas.facts(from));
        Unreachable {
            said: self.said.word().into_owned(),
            icmp_type: self.said.icmp_type,
            icmp_code: self.said.icmp_code,
            from: from.map_or(Fact::Unknown, Fact::Known),
        }
    }
}

/// In milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
