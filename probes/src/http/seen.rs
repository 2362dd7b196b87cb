//! What an HTTP probe can see. The words of `http: { expect: … }`.

use super::fields::{Cookie, Fields, Line};
use crate::fact::Fact;
use crate::facts::{AddressFacts, DatabaseIdentity};
use crate::tcp::{Bytes, Unreachable};
use crate::tls;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// Everything one request brought to light. Where redirects are followed it is the last answer that is told of here, and
/// `redirects` tells of those before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// How it ended.
    pub ended: Ended,
    /// The phase in which the time given was over; null when it was not.
    pub timed_out_in: Option<Phase>,
    /// Why it ended so, in words for people; null after an answer.
    pub because: Option<String>,
    /// The status code of the answer; null when it is known that there is none.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub status: Fact<u16>,
    /// The version of HTTP that was spoken.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub version: Fact<Version>,
    /// The header fields by name, without regard to case; several lines of one name are joined by `, ` (RFC 9110 §5.3).
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub headers: Fact<Fields>,
    /// The header fields line by line, as they came.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub header_lines: Fact<Vec<Line>>,
    /// The cookies it sets. None is ever sent back.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub cookies: Fact<Vec<Cookie>>,
    /// The body as text, decoded; null when there is none or it is not text, missing when not all of it is known.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub body: Fact<String>,
    /// The body as JSON, for `$` keys: `"$.json.items[0].name": apple`; null when it is not JSON, missing when not all of it is known.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub json: Fact<Value>,
    /// The licence numbers of mainland China in the body, e.g. `粤B2-20090059`, `京ICP备12345678号-1`; without spaces, each once.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub icp_licences: Fact<Vec<String>>,
    /// What the body is, whole or not.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub content: Fact<Content>,
    /// The fields after the body, by name.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub trailers: Fact<Fields>,
    /// The status codes of answers before the answer, e.g. 103 (HTTP/1.1 alone).
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub interim: Fact<Vec<u16>>,
    /// The redirects followed, in order.
    #[schemars(extend("x-ordered" = true))]
    pub redirects: Vec<Redirect>,
    /// How long each phase took.
    pub time: Time,
    /// The address connected to, with its facts: the proxy's where one was asked for; null when no connection came about.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub connected: Fact<AddressFacts>,
    /// What ICMP said in place of the host; null when it said nothing.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub unreachable: Fact<Unreachable>,
    /// What TLS came to; null when the URL is not https.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub tls: Fact<tls::Seen>,
    /// What the proxy answered to CONNECT; null when there was no need to ask it.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub proxy_status: Fact<u16>,
    /// What came in place of HTTP, its first octets; null when it was HTTP.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub instead: Fact<Bytes>,
    /// What was asked: the last request, where redirects were followed.
    pub request: Request,
    /// The address gone to, with its facts, reached or not.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub target: Fact<AddressFacts>,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// There is an answer, and its body came as far as it is read.
    Answered,
    /// There is an answer, whose body ended before it should have or is framed wrongly.
    Truncated,
    /// More redirects than are followed; the last is the answer seen.
    TooManyRedirects,
    /// A redirect to where this request has already been.
    RedirectLoop,
    /// A redirect that is not followed: no usable location, a scheme other than http and https, a name without an address, an
    /// address that may not be asked, or a body that would go to another host.
    RedirectRefused,
    /// The connection was refused.
    Refused,
    /// ICMP says that the way ends before the host; `unreachable` has its word.
    Unreachable,
    /// The TLS handshake failed; `tls` says why.
    TlsFailed,
    /// The certificate does not verify, and so nothing was asked: no header, no secret left. `tls.chain` says why.
    Untrusted,
    /// HTTP in the wanted version is not spoken there.
    NoSuchVersion,
    /// The proxy did not connect; `proxy-status` says what it answered.
    ProxyRefused,
    /// What came is not HTTP; `instead` has its beginning.
    NotHttp,
    /// Its header is larger than is read: 64 KiB, or 128 fields.
    HeaderTooLarge,
    /// The connection was closed without a whole answer.
    Closed,
    /// The connection was reset without an answer.
    Reset,
    /// The server said that it takes no more requests on the connection (GOAWAY).
    GoingAway,
    /// No answer in the time given; `timed-out-in` has the phase.
    #[default]
    Timeout,
    /// This machine could not ask; says nothing about the host.
    NotAsked,
}

