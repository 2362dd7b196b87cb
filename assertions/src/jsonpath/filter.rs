//! What filters ask of a value: RFC 9535 §2.3.5 and the functions of §2.4.

use super::walk::{self, Nodes, TooMuch, Walk};
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test, TestFunction,
};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

impl<'a> Walk<'a> {
    pub(super) fn holds(&self, filter: &Filter, at: &'a Value) -> Result<bool, TooMuch> {
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
                let regex = self
                    .patterns
                    .get(pattern, whole, |steps| self.steps(steps))?;
                Ok(regex.is_some_and(|regex| regex.is_match(text)))
            }
            _ => Ok(false),
        }
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
                Ok(self.single(steps.iter().map(Step::from), at))
            }
            Comparable::SingularQuery(SingularQuery::Root(steps)) => {
                Ok(self.single(steps.iter().map(Step::from), self.root))
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
                Test::RelQuery(segments) => {
                    Ok(self.single(segments.iter().filter_map(Step::of), at))
                }
                Test::AbsQuery(query) => {
                    Ok(self.single(query.segments.iter().filter_map(Step::of), self.root))
                }
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

    /// The one value that names and indices lead to.
    fn single<'q>(
        &self,
        steps: impl Iterator<Item = Step<'q>>,
        from: &'a Value,
    ) -> Option<Cow<'a, Value>> {
        let mut node = from;
        for step in steps {
            node = match (step, node) {
                (Step::Index(index), node) => walk::at(node, index)?,
                (Step::Name(name), Value::Object(fields)) => match fields.get(name) {
                    Some(inner) => inner,
                    None => {
                        self.miss(name);
                        return None;
                    }
                },
                (Step::Name(_), _) => return None,
            };
        }
        Some(Cow::Borrowed(node))
    }
}

/// One step of a query that selects one value at most.
enum Step<'q> {
    Name(&'q str),
    Index(i64),
}

impl<'q> From<&'q SingularQuerySegment> for Step<'q> {
    fn from(segment: &'q SingularQuerySegment) -> Self {
        match segment {
            SingularQuerySegment::Name(name) => Self::Name(name),
            SingularQuerySegment::Index(index) => Self::Index(*index),
        }
    }
}

impl<'q> Step<'q> {
    fn of(segment: &'q Segment) -> Option<Self> {
        match segment {
            Segment::Selector(Selector::Name(name)) => Some(Self::Name(name)),
            Segment::Selector(Selector::Index(index)) => Some(Self::Index(*index)),
            _ => None,
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
