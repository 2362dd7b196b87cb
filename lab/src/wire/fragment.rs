//! IPv4 fragments (RFC 791 §3.2): what a router makes of a packet that its next link does not take.

use super::packet::checksum;

const MORE: u16 = 0x2000;
const OFFSET: u16 = 0x1fff;
/// Every link takes this much (RFC 791 §3.1), so that a header and eight octets always fit.
const LEAST_MTU: usize = 68;

/// The packet in pieces no larger than `mtu`; itself where it fits.
pub(crate) fn fragments(packet: Vec<u8>, header_len: usize, mtu: usize) -> Vec<Vec<u8>> {
    if packet.len() <= mtu {
        return vec![packet];
    }
    let (header, payload) = packet.split_at(header_len);
    let was = u16::from_be_bytes([header[6], header[7]]);
    let each = (mtu.max(LEAST_MTU) - header_len) / 8 * 8;
    let last = payload.len().div_ceil(each) - 1;
    let piece = |(index, part): (usize, &[u8])| {
        let more = if index < last { MORE } else { was & MORE };
        let offset = (was & OFFSET) + (index * each / 8) as u16;
        piece(header, part, more | offset)
    };
    payload.chunks(each).enumerate().map(piece).collect()
}

fn piece(header: &[u8], part: &[u8], place: u16) -> Vec<u8> {
    let mut bytes = [header, part].concat();
    let total = bytes.len() as u16;
    bytes[2..4].copy_from_slice(&total.to_be_bytes());
    bytes[6..8].copy_from_slice(&place.to_be_bytes());
    bytes[10..12].fill(0);
    let sum = checksum(&[&bytes[..header.len()]]);
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::packet::{ICMP, Packet, enclosed};

    fn packet(len: usize) -> Vec<u8> {
        let payload: Vec<u8> = (0..len).map(|at| at as u8).collect();
        let ends = ([192, 0, 2, 2].into(), [192, 0, 2, 9].into());
        enclosed(ends.0, ends.1, (ICMP, 64, 0, 7), &payload).unwrap()
    }

    #[test]
    fn pieces_fit_and_come_together_again() {
        let whole = packet(1480);
        for mtu in [68, 576, 1400, 1499] {
            let pieces = fragments(whole.clone(), 20, mtu);
            let mut payload: Vec<u8> = Vec::new();
            for (index, bytes) in pieces.iter().enumerate() {
                assert!(bytes.len() <= mtu, "{} at {mtu}", bytes.len());
                let piece = Packet::parse(bytes).unwrap();
                assert_eq!(checksum(&[&bytes[..20]]), 0);
                let place = u16::from_be_bytes([bytes[6], bytes[7]]);
                assert_eq!(usize::from(place & OFFSET) * 8, payload.len());
                assert_eq!(place & MORE != 0, index + 1 < pieces.len());
                payload.extend(piece.payload());
            }
            assert_eq!(payload, whole[20..]);
        }
    }

    #[test]
    fn a_piece_of_a_piece_keeps_its_place() {
        let first = fragments(packet(1480), 20, 820);
        let again = fragments(first[1].clone(), 20, 420);
        assert_eq!(again[0][6..8], (MORE | 100).to_be_bytes());
        assert_eq!(again[1][6..8], 150u16.to_be_bytes());
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(fragments(packet(80), 20, 100), [packet(80)]);
    }
}
