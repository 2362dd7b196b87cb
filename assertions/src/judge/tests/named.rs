//! What has names of its own: the fields of a header, and the body of an answer.

use super::*;

fn shape() -> Shape {
    let text = json!({ "type": "string" });
    Shape::from_schema(&json!({ "type": "object", "properties": {
        "headers": { "type": "object", "additionalProperties": text },
        "json": { "description": "Whatever it is." },
    }}))
}

#[track_caller]
fn check(expect: Value, seen: Value, findings: &[(Grade, &str, &str)]) {
    let judged = judge(&expected(&shape(), &expect), &seen);
    let found: Vec<_> = judged
        .iter()
        .map(|finding| (finding.grade, finding.word.as_str(), finding.label.as_str()))
        .collect();
    assert_eq!(found, findings, "{expect} of {seen}");
}

fn seen() -> Value {
    json!({ "headers": { "server": "nginx", "vary": "a, b" }, "json": { "items": [{ "id": 1 }, { "n": 2 }] } })
}

#[test]
fn a_name_is_found_without_regard_to_case() {
    check(json!({ "headers": { "Server": "nginx" } }), seen(), &[]);
    let wrong = json!({ "headers": { "SERVER": { "starts-with": "a" }, "vary": "a, b" } });
    check(
        wrong,
        seen(),
        &[(Grade::Fail, "headers.SERVER", "seen: nginx")],
    );
}

#[test]
fn a_name_that_is_not_there_is_nothing_and_not_unknown() {
    check(json!({ "headers": { "x-a": "absent" } }), seen(), &[]);
    let wanted = json!({ "headers": { "x-a": "b" } });
    check(
        wanted.clone(),
        seen(),
        &[(Grade::Fail, "headers.x-a", "there is none")],
    );
    check(
        wanted.clone(),
        json!({ "headers": null }),
        &[(Grade::Fail, "headers.x-a", "there is none")],
    );
    check(
        wanted,
        json!({}),
        &[(Grade::Inconclusive, "headers", "not known")],
    );
    check(json!({ "headers": "present" }), seen(), &[]);
}

#[test]
fn a_path_into_what_has_its_own_names_finds_nothing_where_there_is_nothing() {
    let none = [(Grade::Fail, "$.json.total", "nothing is selected")];
    check(json!({ "$.json.total": 3 }), seen(), &none);
    check(json!({ "$.json.items[0].id": 1 }), seen(), &[]);
    check(
        json!({ "$.json.items[?@.id==1].id": { "count": 1 } }),
        seen(),
        &[],
    );
    check(json!({ "$.headers['x-a']": "absent" }), seen(), &[]);
    let unknown = json!({ "headers": {} });
    let not_seen = judge(&expected(&shape(), &json!({ "$.json.total": 3 })), &unknown);
    assert_eq!(not_seen[0].grade, Grade::Inconclusive);
    let null = json!({ "json": null });
    check(json!({ "$.json.total": 3 }), null, &none);
}
