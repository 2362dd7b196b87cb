//! HTTP: what is answered to which path, and how an answer goes wrong.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bytes, Many};
use crate::world::units::Delay;

/// What a web server answers. Without any setting it answers every request with an echo of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Http {
    /// Answers by path: `/status`, or `/files/*` for all below. With `?` in it, a path is for that query alone. What
    /// is not here is not found, with status 404.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, Answer>,
    /// Answers by the host that is asked for, each by path, before `paths`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, BTreeMap<String, Answer>>,
    /// Whether it also speaks HTTP/3, on the same port by UDP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http3: Option<bool>,
}

/// One answer. Its body is one of `text`, `html`, `json`, `hex`, `bytes`, `echo`, or empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Answer {
    /// The status: 200, or 302 with `redirect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Fields of the head, each with one value or a list of them. They win over those made from the other settings.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Many<String>>,
    /// A body of plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// A JSON document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Any bytes, two hexadecimal digits each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
    /// This many bytes, all of them `x`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// A JSON document of what was asked: method, path, host, headers, body, by whom, over which protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<bool>,
    /// How the body is packed, the innermost first; told in `content-encoding`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encoding: Vec<Encoding>,
    /// Fields after the body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub trailers: BTreeMap<String, String>,
    /// Sends the client to another place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Who may see this answer; others get status 401.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// The methods it is for; others get status 405.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// How long it takes before its first byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinks: Option<Delay>,
    /// Sends the body bit by bit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drips: Option<Drip>,
    /// How the body goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Break>,
    /// Exactly these bytes on the connection instead of any other answer, which HTTP/1.1 alone can do; then it hangs up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exactly: Option<Bytes>,
    /// After `exactly`: these bytes, again and again, until the client has enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forever: Option<Bytes>,
}

/// A way to pack a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// gzip (RFC 1952).
    Gzip,
    /// zlib (RFC 1950), which HTTP calls deflate.
    Deflate,
    /// Brotli (RFC 7932), stored rather than compressed.
    Br,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// Who may see an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// A user and a password, `user:password`.
    Basic(String),
    /// Whoever has this token.
    Bearer(String),
}

/// A body sent bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Drip {
    /// How many bytes at once.
    pub bytes: u32,
    /// How long until the next.
    pub every: Delay,
}

/// How a body goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Break {
    /// Half of it comes, then the end, though the whole length was promised.
    Short,
    /// Half of it comes, then a reset.
    Resets,
    /// Half of it comes, then nothing more.
    Stalls,
    /// It comes again and again and never ends.
    Endless,
}
