//! From what was heard to what was seen.

use super::clock::Clock;
use super::content::{self, Body, Understood};
use super::fields::{cookies, fields, lines};
use super::heard::{Answer, End, Heard};
use super::hop::Hop;
use super::seen::{Request, Seen, Time};
use crate::fact::Fact;
use crate::facts::{AddressFacts, Atlas};
use crate::tcp::{Bytes, ms};
use crate::tls;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// A body up to this size is understood at once.
const SMALL_BYTES: usize = 16 * 1024;

/// All that a request brought to light.
pub(super) async fn describe(hop: &Hop<'_>, heard: Heard, clock: &Clock, atlas: &Atlas) -> Seen {
    let target = atlas.facts(heard.addr.ip());
    let way = heard.way.as_ref().map(|way| way.seen(atlas));
    let time = time(hop, &heard, clock);
    let mut seen = Seen {
        ended: heard.end.ended,
        timed_out_in: heard.end.phase,
        because: heard.end.because.clone(),
        connected: connected(&heard, &target),
        unreachable: way.map_or(Fact::Nothing, |way| way.unreachable),
        tls: tls(hop, &heard),
        proxy_status: proxy_status(hop, &heard),
        instead: heard.end.fact(heard.instead.as_deref().map(Bytes::of)),
        request: request(hop),
        target: Fact::Known(target),
        databases: atlas.databases().to_vec(),
        time,
        ..Seen::default()
    };
    match heard.answer {
        Some(answer) => answered(&mut seen, answer, clock.limits.read_bytes).await,
        None => unanswered(&mut seen, &heard.end),
    }
    seen
}

async fn answered(seen: &mut Seen, answer: Answer, most: usize) {
    seen.status = Fact::Known(answer.status);
    seen.version = Fact::Known(answer.version);
    seen.headers = Fact::Known(fields(&answer.headers));
    seen.header_lines = Fact::Known(lines(&answer.headers));
    seen.cookies = Fact::Known(cookies(&answer.headers));
    seen.interim = answer.interim.map_or(Fact::Unknown, Fact::Known);
    let trailers = fields(&answer.trailers);
    seen.trailers = Fact::looked_up(Some(trailers).filter(|trailers| !trailers.0.is_empty()));
    seen.instead = Fact::Nothing;
    let Understood {
        content,
        text,
        json,
        licences,
    } = understand(answer.headers, answer.body, most).await;
    seen.content = Fact::Known(content);
    (seen.body, seen.json, seen.icp_licences) = (text, json, licences);
}

/// What is large or packed is understood beside the tasks that measure, which must not wait for it.
async fn understand(headers: HeaderMap, body: Body, most: usize) -> Understood {
    let is_plain = !headers.contains_key(CONTENT_ENCODING);
    if is_plain && body.octets.len() <= SMALL_BYTES {
        return content::understand(&headers, body, most);
    }
    let understood = spawn_blocking(move || content::understand(&headers, body, most));
    understood.await.unwrap_or_default() // the runtime ends, and nobody reads it any more
}

fn unanswered(seen: &mut Seen, end: &End) {
    seen.status = end.fact(None);
    seen.version = end.fact(None);
    seen.headers = end.fact(None);
    seen.header_lines = end.fact(None);
    seen.cookies = end.fact(None);
    seen.interim = end.fact(None);
    seen.trailers = end.fact(None);
    seen.content = end.fact(None);
    seen.body = end.fact(None);
    seen.json = end.fact(None);
    seen.icp_licences = end.fact(None);
}

fn connected(heard: &Heard, target: &AddressFacts) -> Fact<AddressFacts> {
    let by_way = heard
        .way
        .as_ref()
        .map(|way| way.end == crate::tcp::End::Connected);
    let is_connected = by_way.unwrap_or(heard.over_quic);
    heard.end.fact(is_connected.then(|| target.clone()))
}

/// Nothing without https; not known where connecting met with silence.
fn tls(hop: &Hop<'_>, heard: &Heard) -> Fact<tls::Seen> {
    match hop.url.scheme() {
        "https" => heard.end.fact(heard.tls.clone()),
        _ => Fact::Nothing,
    }
}

fn proxy_status(hop: &Hop<'_>, heard: &Heard) -> Fact<u16> {
    match hop.has_proxy() {
        true => heard.end.fact(heard.proxy_status),
        false => Fact::Nothing,
    }
}

fn request(hop: &Hop<'_>) -> Request {
    Request {
        method: hop.method.to_string(),
        url: hop.url.to_string(),
        host: hop.host().map(|host| host.to_string()).unwrap_or_default(),
    }
}

fn time(hop: &Hop<'_>, heard: &Heard, clock: &Clock) -> Time {
    let way = heard.way.as_ref();
    let connected = way.filter(|way| way.end == crate::tcp::End::Connected);
    let phase = |took: Option<Duration>| heard.end.fact(took.map(ms));
    let is_whole = heard.answer.is_some() && heard.end.is_certain();
    Time {
        dns_ms: Fact::looked_up(hop.place.looked_up.map(ms)),
        connect_ms: match way {
            Some(_) => phase(connected.map(|way| way.took)),
            None => Fact::Nothing,
        },
        tls_ms: match hop.url.scheme() {
            "https" => phase(heard.tls_took),
            _ => Fact::Nothing,
        },
        first_byte_ms: phase(heard.first_byte),
        body_ms: phase(heard.body_took.filter(|_| is_whole)),
        total_ms: phase(Some(clock.elapsed()).filter(|_| is_whole)),
    }
}
