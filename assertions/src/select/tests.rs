use super::*;
use crate::testing::shape;
use serde_json::json;

#[track_caller]
fn check(selector: &str, seen: Value, expect: Option<Value>) {
    let selector = Selector::parse(selector, &shape()).expect("a selector");
    assert_eq!(
        selector.values(&seen),
        expect,
        "{} of {seen}",
        selector.text
    );
}

#[test]
fn of_what_is_never_the_same_twice_nothing_is_left() {
    let times = Shape::Record(vec![
        Field::new("dns", "dns_ms", "", Shape::Number(Unit::Milliseconds)),
        Field::new("total", "total_ms", "", Shape::Number(Unit::Milliseconds)),
    ]);
    let mixed = times
        .clone()
        .with(Field::new("bytes", "bytes", "", Shape::Number(Unit::None)));
    let seen = Shape::Record(vec![
        Field::new("times", "times", "", times.clone()),
        Field::new("mixed", "mixed", "", mixed),
        Field::new("each", "each", "", Shape::List(Box::new(times))),
    ]);
    let nothing = |text| Selector::parse(text, &seen).unwrap().remembers_nothing();
    assert!(nothing("times") && nothing("each"));
    assert!(!nothing("mixed") && !nothing("mixed.bytes"));
}

#[test]
fn a_value_or_all_values_once() {
    check(
        "status",
        json!({ "status": "NOERROR" }),
        Some(json!("NOERROR")),
    );
    check(
        "data",
        json!({ "data": ["b", "a", "b"] }),
        Some(json!(["a", "b"])),
    );
    check(
        "chain",
        json!({ "chain": ["b.", "a.", "b."] }),
        Some(json!(["b.", "a.", "b."])),
    );
    let seen = json!({ "addresses": [{ "address": "2.2.2.2", "asn": "AS2" }, { "address": "1.1.1.1", "asn": "AS2" }] });
    check(
        "addresses",
        seen.clone(),
        Some(json!(["1.1.1.1", "2.2.2.2"])),
    );
    check("addresses.asn", seen, Some(json!(["AS2"])));
}

#[test]
fn nothing_is_told_from_unknown() {
    check("nsid", json!({ "nsid": null }), Some(json!(null)));
    check("nsid", json!({}), None);
    check("edns.nsid", json!({ "edns": null }), Some(json!(null)));
    check("edns.nsid", json!({ "edns": {} }), None);
    check("edns.errors", json!({ "edns": null }), Some(json!([])));
    check("chain", json!({ "chain": [] }), Some(json!([])));
    check("chain", json!({ "chain": null }), Some(json!([])));
    check("chain", json!({}), None);
    check("addresses.asn", json!({ "addresses": [] }), Some(json!([])));
    check(
        "addresses.asn",
        json!({ "addresses": null }),
        Some(json!([])),
    );
    check(
        "addresses.asn",
        json!({ "addresses": [{ "asn": null }, { "asn": "AS1" }] }),
        Some(json!(["AS1", null])),
    );
    check(
        "addresses.asn",
        json!({ "addresses": [{ "asn": "AS1" }, {}] }),
        None,
    );
    check("addresses.asn", json!({ "addresses": ["odd"] }), None);
    check("addresses.asn", json!("odd"), None);
}

#[test]
fn lists_in_lists_are_one_list() {
    let hop = |ttl: u8, asns: &[&str]| json!({ "ttl": ttl, "addresses": asns.iter().map(|asn| json!({ "address": asn, "asn": asn })).collect::<Vec<_>>() });
    let seen = || json!({ "path": [hop(1, &["AS3", "AS2"]), hop(2, &[]), hop(3, &["AS3"])] });
    check("path.addresses.asn", seen(), Some(json!(["AS2", "AS3"])));
    let stable = json!([{ "ttl": 1, "addresses": ["AS2", "AS3"] }, { "ttl": 2, "addresses": [] }, { "ttl": 3, "addresses": ["AS3"] }]);
    check("path", seen(), Some(stable));
    check(
        "addresses.mpls",
        json!({ "addresses": [{ "mpls": [{ "label": 7 }] }, { "mpls": [] }] }),
        Some(json!([{ "label": 7 }])),
    );
}

#[test]
fn what_is_never_the_same_twice_is_known_and_left_out() {
    let volatile = |selector: &str| {
        Selector::parse(selector, &shape())
            .expect("a selector")
            .volatile()
    };
    for selector in [
        "time",
        "ttl",
        "size",
        "loss",
        "answers.ttl",
        "addresses.rtt",
        "path.addresses.rtts",
        "silent-hops",
    ] {
        let last = selector.rsplit('.').next().expect("a word");
        assert_eq!(
            volatile(selector),
            Some(format!("`{last}` is never the same twice"))
        );
    }
    for selector in ["status", "chain", "answers", "path.ttl", "addresses.asn"] {
        assert_eq!(volatile(selector), None);
    }
    check(
        "answers",
        json!({ "answers": [{ "name": "a.", "type": "A", "ttl_s": 60 }] }),
        Some(json!([{ "name": "a.", "type": "A" }])),
    );
}

#[track_caller]
fn refused(selector: &str, message: &str, help: &str) {
    let refused = Selector::parse(selector, &shape()).expect_err("refused");
    assert_eq!(refused, (message.to_owned(), help.to_owned()));
}

#[test]
fn what_is_no_fact_is_refused() {
    refused(
        "adresses",
        "unknown fact `adresses`",
        "did you mean `addresses`?",
    );
    refused("addresses.asm", "unknown fact `asm`", "did you mean `asn`?");
    refused(
        "passes",
        "`passes` is expected, it is not seen",
        "the fact it is said of is `path`",
    );
    refused(
        "addresses.in",
        "`in` is expected, it is not seen",
        "the fact it is said of is `address`",
    );
}

#[test]
fn a_field_by_name_is_remembered_whether_it_is_there_or_not() {
    let text = json!({ "type": "string" });
    let shape = Shape::from_schema(&json!({ "type": "object", "properties": {
        "headers": { "type": "object", "additionalProperties": text },
    }}));
    let seen = json!({ "headers": { "server": "nginx" } });
    let values = |text: &str| Selector::parse(text, &shape).unwrap().values(&seen);
    assert_eq!(values("headers.Server"), Some(json!("nginx")));
    assert_eq!(values("headers.via"), Some(json!(null)));
    assert_eq!(values("headers"), Some(json!({ "server": "nginx" })));
}
