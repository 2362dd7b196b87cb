//! Handshakes that break off.

use std::io;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::hello::Heard;
use crate::service::talk::Talk;
use crate::world::service::tls::Break;

const HANDSHAKE_FAILURE_ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Breaks off as the world says, now that the client has spoken.
pub(crate) async fn off(
    fault: Break,
    mut stream: Heard,
    config: Arc<ServerConfig>,
    talk: &Talk,
) -> io::Result<()> {
    match fault {
        Break::Stalls => wait(&mut stream).await,
        Break::Alerts => say_and_wait(&mut stream, &HANDSHAKE_FAILURE_ALERT).await,
        Break::Resets => {
            hear(&mut stream).await?;
            talk.reset()
        }
        Break::Closes => {
            hear(&mut stream).await?;
            stream.shutdown().await
        }
        Break::Halfway => {
            let answer = answer(&mut stream, config).await?;
            stream.write_all(&answer[..answer.len() / 2]).await?;
            stream.shutdown().await
        }
    }
}

/// Says these words and leaves the rest to the client.
pub(crate) async fn say_and_wait(stream: &mut Heard, words: &[u8]) -> io::Result<()> {
    stream.write_all(words).await?;
    stream.flush().await?;
    wait(stream).await
}

/// Hears the client out, for hanging up with words unread would be a reset.
async fn hear(stream: &mut Heard) -> io::Result<()> {
    let mut heard = vec![0; 1 << 14];
    stream.read(&mut heard).await.map(drop)
}

async fn wait(stream: &mut Heard) -> io::Result<()> {
    let mut heard = vec![0; 1 << 14];
    while stream.read(&mut heard).await? > 0 {}
    Ok(())
}

/// What a server in good order would answer to the client's hello.
async fn answer(stream: &mut Heard, config: Arc<ServerConfig>) -> io::Result<Vec<u8>> {
    let mut server = ServerConnection::new(config).map_err(io::Error::other)?;
    let (mut heard, mut answer) = (vec![0; 1 << 14], Vec::new());
    while !server.wants_write() {
        let len = stream.read(&mut heard).await?;
        if len == 0 {
            break;
        }
        server.read_tls(&mut &heard[..len])?;
        server.process_new_packets().map_err(io::Error::other)?;
    }
    while server.wants_write() {
        server.write_tls(&mut answer)?;
    }
    Ok(answer)
}
