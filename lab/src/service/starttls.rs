//! What is said in plain text before TLS begins.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::talk::Stream;
use crate::world::service::StartTls;

const LONGEST_LINE: usize = 1024;

/// Speaks until TLS is to begin; false where it never does. A service without TLS refuses in its protocol's words.
pub(crate) async fn begin(
    protocol: StartTls,
    stream: &mut dyn Stream,
    has_tls: bool,
) -> io::Result<bool> {
    match protocol {
        StartTls::Smtp => smtp(stream, has_tls).await,
        StartTls::Imap => imap(stream, has_tls).await,
        StartTls::Postgres => postgres(stream, has_tls).await,
    }
}

async fn smtp(stream: &mut dyn Stream, has_tls: bool) -> io::Result<bool> {
    say(stream, "220 mail.test ESMTP\r\n").await?;
    while let Some(line) = line(stream).await? {
        let command = line.to_ascii_uppercase();
        match command.split_whitespace().next().unwrap_or_default() {
            "EHLO" if has_tls => say(stream, "250-mail.test\r\n250 STARTTLS\r\n").await?,
            "EHLO" => say(stream, "250 mail.test\r\n").await?,
            "HELO" | "NOOP" | "RSET" => say(stream, "250 mail.test\r\n").await?,
            "STARTTLS" if has_tls => {
                say(stream, "220 go ahead\r\n").await?;
                return Ok(true);
            }
            "QUIT" => {
                say(stream, "221 bye\r\n").await?;
                return Ok(false);
            }
            _ => say(stream, "502 command not implemented\r\n").await?,
        }
    }
    Ok(false)
}

async fn imap(stream: &mut dyn Stream, has_tls: bool) -> io::Result<bool> {
    let capabilities = if has_tls {
        "IMAP4rev1 STARTTLS LOGINDISABLED"
    } else {
        "IMAP4rev1"
    };
    say(
        stream,
        &format!("* OK [CAPABILITY {capabilities}] ready\r\n"),
    )
    .await?;
    while let Some(line) = line(stream).await? {
        let mut words = line.split_whitespace();
        let tag = words.next().unwrap_or("*").to_owned();
        match words
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase()
            .as_str()
        {
            "CAPABILITY" => {
                say(
                    stream,
                    &format!("* CAPABILITY {capabilities}\r\n{tag} OK done\r\n"),
                )
                .await?;
            }
            "NOOP" => say(stream, &format!("{tag} OK done\r\n")).await?,
            "STARTTLS" if has_tls => {
                say(stream, &format!("{tag} OK begin TLS now\r\n")).await?;
                return Ok(true);
            }
            "LOGOUT" => {
                say(stream, &format!("* BYE\r\n{tag} OK done\r\n")).await?;
                return Ok(false);
            }
            _ => say(stream, &format!("{tag} BAD unknown command\r\n")).await?,
        }
    }
    Ok(false)
}

/// SSLRequest: a length of 8, then 1234 and 5679.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

async fn postgres(stream: &mut dyn Stream, has_tls: bool) -> io::Result<bool> {
    let mut request = [0; 8];
    stream.read_exact(&mut request).await?;
    if request != SSL_REQUEST {
        return Ok(false);
    }
    say(stream, if has_tls { "S" } else { "N" }).await?;
    Ok(has_tls)
}

async fn say(stream: &mut dyn Stream, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.flush().await
}

/// A line without its end, read byte by byte: what comes after it may already be TLS.
async fn line(stream: &mut dyn Stream) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    while line.len() < LONGEST_LINE {
        match stream.read_u8().await {
            Ok(b'\n') => {
                let text = String::from_utf8_lossy(&line);
                return Ok(Some(text.trim_end().to_owned()));
            }
            Ok(byte) => line.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
