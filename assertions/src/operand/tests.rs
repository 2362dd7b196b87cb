use super::*;

#[track_caller]
fn check(kind: &Text, written: &str, seen: &str, expect: bool) {
    let shape = Shape::Text(kind.clone());
    let wanted =
        Operand::read(&written::Value::Text(written.to_owned()), &shape).expect("readable");
    let seen = Operand::seen(&Value::String(seen.to_owned()), &shape).expect("of its kind");
    assert_eq!(wanted.is(&seen), expect, "{wanted:?} is {seen:?}");
}

#[test]
fn text_is_compared_by_its_kind() {
    check(
        &Text::Hostname,
        "MMSNS.qpic.wechatos.net",
        "mmsns.qpic.wechatos.net.",
        true,
    );
    check(
        &Text::Hostname,
        "qpic.wechatos.net.",
        "mmsns.qpic.wechatos.net.",
        false,
    );
    check(&Text::Asn, "as4837", "AS4837", true);
    check(&Text::Country, "cn", "CN", true);
    check(&Text::Address, "::ffff:0:1", "::ffff:0:1", true);
    check(&Text::Address, "2001:DB8::0:1", "2001:db8::1", true);
    check(&Text::Network, "10.1.2.3/8", "10.0.0.0/8", true);
    check(&Text::Plain, "a", "A", false);
}

#[test]
fn an_address_lies_in_a_network() {
    let shape = Shape::Text(Text::Within);
    let network =
        Operand::read(&written::Value::Text("10.0.0.0/8".into()), &shape).expect("a network");
    assert!(network.is(&Operand::Address("10.9.9.9".parse().expect("an address"))));
    assert!(!network.is(&Operand::Address("11.9.9.9".parse().expect("an address"))));
}

#[test]
fn a_number_for_an_as_is_told_how() {
    let shape = Shape::Text(Text::Asn);
    assert_eq!(
        Operand::read(&written::Value::Number(4837.0), &shape),
        Err("write it as AS4837".to_owned())
    );
}

#[track_caller]
fn refused(shape: &Shape, written: written::Value, why: &str) {
    assert_eq!(Operand::read(&written, shape), Err(why.to_owned()));
}

#[test]
fn a_wrong_operand_is_told_what_is_right() {
    use crate::written::Value as Written;
    let text = |text: &str| Written::Text(text.to_owned());
    let kind = |kind: Text| Shape::Text(kind);
    refused(&Shape::Flag, text("yes"), "write `true` or `false`");
    refused(
        &Shape::Number(Unit::None),
        Written::Flag(true),
        "expected a number like 20",
    );
    refused(
        &Shape::Number(Unit::Bytes),
        Written::Number(5.0),
        "the unit is missing; write it like 1232B",
    );
    refused(
        &Shape::Any,
        Written::Number(f64::NAN),
        "expected a number that can be counted to",
    );
    refused(
        &Shape::Number(Unit::None),
        Written::Number(f64::INFINITY),
        "expected a number that can be counted to",
    );
    refused(
        &Shape::Number(Unit::None),
        text(&"9".repeat(400)),
        "expected a number like 20",
    );
    refused(
        &Shape::Any,
        Written::Null,
        "expected a JSON value, found nothing",
    );
    refused(
        &kind(Text::Plain),
        Written::Flag(true),
        "expected text, found true or false; write it in quotes: \"true\"",
    );
    refused(
        &kind(Text::Plain),
        Written::List(Vec::new()),
        "expected text, found a list",
    );
    refused(&kind(Text::Plain), Written::Null, "a value is missing");
    refused(
        &kind(Text::Asn),
        text("4837"),
        "expected an AS number like AS4837",
    );
    refused(
        &kind(Text::Asn),
        text("AS99999999999"),
        "expected an AS number like AS4837",
    );
    refused(
        &kind(Text::Country),
        text("CHN"),
        "expected a two-letter country code (ISO 3166-1) like CN",
    );
    refused(
        &kind(Text::Address),
        text("1.1.1"),
        "expected an IP address like 36.248.45.104",
    );
    refused(
        &kind(Text::Network),
        text("x"),
        "expected a network like 10.0.0.0/8",
    );
    let words = kind(Text::Words(vec!["NOERROR".to_owned()]));
    refused(
        &words,
        text("NOEROR"),
        "`NOEROR` is not known here; did you mean `NOERROR`?",
    );
}

#[test]
fn a_name_is_the_same_in_either_script() {
    check(
        &Text::Hostname,
        "微信.example",
        "xn--9kq9f.example."
            .replace(
                "xn--9kq9f",
                &idna::domain_to_ascii("微信").expect("a label"),
            )
            .as_str(),
        true,
    );
    check(
        &Text::Hostname,
        "_dmarc.a_b.example",
        "_DMARC.a_b.example.",
        true,
    );
    check(&Text::Hostname, ".", ".", true);
}

#[test]
fn what_was_seen_in_another_form_is_of_no_kind() {
    let seen =
        |kind: Text, text: &str| Operand::seen(&Value::String(text.to_owned()), &Shape::Text(kind));
    assert_eq!(seen(Text::Asn, "private"), None);
    assert_eq!(seen(Text::Country, ""), None);
    assert_eq!(seen(Text::Address, "x"), None);
    assert_eq!(Operand::seen(&Value::Null, &Shape::Any), None);
    assert_eq!(Operand::seen(&serde_json::json!([1]), &Shape::Any), None);
}

#[test]
fn a_value_is_shown_with_its_unit_escaped_and_cut() {
    assert_eq!(
        Operand::Number(60.0).show(&Shape::Number(Unit::Seconds)),
        "60 s"
    );
    assert_eq!(Operand::Number(60.0).show(&Shape::Any), "60");
    assert_eq!(
        Operand::Text("\u{1b}".to_owned()).show(&Shape::Any),
        "\\u{1b}"
    );
    assert!(
        Operand::Text("x".repeat(9_000))
            .show(&Shape::Any)
            .ends_with("… (8760 more)")
    );
}
