//! `$` keys: a JSONPath (RFC 9535) into what was seen.
//!
//! The library parses; what it lets pass is checked here once more (`typing`) and walked here (`walk`), because its own
//! evaluation gives wrong answers to nested filters and has no bound.

mod filter;
mod pattern;
mod typing;
mod walk;

use crate::shape::Shape;
use crate::suggest;
use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use serde_json::Value;
use walk::{TooMuch, Walk};

/// The longest selector, in octets.
const LONGEST: usize = 512;
/// The deepest nesting of brackets; the parser's time doubles with each.
const DEEPEST: usize = 8;

/// A selector, parsed once.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: String,
    query: JpQuery,
    everywhere: Vec<String>,
    /// The first of its segments that looks into what has names of its own, as a JSON body has: what is missing there is not.
    foreign: Option<usize>,
}

/// What a selector selects.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected<'a> {
    /// The values, in the order of the document.
    pub values: Vec<&'a Value>,
    /// A name that was looked for and not found where it could have been: what it stands for could not be seen.
    pub unseen: Option<String>,
}

impl JsonPath {
    /// Parses a selector.
    ///
    /// # Errors
    /// A sentence saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        bounded(text)?;
        let query = parse_json_path(text).map_err(|error| unreadable(text, &error))?;
        typing::check(&query)?;
        Ok(Self {
            text: text.to_owned(),
            query,
            everywhere: Vec::new(),
            foreign: None,
        })
    }

    /// The selector as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it can select one value at most: only names and indices.
    pub fn is_singular(&self) -> bool {
        typing::is_singular(&self.query.segments)
    }

    /// Holds its names against what can be seen, as far as they can be followed.
    ///
    /// # Errors
    /// What is wrong and a remedy, each a sentence.
    pub fn within(mut self, shape: &Shape) -> Result<Self, (String, String)> {
        if !matches!(
            self.query.segments.first(),
            None | Some(Segment::Selector(Selector::Name(_)))
        ) {
            self.everywhere = shape
                .fields()
                .iter()
                .map(|field| field.key.clone())
                .collect();
        }
        let mut at = shape;
        for (place, segment) in self.query.segments.iter().enumerate() {
            at = match (segment, at) {
                (_, Shape::Any | Shape::Named(_)) => {
                    self.foreign = Some(place);
                    break;
                }
                (Segment::Selector(Selector::Name(name)), shape) => named(name, shape)?,
                (Segment::Selector(_), Shape::List(item) | Shape::Sequence(item)) => item,
                _ => break,
            };
        }
        Ok(self)
    }

    /// What it selects.
    ///
    /// # Errors
    /// A sentence, when that takes too long.
    pub fn select<'a>(&self, root: &'a Value) -> Result<Selected<'a>, String> {
        let walk = Walk::new(root);
        let mut values = vec![root];
        let mut unseen = None;
        for (place, segment) in self.query.segments.iter().enumerate() {
            let is_foreign = self.foreign.is_some_and(|foreign| place >= foreign);
            let selected = if is_foreign {
                walk.quietly(|| walk.segment(segment, values))
            } else {
                unseen = unseen.or_else(|| not_there(segment, &values));
                walk.segment(segment, values)
            };
            values = selected.map_err(|TooMuch| TooMuch.to_string())?;
        }
        let unseen = unseen.or_else(|| walk.missed());
        let unseen = unseen.or_else(|| self.unseen_anywhere(root).filter(|_| values.is_empty()));
        Ok(Selected { values, unseen })
    }

    /// What is missing of all there could be, where a selector looks through all of it.
    fn unseen_anywhere(&self, root: &Value) -> Option<String> {
        let lacks = |key: &&String| root.get(key.as_str()).is_none();
        self.everywhere.iter().find(lacks).cloned()
    }
}

/// The shape under a JSON key.
fn named<'s>(name: &str, shape: &'s Shape) -> Result<&'s Shape, (String, String)> {
    if let Shape::List(_) | Shape::Sequence(_) = shape {
        return Err((
            format!("`{name}` of a list"),
            "write `[*]` for each of them, or `[0]` for the first".to_owned(),
        ));
    }
    let keys: Vec<&str> = shape
        .fields()
        .iter()
        .map(|field| field.key.as_str())
        .collect();
    let known = shape.fields().iter().find(|field| field.key == name);
    known
        .map(|field| &field.shape)
        .ok_or_else(|| match keys.as_slice() {
            [] => (
                format!("`{name}` of {}", shape.kind()),
                "it has no parts".to_owned(),
            ),
            keys => (format!("unknown key `{name}`"), suggest::remedy(name, keys)),
        })
}

fn not_there(segment: &Segment, nodes: &[&Value]) -> Option<String> {
    let Segment::Selector(Selector::Name(name)) = segment else {
        return None;
    };
    let lacks = |node: &&Value| {
        node.as_object()
            .is_some_and(|fields| !fields.contains_key(name))
    };
    nodes.iter().any(lacks).then(|| name.clone())
}

fn unreadable(text: &str, error: &JsonPathError) -> String {
    let said = error.to_string();
    if let Some(call) = said.strip_prefix("Invalid json path: Function ") {
        let name = call.split('(').next().unwrap_or(call);
        return format!("`{name}()` is already true or false: do not compare it");
    }
    if let Some(what) = said.strip_prefix("Invalid json path: Invalid ") {
        return format!("not a JSONPath (RFC 9535): invalid {what}");
    }
    let Some(rest) = column(&said).map(|column| from(text, column)) else {
        return "not a JSONPath (RFC 9535)".to_owned();
    };
    match rest.chars().next() {
        None => "not a JSONPath (RFC 9535): it ends too early".to_owned(),
        Some('-') => "a name with a dash stands in brackets, like `$['as-path']`".to_owned(),
        Some(_) => format!("not a JSONPath (RFC 9535) from `{rest}` on"),
    }
}

/// The column the parser names, from 1, where it speaks of the first line.
fn column(said: &str) -> Option<usize> {
    let place = said.split("--> 1:").nth(1)?;
    place.split_whitespace().next()?.parse().ok()
}

fn from(text: &str, column: usize) -> &str {
    let start = text.char_indices().nth(column.saturating_sub(1));
    start
        .and_then(|(start, _)| text.get(start..))
        .unwrap_or_default()
}

fn bounded(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} octets"));
    }
    let bare = without_quotes(text);
    let mut depth = 0_usize;
    for c in bare.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("nested deeper than {DEEPEST}"));
        }
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let spaces = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let mut parts = bare
        .split(spaces)
        .filter(|part| !part.is_empty())
        .peekable();
    while let (Some(part), Some(next)) = (parts.next(), parts.peek()) {
        if part.ends_with(word) && next.starts_with(word) {
            return Err(
                "a name with a space stands in brackets and quotes, like `$['a b']`".to_owned(),
            );
        }
    }
    Ok(())
}

/// The text with each letter between quotes replaced.
fn without_quotes(text: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    let bare = |c: char| match quote {
        Some(open) if c == open && !escaped => {
            quote = None;
            c
        }
        Some(_) => {
            escaped = c == '\\' && !escaped;
            '.'
        }
        None => {
            quote = matches!(c, '\'' | '"').then_some(c);
            c
        }
    };
    text.chars().map(bare).collect()
}

#[cfg(test)]
mod tests;
