//! What two resolvers answer, held against each other: `same`, `overlapping`, `disjoint`.

use crate::finding::{Finding, Grade, Mark, Row};
use crate::judge::show;
use crate::phrase::joined;
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

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

/// What one side gave: its name and its values.
struct Side<'a> {
    name: &'a str,
    values: &'a [Value],
    set: HashSet<&'a Value>,
}

/// Judges how what several sides gave relates. A side is its name and its values, in the order that carries meaning or sorted;
/// one that could not be seen has none and makes the relation inconclusive. Two empty sides say nothing of each other, and an
/// empty one is disjoint from none; from a side that gave something it differs.
pub fn relate(relation: Relation, sides: &[(String, Option<Value>)], span: Span) -> Vec<Finding> {
    let seen: Vec<Side<'_>> = sides.iter().filter_map(Side::of).collect();
    let pairs = || {
        seen.iter()
            .enumerate()
            .flat_map(|(at, a)| seen[at + 1..].iter().map(move |b| (a, b)))
    };
    let broken: Vec<_> = pairs()
        .filter(|(a, b)| holds(relation, a, b) == Some(false))
        .collect();
    let open = seen.len() < sides.len() || pairs().any(|(a, b)| holds(relation, a, b).is_none());
    let finding = if !broken.is_empty() {
        let named = |(a, b): &(&Side<'_>, &Side<'_>)| {
            format!("{} and {} {}", a.name, b.name, fault(relation, a, b))
        };
        Finding::new(Grade::Fail, span, joined(&broken, "; ", named)).rows(table(&seen))
    } else if open {
        let rows = sides.iter().map(row).collect();
        Finding::new(
            Grade::Inconclusive,
            span,
            "not all of them gave something to compare",
        )
        .rows(rows)
    } else {
        return Vec::new();
    };
    vec![finding.spelled()]
}

impl<'a> Side<'a> {
    fn of((name, values): &'a (String, Option<Value>)) -> Option<Self> {
        let values = match values.as_ref()? {
            Value::Array(items) => items.as_slice(),
            Value::Null => &[],
            other => std::slice::from_ref(other),
        };
        Some(Self {
            name,
            values,
            set: values.iter().collect(),
        })
    }
}

/// Whether two sides relate so; none where nothing can be said of them.
fn holds(relation: Relation, a: &Side<'_>, b: &Side<'_>) -> Option<bool> {
    match (relation, a.values.is_empty(), b.values.is_empty()) {
        (_, true, true) | (Relation::Disjoint, true, _) | (Relation::Disjoint, _, true) => None,
        (Relation::Same, ..) => Some(a.values == b.values),
        (Relation::Overlapping, ..) => Some(!a.set.is_disjoint(&b.set)),
        (Relation::Disjoint, ..) => Some(a.set.is_disjoint(&b.set)),
    }
}

fn fault(relation: Relation, a: &Side<'_>, b: &Side<'_>) -> &'static str {
    match relation {
        Relation::Same if a.set == b.set => "give the same in another order",
        Relation::Same => "differ",
        Relation::Overlapping => "have nothing in common",
        Relation::Disjoint => "have something in common",
    }
}

/// Each value and who gave it; where all gave all of them, each side in its order.
fn table(sides: &[Side<'_>]) -> Vec<Row> {
    if sides.iter().all(|side| side.set == sides[0].set)
        && sides.iter().any(|side| side.values != sides[0].values)
    {
        let order = |side: &Side<'_>| joined(side.values, " ", |value| show(value, &Shape::Any));
        return sides
            .iter()
            .map(|side| context(vec![side.name.to_owned(), order(side)]))
            .collect();
    }
    let mut given: HashMap<&Value, Vec<&str>> = HashMap::new();
    let mut values: Vec<&Value> = Vec::new();
    for (side, value) in sides
        .iter()
        .flat_map(|side| side.set_in_order().map(move |value| (side, value)))
    {
        let names = given.entry(value).or_default();
        if names.is_empty() {
            values.push(value);
        }
        names.push(side.name);
    }
    values.sort_by_key(|value| std::cmp::Reverse(given[value].len()));
    let nothing = sides.iter().filter(|side| side.values.is_empty());
    let nothing = nothing.map(|side| context(vec!["none".to_owned(), side.name.to_owned()]));
    let told = values
        .iter()
        .map(|value| context(vec![show(value, &Shape::Any), givers(&given[value])]));
    told.chain(nothing).collect()
}

impl<'a> Side<'a> {
    /// Each value once, in the order given.
    fn set_in_order(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let mut told = HashSet::new();
        self.values.iter().filter(move |value| told.insert(*value))
    }
}

fn givers(names: &[&str]) -> String {
    match names {
        [one] => format!("only {one}"),
        several => joined(several, " and ", |name| (*name).to_owned()),
    }
}

fn context(cells: Vec<String>) -> Row {
    Row {
        cells,
        mark: Mark::Context,
    }
}

fn row((name, values): &(String, Option<Value>)) -> Row {
    let nothing = || "nothing seen".to_owned();
    let cell = values
        .as_ref()
        .map_or_else(nothing, |values| show(values, &Shape::Any));
    context(vec![name.clone(), cell])
}

#[cfg(test)]
mod tests;
