//! The name server that is asked.

use super::Transport;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The port of DNS over UDP and TCP.
const PORT: u16 = 53;

/// One name server, by address: `1.1.1.1`, `1.1.1.1:5353`, `[2606:4700::1111]:53`, `tcp://1.1.1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// What carries the question; `udp` where nothing is written.
    pub transport: Transport,
    /// Where it listens; port 53 where nothing is written.
    pub addr: SocketAddr,
}

impl FromStr for Server {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let (transport, address) = match written.split_once("://") {
            None => (Transport::Udp, written),
            Some((scheme, rest)) => (transport(scheme)?, rest),
        };
        let addr = address_and_port(address)?;
        Ok(Self { transport, addr })
    }
}

fn transport(scheme: &str) -> Result<Transport, String> {
    match scheme.to_ascii_lowercase().as_str() {
        "udp" => Ok(Transport::Udp),
        "tcp" => Ok(Transport::Tcp),
        later @ ("tls" | "https" | "quic") => {
            Err(format!("{later}:// comes later; write udp:// or tcp://"))
        }
        _ => Err(format!(
            "`{scheme}://` is no way to ask; write udp:// or tcp://"
        )),
    }
}

fn address_and_port(written: &str) -> Result<SocketAddr, String> {
    let bare = written
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(written).parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, PORT));
    }
    match written.parse::<SocketAddr>() {
        Ok(addr) if addr.port() > 0 => Ok(addr),
        Ok(_) => Err("port 0 cannot be asked; leave it out for 53".to_owned()),
        Err(_) => Err(format!(
            "`{written}` is not an address; write the address: a resolver given by name would need a resolver"
        )),
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        };
        match (self.addr, self.addr.port()) {
            (SocketAddr::V4(addr), PORT) => write!(formatter, "{scheme}://{}", addr.ip()),
            (SocketAddr::V6(addr), PORT) => write!(formatter, "{scheme}://[{}]", addr.ip()),
            (addr, _) => write!(formatter, "{scheme}://{addr}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_scheme_and_port() {
        for (written, shown) in [
            ("1.1.1.1", "udp://1.1.1.1"),
            ("1.1.1.1:5353", "udp://1.1.1.1:5353"),
            ("tcp://1.1.1.1:53", "tcp://1.1.1.1"),
            ("2606:4700::1111", "udp://[2606:4700::1111]"),
            ("[2606:4700::1111]", "udp://[2606:4700::1111]"),
            ("udp://[2606:4700::1111]:53", "udp://[2606:4700::1111]"),
            ("TCP://[::1]:5300", "tcp://[::1]:5300"),
        ] {
            let server: Server = written.parse().unwrap();
            assert_eq!(server.to_string(), shown);
            assert_eq!(server.to_string().parse(), Ok(server));
        }
    }

    #[test]
    fn what_cannot_be_asked_says_what_to_write() {
        for (written, says) in [
            ("tls://1.1.1.1", "tls:// comes later"),
            ("https://1.1.1.1/dns-query", "https:// comes later"),
            ("quic://1.1.1.1", "quic:// comes later"),
            ("gopher://1.1.1.1", "write udp:// or tcp://"),
            ("dns.google", "write the address"),
            ("1.1.1.1:0", "port 0"),
            ("1.1.1.1:99999", "write the address"),
            ("1.1.1", "write the address"),
            ("", "write the address"),
        ] {
            let error = written.parse::<Server>().unwrap_err();
            assert!(error.contains(says), "{written}: {error}");
        }
    }
}
