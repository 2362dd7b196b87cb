use super::*;

fn answers() -> Value {
    json!({ "status": "NOERROR", "edns": null, "chain": [], "answers": [
        { "type": "CNAME", "ttl_s": 60, "name": "a." }, { "type": "A", "ttl_s": 300, "name": "b." },
    ], "addresses": [{ "address": "10.1.1.1", "asn": "AS1" }, { "address": "11.1.1.1" }] })
}

#[track_caller]
fn selects(path: &str, expect: Value, findings: &[(Grade, &str)]) {
    let findings: Vec<_> = findings
        .iter()
        .map(|(grade, label)| (*grade, *label))
        .collect();
    let found = found(&json!({ path: expect }), &answers());
    let found: Vec<_> = found
        .iter()
        .map(|(grade, _, label)| (*grade, label.as_str()))
        .collect();
    assert_eq!(found, findings, "{path}: {expect}");
}

#[test]
fn what_is_selected_is_judged_like_anything_else() {
    selects("$.status", json!("NOERROR"), &[]);
    selects(
        "$.status",
        json!({ "not": "NOERROR" }),
        &[(FAIL, "seen: NOERROR")],
    );
    selects(
        "$.answers[?@.type=='A'].ttl_s",
        json!({ "every": { "at-least": 60 } }),
        &[],
    );
    selects(
        "$.answers[*].ttl_s",
        json!({ "every": { "at-least": 100 } }),
        &[(FAIL, "1 of 2 values is not so")],
    );
    selects(
        "$.answers[*].ttl_s",
        json!(60),
        &[(FAIL, "2 values are selected")],
    );
    selects(
        "$.answers[?@.type=='MX'].ttl_s",
        json!(60),
        &[(FAIL, "nothing is selected")],
    );
    selects(
        "$.answers[*].type",
        json!({ "exactly": ["A", "CNAME"] }),
        &[],
    );
}

#[test]
fn a_list_of_its_own_is_a_set_and_so_is_what_many_select() {
    selects("$.answers", json!({ "count": 2 }), &[]);
    selects("$.answers[*]", json!({ "count": 2 }), &[]);
    selects(
        "$['answers']",
        json!({ "count": 1 }),
        &[(FAIL, "there are 2 values")],
    );
    selects("$.chain", json!({ "count": { "at-most": 0 } }), &[]);
}

#[test]
fn presence_is_of_something() {
    selects("$.answers[0]", json!("present"), &[]);
    selects("$.answers", json!("present"), &[]);
    selects("$.chain", json!("present"), &[(FAIL, "there is none")]);
    selects("$.edns", json!("present"), &[(FAIL, "there is none")]);
    selects("$.edns", json!("absent"), &[]);
    selects("$.edns.nsid", json!("absent"), &[]);
    selects("$.answers[?@.type=='MX']", json!("absent"), &[]);
    selects(
        "$.answers[?@.type=='A']",
        json!("absent"),
        &[(FAIL, "there is one")],
    );
}

#[test]
fn what_could_not_be_seen_proves_nothing() {
    selects(
        "$.addresses[?@.asn == 'AS9']",
        json!("absent"),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[?@.asn == 'AS1']",
        json!("absent"),
        &[(FAIL, "there is one")],
    );
    selects("$..mpls", json!("absent"), &[(OPEN, "not known of all")]);
    selects("$..asn", json!({ "every": "AS1" }), &[]);
    selects("$.nsid", json!("absent"), &[(OPEN, "not known of all")]);
    selects("$.nsid", json!("present"), &[(OPEN, "there is none")]);
    selects(
        "$.data[?@ == 'x']",
        json!("absent"),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "every": "AS1" }),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "every": "AS2" }),
        &[(FAIL, "the one value is not so")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "some": "AS2" }),
        &[(OPEN, "the one value is not so")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "none": "AS1" }),
        &[(FAIL, "the one value should not be there")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "none": "AS2" }),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[*].asn",
        json!({ "count": 1 }),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[*].asn",
        json!("AS1"),
        &[(OPEN, "not known of all")],
    );
    selects(
        "$.addresses[*].hostname",
        json!({ "every": "a." }),
        &[(OPEN, "there are no values")],
    );
    let findings = judge(
        &expected(&shape(), &json!({ "$.nsid": "absent" })),
        &answers(),
    );
    assert_eq!(
        findings[0].hint.as_deref(),
        Some("`nsid` could not be seen everywhere it was looked for")
    );
}

#[test]
fn a_selected_address_lies_in_a_network() {
    let within = |quantifier: &str| json!({ quantifier: { "in": "10.0.0.0/8" } });
    selects("$.addresses[*].address", within("some"), &[]);
    selects(
        "$.addresses[*].address",
        within("every"),
        &[(FAIL, "1 of 2 values is elsewhere")],
    );
    selects(
        "$.addresses[*].address",
        within("none"),
        &[(FAIL, "1 of 2 values should not be there")],
    );
    selects(
        "$.answers[*].name",
        within("none"),
        &[(OPEN, "not known of both values")],
    );
}

#[test]
fn another_kind_proves_nothing() {
    selects(
        "$.answers[0].ttl_s",
        json!({ "not": "60" }),
        &[(OPEN, "cannot be compared with this: 60")],
    );
    selects(
        "$.answers[*].ttl_s",
        json!({ "none": "60" }),
        &[(OPEN, "not known of both values")],
    );
    selects(
        "$.answers",
        json!({ "not": "x" }),
        &[(OPEN, "cannot be compared with this: [a., b.]")],
    );
}

#[test]
fn too_much_work_proves_nothing() {
    let seen = json!({ "data": vec![0; 2_000] });
    check(
        json!({ "$.data[?count($.data[*]) == 1]": "absent" }),
        seen,
        &[(
            OPEN,
            "$.data[?count($.data[*]) == 1]",
            "the selector looks at more than 2000000 values",
        )],
    );
}
