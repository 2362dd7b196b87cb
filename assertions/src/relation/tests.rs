use super::*;
use serde_json::json;

fn sides(values: &[Value]) -> Vec<(String, Option<Value>)> {
    let names = ["a", "b", "c", "d"];
    names
        .iter()
        .zip(values)
        .map(|(name, values)| {
            (
                (*name).to_owned(),
                Some(values.clone()).filter(|values| *values != "?"),
            )
        })
        .collect()
}

#[track_caller]
fn check(relation: Relation, values: &[Value], expect: Option<(Grade, &str)>) {
    let findings = relate(relation, &sides(values), Span::default());
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.grade, finding.label.as_str()))
        .collect();
    assert_eq!(found, Vec::from_iter(expect), "{relation:?} {values:?}");
}

use Grade::{Fail, Inconclusive};
use Relation::{Disjoint, Overlapping, Same};

#[test]
fn two_sides_relate_or_not() {
    let (one, two, both) = (json!(["x"]), json!(["y"]), json!(["x", "y"]));
    check(Same, &[both.clone(), both.clone()], None);
    check(
        Same,
        &[one.clone(), both.clone()],
        Some((Fail, "a and b differ")),
    );
    check(Overlapping, &[one.clone(), both.clone()], None);
    check(
        Overlapping,
        &[one.clone(), two.clone()],
        Some((Fail, "a and b have nothing in common")),
    );
    check(Disjoint, &[one.clone(), two], None);
    check(
        Disjoint,
        &[one, both],
        Some((Fail, "a and b have something in common")),
    );
    check(Same, &[json!("x"), json!("x")], None);
    check(
        Same,
        &[json!(["x", "y"]), json!(["y", "x"])],
        Some((Fail, "a and b give the same in another order")),
    );
    check(
        Same,
        &[json!(["x", "y", "x"]), json!(["x", "y"])],
        Some((Fail, "a and b give the same in another order")),
    );
}

#[test]
fn an_empty_side_differs_from_one_that_gave_something_and_proves_nothing_else() {
    let open = Some((Inconclusive, "not all of them gave something to compare"));
    for (relation, expect) in [
        (Same, Some((Fail, "a and b differ"))),
        (Overlapping, Some((Fail, "a and b have nothing in common"))),
        (Disjoint, open),
    ] {
        check(relation, &[json!(["x"]), json!([])], expect);
        check(relation, &[json!(["x"]), json!(null)], expect);
        check(relation, &[json!([]), json!([])], open);
        check(relation, &[json!(["x"]), json!("?")], open);
        check(relation, &[json!("?"), json!("?")], open);
    }
}

#[test]
fn every_pair_that_does_not_relate_is_named() {
    let (x, y) = (json!(["x"]), json!(["y"]));
    check(
        Same,
        &[x.clone(), x.clone(), y.clone()],
        Some((Fail, "a and c differ; b and c differ")),
    );
    check(
        Disjoint,
        &[x.clone(), y.clone(), json!("?"), x.clone()],
        Some((Fail, "a and d have something in common")),
    );
    check(
        Disjoint,
        &[x, y, json!("?")],
        Some((Inconclusive, "not all of them gave something to compare")),
    );
}

#[track_caller]
fn rows(relation: Relation, values: &[Value], expect: &[&str]) {
    let findings = relate(relation, &sides(values), Span::default());
    let rows = findings.iter().flat_map(|finding| &finding.rows);
    let rows: Vec<String> = rows.map(|row| row.cells.join(" | ")).collect();
    assert_eq!(rows, expect);
}

#[test]
fn the_evidence_says_who_gave_what() {
    rows(
        Same,
        &[json!(["x", "y"]), json!(["y", "z"])],
        &["y | a and b", "x | only a", "z | only b"],
    );
    rows(
        Same,
        &[json!(["x"]), json!([])],
        &["x | only a", "none | b"],
    );
    rows(
        Same,
        &[json!(["x", "y"]), json!(["y", "x"])],
        &["a | x y", "b | y x"],
    );
    rows(
        Disjoint,
        &[json!(["x"]), json!("?")],
        &["a | [x]", "b | nothing seen"],
    );
    rows(
        Overlapping,
        &[json!(["\u{1b}"]), json!([{ "address": "1.1.1.1" }])],
        &["\\u{1b} | only a", "1.1.1.1 | only b"],
    );
}

#[test]
fn large_sides_take_no_more_than_their_time() {
    let side = |from: u32| json!((from..from + 100_000).collect::<Vec<_>>());
    let begun = std::time::Instant::now();
    check(Disjoint, &[side(0), side(100_000)], None);
    check(Same, &[side(0), side(1)], Some((Fail, "a and b differ")));
    assert!(begun.elapsed().as_secs() < 10);
}
