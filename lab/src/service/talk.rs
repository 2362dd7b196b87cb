//! A conversation: with whom, over what, and how it may be cut off.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Bytes both ways, in plain text or within TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What is known of a connection besides its bytes.
pub(crate) struct Talk {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) tls: Option<Spoken>,
    /// The socket below all layers; none where there are no connections below (QUIC).
    socket: Option<OwnedFd>,
}

/// What was agreed on in a TLS handshake.
#[derive(Clone, Debug)]
pub(crate) struct Spoken {
    pub(crate) version: String,
    pub(crate) server_name: Option<String>,
    pub(crate) alpn: Option<String>,
}

impl Talk {
    pub(crate) fn over(tcp: &TcpStream) -> io::Result<Self> {
        Ok(Self {
            client: tcp.peer_addr()?,
            server: tcp.local_addr()?,
            tls: None,
            socket: Some(tcp.as_fd().try_clone_to_owned()?),
        })
    }

    pub(crate) fn over_quic(client: SocketAddr, server: SocketAddr, tls: Spoken) -> Self {
        Self {
            client,
            server,
            tls: Some(tls),
            socket: None,
        }
    }

    /// From here on, hanging up is a reset.
    pub(crate) fn reset(&self) -> io::Result<()> {
        match &self.socket {
            Some(socket) => SockRef::from(socket).set_linger(Some(Duration::ZERO)),
            None => Ok(()),
        }
    }

    pub(crate) fn alpn(&self) -> Option<&str> {
        self.tls.as_ref()?.alpn.as_deref()
    }
}
