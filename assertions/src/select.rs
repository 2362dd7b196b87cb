//! Picking out what is to be remembered or compared: `chain`, `addresses.asn`.

use crate::quantity::Unit;
use crate::shape::{Field, Shape};
use crate::suggest;
use serde_json::{Map, Value};

/// A dotted word, resolved against a shape.
#[derive(Clone, Debug)]
pub struct Selector {
    /// As written.
    pub text: String,
    fields: Vec<Field>,
}

impl Selector {
    /// Resolves `addresses.asn` against what can be seen.
    ///
    /// # Errors
    /// What is wrong with it and a remedy, each a sentence.
    pub fn parse(text: &str, shape: &Shape) -> Result<Self, (String, String)> {
        let mut fields: Vec<Field> = Vec::new();
        let mut at = shape;
        for word in text.split('.') {
            while let Shape::List(item) | Shape::Sequence(item) = at {
                at = item;
            }
            let Some(field) = at.field(word) else {
                return Err((
                    format!("unknown fact `{word}`"),
                    suggest::remedy(word, &at.words()),
                ));
            };
            fields.push(field.clone());
            at = &field.shape;
        }
        Ok(Self {
            text: text.to_owned(),
            fields,
        })
    }

    /// Why its value is never the same twice, if it is not.
    pub fn volatile(&self) -> Option<String> {
        let last = self.fields.iter().find(|field| is_volatile(field))?;
        Some(format!("`{}` is never the same twice", last.word))
    }

    /// What it selects: each value once. Sorted, unless the order carries meaning; without volatile parts. Nothing where it
    /// could not be seen.
    pub fn values(&self, seen: &Value) -> Option<Value> {
        let found = self
            .fields
            .iter()
            .try_fold(vec![seen], |values, field| descend(&values, &field.key))?;
        let last = self.fields.last()?;
        let single = !self
            .fields
            .iter()
            .any(|field| matches!(field.shape, Shape::List(_)));
        if single {
            return found.first().map(|value| stable(value, &last.shape));
        }
        let items = found.into_iter().flat_map(|value| match value {
            Value::Array(items) => items.iter().collect(),
            other => vec![other],
        });
        let inner = if let Shape::List(item) = &last.shape {
            item
        } else {
            &last.shape
        };
        let mut values: Vec<Value> = items.map(|item| stable(item, inner)).collect();
        if !last.ordered {
            values.sort_by_cached_key(ToString::to_string);
            values.dedup();
        }
        Some(Value::Array(values))
    }
}

/// All that stands under a key of each; nothing when it is missing everywhere.
fn descend<'a>(values: &[&'a Value], key: &str) -> Option<Vec<&'a Value>> {
    let one = |value: &'a Value| match value {
        Value::Array(items) => items.iter().filter_map(|item| item.get(key)).collect(),
        other => other.get(key).into_iter().collect::<Vec<_>>(),
    };
    let empty = values
        .iter()
        .all(|value| value.as_array().is_some_and(Vec::is_empty));
    let found: Vec<&Value> = values.iter().flat_map(|value| one(value)).collect();
    (empty || !found.is_empty()).then_some(found)
}

fn is_volatile(field: &Field) -> bool {
    field.volatile
        || matches!(
            Unit::of_key(&field.key).1,
            Unit::Milliseconds | Unit::Seconds | Unit::Bytes
        )
}

/// The value without what is never the same twice; a thing with an address becomes that address.
fn stable(value: &Value, shape: &Shape) -> Value {
    match (value, shape) {
        (Value::Object(map), _) if map.contains_key("address") => map["address"].clone(),
        (Value::Object(map), Shape::Record(fields)) => {
            let kept = fields
                .iter()
                .filter(|field| !is_volatile(field) && field.word != "in");
            let pairs = kept.filter_map(|field| {
                Some((
                    field.key.clone(),
                    stable(map.get(&field.key)?, &field.shape),
                ))
            });
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        (Value::Array(items), Shape::List(item) | Shape::Sequence(item)) => {
            items.iter().map(|inner| stable(inner, item)).collect()
        }
        (value, _) => value.clone(),
    }
}
