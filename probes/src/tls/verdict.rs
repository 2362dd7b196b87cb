//! What is to be thought of a chain: everything that is wrong with it, not the first thing alone.

use super::Chain;
use super::offer::provider;
use super::trust::Trust;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{EndEntityCert, Error, KeyUsage};
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

/// What is to be thought of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// Everything that is wrong, the gravest first.
    pub(super) problems: Vec<Chain>,
    /// The certificates that lead to a trusted root, from the server's own on, by their place among those sent; its dates
    /// aside. None where they lead to none.
    pub(super) path: Option<Vec<usize>>,
    /// The subject of that root.
    pub(super) root: Option<String>,
}

impl Judgement {
    /// In one word.
    pub(super) fn verdict(&self) -> Chain {
        self.problems.first().copied().unwrap_or(Chain::Trusted)
    }
}

/// A certificate and when it is valid, in seconds since 1970.
struct Sent<'a> {
    der: &'a CertificateDer<'static>,
    read: X509Certificate<'a>,
}

/// Judges a chain as sent, the server's own certificate first.
pub(super) fn judge(
    sent: &[CertificateDer<'static>],
    name: &ServerName<'_>,
    trust: &Trust,
    now: UnixTime,
) -> Judgement {
    let read = |der| {
        Some(Sent {
            der,
            read: X509Certificate::from_der(der).ok()?.1,
        })
    };
    let certificates: Vec<Option<Sent<'_>>> = sent.iter().map(read).collect();
    let leaf = sent.first().map(EndEntityCert::try_from);
    let (Some(Ok(leaf)), Some(Some(own))) = (leaf, certificates.first()) else {
        let problems = vec![Chain::Malformed];
        return Judgement {
            problems,
            ..Judgement::default()
        };
    };
    let readable: Vec<&Sent<'_>> = certificates.iter().flatten().collect();
    let mut judgement = Judgement::default();
    let rest = sent.get(1..).unwrap_or_default();
    let today = lead(&leaf, rest, trust, now);
    let is_sound_today = today.is_ok();
    let led = today.or_else(|_| lead(&leaf, rest, trust, common_moment(&readable, now)));
    let mut in_question = vec![own];
    match led {
        Ok((between, root)) => {
            let place = |der: &Vec<u8>| sent.iter().position(|other| other.as_ref() == der);
            let path: Vec<usize> = std::iter::once(0)
                .chain(between.iter().filter_map(place))
                .collect();
            in_question = path
                .iter()
                .filter_map(|at| certificates.get(*at)?.as_ref())
                .collect();
            judgement.path = Some(path);
            judgement.root = root;
        }
        Err(why) => judgement.problems.push(of_path(&why, &readable, trust)),
    }
    if !is_sound_today {
        judgement.problems.extend(untimely(&in_question, now));
    }
    if leaf.verify_is_valid_for_subject_name(name).is_err() {
        judgement.problems.push(Chain::WrongName);
    }
    if !is_sound_today && judgement.problems.is_empty() {
        judgement.problems.push(Chain::Expired); // a date that only one of the two readers finds
    }
    judgement.problems.dedup();
    judgement
}

/// The intermediates that lead to a trusted root at that time, and the root's subject.
fn lead(
    leaf: &EndEntityCert<'_>,
    rest: &[CertificateDer<'_>],
    trust: &Trust,
    at: UnixTime,
) -> Result<(Vec<Vec<u8>>, Option<String>), Error> {
    let algorithms = provider().signature_verification_algorithms.all;
    let usage = KeyUsage::server_auth();
    let path = leaf.verify_for_usage(algorithms, trust.anchors(), rest, at, usage, None, None)?;
    let between = path.intermediate_certificates();
    let between = between
        .map(|certificate| certificate.der().to_vec())
        .collect();
    Ok((between, subject(path.anchor())))
}

/// An anchor keeps its subject without the sequence around it.
fn subject(anchor: &TrustAnchor<'_>) -> Option<String> {
    let der = sequence(&anchor.subject)?;
    let (_, name) = X509Name::from_der(&der).ok()?;
    Some(name.to_string())
}

/// A sequence of that content (X.690 §8.1.3): names are shorter than 64 KiB.
fn sequence(content: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(content.len()).ok()?.to_be_bytes();
    let length = match (high, low) {
        (0, short @ 0..=0x7f) => vec![short],
        (0, long) => vec![0x81, long],
        (high, low) => vec![0x82, high, low],
    };
    Some([&[0x30], length.as_slice(), content].concat())
}

/// A time at which all certificates are valid, as near to now as can be; if there is none, one for the server's own.
fn common_moment(certificates: &[&Sent<'_>], now: UnixTime) -> UnixTime {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let (from, until) = certificates
        .iter()
        .map(|it| it.dates())
        .fold((i64::MIN, i64::MAX), |(from, until), (starts, ends)| {
            (from.max(starts), until.min(ends))
        });
    let own = certificates.first().map_or((now, now), |own| own.dates());
    let (from, until) = if from <= until { (from, until) } else { own };
    let moment = now.min(until).max(from);
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(moment).unwrap_or(0)))
}

impl Sent<'_> {
    fn dates(&self) -> (i64, i64) {
        let dates = self.read.validity();
        (dates.not_before.timestamp(), dates.not_after.timestamp())
    }

    fn is_self_issued(&self) -> bool {
        self.read.subject().as_raw() == self.read.issuer().as_raw()
    }
}

