//! Where a value of any kind stands, `${…}` may stand for one.

use serde_json::{Value, json};

/// What a text with something to be filled in looks like. It is said beside what else fits, and never instead, so that an
/// editor completes and checks what is written out.
const FILLED: &str = r"\$\{";

/// Lets what is to be filled in stand for anything within a schema.
pub(super) fn fillable(schema: &mut Value) {
    within(schema);
    widen(schema);
}

/// The same for what a mapping holds, and not for the mapping itself.
pub(super) fn within(schema: &mut Value) {
    for key in ["properties", "patternProperties"] {
        if let Some(fields) = schema.get_mut(key).and_then(Value::as_object_mut) {
            fields.values_mut().for_each(fillable);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
            fillable(inner);
        }
    }
    // One of several suffices.
    if let Some(any) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        let mut any = any.iter_mut();
        any.next().into_iter().for_each(fillable);
        any.for_each(within);
    }
}

/// Lets `${…}` stand beside what a schema itself says.
fn widen(schema: &mut Value) {
    if let Some(words) = schema.get("enum").cloned() {
        schema["anyOf"] = json!([{ "enum": words }, { "type": "string", "pattern": FILLED }]);
        schema
            .as_object_mut()
            .map(|fields| fields.shift_remove("enum"));
        return;
    }
    match (schema["type"].as_str(), schema["pattern"].as_str()) {
        (Some("string"), Some(pattern)) => schema["pattern"] = format!("{pattern}|{FILLED}").into(),
        (Some(other @ ("number" | "integer" | "boolean" | "array" | "object")), _) => {
            schema["type"] = json!([other, "string"]);
            schema["pattern"] = FILLED.into();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mut schema: Value, expect: &Value) {
        fillable(&mut schema);
        assert_eq!(schema, *expect);
    }

    #[test]
    fn what_is_to_be_filled_in_may_stand_anywhere() {
        check(
            json!({ "type": "integer", "minimum": 1 }),
            &json!({ "type": ["integer", "string"], "minimum": 1, "pattern": FILLED }),
        );
        check(
            json!({ "type": "string", "pattern": "^[0-9]+s$" }),
            &json!({ "type": "string", "pattern": "^[0-9]+s$|\\$\\{" }),
        );
        check(
            json!({ "type": "string", "minLength": 1 }),
            &json!({ "type": "string", "minLength": 1 }),
        );
        check(
            json!({ "enum": ["a", "b"], "description": "x" }),
            &json!({ "description": "x", "anyOf": [{ "enum": ["a", "b"] }, { "type": "string", "pattern": FILLED }] }),
        );
    }

    #[test]
    fn one_of_several_alternatives_suffices() {
        check(
            json!({ "anyOf": [{ "type": "boolean" }, { "type": "object", "properties": { "not": { "type": "boolean" } } }] }),
            &json!({ "anyOf": [
                { "type": ["boolean", "string"], "pattern": FILLED },
                { "type": "object", "properties": { "not": { "type": ["boolean", "string"], "pattern": FILLED } } },
            ] }),
        );
    }
}
