//! What was asked, as a document.

use http::Request;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::answer::host;
use crate::service::talk::Talk;

/// What a client asked, and over what.
pub(super) fn of(request: &Request<Bytes>, talk: &Talk) -> Value {
    let mut headers = Map::new();
    for (name, value) in request.headers() {
        let values = headers.entry(name.as_str()).or_insert_with(|| json!([]));
        if let Some(values) = values.as_array_mut() {
            values.push(String::from_utf8_lossy(value.as_bytes()).into());
        }
    }
    let tls = talk.tls.as_ref();
    json!({
        "method": request.method().as_str(),
        "host": host(request),
        "path": request.uri().path(),
        "query": request.uri().query(),
        "http": format!("{:?}", request.version()),
        "headers": headers,
        "body": String::from_utf8_lossy(request.body()),
        "client": talk.client.ip().to_string(),
        "server": talk.server.to_string(),
        "tls": tls.map(|tls| &tls.version),
        "alpn": tls.and_then(|tls| tls.alpn.as_ref()),
        "server-name": tls.and_then(|tls| tls.server_name.as_ref()),
    })
}
