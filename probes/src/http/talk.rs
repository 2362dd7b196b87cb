//! A request and its answer over HTTP/1.1 or HTTP/2, on a connection that is there already.

use super::clock::Clock;
use super::content::Body;
use super::ear::{Ear, First};
use super::heard::{Answer, End, Heard};
use super::seen::{ContentProblem, Ended, Phase, Version};
use super::tasks::Tasks;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio::time::{timeout, timeout_at};

/// The largest header that is read, in octets; over HTTP/1.1 with what is read ahead of the body.
pub(super) const HEADER_BYTES: u32 = 64 * 1024;
/// The most fields of a header.
pub(super) const MOST_FIELDS: usize = 128;
/// The most answers before the answer that are kept.
const MOST_INTERIM: usize = 16;

/// The two ways of asking.
enum Sender {
    One(http1::SendRequest<Full<Bytes>>),
    Two(
        http2::SendRequest<Full<Bytes>>,
        oneshot::Receiver<hyper::Error>,
    ),
}

/// Asks, and reads the answer within its bounds.
pub(super) async fn talk<S>(
    stream: S,
    version: Version,
    request: Request<Full<Bytes>>,
    clock: &Clock,
    heard: &mut Heard,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (ear, first) = Ear::new(stream);
    let (tasks, _ending) = Tasks::new();
    let asked = Instant::now();
    let interim = Interim::default();
    let head = head(ear, version, request, interim.clone(), tasks);
    let response = match timeout(clock.left(clock.limits.first_byte), head).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return failed(&error, version, &first, heard),
        Err(_) => {
            heard.end = silence(&first);
            return;
        }
    };
    // Over HTTP/2 the first octets are the server's settings and not yet the answer.
    let began = match version {
        Version::Http2 => Instant::now(),
        _ => first.at().unwrap_or_else(Instant::now),
    };
    heard.first_byte = Some(began.saturating_duration_since(asked));
    let (head, body) = response.into_parts();
    let (body, trailers) = read(body, clock).await;
    heard.body_took = Some(began.elapsed());
    heard.end = end(body.cut);
    heard.answer = Some(Answer {
        status: head.status.as_u16(),
        version: spoken(head.version),
        headers: head.headers,
        interim: (version != Version::Http2).then(|| interim.codes()),
        body,
        trailers,
    });
}

async fn head<S>(
    stream: S,
    version: Version,
    request: Request<Full<Bytes>>,
    interim: Interim,
    tasks: Tasks,
) -> hyper::Result<Response<Incoming>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let sender = begin(TokioIo::new(stream), version, tasks).await?;
    send(sender, request, interim).await
}

async fn send(
    sender: Sender,
    mut request: Request<Full<Bytes>>,
    interim: Interim,
) -> hyper::Result<Response<Incoming>> {
    match sender {
        Sender::One(mut sender) => {
            hyper::ext::on_informational(&mut request, move |answer| {
                interim.keep(answer.status().as_u16());
            });
            sender.send_request(request).await
        }
        Sender::Two(mut sender, broken) => match sender.send_request(request).await {
            // It was not even sent: the connection had ended before, and knows of what.
            Err(error) if source::<h2::Error>(&error).is_none() => {
                Err(broken.await.unwrap_or(error))
            }
            other => other,
        },
    }
}

async fn begin<S>(stream: TokioIo<S>, version: Version, tasks: Tasks) -> hyper::Result<Sender>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if version == Version::Http2 {
        let (sender, connection) = http2::Builder::new(tasks.clone())
            .max_header_list_size(HEADER_BYTES)
            .handshake(stream)
            .await?;
        let (tell, broken) = oneshot::channel();
        tasks.spawn(async move {
            if let Err(error) = connection.await {
                let _ = tell.send(error); // a request under way is told of it too
            }
        });
        return Ok(Sender::Two(sender, broken));
    }
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(HEADER_BYTES as usize)
        .max_headers(MOST_FIELDS)
        .handshake(stream)
        .await?;
    tasks.spawn(async move {
        let _ = connection.await;
    });
    Ok(Sender::One(sender))
}

/// The statuses before the answer.
#[derive(Clone, Default)]
struct Interim(Arc<Mutex<Vec<u16>>>);

impl Interim {
    fn keep(&self, status: u16) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.len() < MOST_INTERIM {
            codes.push(status);
        }
    }

    fn codes(&self) -> Vec<u16> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A body as far as it is read, and the fields after it.
