//! What is offered in TLS for a request, and under which names.

use super::hop::Hop;
use super::seen::Version;
use crate::tls::Offer;
use rustls::pki_types::{DnsName, ServerName};
use std::net::IpAddr;
use url::{Host, Url};

impl Hop<'_> {
    /// What is offered, where the URL's host can have a certificate.
    pub(super) fn offer(&self) -> Result<Offer, String> {
        let own = self.question.verified_name.clone().filter(|_| self.is_home);
        let name = own.or_else(|| server_name(&self.url));
        let name = name.ok_or("the URL's host is no name that a certificate could be for")?;
        let mut offer = Offer::new(name, self.question.trust.clone());
        if self.is_home {
            offer.sni = self.question.sni.clone();
        }
        let protocols: &[&[u8]] = match self.question.version {
            None => &[b"h2", b"http/1.1"],
            Some(Version::Http3) => &[b"h3"],
            Some(Version::Http2) => &[b"h2"],
            Some(_) => &[b"http/1.1"],
        };
        offer.alpn = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(offer)
    }
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Domain(name) => dns_name(name).map(ServerName::DnsName),
        Host::Ipv4(address) => Some(IpAddr::from(address).into()),
        Host::Ipv6(address) => Some(IpAddr::from(address).into()),
    }
}

/// The final dot is no part of a name in TLS (RFC 6066 §3).
fn dns_name(name: &str) -> Option<DnsName<'static>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    DnsName::try_from(name.to_owned()).ok()
}
