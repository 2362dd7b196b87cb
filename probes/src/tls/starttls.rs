//! What is said in the clear before a handshake, where a protocol begins without TLS.

use schemars::JsonSchema;
use serde::Serialize;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// A protocol that begins in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starttls {
    /// RFC 3207.
    Smtp,
    /// RFC 9051 §6.2.1.
    Imap,
    /// PostgreSQL's `SSLRequest`.
    Postgres,
}

/// How the request for TLS was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Upgrade {
    /// The server is ready for the handshake.
    Ready,
    /// The server says no.
    Refused,
    /// The server does not name STARTTLS among what it can.
    NotOffered,
    /// The server says something else than this protocol has, or more than its answer.
    Unexpected,
    /// The server closed the connection.
    Closed,
    /// The server did not answer in the time given.
    Timeout,
}

/// More than this is not read of a server that is not ready.
const MOST_BYTES: usize = 16 << 10;

/// Protocol 1234.5679, which no version of PostgreSQL has: a request for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// Asks for TLS. With the answer comes the last thing said, where that is text.
pub(super) async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    protocol: Starttls,
    patience: Duration,
) -> (Upgrade, Option<String>) {
    let mut clear = Clear {
        stream,
        unread: Vec::new(),
        read_bytes: 0,
        last: None,
    };
    let asked = timeout(patience, clear.ask(protocol)).await;
    let upgrade = match asked {
        Ok(Ok(Upgrade::Ready)) if !clear.unread.is_empty() => Upgrade::Unexpected,
        Ok(Ok(upgrade)) => upgrade,
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Upgrade::Unexpected,
        Ok(Err(_)) => Upgrade::Closed,
        Err(_) => Upgrade::Timeout,
    };
    (upgrade, clear.last)
}

/// A conversation of lines in the clear.
struct Clear<'s, S> {
    stream: &'s mut S,
    unread: Vec<u8>,
    read_bytes: usize,
    last: Option<String>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Clear<'_, S> {
    async fn ask(&mut self, protocol: Starttls) -> io::Result<Upgrade> {
        match protocol {
            Starttls::Smtp => self.smtp().await,
            Starttls::Imap => self.imap().await,
            Starttls::Postgres => self.postgres().await,
        }
    }

    async fn smtp(&mut self) -> io::Result<Upgrade> {
        if self.reply().await?.0 != "220" {
            return Ok(Upgrade::Refused);
        }
        self.stream.write_all(b"EHLO netspec.invalid\r\n").await?;
        let (code, can) = self.reply().await?;
        let offers = |line: &String| line.eq_ignore_ascii_case("STARTTLS");
        if code != "250" || !can.iter().any(offers) {
            return Ok(Upgrade::NotOffered);
        }
        self.stream.write_all(b"STARTTLS\r\n").await?;
        Ok(match self.reply().await?.0.as_str() {
            "220" => Upgrade::Ready,
            _ => Upgrade::Refused,
        })
    }

    /// One reply of SMTP (RFC 5321 §4.2.1): its code, and the text of each line.
    async fn reply(&mut self) -> io::Result<(String, Vec<String>)> {
        let mut texts = Vec::new();
        loop {
            let line = self.line().await?;
            let (code, text) = line.split_at_checked(3).ok_or_else(odd)?;
            if !code.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(odd());
            }
            texts.push(text.get(1..).unwrap_or_default().trim().to_owned());
            if !text.starts_with('-') {
                return Ok((code.to_owned(), texts));
            }
        }
    }

    async fn imap(&mut self) -> io::Result<Upgrade> {
        let greeting = self.line().await?.to_ascii_uppercase();
        if !greeting.starts_with("* ") {
            return Err(odd());
        }
        if !greeting.starts_with("* OK") {
            return Ok(Upgrade::Refused);
        }
        self.stream.write_all(b"n1 STARTTLS\r\n").await?;
        loop {
            let line = self.line().await?.to_ascii_uppercase();
            match line.strip_prefix("N1 ") {
                Some(said) if said.starts_with("OK") => return Ok(Upgrade::Ready),
                Some(_) => return Ok(Upgrade::Refused),
                None if line.starts_with("* ") => {}
                None => return Err(odd()),
            }
        }
    }

    async fn postgres(&mut self) -> io::Result<Upgrade> {
        self.stream.write_all(&SSL_REQUEST).await?;
        // One byte alone: more would be of the handshake.
        match self.stream.read_u8().await? {
            b'S' => Ok(Upgrade::Ready),
            b'N' => Ok(Upgrade::Refused),
            _ => Err(odd()),
        }
    }

    /// The next line, without its end.
    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                self.last = Some(line.clone());
                return Ok(line);
            }
            let before = self.unread.len();
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.read_bytes += self.unread.len() - before;
            if self.read_bytes > MOST_BYTES {
                return Err(odd());
            }
        }
    }
}

/// Not a word of this protocol.
fn odd() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests;
