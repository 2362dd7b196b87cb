//! The ICMP errors routers send: RFC 792, RFC 4443, with the extensions of RFC 4884 and RFC 4950.

use std::net::IpAddr;

use super::packet::{ICMP, ICMP6, Packet, checksum, enclosed, pseudo_checksum, with_ttl};
use super::translate::Translation;
use crate::world::route::Label;

/// What an extension follows: exactly this many bytes of the packet, zeros where it is shorter (RFC 4884 5.1).
const QUOTE_BEFORE_EXTENSION: usize = 128;
/// Linux quotes what fits into 576 bytes (RFC 1812 4.3.2.3).
const QUOTE_V4: usize = 576 - 20 - 8;
/// As much as fits into the minimum MTU (RFC 4443 3.1).
const QUOTE_V6: usize = 1280 - 40 - 8;
/// Internetwork control, as RFC 1812 4.3.2.5 asks and Linux does, besides the packet's own type of service.
const PRECEDENCE: u8 = 0xc0;
const TYPE_OF_SERVICE: u8 = 0x1e;

/// An ICMP error about a packet.
pub(crate) struct Error<'a> {
    pub(crate) about: Packet<'a>,
    /// The TTL with which the packet stood before the router.
    pub(crate) seen_ttl: u8,
    /// What had become of its addresses by then.
    pub(crate) translation: Translation,
    /// The router's address.
    pub(crate) from: IpAddr,
    /// The TTL with which the error reaches the client.
    pub(crate) ttl: u8,
    /// Type and code.
    pub(crate) kind: (u8, u8),
    /// Bytes quoted after the IP header.
    pub(crate) quote: Option<u16>,
    pub(crate) mpls: &'a [Label],
    /// Whether the length attribute tells where the extension begins.
    pub(crate) mpls_length: bool,
    /// IPv4's identification.
    pub(crate) id: u16,
    /// The next link's, told where the packet is too big for it.
    pub(crate) mtu: u16,
}

impl Error<'_> {
    /// The whole IP packet; nothing where the router's address is of the other IP version.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let v6 = self.about.is_v6();
        let quote = self.quoted();
        let mut message = vec![self.kind.0, self.kind.1, 0, 0];
        message.extend(self.rest_of_header(quote.len()));
        message.extend(&quote);
        if !self.mpls.is_empty() {
            message.extend(extension(self.mpls));
        }
        let (from, to) = (self.from, self.about.source);
        let (protocol, tos, sum) = if v6 {
            (ICMP6, 0, pseudo_checksum(from, to, ICMP6, &message))
        } else {
            (ICMP, self.tos_v4(), checksum(&[&message]))
        };
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        enclosed(from, to, (protocol, self.ttl, tos, self.id), &message)
    }

    fn tos_v4(&self) -> u8 {
        let asked = self.about.bytes.get(1).copied().unwrap_or_default();
        PRECEDENCE | asked & TYPE_OF_SERVICE
    }

    fn quoted(&self) -> Vec<u8> {
        let mut bytes = with_ttl(&self.about, self.seen_ttl);
        self.translation.apply(&mut bytes);
        let most = if self.about.is_v6() {
            QUOTE_V6
        } else {
            QUOTE_V4
        };
        let asked = self
            .quote
            .map_or(most, |payload| self.about.header_len + usize::from(payload));
        bytes.truncate(asked.min(most));
        if !self.mpls.is_empty() {
            bytes.resize(QUOTE_BEFORE_EXTENSION, 0);
        }
        bytes
    }

    fn rest_of_header(&self, quoted: usize) -> [u8; 4] {
        let [mtu_high, mtu_low] = self.mtu.to_be_bytes();
        let length = if self.mpls.is_empty() || !self.mpls_length {
            0
        } else {
            quoted
        };
        match (self.about.is_v6(), self.kind) {
            (false, (3, 4)) => [0, (length / 4) as u8, mtu_high, mtu_low],
            (false, _) => [0, (length / 4) as u8, 0, 0],
            (true, (2, _)) => [0, 0, mtu_high, mtu_low],
            // The pointer of a parameter problem: where the IPv6 header names the next header.
            (true, (4, _)) => [0, 0, 0, 6],
            (true, _) => [(length / 8) as u8, 0, 0, 0],
        }
    }
}

