//! Reading what a user writes for a server.

use super::{Host, Server};
use crate::dns::{QueryName, Transport};
use std::net::IpAddr;
use std::str::FromStr;

const KNOWN: &str = "udp://, tcp://, tls://, https:// or quic://";

impl FromStr for Server {
    type Err = String;

    /// Reads a server by address, or an encrypted one by name, which then still needs its [`Server::bootstrap`].
    fn from_str(written: &str) -> Result<Self, String> {
        let (transport, rest) = match written.split_once("://") {
            None => (Transport::Udp, written),
            Some((scheme, rest)) => (transport(scheme)?, rest),
        };
        let (rest, certificate_name) = fragment(rest, transport)?;
        let (authority, path) = path(rest, transport)?;
        let (host, port) = host_and_port(authority, transport)?;
        let mut server = Self::new(transport, host);
        server.port = port.unwrap_or(server.port);
        server.path = path.unwrap_or(server.path);
        server.certificate_name = certificate_name;
        Ok(server)
    }
}

fn transport(scheme: &str) -> Result<Transport, String> {
    match scheme.to_ascii_lowercase().as_str() {
        "udp" => Ok(Transport::Udp),
        "tcp" => Ok(Transport::Tcp),
        "tls" => Ok(Transport::Tls),
        "https" => Ok(Transport::Https),
        "quic" => Ok(Transport::Quic),
        _ => Err(format!("`{scheme}://` is no way to ask; write {KNOWN}")),
    }
}

/// What stands behind `#`: the name the certificate is to bear.
fn fragment(rest: &str, transport: Transport) -> Result<(&str, Option<String>), String> {
    let Some((rest, name)) = rest.split_once('#') else {
        return Ok((rest, None));
    };
    if !transport.is_encrypted() {
        return Err("`#` names a certificate, and this way of asking has none".to_owned());
    }
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok((rest, Some(address.to_string())));
    }
    let name = QueryName::parse(name).map_err(|why| format!("behind `#`: {why}"))?;
    let bare = name.as_str().trim_end_matches('.').to_owned();
    Ok((rest, Some(bare)))
}

fn path(rest: &str, transport: Transport) -> Result<(&str, Option<String>), String> {
    let Some(start) = rest.find('/') else {
        return Ok((rest, None));
    };
    let (authority, path) = rest.split_at(start);
    let path = path.trim_end_matches("{?dns}");
    if transport != Transport::Https {
        return Err("only https:// has a path".to_owned());
    }
    if !path.bytes().all(|octet| octet.is_ascii_graphic()) {
        return Err("a path of a URL is written in ASCII, other characters as %XX".to_owned());
    }
    Ok((authority, Some(path.to_owned())))
}

fn host_and_port(written: &str, transport: Transport) -> Result<(Host, Option<u16>), String> {
    if let Some(address) = address(written) {
        return Ok((Host::Address(address), None));
    }
    let (host, port) = match written.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => {
            (host, Some(self::port(port, transport)?))
        }
        _ => (written, None),
    };
    if let Some(address) = address(host) {
        return Ok((Host::Address(address), port));
    }
    // A last label of digits alone is a broken address (RFC 3696 §2).
    let last = host.trim_end_matches('.').rsplit('.').next();
    let is_numeric = last.is_some_and(|label| label.bytes().all(|octet| octet.is_ascii_digit()));
    if !transport.is_encrypted() || is_numeric {
        return Err(format!(
            "`{written}` is not an address; write the address: only tls://, https:// and quic:// can be by name"
        ));
    }
    QueryName::parse(host).map(|name| (Host::Name(name), port))
}

fn address(written: &str) -> Option<IpAddr> {
    let bare = written
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(written).parse().ok()
}

fn port(digits: &str, transport: Transport) -> Result<u16, String> {
    match digits.parse() {
        Ok(0) => Err(format!(
            "port 0 cannot be asked; leave it out for {}",
            transport.port()
        )),
        Ok(port) => Ok(port),
        Err(_) => Err(format!("`{digits}` is no port; one is from 1 to 65535")),
    }
}
