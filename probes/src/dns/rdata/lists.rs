//! Data that is a list: character strings, type bitmaps, address prefixes, and a gateway of several kinds.

use super::encode::quoted;
use crate::dns::types::mnemonic;
use crate::dns::wire::{Cursor, Malformed};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Character strings to the end; none at all is written as an empty one.
pub(super) fn texts(data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let mut texts = Vec::new();
    while !data.is_empty() {
        texts.push(quoted(data.text()?));
    }
    if texts.is_empty() {
        texts.push(quoted(&[]));
    }
    Ok(texts)
}

/// Windows of 256 types, each a number, a length of 1 to 32 and that many octets of bits (RFC 4034 §4.1.2).
pub(super) fn type_map(data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let mut types = Vec::new();
    while !data.is_empty() {
        let window = data.u8()?;
        let bits = data.text()?;
        if !(1..=32).contains(&bits.len()) {
            return Err(Malformed("a type bitmap of a length that cannot be"));
        }
        types.extend(set_bits(bits).map(|low| mnemonic(u16::from_be_bytes([window, low]))));
    }
    Ok(types)
}

fn set_bits(octets: &[u8]) -> impl Iterator<Item = u8> {
    let is_set = |number: &u8| {
        let octet = octets.get(usize::from(number / 8)).copied().unwrap_or(0);
        octet >> (7 - number % 8) & 1 == 1
    };
    (0..=u8::MAX).filter(is_set)
}

/// `1:192.0.2.0/24 !2:2001:db8::/32` (RFC 3123 §5).
pub(super) fn prefixes(data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let mut prefixes = Vec::new();
    while !data.is_empty() {
        let (family, length, counted) = (data.u16()?, data.u8()?, data.u8()?);
        let part = data.octets(usize::from(counted & 0x7f))?;
        let address = match family {
            1 => Ipv4Addr::from(padded::<4>(part)?).to_string(),
            2 => Ipv6Addr::from(padded::<16>(part)?).to_string(),
            _ => {
                return Err(Malformed(
                    "an address prefix of a family that does not exist",
                ));
            }
        };
        let not = if counted & 0x80 == 0 { "" } else { "!" };
        prefixes.push(format!("{not}{family}:{address}/{length}"));
    }
    Ok(prefixes)
}

/// An address of which trailing zero octets were left out.
pub(crate) fn padded<const N: usize>(part: &[u8]) -> Result<[u8; N], Malformed> {
    let mut whole = [0; N];
    let start = whole.get_mut(..part.len());
    start
        .ok_or(Malformed("an address is too long"))?
        .copy_from_slice(part);
    Ok(whole)
}

/// Type, algorithm and gateway, of which the type says what it is (RFC 4025 §2.3 to 2.5).
pub(super) fn gateway(data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let (kind, algorithm) = (data.u8()?, data.u8()?);
    let gateway = match kind {
        0 => ".".to_owned(),
        1 => Ipv4Addr::from(data.array::<4>()?).to_string(),
        2 => Ipv6Addr::from(data.array::<16>()?).to_string(),
        3 => data.name()?.to_string(),
        _ => return Err(Malformed("a gateway of a kind that does not exist")),
    };
    Ok(vec![kind.to_string(), algorithm.to_string(), gateway])
}
