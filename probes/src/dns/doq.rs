//! DNS over dedicated QUIC connections (RFC 9250).

use super::heard::{End, Heard, why_not};
use super::question::{Question, Sent};
use super::secure::Way;
use super::tcp::framed;
use crate::fact::Fact;
use crate::tcp::ms;
use crate::tls::{Handshake, Offer};
use quinn::crypto::rustls::{HandshakeData, QuicClientConfig};
use quinn::{
    ClientConfig, Connection, ConnectionError, Endpoint, EndpointConfig, IdleTimeout,
    ReadToEndError, TokioRuntime, TransportConfig,
};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use tokio::io::Interest;
use tokio::time::{Instant, timeout_at};

const ALPN: &[u8] = b"doq";

/// Two octets of length and the longest message.
const MOST_OCTETS: usize = 2 + 65_535;

/// The registered codes (RFC 9250 §4.3).
const CODES: [&str; 6] = [
    "DOQ_NO_ERROR",
    "DOQ_INTERNAL_ERROR",
    "DOQ_PROTOCOL_ERROR",
    "DOQ_REQUEST_CANCELLED",
    "DOQ_EXCESSIVE_LOAD",
    "DOQ_UNSPECIFIED_ERROR",
];

/// Shakes hands and asks once, on a stream of its own.
pub(super) async fn exchange(question: &Question, addr: SocketAddr, edns: bool) -> Heard {
    let mut way = Way::new(question, addr);
    let end = ask(&mut way, edns).await.unwrap_or_else(|end| end);
    way.heard(end)
}

async fn ask(way: &mut Way<'_>, edns: bool) -> Result<End, End> {
    let offer = way.offer(&[ALPN])?;
    let wire = Wire::to(way.addr);
    let wire = wire.map_err(|error| End::CouldNotAsk(why_not(&error, way.addr)))?;
    let connection = shaken(way, &wire, &offer).await?;
    way.trusted()?;
    let sent = way.question.message_with(edns, 0); // the stream tells answers apart (RFC 9250 §4.2.1)
    let asked_at = Instant::now();
    let octets = match timeout_at(way.deadline(), talk(&connection, &sent)).await {
        Ok(Ok(octets)) => octets,
        Ok(Err(error)) => return Err(unanswered(way, &error)),
        Err(_) => return Err(way.failed(End::Silence, "the question was not answered")),
    };
    connection.close(0u8.into(), b"");
    way.connection.answer_time_ms = Fact::Known(ms(asked_at.elapsed()));
    let length = octets
        .first_chunk()
        .map(|length| u16::from_be_bytes(*length));
    let message = octets.get(2..).unwrap_or_default();
    Ok(match length {
        None => way.failed(End::Unreachable, "the stream ended without an answer"),
        Some(length) if usize::from(length) != message.len() => End::HalfAnswer,
        Some(_) if sent.is_answered_by(message) => End::Answer(message.to_vec()),
        Some(_) => way.failed(End::NotDns, "what came back is no answer to the question"),
    })
}

/// A socket that talks to the server only, and a second handle on it that hears what ICMP says: QUIC itself does not listen
/// to that, because anybody could say it.
struct Wire {
    endpoint: Endpoint,
    errors: tokio::net::UdpSocket,
}

impl Wire {
    fn to(addr: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr = match addr {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any)?;
        socket.connect(addr)?;
        socket.set_nonblocking(true)?;
        let errors = tokio::net::UdpSocket::from_std(socket.try_clone()?)?;
        let runtime = Arc::new(TokioRuntime);
        let endpoint = Endpoint::new(EndpointConfig::default(), None, socket, runtime)?;
        Ok(Self { endpoint, errors })
    }

