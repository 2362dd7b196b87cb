//! A request and its answer over HTTP/3 (RFC 9114), on a QUIC connection of its own.

use super::clock::Clock;
use super::content::Body;
use super::heard::{Answer, End, Heard};
use super::seen::{ContentProblem, Ended, Phase, Version};
use super::talk::{self, HEADER_BYTES};
use super::tasks::Tasks;
use crate::fact::Fact;
use crate::tcp::ms;
use crate::tls::{self, Handshake, Offer, Record};
use bytes::{Buf, Bytes};
use h3::client::{RequestStream, SendRequest};
use http::{HeaderMap, Request, Response};
use quinn::crypto::rustls::{HandshakeData, QuicClientConfig};
use quinn::{ConnectionError, Endpoint};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{timeout, timeout_at};

type Stream = RequestStream<h3_quinn::BidiStream<Bytes>, Bytes>;

/// Connects, asks, and reads the answer within its bounds.
pub(super) async fn exchange(
    offer: &Offer,
    verify: bool,
    request: Request<Bytes>,
    clock: &Clock,
    heard: &mut Heard,
) {
    let shaken = timeout(clock.left(clock.limits.tls), connect(offer, heard)).await;
    let connection = match shaken {
        Ok(Some(connection)) => connection,
        Ok(None) => return,
        Err(_) => {
            heard.end = End::silence(Phase::Tls);
            return;
        }
    };
    let chain = heard.tls.as_ref().and_then(|tls| tls.chain.known());
    if verify && !chain.is_some_and(|chain| chain.is_trusted()) {
        heard.end = End::because(
            Ended::Untrusted,
            "the certificate does not verify; nothing was asked",
        );
        connection.close(quinn::VarInt::from_u32(0), b"");
        return;
    }
    ask(connection.clone(), request, clock, heard).await;
    connection.close(quinn::VarInt::from_u32(0x100), b""); // H3_NO_ERROR
}

async fn connect(offer: &Offer, heard: &mut Heard) -> Option<quinn::Connection> {
    let (connecting, record) = match begin(offer, heard.addr) {
        Ok(begun) => begun,
        Err(why) => {
            heard.end = End::because(Ended::NotAsked, why);
            return None;
        }
    };
    let started = Instant::now();
    let ended = connecting.await;
    let mut seen = tls::Seen::default();
    offer.add_to(&mut seen);
    record.add_to(&mut seen);
    let connection = match ended {
        Ok(connection) => connection,
        Err(error) => {
            heard.end = failed(&error);
            heard.tls = Some(seen);
            return None;
        }
    };
    heard.tls_took = Some(started.elapsed());
    heard.over_quic = true;
    completed(&mut seen, started.elapsed(), protocol(&connection));
    heard.tls = Some(seen);
    Some(connection)
}

fn begin(offer: &Offer, to: SocketAddr) -> Result<(quinn::Connecting, Arc<Record>), String> {
    let from: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let endpoint = Endpoint::client((from, 0).into()).map_err(|why| format!("no socket: {why}"))?;
    let (config, record) = offer.config()?;
    let config = QuicClientConfig::try_from(config).map_err(|why| why.to_string())?;
    let config = quinn::ClientConfig::new(Arc::new(config));
    let name = offer.hello_name();
    let connecting = endpoint.connect_with(config, to, &name.to_str());
    Ok((
        connecting.map_err(|why| format!("no way to ask: {why}"))?,
        record,
    ))
}

/// What both sides agreed on: QUIC is TLS 1.3 always (RFC 9001 §4.2), and its suite and group are not told.
fn completed(seen: &mut tls::Seen, took: Duration, protocol: Option<Vec<u8>>) {
    seen.handshake = Fact::Known(Handshake::Completed);
    seen.speaks_tls = Fact::Known(true);
    (seen.first_bytes, seen.alert, seen.because) = (Fact::Nothing, Fact::Nothing, Fact::Nothing);
    seen.time_ms = Fact::Known(ms(took));
    seen.version = Fact::Known(tls::Version::Tls13);
    seen.alpn = Fact::looked_up(protocol.map(|name| String::from_utf8_lossy(&name).into_owned()));
}

/// The protocol above that was agreed on (ALPN).
fn protocol(connection: &quinn::Connection) -> Option<Vec<u8>> {
    let data = connection
        .handshake_data()?
        .downcast::<HandshakeData>()
        .ok()?;
    data.protocol
}

