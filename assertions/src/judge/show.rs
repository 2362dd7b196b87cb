//! Values as a person reads them. Whatever came from outside is escaped here.

use crate::finding::{Mark, Row, escape};
use crate::operand::Operand;
use crate::phrase::joined;
use crate::shape::Shape;
use serde_json::Value;

/// The keys that tell one thing of a list from another.
const HEADLINES: &[&str] = &["address", "ttl", "name", "subject", "said", "step"];

/// One value, escaped and with its unit; of a long list the beginning.
pub fn show(value: &Value, shape: &Shape) -> String {
    match (value, shape) {
        (Value::Null, _) => "none".to_owned(),
        (Value::Array(items), Shape::List(item)) => {
            format!("[{}]", joined(items, ", ", |inner| show(inner, item)))
        }
        (Value::Array(items), _) => format!(
            "[{}]",
            joined(items, ", ", |inner| show(inner, &Shape::Any))
        ),
        (Value::Object(_), _) => headline(value),
        (Value::String(text), shape) => {
            let operand = Operand::seen(value, shape);
            operand.map_or_else(|| escape(text), |operand| operand.show(shape))
        }
        (_, shape) => {
            let operand = Operand::seen(value, shape);
            operand.map_or_else(|| escape(&value.to_string()), |operand| operand.show(shape))
        }
    }
}

/// What one thing of a list is called: its address, distance or name; a record without any in short JSON.
pub(super) fn headline(value: &Value) -> String {
    let found = HEADLINES
        .iter()
        .find_map(|key| value.get(key))
        .filter(|inner| !inner.is_null());
    match (found, value) {
        (Some(inner), _) => show(inner, &Shape::Any),
        (None, Value::Object(_)) => escape(&value.to_string()),
        (None, value) => show(value, &Shape::Any),
    }
}

/// A line for each.
pub(super) fn list(items: &[&Value], shape: &Shape) -> Vec<Row> {
    items
        .iter()
        .map(|item| Row {
            cells: vec![show(item, shape)],
            mark: Mark::Context,
        })
        .collect()
}
