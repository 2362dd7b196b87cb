//! One message of a socket's queues, as the kernel hands it over.

use nix::libc;
use nix::sys::socket::{ControlMessageOwned, SockaddrStorage};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// One message of either queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Datagram {
    /// How much of the buffer it fills.
    pub(crate) length: usize,
    /// The sender of a reply, or the quoted destination of an error.
    pub(crate) name: Option<IpAddr>,
    pub(crate) ttl: Option<u8>,
    /// When the kernel received it, since the Unix epoch.
    pub(crate) stamp: Option<Duration>,
    pub(crate) error: Option<QueuedError>,
    /// Messages the socket had to drop since it was opened.
    pub(crate) dropped: Option<u32>,
}

/// `struct sock_extended_err` of an ICMP error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueuedError {
    /// False for local errors and transmit timestamps, which are nobody's answer.
    pub(crate) from_icmp: bool,
    pub(crate) icmp_type: u8,
    pub(crate) icmp_code: u8,
    pub(crate) offender: Option<IpAddr>,
    /// The next link's MTU, of errors that tell it.
    pub(crate) info: u32,
    /// Offset of the RFC 4884 extension structure in the payload; 0 when the kernel found none.
    pub(crate) extension_at: usize,
}

impl Datagram {
    pub(super) fn note(&mut self, control: &ControlMessageOwned) {
        match *control {
            ControlMessageOwned::Ipv4Ttl(ttl) | ControlMessageOwned::Ipv6HopLimit(ttl) => {
                self.ttl = u8::try_from(ttl).ok();
            }
            ControlMessageOwned::ScmTimestampns(stamp) => self.stamp = Some(stamp.into()),
            ControlMessageOwned::RxqOvfl(dropped) => self.dropped = Some(dropped),
            ControlMessageOwned::Ipv4RecvErr(error, offender) => {
                self.error = Some(queued(
                    &error,
                    offender.map(|it| Ipv4Addr::from(u32::from_be(it.sin_addr.s_addr)).into()),
                ));
            }
            ControlMessageOwned::Ipv6RecvErr(error, offender) => {
                self.error = Some(queued(
                    &error,
                    offender.map(|it| Ipv6Addr::from(it.sin6_addr.s6_addr).into()),
                ));
            }
            _ => {}
        }
    }
}

fn queued(error: &libc::sock_extended_err, offender: Option<IpAddr>) -> QueuedError {
    let [low, high, ..] = error.ee_data.to_ne_bytes();
    QueuedError {
        from_icmp: matches!(
            error.ee_origin,
            libc::SO_EE_ORIGIN_ICMP | libc::SO_EE_ORIGIN_ICMP6
        ),
        icmp_type: error.ee_type,
        icmp_code: error.ee_code,
        offender: offender.map(|address| address.to_canonical()),
        extension_at: u16::from_ne_bytes([low, high]).into(),
        info: error.ee_info,
    }
}

pub(super) fn address_of(name: SockaddrStorage) -> Option<IpAddr> {
    let v4 = name.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
    v4.or_else(|| name.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
        .map(|address| address.to_canonical())
}
