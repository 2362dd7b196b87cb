//! OCSP answers (RFC 6960), to be stapled.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rcgen::{PublicKeyData, SigningKey};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::world::service::certificate::Staple;

const DAY: Duration = Duration::from_secs(86_400);

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const UTF8_STRING: u8 = 0x0c;
const TIME: u8 = 0x18;
/// `[n]` around a whole value, and in its place.
const fn around(number: u8) -> u8 {
    0xa0 | number
}
const fn instead(number: u8) -> u8 {
    0x80 | number
}

const BASIC_RESPONSE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const SHA1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];

/// Who says it: an authority with a common name alone and an Ed25519 key.
pub(super) struct Responder<'a, K> {
    pub(super) name: &'a str,
    pub(super) key: &'a K,
}

impl<K: SigningKey + PublicKeyData> Responder<'_, K> {
    /// What it says of its certificate with this number.
    pub(super) fn says(
        &self,
        staple: Staple,
        number: &[u8],
        now: SystemTime,
    ) -> Result<Vec<u8>, rcgen::Error> {
        let data = self.data(staple, number, now);
        let signature = [&[0][..], &self.key.sign(&data)?].concat();
        let signed = der(
            SEQUENCE,
            &[
                &data,
                &der(SEQUENCE, &[&der(OBJECT, &[ED25519])]),
                &der(BIT_STRING, &[&signature]),
            ],
        );
        let basic = der(
            SEQUENCE,
            &[
                &der(OBJECT, &[BASIC_RESPONSE]),
                &der(OCTET_STRING, &[&signed]),
            ],
        );
        let successful = der(ENUMERATED, &[&[0]]);
        Ok(der(SEQUENCE, &[&successful, &der(around(0), &[&basic])]))
    }

    fn data(&self, staple: Staple, number: &[u8], now: SystemTime) -> Vec<u8> {
        let (this, next) = match staple {
            Staple::Stale => (now - 9 * DAY, now - 2 * DAY),
            Staple::Good | Staple::Revoked | Staple::Unknown => (now - DAY, now + 6 * DAY),
        };
        let status = match staple {
            Staple::Good | Staple::Stale => der(instead(0), &[]),
            Staple::Revoked => der(around(1), &[&time(now - 2 * DAY)]),
            Staple::Unknown => der(instead(2), &[]),
        };
        let single = der(
            SEQUENCE,
            &[
                &self.certificate(number),
                &status,
                &time(this),
                &der(around(0), &[&time(next)]),
            ],
        );
        der(
            SEQUENCE,
            &[
                &der(around(1), &[&self.distinguished()]),
                &time(this),
                &der(SEQUENCE, &[&single]),
            ],
        )
    }

    /// Which certificate it is, in the one way all clients look for it: hashes of the issuer's name and key, and the number.
    fn certificate(&self, number: &[u8]) -> Vec<u8> {
        let name = digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.distinguished());
        let key = digest(&SHA1_FOR_LEGACY_USE_ONLY, self.key.der_bytes());
        der(
            SEQUENCE,
            &[
                &der(SEQUENCE, &[&der(OBJECT, &[SHA1])]),
                &der(OCTET_STRING, &[name.as_ref()]),
                &der(OCTET_STRING, &[key.as_ref()]),
                &der(INTEGER, &[number]),
            ],
        )
    }

    fn distinguished(&self) -> Vec<u8> {
        let name = der(UTF8_STRING, &[self.name.as_bytes()]);
        let pair = der(SEQUENCE, &[&der(OBJECT, &[COMMON_NAME]), &name]);
        der(SEQUENCE, &[&der(SET, &[&pair])])
    }
}

fn time(at: SystemTime) -> Vec<u8> {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let at = Timestamp::from_second(seconds.cast_signed()).unwrap_or_default();
    der(TIME, &[at.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()])
}

/// A value of DER: its tag, its length, its parts.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let [high, low] = (len as u16).to_be_bytes();
    let mut value = match len {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    value.extend(parts.concat());
    value
}
