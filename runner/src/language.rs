//! The words around checks: what `${…}` stands for, what is shared between files, and which tests one check makes.
//!
//! All of it happens to the tree that was read, before anybody looks for checks in it. Nothing is done to text as text: a
//! name is replaced by the value it stands for, of whatever kind that is. What comes from outside (a variable of the
//! environment, a file of cases, an answer) is never looked at for `${…}` again.

mod cases;
mod checks;
mod file;
mod fill;
mod for_each;
mod given;
mod include;
mod reference;
mod scope;

pub mod capture;
pub mod mask;
pub mod secrets;

pub use checks::{Form, Made, Words};
pub use file::{project, scenario};
pub use fill::{Filler, Told, unused};
pub use given::Given;
pub use include::{COMMON, SHARED, Shelf, is_shared, shared};
pub use scope::{Origin, Scope};

use crate::keys::text;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use serde_json::{Value as Json, json};

/// What a name may be made of: a letter, then letters, digits, `-` and `_`.
pub fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}

/// A name that is none.
fn no_name(name: &str, span: Span) -> Problem {
    Problem::new(span, format!("`{name}` cannot be a name")).help(
        "a name is a letter, then letters, digits, `-` and `_`, so that it can stand in `${…}`",
    )
}

/// The schema of values by name.
fn named_values() -> Json {
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": NAME } })
}

/// The schema of `for-each`.
pub fn for_each_schema() -> Json {
    let lists = json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": NAME },
        "additionalProperties": { "anyOf": [{ "type": "array", "minItems": 1 }, { "type": "string", "pattern": r"\$\{" }] } });
    let table = json!({ "type": "array", "minItems": 1, "items": named_values() });
    let file = json!({ "type": "object", "required": ["file"], "additionalProperties": false, "properties": { "file": text() } });
    json!({ "anyOf": [lists, table, file] })
}

/// The schema of `capture`.
pub fn capture_schema() -> Json {
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": NAME }, "additionalProperties": text() })
}

const NAME: &str = "^[A-Za-z][A-Za-z0-9_-]*$";
