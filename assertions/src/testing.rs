//! What the unit tests of this crate share: JSON as if it had been written, and chance that is the same every time.

use crate::expect::{self, Expect};
use crate::problem::Problems;
use crate::quantity::Unit;
use crate::shape::{Field, Shape};
use crate::written::{Entry, Node, Span, Spanned, Value as Written};
use serde_json::{Value, json};

/// A written value; each part of it has a place of its own, in the order of reading.
pub(crate) fn written(json: &Value) -> Node {
    node(json, &mut 0)
}

fn node(json: &Value, next: &mut usize) -> Node {
    let span = place(next);
    let value = match json {
        Value::Null => Written::Null,
        Value::Bool(flag) => Written::Flag(*flag),
        Value::Number(number) => Written::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Written::Text(text.clone()),
        Value::Array(items) => Written::List(items.iter().map(|item| node(item, next)).collect()),
        Value::Object(fields) => Written::Map(
            fields
                .iter()
                .map(|(key, value)| entry(key, value, next))
                .collect(),
        ),
    };
    Spanned::new(value, span)
}

fn entry(key: &str, value: &Value, next: &mut usize) -> Entry {
    let key = Spanned::new(key.to_owned(), place(next));
    Entry {
        key,
        value: node(value, next),
    }
}

fn place(next: &mut usize) -> Span {
    let start = *next;
    *next += 1;
    Span { start, end: *next }
}

/// What is written, read without a problem.
#[track_caller]
pub(crate) fn expected(shape: &Shape, json: &Value) -> Expect {
    let mut problems = Problems::default();
    let expect = expect::read(&written(json), shape, &mut problems);
    assert_eq!(problems.0, [], "{json}");
    expect.expect("what has no problem is read")
}

/// Chance from a seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What a made-up probe can see: answers and a route, with every kind of value.
pub(crate) fn shape() -> Shape {
    let address = json!({
        "address": { "type": "string", "format": "ip" },
        "asn": { "type": "string", "format": "asn" },
        "as-name": { "type": "string" },
        "country": { "type": "string", "format": "country" },
        "prefix": { "type": "string", "format": "network" },
        "hostname": { "type": "string", "format": "hostname" },
        "rtt_ms": { "type": "number" },
        "rtts_ms": { "type": "array", "items": { "type": "number" } },
        "evidence": { "enum": ["weak", "strong"] },
        "mpls": { "type": "array", "items": { "type": "object", "properties": { "label": { "type": "integer" } } } },
    });
    let schema = json!({ "type": "object", "$defs": { "address": { "type": "object", "properties": address } }, "properties": {
        "status": { "oneOf": [{ "const": "NOERROR" }, { "const": "NODATA" }, { "const": "NXDOMAIN" }] },
        "reached": { "type": "boolean" },
        "replies": { "type": "integer" },
        "time_ms": { "type": "number" },
        "size_bytes": { "type": "integer" },
        "loss_percent": { "type": "number" },
        "ttl_s": { "type": "integer" },
        "nsid": { "type": ["string", "null"] },
        "edns": { "anyOf": [{ "type": "object", "properties": {
            "udp_size_bytes": { "type": "integer" }, "nsid": { "type": "string" }, "errors": { "type": "array", "items": { "type": "string" } },
        } }, { "type": "null" }] },
        "chain": { "type": "array", "items": { "type": "string", "format": "hostname" }, "x-ordered": true },
        "data": { "type": "array", "items": { "type": "string" } },
        "addresses": { "type": "array", "items": { "$ref": "#/$defs/address" } },
        "answers": { "type": "array", "items": { "type": "object", "properties": {
            "name": { "type": "string", "format": "hostname" }, "type": { "type": "string" }, "ttl_s": { "type": "integer" },
        } } },
        "destination": { "$ref": "#/$defs/address" },
        "silent-hops": { "type": "integer", "x-doubt": true, "x-volatile": true },
        "path": { "type": "array", "x-ordered": true, "items": { "type": "object", "properties": {
            "ttl": { "type": "integer" }, "addresses": { "type": "array", "items": { "$ref": "#/$defs/address" } },
        } } },
    } });
    let seen = Shape::from_schema(&schema);
    let hop = seen
        .field("destination")
        .map_or(Shape::Any, |field| field.shape.clone());
    let hop = hop.with(Field::new("hop", "hop", "", Shape::Number(Unit::None)));
    let hops = |word: &str| Field::new(word, "path", "", Shape::Sequence(Box::new(hop.clone())));
    seen.with(hops("passes")).with(hops("avoids"))
}
