//! Record data in presentation form (RFC 1035 §5.1), names in lower case, every octet from outside escaped.

mod encode;
mod lists;
mod place;
mod svcb;

use super::types::{Field, layout, mnemonic};
use super::wire::{CLASS_IN, Cursor, Malformed};
use std::net::{Ipv4Addr, Ipv6Addr};

pub(crate) use encode::{base64url, escaped, hex};
pub(crate) use lists::padded;

/// The data of one record.
///
/// # Errors
/// The data of a type whose layout is known does not follow it.
pub(crate) fn present(rtype: u16, class: u16, data: Cursor<'_>) -> Result<String, Malformed> {
    let fields = layout(rtype);
    let mut data = data;
    if fields.is_empty() || class != CLASS_IN && needs_internet(fields) {
        return Ok(generic(&mut data));
    }
    let mut words = Vec::with_capacity(fields.len());
    for &field in fields {
        words.extend(words_of(field, &mut data)?);
    }
    if !data.is_empty() {
        return Err(Malformed("record data is longer than its type allows"));
    }
    Ok(words.join(" "))
}

/// Other classes give A and its like another layout (RFC 1035 §3.4).
fn needs_internet(fields: &[Field]) -> bool {
    fields
        .iter()
        .any(|field| matches!(field, Field::V4 | Field::V6 | Field::SvcParams))
}

fn generic(data: &mut Cursor<'_>) -> String {
    let octets = data.rest();
    format!("\\# {} {}", octets.len(), hex(octets))
        .trim_end()
        .to_owned()
}

fn words_of(field: Field, data: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    match field {
        Field::Texts => lists::texts(data),
        Field::TypeMap => lists::type_map(data),
        Field::Prefixes => lists::prefixes(data),
        Field::SvcParams => svcb::params(data),
        Field::Gateway => lists::gateway(data),
        Field::Place => place::place(data).map(|word| vec![word]),
        Field::HexRest => Ok(unless_empty(hex(data.rest()))),
        Field::Base64Rest => Ok(unless_empty(encode::base64(data.rest()))),
        single => word(single, data).map(|word| vec![word]),
    }
}

fn unless_empty(word: String) -> Vec<String> {
    if word.is_empty() {
        Vec::new()
    } else {
        vec![word]
    }
}

fn word(field: Field, data: &mut Cursor<'_>) -> Result<String, Malformed> {
    Ok(match field {
        Field::Name => data.name()?.to_string(),
        Field::U8 => data.u8()?.to_string(),
        Field::U16 => data.u16()?.to_string(),
        Field::U32 => data.u32()?.to_string(),
        Field::V4 => Ipv4Addr::from(data.array::<4>()?).to_string(),
        Field::V6 => Ipv6Addr::from(data.array::<16>()?).to_string(),
        Field::Time => encode::time(data.u32()?),
        Field::Type => mnemonic(data.u16()?),
        Field::Text => encode::quoted(data.text()?),
        Field::Word => escaped(data.text()?),
        Field::TextRest => encode::quoted(data.rest()),
        Field::Salt => encode::salt(data.text()?),
        Field::Hash => encode::base32hex(data.text()?),
        Field::Locator => encode::groups(data.array::<8>()?),
        Field::Eui => encode::dashed(data.rest()),
        _ => return Err(Malformed("record data of a layout that is several words")),
    })
}

#[cfg(test)]
mod tests;
