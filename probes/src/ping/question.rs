//! What to ask for, and how gently.

use std::net::IpAddr;
use std::time::Duration;

/// The smallest payload: less does not say which request it is.
pub const LEAST_SIZE_BYTES: u16 = 24;
/// The largest payload of a datagram with both headers.
pub const MOST_SIZE_BYTES: u16 = 65_507;

/// Some echo requests to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The address to ask.
    pub to: IpAddr,
    /// How many requests.
    pub count: u16,
    /// The time between two requests.
    pub interval: Duration,
    /// Octets after the ICMP header.
    pub size_bytes: u16,
    /// Nobody may cut the packets: not this system, not a router.
    pub dont_fragment: bool,
    /// The TTL or hop limit requests leave with.
    pub ttl: u8,
    /// How long each echo is waited for.
    pub timeout: Duration,
    /// Whether to look for the largest packet that comes through whole.
    pub path_mtu: bool,
}

impl Question {
    /// The customary question: five requests of 56 octets, 200 ms apart, two seconds for each.
    pub fn new(to: IpAddr) -> Self {
        Self {
            to,
            count: 5,
            interval: Duration::from_millis(200),
            size_bytes: 56,
            dont_fragment: false,
            ttl: 64,
            timeout: Duration::from_secs(2),
            path_mtu: false,
        }
    }

    /// The octets of IP and ICMP headers before the payload.
    pub(super) fn headers_bytes(&self) -> u32 {
        if self.to.is_ipv4() { 28 } else { 48 }
    }
}
