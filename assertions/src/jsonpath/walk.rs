//! Selecting by RFC 9535 §2.3 to §2.5, with a bound on the work.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test, TestFunction,
};
use regex::Regex;
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

/// The most values one selector looks at, each time counted anew.
const MOST_STEPS: usize = 2_000_000;
/// What reading one pattern costs in steps.
const PATTERN_STEPS: usize = 10_000;
/// The most memory one compiled pattern takes, in octets.
const PATTERN_BYTES: usize = 1 << 18;

/// The bound was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the selector looks at more than {MOST_STEPS} values"
        )
    }
}

type Nodes<'a> = Vec<&'a Value>;

/// None where it is no regular expression; RFC 9535 §2.4.6 lets that match nothing.
type Pattern = Option<Rc<Regex>>;

/// One walk through one document.
pub(super) struct Walk<'a> {
    root: &'a Value,
    left: Cell<usize>,
    patterns: RefCell<HashMap<(String, bool), Pattern>>,
}

impl<'a> Walk<'a> {
    /// From the top of a document.
    pub(super) fn new(root: &'a Value) -> Self {
        Self {
            root,
            left: Cell::new(MOST_STEPS),
            patterns: RefCell::default(),
        }
    }

    /// What one segment selects from each of these.
    pub(super) fn segment(&self, segment: &Segment, from: Nodes<'a>) -> Result<Nodes<'a>, TooMuch> {
        match segment {
            Segment::Descendant(inner) => self.segment(inner, self.descendants(from)?),
            Segment::Selector(one) => self.children(std::slice::from_ref(one), &from),
            Segment::Selectors(several) => self.children(several, &from),
        }
    }

    fn steps(&self, steps: usize) -> Result<(), TooMuch> {
        self.left
            .set(self.left.get().checked_sub(steps).ok_or(TooMuch)?);
        Ok(())
    }

    fn query(&self, segments: &[Segment], from: &'a Value) -> Result<Nodes<'a>, TooMuch> {
        segments
            .iter()
            .try_fold(vec![from], |nodes, segment| self.segment(segment, nodes))
    }

    /// Each of these and all below it, parents first.
    fn descendants(&self, from: Nodes<'a>) -> Result<Nodes<'a>, TooMuch> {
        let mut open: Nodes<'a> = from.into_iter().rev().collect();
        let mut found = Vec::new();
        while let Some(node) = open.pop() {
            self.steps(1)?;
            found.push(node);
            open.extend(below(node).into_iter().rev());
        }
        Ok(found)
    }

    fn children(&self, selectors: &[Selector], from: &[&'a Value]) -> Result<Nodes<'a>, TooMuch> {
        let mut found = Vec::new();
        for node in from {
            for selector in selectors {
                let selected = self.select(selector, node)?;
                self.steps(1 + selected.len())?;
                found.extend(selected);
            }
        }
        Ok(found)
    }

    fn select(&self, selector: &Selector, node: &'a Value) -> Result<Nodes<'a>, TooMuch> {
        Ok(match selector {
            Selector::Name(name) => node
                .as_object()
                .and_then(|fields| fields.get(name))
                .into_iter()
                .collect(),
            Selector::Index(index) => at(node, *index).into_iter().collect(),
            Selector::Wildcard => below(node),
            Selector::Slice(start, end, step) => slice(node, *start, *end, step.unwrap_or(1)),
            Selector::Filter(filter) => {
                let mut kept = Vec::new();
                for child in below(node) {
                    self.steps(1)?;
                    if self.holds(filter, child)? {
                        kept.push(child);
                    }
                }
                kept
            }
        })
    }

    fn holds(&self, filter: &Filter, at: &'a Value) -> Result<bool, TooMuch> {
        match filter {
            Filter::Or(all) => any(all, |one| self.holds(one, at)),
            Filter::And(all) => Ok(!any(all, |one| Ok(!self.holds(one, at)?))?),
            Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(self.holds(expr, at)? != *not),
            Filter::Atom(FilterAtom::Test { expr, not }) => Ok(self.test(expr, at)? != *not),
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.compare(comparison, at),
        }
    }

    fn test(&self, test: &Test, at: &'a Value) -> Result<bool, TooMuch> {
        match test {
            Test::RelQuery(segments) => Ok(!self.query(segments, at)?.is_empty()),
            Test::AbsQuery(query) => Ok(!self.query(&query.segments, self.root)?.is_empty()),
            Test::Function(function) => match &**function {
                TestFunction::Match(text, pattern) => self.matches(text, pattern, true, at),
                TestFunction::Search(text, pattern) => self.matches(text, pattern, false, at),
                _ => Ok(false),
            },
        }
    }

    fn matches(
        &self,
        text: &FnArg,
        pattern: &FnArg,
        whole: bool,
        at: &'a Value,
    ) -> Result<bool, TooMuch> {
        let (text, pattern) = (self.argument(text, at)?, self.argument(pattern, at)?);
        match (text.as_deref(), pattern.as_deref()) {
            (Some(Value::String(text)), Some(Value::String(pattern))) => {
                self.steps(1 + text.len() / 64)?;
                let regex = self.pattern(pattern, whole)?;
                Ok(regex.is_some_and(|regex| regex.is_match(text)))
            }
            _ => Ok(false),
        }
    }

    fn pattern(&self, pattern: &str, whole: bool) -> Result<Pattern, TooMuch> {
        let key = (pattern.to_owned(), whole);
        if let Some(known) = self.patterns.borrow().get(&key) {
            return Ok(known.clone());
        }
        self.steps(PATTERN_STEPS)?;
        let built = regex(pattern, whole).map(Rc::new);
        self.patterns.borrow_mut().insert(key, built.clone());
        Ok(built)
    }

    fn compare(&self, comparison: &Comparison, at: &'a Value) -> Result<bool, TooMuch> {
        let (left, right) = comparison.vals();
        let (left, right) = (self.comparable(left, at)?, self.comparable(right, at)?);
        let (left, right) = (left.as_deref(), right.as_deref());
        match comparison {
            Comparison::Eq(..) => self.same(left, right),
            Comparison::Ne(..) => Ok(!self.same(left, right)?),
            Comparison::Lt(..) => Ok(less(left, right)),
            Comparison::Gt(..) => Ok(less(right, left)),
            Comparison::Lte(..) => Ok(less(left, right) || self.same(left, right)?),
            Comparison::Gte(..) => Ok(less(right, left) || self.same(left, right)?),
        }
    }

    fn same(&self, left: Option<&Value>, right: Option<&Value>) -> Result<bool, TooMuch> {
        self.steps(1)?;
        match (left, right) {
            (Some(Value::Number(left)), Some(Value::Number(right))) => {
                Ok(order(left, right) == Some(Ordering::Equal))
            }
            (Some(Value::Array(left)), Some(Value::Array(right))) => {
                let differ = any(left.iter().zip(right), |(left, right)| {
                    Ok(!self.same(Some(left), Some(right))?)
                });
                Ok(left.len() == right.len() && !differ?)
            }
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                let differ = any(left, |(key, left)| {
                    Ok(!self.same(Some(left), right.get(key))?)
                });
                Ok(left.len() == right.len() && !differ?)
            }
            (left, right) => Ok(left == right),
        }
    }

    fn comparable(
        &self,
        side: &Comparable,
        at: &'a Value,
    ) -> Result<Option<Cow<'a, Value>>, TooMuch> {
        match side {
            Comparable::Literal(literal) => Ok(Some(Cow::Owned(json(literal)))),
            Comparable::Function(function) => self.function(function, at),
            Comparable::SingularQuery(SingularQuery::Current(steps)) => {
                Ok(single(steps, at).map(Cow::Borrowed))
            }
            Comparable::SingularQuery(SingularQuery::Root(steps)) => {
                Ok(single(steps, self.root).map(Cow::Borrowed))
            }
        }
    }

    fn function(
        &self,
        function: &TestFunction,
        at: &'a Value,
    ) -> Result<Option<Cow<'a, Value>>, TooMuch> {
        Ok(match function {
            TestFunction::Length(text) => self
                .argument(text, at)?
                .and_then(|value| length(&value))
                .map(count),
            TestFunction::Count(query) => Some(count(self.nodes(query, at)?.len())),
            TestFunction::Value(query) => only(&self.nodes(query, at)?),
            _ => None,
        })
    }

    /// An argument that is one value.
    fn argument(&self, argument: &FnArg, at: &'a Value) -> Result<Option<Cow<'a, Value>>, TooMuch> {
        match argument {
            FnArg::Literal(literal) => Ok(Some(Cow::Owned(json(literal)))),
            FnArg::Test(test) => match &**test {
                Test::Function(function) => self.function(function, at),
                _ => Ok(only(&self.nodes(argument, at)?)),
            },
            FnArg::Filter(_) => Ok(None),
        }
    }

    /// An argument that is a query.
    fn nodes(&self, argument: &FnArg, at: &'a Value) -> Result<Nodes<'a>, TooMuch> {
        let FnArg::Test(test) = argument else {
            return Ok(Vec::new());
        };
        match &**test {
            Test::RelQuery(segments) => self.query(segments, at),
            Test::AbsQuery(query) => self.query(&query.segments, self.root),
            Test::Function(_) => Ok(Vec::new()),
        }
    }
}

fn any<T>(
    all: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(T) -> Result<bool, TooMuch>,
) -> Result<bool, TooMuch> {
    for one in all {
        if holds(one)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn below(node: &Value) -> Vec<&Value> {
    match node {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

fn at(node: &Value, index: i64) -> Option<&Value> {
    let items = node.as_array()?;
    let back = || {
        items
            .len()
            .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    };
    items.get(usize::try_from(index).ok().or_else(back)?)
}

/// RFC 9535 §2.3.4.2.2.
fn slice(node: &Value, start: Option<i64>, end: Option<i64>, step: i64) -> Vec<&Value> {
    let Value::Array(items) = node else {
        return Vec::new();
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |index: Option<i64>, otherwise: i64, low: i64, high: i64| {
        let from_front = |index: i64| {
            if index < 0 {
                length.saturating_add(index)
            } else {
                index
            }
        };
        index.map_or(otherwise, from_front).clamp(low, high)
    };
    let (first, last) = match step {
        0 => return Vec::new(),
        1.. => (place(start, 0, 0, length), place(end, length, 0, length)),
        _ => (
            place(start, length - 1, -1, length - 1),
            place(end, -1, -1, length - 1),
        ),
    };
    let inside = |index: &i64| {
        if step < 0 {
            *index > last
        } else {
            *index < last
        }
    };
    let places =
        std::iter::successors(Some(first), |index| index.checked_add(step)).take_while(inside);
    places
        .filter_map(|index| items.get(usize::try_from(index).ok()?))
        .collect()
}

fn single<'a>(steps: &[SingularQuerySegment], from: &'a Value) -> Option<&'a Value> {
    steps.iter().try_fold(from, |node, step| match step {
        SingularQuerySegment::Name(name) => node.as_object()?.get(name),
        SingularQuerySegment::Index(index) => at(node, *index),
    })
}

fn only<'a>(nodes: &[&'a Value]) -> Option<Cow<'a, Value>> {
    match nodes {
        [one] => Some(Cow::Borrowed(*one)),
        _ => None,
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(fields) => Some(fields.len()),
        _ => None,
    }
}

fn count<'a>(number: usize) -> Cow<'a, Value> {
    Cow::Owned(number.into())
}

fn json(literal: &Literal) -> Value {
    match literal {
        Literal::Int(number) => (*number).into(),
        Literal::Float(number) => (*number).into(),
        Literal::String(text) => text.as_str().into(),
        Literal::Bool(flag) => (*flag).into(),
        Literal::Null => Value::Null,
    }
}

fn less(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            order(left, right) == Some(Ordering::Less)
        }
        (Some(Value::String(left)), Some(Value::String(right))) => left < right,
        _ => false,
    }
}

fn order(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64(), left.as_u64(), right.as_u64()) {
        (Some(left), Some(right), ..) => Some(left.cmp(&right)),
        (.., Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// A pattern of RFC 9485, in which a dot is anything but a line break; the whole text or a part of it.
pub(super) fn regex(pattern: &str, whole: bool) -> Option<Regex> {
    let mut text = String::new();
    let mut class = false;
    let mut letters = pattern.chars();
    while let Some(c) = letters.next() {
        match c {
            '.' if !class => text.push_str(r"[^\n\r]"),
            '\\' => text.extend(['\\'].into_iter().chain(letters.next())),
            _ => {
                class = if class { c != ']' } else { c == '[' };
                text.push(c);
            }
        }
    }
    let text = if whole {
        format!(r"\A(?:{text})\z")
    } else {
        text
    };
    regex::RegexBuilder::new(&text)
        .size_limit(PATTERN_BYTES)
        .build()
        .ok()
}
