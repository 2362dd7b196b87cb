//! TLS in front of a service.

mod broken;
mod hello;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

use super::talk::{Spoken, Stream, Talk};
use crate::authority::Authority;
use crate::world::World;
use crate::world::service::certificate::Certificate;
use crate::world::service::tls::{ClientCertificate, Tls, Version};
use crate::world::service::{Service, names_of};
use hello::Heard;

/// TLS made ready: certificates minted, versions chosen.
pub(crate) struct Front {
    settings: Tls,
    config: Arc<ServerConfig>,
    /// Versions of which the first words alone are spoken.
    old: Vec<Version>,
    /// Whether there are others.
    modern: bool,
    certificates: Arc<Certificates>,
}

impl Front {
    pub(crate) fn of(
        settings: &Tls,
        service: &Service,
        world: &World,
        authority: &Authority,
    ) -> Result<Self, String> {
        let usual = vec![Version::Tls12, Version::Tls13];
        let versions = settings.versions.clone().unwrap_or(usual);
        let names = names_of(world, &service.listen.0);
        let certificates = Arc::new(Certificates::of(settings, &names, authority)?);
        let alpn = match (&settings.alpn, &service.http) {
            (Some(own), _) => own.clone(),
            (None, Some(_)) => vec!["h2".into(), "http/1.1".into()],
            (None, None) => Vec::new(),
        };
        let (old, modern): (Vec<_>, Vec<_>) = versions
            .into_iter()
            .partition(|version| *version < Version::Tls12);
        let config = config(settings, &modern, &alpn, &certificates, authority)?;
        Ok(Self {
            settings: settings.clone(),
            config: Arc::new(config),
            old,
            modern: !modern.is_empty(),
            certificates,
        })
    }

    /// The same certificates for QUIC, which knows one version of TLS.
    pub(crate) fn quic(&self) -> Result<ServerConfig, String> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_cert_resolver(self.certificates.clone());
        config.alpn_protocols = vec![b"h3".to_vec()];
        Ok(config)
    }

    /// Shakes hands, or breaks off where the world says so and returns nothing.
    pub(crate) async fn accept(
        &self,
        stream: Box<dyn Stream>,
        talk: &Talk,
    ) -> io::Result<Option<(Box<dyn Stream>, Spoken)>> {
        let mut stream = Heard::hello(stream).await?;
        if let Some(thinks) = self.settings.thinks {
            tokio::time::sleep(thinks.0).await;
        }
        if let Some(words) = hello::old_words(stream.bytes(), &self.old, self.modern) {
            return broken::say_and_wait(&mut stream, &words)
                .await
                .map(|()| None);
        }
        if let Some(fault) = self.settings.breaks {
            let config = Arc::clone(&self.config);
            return broken::off(fault, stream, config, talk)
                .await
                .map(|()| None);
        }
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        let within = acceptor.accept(stream).await?;
        let spoken = spoken(within.get_ref().1);
        Ok(Some((Box::new(within), spoken)))
    }
}

fn spoken(connection: &ServerConnection) -> Spoken {
    let alpn = connection.alpn_protocol();
    Spoken {
        version: match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS1.2".into(),
            _ => "TLS1.3".into(),
        },
        server_name: connection.server_name().map(str::to_owned),
        alpn: alpn.map(|name| String::from_utf8_lossy(name).into_owned()),
    }
}

fn config(
    settings: &Tls,
    versions: &[Version],
    alpn: &[String],
    certificates: &Arc<Certificates>,
    authority: &Authority,
) -> Result<ServerConfig, String> {
    let failed = |error: rustls::Error| error.to_string();
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&spoken_versions(versions))
        .map_err(failed)?;
    let builder = match settings.client_certificate {
        None => builder.with_no_client_auth(),
        Some(wanted) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.root().clone()).map_err(failed)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier = match wanted {
                ClientCertificate::Requested => verifier.allow_unauthenticated(),
                ClientCertificate::Required => verifier,
            };
            let verifier = verifier.build().map_err(|error| error.to_string())?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_cert_resolver(certificates.clone());
    config.alpn_protocols = alpn.iter().map(|name| name.clone().into_bytes()).collect();
    Ok(config)
}

/// Those of the library; both where there is none, for then its words are never reached.
fn spoken_versions(versions: &[Version]) -> Vec<&'static SupportedProtocolVersion> {
    let has = |version| versions.is_empty() || versions.contains(&version);
    let known = [(Version::Tls12, &TLS12), (Version::Tls13, &TLS13)];
    let spoken = known.into_iter().filter(|(version, _)| has(*version));
    spoken.map(|(_, version)| version).collect()
}

/// Which certificate is shown to whom.
#[derive(Debug)]
struct Certificates {
    usual: Option<Arc<CertifiedKey>>,
    by_name: BTreeMap<String, Arc<CertifiedKey>>,
}

impl Certificates {
    fn of(settings: &Tls, names: &[String], authority: &Authority) -> Result<Self, String> {
        let usual = settings.certificate.clone().unwrap_or_default();
        let usual = (settings.only_by_name != Some(true))
            .then(|| authority.certified(&usual, names))
            .transpose()?;
        let named = |(name, wanted): (&String, &Certificate)| {
            let minted = authority.certified(wanted, std::slice::from_ref(name))?;
            Ok((name.to_lowercase(), Arc::new(minted)))
        };
        Ok(Self {
            usual: usual.map(Arc::new),
            by_name: settings
                .by_name
                .iter()
                .map(named)
                .collect::<Result<_, String>>()?,
        })
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().map(str::to_lowercase);
        let named = named.and_then(|name| self.by_name.get(&name));
        named.or(self.usual.as_ref()).cloned()
    }
}
