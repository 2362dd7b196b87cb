//! What a key takes, in words, from the JSON Schema that editors read.

use crate::explain::{Role, Topic};
use crate::keys::{self, Key};
use serde_json::Value;

/// The topics of a table of keys, and of the tables within them.
pub(super) fn keys(role: Role, within: &str, table: &[Key]) -> Vec<Topic> {
    let of_key = |key: &Key| {
        let schema = (key.schema)();
        let mut topic = Topic::new(role, within, key.name, key.about).more("takes", takes(&schema));
        if key.required {
            topic = topic.more("must be", "written");
        }
        let inside = properties(role, &topic.name(), &schema);
        std::iter::once(topic).chain(inside)
    };
    table.iter().flat_map(of_key).collect()
}

/// The keys of a mapping within, as its schema has them.
fn properties(role: Role, within: &str, schema: &Value) -> Vec<Topic> {
    let inside = schema["properties"].as_object().into_iter().flatten();
    let of_property = |(name, schema): (&String, &Value)| {
        let about = schema["description"].as_str().unwrap_or_default();
        let topic = Topic::new(role, within, name, about).more("takes", takes(schema));
        let inside = properties(role, &topic.name(), schema);
        std::iter::once(topic).chain(inside).collect::<Vec<_>>()
    };
    inside.flat_map(of_property).collect()
}

/// `a duration, e.g. 2s`, `ipv4, ipv6 or both`.
fn takes(schema: &Value) -> String {
    for several in ["anyOf", "oneOf"] {
        if let Some(alternatives) = schema[several].as_array() {
            let mut said: Vec<String> = alternatives.iter().map(takes).collect();
            said.dedup();
            return either(&said);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let shown = |word: &Value| {
            word.as_str()
                .map_or_else(|| word.to_string(), str::to_owned)
        };
        return either(&words.iter().map(shown).collect::<Vec<_>>());
    }
    if let Some(name) = schema["$ref"].as_str() {
        return match name.rsplit('/').next() {
            Some("check") => "a check".to_owned(),
            _ => "an expectation: facts, and what is expected of each".to_owned(),
        };
    }
    if schema["pattern"] == keys::duration()["pattern"] {
        return "a duration, e.g. 2s".to_owned();
    }
    match schema["type"].as_str().unwrap_or_default() {
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" | "number" => number(schema),
        "array" => format!("a list; of each: {}", takes(&schema["items"])),
        "object" if schema["properties"].is_object() => mapping(schema),
        "object" => match &schema["additionalProperties"] {
            Value::Object(_) => format!(
                "a mapping of names; of each: {}",
                takes(&schema["additionalProperties"])
            ),
            _ => "a mapping".to_owned(),
        },
        _ => "anything".to_owned(),
    }
}

/// `a mapping with resolver and timeout`.
fn mapping(schema: &Value) -> String {
    let keys = schema["properties"].as_object().into_iter().flatten();
    let keys: Vec<&str> = keys.map(|(key, _)| key.as_str()).collect();
    format!("a mapping with {}", keys.join(", "))
}

fn number(schema: &Value) -> String {
    let kind = match schema["type"] == "integer" {
        true => "a whole number",
        false => "a number",
    };
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!("{kind} from {least} to {most}"),
        (Some(least), None) => format!("{kind}, at least {least}"),
        (None, Some(most)) => format!("{kind}, at most {most}"),
        (None, None) => kind.to_owned(),
    }
}

/// `a, b or c`.
fn either(words: &[String]) -> String {
    match words {
        [] => "anything".to_owned(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}
