//! Octets as text: quoted, hexadecimal, Base64, Base32hex, points in time.

use jiff::{Timestamp, tz::TimeZone};
use std::fmt::Write;

/// What can be printed as it is, the rest as `\DDD`; quotes and backslashes get a backslash (RFC 1035 §5.1).
pub(crate) fn escaped(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for &octet in octets {
        match octet {
            b'"' | b'\\' => text.extend(['\\', char::from(octet)]),
            b' '..=b'~' => text.push(char::from(octet)),
            _ => text.extend([
                '\\',
                digit(octet / 100),
                digit(octet / 10 % 10),
                digit(octet % 10),
            ]),
        }
    }
    text
}

fn digit(value: u8) -> char {
    char::from(b'0' + value)
}

pub(super) fn quoted(octets: &[u8]) -> String {
    format!("\"{}\"", escaped(octets))
}

/// Two lower-case digits for each octet.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(
        String::with_capacity(octets.len() * 2),
        |mut text, octet| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{octet:02x}");
            text
        },
    )
}

pub(super) fn salt(octets: &[u8]) -> String {
    if octets.is_empty() {
        "-".to_owned()
    } else {
        hex(octets)
    }
}

pub(super) fn dashed(octets: &[u8]) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.join("-")
}

pub(super) fn groups(octets: [u8; 8]) -> String {
    let groups: Vec<String> = octets.chunks(2).map(hex).collect();
    groups.join(":")
}

pub(super) fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = in_base(octets, 6, ALPHABET);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// With the alphabet of URLs and without padding (RFC 4648 §5).
pub(crate) fn base64url(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    in_base(octets, 6, ALPHABET)
}

pub(super) fn base32hex(octets: &[u8]) -> String {
    in_base(octets, 5, b"0123456789abcdefghijklmnopqrstuv")
}

/// Digits of `bits` bits each, the last one filled up with zeros (RFC 4648).
fn in_base(octets: &[u8], bits: u32, alphabet: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 8 / bits as usize + 1);
    let (mut pool, mut held) = (0_u32, 0);
    let digit = |value: u32| alphabet.get(value as usize & (alphabet.len() - 1));
    let mut put = |value| text.extend(digit(value).map(|&digit| char::from(digit)));
    for &octet in octets {
        pool = pool << 8 | u32::from(octet);
        held += 8;
        while held >= bits {
            held -= bits;
            put(pool >> held);
        }
        pool &= (1 << held) - 1;
    }
    if held > 0 {
        put(pool << (bits - held));
    }
    text
}

/// Seconds since 1970 as `YYYYMMDDHHmmSS` UTC (RFC 4034 §3.2).
pub(super) fn time(seconds: u32) -> String {
    let time = Timestamp::from_second(i64::from(seconds)).map(|time| time.to_zoned(TimeZone::UTC));
    time.map_or_else(
        |_| seconds.to_string(),
        |time| time.strftime("%Y%m%d%H%M%S").to_string(),
    )
}
