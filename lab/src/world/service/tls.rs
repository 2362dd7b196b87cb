//! TLS in front of a service.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use crate::world::units::Delay;

/// TLS. Without any setting: versions 1.2 and 1.3, with a good certificate.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Tls {
    /// The certificate for whoever names no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// Certificates for clients that name a server (SNI), by that name; each is for that name unless it says others.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_name: BTreeMap<String, Certificate>,
    /// Whether a client that names a server not in `by-name`, or none, is turned away (unrecognized_name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_by_name: Option<bool>,
    /// The versions it speaks: 1.2 and 1.3 where nothing is said. Of 1.0 and 1.1 it speaks the first words alone:
    /// it chooses such a version for a client that offers no better, and the handshake ends there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<Version>>,
    /// The application protocols it knows (ALPN), the best first: `[h2, http/1.1]` for HTTP, else none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpn: Option<Vec<String>>,
    /// What it asks of the client's own certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificate>,
    /// How long it takes before it answers the client's first words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinks: Option<Delay>,
    /// What happens instead of the rest of the handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Break>,
}

/// A version of TLS.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Version {
    /// 1.0 of 1999.
    #[serde(rename = "TLS1.0")]
    Tls10,
    /// 1.1 of 2006.
    #[serde(rename = "TLS1.1")]
    Tls11,
    /// 1.2 of 2008.
    #[serde(rename = "TLS1.2")]
    Tls12,
    /// 1.3 of 2018.
    #[serde(rename = "TLS1.3")]
    Tls13,
}

/// What is asked of a client's certificate. Any certificate will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientCertificate {
    /// One is asked for; a client without goes on.
    Requested,
    /// One is asked for; a client without is turned away.
    Required,
}

/// How a handshake breaks off once the client has spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Break {
    /// The server hangs up in good order.
    Closes,
    /// It hangs up with a reset.
    Resets,
    /// It says nothing more.
    Stalls,
    /// It sends half of its answer and hangs up.
    Halfway,
    /// It turns the client away with a fatal alert, handshake_failure.
    Alerts,
}
