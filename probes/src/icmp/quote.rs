//! What an ICMP error quotes of the packet it is about, and the MPLS labels it may append (RFC 4884, RFC 4950).

use super::echo::words_sum;
use crate::route::MplsLabel;

/// Where extensions begin in the message of a router that appends them without the length attribute: RFC 4884 §5.5 has
/// such routers pad the quoted datagram to 128 bytes, IP header included.
const CUSTOMARY_QUOTE_BYTES: usize = 128;
const MPLS_CLASS: u8 = 1;
const MPLS_INCOMING_STACK: u8 = 1;

/// The label stack in an error's payload as the kernel hands it over: from the quoted ICMP header on.
///
/// `stated` is where the kernel found an extension structure, 0 where it found none; `ip_header_bytes` is the length
/// of the quoted IP header the kernel has already taken off.
pub(crate) fn labels(quoted: &[u8], stated: usize, ip_header_bytes: usize) -> Vec<MplsLabel> {
    let at = if stated > 0 {
        stated
    } else {
        CUSTOMARY_QUOTE_BYTES.saturating_sub(ip_header_bytes)
    };
    quoted
        .get(at..)
        .and_then(extension)
        .map(stack)
        .unwrap_or_default()
}

/// The objects of an extension structure of version 2 whose checksum is right, or absent (0).
fn extension(bytes: &[u8]) -> Option<&[u8]> {
    let (header, objects) = bytes.split_at_checked(4)?;
    let version_2 = header.first().is_some_and(|first| first >> 4 == 2);
    let unsummed = header.get(2..4) == Some(&[0, 0]);
    (version_2 && (unsummed || words_sum(bytes) == 0xffff)).then_some(objects)
}

/// The entries of every MPLS stack object; an object of an impossible length ends the reading.
fn stack(mut objects: &[u8]) -> Vec<MplsLabel> {
    let mut labels = Vec::new();
    while let Some((header, rest)) = objects.split_at_checked(4) {
        let &[high, low, class, kind] = header else {
            break;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some((body, next)) = length
            .checked_sub(4)
            .and_then(|length| rest.split_at_checked(length))
        else {
            break;
        };
        if (class, kind) == (MPLS_CLASS, MPLS_INCOMING_STACK) {
            labels.extend(body.as_chunks::<4>().0.iter().map(label));
        }
        objects = next;
    }
    labels
}

/// One entry of RFC 3032 §2.1.
fn label(entry: &[u8; 4]) -> MplsLabel {
    let word = u32::from_be_bytes(*entry);
    let [.., ttl] = *entry;
    MplsLabel {
        label: word >> 12,
        tc: (word >> 9 & 7) as u8,
        bottom: word >> 8 & 1 == 1,
        ttl,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One object: label 24001, traffic class 5, bottom of stack, ttl 1.
    const OBJECT: [u8; 8] = [0, 8, 1, 1, 0x05, 0xdc, 0x1b, 0x01];
    const LABEL: MplsLabel = MplsLabel {
        label: 24001,
        tc: 5,
        bottom: true,
        ttl: 1,
    };

    fn structure(objects: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x20, 0, 0, 0];
        bytes.extend(objects);
        let checksum = !words_sum(&bytes);
        bytes[2..4].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }

    fn check(extension: &[u8], expect: &[MplsLabel]) {
        let mut with_length = vec![7; 40];
        with_length.extend(extension);
        assert_eq!(
            labels(&with_length, 40, 20),
            expect,
            "where the kernel says"
        );
        let mut without = vec![0; 108];
        without.extend(extension);
        assert_eq!(
            labels(&without, 0, 20),
            expect,
            "at byte 128, no length attribute"
        );
        let mut v6 = vec![0; 88];
        v6.extend(extension);
        assert_eq!(labels(&v6, 0, 40), expect, "the same under an IPv6 header");
    }

    #[test]
    fn a_stack_is_read_with_and_without_the_length_attribute() {
        check(&structure(&OBJECT), &[LABEL]);
        let two = [0, 12, 1, 1, 0x05, 0xdc, 0x1a, 0x02, 0x05, 0xdc, 0x1b, 0x01];
        check(
            &structure(&two),
            &[
                MplsLabel {
                    bottom: false,
                    ttl: 2,
                    ..LABEL
                },
                LABEL,
            ],
        );
    }

    #[test]
    fn other_objects_are_passed_over() {
        let mut objects = vec![0, 6, 2, 8, 0xaa, 0xbb];
        objects.extend(OBJECT);
        check(&structure(&objects), &[LABEL]);
    }

    #[test]
    fn impossible_lengths_end_the_reading() {
        check(&structure(&[0, 0, 1, 1, 0x05, 0xdc, 0x1b, 0x01]), &[]);
        check(&structure(&[0, 3, 1, 1, 0x05, 0xdc, 0x1b, 0x01]), &[]);
        check(&structure(&[0xff, 0xff, 1, 1, 0x05, 0xdc, 0x1b, 0x01]), &[]);
        check(&structure(&[0, 7, 1, 1, 0x05, 0xdc, 0x1b]), &[]);
        check(&structure(&[0, 4, 1, 1]), &[]);
    }

    #[test]
    fn another_version_or_a_wrong_checksum_is_no_extension() {
        let mut wrong = structure(&OBJECT);
        wrong[3] ^= 1;
        check(&wrong, &[]);
        let mut other = structure(&OBJECT);
        other[0] = 0x10;
        check(&other, &[]);
        let mut unsummed = structure(&OBJECT);
        unsummed[2..4].copy_from_slice(&[0, 0]);
        check(&unsummed, &[LABEL]);
    }

    #[test]
    fn no_bytes_whatever_make_it_panic() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for round in 0..20_000_usize {
            let mut bytes: Vec<u8> = (0..round % 300)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state as u8
                })
                .collect();
            if let Some(first) = bytes.first_mut() {
                *first = 0x20;
            }
            if let Some(sum) = bytes.get_mut(2..4) {
                sum.copy_from_slice(&[0, 0]);
            }
            let entries = extension(&bytes).map(stack).unwrap_or_default().len();
            assert!(entries * 4 <= bytes.len());
            labels(&bytes, round % 400, 20);
            labels(&bytes, 0, round % 200);
            super::super::echo::tag(&bytes);
        }
    }
}