/// An extension structure of version 2 with one MPLS object (RFC 4884 7, RFC 4950 4).
fn extension(labels: &[Label]) -> Vec<u8> {
    let object_len = (4 + 4 * labels.len()) as u16;
    let mut bytes = vec![0x20, 0, 0, 0];
    bytes.extend(object_len.to_be_bytes());
    bytes.extend([1, 1]);
    for label in labels {
        let word = label.label << 12
            | u32::from(label.tc) << 9
            | u32::from(label.s) << 8
            | u32::from(label.ttl);
        bytes.extend(word.to_be_bytes());
    }
    let sum = checksum(&[&bytes]);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::packet::UDP;

    fn probe(v6: bool, payload: usize) -> Vec<u8> {
        let (from, to): (IpAddr, IpAddr) = if v6 {
            (
                "2001:db8::1".parse().unwrap(),
                "2001:db8::2".parse().unwrap(),
            )
        } else {
            ([10, 0, 0, 1].into(), [10, 0, 0, 2].into())
        };
        enclosed(from, to, (UDP, 5, 0, 7), &vec![0xab; payload]).unwrap()
    }

    fn error<'a>(bytes: &'a [u8], mpls: &'a [Label]) -> Error<'a> {
        let about = Packet::parse(bytes).unwrap();
        let v6 = about.is_v6();
        let from = if v6 {
            "2001:db8::9".parse().unwrap()
        } else {
            [10, 0, 0, 9].into()
        };
        let kind = if v6 { (3, 0) } else { (11, 0) };
        Error {
            about,
            seen_ttl: 1,
            translation: Translation::default(),
            from,
            ttl: 60,
            kind,
            quote: None,
            mpls,
            mpls_length: true,
            id: 1,
            mtu: 1280,
        }
    }

    #[test]
    fn an_error_quotes_the_packet_as_it_stood_before_the_router() {
        let bytes = probe(false, 100);
        let answer = error(&bytes, &[]).encode().unwrap();
        let quote = &answer[28..];
        assert_eq!(quote, with_ttl(&Packet::parse(&bytes).unwrap(), 1));
        assert_eq!(checksum(&[&answer[20..]]), 0);
    }

    #[test]
    fn a_quote_is_as_long_as_asked_and_never_too_long() {
        let bytes = probe(false, 1400);
        let length = |quote| {
            Error {
                quote,
                ..error(&bytes, &[])
            }
            .encode()
            .unwrap()
            .len()
        };
        assert_eq!(length(Some(8)), 20 + 8 + 28);
        assert_eq!(length(None), 576);
        let bytes = probe(true, 1400);
        assert_eq!(error(&bytes, &[]).encode().unwrap().len(), 1280);
    }

    #[test]
    fn an_mpls_stack_follows_128_bytes_with_or_without_their_length() {
        let stack = [Label {
            label: 24_015,
            tc: 0,
            s: true,
            ttl: 1,
        }];
        for (v6, header, length_at, unit) in [(false, 20, 5, 4), (true, 40, 4, 8)] {
            let bytes = probe(v6, 30);
            let answer = error(&bytes, &stack).encode().unwrap();
            let icmp = &answer[header..];
            assert_eq!(icmp[length_at], 128 / unit);
            let extension = &icmp[8 + 128..];
            assert_eq!(extension[0], 0x20);
            assert_eq!(checksum(&[extension]), 0);
            assert_eq!(extension[4..], [0, 8, 1, 1, 0x05, 0xdc, 0xf1, 1]);
            let silent = Error {
                mpls_length: false,
                ..error(&bytes, &stack)
            }
            .encode()
            .unwrap();
            assert_eq!(silent[header + length_at], 0);
            assert_eq!(silent[header + 8..], answer[header + 8..]);
        }
    }
}
