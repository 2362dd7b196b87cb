//! Certificates of services.

use std::sync::Arc;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SerialNumber};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::ocsp::Responder;
use super::{Authority, dated, numbered};
use crate::world::service::certificate::{Certificate, Issuer, Link, Offset};

/// When a certificate begins and ends where nothing is said.
const STARTS: Offset = Offset(-30 * 86_400);
const ENDS: Offset = Offset(60 * 86_400);

impl Authority {
    /// A certificate as a world file describes it, ready to be served; `names` are those it has where it says none.
    pub(crate) fn certified(
        &self,
        wanted: &Certificate,
        names: &[String],
    ) -> Result<CertifiedKey, String> {
        let names = match wanted.names.as_slice() {
            [] => names,
            own => own,
        };
        let subject = wanted.subject.as_ref().or(names.first());
        let subject = subject.map_or("a service", String::as_str);
        let failed = |error: rcgen::Error| format!("certificate for {subject}: {error}");
        let owner = renewed(subject, wanted);
        let key = self.keys.of(wanted.key.unwrap_or_default(), &owner);
        let key = key.map_err(failed)?;
        let leaf = self.leaf(wanted, subject, names, &key).map_err(failed)?;
        let secret = PrivatePkcs8KeyDer::from(key.serialize_der());
        let signing = any_supported_type(&secret.into()).map_err(|error| error.to_string())?;
        let sent = sends(wanted).iter().map(|link| self.link(*link, &leaf.0));
        let mut certified = CertifiedKey::new(sent.collect(), Arc::clone(&signing));
        certified.ocsp = self.staple(wanted, &leaf.1).map_err(failed)?;
        Ok(certified)
    }

    /// The certificate and its number.
    fn leaf(
        &self,
        wanted: &Certificate,
        subject: &str,
        names: &[String],
        key: &KeyPair,
    ) -> Result<(CertificateDer<'static>, Vec<u8>), rcgen::Error> {
        let (starts, ends) = (wanted.starts.unwrap_or(STARTS), wanted.ends.unwrap_or(ENDS));
        let mut params = dated(subject, self.now, starts, ends)?;
        if wanted.renewed.is_some() {
            params.serial_number = Some(numbered(&renewed(subject, wanted), starts, ends));
        }
        params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let number = params.serial_number.as_ref().map(SerialNumber::to_bytes);
        let made = match self.signer(wanted.issuer.unwrap_or_default()) {
            Some(signer) => params.signed_by(key, signer)?,
            None => params.self_signed(key)?,
        };
        Ok((made.der().clone(), number.unwrap_or_default()))
    }

    /// What its issuer says of a certificate with this number.
    fn staple(&self, wanted: &Certificate, number: &[u8]) -> Result<Option<Vec<u8>>, rcgen::Error> {
        let issuer = wanted.issuer.unwrap_or_default();
        let (Some(staple), Some(signer)) = (wanted.staple, self.signer(issuer)) else {
            return Ok(None);
        };
        let responder = Responder {
            name: Self::signer_name(issuer),
            key: signer.key(),
        };
        responder.says(staple, number, self.now).map(Some)
    }
}

/// The name that a certificate's number and key are drawn for: its subject's, told apart once it was renewed.
fn renewed(subject: &str, wanted: &Certificate) -> String {
    match wanted.renewed {
        None | Some(0) => subject.to_owned(),
        Some(times) => format!("{subject}, renewed {times}"),
    }
}

/// What is sent: what was asked for, or what a good server of this issuer sends.
fn sends(wanted: &Certificate) -> &[Link] {
    match (wanted.sends.as_slice(), wanted.issuer.unwrap_or_default()) {
        ([], Issuer::Intermediate) => &[Link::Leaf, Link::Intermediate],
        ([], Issuer::OtherIntermediate) => &[Link::Leaf, Link::OtherIntermediate],
        ([], _) => &[Link::Leaf],
        (asked, _) => asked,
    }
}
