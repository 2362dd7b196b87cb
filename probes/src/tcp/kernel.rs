//! What Linux tells of a connection attempt: the ICMP error that ended it, and the round trip of the handshake.

use super::way::Unreached;
use crate::icmp::{Meaning, Said};
use crate::sys::{self, Family, Queue};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use tokio::net::TcpStream;

pub(super) use sys::TcpMeasured as Measured;

/// Before connecting: ICMP errors are to be kept with who said them.
pub(super) fn prepare(socket: &socket2::Socket, to: SocketAddr) -> io::Result<()> {
    sys::keep_errors(socket, Family::of(to.ip()))
}

/// What ICMP said of this attempt, if it said anything that ends the way.
pub(super) fn said(stream: &TcpStream, to: SocketAddr) -> Option<Unreached> {
    // The quoted TCP header; an error longer than this is cut, and nothing of it is read.
    let mut quoted = [0; 256];
    while let Ok(datagram) = sys::receive(stream.as_raw_fd(), Queue::Errors, &mut quoted) {
        let Some(error) = datagram.error.filter(|error| error.from_icmp) else {
            continue;
        };
        let said = Said {
            v6: to.is_ipv6(),
            icmp_type: error.icmp_type,
            icmp_code: error.icmp_code,
        };
        if said.meaning() != Meaning::Aside {
            let from = error.offender;
            return Some(Unreached { said, from });
        }
    }
    None
}

/// What the kernel measured while connecting.
pub(super) fn measured(stream: &TcpStream) -> Option<Measured> {
    sys::tcp_measured(stream).ok()
}
