//! What is asked, of whom, how.

use super::seen::Version;
use crate::tls::{Sni, Trust};
use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, Method};
use rustls::pki_types::ServerName;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// What is read of a body where nothing else is said.
pub const DEFAULT_READ_BYTES: usize = 1024 * 1024;

/// One request. Nothing of the environment touches it: no proxy, no list of authorities, no hosts file.
#[derive(Clone, Debug)]
pub struct Question {
    /// The method.
    pub method: Method,
    /// Where to; http or https, with a host.
    pub url: Url,
    /// Fields of the header, in place of the customary ones where they have the same name. Some may be secret.
    pub headers: HeaderMap,
    /// The name in `Host`, where it is not the URL's.
    pub host: Option<Authority>,
    /// The body.
    pub body: Bytes,
    /// The version of HTTP to speak; where none is said HTTP/2 or HTTP/1.1, as the server chooses.
    pub version: Option<Version>,
    /// The name asked for in TLS.
    pub sni: Sni,
    /// Whose certificate it must be, where it is not the URL's host.
    pub verified_name: Option<ServerName<'static>>,
    /// Whose word on certificates is taken.
    pub trust: Trust,
    /// Whether to go on after a certificate that does not verify.
    pub verify: bool,
    /// How many redirects are followed.
    pub follow: u8,
    /// The proxy it goes through.
    pub proxy: Option<Proxy>,
    /// Its bounds.
    pub limits: Limits,
}

/// A proxy, asked for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// As written, for people.
    pub written: String,
}

/// The bounds of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all of it, redirects and their look-ups included.
    pub total: Duration,
    /// For connecting.
    pub connect: Option<Duration>,
    /// For the handshake of TLS or QUIC.
    pub tls: Option<Duration>,
    /// From the request to the answer.
    pub first_byte: Option<Duration>,
    /// From the first octet of the answer to the last.
    pub body: Option<Duration>,
    /// The most octets of a body that are read, as it comes and decoded.
    pub read_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(10),
            connect: None,
            tls: None,
            first_byte: None,
            body: None,
            read_bytes: DEFAULT_READ_BYTES,
        }
    }
}

/// Where a request goes, and what it took to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address and port connected to: the proxy's, where there is one.
    pub addr: SocketAddr,
    /// What the resolver took to tell; none where it was not asked.
    pub looked_up: Option<Duration>,
}

impl Question {
    /// A plain request: no body, no redirect followed, verified by these authorities.
    pub fn new(method: Method, url: Url, trust: Trust) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            host: None,
            body: Bytes::new(),
            version: None,
            sni: Sni::ServerName,
            verified_name: None,
            trust,
            verify: true,
            follow: 0,
            proxy: None,
            limits: Limits::default(),
        }
    }
}

/// What is shown of it: no header and no body, for they may hold secrets.
impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)?;
        match &self.proxy {
            Some(proxy) => write!(formatter, " through {}", proxy.written),
            None => Ok(()),
        }
    }
}
