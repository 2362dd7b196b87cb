use super::*;
use serde_json::json;

const SECRET: &str = "p@ss w\"rd/é+1";

#[track_caller]
fn hidden(written: &str) {
    let masks = Masks::new(&[SECRET]);
    let text = format!("before {written} after");
    assert_eq!(masks.text(&text), "before *** after");
}

#[test]
fn a_secret_is_hidden_in_every_form() {
    hidden(SECRET);
    hidden(&SECRET.to_uppercase());
    hidden("p%40ss%20w%22rd%2F%C3%A9%2B1");
    hidden("p%40ss+w%22rd%2f%c3%a9%2b1");
    hidden("p@ss%20w%22rd/%C3%A9+1");
    hidden(r#"p@ss w\"rd/é+1"#);
    hidden(r#"p@ss w\"rd\/\u00e9+1"#);
    hidden("p@ss w&quot;rd/&#233;+1");
    hidden("7040737320772272642fc3a92b31");
    hidden("70:40:73:73:20:77:22:72:64:2f:c3:a9:2b:31");
}

#[test]
fn a_secret_is_hidden_in_base64_whatever_stands_before_it() {
    let masks = Masks::new(&["swordfish"]);
    for name in ["", "u", "us", "user", "ünï"] {
        for after in ["", ":", "!!"] {
            let plain = format!(
                "{name}{}swordfish{after}",
                if name.is_empty() { "" } else { ":" }
            );
            let encoded = base64::engine::general_purpose::STANDARD.encode(&plain);
            let text = format!("Authorization: Basic {encoded}\r\n");
            assert_eq!(masks.text(&text), "Authorization: Basic ***\r\n", "{plain}");
            let url = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&plain);
            assert_eq!(masks.text(&url), "***", "{plain}");
        }
    }
}

#[test]
fn the_beginning_of_one_that_was_cut_off_is_hidden() {
    let masks = Masks::new(&["swordfish-and-chips"]);
    assert_eq!(
        masks.text("got swordfish-a… (12 more)"),
        "got ***… (12 more)"
    );
    assert_eq!(masks.text("got swordf"), "got ***");
    assert_eq!(masks.text("a sword… is swo"), "a ***… is swo");
    assert_eq!(masks.text("nothing… here"), "nothing… here");
}

#[test]
fn the_beginning_of_one_is_hidden_in_base64_and_hexadecimal_too() {
    let masks = Masks::new(&["swordfish>>and??chips"]);
    for name in ["", "u:", "us:", "user:", "ünï:"] {
        let plain = format!("{name}swordfish>>and??chips!");
        let standard = base64::engine::general_purpose::STANDARD.encode(&plain);
        let url = base64::engine::general_purpose::URL_SAFE.encode(&plain);
        for encoded in [standard, url] {
            for length in name.len() * 4 / 3 + 7..encoded.len() {
                let text = format!("Basic {}… (12 more)", &encoded[..length]);
                assert_eq!(masks.text(&text), "Basic ***… (12 more)", "{text}");
            }
        }
    }
    assert_eq!(masks.text("got 73776f7264… (9 more)"), "got ***… (9 more)");
}

#[test]
fn the_longest_goes_first_and_long_ones_are_found() {
    let masks = Masks::new(&["swordfish", "swordfish-and-chips"]);
    assert_eq!(masks.text("swordfish-and-chips, swordfish"), "***, ***");
    let long: String = (0..2_000)
        .map(|n| char::from(b'a' + (n * 7 % 26) as u8))
        .collect();
    let masks = Masks::new(&[&long]);
    assert_eq!(masks.text(&format!("<{long}>")), "<***>");
}

#[test]
fn what_was_seen_is_told_without_secrets() {
    let masks = Masks::new(&["swordfish", "443210"]);
    let mut seen = json!({ "x-swordfish": ["a swordfish"], "deep": { "n": 443210, "port": 443, "none": null } });
    masks.json(&mut seen);
    let expect = json!({ "x-***": ["a ***"], "deep": { "n": "***", "port": 443, "none": null } });
    assert_eq!(seen, expect);
    assert!(Masks::new(&[]).is_empty());
    assert_eq!(Masks::new(&[]).text("as it is"), "as it is");
}
