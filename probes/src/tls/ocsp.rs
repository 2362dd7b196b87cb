//! What a stapled OCSP answer says of one certificate (RFC 6960 §4.2), read without its signature being verified.

use super::certificate::rfc3339;
use super::seen::{Ocsp, OcspStatus};
use crate::fact::Fact;
use x509_parser::asn1_rs::{FromDer as _, GeneralizedTime};
use x509_parser::prelude::X509Certificate;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, `[1]`, `[2]` of something inside, and `[0]`, `[2]` of nothing.
const INSIDE_0: u8 = 0xa0;
const INSIDE_1: u8 = 0xa1;
const PLAIN_0: u8 = 0x80;
const PLAIN_2: u8 = 0x82;

/// More answers in one staple than these are not looked at.
const MOST_ANSWERS: usize = 64;

/// What the staple says of that certificate; nothing where there is no staple.
pub(super) fn read(staple: &[u8], leaf: &[u8], now: i64) -> Fact<Ocsp> {
    if staple.is_empty() {
        return Fact::Nothing;
    }
    let malformed = only(OcspStatus::Malformed);
    let (Some(answers), Ok((_, leaf))) = (answers(staple), X509Certificate::from_der(leaf)) else {
        return Fact::Known(malformed);
    };
    let about = answers
        .iter()
        .find(|answer| answer.serial == leaf.raw_serial());
    let seen = about.map_or_else(|| only(OcspStatus::AboutAnother), |answer| answer.seen(now));
    Fact::Known(seen)
}

fn only(status: OcspStatus) -> Ocsp {
    Ocsp {
        status,
        this_update: Fact::Unknown,
        next_update: Fact::Unknown,
        expires_in_s: Fact::Unknown,
    }
}

/// What is said of one certificate.
struct Answer<'a> {
    serial: &'a [u8],
    status: OcspStatus,
    this_update: i64,
    next_update: Option<i64>,
}

impl Answer<'_> {
    fn seen(&self, now: i64) -> Ocsp {
        let left = self.next_update.map(|until| until.saturating_sub(now));
        Ocsp {
            status: self.status,
            this_update: Fact::Known(rfc3339(self.this_update)),
            next_update: Fact::looked_up(self.next_update.map(rfc3339)),
            expires_in_s: Fact::looked_up(left),
        }
    }
}

/// `OCSPResponse` down to its single responses.
fn answers(staple: &[u8]) -> Option<Vec<Answer<'_>>> {
    let mut response = Der(staple).take(SEQUENCE)?;
    response.any()?; // its status; where that is an error there are no bytes
    let mut bytes = response.take(INSIDE_0)?.take(SEQUENCE)?;
    bytes.any()?; // the type, of which there is one
    let mut data = bytes.take(OCTET_STRING)?.take(SEQUENCE)?.take(SEQUENCE)?;
    if data.next_is(INSIDE_0) {
        data.any()?; // the version
    }
    data.any()?; // the responder
    data.take(GENERALIZED_TIME)?;
    let mut singles = data.take(SEQUENCE)?;
    let next = std::iter::from_fn(|| singles.take(SEQUENCE));
    next.take(MOST_ANSWERS).map(answer).collect()
}

/// `SingleResponse`.
fn answer(mut single: Der<'_>) -> Option<Answer<'_>> {
    let mut id = single.take(SEQUENCE)?;
    id.any()?; // the hash
    id.take(OCTET_STRING)?;
    id.take(OCTET_STRING)?;
    let Der(serial) = id.take(INTEGER)?;
    let (status, _) = single.any()?;
    let status = match status {
        PLAIN_0 => OcspStatus::Good,
        INSIDE_1 => OcspStatus::Revoked,
        PLAIN_2 => OcspStatus::Unknown,
        _ => return None,
    };
    let this_update = single.time()?;
    let next_update = match single.take(INSIDE_0) {
        Some(mut until) => Some(until.time()?),
        None => None,
    };
    Some(Answer {
        serial,
        status,
        this_update,
        next_update,
    })
}

/// Values one after the other (X.690), as far as they are whole.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next value, if it has that tag.
    fn take(&mut self, tag: u8) -> Option<Der<'a>> {
        self.next_is(tag)
            .then(|| self.any())?
            .map(|(_, content)| content)
    }

    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The next value with its tag, whatever it is.
    fn any(&mut self) -> Option<(u8, Der<'a>)> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            long @ 0x81..=0x84 => {
                let (octets, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (
                    octets
                        .iter()
                        .fold(0, |all, octet| all << 8 | usize::from(*octet)),
                    rest,
                )
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, Der(content)))
    }

    /// The next value, a time, in seconds since 1970.
    fn time(&mut self) -> Option<i64> {
        let (rest, time) = GeneralizedTime::from_der(self.0).ok()?;
        self.0 = rest;
        Some(time.utc_datetime().ok()?.unix_timestamp())
    }
}

#[cfg(test)]
mod tests;
