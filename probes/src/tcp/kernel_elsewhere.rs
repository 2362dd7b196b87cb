//! Where the system has no error queue: an attempt ends with an error number, and nobody says who said it.

use super::way::Unreached;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// What the kernel measured of a TCP connection.
pub(super) struct Measured {
    pub(super) rtt: Duration,
    pub(super) retransmits: u32,
}

/// Nothing is to be prepared.
pub(super) fn prepare(_: &socket2::Socket, _: SocketAddr) -> io::Result<()> {
    Ok(())
}

/// Nobody says.
pub(super) fn said(_: &TcpStream, _: SocketAddr) -> Option<Unreached> {
    None
}

/// Nothing is measured.
pub(super) fn measured(_: &TcpStream) -> Option<Measured> {
    None
}
