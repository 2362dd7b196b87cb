//! The keys of a mapping as a table: what is read, suggested, documented and written into the editor schema is one row.

use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::{self, Unit};
use netspec_assertions::suggest;
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// One key of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whether the mapping is nothing without it.
    pub required: bool,
    /// The JSON Schema of its value, without the description.
    pub schema: fn() -> Json,
}

impl Key {
    /// A key that may be left out.
    pub const fn new(name: &'static str, about: &'static str, schema: fn() -> Json) -> Self {
        Self {
            name,
            about,
            required: false,
            schema,
        }
    }

    /// A key that may not be left out.
    pub const fn required(name: &'static str, about: &'static str, schema: fn() -> Json) -> Self {
        Self {
            name,
            about,
            required: true,
            schema,
        }
    }
}

/// The editor schema of a mapping with these keys and no others.
pub fn object(tables: &[&[Key]]) -> Json {
    let keys = || tables.iter().flat_map(|keys| keys.iter());
    let described = |key: &Key| {
        let mut schema = (key.schema)();
        schema["description"] = key.about.into();
        (key.name.to_owned(), schema)
    };
    let properties: serde_json::Map<String, Json> = keys().map(described).collect();
    let required: Vec<&str> = keys()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    let mut schema =
        json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

/// Text.
pub fn text() -> Json {
    json!({ "type": "string", "minLength": 1 })
}

/// `true` or `false`.
pub fn flag() -> Json {
    json!({ "type": "boolean" })
}

/// A duration with its unit.
pub fn duration() -> Json {
    json!({ "type": "string", "pattern": "^[0-9.]+ ?(us|µs|ms|s|m|h|d)$" })
}

/// A size with its unit.
pub fn bytes() -> Json {
    json!({ "type": "string", "pattern": "^[0-9.]+ ?(B|KiB|MiB)$" })
}

/// A list of texts, at least one.
pub fn texts() -> Json {
    json!({ "type": "array", "items": text(), "minItems": 1 })
}

/// A mapping whose keys are known.
#[derive(Clone, Debug)]
pub struct Fields<'n> {
    entries: &'n [Entry],
    /// The known keys that misspelled ones are near to.
    misspelled: Vec<&'static str>,
    /// Where the mapping stands.
    pub span: Span,
}

impl<'n> Fields<'n> {
    /// The keys of a mapping, those that nobody knows or that are missing noted. `what` names the mapping, e.g. "a check".
    pub fn read(
        node: &'n Node,
        what: &str,
        tables: &[&[Key]],
        problems: &mut Problems,
    ) -> Option<Self> {
        let keys = || tables.iter().flat_map(|keys| keys.iter());
        let known: Vec<&'static str> = keys().map(|key| key.name).collect();
        let Value::Map(entries) = &node.value else {
            let message = format!("expected {what} as a mapping, found {}", node.value.kind());
            let needed = keys()
                .find(|key| key.required)
                .or_else(|| keys().next())
                .map_or("key", |key| key.name);
            let help = format!("write keys and values, e.g. `{needed}: …`");
            problems.add(Problem::new(node.span, message).help(help));
            return None;
        };
        let mut misspelled = Vec::new();
        for entry in entries {
            let written = entry.key.value.as_str();
            if known.contains(&written) || problems.are_very_many() {
                continue;
            }
            misspelled.extend(suggest::nearest(written, known.iter().copied()));
            problems.add(unknown(&entry.key, what, &known));
        }
        let fields = Self {
            entries,
            misspelled,
            span: node.span,
        };
        for key in keys().filter(|key| key.required && fields.lacks(key.name)) {
            let at = entries.first().map_or(node.span, |first| first.key.span);
            let problem = Problem::new(at, format!("{what} needs `{}`", key.name));
            problems.add(problem.help(format!("{}: {}", key.name, key.about)));
        }
        Some(fields)
    }

    /// Whether a key is neither written nor misspelled: a misspelled one has its own problem already.
    pub fn lacks(&self, key: &str) -> bool {
        self.get(key).is_none() && !self.misspelled.contains(&key)
    }

