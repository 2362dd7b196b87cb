//! The name server that is asked.

mod written;

use super::{QueryName, QueryType, Question, Transport};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// The path of DNS over HTTPS that everybody uses (RFC 8484 §4.1 leaves it open).
const PATH: &str = "/dns-query";

/// One name server: `1.1.1.1`, `tcp://1.1.1.1`, `tls://1.1.1.1#one.one.one.one`, `https://dns.google/dns-query`,
/// `quic://[2606:4700::1111]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// What carries the question; `udp` where nothing is written.
    pub transport: Transport,
    /// Where it is.
    pub host: Host,
    /// Where it listens there; the usual port of the transport where nothing is written.
    pub port: u16,
    /// The name or address its certificate is to bear; the host where nothing is written.
    pub certificate_name: Option<String>,
    /// The path of DNS over HTTPS.
    pub path: String,
    /// How DNS over HTTPS asks.
    pub method: Method,
    /// Whom its certificate has to come from.
    pub verify: Verify,
    /// Whether it is asked whatever its certificate is: what is wrong with that is seen all the same.
    pub ask_anyway: bool,
    /// Who is asked where the host is, where it is a name.
    pub bootstrap: Option<Box<Server>>,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// At an address.
    Address(IpAddr),
    /// Where its name leads, which somebody has to be asked first.
    Name(QueryName),
}

/// How DNS over HTTPS asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// The question as the body; the way every server knows (RFC 8484 §4.1).
    #[default]
    Post,
    /// The question in the URL, which caches on the way understand.
    Get,
}

/// Whom a certificate has to come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verify {
    /// Whom this run trusts: the authorities that Mozilla trusts, in the lab the lab's own.
    #[default]
    Usual,
    /// The authorities that Mozilla trusts.
    Webpki,
    /// The authorities that this system trusts.
    System,
    /// These authorities alone, as DER.
    Given(Vec<Vec<u8>>),
}

impl Server {
    /// A server at an address, over UDP.
    pub fn at(addr: SocketAddr) -> Self {
        Self {
            port: addr.port(),
            ..Self::new(Transport::Udp, Host::Address(addr.ip()))
        }
    }

    fn new(transport: Transport, host: Host) -> Self {
        Self {
            transport,
            host,
            port: transport.port(),
            certificate_name: None,
            path: PATH.to_owned(),
            method: Method::default(),
            verify: Verify::default(),
            ask_anyway: false,
            bootstrap: None,
        }
    }

    /// Its address, where no question is needed to know.
    pub fn addr(&self) -> Option<SocketAddr> {
        match self.host {
            Host::Address(address) => Some(SocketAddr::new(address, self.port)),
            Host::Name(_) => None,
        }
    }

    /// The question that finds out its address, where one is needed.
    pub fn lookup(&self, rtype: QueryType) -> Option<Question> {
        let (Host::Name(name), Some(bootstrap)) = (&self.host, &self.bootstrap) else {
            return None;
        };
        let mut question = Question::new(name.clone(), rtype, Self::clone(bootstrap));
        question.listen = Duration::ZERO; // one goes to the first answer, as any client would
        Some(question)
    }

    /// The name or address its certificate is to bear.
    pub fn name(&self) -> String {
        let host = || match &self.host {
            Host::Address(address) => address.to_string(),
            Host::Name(name) => name.as_str().trim_end_matches('.').to_owned(),
        };
        self.certificate_name.clone().unwrap_or_else(host)
    }
}

impl Verify {
    /// These authorities alone, from the text of a PEM file.
    ///
    /// # Errors
    /// There is no certificate in it, or one that is damaged.
    pub fn from_pem(text: &[u8]) -> Result<Self, String> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        match read {
            Ok(read) if !read.is_empty() => {
                Ok(Self::Given(read.iter().map(|der| der.to_vec()).collect()))
            }
            Ok(_) => Err("no certificate in it".to_owned()),
            Err(error) => Err(format!("no certificate can be read from it: {error}")),
        }
    }
}

impl Transport {
    /// The port it usually has.
    pub fn port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 53,
            Self::Tls | Self::Quic => 853,
            Self::Https => 443,
        }
    }

    /// Whether the server shows a certificate.
    pub fn is_encrypted(self) -> bool {
        !matches!(self, Self::Udp | Self::Tcp)
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Https => "https",
            Self::Quic => "quic",
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://", self.transport.scheme())?;
        match &self.host {
            Host::Address(IpAddr::V6(address)) => write!(formatter, "[{address}]")?,
            Host::Address(address) => write!(formatter, "{address}")?,
            Host::Name(name) => formatter.write_str(name.as_str().trim_end_matches('.'))?,
        }
        if self.port != self.transport.port() {
            write!(formatter, ":{}", self.port)?;
        }
        if self.transport == Transport::Https {
            formatter.write_str(&self.path)?;
        }
        match &self.certificate_name {
            Some(name) => write!(formatter, "#{name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
