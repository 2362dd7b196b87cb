//! Real TCP listeners that speak as the world file says.

use std::io;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::service::{Hears, Service};

const IDLE: Duration = Duration::from_secs(60);

/// What a service says, decoded.
#[derive(Clone)]
struct Script {
    greets: Vec<u8>,
    hears: Hears,
    answer: Vec<u8>,
    closes: bool,
}

/// Listens in the calling thread's namespace; bound when this returns, served on the current runtime.
pub(crate) fn serve(service: &Service) -> io::Result<()> {
    let script = script(service).map_err(io::Error::other)?;
    let socket = Socket::new(Domain::for_address(service.listen), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.bind(&service.listen.into())?;
    socket.listen(128)?;
    let listener = TcpListener::from_std(socket.into())?;
    tokio::spawn(async move {
        while let Ok((peer, _)) = listener.accept().await {
            let script = script.clone();
            tokio::spawn(async move { tokio::time::timeout(IDLE, script.speak(peer)).await });
        }
    });
    Ok(())
}

fn script(service: &Service) -> Result<Script, String> {
    let greets = service
        .greets
        .as_ref()
        .map(|bytes| bytes.decoded())
        .transpose()?
        .unwrap_or_default();
    let answer = match &service.hears {
        Hears::Answers(bytes) => bytes.decoded()?,
        Hears::Ignores | Hears::Echoes => Vec::new(),
    };
    Ok(Script {
        greets,
        hears: service.hears.clone(),
        answer,
        closes: service.closes,
    })
}

impl Script {
    async fn speak(self, mut peer: TcpStream) -> io::Result<()> {
        peer.write_all(&self.greets).await?;
        let mut heard = [0; 4096];
        while !self.closes || self.greets.is_empty() {
            let len = peer.read(&mut heard).await?;
            let said = match self.hears {
                _ if len == 0 => break,
                Hears::Ignores => continue,
                Hears::Echoes => &heard[..len],
                Hears::Answers(_) => &self.answer,
            };
            peer.write_all(said).await?;
            if self.closes {
                break;
            }
        }
        peer.shutdown().await
    }
}
