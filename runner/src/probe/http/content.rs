//! What a request carries: fields of its header, who is asking, and a body.

use crate::keys::{Fields, Key, object, scalar, text};
use ::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Spanned, Value};
use serde_json::{Map, Number, Value as Json, json};
use url::form_urlencoded;

/// The ways of writing a body, and what they are called in the request.
const BODIES: [&str; 3] = ["body", "json", "form"];

const AUTH: &[Key] = &[
    Key::new("basic", "A user and a password (RFC 7617).", || {
        object(&[BASIC])
    }),
    Key::new("bearer", "A token (RFC 6750).", text),
];

const BASIC: &[Key] = &[
    Key::required("user", "The user.", text),
    Key::required("password", "The password.", text),
];

pub(super) fn headers_schema() -> Json {
    let value =
        json!({ "anyOf": [one_text(), { "type": "array", "items": one_text(), "minItems": 1 }] });
    json!({ "type": "object", "minProperties": 1, "additionalProperties": value })
}

pub(super) fn form_schema() -> Json {
    json!({ "type": "object", "minProperties": 1, "additionalProperties": one_text() })
}

pub(super) fn auth_schema() -> Json {
    let mut schema = object(&[AUTH]);
    schema["minProperties"] = 1.into();
    schema["maxProperties"] = 1.into();
    schema
}

fn one_text() -> Json {
    json!({ "type": ["string", "number", "boolean"] })
}

/// The header as far as it is written, and the body.
pub(super) fn read(fields: &Fields<'_>, problems: &mut Problems) -> (HeaderMap, Vec<u8>) {
    let mut headers = headers(fields, problems);
    let body = body(fields, problems);
    if let Some((_, media_type)) = &body
        && !headers.contains_key(CONTENT_TYPE)
    {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    if let Some(node) = fields.get("auth") {
        if headers.contains_key(AUTHORIZATION) {
            let problem = Problem::new(node.span, "`auth` beside a header `authorization`");
            problems.add(problem.help("leave one of the two out"));
        }
        if let Some(value) = auth(node, problems) {
            headers.insert(AUTHORIZATION, value);
        }
    }
    (headers, body.map(|(octets, _)| octets).unwrap_or_default())
}

fn headers(fields: &Fields<'_>, problems: &mut Problems) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for entry in mapping(fields, "headers", problems) {
        let Some(name) = problems.ok(name(&entry.key)) else {
            continue;
        };
        let values = match &entry.value.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![&entry.value],
        };
        for value in values {
            if let Some(value) = problems.ok(value_of(value)) {
                headers.append(name.clone(), value);
            }
        }
    }
    headers
}

fn name(written: &Spanned<String>) -> Result<HeaderName, Problem> {
    let wrong = || Problem::new(written.span, "not the name of a header field");
    let name = HeaderName::from_bytes(written.value.as_bytes());
    let name = name.map_err(|_| wrong().help("write it like `x-request-id`, without spaces"))?;
    match name {
        HOST => Err(wrong()
            .label("it has a setting of its own")
            .help("write `host: …` beside `headers`")),
        name => Ok(name),
    }
}

fn value_of(node: &Node) -> Result<HeaderValue, Problem> {
    let wrong = |why: &str| Problem::new(node.span, "not the value of a header field").label(why);
    let text = node.value.scalar().ok_or_else(|| wrong("expected text"))?;
    HeaderValue::from_str(&text).map_err(|_| wrong("a line break or another control character"))
}

/// A body and its media type.
fn body(fields: &Fields<'_>, problems: &mut Problems) -> Option<(Vec<u8>, &'static str)> {
    let mut written = BODIES.into_iter().filter(|key| fields.get(key).is_some());
    let first = written.next()?;
    for other in written {
        let span = fields.key_span(other).unwrap_or(fields.span);
        let problem = Problem::new(span, "a second body");
        problems.add(problem.label(format!("`{first}` is there already")));
    }
    match first {
        "json" => Some((
            json_of(fields.get(first)?).to_string().into_bytes(),
            "application/json",
        )),
        "form" => Some((form(fields, problems), "application/x-www-form-urlencoded")),
        _ => Some((
            scalar(fields.get(first)?, problems)?.value.into_bytes(),
            "text/plain; charset=utf-8",
        )),
    }
}

fn form(fields: &Fields<'_>, problems: &mut Problems) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for entry in mapping(fields, "form", problems) {
        match entry.value.value.scalar() {
            Some(value) => {
                form.append_pair(&entry.key.value, &value);
            }
            None => {
                let kind = entry.value.value.kind();
                let problem =
                    Problem::new(entry.value.span, format!("expected text, found {kind}"));
                problems.add(problem.help("a form has one text for each name"));
            }
        }
    }
    form.finish().into_bytes()
}

/// What is written, as JSON. A whole number stays one.
fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Json::from(*number as i64)
        }
        Value::Number(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json_of).collect()),
        Value::Map(entries) => {
            let pair = |entry: &Entry| (entry.key.value.clone(), json_of(&entry.value));
            Json::Object(entries.iter().map(pair).collect::<Map<_, _>>())
        }
    }
}

fn auth(node: &Node, problems: &mut Problems) -> Option<HeaderValue> {
    let fields = Fields::read(node, "`auth`", &[AUTH], problems)?;
    let value = match (fields.get("basic"), fields.text("bearer", problems)) {
        (Some(basic), None) => {
            let basic = Fields::read(basic, "`basic`", &[BASIC], problems)?;
            let (user, password) = (
                basic.text("user", problems),
                basic.text("password", problems),
            );
            let (user, password) = (user?, password?);
            if user.value.contains(':') {
                let problem = Problem::new(user.span, "a user's name has no colon (RFC 7617)");
                problems.add(problem.help("it parts the user from the password"));
                return None;
            }
            let both = format!("{}:{}", user.value, password.value);
            format!("Basic {}", STANDARD.encode(both))
        }
        (None, Some(token)) => format!("Bearer {}", token.value),
        _ => {
            let problem = Problem::new(node.span, "one way of saying who is asking is needed");
            problems.add(
                problem.help("write `{ basic: { user: …, password: … } }` or `{ bearer: … }`"),
            );
            return None;
        }
    };
    let value = HeaderValue::from_str(&value);
    problems.ok(value.map_err(|_| Problem::new(node.span, "a control character in what is secret")))
}

/// The entries of a mapping under a key.
fn mapping<'n>(fields: &Fields<'n>, key: &str, problems: &mut Problems) -> &'n [Entry] {
    match fields.get(key).map(|node| (&node.value, node.span)) {
        None => &[],
        Some((Value::Map(entries), _)) if !entries.is_empty() => entries,
        Some((other, span)) => {
            let found = match other {
                Value::Map(_) => "nothing",
                other => other.kind(),
            };
            let problem = Problem::new(span, format!("expected names and values, found {found}"));
            problems.add(problem.help(format!("write them like `{key}: {{ name: value }}`")));
            &[]
        }
    }
}
