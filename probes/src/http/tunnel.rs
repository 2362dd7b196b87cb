//! CONNECT: asking a proxy for a way through (RFC 9110 §9.3.6).

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The largest answer of a proxy that is read.
const MOST_BYTES: usize = 16 * 1024;

/// The status the proxy answers. After a 2xx the stream leads through it.
pub(super) async fn ask(stream: &mut TcpStream, to: &str) -> Result<u16, String> {
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n");
    let sent = stream.write_all(request.as_bytes()).await;
    sent.map_err(|why| format!("the proxy hung up: {why}"))?;
    let header = header(stream).await?;
    status(&header).ok_or_else(|| "what the proxy answered is not HTTP".to_owned())
}

/// An octet at a time: whatever follows the header belongs to the other end.
async fn header(stream: &mut TcpStream) -> Result<Vec<u8>, String> {
    let mut header = Vec::new();
    while !header.ends_with(b"\r\n\r\n") {
        if header.len() > MOST_BYTES {
            return Err("the proxy's answer has no end".to_owned());
        }
        let octet = stream.read_u8().await;
        header.push(octet.map_err(|why| format!("the proxy hung up: {why}"))?);
    }
    Ok(header)
}

fn status(header: &[u8]) -> Option<u16> {
    let line = header.split(|octet| *octet == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words
        .next()
        .filter(|version| version.starts_with("HTTP/1."))?;
    words
        .next()?
        .parse()
        .ok()
        .filter(|status| (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_status_line_is_read_and_nothing_else_is() {
        assert_eq!(
            status(b"HTTP/1.1 200 Connection established\r\n\r\n"),
            Some(200)
        );
        assert_eq!(status(b"HTTP/1.0 407 \r\nA: b\r\n\r\n"), Some(407));
        assert_eq!(status(b"HTTP/1.1 9\r\n\r\n"), None);
        assert_eq!(status(b"SSH-2.0-x\r\n\r\n"), None);
    }
}
