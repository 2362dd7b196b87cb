mod chance;
mod named;
mod route;
mod selected;
mod set;

use super::*;
use crate::finding::Mark;
use crate::testing::{expected, shape};
use serde_json::json;

/// The findings, each as grade, word and label.
#[track_caller]
fn found(expect: &Value, seen: &Value) -> Vec<(Grade, String, String)> {
    let findings = judge(&expected(&shape(), expect), seen);
    findings
        .into_iter()
        .map(|finding| (finding.grade, finding.word, finding.label))
        .collect()
}

#[track_caller]
fn check(expect: Value, seen: Value, findings: &[(Grade, &str, &str)]) {
    let found = found(&expect, &seen);
    let found: Vec<_> = found
        .iter()
        .map(|(grade, word, label)| (*grade, word.as_str(), label.as_str()))
        .collect();
    assert_eq!(found, findings, "{expect} of {seen}");
}

#[track_caller]
fn holds(expect: Value, seen: Value) {
    check(expect, seen, &[]);
}

/// The evidence as text: cells with spaces between, and the mark.
#[track_caller]
fn rows(expect: Value, seen: Value) -> Vec<String> {
    let findings = judge(&expected(&shape(), &expect), &seen);
    let mark = |mark: &Mark| match mark {
        Mark::Wrong(why) | Mark::Unknown(why) => format!(" <- {why}"),
        Mark::Context => String::new(),
        other => format!(" {other:?}"),
    };
    let rows = findings.iter().flat_map(|finding| &finding.rows);
    rows.map(|row| row.cells.join(" ") + &mark(&row.mark))
        .collect()
}

const FAIL: Grade = Grade::Fail;
const OPEN: Grade = Grade::Inconclusive;

#[test]
fn one_value_is_as_wanted_or_what_was_seen_is_said() {
    let seen =
        || json!({ "status": "NXDOMAIN", "time_ms": 2500.0, "replies": 2, "reached": false });
    holds(
        json!({ "status": "nxdomain", "time": { "above": "2s" }, "reached": false }),
        seen(),
    );
    check(
        json!({ "status": "NOERROR" }),
        seen(),
        &[(FAIL, "status", "seen: NXDOMAIN")],
    );
    check(
        json!({ "time": { "below": "2s", "above": "1s" } }),
        seen(),
        &[(FAIL, "time", "seen: 2500 ms")],
    );
    check(
        json!({ "replies": 1, "reached": true }),
        seen(),
        &[
            (FAIL, "replies", "seen: 2"),
            (FAIL, "reached", "seen: false"),
        ],
    );
    assert_eq!(
        rows(json!({ "replies": { "one-of": [0, 1] } }), seen()),
        ["2 <- expected one of 0, 1"]
    );
}

#[test]
fn the_caret_stands_on_the_operand() {
    let expect = expected(&shape(), &json!({ "time": { "below": "2s" } }));
    let [finding] = judge(&expect, &json!({ "time_ms": 9000 }))
        .try_into()
        .expect("one finding");
    assert_eq!(finding.span.start, 4, "map, key, map, key, operand");
}

#[test]
fn nothing_is_told_from_unknown() {
    check(
        json!({ "nsid": "x" }),
        json!({ "nsid": null }),
        &[(FAIL, "nsid", "there is none")],
    );
    check(
        json!({ "nsid": { "not": "x" } }),
        json!({ "nsid": null }),
        &[(FAIL, "nsid", "there is none")],
    );
    check(
        json!({ "nsid": "x" }),
        json!({}),
        &[(OPEN, "nsid", "not known")],
    );
    check(
        json!({ "edns": { "nsid": "x" } }),
        json!({ "edns": null }),
        &[(FAIL, "edns.nsid", "there is none")],
    );
    check(
        json!({ "edns": { "nsid": "x" } }),
        json!({ "edns": {} }),
        &[(OPEN, "edns.nsid", "not known")],
    );
    check(
        json!({ "edns": { "nsid": "x" } }),
        json!({}),
        &[(OPEN, "edns", "not known")],
    );
}

#[test]
fn presence_is_of_what_was_looked_at() {
    holds(
        json!({ "nsid": "absent", "chain": "absent", "edns": "absent" }),
        json!({ "nsid": null, "chain": [], "edns": null }),
    );
    holds(
        json!({ "nsid": "present", "chain": "present" }),
        json!({ "nsid": "", "chain": ["a."] }),
    );
    check(
        json!({ "nsid": "present" }),
        json!({ "nsid": null }),
        &[(FAIL, "nsid", "there is none")],
    );
    check(
        json!({ "chain": "present" }),
        json!({ "chain": [] }),
        &[(FAIL, "chain", "there is none")],
    );
    check(
        json!({ "chain": "absent" }),
        json!({ "chain": ["a."] }),
        &[(FAIL, "chain", "there is one")],
    );
    check(
        json!({ "addresses": "absent" }),
        json!({ "addresses": [{}, {}] }),
        &[(FAIL, "addresses", "there are 2 addresses")],
    );
    check(
        json!({ "chain": "absent" }),
        json!({}),
        &[(OPEN, "chain", "not known")],
    );
}