    /// Ends when an error came back for what was sent.
    async fn refused(&self) {
        if self.errors.ready(Interest::ERROR).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn shaken(way: &mut Way<'_>, wire: &Wire, offer: &Offer) -> Result<Connection, End> {
    let (config, record) = offer.config().map_err(End::CouldNotAsk)?;
    let crypto =
        QuicClientConfig::try_from(config).map_err(|why| End::CouldNotAsk(why.to_string()))?;
    let mut config = ClientConfig::new(Arc::new(crypto));
    let mut transport = TransportConfig::default();
    transport.max_idle_timeout(IdleTimeout::try_from(way.question.timeout).ok());
    config.transport_config(Arc::new(transport));
    let started = Instant::now();
    let name = offer.hello_name().to_str().into_owned();
    let connecting = wire.endpoint.connect_with(config, way.addr, &name);
    let connecting = connecting.map_err(|why| End::CouldNotAsk(why.to_string()))?;
    let shaken = tokio::select! {
        shaken = timeout_at(way.deadline(), connecting) => shaken,
        () = wire.refused() => {
            return Err(way.failed(End::Unreachable, "ICMP says that nobody listens there"));
        }
    };
    record.add_to(&mut way.connection.tls);
    offer.add_to(&mut way.connection.tls);
    match shaken {
        Ok(Ok(connection)) => {
            agreed(way, &connection, ms(started.elapsed()));
            Ok(connection)
        }
        Ok(Err(error)) => Err(unshaken(way, &error)),
        Err(_) => Err(way.failed(End::Silence, "nobody answered over QUIC")),
    }
}

fn agreed(way: &mut Way<'_>, connection: &Connection, took_ms: f64) {
    way.connection.connect_time_ms = Fact::Nothing;
    way.connection.handshake_time_ms = Fact::Known(took_ms);
    let seen = &mut way.connection.tls;
    seen.handshake = Fact::Known(Handshake::Completed);
    seen.speaks_tls = Fact::Known(true);
    seen.version = Fact::Known(crate::tls::Version::Tls13);
    seen.time_ms = Fact::Known(took_ms);
    let data = connection.handshake_data();
    let data = data.and_then(|data| data.downcast::<HandshakeData>().ok());
    let alpn = data.and_then(|data| data.protocol);
    seen.alpn = Fact::looked_up(alpn.map(|name| String::from_utf8_lossy(&name).into_owned()));
}

fn unshaken(way: &mut Way<'_>, error: &ConnectionError) -> End {
    match error {
        ConnectionError::TimedOut => way.failed(End::Silence, "nobody answered over QUIC"),
        other => way.failed(
            End::HandshakeFailed,
            format!("the QUIC handshake failed: {}", words(other)),
        ),
    }
}

async fn talk(connection: &Connection, sent: &Sent) -> Result<Vec<u8>, String> {
    let said = |error: ConnectionError| words(&error);
    let (mut send, mut receive) = connection.open_bi().await.map_err(said)?;
    let octets = framed(&sent.octets);
    send.write_all(&octets)
        .await
        .map_err(|error| error.to_string())?;
    send.finish().map_err(|error| error.to_string())?;
    receive
        .read_to_end(MOST_OCTETS)
        .await
        .map_err(|error| match error {
            ReadToEndError::Read(quinn::ReadError::ConnectionLost(error)) => words(&error),
            ReadToEndError::Read(quinn::ReadError::Reset(code)) => {
                format!("the stream was reset: {}", code_name(code.into_inner()))
            }
            other => other.to_string(),
        })
}

fn unanswered(way: &mut Way<'_>, why: &str) -> End {
    way.failed(End::Unreachable, format!("QUIC ended: {why}"))
}

/// What ended a connection, with the registered name of the code.
fn words(error: &ConnectionError) -> String {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            format!(
                "the server closed it: {}",
                code_name(close.error_code.into_inner())
            )
        }
        other => other.to_string(),
    }
}

fn code_name(code: u64) -> String {
    let known = usize::try_from(code).ok().and_then(|code| CODES.get(code));
    known.map_or_else(|| format!("code {code:#x}"), |name| (*name).to_owned())
}
