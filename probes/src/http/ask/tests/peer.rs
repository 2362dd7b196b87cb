//! Peers on loopback that say exactly what a test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What a peer does with a request.
pub(super) struct Say {
    pub(super) octets: Vec<u8>,
    /// Whether it keeps the connection open afterwards and says no more.
    pub(super) holds: bool,
}

/// Says it, and hangs up.
pub(super) fn says(octets: impl Into<Vec<u8>>) -> Say {
    let octets = octets.into();
    let holds = false;
    Say { octets, holds }
}

/// Says it, and no more.
pub(super) fn holds(octets: impl Into<Vec<u8>>) -> Say {
    Say {
        holds: true,
        ..says(octets)
    }
}

/// A peer, and what it was asked.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) addr: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// What it was asked, each request whole.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// A peer that answers each request so.
    pub(super) async fn plain(answer: impl Fn(&str) -> Say + Send + Sync + 'static) -> Self {
        Self::start(None, answer).await
    }

    /// The same behind TLS.
    pub(super) async fn secure(
        config: rustls::ServerConfig,
        answer: impl Fn(&str) -> Say + Send + Sync + 'static,
    ) -> Self {
        Self::start(Some(TlsAcceptor::from(Arc::new(config))), answer).await
    }

    async fn start(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str) -> Say + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let peer = Self { addr, heard };
        let (kept, answer) = (Arc::clone(&peer.heard), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, kept, answer) = (tls.clone(), Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                converse(stream, &kept, answer.as_ref()).await;
                            }
                        }
                        None => converse(stream, &kept, answer.as_ref()).await,
                    }
                });
            }
        });
        peer
    }
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: &Mutex<Vec<String>>,
    answer: &(impl Fn(&str) -> Say + ?Sized),
) {
    let Some(request) = request(&mut stream).await else {
        return;
    };
    let say = answer(&request);
    kept.lock().unwrap().push(request);
    let _ = stream.write_all(&say.octets).await;
    let _ = stream.flush().await;
    if say.holds {
        while stream
            .read(&mut [0; 1024])
            .await
            .is_ok_and(|length| length > 0)
        {}
    }
    let _ = stream.shutdown().await;
}

/// A whole request: the header, and as much of a body as it says.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut octets = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&octets).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        let mut piece = [0; 4096];
        let length = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        octets.extend(&piece[..length]);
    }
}
