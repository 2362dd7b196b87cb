//! What a check needs of this machine, settled before the run: a check without it is listed as ignored with the reason.

use crate::network::Network;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::Spanned;
use netspec_probes::route;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Something a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// A way to IPv4 addresses.
    Ipv4,
    /// A way to IPv6 addresses.
    Ipv6,
    /// An unprivileged ICMP socket.
    Icmp,
    /// An unprivileged ICMPv6 socket.
    Icmp6,
    /// The embedded lab.
    Lab,
    /// The real network.
    Live,
    /// A database of address facts.
    Geo,
}

/// What can be written under `needs`, and what it means.
pub const NEEDS: &[(&str, Need, &str)] = &[
    ("ipv4", Need::Ipv4, "a way to IPv4 addresses"),
    ("ipv6", Need::Ipv6, "a way to IPv6 addresses"),
    (
        "icmp",
        Need::Icmp,
        "an unprivileged ICMP socket; a route check needs it without saying so",
    ),
    ("lab", Need::Lab, "the embedded lab"),
    ("live", Need::Live, "the real network"),
    ("geo", Need::Geo, "a database of address facts"),
];

impl Need {
    /// Reads one word under `needs`.
    pub fn read(word: &Spanned<String>, problems: &mut Problems) -> Option<Self> {
        let known: Vec<&str> = NEEDS.iter().map(|(name, _, _)| *name).collect();
        let found = NEEDS
            .iter()
            .find(|(name, _, _)| *name == word.value)
            .map(|(_, need, _)| *need);
        if found.is_none() {
            let problem = Problem::new(word.span, format!("unknown need `{}`", word.value));
            problems.add(problem.help(suggest::remedy(&word.value, &known)));
        }
        found
    }

    /// A way to that address.
    pub fn family(address: IpAddr) -> Self {
        if address.is_ipv4() {
            Self::Ipv4
        } else {
            Self::Ipv6
        }
    }

    /// An ICMP socket for that address.
    pub fn icmp(address: IpAddr) -> Self {
        if address.is_ipv4() {
            Self::Icmp
        } else {
            Self::Icmp6
        }
    }

    /// Why this machine does not have it, and what to do, if it does not.
    pub fn missing(self, network: &Network) -> Option<String> {
        match self {
            Self::Ipv4 => way("192.0.2.1:53", "0.0.0.0:0", "IPv4"),
            Self::Ipv6 => way("[2001:db8::1]:53", "[::]:0", "IPv6"),
            Self::Icmp => route::forbidden(Ipv4Addr::UNSPECIFIED.into()),
            Self::Icmp6 => route::forbidden(Ipv6Addr::UNSPECIFIED.into()),
            Self::Lab => network
                .lab
                .is_none()
                .then(|| "needs the lab: run with --lab".to_owned()),
            Self::Live => network
                .lab
                .is_some()
                .then(|| "needs the real network: run without the lab".to_owned()),
            Self::Geo => network
                .atlas
                .databases()
                .is_empty()
                .then(|| "needs a database: `geo:` in netspec.yaml".to_owned()),
        }
    }
}

/// Whether the kernel knows a way to an address of that family. Connecting a datagram socket sends nothing.
fn way(to: &str, from: &str, family: &str) -> Option<String> {
    let to: SocketAddr = to.parse().ok()?;
    let error = UdpSocket::bind(from)
        .and_then(|socket| socket.connect(to))
        .err()?;
    Some(format!("no way to {family} addresses from here ({error})"))
}
