//! Header fields as they are seen.

use http::HeaderMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Fields by their name in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, String>);

impl JsonSchema for Fields {
    fn schema_name() -> Cow<'static, str> {
        "Fields".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "string" }, "x-names": "case-insensitive" })
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Line {
    /// The name, in lower case.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// One cookie (RFC 6265).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[schemars(extend("x-volatile" = true))]
    pub value: String,
    /// Whether it is for https alone.
    pub secure: bool,
    /// Whether scripts are kept from it.
    pub http_only: bool,
    /// Which requests from other sites carry it: `Strict`, `Lax` or `None`; null where it does not say.
    pub same_site: Option<String>,
    /// The domain it is for; null where it is for this host alone.
    pub domain: Option<String>,
    /// The path it is for; null where it does not say.
    pub path: Option<String>,
}

/// The lines of a header, in the order of their names' first appearance.
pub(super) fn lines(headers: &HeaderMap) -> Vec<Line> {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| Line {
        name: name.as_str().to_owned(),
        value: text(value),
    };
    headers.iter().map(line).collect()
}

/// The fields by name, several lines of one joined.
pub(super) fn fields(headers: &HeaderMap) -> Fields {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for Line { name, value } in lines(headers) {
        match fields.get_mut(&name) {
            None => {
                fields.insert(name, value);
            }
            Some(before) => {
                before.push_str(", ");
                before.push_str(&value);
            }
        }
    }
    Fields(fields)
}

/// What a line says; octets that are no UTF-8 are taken as Latin-1 (RFC 9110 §5.5).
fn text(value: &http::HeaderValue) -> String {
    let octets = value.as_bytes();
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(_) => octets.iter().copied().map(char::from).collect(),
    }
}

/// The tokens of a list in a header, in lower case: `gzip, br`.
pub(super) fn tokens(headers: &HeaderMap, name: &http::HeaderName) -> Vec<String> {
    let lines: Vec<String> = headers.get_all(name).iter().map(text).collect();
    let tokens = lines.iter().flat_map(|line| line.split(','));
    let tokens = tokens.map(|token| token.trim().to_ascii_lowercase());
    tokens.filter(|token| !token.is_empty()).collect()
}

/// The cookies a header sets.
pub(super) fn cookies(headers: &HeaderMap) -> Vec<Cookie> {
    let lines = headers.get_all(http::header::SET_COOKIE).iter();
    lines.filter_map(|line| cookie(&text(line))).collect()
}

fn cookie(line: &str) -> Option<Cookie> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        ..Cookie::default()
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let said = || Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "samesite" => cookie.same_site = said(),
            "domain" => cookie.domain = said(),
            "path" => cookie.path = said(),
            _ => {}
        }
    }
    Some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{CONTENT_ENCODING, SET_COOKIE, VARY};
    use http::{HeaderName, HeaderValue};

    fn headers(lines: &[(HeaderName, &[u8])]) -> HeaderMap {
        let line = |(name, value): &(HeaderName, &[u8])| {
            (name.clone(), HeaderValue::from_bytes(value).unwrap())
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn lines_of_one_name_are_joined_and_kept_apart() {
        let headers = headers(&[(VARY, b"accept"), (VARY, b"Origin")]);
        assert_eq!(fields(&headers).0["vary"], "accept, Origin");
        assert_eq!(lines(&headers).len(), 2);
    }

    #[test]
    fn octets_that_are_no_text_are_latin_1() {
        let headers = headers(&[(VARY, b"caf\xe9"), (CONTENT_ENCODING, "微信".as_bytes())]);
        assert_eq!(fields(&headers).0["vary"], "café");
        assert_eq!(fields(&headers).0["content-encoding"], "微信");
    }

    #[test]
    fn a_list_is_read_over_all_its_lines() {
        let headers = headers(&[
            (CONTENT_ENCODING, b"GZIP ,, br"),
            (CONTENT_ENCODING, b"zstd"),
        ]);
        assert_eq!(tokens(&headers, &CONTENT_ENCODING), ["gzip", "br", "zstd"]);
    }

    #[test]
    fn a_cookie_is_read_with_what_guards_it() {
        let line = b"sid=a=b; Path=/; SECURE; HttpOnly; SameSite=Lax; Max-Age=1; Domain=a.test";
        let headers = headers(&[
            (SET_COOKIE, line),
            (SET_COOKIE, b"theme=dark"),
            (SET_COOKIE, b"x"),
        ]);
        let cookies = cookies(&headers);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            cookies[0],
            Cookie {
                name: "sid".to_owned(),
                value: "a=b".to_owned(),
                secure: true,
                http_only: true,
                same_site: text("Lax"),
                domain: text("a.test"),
                path: text("/"),
            }
        );
        assert_eq!((cookies.len(), cookies[1].secure), (2, false));
    }
}
