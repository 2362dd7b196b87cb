//! What a body is: decoded, as text, as JSON.

use super::decode::{self, End};
use super::fields::tokens;
use super::licence;
use super::seen::{Content, ContentProblem};
use crate::fact::Fact;
use encoding_rs::{Encoding, UTF_8};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How far into a page its own word on its charset is looked for (HTML §4.2.5.4).
const PRESCAN_BYTES: usize = 1024;

/// A body as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    /// As far as it was read.
    pub(super) octets: Vec<u8>,
    /// Why that is not all of it.
    pub(super) cut: Option<ContentProblem>,
}

/// A body as it is understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Understood {
    pub(super) content: Content,
    pub(super) text: Fact<String>,
    pub(super) json: Fact<Value>,
    pub(super) licences: Fact<Vec<String>>,
}

/// Understands a body. At most `most` octets of it are kept, decoded.
pub(super) fn understand(headers: &HeaderMap, body: Body, most: usize) -> Understood {
    let codings = tokens(headers, &CONTENT_ENCODING);
    let transferred_bytes = size(&body.octets);
    let (octets, end) = decode::decode(&codings, body.octets, most);
    let problem = problem(end, body.cut);
    let stated = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content = Content {
        problem,
        r#type: stated.map(media_type),
        charset: Fact::Unknown,
        codings,
        size_bytes: size(&octets),
        transferred_bytes,
        sha256: Fact::Unknown,
    };
    match problem {
        None | Some(ContentProblem::ClosedEarly) => read(content, &octets, stated),
        Some(ContentProblem::Corrupt) => Understood {
            content,
            text: Fact::Nothing,
            json: Fact::Nothing,
            licences: Fact::Nothing,
        },
        Some(_) => Understood {
            content,
            ..Understood::default()
        },
    }
}

/// What was cut on the way explains why its decoding ended early; what is wrong for certain goes before both.
fn problem(end: End, cut: Option<ContentProblem>) -> Option<ContentProblem> {
    match end {
        End::Whole => cut,
        End::Cut => cut.or(Some(ContentProblem::Corrupt)),
        End::Corrupt => Some(ContentProblem::Corrupt),
        End::TooMuch => Some(ContentProblem::ReadLimit),
        End::Bomb => Some(ContentProblem::Bomb),
        End::Unknown => Some(ContentProblem::UnknownCoding),
        End::TooDeep => Some(ContentProblem::TooManyCodings),
    }
}

fn read(content: Content, octets: &[u8], stated: Option<&str>) -> Understood {
    let (text, charset) = match text(octets, stated) {
        Some((text, charset)) => (Fact::Known(text), Fact::Known(charset.name().to_owned())),
        None => (Fact::Nothing, Fact::Nothing),
    };
    let licences = text
        .known()
        .map_or_else(Vec::new, |text| licence::licences(text));
    let is_whole = content.problem.is_none();
    let sha256 = || {
        Sha256::digest(octets)
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect()
    };
    let json = text
        .known()
        .and_then(|text| serde_json::from_str(text).ok());
    Understood {
        content: Content {
            charset,
            sha256: if is_whole {
                Fact::Known(sha256())
            } else {
                Fact::Unknown
            },
            ..content
        },
        json: Fact::looked_up(json),
        licences: Fact::Known(licences),
        text,
    }
}

fn media_type(stated: &str) -> String {
    let bare = stated.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// The body as text, if it is text, and the charset it was read in.
fn text(octets: &[u8], stated: Option<&str>) -> Option<(String, &'static Encoding)> {
    if octets.is_empty() {
        return None;
    }
    let is_sure = Encoding::for_bom(octets).is_some();
    let charset = Encoding::for_bom(octets)
        .map(|(charset, _)| charset)
        .or_else(|| {
            stated
                .and_then(|stated| parameter(stated, "charset"))
                .and_then(known)
        })
        .or_else(|| own_word(octets))
        .unwrap_or(UTF_8);
    let (text, charset, is_wrong) = charset.decode(octets);
    let is_text = (!is_wrong || is_stated_text(stated)) && (is_sure || !text.contains('\0'));
    is_text.then(|| (text.into_owned(), charset))
}

fn known(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes())
}

/// What a server calls text is text, though an octet of it be wrong.
fn is_stated_text(stated: Option<&str>) -> bool {
    let stated = stated.map(media_type).unwrap_or_default();
    let ends = ["json", "xml", "javascript"];
    stated.starts_with("text/") || ends.iter().any(|end| stated.ends_with(end))
}

/// A parameter of a media type: `charset=gbk`.
fn parameter<'a>(stated: &'a str, name: &str) -> Option<&'a str> {
    let parameters = stated.split(';').skip(1);
    let mut pairs = parameters.filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"'))
}

/// What the page itself says at its beginning: `<meta charset="gbk">`, or the older form of it.
fn own_word(octets: &[u8]) -> Option<&'static Encoding> {
    let head = octets.get(..PRESCAN_BYTES).unwrap_or(octets);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let meta = head.split("<meta").skip(1);
    let mut words = meta.filter_map(|tag| tag.split('>').next()?.split_once("charset"));
    let (_, rest) = words.next()?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let rest = rest.trim_start_matches(['"', '\'']);
    let label = rest
        .split(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c))
        .next()?;
    known(label)
}

fn size(octets: &[u8]) -> u64 {
    octets.len() as u64
}

#[cfg(test)]
mod tests;
