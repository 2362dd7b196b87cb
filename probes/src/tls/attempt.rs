//! One version offered by itself.

use super::ask::Question;
use super::handshake::alert_name;
use super::hello::{Said, hello, read};
use super::probed::{TriedVersion, VersionAnswer};
use super::seen::Version;
use super::starttls::{Upgrade, upgrade};
use crate::fact::Fact;
use crate::tcp;
use rustls::AlertDescription;
use std::io;
use std::ops::ControlFlow;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A first record is no longer (RFC 8446 §5.1); a server that says more before its hello is whole says nothing.
const MOST_BYTES: usize = 5 + (1 << 14) + 256;

/// Offers that version alone, on a connection of its own.
pub(super) async fn attempt(question: &Question, version: Version) -> TriedVersion {
    let (_, stream) = tcp::connect(question.to, question.timeout).await;
    let said = match stream {
        Some(stream) => timeout(question.timeout, offer(question, stream, version))
            .await
            .ok(),
        None => None,
    };
    let (answer, alert) = match said {
        Some(Ok(Some(Said::Hello(settled)))) if settled == Some(version) => {
            (VersionAnswer::Accepted, None)
        }
        Some(Ok(Some(Said::Hello(_)))) => (VersionAnswer::Refused, None),
        Some(Ok(Some(Said::Alert(number)))) => (VersionAnswer::Refused, Some(number)),
        Some(Ok(Some(Said::NotTls) | None)) | None => (VersionAnswer::NoAnswer, None),
        Some(Err(_)) => (VersionAnswer::Refused, None),
    };
    let name = |number| alert_name(&format!("{:?}", AlertDescription::from(number)));
    TriedVersion {
        version,
        answer,
        alert: Fact::looked_up(alert.map(name)),
    }
}

/// What the server says to it. An error is a connection that ended in place of an answer, which is one.
async fn offer(
    question: &Question,
    mut stream: TcpStream,
    version: Version,
) -> io::Result<Option<Said>> {
    if let Some(protocol) = question.starttls {
        let (upgraded, _) = upgrade(&mut stream, protocol, question.timeout).await;
        if upgraded != Upgrade::Ready {
            return Ok(None);
        }
    }
    let sni = question.offer.sent_sni();
    stream.write_all(&hello(version, sni.as_deref())).await?;
    let mut came = Vec::new();
    while came.len() < MOST_BYTES {
        if stream.read_buf(&mut came).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let ControlFlow::Break(said) = read(&came) {
            return Ok(Some(said));
        }
    }
    Ok(None)
}
