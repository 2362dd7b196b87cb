//! The editor schemas, made from the tables that the reader reads by.

use crate::keys;
use crate::probe::{KINDS, Kind};
use crate::{project, scenario};
use netspec_assertions::expect::QUANTIFIERS;
use netspec_assertions::matcher::{MATCHERS, Takes};
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Shape, Text};
use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut schema = keys::object(&[scenario::KEYS]);
    schema["$schema"] = DIALECT.into();
    schema["title"] = "netspec scenario".into();
    schema["$defs"] = json!({ "check": check() });
    schema
}

/// The schema of `netspec.yaml`.
pub fn project() -> Value {
    let mut schema = keys::object(&[project::KEYS]);
    schema["$schema"] = DIALECT.into();
    schema["title"] = "netspec.yaml".into();
    schema
}

fn check() -> Value {
    let mut schema = keys::object(&[scenario::CHECK_KEYS]);
    for kind in KINDS {
        schema["properties"][kind.name] = probe(kind);
    }
    schema["oneOf"] = KINDS
        .iter()
        .map(|kind| json!({ "required": [kind.name] }))
        .collect();
    schema
}

fn probe(kind: &Kind) -> Value {
    let mut schema = keys::object(&[kind.settings]);
    schema["description"] = kind.about.into();
    schema
}

/// The schema of what can be expected of a thing of this shape.
pub fn expectation(shape: &Shape) -> Value {
    match shape {
        Shape::Record(_) => either(&[record(shape), presence()]),
        Shape::List(item) => either(&[set(item), presence()]),
        Shape::Sequence(item) => {
            json!({ "type": "array", "minItems": 1, "items": expectation(item) })
        }
        leaf => either(&[bare(leaf), operators(leaf), presence()]),
    }
}

fn either(alternatives: &[Value]) -> Value {
    json!({ "anyOf": alternatives })
}

fn presence() -> Value {
    json!({ "enum": ["present", "absent"] })
}

fn record(shape: &Shape) -> Value {
    let fields = shape.fields().iter().map(|field| {
        let mut schema = expectation(&field.shape);
        schema["description"] = field.about.clone().into();
        (field.word.clone(), schema)
    });
    let properties: Map<String, Value> = fields.collect();
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "patternProperties": { "^\\$": { "description": "A JSONPath (RFC 9535) into what was seen." } },
        "additionalProperties": false,
    })
}

fn set(item: &Shape) -> Value {
    let quantifiers = QUANTIFIERS.iter().map(|(word, about, example)| {
        let mut schema = match *word {
            "exactly" | "include" => {
                json!({ "type": "array", "minItems": 1, "items": expectation(item) })
            }
            "count" => expectation(&Shape::Number(Unit::None)),
            _ => expectation(item),
        };
        schema["description"] = format!("{about}, e.g. `{example}`").into();
        ((*word).to_owned(), schema)
    });
    let properties: Map<String, Value> = quantifiers.collect();
    json!({ "type": "object", "minProperties": 1, "properties": properties, "additionalProperties": false })
}

fn operators(shape: &Shape) -> Value {
    let fitting = MATCHERS.iter().filter(|row| (row.suits)(shape)).map(|row| {
        let mut schema = match row.takes {
            Takes::One => bare(shape),
            Takes::Several => json!({ "type": "array", "minItems": 1, "items": bare(shape) }),
            Takes::Text | Takes::Network => json!({ "type": "string" }),
        };
        schema["description"] = format!("{}, e.g. `{}`", row.about, row.example).into();
        (row.word.to_owned(), schema)
    });
    let properties: Map<String, Value> = fitting.collect();
    json!({ "type": "object", "minProperties": 1, "properties": properties, "additionalProperties": false })
}

fn bare(shape: &Shape) -> Value {
    match shape {
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number(Unit::None) => json!({ "type": "number" }),
        Shape::Number(_) => json!({ "type": "string", "pattern": "^-?[0-9.]+ ?[a-zA-Zµ%]+$" }),
        Shape::Text(Text::Words(words)) => json!({ "enum": words }),
        Shape::Text(Text::Asn) => json!({ "type": "string", "pattern": "^(AS|as)[0-9]+$" }),
        Shape::Text(Text::Country) => json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" }),
        Shape::Any => json!({ "type": ["string", "number", "boolean"] }),
        _ => json!({ "type": "string" }),
    }
}

/// As it is written to a file: indented, with a final line break.
pub fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}
