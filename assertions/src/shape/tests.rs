use super::*;
use serde_json::json;

#[track_caller]
fn check(schema: Value, expect: Shape) {
    assert_eq!(Shape::from_schema(&schema), expect, "{schema}");
}

fn text(kind: Text) -> Shape {
    Shape::Text(kind)
}

fn words(words: &[&str]) -> Shape {
    text(Text::Words(
        words.iter().map(|word| (*word).to_owned()).collect(),
    ))
}

#[test]
fn every_kind_of_value_has_a_shape() {
    check(json!({ "type": "boolean" }), Shape::Flag);
    check(
        json!({ "type": "integer", "format": "uint8" }),
        Shape::Number(Unit::None),
    );
    check(
        json!({ "type": ["number", "null"] }),
        Shape::Number(Unit::None),
    );
    check(json!({ "type": "string" }), text(Text::Plain));
    check(
        json!({ "type": ["string", "null"], "format": "ipv6" }),
        text(Text::Address),
    );
    for (format, kind) in [
        ("asn", Text::Asn),
        ("country", Text::Country),
        ("hostname", Text::Hostname),
        ("ip", Text::Address),
        ("network", Text::Network),
        ("date", Text::Plain),
    ] {
        check(json!({ "type": "string", "format": format }), text(kind));
    }
    check(
        json!({ "type": "array", "items": { "type": "boolean" } }),
        Shape::List(Box::new(Shape::Flag)),
    );
    check(
        json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
        Shape::Named(Box::new(Shape::Flag)),
    );
    check(json!(true), Shape::Any);
    check(json!(null), Shape::Any);
}

#[test]
fn words_are_found_in_each_way_they_are_written() {
    check(json!({ "enum": ["a", "b", null] }), words(&["a", "b"]));
    check(
        json!({ "oneOf": [{ "const": "a" }, { "enum": ["b", "c"] }, { "type": "null" }] }),
        words(&["a", "b", "c"]),
    );
    check(
        json!({ "enum": [1, 2], "type": "integer" }),
        Shape::Number(Unit::None),
    );
    check(
        json!({ "anyOf": [{ "$ref": "#/$defs/w" }, { "type": "null" }], "$defs": { "w": { "enum": ["a"] } } }),
        words(&["a"]),
    );
}

#[test]
fn a_record_has_words_units_and_marks() {
    let shape = Shape::from_schema(&json!({ "type": "object", "properties": {
        "rtt_ms": { "type": "number", "description": "Round\ntrip.", "x-volatile": true },
        "rtts_ms": { "type": "array", "items": { "type": "number" } },
        "chain": { "$ref": "#/$defs/names", "x-ordered": true },
        "silent-hops": { "type": "integer", "x-doubt": true },
        "address": { "type": "string", "format": "ip" },
    }, "$defs": { "names": { "type": "array", "items": { "type": "string", "format": "hostname" }, "description": "Names." } } }));
    assert_eq!(
        shape.words(),
        ["rtt", "rtts", "chain", "silent-hops", "address", "in"]
    );
    let field = |word: &str| shape.field(word).expect("a field").clone();
    assert_eq!(
        (
            field("rtt").key.as_str(),
            field("rtt").about.as_str(),
            field("rtt").volatile
        ),
        ("rtt_ms", "Round trip.", true)
    );
    assert_eq!(field("rtt").shape, Shape::Number(Unit::Milliseconds));
    assert_eq!(
        field("rtts").shape,
        Shape::List(Box::new(Shape::Number(Unit::Milliseconds)))
    );
    assert_eq!(
        field("chain").shape,
        Shape::List(Box::new(text(Text::Hostname)))
    );
    assert_eq!(
        (field("chain").about.as_str(), field("chain").ordered),
        ("Names.", true)
    );
    assert!(field("silent-hops").doubt);
    assert_eq!(
        (field("in").key.as_str(), field("in").shape),
        ("address", text(Text::Within))
    );
    assert_eq!(shape.field("rtt_ms"), None);
}

#[test]
fn a_schema_that_contains_itself_comes_to_an_end() {
    check(json!({ "$ref": "#" }), Shape::Any);
    let tree = Shape::from_schema(
        &json!({ "type": "object", "properties": { "below": { "type": "array", "items": { "$ref": "#" } } } }),
    );
    assert_eq!(tree.words(), ["below"]);
}
