//! Name servers behind a certificate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::service::certificate::Certificate;

/// DNS over TLS (port 853), HTTPS (port 443) and QUIC (port 853), all three unless one is switched off.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Encrypted {
    /// The certificate it shows. Without names of its own it is for every name that any resolver of this world gives
    /// the server's addresses to, and for those addresses.
    pub certificate: Certificate,
    /// Whether it listens by TLS.
    pub tls: bool,
    /// Whether it listens by HTTPS (HTTP/2).
    pub https: bool,
    /// The path of DNS over HTTPS.
    pub path: String,
    /// Whether it listens by QUIC.
    pub quic: bool,
}

impl Default for Encrypted {
    fn default() -> Self {
        Self {
            certificate: Certificate::default(),
            tls: true,
            https: true,
            path: "/dns-query".to_owned(),
            quic: true,
        }
    }
}
