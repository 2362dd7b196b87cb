//! Whom to trust: the authorities a chain may lead to.

use rustls::pki_types::{CertificateDer, TrustAnchor};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// A named list of authorities.
#[derive(Clone)]
pub struct Trust {
    name: Arc<str>,
    anchors: Arc<[TrustAnchor<'static>]>,
}

static WEBPKI: LazyLock<Trust> =
    LazyLock::new(|| Trust::of("webpki", webpki_roots::TLS_SERVER_ROOTS.to_vec()));

static SYSTEM: LazyLock<Result<Trust, String>> = LazyLock::new(load_system);

/// Where the systems of this world keep their list as one file. Variables of the environment (`SSL_CERT_FILE`) do not count.
const SYSTEM_FILES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

impl Trust {
    /// The authorities that Mozilla trusts, pinned with this program.
    pub fn webpki() -> Self {
        WEBPKI.clone()
    }

    /// The system's own list, read once in the life of the process.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn system() -> Result<Self, String> {
        SYSTEM.clone()
    }

    /// These certificates, in DER.
    ///
    /// # Errors
    /// One of them is no certificate.
    pub fn given<'a>(
        name: &str,
        certificates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, String> {
        let anchor = |der: &[u8]| {
            webpki::anchor_from_trusted_cert(&CertificateDer::from(der))
                .map(|anchor| anchor.to_owned())
                .map_err(|why| format!("{name}: no certificate of an authority ({why})"))
        };
        let anchors = certificates
            .into_iter()
            .map(anchor)
            .collect::<Result<_, _>>()?;
        Ok(Self::of(name, anchors))
    }

    /// The certificates of a file, in PEM.
    ///
    /// # Errors
    /// It cannot be read, or holds none.
    pub fn file(name: &str, path: &Path) -> Result<Self, String> {
        let found = rustls_native_certs::load_certs_from_paths(Some(path), None);
        if let Some(error) = found.errors.first() {
            return Err(format!("{name}: {error}"));
        }
        if found.certs.is_empty() {
            return Err(format!("{name} holds no certificate (PEM)"));
        }
        Self::given(name, found.certs.iter().map(AsRef::as_ref))
    }

    pub(super) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    fn of(name: &str, anchors: Vec<TrustAnchor<'static>>) -> Self {
        Self {
            name: name.into(),
            anchors: anchors.into(),
        }
    }
}

/// One that cannot be read is passed over, as every other program does with this list.
fn load_system() -> Result<Trust, String> {
    let file = SYSTEM_FILES
        .iter()
        .map(Path::new)
        .find(|path| path.is_file());
    let found = match file {
        Some(file) => rustls_native_certs::load_certs_from_paths(Some(file), None),
        None => rustls_native_certs::load_native_certs(),
    };
    let anchor = |der| webpki::anchor_from_trusted_cert(der).map(|anchor| anchor.to_owned());
    let anchors: Vec<_> = found
        .certs
        .iter()
        .map(anchor)
        .filter_map(Result::ok)
        .collect();
    if anchors.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})"));
        let why = why.unwrap_or_default();
        return Err(format!("this system has no list of authorities{why}"));
    }
    Ok(Trust::of("system", anchors))
}

/// By its name alone: a question's key is made of this.
impl fmt::Debug for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.anchors.len())
    }
}
