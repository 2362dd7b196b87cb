//! What a check needs of this machine, settled before the run: a check without it is listed as ignored with the reason.

use crate::network::Network;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::Spanned;
use netspec_probes::route;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Something a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// A way to IPv4 addresses.
    Ipv4,
    /// A way to IPv6 addresses.
    Ipv6,
    /// A way to this address, be there one to others or not.
    To(IpAddr),
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

    /// An ICMP socket for that address.
    pub fn icmp(address: IpAddr) -> Self {
        Self::icmp_of(address.is_ipv4())
    }

    /// An ICMP socket of a family.
    pub fn icmp_of(ipv4: bool) -> Self {
        if ipv4 { Self::Icmp } else { Self::Icmp6 }
    }

    /// Why this machine does not have it, and what to do, if it does not.
    pub fn missing(self, network: &Network) -> Option<String> {
        match self {
            Self::Ipv4 => no_way(SOMEWHERE_4).map(|error| nowhere("IPv4", &error)),
            Self::Ipv6 => no_way(SOMEWHERE_6).map(|error| nowhere("IPv6", &error)),
            Self::To(address) => no_way(address).and_then(|_| generic(address).missing(network)),
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

/// Documentation addresses (RFC 5737, RFC 3849), for which only a default route leads anywhere.
const SOMEWHERE_4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const SOMEWHERE_6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));

/// A way to addresses of that family. Where there is one, an address without is something to be seen, not to be ignored.
fn generic(address: IpAddr) -> Need {
    if address.is_ipv4() {
        Need::Ipv4
    } else {
        Need::Ipv6
    }
}

/// Why the kernel knows no way to an address, if it knows none. Connecting a datagram socket sends nothing.
fn no_way(to: IpAddr) -> Option<io::Error> {
    let from: IpAddr = match to {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let connected = UdpSocket::bind((from, 0)).and_then(|socket| socket.connect((to, 53)));
    connected.err()
}

fn nowhere(family: &str, error: &io::Error) -> String {
    format!("no way to {family} addresses from here ({error})")
}
