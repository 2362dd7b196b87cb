//! DNS over HTTPS (RFC 8484), on HTTP/2 where the server speaks it and on HTTP/1.1 elsewhere.

use super::heard::{End, Heard};
use super::question::{Question, Sent};
use super::secure::{Secured, Way};
use super::{Method, Server};
use crate::fact::Fact;
use crate::tcp::ms;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

const MEDIA_TYPE: &str = "application/dns-message";

/// No DNS message is longer.
const MOST_OCTETS: usize = 65_535;

/// Connects, shakes hands, asks once; no redirect is followed.
pub(super) async fn exchange(question: &Question, addr: SocketAddr, edns: bool) -> Heard {
    let mut way = Way::new(question, addr);
    let end = match way.secured(&[b"h2", b"http/1.1"]).await {
        Ok(stream) => ask(&mut way, stream, edns).await,
        Err(end) => end,
    };
    way.heard(end)
}

async fn ask(way: &mut Way<'_>, stream: Secured, edns: bool) -> End {
    let sent = way.question.message_with(edns, 0); // so that what lies between may cache it (RFC 8484 §4.1)
    let asked_at = Instant::now();
    let deadline = way.deadline();
    let mut driving = JoinSet::new(); // what drives the connection ends with the question
    let talk = async {
        let response = request(&way.question.server, &sent, stream, &mut driving).await?;
        let (parts, body) = response.into_parts();
        way.connection.http_status = Fact::Known(parts.status.as_u16());
        let kind = parts.headers.get(CONTENT_TYPE);
        let kind = kind.map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned());
        let octets = match (parts.status.as_u16(), is_dns(kind.as_deref())) {
            (200, true) => Limited::new(body, MOST_OCTETS).collect().await?.to_bytes(),
            _ => Bytes::new(),
        };
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((parts.status, kind, octets))
    };
    let (status, kind, octets) = match timeout_at(deadline, talk).await {
        Ok(Ok(said)) => said,
        Ok(Err(error)) => {
            return way.failed(End::NotDns, format!("HTTP failed: {}", causes(&*error)));
        }
        Err(_) => return way.failed(End::Silence, "the question was not answered"),
    };
    way.connection.answer_time_ms = Fact::Known(ms(asked_at.elapsed()));
    let kind = kind.unwrap_or_else(|| "no content type".to_owned());
    match (status.as_u16(), is_dns(Some(&kind))) {
        (200, true) if sent.is_answered_by(&octets) => End::Answer(octets.to_vec()),
        (200, true) => way.failed(End::NotDns, "what came back is no answer to the question"),
        (200, false) => way.failed(End::NotDns, format!("what came back is {kind}")),
        _ => way.failed(End::NotDns, format!("HTTP says {status}")),
    }
}

fn is_dns(kind: Option<&str>) -> bool {
    let bare = kind.and_then(|kind| kind.split(';').next());
    bare.is_some_and(|bare| bare.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn request(
    server: &Server,
    sent: &Sent,
    stream: Secured,
    driving: &mut JoinSet<()>,
) -> Result<Response<Incoming>, Failed> {
    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let io = TokioIo::new(stream);
    if is_h2 {
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await?;
        driving.spawn(async move { drop(connection.await) });
        let request = written(server, sent, Version::HTTP_2)?;
        return Ok(sender.send_request(request).await?);
    }
    let (mut sender, connection) = http1::handshake(io).await?;
    driving.spawn(async move { drop(connection.await) });
    let request = written(server, sent, Version::HTTP_11)?;
    Ok(sender.send_request(request).await?)
}

fn written(server: &Server, sent: &Sent, version: Version) -> Result<Request<Full<Bytes>>, Failed> {
    let authority = authority(server);
    let path = &server.path;
    let (method, path, body) = match server.method {
        Method::Post => ("POST", path.clone(), sent.octets.clone()),
        Method::Get => {
            let mark = if path.contains('?') { '&' } else { '?' };
            let octets = super::rdata::base64url(&sent.octets);
            ("GET", format!("{path}{mark}dns={octets}"), Vec::new())
        }
    };
    let mut request = Request::builder().method(method).header(ACCEPT, MEDIA_TYPE);
    if server.method == Method::Post {
        request = request.header(CONTENT_TYPE, MEDIA_TYPE);
    }
    let request = match version {
        Version::HTTP_2 => request.uri(format!("https://{authority}{path}")),
        _ => request.uri(path).header(HOST, authority),
    };
    Ok(request.version(version).body(Full::new(body.into()))?)
}

/// The name of the certificate, as the one in the URL: a server given by address and name is asked for by its name.
fn authority(server: &Server) -> String {
    let name = server.name();
    let name = match name.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => name,
    };
    match server.port {
        443 => name,
        port => format!("{name}:{port}"),
    }
}

/// An error with what it comes from.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said = format!("{said}: {cause}");
        next = cause.source();
    }
    said
}
