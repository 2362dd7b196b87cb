//! What is said over a connection, as it is written.

use crate::keys::{Fields, Key, duration, flag, object, text};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::{self, Unit};
use netspec_assertions::written::{Node, Value};
use netspec_probes::tcp::{Awaited, Step, from_hex};
use serde_json::{Value as Json, json};
use std::time::Duration;

const SEND: &[Key] = &[
    Key::new(
        "text",
        "Text, said as UTF-8; `\"\\r\\n\"` ends a line.",
        text,
    ),
    Key::new("hex", "Bytes, two hexadecimal digits each.", text),
];

const WAIT_FOR: &[Key] = &[
    Key::new("text", "This text, whatever stands before it.", text),
    Key::new("hex", "These bytes, whatever stands before them.", text),
    Key::new("matches", "What this regular expression finds.", text),
    Key::new("size", "As many bytes.", size_schema),
    Key::new(
        "quiet",
        "Something, and then nothing for so long.",
        duration,
    ),
    Key::new("close", "`true`: the end of the connection.", flag),
];

const STEP: &[Key] = &[
    Key::new("send", "What to say: `text` or `hex`.", bytes_schema),
    Key::new("wait-for", "What to wait for.", awaited_schema),
];

/// How long quiet has to last where nothing else is waited for.
const QUIET: Duration = Duration::from_millis(500);
/// The most bytes of one step.
const MOST_BYTES: usize = 64 << 10;
const MOST_STEPS: usize = 64;

pub(super) fn bytes_schema() -> Json {
    one_key(SEND)
}

pub(super) fn awaited_schema() -> Json {
    one_key(WAIT_FOR)
}

pub(super) fn schema() -> Json {
    json!({ "type": "array", "minItems": 1, "maxItems": MOST_STEPS, "items": one_key(STEP) })
}

pub(super) fn size_schema() -> Json {
    json!({ "type": "string", "pattern": "^[0-9.]+ ?(B|KiB|MiB)$" })
}

fn one_key(keys: &[Key]) -> Json {
    let mut schema = object(&[keys]);
    schema["minProperties"] = 1.into();
    schema["maxProperties"] = 1.into();
    schema
}

/// The conversation of a check: `dialogue`, or `send` and `wait-for`.
pub(super) fn read(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Step> {
    let of = |key| fields.get(key).and_then(|node| step(key, node, problems));
    let [send, awaited] = ["send", "wait-for"].map(of);
    let Some(node) = fields.get("dialogue") else {
        let quiet = (send.is_some() && fields.get("wait-for").is_none())
            .then_some(Step::WaitFor(Awaited::Quiet(QUIET)));
        return [send, awaited, quiet].into_iter().flatten().collect();
    };
    for span in ["send", "wait-for"]
        .iter()
        .filter_map(|key| fields.key_span(key))
    {
        let problem = Problem::new(span, "a step beside `dialogue`");
        problems.add(problem.help("write it among the steps of the dialogue"));
    }
    match &node.value {
        Value::List(steps) if (1..=MOST_STEPS).contains(&steps.len()) => steps
            .iter()
            .filter_map(|step| one(step, problems))
            .collect(),
        _ => {
            let label = format!("expected a list of 1 to {MOST_STEPS} steps");
            let problem = Problem::new(node.span, "not a conversation").label(label);
            problems.add(problem.help("write it like [{ wait-for: { text: \"220 \" } }, { send: { text: \"QUIT\\r\\n\" } }]"));
            Vec::new()
        }
    }
}

fn one(node: &Node, problems: &mut Problems) -> Option<Step> {
    let (key, value) = sole(node, "a step", STEP, problems)?;
    step(key, value, problems)
}

/// What `send` or `wait-for` say.
fn step(key: &str, node: &Node, problems: &mut Problems) -> Option<Step> {
    let (keys, what) = match key {
        "send" => (SEND, "what is sent"),
        _ => (WAIT_FOR, "what is waited for"),
    };
    let (form, value) = sole(node, what, keys, problems)?;
    let read = match key {
        "send" => bytes(form, value).map(Step::Send),
        _ => awaited(form, value).map(Step::WaitFor),
    };
    problems.ok(read.map_err(|why| Problem::new(value.span, format!("wrong `{form}`")).label(why)))
}

/// The one key that a mapping has.
fn sole<'n>(
    node: &'n Node,
    what: &str,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<(&'static str, &'n Node)> {
    let fields = Fields::read(node, what, &[keys], problems)?;
    let mut written = keys
        .iter()
        .filter_map(|key| Some((key.name, fields.get(key.name)?)));
    match (written.next(), written.next()) {
        (Some(sole), None) => return Some(sole),
        (None, _) if keys.iter().any(|key| !fields.lacks(key.name)) => {} // misspelled, which has been said
        _ => {
            let known: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
            let problem = Problem::new(fields.span, format!("expected one key for {what}"));
            problems.add(problem.help(format!("write one of {}", known.join(", "))));
        }
    }
    None
}

fn bytes(form: &str, node: &Node) -> Result<Vec<u8>, String> {
    let text = said(node)?;
    let bytes = match form {
        "hex" => from_hex(&text)?,
        _ => text.into_bytes(),
    };
    match bytes.len() {
        1..=MOST_BYTES => Ok(bytes),
        _ => Err(format!("expected 1 to {MOST_BYTES} bytes")),
    }
}

fn awaited(form: &str, node: &Node) -> Result<Awaited, String> {
    match form {
        "matches" => Awaited::matching(&said(node)?),
        "size" => bounded_size(&said(node)?, 1 << 20).map(Awaited::Size),
        "quiet" => {
            let ms = quantity::parse(&said(node)?, Unit::Milliseconds)?;
            match ms {
                1.0..=60_000.0 => Ok(Awaited::Quiet(Duration::from_secs_f64(ms / 1e3))),
                _ => Err("expected from 1ms to 60s".to_owned()),
            }
        }
        "close" if node.value == Value::Flag(true) => Ok(Awaited::Close),
        "close" => Err("expected `true`".to_owned()),
        _ => bytes(form, node).map(Awaited::Bytes),
    }
}

/// Text alone: what YAML takes for a number, like `16e1`, is not what was written any more.
fn said(node: &Node) -> Result<String, String> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        other => Err(format!("expected text in quotes, found {}", other.kind())),
    }
}

/// A number of bytes under a key.
pub(super) fn size(
    fields: &Fields<'_>,
    key: &str,
    most: usize,
    problems: &mut Problems,
) -> Option<usize> {
    let node = fields.get(key)?;
    let read = said(node).and_then(|text| bounded_size(&text, most));
    problems.ok(read.map_err(|why| Problem::new(node.span, format!("wrong `{key}`")).label(why)))
}

fn bounded_size(text: &str, most: usize) -> Result<usize, String> {
    let bytes = quantity::parse(text, Unit::Bytes)?;
    match bytes {
        bytes if bytes >= 1.0 && bytes <= most as f64 && bytes.fract() == 0.0 => Ok(bytes as usize),
        _ => Err(format!("expected from 1B to {most}B")),
    }
}
