//! What came back to one question, before anything is made of it.

use super::{Connection, Transport};
use nix::errno::Errno;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// How asking ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A message that answers the question.
    Answer(Vec<u8>),
    /// A cut answer over UDP, and no whole one over TCP.
    CutAnswer(Vec<u8>),
    /// The connection ended in the middle of a message.
    HalfAnswer,
    /// There is no encrypted connection: the handshake failed.
    HandshakeFailed,
    /// The server's certificate is not one to talk to, so nothing was asked.
    Untrusted,
    /// What carries DNS there worked, and brought something else.
    NotDns,
    /// Nothing came in time.
    Silence,
    /// ICMP or TCP says that nobody is there, or the connection ended without an answer.
    Unreachable,
    /// The question could not be sent, and why.
    CouldNotAsk(String),
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    /// How it ended.
    pub(super) end: End,
    /// What carried it.
    pub(super) transport: Transport,
    /// From the first octet sent to the last octet of the answer.
    pub(super) took: Duration,
    /// Answers to the question.
    pub(super) replies: u32,
    /// Different ones among them.
    pub(super) different_replies: u32,
    /// What came and was no answer to the question.
    pub(super) strays: u32,
    /// The encrypted connection, where the question goes over one.
    pub(super) connection: Option<Box<Connection>>,
}

impl Heard {
    /// Nothing yet.
    pub(super) fn nothing(transport: Transport) -> Self {
        Self {
            end: End::Silence,
            transport,
            took: Duration::ZERO,
            replies: 0,
            different_replies: 0,
            strays: 0,
            connection: None,
        }
    }

    /// Not even sent.
    pub(super) fn could_not_ask(transport: Transport, why: String) -> Self {
        Self {
            end: End::CouldNotAsk(why),
            ..Self::nothing(transport)
        }
    }

    /// The answer, where there is one.
    pub(super) fn answer(&self) -> Option<&[u8]> {
        match &self.end {
            End::Answer(octets) => Some(octets),
            _ => None,
        }
    }

    /// Takes over time and strays of what was tried before on behalf of the same question.
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        self.took += earlier.took;
        self.strays = self.strays.saturating_add(earlier.strays);
        self
    }
}

/// How an error of a socket that talks to the server ends the question.
///
/// Whether there is a way to the server at all was settled by connecting a datagram socket, which sends nothing;
/// an unreachable after that was said by somebody on the way, or by the neighbour that does not answer.
pub(super) fn end_by(error: &io::Error, server: SocketAddr) -> End {
    match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
        Errno::ECONNREFUSED
        | Errno::ECONNRESET
        | Errno::EPIPE
        | Errno::EHOSTUNREACH
        | Errno::ENETUNREACH
        | Errno::EHOSTDOWN
        | Errno::ENONET
        | Errno::ENOPROTOOPT
        | Errno::EPROTO => End::Unreachable,
        Errno::ETIMEDOUT => End::Silence,
        _ => End::CouldNotAsk(why_not(error, server)),
    }
}

/// Why a question could not be put, and what to do about it.
pub(super) fn why_not(error: &io::Error, server: SocketAddr) -> String {
    match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
        Errno::EMFILE => {
            "no socket left in this process: raise the limit (`ulimit -n`) or run fewer questions at once".to_owned()
        }
        Errno::ENFILE => "no socket left on this machine: run fewer questions at once".to_owned(),
        Errno::ENETUNREACH | Errno::EHOSTUNREACH => format!("this machine has no route to {}", server.ip()),
        Errno::EADDRNOTAVAIL => format!("no free local port or address for {server}"),
        Errno::EACCES | Errno::EPERM => format!("this machine's own rules forbid packets to {server}"),
        Errno::EAFNOSUPPORT => format!("this machine does not speak the address family of {}", server.ip()),
        _ => format!("asking {server} failed here: {error}"),
    }
}