#[test]
fn what_is_of_another_kind_is_neither_so_nor_not() {
    let cannot = "cannot be compared with this: ";
    check(
        json!({ "time": { "below": "2s" } }),
        json!({ "time_ms": "soon" }),
        &[(OPEN, "time", &format!("{cannot}soon"))],
    );
    check(
        json!({ "status": { "not": "NOERROR" } }),
        json!({ "status": 5 }),
        &[(OPEN, "status", &format!("{cannot}5"))],
    );
    check(
        json!({ "status": { "not": "NOERROR" } }),
        json!({ "status": ["NOERROR"] }),
        &[(OPEN, "status", &format!("{cannot}[NOERROR]"))],
    );
    check(
        json!({ "status": { "not": "NOERROR" } }),
        json!({ "status": "ODD" }),
        &[(OPEN, "status", &format!("{cannot}ODD"))],
    );
    check(
        json!({ "data": { "none": "60" } }),
        json!({ "data": [60] }),
        &[(OPEN, "data.none", "not known of the one value")],
    );
    let country = json!({ "destination": { "country": { "none-of": ["US"] } } });
    check(
        country,
        json!({ "destination": { "country": "" } }),
        &[(OPEN, "destination.country", cannot)],
    );
}

#[test]
fn an_unknown_fact_says_what_to_do() {
    let hint = |expect: Value, seen: Value| {
        judge(&expected(&shape(), &expect), &seen)[0]
            .hint
            .clone()
            .expect("a hint")
    };
    let database = "asn: no database knows: name one under `geo:` in netspec.yaml";
    let asn = || json!({ "asn": "AS1" });
    assert_eq!(
        hint(
            json!({ "destination": asn() }),
            json!({ "destination": {} })
        ),
        database
    );
    for quantifier in ["every", "some", "none"] {
        assert_eq!(
            hint(
                json!({ "addresses": { quantifier: asn() } }),
                json!({ "addresses": [{}] })
            ),
            database
        );
    }
    assert_eq!(
        hint(
            json!({ "addresses": { "include": [asn()] } }),
            json!({ "addresses": [{}] })
        ),
        database
    );
    assert_eq!(
        hint(
            json!({ "avoids": [asn()] }),
            json!({ "path": [{ "ttl": 1, "addresses": [{}] }] })
        ),
        database
    );
}

#[test]
fn hostile_text_is_spelled_out_wherever_it_comes_from() {
    let bad = "a\u{1b}[31m\u{202e}b";
    let expect = json!({
        "nsid": bad, "data": { "exactly": [bad], "every": { "contains": bad, "matches": bad }, "none": bad, "some": { "not": bad } },
        "addresses": { "every": { "as-name": { "one-of": [bad] } } }, "avoids": [{ "as-name": bad }],
        "$['nsid\u{202e}']": "absent", "$.data": { "every": { "starts-with": bad } },
    });
    let mut problems = crate::problem::Problems::default();
    let expect = crate::expect::read(&crate::testing::written(&expect), &shape(), &mut problems)
        .expect("most of it is read");
    let hops =
        json!([{ "ttl": bad, "addresses": [{ "as-name": bad, "hostname": bad, "address": bad }] }]);
    let seen = json!({ "nsid": format!("{bad}!"), "data": [bad, [bad], { "name": bad, bad: bad }], "addresses": [{ "address": bad, "as-name": "x" }], "path": hops });
    let findings = judge(&expect, &seen);
    assert!(findings.len() > 6);
    for finding in findings {
        let mut texts = vec![finding.word, finding.label];
        texts.extend(finding.hint);
        for row in finding.rows {
            texts.extend(row.cells);
            if let Mark::Wrong(why) | Mark::Unknown(why) = row.mark {
                texts.push(why);
            }
        }
        let spelled = |text: &String| !text.contains(['\u{1b}', '\u{202e}']);
        assert!(texts.iter().all(spelled), "{texts:?}");
    }
}

#[test]
fn a_long_list_is_shown_in_part() {
    let many: Vec<u32> = (0..100_000).collect();
    let [row] = rows(json!({ "nsid": "x" }), json!({ "nsid": many }))
        .try_into()
        .expect("one row");
    assert_eq!(
        row,
        "[0, 1, 2, 3, 4, 5, 6, 7, … (99992 more)] <- expected x"
    );
}
