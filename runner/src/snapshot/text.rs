//! What a snapshot says: readable, in the order the selectors give, with nothing in it that is never the same twice.

use crate::plan::Case;
use crate::verdict::Sided;
use netspec_assertions::finding::escape;
use netspec_assertions::select::Selector;
use serde_json::{Map, Value};
use similar::TextDiff;

/// The text of what has no value to remember: only levels are tracked, and those are in the model.
pub(super) const NOTHING: &str = "{}";

/// What a test has to remember.
///
/// # Errors
/// What of it could not be seen, with commas between.
pub(super) fn of(case: &Case, seen: &[Sided]) -> Result<String, String> {
    let tracked = case.check().track.iter().map(|selector| &selector.value);
    let selectors: Vec<&Selector> = tracked.filter(|selector| !selector.is_band()).collect();
    let mut unseen = Vec::new();
    let mut whole = Map::new();
    for (side, seen) in seen {
        let mut known = Map::new();
        for selector in &selectors {
            match selector.values(&seen.seen) {
                Some(values) => drop(known.insert(selector.text.clone(), values)),
                None => unseen.push(selector.text.as_str()),
            }
        }
        whole.insert(side.clone(), Value::Object(known));
    }
    if seen.is_empty() || !unseen.is_empty() {
        return Err(unseen.join(", "));
    }
    let only = whole.values().next().filter(|_| seen.len() == 1).cloned();
    Ok(lines(&only.unwrap_or(Value::Object(whole)), SNAPSHOT).join("\n"))
}

/// A value as YAML that reads back as the same value; short lists on one line.
pub(crate) fn yaml(value: &Value) -> String {
    lines(value, MODEL).join("\n")
}

/// How YAML is written.
#[derive(Clone, Copy)]
struct Form {
    /// The word for a fact that is known to be nothing.
    nothing: &'static str,
    /// How long a list may be that is written on one line, in characters.
    inline: usize,
}

const SNAPSHOT: Form = Form {
    nothing: ABSENT,
    inline: 0,
};

const MODEL: Form = Form {
    nothing: "null",
    inline: 80,
};

/// What differs, as a unified diff.
pub(super) fn diff(before: &str, now: &str) -> String {
    let (before, now) = (format!("{before}\n"), format!("{now}\n"));
    let diff = TextDiff::from_lines(&before, &now);
    diff.unified_diff().context_radius(3).to_string()
}

