//! The same voice over TLS, HTTPS and QUIC.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

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
use crate::world::service::names_of;

const TLS: u16 = 853;
const HTTPS: u16 = 443;
const QUIC: u16 = 853;
const IDLE: Duration = Duration::from_secs(10);

/// Listens on all of the resolver's addresses in all the encrypted ways it has.
pub(super) fn listen(
    server: &mut Server<Voice>,
    voice: &Voice,
    resolver: &Resolver,
    encrypted: &Encrypted,
    world: &World,
    authority: &Authority,
) -> io::Result<()> {
    let addresses = resolver.addresses.iter();
    let addresses: Vec<_> = addresses
        .map(|address| SocketAddr::new(*address, HTTPS))
        .collect();
    let names = names_of(world, &addresses);
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
            super::https::serve(listener, shown(), voice.clone(), path)?;
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
