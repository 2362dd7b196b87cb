//! What two resolvers answer, held against each other: `same`, `overlapping`, `disjoint`.

use crate::finding::{Finding, Grade, Mark, Row};
use crate::judge::show;
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;

/// How sets relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// All the same.
    Same,
    /// Each two have something in common.
    Overlapping,
    /// No two have anything in common.
    Disjoint,
}

/// The words and what they mean.
pub const RELATIONS: &[(&str, Relation, &str)] = &[
    ("same", Relation::Same, "all of them give the same"),
    (
        "overlapping",
        Relation::Overlapping,
        "each two have something in common",
    ),
    (
        "disjoint",
        Relation::Disjoint,
        "no two have anything in common",
    ),
];

/// Judges how what several sides gave relates. A side is its name and its values; one that could not be seen has none and makes
/// the relation inconclusive, and so does an empty one, of which nothing can be said.
pub fn relate(relation: Relation, sides: &[(String, Option<Value>)], span: Span) -> Vec<Finding> {
    let lists: Option<Vec<(&str, Vec<Value>)>> = sides
        .iter()
        .map(|(name, values)| Some((name.as_str(), list(values.as_ref()?))))
        .collect();
    let rows = || {
        sides
            .iter()
            .map(|(name, values)| row(name, values.as_ref()))
            .collect::<Vec<_>>()
    };
    match lists {
        Some(lists) if lists.iter().all(|(_, values)| !values.is_empty()) => {
            let broken = pairs(&lists).find(|(a, b)| !holds(relation, &a.1, &b.1));
            broken
                .map(|(a, b)| broken_pair(relation, a, b, span))
                .into_iter()
                .collect()
        }
        _ => vec![
            Finding::new(
                Grade::Inconclusive,
                span,
                "not all of them gave something to compare",
            )
            .rows(rows()),
        ],
    }
}

type Side<'a> = (&'a str, Vec<Value>);

fn pairs<'a, 'b>(lists: &'b [Side<'a>]) -> impl Iterator<Item = (&'b Side<'a>, &'b Side<'a>)> {
    lists
        .iter()
        .enumerate()
        .flat_map(move |(at, a)| lists[at + 1..].iter().map(move |b| (a, b)))
}

fn list(values: &Value) -> Vec<Value> {
    match values {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    }
}

fn holds(relation: Relation, a: &[Value], b: &[Value]) -> bool {
    let common = a.iter().any(|value| b.contains(value));
    match relation {
        Relation::Same => a == b,
        Relation::Overlapping => common,
        Relation::Disjoint => !common,
    }
}

fn broken_pair(
    relation: Relation,
    (left, a): &Side<'_>,
    (right, b): &Side<'_>,
    span: Span,
) -> Finding {
    let only = |values: &[Value], other: &[Value], name: &str| -> Vec<Row> {
        let alone = values.iter().filter(|value| !other.contains(value));
        alone
            .map(|value| Row {
                cells: vec![show(value, &Shape::Any), format!("only {name}")],
                mark: Mark::Context,
            })
            .collect()
    };
    let mut rows: Vec<Row> = a
        .iter()
        .filter(|value| b.contains(value))
        .map(|value| Row {
            cells: vec![show(value, &Shape::Any), format!("{left} and {right}")],
            mark: Mark::Context,
        })
        .collect();
    rows.extend(only(a, b, left));
    rows.extend(only(b, a, right));
    let label = match relation {
        Relation::Same => format!("{left} and {right} differ"),
        Relation::Overlapping => format!("{left} and {right} have nothing in common"),
        Relation::Disjoint => format!("{left} and {right} have something in common"),
    };
    Finding::new(Grade::Fail, span, label).rows(rows)
}

fn row(name: &str, values: Option<&Value>) -> Row {
    let cell = values.map_or_else(
        || "nothing seen".to_owned(),
        |values| show(values, &Shape::Any),
    );
    Row {
        cells: vec![name.to_owned(), cell],
        mark: Mark::Context,
    }
}
