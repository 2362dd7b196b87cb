//! Address translators that do not look into ICMP errors, so that what is quoted tells of them.

use std::net::IpAddr;
use std::ops::Range;

use super::packet::{ICMP, ICMP6, Packet, TCP, UDP, checksum, pseudo_checksum};
use crate::stage::Road;
use crate::world::route::Hop;

/// What has become of a packet's addresses on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Translation {
    from: Option<IpAddr>,
    to: Option<IpAddr>,
}

#[derive(Clone, Copy)]
enum End {
    Source,
    Destination,
}

impl Translation {
    /// Behind one more router.
    pub(crate) fn behind(self, router: &Hop) -> Self {
        Self {
            from: router.translates_from.or(self.from),
            to: router.translates_to.or(self.to),
        }
    }

    /// Behind all routers of a road; of several side by side the first counts.
    pub(crate) fn of(road: &Road) -> Self {
        let firsts = road.distances.iter().filter_map(|it| it.routers.first());
        firsts.fold(Self::default(), Self::behind)
    }

    /// The packet, or what is left of it in a quote, with the addresses it has there.
    pub(crate) fn apply(self, bytes: &mut [u8]) {
        rewrite(bytes, End::Source, self.from);
        rewrite(bytes, End::Destination, self.to);
    }

    /// An error from the host as its own side of the translator sent it; nothing where it is no error or nothing is translated.
    pub(crate) fn error_from_within(self, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let (kind, message) = (*packet.payload().first()?, packet.header_len);
        let is_error = match packet.protocol {
            ICMP => matches!(kind, 3 | 4 | 5 | 11 | 12),
            ICMP6 => kind < 128,
            _ => false,
        };
        if !is_error || packet.is_fragment() || (self.from, self.to) == (None, None) {
            return None;
        }
        let mut bytes = packet.bytes.to_vec();
        self.apply(bytes.get_mut(message + 8..)?);
        bytes.get_mut(message + 2..message + 4)?.fill(0);
        let ends = (packet.source, packet.destination);
        let sum = match packet.is_v6() {
            true => pseudo_checksum(ends.0, ends.1, ICMP6, &bytes[message..]),
            false => checksum(&[&bytes[message..]]),
        };
        bytes[message + 2..message + 4].copy_from_slice(&sum.to_be_bytes());
        rewrite(&mut bytes, End::Source, self.to);
        Some(bytes)
    }
}

/// Puts another address at one end, and mends every sum that counts it.
fn rewrite(bytes: &mut [u8], end: End, with: Option<IpAddr>) {
    let Some((place, is)) = with.and_then(|with| place(bytes, end, with)) else {
        return;
    };
    let Some(address) = bytes.get_mut(place) else {
        return;
    };
    let was = address.to_vec();
    address.copy_from_slice(&is);
    for at in sums(bytes).into_iter().flatten() {
        if let Some(sum) = bytes.get_mut(at..at + 2) {
            sum.copy_from_slice(&renewed(sum, &was, &is));
        }
    }
}

/// Where the address of an end is, and the octets to stand there; nothing where they are of the other IP version.
fn place(bytes: &[u8], end: End, with: IpAddr) -> Option<(Range<usize>, Vec<u8>)> {
    match (bytes.first()? >> 4, with, end) {
        (4, IpAddr::V4(with), End::Source) => Some((12..16, with.octets().into())),
        (4, IpAddr::V4(with), End::Destination) => Some((16..20, with.octets().into())),
        (6, IpAddr::V6(with), End::Source) => Some((8..24, with.octets().into())),
        (6, IpAddr::V6(with), End::Destination) => Some((24..40, with.octets().into())),
        _ => None,
    }
}

/// Where the sums are that count the addresses: IPv4's own, and that of what it carries.
fn sums(bytes: &[u8]) -> [Option<usize>; 2] {
    let first = bytes.first().copied().unwrap_or_default();
    let (own, header_len, protocol) = match first >> 4 {
        4 => (Some(10), usize::from(first & 15) * 4, bytes.get(9)),
        _ => (None, 40, bytes.get(6)),
    };
    let carried = match protocol {
        Some(&TCP) => Some(header_len + 16),
        Some(&UDP) => Some(header_len + 6),
        Some(&ICMP6) => Some(header_len + 2),
        _ => None,
    };
    [own, carried]
}

/// A sum after what it counts has changed (RFC 1624).
fn renewed(sum: &[u8], was: &[u8], is: &[u8]) -> [u8; 2] {
    let inverted = |bytes: &[u8]| bytes.iter().map(|byte| !byte).collect::<Vec<_>>();
    checksum(&[&inverted(sum), &inverted(was), is]).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::packet::enclosed;

    const V4: [&str; 3] = ["192.0.2.2", "203.0.113.1", "10.0.0.1"];
    const V6: [&str; 3] = ["2001:db8::1", "2001:db8::2", "fd00::3"];

    fn within(inner: &str) -> Translation {
        Translation {
            from: None,
            to: inner.parse().ok(),
        }
    }

    /// A datagram with the right sum.
    fn datagram(from: IpAddr, to: IpAddr) -> Vec<u8> {
        let mut payload = vec![0x9c, 0x40, 0x82, 0x9a, 0, 11, 0, 0, 1, 2, 3];
        let sum = pseudo_checksum(from, to, UDP, &payload);
        payload[6..8].copy_from_slice(&sum.to_be_bytes());
        enclosed(from, to, (UDP, 9, 0, 7), &payload).unwrap()
    }

    #[test]
    fn another_destination_is_as_if_sent_there() {
        for family in [V4, V6] {
            let [client, host, inner] = family.map(|text| text.parse::<IpAddr>().unwrap());
            let mut translated = datagram(client, host);
            within(family[2]).apply(&mut translated);
            assert_eq!(translated, datagram(client, inner));
        }
    }

    #[test]
    fn an_address_of_the_other_family_and_a_cut_quote_stay() {
        let [client, host, _] = V4.map(|text| text.parse::<IpAddr>().unwrap());
        let whole = datagram(client, host);
        for (inner, length) in [(V6[2], whole.len()), (V4[2], 12), (V4[2], 0)] {
            let mut bytes = whole[..length].to_vec();
            within(inner).apply(&mut bytes);
            assert_eq!(bytes, whole[..length], "{inner} {length}");
        }
    }

    #[test]
    fn the_hosts_own_error_comes_from_within_with_right_sums() {
        for (family, protocol, kind) in [(V4, ICMP, [3, 3]), (V6, ICMP6, [1, 4])] {
            let [client, host, inner] = family.map(|text| text.parse::<IpAddr>().unwrap());
            let error = |from: IpAddr, about: IpAddr| {
                let mut message = vec![kind[0], kind[1], 0, 0, 0, 0, 0, 0];
                message.extend(datagram(client, about));
                let sum = match from {
                    IpAddr::V4(_) => checksum(&[&message]),
                    IpAddr::V6(_) => pseudo_checksum(from, client, protocol, &message),
                };
                message[2..4].copy_from_slice(&sum.to_be_bytes());
                enclosed(from, client, (protocol, 64, 0, 0), &message).unwrap()
            };
            let outside = error(host, host);
            let packet = Packet::parse(&outside).unwrap();
            let told = within(family[2]).error_from_within(&packet);
            assert_eq!(told, Some(error(inner, inner)));
            assert_eq!(Translation::default().error_from_within(&packet), None);
        }
    }
}
