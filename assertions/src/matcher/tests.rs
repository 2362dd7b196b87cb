use super::*;
use crate::quantity::Unit;
use crate::testing::written;
use serde_json::{Value as Json, json};

/// Whether an operator holds of a value seen, or what is wrong with its operand.
fn held(word: &str, operand: &Json, shape: &Shape, seen: &Json) -> Result<Option<bool>, String> {
    let row = find(word).expect("an operator");
    assert!((row.suits)(shape), "{word} suits {shape:?}");
    let matcher = (row.read)(&written(operand), shape).map_err(|(_, why)| why)?;
    let held_as = if row.takes == Takes::Network {
        &Shape::Text(Text::Within)
    } else {
        shape
    };
    Ok(Operand::seen(seen, held_as).and_then(|seen| matcher.holds(&seen)))
}

#[track_caller]
fn check(word: &str, operand: Json, shape: Shape, seen: Json, expect: Option<bool>) {
    assert_eq!(
        held(word, &operand, &shape, &seen),
        Ok(expect),
        "{seen} {word} {operand}"
    );
}

#[track_caller]
fn refused(word: &str, operand: Json, shape: Shape, expect: &str) {
    assert_eq!(
        held(word, &operand, &shape, &Json::Null),
        Err(expect.to_owned()),
        "{word} {operand}"
    );
}

const MS: Shape = Shape::Number(Unit::Milliseconds);
const NUMBER: Shape = Shape::Number(Unit::None);
const PLAIN: Shape = Shape::Text(Text::Plain);
const NAME: Shape = Shape::Text(Text::Hostname);
const ADDRESS: Shape = Shape::Text(Text::Address);
const ASN: Shape = Shape::Text(Text::Asn);

