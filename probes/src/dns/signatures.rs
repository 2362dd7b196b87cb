//! The signatures of an answer, as they came.

use super::Signature;
use super::types::mnemonic;
use super::wire::{Cursor, Malformed, Message, WireRecord};
use jiff::Timestamp;

const RRSIG: u16 = 46;

/// The registered names of algorithms (IANA, DNS Security Algorithm Numbers).
const ALGORITHMS: [(u8, &str); 15] = [
    (1, "RSAMD5"),
    (3, "DSA"),
    (5, "RSASHA1"),
    (6, "DSA-NSEC3-SHA1"),
    (7, "RSASHA1-NSEC3-SHA1"),
    (8, "RSASHA256"),
    (10, "RSASHA512"),
    (12, "ECC-GOST"),
    (13, "ECDSAP256SHA256"),
    (14, "ECDSAP384SHA384"),
    (15, "ED25519"),
    (16, "ED448"),
    (17, "SM2SM3"),
    (23, "ECC-GOST12"),
    (253, "PRIVATEDNS"),
];

/// Those of the answer and the authority section.
pub(super) fn signatures(
    message: &Message<'_>,
    now: Timestamp,
) -> Result<Vec<Signature>, Malformed> {
    let records = message.answers.iter().chain(&message.authority);
    records
        .filter(|record| record.rtype == RRSIG)
        .map(|record| signature(record, now))
        .collect()
}

/// RFC 4034 §3.1.
fn signature(record: &WireRecord<'_>, now: Timestamp) -> Result<Signature, Malformed> {
    let mut data: Cursor<'_> = record.data;
    let (covers, algorithm, _labels, _ttl) = (data.u16()?, data.u8()?, data.u8()?, data.u32()?);
    let (expires_in_s, begins_in_s) = (from_now(data.u32()?, now), from_now(data.u32()?, now));
    Ok(Signature {
        name: record.name.to_string(),
        covers: mnemonic(covers),
        algorithm: algorithm_name(algorithm),
        key_tag: data.u16()?,
        signer: data.name()?.to_string(),
        inception: instant(now, begins_in_s),
        expires: instant(now, expires_in_s),
        expires_in_s,
    })
}

fn algorithm_name(number: u8) -> String {
    let known = ALGORITHMS.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| format!("ALG{number}"), |(_, name)| (*name).to_owned())
}

/// Seconds until a time of which 32 bits are known: the nearest such time (RFC 1982).
fn from_now(time: u32, now: Timestamp) -> i64 {
    let now = now.as_second().rem_euclid(1 << 32);
    let ahead = (i64::from(time) - now).rem_euclid(1 << 32);
    if ahead < 1 << 31 {
        ahead
    } else {
        ahead - (1 << 32)
    }
}

fn instant(now: Timestamp, ahead_s: i64) -> String {
    let instant = Timestamp::from_second(now.as_second().saturating_add(ahead_s));
    instant.map_or_else(|_| String::new(), |instant| instant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_32_bits_are_the_nearest_ones() {
        let now = Timestamp::from_second(4_294_967_290).unwrap(); // six seconds before they start anew
        assert_eq!(from_now(4_294_967_295, now), 5);
        assert_eq!(from_now(4, now), 10);
        assert_eq!(from_now(4_294_967_200, now), -90);
        assert_eq!(instant(now, 10), "2106-02-07T06:28:20Z");
    }

    #[test]
    fn algorithms_have_their_registered_names() {
        assert_eq!(algorithm_name(13), "ECDSAP256SHA256");
        assert_eq!(algorithm_name(99), "ALG99");
    }
}
