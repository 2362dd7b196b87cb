//! One attempt to connect to one address.

use super::kernel;
use super::way::{End, Way};
use nix::errno::Errno;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Connects to one address and says how that ended. No other address is tried, and nothing is tried twice.
///
/// The stream is there when and only when the way ended in [`End::Connected`].
pub async fn connect(to: SocketAddr, patience: Duration) -> (Way, Option<TcpStream>) {
    let to = SocketAddr::new(to.ip().to_canonical(), to.port());
    let started = Instant::now();
    let mut way = Way::new(to);
    let stream = match begin(to) {
        Ok(stream) => stream,
        Err(error) => {
            way.end = end_at_once(&error, to);
            way.took = started.elapsed();
            return (way, None);
        }
    };
    way.end = settle(&stream, to, patience).await;
    way.took = started.elapsed();
    way.source = stream
        .local_addr()
        .ok()
        .map(|local| local.ip().to_canonical());
    if way.end != End::Connected {
        return (way, None);
    }
    if let Some(measured) = kernel::measured(&stream) {
        way.rtt = Some(measured.rtt);
        way.retransmits = Some(measured.retransmits);
    }
    (way, Some(stream))
}

/// A socket whose SYN has left, or could not leave.
fn begin(to: SocketAddr) -> io::Result<TcpStream> {
    let kind = Type::STREAM.nonblocking();
    let socket = Socket::new(Domain::for_address(to), kind, Some(Protocol::TCP))?;
    kernel::prepare(&socket, to)?;
    socket.set_tcp_nodelay(true)?;
    match socket.connect(&to.into()) {
        Ok(()) => {}
        Err(error) if is_under_way(&error) => {}
        Err(error) => return Err(error),
    }
    TcpStream::from_std(socket.into())
}

fn is_under_way(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.raw_os_error() == Some(Errno::EINPROGRESS as i32)
}

/// Waits until the socket is connected or has failed.
async fn settle(stream: &TcpStream, to: SocketAddr, patience: Duration) -> End {
    let ready = timeout(patience, stream.writable()).await;
    let error = match ready {
        Err(_) => io::ErrorKind::TimedOut.into(),
        Ok(Err(error)) => error,
        Ok(Ok(())) => match stream.take_error() {
            Ok(None) if stream.peer_addr().is_ok() => return End::Connected,
            Ok(None) => io::ErrorKind::ConnectionReset.into(),
            Ok(Some(error)) | Err(error) => error,
        },
    };
    match kernel::said(stream, to) {
        Some(unreached) => End::Unreachable(Some(unreached)),
        None => end_by(&error, to),
    }
}

/// An error of `connect` itself was said by this machine, before any packet; a refusal on loopback alone can be as quick.
fn end_at_once(error: &io::Error, to: SocketAddr) -> End {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => End::Refused,
        _ if error.raw_os_error() == Some(Errno::EADDRNOTAVAIL as i32) => {
            End::LocalExhaustion(why_not(error, to))
        }
        _ => End::CouldNotAsk(why_not(error, to)),
    }
}

/// An error that ended an attempt under way, of which ICMP says nothing.
fn end_by(error: &io::Error, to: SocketAddr) -> End {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => End::Refused,
        io::ErrorKind::ConnectionReset => End::Reset,
        io::ErrorKind::TimedOut => End::TimedOut,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            End::Unreachable(None)
        }
        _ => end_at_once(error, to),
    }
}

/// Why an attempt could not be made, and what to do about it.
fn why_not(error: &io::Error, to: SocketAddr) -> String {
    match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
        Errno::EMFILE => {
            "no socket left in this process: raise the limit (`ulimit -n`) or run fewer checks at once (`--jobs`)".to_owned()
        }
        Errno::ENFILE => "no socket left on this machine: run fewer checks at once (`--jobs`)".to_owned(),
        Errno::ENETUNREACH | Errno::EHOSTUNREACH => format!("this machine has no route to {}", to.ip()),
        Errno::EADDRNOTAVAIL => format!("no free local port or address for {to}"),
        Errno::EACCES | Errno::EPERM => format!("this machine's own rules forbid packets to {to}"),
        Errno::EAFNOSUPPORT => format!("this machine does not speak the address family of {}", to.ip()),
        _ => format!("connecting to {to} failed here: {error}"),
    }
}

#[cfg(test)]
mod tests;
