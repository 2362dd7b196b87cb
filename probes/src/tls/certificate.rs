//! What one certificate says.

use super::record::Shown;
use super::seen::{Certificate, Role};
use crate::tcp::hex;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// More certificates than these are not looked at: no chain that can be verified is as long.
pub(super) const MOST_SENT: usize = 32;

/// More names of one certificate than these are not looked at.
const MOST_NAMES: usize = 2000;

/// The certificates of a handshake, in the order sent.
pub(super) fn certificates(shown: &Shown) -> Vec<Certificate> {
    let now = i64::try_from(shown.now.as_secs()).unwrap_or(i64::MAX);
    let numbered = shown.sent.iter().enumerate();
    numbered
        .map(|(at, der)| read(der, at, shown, now))
        .collect()
}

fn read(der: &[u8], at: usize, shown: &Shown, now: i64) -> Certificate {
    let fingerprint = hex(&Sha256::digest(der));
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        let role = Role::Malformed;
        return Certificate {
            role,
            fingerprint,
            ..Certificate::default()
        };
    };
    let key = certificate.public_key();
    let (kind, key_bits) = key_of(key);
    let dates = certificate.validity();
    let (starts, ends) = (dates.not_before.timestamp(), dates.not_after.timestamp());
    Certificate {
        role: role(&certificate, at, shown),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names: names(&certificate),
        serial: hex(certificate.raw_serial()),
        key: kind,
        key_bits,
        signature: word(&certificate.signature_algorithm.algorithm),
        fingerprint,
        spki: hex(&Sha256::digest(key.raw)),
        not_before: rfc3339(starts),
        not_after: rfc3339(ends),
        expires_in_s: ends.saturating_sub(now),
        is_ca: certificate.is_ca(),
    }
}

fn role(certificate: &X509Certificate<'_>, at: usize, shown: &Shown) -> Role {
    let leads_on = || match &shown.judgement.path {
        Some(path) => path.contains(&at),
        None => certificate.is_ca(),
    };
    match at {
        0 => Role::Leaf,
        _ if certificate.subject().as_raw() == certificate.issuer().as_raw() => Role::Root,
        _ if leads_on() => Role::Intermediate,
        _ => Role::Unused,
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extensions = certificate.extensions().iter();
    let alternative = extensions.filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
        _ => None,
    });
    let all = alternative.flatten().take(MOST_NAMES);
    all.filter_map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(octets) => {
            let v4 = <[u8; 4]>::try_from(*octets).map(|it| std::net::IpAddr::from(it).to_string());
            let v6 =
                || <[u8; 16]>::try_from(*octets).map(|it| std::net::IpAddr::from(it).to_string());
            v4.or_else(|_| v6()).ok()
        }
        _ => None,
    }
}

/// The kind of a key and its size in bits.
fn key_of(key: &SubjectPublicKeyInfo<'_>) -> (String, u32) {
    let algorithm = key.algorithm.algorithm.to_id_string();
    let curve = || {
        Some(
            key.algorithm
                .parameters
                .as_ref()?
                .as_oid()
                .ok()?
                .to_id_string(),
        )
    };
    let known = match (algorithm.as_str(), curve().as_deref()) {
        ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => Some(("P-256", 256)),
        ("1.2.840.10045.2.1", Some("1.3.132.0.34")) => Some(("P-384", 384)),
        ("1.2.840.10045.2.1", Some("1.3.132.0.35")) => Some(("P-521", 521)),
        ("1.3.101.112", _) => Some(("Ed25519", 256)),
        ("1.3.101.113", _) => Some(("Ed448", 456)),
        _ => None,
    };
    match (known, key.parsed()) {
        (Some((word, bits)), _) => (word.to_owned(), bits),
        (None, Ok(PublicKey::RSA(rsa))) => ("RSA".to_owned(), bits(rsa.key_size())),
        (None, Ok(other)) => (algorithm, bits(other.key_size())),
        (None, Err(_)) => (algorithm, 0),
    }
}

fn bits(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn word(algorithm: &x509_parser::oid_registry::Oid<'_>) -> String {
    match oid2sn(algorithm, oid_registry()) {
        Ok("ed25519") => "Ed25519".to_owned(), // as the key is called
        Ok(name) => name.to_owned(),
        Err(_) => algorithm.to_id_string(),
    }
}

/// A time of a certificate; one out of all bounds as its number.
pub(super) fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}