fn words() -> Shape {
    Shape::Text(Text::Words(
        ["TLS1.1", "TLS1.2", "TLS1.3"].map(str::to_owned).to_vec(),
    ))
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn numbers_are_ordered() {
    for (word, below, same, above) in [
        ("below", YES, NO, NO),
        ("at-most", YES, YES, NO),
        ("above", NO, NO, YES),
        ("at-least", NO, YES, YES),
    ] {
        check(word, json!("2s"), MS, json!(1999.9), below);
        check(word, json!("2s"), MS, json!(2000), same);
        check(word, json!("2s"), MS, json!(2000.1), above);
        check(word, json!("TLS1.2"), words(), json!("TLS1.1"), below);
        check(word, json!("tls1.2"), words(), json!("TLS1.2"), same);
        check(word, json!("TLS1.2"), words(), json!("TLS1.3"), above);
        check(word, json!(2), NUMBER, json!("two"), None);
        check(word, json!(2), NUMBER, json!(true), None);
    }
    let between = || json!([2, 4]);
    for (seen, expect) in [(1.9, NO), (2.0, YES), (4.0, YES), (4.1, NO)] {
        check("between", between(), NUMBER, json!(seen), expect);
    }
    refused(
        "between",
        json!([4, 2]),
        NUMBER,
        "nothing lies between these: the first is the greater",
    );
    refused(
        "between",
        json!([4]),
        NUMBER,
        "expected two values: [low, high]",
    );
    refused(
        "between",
        json!(["a", "b"]),
        Shape::Any,
        "expected two numbers",
    );
    refused("below", json!("a"), Shape::Any, "expected a number");
}

#[test]
fn values_are_the_same_or_not() {
    check("not", json!("AS1"), ASN, json!("AS2"), YES);
    check("not", json!("as1"), ASN, json!("AS1"), NO);
    check(
        "not",
        json!("10.0.0.1"),
        ADDRESS,
        json!("::ffff:10.0.0.1"),
        NO,
    );
    check("one-of", json!(["AS1", "AS2"]), ASN, json!("AS2"), YES);
    check("one-of", json!(["AS1", "AS2"]), ASN, json!("AS3"), NO);
    check("none-of", json!(["AS1", "AS2"]), ASN, json!("AS3"), YES);
    check("none-of", json!(["AS1", "AS2"]), ASN, json!("AS1"), NO);
    check("not", json!("60"), Shape::Any, json!(60), None);
    check("none-of", json!(["60", true]), Shape::Any, json!(60), None);
    check("none-of", json!(["60", 61]), Shape::Any, json!(60), YES);
}

#[test]
fn text_is_looked_into() {
    check("contains", json!("Cent"), PLAIN, json!("Tencent"), NO);
    check("contains", json!("cent"), PLAIN, json!("Tencent"), YES);
    check("starts-with", json!("Ten"), PLAIN, json!("Tencent"), YES);
    check("ends-with", json!("cent"), PLAIN, json!("Tencent"), YES);
    check("ends-with", json!("cent."), PLAIN, json!("Tencent"), NO);
    check("matches", json!("^T.*t$"), PLAIN, json!("Tencent"), YES);
    check("matches", json!("^t"), PLAIN, json!("Tencent"), NO);
    refused(
        "matches",
        json!("(x"),
        PLAIN,
        "not a regular expression: unclosed group",
    );
    refused("contains", json!(""), PLAIN, "empty text is in everything");
    refused("contains", json!(5), PLAIN, "expected text, found a number");
}

#[test]
fn names_end_with_or_without_their_dot_and_nothing_else_is_stretched() {
    let seen = || json!("if-ae1.sv1.as64530.net.");
    check("ends-with", json!(".AS64530.net"), NAME, seen(), YES);
    check("ends-with", json!(".as64530.net."), NAME, seen(), YES);
    check("ends-with", json!(".as6453.net"), NAME, seen(), NO);
    check("contains", json!("as6453."), NAME, seen(), NO);
    check("contains", json!("SV1."), NAME, seen(), YES);
    check("starts-with", json!("if-ae."), NAME, seen(), NO);
    check("starts-with", json!("."), NAME, seen(), NO);
    refused("ends-with", json!("."), NAME, "every name ends with a dot");
}

#[test]
fn an_address_is_in_a_network() {
    check("in", json!("10.0.0.0/8"), ADDRESS, json!("10.255.0.1"), YES);
    check("in", json!("10.0.0.0/8"), ADDRESS, json!("11.0.0.1"), NO);
    check("in", json!("10.0.0.0/8"), ADDRESS, json!("::1"), NO);
    check(
        "in",
        json!("2001:db8::/32"),
        ADDRESS,
        json!("2001:db8::1"),
        YES,
    );
    check(
        "in",
        json!("10.0.0.0/8"),
        Shape::Any,
        json!("10.0.0.1"),
        YES,
    );
    check(
        "in",
        json!("10.0.0.0/8"),
        Shape::Any,
        json!("a.example."),
        None,
    );
    check("in", json!("10.0.0.0/8"), Shape::Any, json!(10), None);
    refused(
        "in",
        json!("10.0.0.0/40"),
        ADDRESS,
        "expected a network like 10.0.0.0/8",
    );
    refused(
        "in",
        json!(["10.0.0.0/8"]),
        ADDRESS,
        "expected text, found a list",
    );
}

#[test]
fn what_is_said_of_a_network_is_no_text() {
    let within = Shape::Text(Text::Within);
    let suiting: Vec<&str> = MATCHERS
        .iter()
        .filter(|row| (row.suits)(&within))
        .map(|row| row.word)
        .collect();
    assert_eq!(suiting, ["not", "one-of", "none-of"]);
}

#[track_caller]
fn wanted(word: &str, operand: Json, shape: Shape, expect: &str) {
    let row = find(word).expect("an operator");
    let matcher = (row.read)(&written(&operand), &shape).expect("sound");
    assert_eq!(matcher.wanted(&shape), expect);
}

#[test]
fn each_says_what_it_wants() {
    wanted("not", json!("AS1"), ASN, "not AS1");
    wanted("one-of", json!(["1ms", "2s"]), MS, "one of 1 ms, 2000 ms");
    wanted("none-of", json!(["AS1", "AS2"]), ASN, "not AS1 nor AS2");
    wanted("below", json!("2s"), MS, "below 2000 ms");
    wanted("at-most", json!(2), NUMBER, "at most 2");
    wanted("above", json!(2), NUMBER, "above 2");
    wanted("at-least", json!(2), NUMBER, "at least 2");
    wanted("between", json!([1, 2]), NUMBER, "between 1 and 2");
    wanted("contains", json!("a\u{1b}"), PLAIN, "containing `a\\u{1b}`");
    wanted("starts-with", json!("a"), PLAIN, "starting with `a`");
    wanted("ends-with", json!("a"), NAME, "ending with `a`");
    wanted("matches", json!("a"), PLAIN, "matching /a/");
    wanted("in", json!("10.0.0.0/8"), ADDRESS, "in 10.0.0.0/8");
    let within = Shape::Text(Text::Within);
    wanted(
        "not",
        json!("10.0.0.0/8"),
        within.clone(),
        "not in 10.0.0.0/8",
    );
    wanted(
        "one-of",
        json!(["10.0.0.0/8", "1.1.1.1"]),
        within.clone(),
        "in 10.0.0.0/8 or 1.1.1.1",
    );
    wanted("not", json!("1.1.1.1"), within, "not 1.1.1.1");
}