/// A value as YAML in block style, a line each.
fn lines(value: &Value, form: Form) -> Vec<String> {
    if let Some(line) = on_one_line(value, form) {
        return vec![line];
    }
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().flat_map(|inner| item(inner, form)).collect()
        }
        Value::Object(fields) if !fields.is_empty() => fields
            .iter()
            .flat_map(|(key, value)| field(key, value, form))
            .collect(),
        Value::Array(_) => vec!["[]".to_owned()],
        Value::Object(_) => vec!["{}".to_owned()],
        Value::String(text) => vec![scalar(text)],
        Value::Null => vec![form.nothing.to_owned()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

/// A list of plain values that is short enough.
fn on_one_line(value: &Value, form: Form) -> Option<String> {
    let items = value.as_array().filter(|items| !items.is_empty())?;
    if form.inline == 0 || items.iter().any(|item| item.is_array() || item.is_object()) {
        return None;
    }
    let quoted = |item: &Value| match item {
        Value::String(text) if text.contains([',', ']', '}', '[', '{']) => item.to_string(),
        item => lines(item, form).concat(),
    };
    let all: Vec<String> = items.iter().map(quoted).collect();
    let line = format!("[{}]", all.join(", "));
    (line.len() <= form.inline).then_some(line)
}

fn item(value: &Value, form: Form) -> Vec<String> {
    let mark = |(at, line): (usize, String)| {
        if at == 0 {
            format!("- {line}")
        } else {
            format!("  {line}")
        }
    };
    lines(value, form)
        .into_iter()
        .enumerate()
        .map(mark)
        .collect()
}

fn field(key: &str, value: &Value, form: Form) -> Vec<String> {
    let key = scalar(key);
    if let Some(line) = on_one_line(value, form) {
        return vec![format!("{key}: {line}")];
    }
    let inside = lines(value, form);
    let nested = match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    if !nested {
        return vec![format!("{key}: {}", inside.concat())];
    }
    std::iter::once(format!("{key}:"))
        .chain(inside.into_iter().map(|line| format!("  {line}")))
        .collect()
}

/// The word for a fact that is known to be nothing.
const ABSENT: &str = "absent";

/// Text from outside, made safe, in quotes where it would read as something else.
fn scalar(text: &str) -> String {
    let safe = escape_whole(text);
    let other = text.is_empty()
        || text.trim() != text
        || text.starts_with(|c: char| "-?:,[]{}#&*!|>'\"%@`".contains(c))
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.parse::<f64>().is_ok()
        || [ABSENT, "null", "~", "true", "false"].contains(&text);
    if other {
        Value::String(safe).to_string()
    } else {
        safe
    }
}

/// `escape` cuts what is long, and a change after the cut must not go unseen: so it is given parts that it never cuts.
fn escape_whole(text: &str) -> String {
    const PART: usize = 200;
    let letters: Vec<char> = text.chars().collect();
    letters
        .chunks(PART)
        .map(|part| escape(&part.iter().collect::<String>()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_model_has_short_lists_on_one_line_and_is_read_back_as_it_was() {
        let value = json!({
            "origins": [132203, 749],
            "names": ["a, b", "[c]", "- d", "e"],
            "empty": [],
            "long": vec!["something that does not fit beside others"; 3],
            "hops": [{ "flows": [0, 1, 2], "holder": null }],
        });
        let text = yaml(&value);
        assert!(text.starts_with("origins: [132203, 749]\n"), "{text}");
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read, value, "{text}");
    }

    #[test]
    fn a_value_reads_like_yaml() {
        let value = json!({
            "chain": ["mmsns.qpic.wechatos.net."],
            "status": "NOERROR",
            "addresses.asn": ["AS132203", null],
            "as-path": [["AS3215", "AS6453"], []],
            "records": [{ "type": "A", "data": "on: off" }],
            "answers": [],
        });
        let expect = "chain:\n  - mmsns.qpic.wechatos.net.\nstatus: NOERROR\naddresses.asn:\n  - AS132203\n  - absent\n\
            as-path:\n  - - AS3215\n    - AS6453\n  - []\nrecords:\n  - type: A\n    data: \"on: off\"\nanswers: []";
        assert_eq!(lines(&value, SNAPSHOT).join("\n"), expect);
    }

    #[test]
    fn text_from_outside_can_neither_command_nor_deceive() {
        assert_eq!(scalar("\u{1b}[2J\u{202e}x"), "\\u{1b}[2J\\u{202e}x");
        assert_eq!(scalar("a\n- b"), "a\\u{a}- b");
        for (text, expect) in [
            ("", "\"\""),
            ("12", "\"12\""),
            ("absent", "\"absent\""),
            ("- x", "\"- x\""),
            ("x ", "\"x \""),
        ] {
            assert_eq!(scalar(text), expect);
        }
    }

    #[test]
    fn the_end_of_a_long_text_is_remembered_too() {
        let long = "x".repeat(5_000);
        assert_eq!(scalar(&format!("{long}1")), format!("{long}1"));
        assert_ne!(scalar(&format!("{long}1")), scalar(&format!("{long}2")));
    }

    #[test]
    fn a_diff_shows_what_came_and_went() {
        let diff = diff("chain:\n  - a.", "chain:\n  - b.");
        assert_eq!(diff, "@@ -1,2 +1,2 @@\n chain:\n-  - a.\n+  - b.\n");
    }
}