/// A phase of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Until the TCP connection.
    Connect,
    /// The CONNECT of a proxy.
    Proxy,
    /// The TLS handshake, or that of QUIC.
    Tls,
    /// From the request to the first octet of the answer.
    FirstByte,
    /// From there to the last.
    Body,
}

/// A version of HTTP, older ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
pub enum Version {
    /// RFC 1945.
    #[serde(rename = "HTTP/1.0")]
    Http10,
    /// RFC 9112.
    #[serde(rename = "HTTP/1.1")]
    Http11,
    /// RFC 9113.
    #[serde(rename = "HTTP/2")]
    Http2,
    /// RFC 9114, over QUIC.
    #[serde(rename = "HTTP/3")]
    Http3,
}

/// How long each phase took, of the last request where redirects were followed. A phase that there was none of is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Time {
    /// The resolver's answer for the name; null where the address was given.
    #[serde(rename = "dns_ms", skip_serializing_if = "Fact::is_unknown")]
    pub dns_ms: Fact<f64>,
    /// From the SYN to the connection; null over QUIC, which connects and secures in one.
    #[serde(rename = "connect_ms", skip_serializing_if = "Fact::is_unknown")]
    pub connect_ms: Fact<f64>,
    /// The TLS handshake, or that of QUIC.
    #[serde(rename = "tls_ms", skip_serializing_if = "Fact::is_unknown")]
    pub tls_ms: Fact<f64>,
    /// From the request to the first octet of the answer: what the server thought, and one round trip.
    #[serde(rename = "first-byte_ms", skip_serializing_if = "Fact::is_unknown")]
    pub first_byte_ms: Fact<f64>,
    /// From the first octet of the answer to the last.
    #[serde(rename = "body_ms", skip_serializing_if = "Fact::is_unknown")]
    pub body_ms: Fact<f64>,
    /// All of it, with looking up the name, and with all redirects.
    #[serde(rename = "total_ms", skip_serializing_if = "Fact::is_unknown")]
    pub total_ms: Fact<f64>,
}

/// What a body is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Content {
    /// Why not all of it is known; null when all of it is.
    pub problem: Option<ContentProblem>,
    /// The media type, in lower case and without parameters; null when none is stated.
    pub r#type: Option<String>,
    /// The charset the text was read in: by a byte order mark, as stated, or as the page says; UTF-8 otherwise. Null when it is not text.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub charset: Fact<String>,
    /// The codings that were undone, in the order they were applied.
    #[schemars(extend("x-ordered" = true))]
    pub codings: Vec<String>,
    /// Its size, decoded, as far as it was read.
    #[serde(rename = "size_bytes")]
    pub size_bytes: u64,
    /// Its size as it came.
    #[serde(rename = "transferred_bytes")]
    pub transferred_bytes: u64,
    /// SHA-256 of it, decoded, hexadecimal; missing when not all of it is known.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub sha256: Fact<String>,
}

/// Why not all of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContentProblem {
    /// It is larger than is read; `read-at-most` raises that.
    ReadLimit,
    /// It decodes to far more than a body of its size has a reason to; it was left alone.
    Bomb,
    /// It is not coded as it says.
    Corrupt,
    /// It is coded in a way nobody here knows.
    UnknownCoding,
    /// It is coded more than three times over.
    TooManyCodings,
    /// It ended before it should have, or is framed wrongly.
    ClosedEarly,
    /// The time given was over before its end.
    Timeout,
}

/// One redirect that was met and would be followed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Redirect {
    /// Where it was met.
    pub from: String,
    /// Its status code.
    pub status: u16,
    /// Where it leads, as written.
    pub location: String,
    /// Where it leads, in full.
    pub to: String,
    /// It leads from https to http: from there on nothing is secret.
    pub downgrade: bool,
    /// It leads to another host, scheme or port: credentials are left behind.
    pub elsewhere: bool,
    /// Who said so, with its facts.
    #[serde(flatten)]
    pub facts: AddressFacts,
}

/// What was asked. The names that TLS was given stand under `tls`: where to, SNI, the name verified and this one are four things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Request {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The name in `Host`, or `:authority`.
    pub host: String,
}