/// Those of the two words about time that hold of any of these.
fn untimely(certificates: &[&Sent<'_>], now: UnixTime) -> Vec<Chain> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let dates = || certificates.iter().map(|it| it.dates());
    let expired = dates()
        .any(|(_, ends)| ends < now)
        .then_some(Chain::Expired);
    let early = dates()
        .any(|(starts, _)| starts > now)
        .then_some(Chain::NotYetValid);
    expired.into_iter().chain(early).collect()
}

/// Why a chain leads to no trusted root.
fn of_path(why: &Error, certificates: &[&Sent<'_>], trust: &Trust) -> Chain {
    let own_issue = certificates.first().is_some_and(|own| own.is_self_issued());
    match why {
        _ if own_issue => Chain::SelfSigned,
        Error::UnknownIssuer => of_unknown_issuer(certificates, trust),
        Error::InvalidSignatureForPublicKey | Error::SignatureAlgorithmMismatch => {
            Chain::BadSignature
        }
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Chain::UnsupportedSignature,
        Error::CaUsedAsEndEntity
        | Error::EndEntityUsedAsCa
        | Error::EmptyEkuExtension
        | Error::RequiredEkuNotFoundContext(_)
        | Error::PathLenConstraintViolated
        | Error::NameConstraintViolation => Chain::WrongUsage,
        Error::CertExpired { .. } => Chain::Expired,
        Error::CertNotValidYet { .. } => Chain::NotYetValid,
        Error::CertDistrusted => Chain::Untrusted,
        _ => Chain::Malformed,
    }
}

/// Climbs from the server's certificate by the names of the issuers, as far as what was sent goes.
fn of_unknown_issuer(certificates: &[&Sent<'_>], trust: &Trust) -> Chain {
    let issuer_of = |certificate: &&Sent<'_>| {
        let wanted = certificate.read.issuer().as_raw();
        let named = |other: &&&Sent<'_>| other.read.subject().as_raw() == wanted;
        let above = certificates.iter().find(named)?;
        (!certificate.is_self_issued()).then_some(*above)
    };
    let own = certificates.first().copied();
    let last = std::iter::successors(own, issuer_of)
        .take(certificates.len())
        .last();
    match (own, last) {
        (Some(own), Some(last)) if own.der == last.der => match trust.knows(last.read.issuer()) {
            true => Chain::BadSignature,
            false => Chain::Incomplete,
        },
        _ => Chain::Untrusted,
    }
}

impl Trust {
    /// Whether an authority of that name is trusted.
    fn knows(&self, name: &X509Name<'_>) -> bool {
        let has_name =
            |anchor: &TrustAnchor<'_>| sequence(&anchor.subject).as_deref() == Some(name.as_raw());
        self.anchors().iter().any(has_name)
    }
}

#[cfg(test)]
mod tests;
