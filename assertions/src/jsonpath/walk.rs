//! Selecting by RFC 9535 §2.3, with a bound on the work. What filters ask is in `filter`.

use super::pattern::Patterns;
use jsonpath_rust::parser::model::{Filter, Segment, Selector};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::fmt;

/// The most values one selector looks at, each time counted anew.
const MOST_STEPS: usize = 2_000_000;

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

pub(super) type Nodes<'a> = Vec<&'a Value>;

/// One walk through one document.
pub(super) struct Walk<'a> {
    pub(super) root: &'a Value,
    pub(super) patterns: Patterns,
    left: Cell<usize>,
    missed: RefCell<Option<String>>,
}

impl<'a> Walk<'a> {
    /// From the top of a document.
    pub(super) fn new(root: &'a Value) -> Self {
        Self {
            root,
            patterns: Patterns::default(),
            left: Cell::new(MOST_STEPS),
            missed: RefCell::default(),
        }
    }

    /// What one segment selects from each of these.
    pub(super) fn segment(&self, segment: &Segment, from: Nodes<'a>) -> Result<Nodes<'a>, TooMuch> {
        match segment {
            Segment::Descendant(inner) => {
                let nodes = self.descendants(from)?;
                self.quietly(|| self.segment(inner, nodes))
            }
            Segment::Selector(one) => self.children(std::slice::from_ref(one), &from),
            Segment::Selectors(several) => self.children(several, &from),
        }
    }

    /// A name that a filter compared and an element of a list does not have: what it stands for could not be seen.
    pub(super) fn missed(self) -> Option<String> {
        self.missed.into_inner()
    }

    pub(super) fn miss(&self, name: &str) {
        self.missed
            .borrow_mut()
            .get_or_insert_with(|| name.to_owned());
    }

    /// Looks at things of different kinds, which need not all have the same names.
    pub(super) fn quietly<T>(&self, look: impl FnOnce() -> T) -> T {
        let before = self.missed.borrow().clone();
        let found = look();
        self.missed.replace(before);
        found
    }

    pub(super) fn steps(&self, steps: usize) -> Result<(), TooMuch> {
        self.left
            .set(self.left.get().checked_sub(steps).ok_or(TooMuch)?);
        Ok(())
    }

    pub(super) fn query(
        &self,
        segments: &[Segment],
        from: &'a Value,
    ) -> Result<Nodes<'a>, TooMuch> {
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
            Selector::Filter(filter) if node.is_array() => self.kept(filter, node)?,
            Selector::Filter(filter) => self.quietly(|| self.kept(filter, node))?,
        })
    }

    fn kept(&self, filter: &Filter, node: &'a Value) -> Result<Nodes<'a>, TooMuch> {
        let mut kept = Vec::new();
        for child in below(node) {
            self.steps(1)?;
            if self.holds(filter, child)? {
                kept.push(child);
            }
        }
        Ok(kept)
    }
}

fn below(node: &Value) -> Vec<&Value> {
    match node {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

pub(super) fn at(node: &Value, index: i64) -> Option<&Value> {
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
