use super::*;
use serde_json::json;

#[track_caller]
fn check(path: &str, seen: &Value, expect: &[Value]) {
    let path = JsonPath::parse(path).expect("a selector");
    let selected = path.select(seen).expect("within bounds");
    let values: Vec<Value> = selected.values.into_iter().cloned().collect();
    assert_eq!(values, expect, "{}", path.text());
}

fn answers() -> Value {
    json!({ "answers": [{ "type": "CNAME", "ttl_s": 60 }, { "type": "A", "ttl_s": 300 }] })
}

#[test]
fn a_selector_finds_what_it_names() {
    let seen = answers();
    check("$.answers[?@.type=='A'].ttl_s", &seen, &[json!(300)]);
    check("$.answers[*].ttl_s", &seen, &[json!(60), json!(300)]);
    check("$..ttl_s", &seen, &[json!(60), json!(300)]);
    check(
        "$.answers[?@.ttl_s > 100 && match(@.type, 'A+')].ttl_s",
        &seen,
        &[json!(300)],
    );
    check("$.nothing", &seen, &[]);
    check("$['[[[[[[[[[[']", &seen, &[]);
    check("$['a b\\' c']", &json!({ "a b' c": 1 }), &[json!(1)]);
}

#[test]
fn what_the_library_would_get_wrong_is_right() {
    check("$[?@[?@>1]]", &json!([[1], [2]]), &[json!([2])]);
    check(
        "$..['a','d']",
        &json!([{ "a": 1, "d": 2 }, { "d": 3 }]),
        &[json!(1), json!(2), json!(3)],
    );
    check("$[?count(@.gone) == 0]", &json!([1]), &[json!(1)]);
    check(
        "$[?@ == 0]",
        &json!([1e-17, 0, 0.0, -0.0]),
        &[json!(0), json!(0.0), json!(-0.0)],
    );
    check(
        "$[?@ == $[0]]",
        &json!([[1], [1.0], [2]]),
        &[json!([1]), json!([1.0])],
    );
    check(
        "$[?@ == $[1]]",
        &json!([9_007_199_254_740_992_u64, 9_007_199_254_740_993_u64]),
        &[json!(9_007_199_254_740_993_u64)],
    );
    check(
        "$[?match(@, 'a|b')]",
        &json!(["ab", "a", "b\n", "b"]),
        &[json!("a"), json!("b")],
    );
}

#[track_caller]
fn refused(path: &str, because: &str) {
    let error = JsonPath::parse(path).expect_err("refused");
    assert!(error.contains(because), "{path}: {error}");
}

#[test]
fn what_is_no_sound_selector_is_refused() {
    refused("$[?count(@.*)]", "compare it");
    refused("$[?length(@.a)]", "compare it");
    refused("$[?length(@.*) > 1]", "one value");
    refused(
        "$[?match(@.a, 'b') == true]",
        "`match()` is already true or false: do not compare it",
    );
    refused("$[?match(@.a, '(b')]", "no regular expression");
    refused("$[?match(@.a, '(((x{99}){99}){99})')]", "too large");
    refused("$[?in(@.a, @.b)]", "unknown function");
    refused("$[?count(1) == 1]", "expected a node");
    refused("$[?count(length(@)) == 1]", "takes a query");
    refused("$.answers[", "it ends too early");
    refused("$.answers[?@.x = 1]", "from `= 1]` on");
    refused("$.as-path", "`$['as-path']`");
    refused("$.a b", "a name with a space");
    refused(&format!("${}", "[0]".repeat(400)), "longer");
    refused(
        &format!("$[?{}@.a{}]", "(".repeat(50), ")".repeat(50)),
        "deeper",
    );
}

#[track_caller]
fn unseen(path: &str, expect: Option<&str>) {
    let seen = json!({ "edns": null, "addresses": [{ "asn": "AS1" }, {}], "chain": [] });
    let path = JsonPath::parse(path).expect("a selector");
    assert_eq!(
        path.select(&seen).expect("within bounds").unseen.as_deref(),
        expect,
        "{}",
        path.text()
    );
}

#[test]
fn what_could_not_be_seen_is_told_from_what_is_not_there() {
    unseen("$.addresses[*].asn", Some("asn"));
    unseen("$.addresses[?@.asn].asn", None);
    unseen("$.addresses[?@.asn == 'AS9']", Some("asn"));
    unseen("$.addresses[?match(@.asn, 'AS.*')]", Some("asn"));
    unseen("$..[?@.asn == 'AS1']", None);
    unseen("$[?@.asn == 'AS1']", None);
    unseen("$.gone[0].asn", Some("gone"));
    unseen("$.edns.nsid", None);
    unseen("$.chain[0]", None);
    unseen("$..asn", None);
}

#[track_caller]
fn checked(path: &str, expect: Result<(), (&str, &str)>) {
    let shape = Shape::from_schema(&json!({ "type": "object", "properties": {
        "status": { "type": "string" },
        "answers": { "type": "array", "items": { "type": "object", "properties": { "ttl_s": { "type": "integer" } } } },
    } }));
    let path = JsonPath::parse(path).expect("a selector");
    let expect = expect.map_err(|(message, help)| (message.to_owned(), help.to_owned()));
    assert_eq!(path.within(&shape).map(|_| ()), expect);
}

#[test]
fn names_are_held_against_the_vocabulary() {
    checked("$.answers[*].ttl_s", Ok(()));
    checked("$.answers[?@.x]", Ok(()));
    checked("$..anything", Ok(()));
    checked(
        "$.answer[0]",
        Err(("unknown key `answer`", "did you mean `answers`?")),
    );
    checked(
        "$.answers[-1].ttl",
        Err(("unknown key `ttl`", "one of: ttl_s")),
    );
    checked(
        "$.answers.ttl_s",
        Err((
            "`ttl_s` of a list",
            "write `[*]` for each of them, or `[0]` for the first",
        )),
    );
    checked("$.status.x", Err(("`x` of text", "it has no parts")));
}

#[test]
fn too_much_work_is_given_up() {
    let wide = Value::from(vec![0; 2_000]);
    let path = JsonPath::parse("$[?count($[*]) == 2000]").expect("a selector");
    assert_eq!(
        path.select(&wide).expect_err("too much"),
        "the selector looks at more than 2000000 values"
    );
}
