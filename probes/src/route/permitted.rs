//! Whether this user may trace, known before anything is sent.

use crate::sys::PERMIT;
use socket2::{Domain, Protocol, Socket, Type};
use std::net::IpAddr;

/// Why an ICMP datagram socket for addresses like this one is not to be had here, with what to change; nothing where it is.
pub fn forbidden(to: IpAddr) -> Option<String> {
    let opened = match to {
        IpAddr::V4(_) => Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::ICMPV4)),
        IpAddr::V6(_) => Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::ICMPV6)),
    };
    let error = opened.err()?;
    Some(match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            format!("ICMP sockets are not permitted to this user; set: {PERMIT}")
        }
        _ => format!("no ICMP socket here: {error}"),
    })
}
