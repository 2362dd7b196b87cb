//! A request as it leaves.

use super::hop::Hop;
use super::seen::Version;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};

/// What every request says of itself, where it does not say otherwise.
const CUSTOMARY: [(HeaderName, &str); 3] = [
    (USER_AGENT, concat!("netspec/", env!("CARGO_PKG_VERSION"))),
    (ACCEPT, "*/*"),
    (ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
];

impl Hop<'_> {
    /// The request as it leaves.
    pub(super) fn request(
        &self,
        host: &Authority,
        version: Version,
    ) -> Result<Request<Bytes>, String> {
        let target = self.target(host, version);
        let target: Uri = target
            .parse()
            .map_err(|why| format!("no request can be made of the URL: {why}"))?;
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = target;
        let headers = request.headers_mut();
        if matches!(version, Version::Http10 | Version::Http11) {
            let host =
                HeaderValue::from_str(host.as_str()).map_err(|_| "wrong `Host`".to_owned())?;
            headers.insert(HOST, host);
        }
        self.add_headers(headers);
        Ok(request)
    }

    /// What stands in the first line, or in its place: a path, or the whole URL where a proxy or the version wants it.
    fn target(&self, host: &Authority, version: Version) -> String {
        let query = self.url.query().map(|query| format!("?{query}"));
        let path = format!("{}{}", self.url.path(), query.unwrap_or_default());
        match version {
            _ if self.has_proxy() && !self.is_https() => self.url.to_string(),
            Version::Http2 | Version::Http3 => format!("{}://{host}{path}", self.url.scheme()),
            Version::Http10 | Version::Http11 => path,
        }
    }

    /// The customary fields, and those the user wrote in their place or beside them.
    fn add_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in CUSTOMARY {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for name in self.headers.keys() {
            headers.remove(name);
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
    }
}
