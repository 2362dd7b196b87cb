//! Where an ICMPv6 error from the internet's side comes from.

use super::packet::{ICMP6, Packet, pseudo_checksum};

const SOURCE: std::ops::Range<usize> = 8..24;
const DESTINATION: std::ops::Range<usize> = 24..40;
const ICMP: usize = 40;
const QUOTE: usize = ICMP + 8;

/// The same error as if from the host it is about. Linux sends errors from an address a device of its own has
/// (`icmp6_send` in net/ipv6/icmp.c), and the internet's side has none: all addresses are its own by one route.
/// Nothing where the packet is no ICMPv6 error.
pub(crate) fn mended(packet: &Packet<'_>) -> Option<Vec<u8>> {
    let kind = packet.payload().first()?;
    if packet.protocol != ICMP6 || *kind >= 128 || packet.is_fragment() {
        return None;
    }
    let about = *packet
        .bytes
        .get(QUOTE..)?
        .get(DESTINATION)?
        .first_chunk::<16>()?;
    let mut bytes = packet.bytes.to_vec();
    bytes[SOURCE].copy_from_slice(&about);
    bytes[ICMP + 2..ICMP + 4].fill(0);
    let sum = pseudo_checksum(about.into(), packet.destination, ICMP6, &bytes[ICMP..]);
    bytes[ICMP + 2..ICMP + 4].copy_from_slice(&sum.to_be_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::wire::packet::{UDP, enclosed};

    #[test]
    fn an_error_comes_from_the_host_it_is_about() {
        let [client, host, other] =
            ["2001:db8::1", "2001:db8::2", "fe80::9"].map(|text| text.parse::<IpAddr>().unwrap());
        let probe = enclosed(client, host, (UDP, 9, 0, 0), &[1; 12]).unwrap();
        let error = [&[1, 4, 0, 0, 0, 0, 0, 0], &probe[..]].concat();
        let sent = enclosed(other, client, (ICMP6, 64, 0, 0), &error).unwrap();
        let mended = mended(&Packet::parse(&sent).unwrap()).unwrap();
        let packet = Packet::parse(&mended).unwrap();
        assert_eq!((packet.source, packet.destination), (host, client));
        assert_eq!(pseudo_checksum(host, client, ICMP6, packet.payload()), 0);
        assert_eq!(packet.payload()[8..], probe);
    }

    #[test]
    fn echoes_and_short_quotes_stay() {
        let [client, host] =
            ["2001:db8::1", "2001:db8::2"].map(|text| text.parse::<IpAddr>().unwrap());
        for payload in [
            &[129, 0, 0, 0, 0, 1, 0, 1][..],
            &[1, 4, 0, 0, 0, 0, 0, 0, 0x60],
        ] {
            let sent = enclosed(host, client, (ICMP6, 64, 0, 0), payload).unwrap();
            assert!(mended(&Packet::parse(&sent).unwrap()).is_none());
        }
    }
}
