//! The lab's own certificate authority: what is trusted inside, and what is not.

mod key;
mod leaf;
mod ocsp;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SerialNumber,
};
use rustls::pki_types::CertificateDer;

use crate::world::service::certificate::{Issuer, Link, Offset};
use key::Keys;

/// Names and keys come from the world's seed, dates from the time it is made.
pub(crate) struct Authority {
    keys: Keys,
    now: SystemTime,
    root: Signer,
    intermediate: Signer,
    other_intermediate: Signer,
    stranger: Signer,
}

type Signer = CertifiedIssuer<'static, KeyPair>;

const ROOT: &str = "netspec lab root";
const INTERMEDIATE: &str = "netspec lab intermediate";
const OTHER_INTERMEDIATE: &str = "netspec lab second intermediate";
const STRANGER: &str = "a stranger's root";

const DECADE: Offset = Offset(3_650 * 86_400);

impl Authority {
    /// The authorities of a world with this seed, valid from a decade ago for two.
    pub(crate) fn new(seed: u64) -> Result<Self, rcgen::Error> {
        let (keys, now) = (Keys(seed), SystemTime::now());
        let root = Signer::self_signed(ca(ROOT, now)?, keys.ed25519("root")?)?;
        let below = |name: &str| -> Result<Signer, rcgen::Error> {
            Signer::signed_by(ca(name, now)?, keys.ed25519(name)?, &root)
        };
        Ok(Self {
            intermediate: below(INTERMEDIATE)?,
            other_intermediate: below(OTHER_INTERMEDIATE)?,
            stranger: Signer::self_signed(ca(STRANGER, now)?, keys.ed25519("stranger")?)?,
            root,
            keys,
            now,
        })
    }

    /// The one certificate that is trusted inside, in DER.
    pub(crate) fn root(&self) -> &CertificateDer<'static> {
        self.root.der()
    }

    /// The same, as text.
    pub(crate) fn root_pem(&self) -> String {
        self.root.pem()
    }

    fn signer(&self, issuer: Issuer) -> Option<&Signer> {
        match issuer {
            Issuer::Intermediate => Some(&self.intermediate),
            Issuer::OtherIntermediate => Some(&self.other_intermediate),
            Issuer::Root => Some(&self.root),
            Issuer::Stranger => Some(&self.stranger),
            Issuer::Itself => None,
        }
    }

    /// The common name of who signs; that of the intermediate authority for what nobody signs.
    fn signer_name(issuer: Issuer) -> &'static str {
        match issuer {
            Issuer::Intermediate | Issuer::Itself => INTERMEDIATE,
            Issuer::OtherIntermediate => OTHER_INTERMEDIATE,
            Issuer::Root => ROOT,
            Issuer::Stranger => STRANGER,
        }
    }

    fn link<'a>(
        &'a self,
        link: Link,
        leaf: &'a CertificateDer<'static>,
    ) -> CertificateDer<'static> {
        match link {
            Link::Leaf => leaf,
            Link::Intermediate => self.intermediate.der(),
            Link::OtherIntermediate => self.other_intermediate.der(),
            Link::Root => self.root.der(),
            Link::Stranger => self.stranger.der(),
        }
        .clone()
    }
}

/// A certificate of an authority.
fn ca(name: &str, now: SystemTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = dated(name, now, Offset(-DECADE.0), DECADE)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    Ok(params)
}

/// A certificate for nobody yet: its subject, its dates, its number, all known before it is made.
fn dated(
    subject: &str,
    now: SystemTime,
    starts: Offset,
    ends: Offset,
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + unix(now, starts);
    params.not_after = epoch + unix(now, ends);
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(numbered(subject, starts, ends));
    Ok(params)
}

/// The number of a certificate.
fn numbered(subject: &str, starts: Offset, ends: Offset) -> SerialNumber {
    // The first bit stays clear, for a number is signed; the second is set, for it must not be short.
    let number = format!("{subject} {} {}", starts.0, ends.0);
    let number = key::mixed(0, &number).map(|byte| byte & 0x7f | 0x40);
    SerialNumber::from_slice(&number[..16])
}

/// Time since 1970, never before it.
fn unix(now: SystemTime, offset: Offset) -> Duration {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Duration::from_secs(seconds.saturating_add_signed(offset.0))
}
