//! What a handshake showed of the server: its certificates as sent, and what is to be thought of them.

use super::offer::{Offer, provider};
use super::trust::Trust;
use super::verdict::{Judgement, judge};
use super::{Chain, certificate};
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Judges and keeps what a server sends, and lets the handshake go on whatever the judgement.
///
/// That the server holds the key of its certificate is verified always: without that nobody was talked to.
#[derive(Debug)]
pub struct Record {
    server_name: ServerName<'static>,
    trust: Trust,
    shown: OnceLock<Shown>,
    asked_for_ours: AtomicBool,
}

/// Certificates as sent, and the staple.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) sent: Vec<CertificateDer<'static>>,
    pub(super) staple: Vec<u8>,
    pub(super) judgement: Judgement,
    pub(super) now: UnixTime,
}

impl Record {
    pub(super) fn new(offer: &Offer) -> Self {
        Self {
            server_name: offer.server_name.clone(),
            trust: offer.trust.clone(),
            shown: OnceLock::new(),
            asked_for_ours: AtomicBool::new(false),
        }
    }

    /// What is to be thought of the chain; nothing before the server has sent one.
    pub fn verdict(&self) -> Option<Chain> {
        self.shown.get().map(|shown| shown.judgement.verdict())
    }

    /// Whether the server asked for a certificate of ours.
    pub fn asks_for_client_certificate(&self) -> bool {
        self.asked_for_ours.load(Ordering::Relaxed)
    }

    pub(super) fn shown(&self) -> Option<&Shown> {
        self.shown.get()
    }

    fn keep(&self, sent: Vec<CertificateDer<'static>>, staple: &[u8], now: UnixTime) {
        let judgement = judge(&sent, &self.server_name, &self.trust, now);
        let staple = staple.to_vec();
        self.shown.get_or_init(|| Shown {
            sent,
            staple,
            judgement,
            now,
        });
    }
}

impl ServerCertVerifier for Record {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        staple: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let sent = std::iter::once(leaf).chain(others);
        let sent = sent.map(|der| der.clone().into_owned());
        self.keep(sent.take(certificate::MOST_SENT).collect(), staple, now);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        verify_tls12_signature(message, leaf, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        verify_tls13_signature(message, leaf, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl ResolvesClientCert for Record {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked_for_ours.store(true, Ordering::Relaxed);
        None
    }

    /// Said so that the request reaches [`Self::resolve`]; there is none.
    fn has_certs(&self) -> bool {
        true
    }
}
