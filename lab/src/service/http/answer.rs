//! Which answer a request gets, and what it is made of.

use std::collections::BTreeMap;

use http::header::{
    ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, HeaderValue, LOCATION, TRAILER,
    WWW_AUTHENTICATE,
};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;

use super::body::{Content, Plan};
use super::encode::encoded;
use super::exactly::Exactly;
use super::{echo, permits};
use crate::service::talk::Talk;
use crate::world::service::Bytes as Written;
use crate::world::service::http::{Answer, Encoding, Http};

const MOST_HEARD: usize = 1 << 20;

/// What is said to a request.
pub(crate) enum Said {
    /// An answer of HTTP.
    Response(Response<Plan>),
    /// Bytes that are none, or a strange one.
    Exactly(Exactly),
}

/// The answer to a request, once it has been heard to its end and the time for it has come.
pub(crate) async fn answer<B>(settings: &Http, talk: &Talk, request: Request<B>) -> Said
where
    B: hyper::body::Body<Data: Send> + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    let heard = match Limited::new(body, MOST_HEARD).collect().await {
        Ok(heard) => heard.to_bytes(),
        Err(_) => return plain(StatusCode::PAYLOAD_TOO_LARGE),
    };
    let request = Request::from_parts(head, heard);
    let everything = Answer {
        echo: Some(true),
        ..Answer::default()
    };
    let bare = settings.paths.is_empty() && settings.hosts.is_empty();
    let found = find(settings, &host(&request), &request);
    let Some(answer) = found.or(bare.then_some(&everything)) else {
        return plain(StatusCode::NOT_FOUND);
    };
    if let Some(thinks) = answer.thinks {
        tokio::time::sleep(thinks.0).await;
    }
    said(answer, &request, talk)
}

/// The host that is asked for, without a port, in small letters.
pub(super) fn host(request: &Request<Bytes>) -> String {
    let field = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let authority = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    let host = authority.or(field).unwrap_or_default();
    let end = host
        .rfind(':')
        .filter(|colon| !host[*colon..].contains(']'));
    host[..end.unwrap_or(host.len())].to_lowercase()
}

fn find<'a>(settings: &'a Http, host: &str, request: &Request<Bytes>) -> Option<&'a Answer> {
    let own = settings
        .hosts
        .get(host)
        .and_then(|paths| of_path(paths, request));
    own.or_else(|| of_path(&settings.paths, request))
}

/// With its query, without it, or as the longest `…*` says.
fn of_path<'a>(
    paths: &'a BTreeMap<String, Answer>,
    request: &Request<Bytes>,
) -> Option<&'a Answer> {
    let whole = request
        .uri()
        .path_and_query()
        .map_or("/", |whole| whole.as_str());
    let below = |(pattern, answer): (&'a String, &'a Answer)| {
        let start = pattern.strip_suffix('*')?;
        request
            .uri()
            .path()
            .starts_with(start)
            .then_some((start.len(), answer))
    };
    let longest = || paths.iter().filter_map(below).max_by_key(|(len, _)| *len);
    paths
        .get(whole)
        .or_else(|| paths.get(request.uri().path()))
        .or_else(|| longest().map(|(_, answer)| answer))
}

fn said(answer: &Answer, request: &Request<Bytes>, talk: &Talk) -> Said {
    if let Some(login) = &answer.login
        && !permits(login, request.headers().get(http::header::AUTHORIZATION))
    {
        let mut response = Response::new(Plan::default());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, super::login::challenge(login));
        return Said::Response(response);
    }
    let method = request.method().as_str();
    if !answer.methods.is_empty() && !answer.methods.iter().any(|known| known == method) {
        let mut response = Response::new(Plan::default());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        set(response.headers_mut(), ALLOW, &answer.methods.join(", "));
        return Said::Response(response);
    }
    if let Some(exactly) = Exactly::of(answer) {
        return match request.version() {
            http::Version::HTTP_10 | http::Version::HTTP_11 => Said::Exactly(exactly),
            _ => plain(StatusCode::HTTP_VERSION_NOT_SUPPORTED),
        };
    }
    Said::Response(response(answer, request, talk))
}

fn plain(status: StatusCode) -> Said {
    let mut response = Response::new(Plan::of(Content::Bytes(format!("{status}\n").into())));
    *response.status_mut() = status;
    Said::Response(response)
}

fn response(answer: &Answer, request: &Request<Bytes>, talk: &Talk) -> Response<Plan> {
    let (kind, content) = content(answer, request, talk);
    let content = answer
        .encoding
        .iter()
        .fold(content, |content, how| encoded(&content, *how));
    let mut response = Response::new(Plan {
        content,
        drips: answer.drips,
        breaks: answer.breaks,
        trailers: answer.trailers.clone(),
    });
    let usual = if answer.redirect.is_some() { 302 } else { 200 };
    let status = StatusCode::from_u16(answer.status.unwrap_or(usual));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Some(kind) = kind {
        set(headers, CONTENT_TYPE, kind);
    }
    if !answer.encoding.is_empty() {
        let words: Vec<_> = answer
            .encoding
            .iter()
            .map(|encoding| word(*encoding))
            .collect();
        set(headers, CONTENT_ENCODING, &words.join(", "));
    }
    if let Some(to) = &answer.redirect {
        set(headers, LOCATION, to);
    }
    if !answer.trailers.is_empty() {
        let names: Vec<_> = answer.trailers.keys().map(String::as_str).collect();
        set(headers, TRAILER, &names.join(", "));
    }
    own_fields(answer, headers);
    response
}

/// The fields the world file gives by name, which replace those made here.
fn own_fields(answer: &Answer, headers: &mut http::HeaderMap) {
    for (name, values) in &answer.headers {
        let Ok(name) = HeaderName::try_from(name) else {
            continue;
        };
        headers.remove(&name);
        let values = values
            .0
            .iter()
            .filter_map(|value| HeaderValue::try_from(value).ok());
        for value in values {
            headers.append(name.clone(), value);
        }
    }
}

fn set(headers: &mut http::HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

fn word(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gzip => "gzip",
        Encoding::Deflate => "deflate",
        Encoding::Br => "br",
        Encoding::Zstd => "zstd",
    }
}

/// The body, and what kind of thing it is.
fn content(
    answer: &Answer,
    request: &Request<Bytes>,
    talk: &Talk,
) -> (Option<&'static str>, Content) {
    let bytes = |bytes: Vec<u8>| Content::Bytes(bytes.into());
    match answer {
        Answer {
            text: Some(text), ..
        } => (
            Some("text/plain; charset=utf-8"),
            bytes(text.clone().into_bytes()),
        ),
        Answer {
            html: Some(html), ..
        } => (
            Some("text/html; charset=utf-8"),
            bytes(html.clone().into_bytes()),
        ),
        Answer {
            json: Some(json), ..
        } => (
            Some("application/json"),
            bytes(json.to_string().into_bytes()),
        ),
        Answer {
            hex: Some(digits), ..
        } => {
            let decoded = Written::Hex(digits.clone()).decoded().unwrap_or_default();
            (Some("application/octet-stream"), bytes(decoded))
        }
        Answer {
            bytes: Some(count), ..
        } => (Some("application/octet-stream"), Content::Filler(*count)),
        Answer {
            echo: Some(true), ..
        } => (
            Some("application/json"),
            bytes(echo::of(request, talk).to_string().into_bytes()),
        ),
        _ => (None, bytes(Vec::new())),
    }
}
