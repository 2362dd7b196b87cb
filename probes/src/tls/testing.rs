//! Authorities, certificates and servers of another make than what is tested.

use super::{Offer, Trust};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) type Signer = CertifiedIssuer<'static, KeyPair>;

/// A root, an intermediate below it, and somebody else's root.
pub(crate) struct House {
    pub(crate) root: Signer,
    pub(crate) intermediate: Signer,
    pub(crate) stranger: Signer,
}

/// A server's certificate, to be made.
pub(crate) struct Wanted {
    pub(crate) names: Vec<&'static str>,
    /// From and until, in days from now.
    pub(crate) days: (i64, i64),
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            names: vec!["good.test", "192.0.2.7"],
            days: (-1, 30),
        }
    }
}

/// A certificate with its key.
pub(crate) struct Leaf {
    pub(crate) der: CertificateDer<'static>,
    key: KeyPair,
}

fn named(params: &mut CertificateParams, name: &str, days: (i64, i64)) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let day = |days: i64| {
        let seconds = now.saturating_add_signed(days * 86_400);
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    (params.not_before, params.not_after) = (day(days.0), day(days.1));
}

pub(crate) fn authority(name: &str, days: (i64, i64)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    named(&mut params, name, days);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with_intermediate((-100, 100))
    }

    /// With an intermediate that is valid for those days.
    pub(crate) fn with_intermediate(days: (i64, i64)) -> Self {
        let key = || KeyPair::generate().unwrap();
        let root = Signer::self_signed(authority("a root", (-100, 100)), key()).unwrap();
        let below = authority("an intermediate", days);
        let intermediate = Signer::signed_by(below, key(), &root).unwrap();
        let stranger = authority("a stranger", (-100, 100));
        let stranger = Signer::self_signed(stranger, key()).unwrap();
        Self {
            root,
            intermediate,
            stranger,
        }
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::given("a test's", [self.root.der().as_ref()]).unwrap()
    }

    pub(crate) fn offer(&self, name: &'static str) -> Offer {
        Offer::new(ServerName::try_from(name).unwrap(), self.trust())
    }
}

impl Wanted {
    fn params(&self) -> CertificateParams {
        let names = self.names.iter().map(|name| (*name).to_owned());
        let mut params = CertificateParams::new(names.collect::<Vec<_>>()).unwrap();
        named(&mut params, "a server", self.days);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params
    }

    pub(crate) fn signed_by(&self, signer: &Signer) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let der = self.params().signed_by(&key, signer).unwrap().der().clone();
        Leaf { der, key }
    }

    pub(crate) fn self_signed(&self) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let der = self.params().self_signed(&key).unwrap().der().clone();
        Leaf { der, key }
    }
}

impl Leaf {
    /// A server that sends this and those.
    pub(crate) fn config(&self, others: &[&CertificateDer<'static>]) -> ServerConfig {
        let sent = std::iter::once(&self.der).chain(others.iter().copied());
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(sent.cloned().collect(), key.into())
            .unwrap()
    }
}

/// Serves handshakes on loopback for as long as the runtime lives.
pub(crate) async fn serve(config: ServerConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((peer, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(peer).await?;
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
            });
        }
    });
    address
}
