//! What an OPT record says (RFC 6891), ours and the server's.

use super::rdata::{escaped, hex, padded};
use super::wire::{Cursor, Malformed, WireRecord};
use super::{ClientSubnet, Edns, ExtendedError, Question};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The record type of OPT.
pub(crate) const OPT: u16 = 41;

/// The datagram size offered: it passes unfragmented nearly everywhere (DNS flag day 2020).
const UDP_SIZE_OCTETS: u16 = 1232;

const NSID: u16 = 3;
const CLIENT_SUBNET: u16 = 8;
const EXTENDED_ERROR: u16 = 15;

/// The registered names of extended errors (RFC 8914 §5.2 and the IANA registry), by number.
const ERROR_NAMES: [&str; 31] = [
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
];

/// Our record: root owner, type 41, the size as class, version 0 and flags as TTL, options (RFC 6891 §6.1.2).
pub(super) fn opt_record(question: &Question) -> Vec<u8> {
    let dnssec_ok = question.dnssec_ok || question.trust_anchor.is_some();
    let dnssec_ok = if dnssec_ok { 0x80 } else { 0 };
    let [size_high, size_low] = UDP_SIZE_OCTETS.to_be_bytes();
    let mut options = Vec::new();
    if question.nsid {
        options.extend(written(NSID, &[]));
    }
    if let Some(subnet) = question.client_subnet {
        options.extend(written(CLIENT_SUBNET, &subnet_octets(subnet)));
    }
    let length = u16::try_from(options.len()).expect("two options, the longer of 24 octets");
    let mut record = vec![0, 0, 41, size_high, size_low, 0, 0, dnssec_ok, 0];
    record.extend(length.to_be_bytes());
    record.extend(options);
    record
}

fn written(code: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).expect("an option of ours has at most 20 octets");
    [&code.to_be_bytes(), &length.to_be_bytes(), value].concat()
}

/// Family, prefix length, scope 0, and no more octets than the prefix fills (RFC 7871 §6).
fn subnet_octets(subnet: IpNet) -> Vec<u8> {
    let (family, octets) = match subnet.network() {
        IpAddr::V4(address) => (1, address.octets().to_vec()),
        IpAddr::V6(address) => (2, address.octets().to_vec()),
    };
    let filled = usize::from(subnet.prefix_len().div_ceil(8));
    let mut value = vec![0, family, subnet.prefix_len(), 0];
    value.extend(octets.into_iter().take(filled));
    value
}

/// The high eight bits of the response code, which the OPT record carries (RFC 6891 §6.1.3).
pub(crate) fn rcode_high(opt: &WireRecord<'_>) -> u16 {
    let [high, ..] = opt.ttl_s.to_be_bytes();
    u16::from(high) << 4
}

/// Everything the record says; options that cannot be read are left out with all behind them.
pub(crate) fn read(opt: &WireRecord<'_>) -> Edns {
    let [_, version, flags, _] = opt.ttl_s.to_be_bytes();
    let mut edns = Edns {
        version,
        udp_size_bytes: opt.class,
        dnssec_ok: flags & 0x80 != 0,
        ..Edns::default()
    };
    let mut options = opt.data;
    while let Ok((code, value)) = option(&mut options) {
        // An option whose value cannot be read says nothing; the answer itself is not touched by it.
        let _ = note(&mut edns, code, value);
    }
    edns
}

fn option<'m>(options: &mut Cursor<'m>) -> Result<(u16, Cursor<'m>), Malformed> {
    let (code, length) = (options.u16()?, options.u16()?);
    Ok((code, options.part(usize::from(length))?))
}

fn note(edns: &mut Edns, code: u16, mut value: Cursor<'_>) -> Result<(), Malformed> {
    match code {
        NSID => edns.nsid = Some(identifier(value.rest())),
        CLIENT_SUBNET => edns.client_subnet = Some(client_subnet(&mut value)?),
        EXTENDED_ERROR => edns.errors.push(extended_error(&mut value)?),
        _ => {}
    }
    Ok(())
}

fn identifier(octets: &[u8]) -> String {
    let printable = octets.iter().all(|octet| (b' '..=b'~').contains(octet));
    if printable {
        String::from_utf8_lossy(octets).into_owned()
    } else {
        hex(octets)
    }
}

fn extended_error(value: &mut Cursor<'_>) -> Result<ExtendedError, Malformed> {
    let code = value.u16()?;
    let name = ERROR_NAMES
        .get(usize::from(code))
        .copied()
        .unwrap_or("Other");
    Ok(ExtendedError {
        code,
        name: name.to_owned(),
        text: readable(value.rest()),
    })
}

/// UTF-8 as it is, control characters and broken octets as `\DDD`. Some servers end the text with a zero octet.
fn readable(octets: &[u8]) -> String {
    let octets = octets.strip_suffix(&[0]).unwrap_or(octets);
    let mut text = String::new();
    for chunk in octets.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character.is_control() {
                false => text.push(character),
                true => text.push_str(&escaped(character.encode_utf8(&mut [0; 4]).as_bytes())),
            }
        }
        text.push_str(&escaped(chunk.invalid()));
    }
    text
}

fn client_subnet(value: &mut Cursor<'_>) -> Result<ClientSubnet, Malformed> {
    let (family, source, scope) = (value.u16()?, value.u8()?, value.u8()?);
    let address = match family {
        1 => IpAddr::from(Ipv4Addr::from(padded::<4>(value.rest())?)),
        2 => IpAddr::from(Ipv6Addr::from(padded::<16>(value.rest())?)),
        _ => return Err(Malformed("a client subnet of a family that does not exist")),
    };
    let net = format!("{address}/{source}");
    Ok(ClientSubnet { net, scope })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(options: &[u8]) -> Edns {
        let mut message = vec![0, 0, 41, 4, 208, 1, 0, 0x80, 0];
        message.extend(u16::try_from(options.len()).unwrap().to_be_bytes());
        message.extend(options);
        let whole = [&[0; 11][..], &[1], &message].concat();
        read(&crate::dns::wire::Message::parse(&whole).unwrap().additional[0])
    }

    #[test]
    fn errors_identifier_and_subnet_are_read() {
        let edns = said(
            b"\x00\x0f\x00\x09\x00\x0fno\x1b\xe4\xbd\xa0\xff\x00\x03\x00\x03abc\x00\x08\x00\x07\x00\x01\x18\x18\xcb\x00\x71",
        );
        assert_eq!(
            (edns.udp_size_bytes, edns.version, edns.dnssec_ok),
            (1232, 0, true)
        );
        assert_eq!(
            edns.errors,
            [ExtendedError {
                code: 15,
                name: "Blocked".into(),
                text: "no\\027你\\255".into()
            }]
        );
        assert_eq!(edns.nsid.as_deref(), Some("abc"));
        let subnet = edns.client_subnet.unwrap();
        assert_eq!((subnet.net.as_str(), subnet.scope), ("203.0.113.0/24", 24));
    }

    #[test]
    fn options_that_overrun_are_left_out_and_the_rest_stays() {
        let edns = said(b"\x00\x03\x00\x02\x01\x02\x00\x0f\x00\x01\x00\x00\x03\xff\xff");
        assert_eq!(edns.nsid.as_deref(), Some("0102"));
        assert!(edns.errors.is_empty());
    }
}
