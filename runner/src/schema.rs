//! The editor schemas, made from the tables that the reader reads by.

mod fillable;

use crate::keys;
use crate::language::{COMMON, SHARED};
use crate::probe::{KINDS, Kind};
use crate::{conduct, project, scenario};
use fillable::{fillable, within};
use netspec_assertions::expect::{QUANTIFIERS, USE};
use netspec_assertions::matcher::{MATCHERS, Takes};
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Shape, Text};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut schema = file("netspec scenario", &[scenario::KEYS, COMMON]);
    let mut definitions = Map::from_iter([("check".to_owned(), check())]);
    let named = NAMED.iter().map(|(name, shape)| {
        let mut definition = definition(shape);
        fillable(&mut definition);
        (name.clone(), definition)
    });
    definitions.extend(named);
    schema["$defs"] = definitions.into();
    schema
}

/// The schema of a file that others include.
pub fn shared() -> Value {
    file("netspec shared file", &[SHARED, COMMON])
}

/// The schema of `netspec.yaml`.
pub fn project() -> Value {
    file("netspec.yaml", &[project::KEYS, COMMON])
}

/// Keys in which nothing is filled in where they stand, for what they say is needed before.
const WRITTEN_OUT: &[&str] = &[
    "checks",
    "include",
    "vars",
    "expectations",
    "secrets",
    "for-each",
    "capture",
];

fn file(title: &str, tables: &[&[keys::Key]]) -> Value {
    let mut schema = keys::object(tables);
    fill_properties(&mut schema);
    schema["$schema"] = DIALECT.into();
    schema["title"] = title.into();
    schema
}

fn fill_properties(schema: &mut Value) {
    let fields = schema["properties"].as_object_mut().into_iter().flatten();
    fields
        .filter(|(key, _)| !WRITTEN_OUT.contains(&key.as_str()))
        .for_each(|(_, field)| fillable(field));
}

fn check() -> Value {
    let mut schema = keys::object(&[scenario::CHECK_KEYS, conduct::KEYS]);
    fill_properties(&mut schema);
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
    within(&mut schema);
    schema["description"] = kind.about.into();
    schema
}

/// Every shape something can be expected of, once, under the name it has in `$defs`: without them the schema would repeat
/// each shape wherever it occurs, which multiplies to megabytes.
static NAMED: LazyLock<Vec<(String, Shape)>> = LazyLock::new(|| {
    let mut named = Vec::new();
    name("number", &Shape::Number(Unit::None), &mut named);
    name("selected", &Shape::List(Box::new(Shape::Any)), &mut named);
    for kind in KINDS {
        name(kind.name, (kind.shape)(), &mut named);
    }
    named
});

/// Names a shape and those within it after the words that lead to them.
fn name(path: &str, shape: &Shape, named: &mut Vec<(String, Shape)>) {
    if named.iter().any(|(_, known)| known == shape) {
        return;
    }
    let own = common_name(shape).unwrap_or(path);
    named.push((own.to_owned(), shape.clone()));
    match shape {
        Shape::List(item) | Shape::Sequence(item) | Shape::Named(item) => {
            name(&format!("{path}.each"), item, named);
        }
        Shape::Record(fields) => fields
            .iter()
            .for_each(|field| name(&format!("{path}.{}", field.word), &field.shape, named)),
        _ => {}
    }
}

/// What leaves of one kind are called, wherever they stand.
fn common_name(shape: &Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::Flag => "flag",
        Shape::Any => "any",
        Shape::Number(Unit::None) => "number",
        Shape::Number(Unit::Milliseconds) => "milliseconds",
        Shape::Number(Unit::Seconds) => "seconds",
        Shape::Number(Unit::Bytes) => "octets",
        Shape::Number(Unit::Percent) => "percent",
        Shape::Text(Text::Plain) => "text",
        Shape::Text(Text::Asn) => "asn",
        Shape::Text(Text::Country) => "country",
        Shape::Text(Text::Hostname) => "hostname",
        Shape::Text(Text::Address) => "address",
        Shape::Text(Text::Network) => "network",
        Shape::Text(Text::Within) => "in",
        _ => return None,
    })
}

/// The schema of what can be expected of a thing of this shape: a reference, where it has a name.
pub fn expectation(shape: &Shape) -> Value {
    match NAMED.iter().find(|(_, known)| known == shape) {
        Some((name, _)) => json!({ "$ref": format!("#/$defs/{name}") }),
        None => definition(shape),
    }
}

fn definition(shape: &Shape) -> Value {
    let whole = KINDS.iter().any(|kind| (kind.shape)() == shape);
    match shape {
        Shape::Record(_) => either(&[record(shape, whole), presence()]),
        Shape::Named(item) => either(&[
            json!({ "type": "object", "minProperties": 1, "additionalProperties": expectation(item) }),
            presence(),
        ]),
        Shape::List(item) => either(&[set(item), presence()]),
        Shape::Sequence(item) => {
            json!({ "type": "array", "minItems": 1, "items": expectation(item) })
        }
        Shape::Flag | Shape::Text(Text::Within) => either(&[bare(shape), operators(shape)]),
        leaf => either(&[bare(leaf), operators(leaf), presence()]),
    }
}

fn either(alternatives: &[Value]) -> Value {
    json!({ "anyOf": alternatives })
}

fn presence() -> Value {
    json!({ "enum": ["present", "absent"] })
}

/// A `$` key stands under the whole of what was seen alone, for it looks from the top.
fn record(shape: &Shape, whole: bool) -> Value {
    let fields = shape.fields().iter().map(|field| {
        let mut schema = expectation(&field.shape);
        schema["description"] = field.about.clone().into();
        (field.word.clone(), schema)
    });
    let properties: Map<String, Value> = fields.collect();
    let mut schema = json!({ "type": "object", "minProperties": 1, "properties": properties, "additionalProperties": false });
    if whole {
        schema["patternProperties"] = json!({ "^\\$": selected() });
        schema["properties"][USE] = json!({ "anyOf": [keys::text(), keys::texts()],
            "description": "Expectations by name, of those under `expectations`: all of them hold, and what else is said here." });
    }
    schema
}

/// What can be expected of what a JSONPath selects: one value, or several.
fn selected() -> Value {
    let several = Shape::List(Box::new(Shape::Any));
    let mut schema = either(&[expectation(&Shape::Any), expectation(&several)]);
    schema["description"] = "A JSONPath (RFC 9535) into what was seen.".into();
    schema
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
            Takes::Text | Takes::Network => keys::text(),
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
        Shape::Number(Unit::Milliseconds | Unit::Seconds) => quantity("us|µs|ms|s|m|h|d"),
        Shape::Number(Unit::Bytes) => quantity("B|KiB|MiB"),
        Shape::Number(Unit::Percent) => quantity("%"),
        Shape::Text(Text::Words(words)) => json!({ "enum": words }),
        Shape::Text(Text::Asn) => json!({ "type": "string", "pattern": "^(AS|as)[0-9]+$" }),
        Shape::Text(Text::Country) => json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" }),
        Shape::Any => json!({ "type": ["string", "number", "boolean"] }),
        _ => json!({ "type": "string" }),
    }
}

fn quantity(units: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^-?[0-9.]+ ?({units})$") })
}

/// The schema of a type as it is written: what may be left out is not required.
pub fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    schema.to_value()
}

/// As it is written to a file: indented, with a final line break.
pub fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}
