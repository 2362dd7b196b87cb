//! The client's first words, and the answer of servers too old for the TLS library.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::service::talk::Stream;
use crate::world::service::tls::Version;

/// A record's header and, in it, a handshake's, a type each and lengths, and the version the client offers.
const ENOUGH: usize = 11;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;

/// A stream whose first bytes have been read already and will be read again.
pub(crate) struct Heard {
    stream: Box<dyn Stream>,
    bytes: Vec<u8>,
    read: usize,
}

impl Heard {
    /// Waits for the client's hello, or as much of it as tells what it is.
    pub(crate) async fn hello(mut stream: Box<dyn Stream>) -> io::Result<Self> {
        let mut bytes = Vec::new();
        while bytes.len() < ENOUGH && bytes.first().is_none_or(|first| *first == HANDSHAKE) {
            if stream.read_buf(&mut bytes).await? == 0 {
                break;
            }
        }
        Ok(Self {
            stream,
            bytes,
            read: 0,
        })
    }

    /// What has been heard.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsyncRead for Heard {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let left = this.bytes.get(this.read..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut this.stream).poll_read(context, into);
        }
        let len = left.len().min(into.remaining());
        into.put_slice(&left[..len]);
        this.read += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// What a server that also, or only, knows old versions says to a client that offers no better; nothing where the
/// library is to answer.
pub(crate) fn old_words(heard: &[u8], old: &[Version], modern: bool) -> Option<Vec<u8>> {
    if heard.len() < ENOUGH || heard[0] != HANDSHAKE || heard[5] != CLIENT_HELLO {
        return None;
    }
    let offered = u16::from_be_bytes([heard[9], heard[10]]);
    if modern && offered >= 0x0303 {
        return None;
    }
    let fits = |version: &&Version| number(**version) <= offered;
    match old.iter().filter(fits).max() {
        Some(version) => Some(server_hello(number(*version))),
        None if modern => None,
        None => Some(PROTOCOL_VERSION_ALERT.to_vec()),
    }
}

const PROTOCOL_VERSION_ALERT: [u8; 7] = [21, 3, 1, 0, 2, 2, 70];

fn number(version: Version) -> u16 {
    match version {
        Version::Tls10 => 0x0301,
        Version::Tls11 => 0x0302,
        Version::Tls12 => 0x0303,
        Version::Tls13 => 0x0304,
    }
}

/// A ServerHello (RFC 4346) that chooses a version and TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA.
fn server_hello(version: u16) -> Vec<u8> {
    let [major, minor] = version.to_be_bytes();
    let mut hello = vec![HANDSHAKE, major, minor, 0, 49, 2, 0, 0, 45, major, minor];
    hello.extend([0x5a; 32]);
    // No session, the suite, no compression, and one extension: empty renegotiation_info (RFC 5746).
    hello.extend([0, 0xc0, 0x13, 0, 0, 5, 0xff, 1, 0, 1, 0]);
    hello
}
