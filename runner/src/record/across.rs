//! How what several resolvers answered relates, where it always did.

use super::gather::Gathered;
use super::kinds::Recorded;
use super::propose::{is_still, values};
use netspec_assertions::relation::{RELATIONS, Relation, relate};
use netspec_assertions::written::Span;
use serde_json::Value;
use std::collections::HashSet;

/// Some resolvers, and how what they answer relates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Across {
    pub(super) names: Vec<String>,
    pub(super) word: &'static str,
    pub(super) relation: &'static str,
}

/// What one resolver answered, run after run.
struct Side<'a> {
    name: &'a str,
    answers: Vec<Value>,
    systems: Vec<Value>,
}

/// What always held between them: those that give the same, and how one of each such class relates to the others.
pub(super) fn relations(row: &'static Recorded, gathered: &[Gathered]) -> Vec<Across> {
    let Some((word, sides)) = ["addresses", "data"].into_iter().find_map(|word| {
        let sides: Option<Vec<Side<'_>>> =
            gathered.iter().map(|one| side(row, word, one)).collect();
        let something = |side: &Side<'_>| {
            side.answers
                .iter()
                .any(|answer| answer.as_array().is_some_and(|all| !all.is_empty()))
        };
        sides
            .filter(|sides| sides.iter().any(something))
            .map(|sides| (word, sides))
    }) else {
        return Vec::new();
    };
    let mut classes: Vec<Vec<&Side<'_>>> = Vec::new();
    for side in &sides {
        match classes
            .iter_mut()
            .find(|class| holds(Relation::Same, class[0], side))
        {
            Some(class) => class.push(side),
            None => classes.push(vec![side]),
        }
    }
    let across = |names: Vec<&str>, relation: Relation| Across {
        names: names.into_iter().map(str::to_owned).collect(),
        word,
        relation: RELATIONS
            .iter()
            .find(|(_, known, _)| *known == relation)
            .map_or("same", |(word, ..)| word),
    };
    let alike = classes.iter().filter(|class| class.len() > 1);
    let mut all: Vec<Across> = alike
        .map(|class| across(class.iter().map(|side| side.name).collect(), Relation::Same))
        .collect();
    for (at, class) in classes.iter().enumerate() {
        for other in &classes[at + 1..] {
            let (a, b) = (class[0], other[0]);
            all.extend(between(a, b).map(|relation| across(vec![a.name, b.name], relation)));
        }
    }
    all
}

fn side<'a>(row: &'static Recorded, word: &str, gathered: &'a Gathered) -> Option<Side<'a>> {
    let shape = (row.kind().shape)();
    let seen: Vec<&Value> = gathered
        .runs
        .iter()
        .filter_map(|run| Some(&run.first()?.1.seen))
        .collect();
    let (_, answers) = values(word, shape, &seen)?;
    let systems =
        values("addresses.asn", shape, &seen).map_or_else(Vec::new, |(_, systems)| systems);
    Some(Side {
        name: &gathered.name,
        answers,
        systems,
    })
}

/// What can be relied on: between pools that move, only what their systems say as well.
fn between(a: &Side<'_>, b: &Side<'_>) -> Option<Relation> {
    let are_still = is_still(&a.answers) && is_still(&b.answers);
    if holds(Relation::Disjoint, a, b) {
        return (are_still || are_apart(a, b)).then_some(Relation::Disjoint);
    }
    (are_still && holds(Relation::Overlapping, a, b)).then_some(Relation::Overlapping)
}

/// Whether it held in every run.
fn holds(relation: Relation, a: &Side<'_>, b: &Side<'_>) -> bool {
    let mut runs = a.answers.iter().zip(&b.answers);
    runs.all(|(left, right)| {
        let sides = [
            (a.name.to_owned(), Some(left.clone())),
            (b.name.to_owned(), Some(right.clone())),
        ];
        relate(relation, &sides, Span::default()).is_empty()
    })
}

/// Whether they were never met in one system.
fn are_apart(a: &Side<'_>, b: &Side<'_>) -> bool {
    let systems = |side: &Side<'_>| -> HashSet<String> {
        let all = side.systems.iter().filter_map(Value::as_array).flatten();
        all.map(Value::to_string).collect()
    };
    let (a, b) = (systems(a), systems(b));
    !a.is_empty()
        && !b.is_empty()
        && a.is_disjoint(&b)
        && !a.contains("null")
        && !b.contains("null")
}
