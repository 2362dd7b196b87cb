//! `$` keys: a JSONPath (RFC 9535) into what was seen.
//!
//! The library answers 694 of the 703 cases of the compliance suite; the kinds of selector it gets wrong are refused when a
//! scenario is loaded, so that nothing is judged by a wrong selection.

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

const LONGEST: usize = 512;
const DEEPEST: usize = 8;

/// A selector, parsed once.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: String,
    query: JpQuery,
}

impl JsonPath {
    /// Parses a selector.
    ///
    /// # Errors
    /// A sentence saying what is wrong with it, or that it is of a kind that is refused.
    pub fn parse(text: &str) -> Result<Self, String> {
        bounded(text)?;
        known_gaps(text)?;
        let query = parse_json_path(text).map_err(|error| {
            let place = error.to_string();
            let last = place
                .lines()
                .rfind(|line| line.contains('='))
                .unwrap_or("")
                .trim()
                .trim_start_matches("= ");
            format!(
                "not a JSONPath (RFC 9535){}{last}",
                if last.is_empty() { "" } else { ": " }
            )
        })?;
        Ok(Self {
            text: text.to_owned(),
            query,
        })
    }

    /// The selector as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it selects, in the order of the document.
    pub fn select<'a>(&self, root: &'a Value) -> Vec<&'a Value> {
        let found = js_path_process(&self.query, root).unwrap_or_default();
        found
            .into_iter()
            .map(jsonpath_rust::query::QueryRef::val)
            .collect()
    }
}

fn bounded(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for c in text.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    match () {
        () if text.len() > LONGEST => Err(format!("longer than {LONGEST} octets")),
        () if deepest > DEEPEST => Err(format!("nested deeper than {DEEPEST}")),
        () => Ok(()),
    }
}

/// The selectors the library gets wrong: a filter inside a filter, several selectors after `..`, and a function used where its
/// type does not fit (RFC 9535 §2.4.3).
fn known_gaps(text: &str) -> Result<(), String> {
    let bare = without_quotes(text);
    if filter_in_filter(&bare) {
        return Err("a filter inside a filter is refused: select step by step".to_owned());
    }
    if several_after_descent(&bare) {
        return Err(
            "several selectors after `..` are refused: write one `$` key for each".to_owned(),
        );
    }
    ill_typed_function(&bare)
}

fn without_quotes(text: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    let keep = |c: char| match quote {
        Some(_) if escaped => {
            escaped = false;
            '_'
        }
        Some(_) if c == '\\' => {
            escaped = true;
            '_'
        }
        Some(open) if c == open => {
            quote = None;
            c
        }
        Some(_) => '_',
        None => {
            quote = matches!(c, '\'' | '"').then_some(c);
            c
        }
    };
    text.chars().map(keep).collect()
}

fn filter_in_filter(bare: &str) -> bool {
    let mut filters = Vec::new();
    let mut last = ' ';
    for c in bare.chars().filter(|c| !c.is_whitespace()) {
        match c {
            '[' => filters.push(false),
            ']' => drop(filters.pop()),
            '?' if matches!(last, '[' | ',') => {
                if filters.iter().any(|filter| *filter) {
                    return true;
                }
                if let Some(innermost) = filters.last_mut() {
                    *innermost = true;
                }
            }
            _ => {}
        }
        last = c;
    }
    false
}

fn several_after_descent(bare: &str) -> bool {
    bare.split("..[").skip(1).any(|rest| {
        let inside = rest.split(']').next().unwrap_or_default();
        !inside.trim_start().starts_with('?') && inside.contains(',')
    })
}

fn ill_typed_function(bare: &str) -> Result<(), String> {
    for name in ["length", "count", "value"] {
        for (at, _) in bare.match_indices(&format!("{name}(")) {
            let after = closing(&bare[at + name.len()..]);
            let compared = |text: &str| {
                ["==", "!=", "<", ">"]
                    .iter()
                    .any(|sign| text.contains(sign))
            };
            let before = bare[..at].trim_end();
            let left = before.ends_with(['=', '<', '>']);
            if !left && !compared(after.trim_start().get(..2).unwrap_or(after)) {
                return Err(format!("`{name}()` is a value: compare it with something"));
            }
        }
    }
    for name in ["match", "search"] {
        for (at, _) in bare.match_indices(&format!("{name}(")) {
            let after = closing(&bare[at + name.len()..]).trim_start();
            if after.starts_with(['=', '!', '<', '>'])
                || bare[..at].trim_end().ends_with(['=', '<', '>'])
            {
                return Err(format!(
                    "`{name}()` is already true or false: do not compare it"
                ));
            }
        }
    }
    Ok(())
}

/// What follows the parenthesis that the text begins with.
fn closing(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return &text[at + 1..],
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::JsonPath;
    use serde_json::json;

    #[track_caller]
    fn check(path: &str, expect: &[i64]) {
        let seen =
            json!({ "answers": [{ "type": "CNAME", "ttl_s": 60 }, { "type": "A", "ttl_s": 300 }] });
        let path = JsonPath::parse(path).expect("a selector");
        let found: Vec<_> = path
            .select(&seen)
            .into_iter()
            .filter_map(serde_json::Value::as_i64)
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_selector_finds_what_it_names() {
        check("$.answers[?@.type=='A'].ttl_s", &[300]);
        check("$.answers[*].ttl_s", &[60, 300]);
        check("$..ttl_s", &[60, 300]);
        check(
            "$.answers[?@.ttl_s > 100 && match(@.type, 'A+')].ttl_s",
            &[300],
        );
        check("$.nothing", &[]);
    }

    #[track_caller]
    fn refused(path: &str, because: &str) {
        let error = JsonPath::parse(path).expect_err("refused");
        assert!(error.contains(because), "{path}: {error}");
    }

    #[test]
    fn what_would_be_answered_wrongly_is_refused() {
        refused("$[?@[?@>1]]", "filter inside a filter");
        refused("$..['a','d']", "several selectors after");
        refused("$[?count(@.*)]", "compare it");
        refused("$[?length(@.a)]", "compare it");
        refused("$[?match(@.a, 'b') == true]", "do not compare");
        refused("$.answers[", "not a JSONPath");
        refused(&format!("${}", "[0]".repeat(400)), "longer");
        refused(
            &format!("$[?{}@.a{}]", "(".repeat(50), ")".repeat(50)),
            "deeper",
        );
    }
}
