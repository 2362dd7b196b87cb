//! TCP services: peers that speak given bytes, TLS, HTTP, or what a mail server says before TLS.

pub mod certificate;
mod check;
pub mod http;
mod many;
mod names;
pub mod tls;

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use many::Many;
pub(crate) use names::names_of;

/// A TCP listener. Routes must lead to its addresses. It says `greets` and answers what it `hears`, or it speaks
/// `http`, or it is a `proxy`; with `tls` all that is said within TLS.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Service {
    /// Address and port, one or a list of them.
    #[serde(skip_serializing_if = "Many::is_empty")]
    pub listen: Many<SocketAddr>,
    /// What it says as soon as somebody connects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greets: Option<Bytes>,
    /// What it does with what it hears; it reads and says nothing where this is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hears: Option<Hears>,
    /// Whether it hangs up once it has spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<bool>,
    /// Whether it hangs up with a reset, not in good order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets: Option<bool>,
    /// Whether nobody listens, so that connecting is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<bool>,
    /// What is spoken before TLS begins. Without `tls`, such a service refuses to begin it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starttls: Option<StartTls>,
    /// TLS, with a certificate of the lab's authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<tls::Tls>,
    /// HTTP/1.1 and, within TLS, HTTP/2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<http::Http>,
    /// A proxy for HTTP that forwards and tunnels (CONNECT).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

/// What a service does with what it hears.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hears {
    /// It reads and says nothing.
    #[default]
    Ignores,
    /// It says the same back.
    Echoes,
    /// It answers with these bytes.
    Answers(Bytes),
}

/// A protocol that begins in plain text and is asked to go on in TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// SMTP (RFC 3207).
    Smtp,
    /// IMAP (RFC 9051).
    Imap,
    /// PostgreSQL's SSLRequest.
    Postgres,
}

/// A proxy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Proxy {
    /// The resolver it asks for names, by its name in the world; without one it knows addresses alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// Who may use it; everybody where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<http::Login>,
}

/// Bytes, as text or in hexadecimal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Two hexadecimal digits each.
    Hex(String),
}

impl Bytes {
    /// The bytes themselves; says so where the digits are not hexadecimal.
    pub fn decoded(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Hex(digits) => unhex(digits)
                .ok_or_else(|| format!("`{digits}` is not pairs of hexadecimal digits")),
        }
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let nibbles: Vec<u8> = digits
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let pairs = nibbles.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}
