//! Service parameters of SVCB and HTTPS records (RFC 9460 §2.1 and §7).

use super::encode::{base64, escaped, quoted};
use crate::dns::wire::{Cursor, Malformed};
use std::net::{Ipv4Addr, Ipv6Addr};

const KEYS: [&str; 9] = [
    "mandatory",
    "alpn",
    "no-default-alpn",
    "port",
    "ipv4hint",
    "ech",
    "ipv6hint",
    "dohpath",
    "ohttp",
];

/// `alpn="h2,h3" port=8443 key65280="…"`, in the order they stand.
pub(super) fn params(data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let mut params = Vec::new();
    while !data.is_empty() {
        let (key, length) = (data.u16()?, data.u16()?);
        let mut value = data.part(usize::from(length))?;
        params.push(param(key, &mut value)?);
        if !value.is_empty() {
            return Err(Malformed(
                "a service parameter is longer than its kind allows",
            ));
        }
    }
    Ok(params)
}

fn param(key: u16, value: &mut Cursor<'_>) -> Result<String, Malformed> {
    let name = key_name(key);
    let shown = match key {
        _ if value.is_empty() => return Ok(name),
        0 => list(value, |value| Ok(key_name(value.u16()?)))?,
        1 => format!("\"{}\"", list(value, |value| Ok(alpn_id(value.text()?)))?),
        3 => value.u16()?.to_string(),
        4 => list(value, |value| {
            Ok(Ipv4Addr::from(value.array::<4>()?).to_string())
        })?,
        5 => base64(value.rest()),
        6 => list(value, |value| {
            Ok(Ipv6Addr::from(value.array::<16>()?).to_string())
        })?,
        _ => quoted(value.rest()),
    };
    Ok(format!("{name}={shown}"))
}

fn key_name(key: u16) -> String {
    KEYS.get(usize::from(key))
        .map_or_else(|| format!("key{key}"), |name| (*name).to_owned())
}

/// A comma inside one identifier is escaped twice: for the list and for the text (RFC 9460, appendix A.1).
fn alpn_id(octets: &[u8]) -> String {
    let listed = octets.iter().flat_map(|&octet| match octet {
        b',' | b'\\' => vec![b'\\', octet],
        _ => vec![octet],
    });
    escaped(&listed.collect::<Vec<u8>>())
}

fn list<'m>(
    value: &mut Cursor<'m>,
    entry: impl Fn(&mut Cursor<'m>) -> Result<String, Malformed>,
) -> Result<String, Malformed> {
    let mut entries = Vec::new();
    while !value.is_empty() {
        entries.push(entry(value)?);
    }
    Ok(entries.join(","))
}
