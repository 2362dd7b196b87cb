//! The same voice over TLS, HTTPS and QUIC.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::rr::RData;
use hickory_server::Server;
use rustls::server::ResolvesServerCert;
use rustls::sign::SingleCertAndKey;
use socket2::Type;
use tokio::net::{TcpListener, UdpSocket};

use super::serve::{Voice, bound, listening};
use crate::authority::Authority;
use crate::world::World;
use crate::world::dns::Resolver;
use crate::world::encrypted::Encrypted;

const TLS: u16 = 853;
const HTTPS: u16 = 443;
const QUIC: u16 = 853;
const IDLE: Duration = Duration::from_secs(10);

/// Listens on all of the resolver's addresses in all the encrypted ways it has.
pub(super) fn listen(
    server: &mut Server<Voice>,
    resolver: &Resolver,
    encrypted: &Encrypted,
    world: &World,
    authority: &Authority,
) -> io::Result<()> {
    let names = names(&resolver.addresses, world);
    let certified = authority.certified(&encrypted.certificate, &names);
    let certified = certified.map_err(io::Error::other)?;
    let certificate: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certified));
    let shown = || Arc::clone(&certificate);
    for address in &resolver.addresses {
        if encrypted.tls {
            server.register_tls_listener(tcp(*address, TLS)?, IDLE, shown())?;
        }
        if encrypted.https {
            let (listener, path) = (tcp(*address, HTTPS)?, encrypted.path.clone());
            server.register_https_listener(listener, IDLE, shown(), None, path)?;
        }
        if encrypted.quic {
            let socket = UdpSocket::from_std(bound(*address, QUIC, Type::DGRAM)?.into())?;
            server.register_quic_listener(socket, IDLE, shown())?;
        }
    }
    Ok(())
}

fn tcp(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    TcpListener::from_std(listening(address, port)?.into())
}

/// The names that lead to these addresses, and the addresses.
fn names(addresses: &[IpAddr], world: &World) -> Vec<String> {
    let records = world
        .resolvers
        .values()
        .flat_map(|resolver| &resolver.records);
    let leads_here = records.filter(|line| match &line.0.data {
        RData::A(address) => addresses.contains(&address.0.into()),
        RData::AAAA(address) => addresses.contains(&address.0.into()),
        _ => false,
    });
    let name = |name: String| name.trim_end_matches('.').to_owned();
    let mut names: Vec<String> = leads_here
        .map(|line| name(line.0.name.to_ascii()))
        .collect();
    names.sort();
    names.dedup();
    names.extend(addresses.iter().map(ToString::to_string));
    names
}
