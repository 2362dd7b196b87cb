//! The special ranges of the IANA registries (RFC 6890), with what they are for in one word.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Network, length, word; no word where the registry calls a part of a special range globally reachable.
type Row<A> = (A, u8, Option<&'static str>);

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8, word: &'static str) -> Row<Ipv4Addr> {
    (Ipv4Addr::new(a, b, c, d), length, Some(word))
}

const fn v6(head: [u16; 3], length: u8, word: &'static str) -> Row<Ipv6Addr> {
    (
        Ipv6Addr::new(head[0], head[1], head[2], 0, 0, 0, 0, 0),
        length,
        Some(word),
    )
}

/// IPv4, the more specific before the wider.
const V4: &[Row<Ipv4Addr>] = &[
    v4(0, 0, 0, 0, 8, "this-network"),
    v4(10, 0, 0, 0, 8, "private"),
    v4(100, 64, 0, 0, 10, "cgn"),
    v4(127, 0, 0, 0, 8, "loopback"),
    v4(169, 254, 0, 0, 16, "link-local"),
    v4(172, 16, 0, 0, 12, "private"),
    // Port Control Protocol and TURN anycast (RFC 7723, RFC 8155).
    (Ipv4Addr::new(192, 0, 0, 9), 32, None),
    (Ipv4Addr::new(192, 0, 0, 10), 32, None),
    v4(192, 0, 0, 0, 24, "reserved"),
    v4(192, 0, 2, 0, 24, "documentation"),
    v4(192, 168, 0, 0, 16, "private"),
    v4(198, 18, 0, 0, 15, "benchmarking"),
    v4(198, 51, 100, 0, 24, "documentation"),
    v4(203, 0, 113, 0, 24, "documentation"),
    v4(224, 0, 0, 0, 4, "multicast"),
    v4(255, 255, 255, 255, 32, "broadcast"),
    v4(240, 0, 0, 0, 4, "reserved"),
];

/// IPv6, the more specific before the wider. Teredo and 6to4 carry global addresses and are left to the databases.
const V6: &[Row<Ipv6Addr>] = &[
    (Ipv6Addr::UNSPECIFIED, 128, Some("unspecified")),
    (Ipv6Addr::LOCALHOST, 128, Some("loopback")),
    v6([0x64, 0xff9b, 1], 48, "private"),
    v6([0x100, 0, 0], 64, "discard"),
    v6([0x2001, 0x2, 0], 48, "benchmarking"),
    v6([0x2001, 0xdb8, 0], 32, "documentation"),
    v6([0x3fff, 0, 0], 20, "documentation"),
    v6([0x5f00, 0, 0], 16, "segment-routing"),
    v6([0xfc00, 0, 0], 7, "private"),
    v6([0xfe80, 0, 0], 10, "link-local"),
    v6([0xfec0, 0, 0], 10, "reserved"),
    v6([0xff00, 0, 0], 8, "multicast"),
];

/// The special range an address lies in, if any, and its word. The address is not IPv4-mapped.
pub(super) fn special(address: IpAddr) -> Option<(IpNet, &'static str)> {
    match address {
        IpAddr::V4(address) => V4.iter().find_map(|&(network, length, word)| {
            let network = Ipv4Net::new_assert(network, length);
            network
                .contains(&address)
                .then_some((IpNet::V4(network), word))
        }),
        IpAddr::V6(address) => V6.iter().find_map(|&(network, length, word)| {
            let network = Ipv6Net::new_assert(network, length);
            network
                .contains(&address)
                .then_some((IpNet::V6(network), word))
        }),
    }
    .and_then(|(network, word)| Some((network, word?)))
}

/// The special range of an address, or of the IPv4 address within it where it stands for one.
pub(super) fn behind(address: IpAddr) -> Option<(IpNet, &'static str)> {
    let within = match address {
        IpAddr::V6(address) => within(address),
        IpAddr::V4(_) => None,
    };
    special(address).or_else(|| special(within?.into()))
}

/// The IPv4 address a translator sends this one's packets to: NAT64's well-known prefix, and 6to4.
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let pair = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(pair(high, low)),
        [0x2002, high, low, ..] => Some(pair(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_stands_for_a_special_address_is_special() {
        for (written, word) in [
            ("64:ff9b::10.0.0.1", Some("private")),
            ("64:ff9b::1.1.1.1", None),
            ("2002:7f00:1::1", Some("loopback")),
            ("2002:101:101::1", None),
            ("::ffff:169.254.169.254", Some("link-local")),
            ("::1", Some("loopback")),
            ("2606:4700::1111", None),
        ] {
            let address: IpAddr = written.parse().unwrap();
            assert_eq!(crate::facts::special_range(address), word, "{written}");
        }
    }

    use super::*;

    fn word(address: &str) -> Option<&'static str> {
        special(address.parse().unwrap()).map(|(_, word)| word)
    }

    #[test]
    fn both_ends_of_a_range_are_in_it_and_their_neighbours_are_not() {
        for (first, last, name) in [
            ("10.0.0.0", "10.255.255.255", "private"),
            ("100.64.0.0", "100.127.255.255", "cgn"),
            ("127.0.0.0", "127.255.255.255", "loopback"),
            ("169.254.0.0", "169.254.255.255", "link-local"),
            ("172.16.0.0", "172.31.255.255", "private"),
            ("192.0.2.0", "192.0.2.255", "documentation"),
            ("198.18.0.0", "198.19.255.255", "benchmarking"),
        ] {
            let (first, last): (Ipv4Addr, Ipv4Addr) =
                (first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(word(&first.to_string()), Some(name));
            assert_eq!(word(&last.to_string()), Some(name));
            assert_eq!(
                word(&Ipv4Addr::from(u32::from(first) - 1).to_string()),
                None
            );
            assert_eq!(word(&Ipv4Addr::from(u32::from(last) + 1).to_string()), None);
        }
    }

    #[test]
    fn the_more_specific_range_wins() {
        assert_eq!(word("255.255.255.255"), Some("broadcast"));
        assert_eq!(word("255.255.255.254"), Some("reserved"));
        assert_eq!(word("192.0.0.9"), None);
        assert_eq!(word("192.0.0.8"), Some("reserved"));
    }

    #[test]
    fn ipv6_has_its_own() {
        for (address, name) in [
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("2001:db8::1", Some("documentation")),
            ("3fff::1", Some("documentation")),
            ("fd00::1", Some("private")),
            ("fe80::1", Some("link-local")),
            ("ff02::1", Some("multicast")),
            ("2606:4700::1111", None),
            ("2001::1", None),
        ] {
            assert_eq!(word(address), name, "{address}");
        }
    }
}