    /// What is written under a key.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries
            .iter()
            .find(|entry| entry.key.value == key)
            .map(|entry| &entry.value)
    }

    /// The place of a key.
    pub fn key_span(&self, key: &str) -> Option<Span> {
        self.entries
            .iter()
            .find(|entry| entry.key.value == key)
            .map(|entry| entry.key.span)
    }

    /// Text under a key; numbers and flags are taken as they are written.
    pub fn text(&self, key: &str, problems: &mut Problems) -> Option<Spanned<String>> {
        self.get(key).and_then(|node| scalar(node, problems))
    }

    /// A list of texts under a key.
    pub fn texts(&self, key: &str, problems: &mut Problems) -> Vec<Spanned<String>> {
        self.get(key)
            .map(|node| scalars(node, problems))
            .unwrap_or_default()
    }

    /// A duration under a key.
    pub fn duration(&self, key: &str, problems: &mut Problems) -> Option<Duration> {
        let node = self.get(key)?;
        let ms = match &node.value {
            Value::Text(text) => quantity::parse(text, Unit::Milliseconds),
            other => Err(format!(
                "expected a duration like 2s, found {}",
                other.kind()
            )),
        };
        let sound = ms.and_then(|ms| match ms {
            ms if ms > 0.0 && ms <= 86_400_000.0 => Ok(Duration::from_secs_f64(ms / 1e3)),
            _ => Err("expected more than nothing and at most a day".to_owned()),
        });
        problems
            .ok(sound.map_err(|why| Problem::new(node.span, format!("wrong `{key}`")).label(why)))
    }

    /// `true` or `false` under a key.
    pub fn flag(&self, key: &str, problems: &mut Problems) -> Option<bool> {
        let node = self.get(key)?;
        match node.value {
            Value::Flag(flag) => Some(flag),
            _ => {
                let problem = Problem::new(node.span, "not true or false");
                problems.add(problem.label("write `true` or `false`"));
                None
            }
        }
    }

    /// A whole number of octets under a key, written with its unit, within bounds.
    pub fn bytes(&self, key: &str, bounds: (u32, u32), problems: &mut Problems) -> Option<u32> {
        let (low, high) = bounds;
        let node = self.get(key)?;
        let size = match &node.value {
            Value::Text(text) => quantity::parse(text, Unit::Bytes),
            other => Err(format!(
                "expected a size like 1400B, found {}",
                other.kind()
            )),
        };
        let within =
            |size: f64| size.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(&size);
        let sound = size.and_then(|size| match within(size) {
            true => Ok(size as u32),
            false => Err(format!("expected from {low}B to {high}B")),
        });
        problems
            .ok(sound.map_err(|why| Problem::new(node.span, format!("wrong `{key}`")).label(why)))
    }

    /// A whole number under a key, within bounds.
    pub fn number(&self, key: &str, low: u32, high: u32, problems: &mut Problems) -> Option<u32> {
        let node = self.get(key)?;
        match node.value {
            Value::Number(number)
                if number.fract() == 0.0
                    && number >= f64::from(low)
                    && number <= f64::from(high) =>
            {
                Some(number as u32)
            }
            _ => {
                let problem = Problem::new(node.span, format!("wrong `{key}`"));
                problems
                    .add(problem.label(format!("expected a whole number from {low} to {high}")));
                None
            }
        }
    }
}

fn unknown(key: &Spanned<String>, what: &str, known: &[&str]) -> Problem {
    let reserved = RESERVED.iter().find(|(word, _)| *word == key.value);
    if let Some((word, help)) = reserved {
        return Problem::new(key.span, format!("`{word}` is not read yet")).help(*help);
    }
    let problem = Problem::new(key.span, format!("unknown key `{}` in {what}", key.value));
    problem.help(suggest::remedy(&key.value, known))
}

/// Words that are kept for what is to come, so that they never come to mean something else.
const RESERVED: &[(&str, &str)] = &[(
    "from",
    "it will say from which vantages to ask, and comes with them; leave it out: everything is asked from here",
)];

/// One text; a list or a mapping in its place is noted.
pub fn scalar(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    match node.value.scalar() {
        Some(text) if !text.trim().is_empty() => Some(Spanned::new(text, node.span)),
        Some(_) => {
            let problem = Problem::new(node.span, "the text is empty");
            problems.add(problem.help("say something, or leave the key out"));
            None
        }
        None => {
            let message = format!("expected text, found {}", node.value.kind());
            problems.add(Problem::new(node.span, message).help("write one text"));
            None
        }
    }
}

/// A list of texts.
pub fn scalars(node: &Node, problems: &mut Problems) -> Vec<Spanned<String>> {
    match &node.value {
        Value::List(items) if !items.is_empty() => items
            .iter()
            .filter_map(|item| scalar(item, problems))
            .collect(),
        _ => {
            let problem = Problem::new(
                node.span,
                format!("expected a list of texts, found {}", node.value.kind()),
            );
            problems.add(problem.help("write it like [one, two]"));
            Vec::new()
        }
    }
}
