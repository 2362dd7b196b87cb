//! One question over a connection of its own (RFC 7766): two octets of length before each message.

use super::Transport;
use super::heard::{End, Heard, end_by, why_not};
use super::question::{Question, Sent};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// Connects, asks once, and reads until the answer has come; connecting counts as part of the time.
pub(super) async fn exchange(question: &Question, server: SocketAddr, edns: bool) -> Heard {
    if let Err(error) = find_route(server) {
        return Heard::could_not_ask(Transport::Tcp, why_not(&error, server));
    }
    let sent = question.message(edns);
    let mut heard = Heard::nothing(Transport::Tcp);
    let started = Instant::now();
    let talk = async {
        let mut stream = TcpStream::connect(server).await?;
        talk(&mut stream, &sent, &mut heard.strays).await
    };
    let end = match timeout_at(started + question.timeout, talk).await {
        Ok(Ok(end)) => end,
        Ok(Err(error)) => end_by(&error, server),
        Err(_) => End::Silence,
    };
    heard.took = started.elapsed();
    heard.replies = u32::from(matches!(end, End::Answer(_)));
    heard.different_replies = heard.replies;
    heard.end = end;
    heard
}

/// Whether this machine has a way to the server: connecting a datagram socket looks it up and sends nothing.
fn find_route(server: SocketAddr) -> io::Result<()> {
    let socket = match server {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)),
    };
    socket?.connect(server)
}

/// Asks once on a stream that is there.
pub(super) async fn talk(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    sent: &Sent,
    strays: &mut u32,
) -> io::Result<End> {
    stream.write_all(&framed(&sent.octets)).await?;
    stream.flush().await?;
    loop {
        match message(stream).await? {
            Frame::Whole(octets) if sent.is_answered_by(&octets) => return Ok(End::Answer(octets)),
            Frame::Whole(_) => *strays = strays.saturating_add(1),
            Frame::Half => return Ok(End::HalfAnswer),
            Frame::End => return Ok(End::Unreachable),
        }
    }
}

pub(super) fn framed(octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).expect("a question is shorter than 400 octets");
    [&length.to_be_bytes(), octets].concat()
}

/// What a connection gives next.
enum Frame {
    Whole(Vec<u8>),
    Half,
    End,
}

async fn message(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let mut length = [0; 2];
    let started = stream.read(&mut length).await?;
    if started == 0 {
        return Ok(Frame::End);
    }
    if started == 1 && !fill(stream, length.get_mut(1..).unwrap_or_default()).await? {
        return Ok(Frame::Half);
    }
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    let is_whole = fill(stream, &mut octets).await?;
    Ok(if is_whole {
        Frame::Whole(octets)
    } else {
        Frame::Half
    })
}

/// Fills the buffer; false if the connection ended before.
async fn fill(stream: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> io::Result<bool> {
    match stream.read_exact(buffer).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(false),
        Err(error) => Err(error),
    }
}
