//! The echo request of a probe: it says which probe it is, and every one of a flow has the same checksum.
//!
//! Routers that spread load over several links hash the first words of the ICMP message, the checksum among them.
//! A word of the payload compensates for the sequence number and all else that varies, so that the checksum is a
//! property of the flow and all probes of a flow take one path.

const MAGIC: [u8; 4] = *b"hops";
const HEADER_BYTES: usize = 8;
/// The payload of a route's probe; with both headers the 60 bytes of a customary trace.
pub(crate) const ROUTE_PAYLOAD_BYTES: u16 = 32;
/// The smallest payload that says which probe it is.
pub(crate) const LEAST_PAYLOAD_BYTES: u16 = 24;
const BALANCE_AT: usize = HEADER_BYTES + 20;
const FILL_AT: usize = BALANCE_AT + 2;

/// What one probe carries to be known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Random for the process: another program's or an earlier run's packet is not ours.
    pub(crate) nonce: u64,
    pub(crate) probe: u32,
    pub(crate) ttl: u8,
    pub(crate) flow: u16,
}

/// What decides the packet beside its tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) v6: bool,
    /// The identifier the kernel will write; it counts in the checksum.
    pub(crate) ident: u16,
    pub(crate) sequence: u16,
    /// The sum every packet of the flow has, neither 0 nor 0xffff.
    pub(crate) flow_sum: u16,
    /// Octets after the ICMP header, at least [`LEAST_PAYLOAD_BYTES`].
    pub(crate) payload_bytes: u16,
}

impl Request {
    /// The message as it leaves, except identifier and checksum, which are the kernel's to write.
    ///
    /// For IPv6 the kernel adds the pseudo-header of addresses, length and protocol, constant for one target.
    /// What follows the tag is of this probe alone, so that another's payload is not taken for a damaged one of ours.
    pub(crate) fn encode(&self, tag: &Tag) -> Vec<u8> {
        let payload_bytes = self.payload_bytes.max(LEAST_PAYLOAD_BYTES);
        let mut message = vec![0; HEADER_BYTES + usize::from(payload_bytes)];
        let mut put = Writer {
            message: &mut message,
            at: 0,
        };
        put.bytes(&[if self.v6 { 128 } else { 8 }, 0, 0, 0]);
        put.bytes(&self.ident.to_be_bytes());
        put.bytes(&self.sequence.to_be_bytes());
        put.bytes(&MAGIC);
        put.bytes(&tag.nonce.to_be_bytes());
        put.bytes(&tag.probe.to_be_bytes());
        put.bytes(&[tag.ttl, 0]);
        put.bytes(&tag.flow.to_be_bytes());
        fill(&mut message, tag);
        let balance = sum(&[self.flow_sum, !words_sum(&message)]);
        Writer {
            message: &mut message,
            at: BALANCE_AT,
        }
        .bytes(&balance.to_be_bytes());
        message
    }
}

/// Octets that look like chance and are the probe's own.
fn fill(message: &mut [u8], tag: &Tag) {
    let mut state = tag.nonce ^ u64::from(tag.probe).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for piece in message.get_mut(FILL_AT..).unwrap_or_default().chunks_mut(8) {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        for (place, octet) in piece.iter_mut().zip(state.to_be_bytes()) {
            *place = octet;
        }
    }
}

struct Writer<'a> {
    message: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        for (place, byte) in self.message.iter_mut().skip(self.at).zip(bytes) {
            *place = *byte;
        }
        self.at += bytes.len();
    }
}

/// The tag in an echo reply, or in what an error quotes of the request; nothing where it is not one of ours.
pub(crate) fn tag(message: &[u8]) -> Option<Tag> {
    let payload = message.get(HEADER_BYTES..)?;
    if payload.get(..4)? != MAGIC {
        return None;
    }
    Some(Tag {
        nonce: u64::from_be_bytes(payload.get(4..12)?.try_into().ok()?),
        probe: u32::from_be_bytes(payload.get(12..16)?.try_into().ok()?),
        ttl: *payload.get(16)?,
        flow: u16::from_be_bytes(payload.get(18..20)?.try_into().ok()?),
    })
}

/// The sequence number of an ICMP echo message.
pub(crate) fn sequence(message: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(message.get(6..8)?.try_into().ok()?))
}

/// Ones' complement sum (RFC 1071) of big-endian words; an odd last byte is the high half of a word.
pub(crate) fn words_sum(bytes: &[u8]) -> u16 {
    bytes.chunks(2).fold(0, |total, pair| {
        let word = match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            [high] => u16::from_be_bytes([*high, 0]),
            _ => 0,
        };
        sum(&[total, word])
    })
}

fn sum(words: &[u16]) -> u16 {
    words.iter().fold(0u16, |total, word| {
        let (added, carried) = total.overflowing_add(*word);
        added + u16::from(carried)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_has_one_checksum_whatever_varies() {
        for flow_sum in [1, 0x1234, 0xfffe] {
            for (sequence, probe, ttl) in [
                (0, 0, 1),
                (1, 7, 2),
                (0xffff, u32::MAX, 255),
                (0x8000, 65536, 64),
            ] {
                let request = Request {
                    v6: false,
                    ident: 0xbeef,
                    sequence,
                    flow_sum,
                    payload_bytes: 32 + (probe % 100) as u16,
                };
                let tag = Tag {
                    nonce: 0x0123_4567_89ab_cdef,
                    probe,
                    ttl,
                    flow: 3,
                };
                assert_eq!(
                    words_sum(&request.encode(&tag)),
                    flow_sum,
                    "{request:?} {tag:?}"
                );
            }
        }
    }

    #[test]
    fn a_tag_comes_back_as_it_went() {
        let tag_sent = Tag {
            nonce: 42,
            probe: 70_000,
            ttl: 30,
            flow: 515,
        };
        let message = Request {
            v6: true,
            ident: 9,
            sequence: 513,
            flow_sum: 77,
            payload_bytes: ROUTE_PAYLOAD_BYTES,
        }
        .encode(&tag_sent);
        assert_eq!(tag(&message), Some(tag_sent));
        assert_eq!(sequence(&message), Some(513));
        assert_eq!(message[0], 128);
    }

    #[test]
    fn what_is_cut_or_foreign_has_no_tag() {
        let whole = Request {
            v6: false,
            ident: 9,
            sequence: 1,
            flow_sum: 77,
            payload_bytes: ROUTE_PAYLOAD_BYTES,
        }
        .encode(&Tag {
            nonce: 1,
            probe: 2,
            ttl: 3,
            flow: 4,
        });
        for length in 0..HEADER_BYTES + 20 {
            assert_eq!(tag(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(tag(&[0; 40]), None);
    }

    #[test]
    fn sums_carry_around() {
        assert_eq!(words_sum(&[0xff, 0xff, 0x00, 0x02]), 2);
        assert_eq!(words_sum(&[0x01]), 0x0100);
    }
}
