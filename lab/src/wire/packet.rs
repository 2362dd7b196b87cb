//! A checked view of an IP packet: what routers look at, and nothing else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::chance::mix;

pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMP6: u8 = 58;
/// The header of an IPv6 fragment (RFC 8200 §4.5).
const FRAGMENT: u8 = 44;

/// An IP packet whose header has been checked against its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    /// Header and payload, without whatever the link padded.
    pub(crate) bytes: &'a [u8],
    pub(crate) header_len: usize,
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) ttl: u8,
    pub(crate) protocol: u8,
    first_fragment: bool,
    fragment: bool,
}

impl<'a> Packet<'a> {
    /// Nothing where the bytes are not a whole IPv4 or IPv6 packet.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        match bytes.first()? >> 4 {
            4 => Self::parse_v4(bytes),
            6 => Self::parse_v6(bytes),
            _ => None,
        }
    }

    fn parse_v4(bytes: &'a [u8]) -> Option<Self> {
        let header: &[u8; 20] = bytes.first_chunk()?;
        let header_len = usize::from(header[0] & 15) * 4;
        let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if header_len < 20 || total < header_len {
            return None;
        }
        let address = |at: usize| {
            header[at..]
                .first_chunk::<4>()
                .map(|octets| Ipv4Addr::from(*octets))
        };
        Some(Self {
            bytes: bytes.get(..total)?,
            header_len,
            source: address(12)?.into(),
            destination: address(16)?.into(),
            ttl: header[8],
            protocol: header[9],
            first_fragment: u16::from_be_bytes([header[6], header[7]]) & 0x1fff == 0,
            fragment: u16::from_be_bytes([header[6], header[7]]) & 0x3fff != 0,
        })
    }

    fn parse_v6(bytes: &'a [u8]) -> Option<Self> {
        let header: &[u8; 40] = bytes.first_chunk()?;
        let total = 40 + usize::from(u16::from_be_bytes([header[4], header[5]]));
        let address = |at: usize| {
            header[at..]
                .first_chunk::<16>()
                .map(|octets| Ipv6Addr::from(*octets))
        };
        let bytes = bytes.get(..total)?;
        let fragment = (header[6] == FRAGMENT)
            .then(|| bytes.get(40..)?.first_chunk::<8>())
            .flatten();
        let offset = fragment.map(|header| u16::from_be_bytes([header[2], header[3]]) >> 3);
        Some(Self {
            bytes,
            header_len: if fragment.is_some() { 48 } else { 40 },
            source: address(8)?.into(),
            destination: address(24)?.into(),
            ttl: header[7],
            protocol: fragment.map_or(header[6], |header| header[0]),
            first_fragment: offset.unwrap_or(0) == 0,
            fragment: fragment.is_some(),
        })
    }

    pub(crate) fn is_v6(&self) -> bool {
        self.source.is_ipv6()
    }

    /// What the IP header carries.
    pub(crate) fn payload(&self) -> &'a [u8] {
        self.bytes.get(self.header_len..).unwrap_or_default()
    }

    /// Whether it begins a datagram: it is whole, or the first of several fragments.
    pub(crate) fn is_first_fragment(&self) -> bool {
        self.first_fragment
    }

    /// Whether it is less than a datagram.
    pub(crate) fn is_fragment(&self) -> bool {
        self.fragment
    }

    /// Whether routers may cut it: IPv4's, unless its sender forbids.
    pub(crate) fn may_be_cut(&self) -> bool {
        const DONT_FRAGMENT: u8 = 0x40;
        !self.is_v6()
            && self
                .bytes
                .get(6)
                .is_some_and(|flags| flags & DONT_FRAGMENT == 0)
    }

    /// Whether routers may answer it: never an ICMP error, never a later fragment (RFC 1122 3.2.2).
    pub(crate) fn may_be_answered(&self) -> bool {
        let kind = self.payload().first().copied().unwrap_or_default();
        let error = match self.protocol {
            ICMP => !matches!(kind, 0 | 8 | 13..=18),
            ICMP6 => kind < 128,
            _ => false,
        };
        self.first_fragment && !error
    }

    /// What routers hash to keep a flow on one path: addresses, protocol, ports, the IPv6 flow label;
    /// for ICMP its type, code, checksum and id.
    pub(crate) fn flow(&self) -> u64 {
        let payload = self.payload();
        let label = if self.is_v6() {
            self.bytes.get(1..4)
        } else {
            None
        };
        let ports = match self.protocol {
            ICMP | ICMP6 => payload.get(..6),
            TCP | UDP => payload.get(..4),
            _ => None,
        };
        let words = [label, ports].map(|field| word(field.unwrap_or_default()));
        mix(&[self.addresses(), words[0], words[1], self.protocol.into()])
    }

    /// Who asks, as far as one trace goes: addresses, protocol and, for ICMP, the id of its socket.
    pub(crate) fn asker(&self) -> u64 {
        let id = match self.protocol {
            ICMP | ICMP6 => self.payload().get(4..6),
            _ => None,
        };
        mix(&[
            self.addresses(),
            word(id.unwrap_or_default()),
            self.protocol.into(),
        ])
    }

    /// The two hosts, whichever sends.
    pub(crate) fn pair(&self) -> u64 {
        let ends = [self.source, self.destination].map(address_word);
        mix(&[ends[0] ^ ends[1]])
    }

    fn addresses(&self) -> u64 {
        mix(&[address_word(self.source), address_word(self.destination)])
    }
}

fn address_word(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u64::from(u32::from(address)),
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            mix(&[(bits >> 64) as u64, bits as u64])
        }
    }
}

fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(1, |word, byte| word << 8 | u64::from(*byte))
}

/// The packet's bytes with another TTL, its IPv4 header checksum renewed.
pub(crate) fn with_ttl(packet: &Packet<'_>, ttl: u8) -> Vec<u8> {
    let mut bytes = packet.bytes.to_vec();
    if packet.is_v6() {
        bytes[7] = ttl;
    } else {
        bytes[8] = ttl;
        bytes[10..12].fill(0);
        let sum = checksum(&[&bytes[..packet.header_len]]);
        bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    bytes
}

/// The Internet checksum (RFC 1071) over parts of even length, the last of any.
pub(crate) fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum: u32 = 0;
    for part in parts {
        let pairs = part.chunks_exact(2);
        if let [odd] = pairs.remainder() {
            sum += u32::from(*odd) << 8;
        }
        sum += pairs
            .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
            .sum::<u32>();
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// An IPv4 or IPv6 header before a payload; `id` is IPv4's identification.
pub(crate) fn enclosed(
    source: IpAddr,
    destination: IpAddr,
    (protocol, ttl, tos, id): (u8, u8, u8, u16),
    payload: &[u8],
) -> Option<Vec<u8>> {
    let mut bytes;
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            bytes = vec![0x45, tos];
            bytes.extend(u16::try_from(20 + payload.len()).ok()?.to_be_bytes());
            bytes.extend(id.to_be_bytes());
            bytes.extend([0, 0, ttl, protocol, 0, 0]);
            bytes.extend(source.octets());
            bytes.extend(destination.octets());
            let sum = checksum(&[&bytes]);
            bytes[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            bytes = vec![0x60 | tos >> 4, tos << 4, 0, 0];
            bytes.extend(u16::try_from(payload.len()).ok()?.to_be_bytes());
            bytes.extend([protocol, ttl]);
            bytes.extend(source.octets());
            bytes.extend(destination.octets());
        }
        _ => return None,
    }
    bytes.extend(payload);
    Some(bytes)
}

/// The checksum of a payload that IPv6, or UDP over IPv4, counts the addresses into (RFC 8200 8.1, RFC 768).
pub(crate) fn pseudo_checksum(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    payload: &[u8],
) -> u16 {
    let mut pseudo = Vec::with_capacity(40);
    for address in [source, destination] {
        match address {
            IpAddr::V4(address) => pseudo.extend(address.octets()),
            IpAddr::V6(address) => pseudo.extend(address.octets()),
        }
    }
    pseudo.extend((payload.len() as u32).to_be_bytes());
    pseudo.extend([0, 0, 0, protocol]);
    checksum(&[&pseudo, payload])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of RFC 1071 section 3.
    #[test]
    fn the_checksum_is_that_of_rfc_1071() {
        let data = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(checksum(&[&data]), !0xddf2);
        assert_eq!(checksum(&[&data, &[1]]), !0xdef2);
    }

    fn echo(seq: u8, id: u8, sum: u8) -> Vec<u8> {
        let (from, to) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        enclosed(
            from,
            to,
            (ICMP, 9, 0, 7),
            &[8, 0, 0, sum, 0, id, 0, seq, 1, 2],
        )
        .unwrap()
    }

    #[test]
    fn a_packet_reads_as_written_and_link_padding_is_cut() {
        let mut bytes = echo(3, 1, 5);
        let written = bytes.len();
        bytes.extend([0; 18]);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!(
            (packet.bytes.len(), packet.ttl, packet.protocol),
            (written, 9, ICMP)
        );
        assert_eq!(packet.destination, IpAddr::from([10, 0, 0, 2]));
        assert_eq!(checksum(&[&bytes[..20]]), 0);
    }

    #[test]
    fn another_ttl_keeps_the_header_checksum_right() {
        let bytes = echo(3, 1, 5);
        let nearer = with_ttl(&Packet::parse(&bytes).unwrap(), 1);
        assert_eq!(nearer[8], 1);
        assert_eq!(checksum(&[&nearer[..20]]), 0);
    }

    #[test]
    fn a_flow_is_type_code_checksum_and_id_but_not_the_sequence() {
        let flow = |bytes: &[u8]| Packet::parse(bytes).unwrap().flow();
        assert_eq!(flow(&echo(3, 1, 5)), flow(&echo(4, 1, 5)));
        assert_ne!(flow(&echo(3, 1, 5)), flow(&echo(3, 2, 5)));
        assert_ne!(flow(&echo(3, 1, 5)), flow(&echo(3, 1, 6)));
    }

    #[test]
    fn no_cut_of_a_packet_is_read_beyond_its_end() {
        let whole = echo(3, 1, 5);
        for len in 0..whole.len() {
            assert!(Packet::parse(&whole[..len]).is_none(), "{len}");
        }
        let mut short_header = whole.clone();
        short_header[0] = 0x44;
        assert!(Packet::parse(&short_header).is_none());
        let mut long_header = whole;
        long_header[0] = 0x4f;
        assert!(Packet::parse(&long_header).is_none());
    }

    #[test]
    fn icmp_errors_are_never_answered() {
        let (from, to) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        for (kind, answered) in [(8, true), (0, true), (3, false), (11, false)] {
            let bytes = enclosed(from, to, (ICMP, 1, 0, 0), &[kind, 0, 0, 0]).unwrap();
            assert_eq!(
                Packet::parse(&bytes).unwrap().may_be_answered(),
                answered,
                "{kind}"
            );
        }
    }
}