async fn read(mut body: Incoming, clock: &Clock) -> (Body, HeaderMap) {
    let mut octets = Vec::new();
    let most = clock.limits.read_bytes;
    let deadline = Instant::now() + clock.left(clock.limits.body);
    loop {
        let frame = match timeout_at(deadline.into(), body.frame()).await {
            Err(_) => return cut(octets, ContentProblem::Timeout),
            Ok(None) => break,
            Ok(Some(Err(_))) => return cut(octets, ContentProblem::ClosedEarly),
            Ok(Some(Ok(frame))) => frame,
        };
        match frame.into_data() {
            Ok(data) => octets.extend(data),
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                return (Body { octets, cut: None }, trailers);
            }
        }
        if octets.len() > most {
            octets.truncate(most);
            return cut(octets, ContentProblem::ReadLimit);
        }
    }
    (Body { octets, cut: None }, HeaderMap::new())
}

fn cut(octets: Vec<u8>, why: ContentProblem) -> (Body, HeaderMap) {
    let cut = Some(why);
    (Body { octets, cut }, HeaderMap::new())
}

/// How a request ends whose answer came with such a body.
pub(super) fn end(cut: Option<ContentProblem>) -> End {
    match cut {
        Some(ContentProblem::Timeout) => End::silence(Phase::Body),
        Some(ContentProblem::ClosedEarly) => {
            End::because(Ended::Truncated, "the body ended before it should have")
        }
        _ => End::answered(),
    }
}

fn spoken(version: http::Version) -> Version {
    match version {
        http::Version::HTTP_09 | http::Version::HTTP_10 => Version::Http10,
        http::Version::HTTP_11 => Version::Http11,
        http::Version::HTTP_2 => Version::Http2,
        _ => Version::Http3,
    }
}

/// Time was over before the answer's header was whole; what cannot be HTTP settles it all the same.
fn silence(first: &First) -> End {
    let octets = first.octets();
    match octets.is_empty() || is_http(&octets) {
        true => End::silence(Phase::FirstByte),
        false => End::because(Ended::NotHttp, "what came is not HTTP"),
    }
}

fn failed(error: &hyper::Error, version: Version, first: &First, heard: &mut Heard) {
    let octets = first.octets();
    let ended = ended(error, version, &octets);
    heard.end = End::because(ended, why(error));
    if ended == Ended::NotHttp {
        heard.instead = Some(octets);
    }
}

fn ended(error: &hyper::Error, version: Version, first: &[u8]) -> Ended {
    if let Some(error) = source::<h2::Error>(error) {
        return ended_2(error, first);
    }
    if let Some(error) = source::<io::Error>(error) {
        return ended_io(error);
    }
    if error.is_parse_too_large() {
        return Ended::HeaderTooLarge;
    }
    if error.is_parse_version_h2() || version != Version::Http2 && is_settings(first) {
        return Ended::NoSuchVersion;
    }
    if version == Version::Http2 && is_settings(first) {
        return Ended::GoingAway; // in good order, and before it was asked
    }
    match error.is_parse() || !first.is_empty() && !is_http(first) {
        true => Ended::NotHttp,
        false => Ended::Closed,
    }
}

fn ended_2(error: &h2::Error, first: &[u8]) -> Ended {
    match error.get_io() {
        Some(error) => ended_io(error),
        None if error.is_go_away() && error.is_remote() => Ended::GoingAway,
        None if error.is_reset() => Ended::Reset,
        None if first.starts_with(b"HTTP/1") => Ended::NoSuchVersion,
        None if first.is_empty() => Ended::Closed,
        None => Ended::NotHttp,
    }
}

fn ended_io(error: &io::Error) -> Ended {
    match error.kind() {
        io::ErrorKind::ConnectionReset => Ended::Reset,
        _ => Ended::Closed,
    }
}

/// Whether octets may be the beginning of an answer over HTTP/1.
fn is_http(first: &[u8]) -> bool {
    first
        .iter()
        .zip(b"HTTP/1.")
        .all(|(one, other)| one == other)
}

/// A frame of settings: how HTTP/2 begins (RFC 9113 §3.4).
fn is_settings(first: &[u8]) -> bool {
    first
        .first_chunk::<9>()
        .is_some_and(|frame| frame[0] == 0 && frame[3] == 4 && frame[5..] == [0; 4])
}

/// What lies at the bottom of an error, if it is of that kind.
fn source<E: Error + 'static>(error: &hyper::Error) -> Option<&E> {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.filter_map(|cause| cause.downcast_ref()).next()
}

/// An error in words: its last cause.
fn why(error: &hyper::Error) -> String {
    let first: &dyn Error = error;
    let causes = std::iter::successors(Some(first), |cause| (*cause).source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests;
