//! What the grammar lets pass and RFC 9535 §2.4.3 does not: functions where their type does not fit.

use super::pattern;
use jsonpath_rust::parser::model::{
    Comparable, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, Test, TestFunction,
};

type Checked = Result<(), String>;

/// Whether every function of a query stands where its type fits.
pub(super) fn check(query: &JpQuery) -> Checked {
    segments(&query.segments)
}

/// Only names and indices: one value at most.
pub(super) fn is_singular(segments: &[Segment]) -> bool {
    let single = |segment: &Segment| {
        matches!(
            segment,
            Segment::Selector(Selector::Name(_) | Selector::Index(_))
        )
    };
    segments.iter().all(single)
}

fn segments(all: &[Segment]) -> Checked {
    all.iter().try_for_each(segment)
}

fn segment(segment: &Segment) -> Checked {
    match segment {
        Segment::Descendant(inner) => self::segment(inner),
        Segment::Selector(one) => selector(one),
        Segment::Selectors(several) => several.iter().try_for_each(selector),
    }
}

fn selector(selector: &Selector) -> Checked {
    match selector {
        Selector::Filter(inner) => filter(inner),
        _ => Ok(()),
    }
}

fn filter(filter: &Filter) -> Checked {
    match filter {
        Filter::Or(all) | Filter::And(all) => all.iter().try_for_each(self::filter),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => self::filter(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => test(expr),
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            let (left, right) = comparison.vals();
            comparable(left).and_then(|()| comparable(right))
        }
    }
}

fn test(test: &Test) -> Checked {
    match test {
        Test::RelQuery(inner) => segments(inner),
        Test::AbsQuery(query) => check(query),
        Test::Function(inner) => match &**inner {
            TestFunction::Match(text, pattern) | TestFunction::Search(text, pattern) => {
                value(text)?;
                value(pattern)?;
                regular(pattern)
            }
            TestFunction::Custom(name, _) => Err(unknown(name)),
            inner => Err(format!(
                "`{}()` is a value: compare it with something",
                name(inner)
            )),
        },
    }
}

fn comparable(side: &Comparable) -> Checked {
    match side {
        Comparable::Literal(_) | Comparable::SingularQuery(_) => Ok(()),
        Comparable::Function(inner) => valued(inner),
    }
}

/// A function that gives a value.
fn valued(function: &TestFunction) -> Checked {
    match function {
        TestFunction::Length(inner) => value(inner),
        TestFunction::Count(inner) | TestFunction::Value(inner) => nodes(inner, name(function)),
        TestFunction::Custom(name, _) => Err(unknown(name)),
        inner => Err(format!(
            "`{}()` is already true or false: do not compare it",
            name(inner)
        )),
    }
}

/// An argument that must be one value.
fn value(argument: &FnArg) -> Checked {
    let FnArg::Test(test) = argument else {
        return match argument {
            FnArg::Literal(_) => Ok(()),
            _ => Err("a function's argument cannot be a comparison".to_owned()),
        };
    };
    let inner = match &**test {
        Test::Function(inner) => return valued(inner),
        Test::RelQuery(inner) => inner,
        Test::AbsQuery(query) => &query.segments,
    };
    if is_singular(inner) {
        return Ok(());
    }
    Err(
        "this function takes one value: select it with names and indices, or put `value(…)` around"
            .to_owned(),
    )
}

/// An argument that must be a query.
fn nodes(argument: &FnArg, function: &str) -> Checked {
    match argument {
        FnArg::Test(inner) if !matches!(**inner, Test::Function(_)) => test(inner),
        _ => Err(format!("`{function}()` takes a query, like `@.*`")),
    }
}

/// A pattern that is written out must be one; RFC 9535 would match nothing in silence.
fn regular(pattern: &FnArg) -> Checked {
    match pattern {
        FnArg::Literal(Literal::String(text)) if pattern::regex(text, false).is_none() => Err(
            format!("`{text}` is no regular expression (RFC 9485), or too large a one"),
        ),
        _ => Ok(()),
    }
}

fn name(function: &TestFunction) -> &str {
    match function {
        TestFunction::Custom(name, _) => name,
        TestFunction::Length(_) => "length",
        TestFunction::Value(_) => "value",
        TestFunction::Count(_) => "count",
        TestFunction::Search(..) => "search",
        TestFunction::Match(..) => "match",
    }
}

fn unknown(name: &str) -> String {
    format!("unknown function `{name}()`; there are length, count, value, match and search")
}
