//! Picking out what is to be remembered or compared: `chain`, `addresses.asn`.

use crate::quantity::Unit;
use crate::shape::{Field, Shape, Text};
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
        let mut at = shape.clone();
        for word in text.split('.') {
            while let Shape::List(item) | Shape::Sequence(item) = at {
                at = *item;
            }
            let field = fact(word, &at)?;
            at = field.shape.clone();
            fields.push(field);
        }
        Ok(Self {
            text: text.to_owned(),
            fields,
        })
    }

    /// The shape of what it selects, or of each thing where it selects several.
    pub fn shape(&self) -> &Shape {
        self.fields
            .last()
            .map_or(&Shape::Any, |field| innermost(&field.shape))
    }

    /// Why its value is never the same twice, if it is not.
    pub fn volatile(&self) -> Option<String> {
        let last = self.fields.iter().find(|field| is_volatile(field))?;
        Some(format!("`{}` is never the same twice", last.word))
    }

    /// Whether it is one time or one share, never the same twice and yet steady: its level and its spread can be remembered.
    pub fn is_band(&self) -> bool {
        let steady =
            |shape: &Shape| matches!(shape, Shape::Number(Unit::Milliseconds | Unit::Percent));
        let one = self
            .fields
            .iter()
            .all(|field| !matches!(field.shape, Shape::List(_) | Shape::Sequence(_)));
        one && self.fields.last().is_some_and(|field| steady(&field.shape))
    }

    /// The number it selects, where it is one and was seen.
    pub fn number(&self, seen: &Value) -> Option<f64> {
        let found = self
            .fields
            .iter()
            .try_fold(seen, |value, field| value.get(&field.key));
        found?.as_f64()
    }

    /// The unit of the number it selects.
    pub fn unit(&self) -> Unit {
        match self.fields.last().map(|field| &field.shape) {
            Some(Shape::Number(unit)) => *unit,
            _ => Unit::None,
        }
    }

    /// Whether nothing of it is left once what is never the same twice is left out.
    pub fn remembers_nothing(&self) -> bool {
        self.fields
            .last()
            .is_some_and(|field| nothing_lasts(&field.shape))
    }

    /// What it selects: each value once. Sorted, unless the order carries meaning; without volatile parts. Nothing where some
    /// of it could not be seen; what was looked at and is nothing is null, and an empty list where a list could be.
    pub fn values(&self, seen: &Value) -> Option<Value> {
        let found = self.fields.iter().try_fold(vec![seen], descend)?;
        let last = self.fields.last()?;
        if self
            .fields
            .iter()
            .any(|field| matches!(field.shape, Shape::List(_)))
        {
            let items = found.into_iter().flat_map(elements);
            return Some(settled(
                items.map(|item| stable(item, innermost(&last.shape))),
                last.ordered,
            ));
        }
        found.first().map(|value| stable(value, &last.shape))
    }
}

fn fact(word: &str, shape: &Shape) -> Result<Field, (String, String)> {
    let Some(field) = shape.fact(word) else {
        return Err((
            format!("unknown fact `{word}`"),
            suggest::remedy(word, &shape.words()),
        ));
    };
    if is_own(&field) {
        return Ok(field);
    }
    let own = shape
        .fields()
        .iter()
        .find(|other| is_own(other) && other.key == field.key);
    let help = own.map_or_else(String::new, |own| {
        format!("the fact it is said of is `{}`", own.word)
    });
    Err((format!("`{word}` is expected, it is not seen"), help))
}

/// All that stands under the key of a field in each of these; nothing when it is missing anywhere.
fn descend<'a>(values: Vec<&'a Value>, field: &Field) -> Option<Vec<&'a Value>> {
    let mut found = Vec::new();
    for value in values.into_iter().flat_map(elements) {
        let inner = if value.is_null() {
            value
        } else if field.certain {
            value.get(&field.key).unwrap_or(&Value::Null)
        } else {
            value.get(&field.key)?
        };
        let no_list = inner.is_null() && matches!(field.shape, Shape::List(_));
        if !no_list {
            found.push(inner);
        }
    }
    Some(found)
}

/// The elements of a list; any other value itself.
fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn innermost(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(item) => item,
        other => other,
    }
}

/// Sorted and each once, unless their order says something.
fn settled(values: impl Iterator<Item = Value>, ordered: bool) -> Value {
    let mut values: Vec<Value> = values.collect();
    if !ordered {
        values.sort_by_cached_key(ToString::to_string);
        values.dedup();
    }
    Value::Array(values)
}

fn is_volatile(field: &Field) -> bool {
    field.volatile || Unit::of_key(&field.key).1 != Unit::None
}

/// The value without what is never the same twice; a thing with an address becomes that address.
fn stable(value: &Value, shape: &Shape) -> Value {
    match (value, shape) {
        (Value::Object(_), Shape::Named(_)) => value.clone(),
        (Value::Object(map), _) if map.contains_key("address") => map["address"].clone(),
        (Value::Object(map), Shape::Record(fields)) => {
            let kept = fields
                .iter()
                .filter(|field| !is_volatile(field) && is_own(field));
            let pairs = kept
                .filter_map(|field| Some((field.key.clone(), part(map.get(&field.key)?, field))));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        (value, _) => value.clone(),
    }
}

fn nothing_lasts(shape: &Shape) -> bool {
    match innermost(shape) {
        Shape::Record(fields) => {
            let mut lasting = fields
                .iter()
                .filter(|field| is_own(field) && !is_volatile(field));
            lasting.all(|field| nothing_lasts(&field.shape))
        }
        _ => false,
    }
}

/// Whether a field stands under its own key, and does not say something of another's.
fn is_own(field: &Field) -> bool {
    !matches!(field.shape, Shape::Sequence(_) | Shape::Text(Text::Within))
}

fn part(value: &Value, field: &Field) -> Value {
    match (value, &field.shape) {
        (Value::Array(items), Shape::List(item)) => {
            settled(items.iter().map(|inner| stable(inner, item)), field.ordered)
        }
        (value, shape) => stable(value, shape),
    }
}

#[cfg(test)]
mod tests;