fn failed(error: &ConnectionError) -> End {
    match error {
        ConnectionError::TimedOut => End::silence(Phase::Tls),
        ConnectionError::VersionMismatch => End::because(Ended::NoSuchVersion, error.to_string()),
        ConnectionError::TransportError(_) => End::because(Ended::TlsFailed, error.to_string()),
        ConnectionError::ConnectionClosed(_) => End::because(Ended::TlsFailed, error.to_string()),
        ConnectionError::ApplicationClosed(_) => End::because(Ended::Closed, error.to_string()),
        ConnectionError::Reset => End::because(Ended::Reset, error.to_string()),
        _ => End::because(Ended::NotAsked, error.to_string()),
    }
}

async fn ask(
    connection: quinn::Connection,
    request: Request<Bytes>,
    clock: &Clock,
    heard: &mut Heard,
) {
    let (tasks, _ending) = Tasks::new();
    let asked = Instant::now();
    let head = head(connection, request, &tasks);
    let (response, stream, _sender) = match timeout(clock.left(clock.limits.first_byte), head).await
    {
        Ok(Ok(answered)) => answered,
        Ok(Err(end)) => {
            heard.end = end;
            return;
        }
        Err(_) => {
            heard.end = End::silence(Phase::FirstByte);
            return;
        }
    };
    let began = Instant::now();
    heard.first_byte = Some(began.saturating_duration_since(asked));
    let (body, trailers) = read(stream, clock).await;
    heard.body_took = Some(began.elapsed());
    heard.end = talk::end(body.cut);
    let (head, ()) = response.into_parts();
    heard.answer = Some(Answer {
        status: head.status.as_u16(),
        version: Version::Http3,
        headers: head.headers,
        interim: None,
        body,
        trailers,
    });
}

type Asked = (
    Response<()>,
    Stream,
    SendRequest<h3_quinn::OpenStreams, Bytes>,
);

async fn head(
    connection: quinn::Connection,
    request: Request<Bytes>,
    tasks: &Tasks,
) -> Result<Asked, End> {
    let connection = h3_quinn::Connection::new(connection);
    let (mut driver, mut sender) = h3::client::builder()
        .max_field_section_size(u64::from(HEADER_BYTES))
        .build::<_, _, Bytes>(connection)
        .await
        .map_err(|error| End::because(Ended::Closed, error.to_string()))?;
    tasks.spawn(async move {
        let _ = std::future::poll_fn(|context| driver.poll_close(context)).await;
    });
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, ());
    let mut stream = sender
        .send_request(request)
        .await
        .map_err(|error| ended(&error))?;
    if !body.is_empty() {
        stream
            .send_data(body)
            .await
            .map_err(|error| ended(&error))?;
    }
    stream.finish().await.map_err(|error| ended(&error))?;
    let response = stream
        .recv_response()
        .await
        .map_err(|error| ended(&error))?;
    Ok((response, stream, sender))
}

fn ended(error: &h3::error::StreamError) -> End {
    use h3::error::StreamError;
    let ended = match error {
        StreamError::HeaderTooBig { .. } => Ended::HeaderTooLarge,
        StreamError::RemoteTerminate { .. } => Ended::Reset,
        StreamError::RemoteClosing { .. } => Ended::GoingAway,
        _ => Ended::Closed,
    };
    End::because(ended, error.to_string())
}

/// A body as far as it is read, and the fields after it.
async fn read(mut stream: Stream, clock: &Clock) -> (Body, HeaderMap) {
    let mut octets = Vec::new();
    let most = clock.limits.read_bytes;
    let deadline = Instant::now() + clock.left(clock.limits.body);
    let cut = loop {
        let piece = match timeout_at(deadline.into(), stream.recv_data()).await {
            Err(_) => break Some(ContentProblem::Timeout),
            Ok(Err(_)) => break Some(ContentProblem::ClosedEarly),
            Ok(Ok(None)) => break None,
            Ok(Ok(Some(piece))) => piece,
        };
        octets.extend(whole(piece));
        if octets.len() > most {
            octets.truncate(most);
            break Some(ContentProblem::ReadLimit);
        }
    };
    let trailers = match cut {
        None => timeout_at(deadline.into(), stream.recv_trailers()).await,
        Some(_) => Ok(Ok(None)),
    };
    let trailers = trailers.ok().and_then(Result::ok).flatten();
    (Body { octets, cut }, trailers.unwrap_or_default())
}

fn whole(mut piece: impl Buf) -> Bytes {
    piece.copy_to_bytes(piece.remaining())
}
