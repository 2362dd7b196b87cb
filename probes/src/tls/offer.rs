//! What a client offers, and to whom it believes to talk.

use super::record::Record;
use super::seen::Version;
use super::trust::Trust;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{DnsName, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, SupportedProtocolVersion};
use std::sync::{Arc, LazyLock};

/// What is offered to a server.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whose certificate it must be.
    pub server_name: ServerName<'static>,
    /// The name asked for in the clear.
    pub sni: Sni,
    /// Protocols above TLS, the preferred one first; none is no extension at all.
    pub alpn: Vec<Vec<u8>>,
    /// The versions of TLS.
    pub versions: Versions,
    /// Whom to trust.
    pub trust: Trust,
}

/// The name asked for in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sni {
    /// The server's name; none where that is an address (RFC 6066 §3).
    #[default]
    ServerName,
    /// None.
    Off,
    /// Another.
    Other(DnsName<'static>),
}

/// The oldest and the newest version offered; what is offered lies within TLS 1.2 and TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub oldest: Version,
    /// The newest.
    pub newest: Version,
}

impl Default for Versions {
    fn default() -> Self {
        Self {
            oldest: Version::Tls12,
            newest: Version::Tls13,
        }
    }
}

/// A server by name or address, if it can be one.
pub fn server_name(text: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(text.to_owned()).ok()
}

/// A name for SNI, if it can be one.
pub fn dns_name(text: &str) -> Option<DnsName<'static>> {
    DnsName::try_from(text.to_owned()).ok()
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> =
    LazyLock::new(|| Arc::new(ring::default_provider()));

/// The one provider of cryptography.
pub(super) fn provider() -> &'static Arc<CryptoProvider> {
    &PROVIDER
}

impl Offer {
    /// The customary offer to a server of that name: its name as SNI, TLS 1.2 and 1.3, no ALPN.
    pub fn new(server_name: ServerName<'static>, trust: Trust) -> Self {
        Self {
            server_name,
            sni: Sni::ServerName,
            alpn: Vec::new(),
            versions: Versions::default(),
            trust,
        }
    }

    /// The configuration of one connection, and the record that it fills; for QUIC as for TCP. Never two connections with one.
    ///
    /// It goes on whatever the certificates are: who uses the connection reads [`Record::verdict`] first.
    ///
    /// # Errors
    /// No version is left to offer.
    pub fn config(&self) -> Result<(ClientConfig, Arc<Record>), String> {
        let record = Arc::new(Record::new(self));
        let versions = self.versions.offered();
        let mut config = ClientConfig::builder_with_provider(Arc::clone(provider()))
            .with_protocol_versions(&versions)
            .map_err(|why| format!("nothing to offer: {why}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Record>::clone(&record))
            .with_client_cert_resolver(Arc::<Record>::clone(&record));
        config.resumption = Resumption::disabled();
        config.enable_sni = self.sni != Sni::Off;
        config.alpn_protocols.clone_from(&self.alpn);
        Ok((config, record))
    }

    /// What goes into the hello as the server's name, where SNI is not off.
    pub fn hello_name(&self) -> ServerName<'static> {
        match &self.sni {
            Sni::Other(name) => ServerName::DnsName(name.clone()),
            Sni::ServerName | Sni::Off => self.server_name.clone(),
        }
    }

    /// The SNI as it is sent.
    pub(super) fn sent_sni(&self) -> Option<String> {
        match (&self.sni, self.hello_name()) {
            (Sni::Off, _) => None,
            (_, ServerName::DnsName(name)) => Some(name.as_ref().to_ascii_lowercase()),
            _ => None,
        }
    }
}

impl Versions {
    fn offered(self) -> Vec<&'static SupportedProtocolVersion> {
        let known = [(Version::Tls12, &TLS12), (Version::Tls13, &TLS13)];
        let within = |version: &Version| *version >= self.oldest && *version <= self.newest;
        let offered = known.into_iter().filter(|(version, _)| within(version));
        offered.map(|(_, version)| version).collect()
    }
}
