//! What came back to one request, before anything is made of it.

use super::content::Body;
use super::seen::{Ended, Phase, Version};
use crate::fact::Fact;
use crate::tcp::Way;
use crate::tls;
use http::HeaderMap;
use std::net::SocketAddr;
use std::time::Duration;

/// What came back to one request.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Where it went.
    pub(super) addr: SocketAddr,
    /// How connecting ended; none over QUIC.
    pub(super) way: Option<Way>,
    /// Whether there is a connection over QUIC.
    pub(super) over_quic: bool,
    /// What TLS came to; none where it was not tried.
    pub(super) tls: Option<tls::Seen>,
    /// The proxy's status.
    pub(super) proxy_status: Option<u16>,
    /// The answer.
    pub(super) answer: Option<Answer>,
    /// What came in its place.
    pub(super) instead: Option<Vec<u8>>,
    /// The handshake of TLS or QUIC.
    pub(super) tls_took: Option<Duration>,
    /// From the request to the first octet of the answer.
    pub(super) first_byte: Option<Duration>,
    /// From there to the last.
    pub(super) body_took: Option<Duration>,
    /// How it ended.
    pub(super) end: End,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) ended: Ended,
    /// The phase in which time was over.
    pub(super) phase: Option<Phase>,
    /// Why, in words for people.
    pub(super) because: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    /// The statuses before it; none where they cannot be heard.
    pub(super) interim: Option<Vec<u16>>,
    pub(super) body: Body,
    pub(super) trailers: HeaderMap,
}

impl Heard {
    /// Nothing yet.
    pub(super) fn nothing(addr: SocketAddr) -> Self {
        Self {
            addr,
            way: None,
            over_quic: false,
            tls: None,
            proxy_status: None,
            answer: None,
            instead: None,
            tls_took: None,
            first_byte: None,
            body_took: None,
            end: End::silence(Phase::Connect),
        }
    }
}

impl End {
    /// An answer came.
    pub(super) fn answered() -> Self {
        Self {
            ended: Ended::Answered,
            phase: None,
            because: None,
        }
    }

    /// Time was over.
    pub(super) fn silence(phase: Phase) -> Self {
        Self {
            ended: Ended::Timeout,
            phase: Some(phase),
            because: None,
        }
    }

    /// It ended so, and why.
    pub(super) fn because(ended: Ended, why: impl Into<String>) -> Self {
        Self {
            ended,
            phase: None,
            because: Some(why.into()),
        }
    }

    /// Whether what did not come is known not to come, and not only unknown.
    pub(super) fn is_certain(&self) -> bool {
        !matches!(self.ended, Ended::Timeout | Ended::NotAsked)
    }

    /// What there is of something after such an end.
    pub(super) fn fact<T>(&self, value: Option<T>) -> Fact<T> {
        match value {
            Some(value) => Fact::Known(value),
            None if self.is_certain() => Fact::Nothing,
            None => Fact::Unknown,
        }
    }
}
