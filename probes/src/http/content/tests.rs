use super::*;
use http::HeaderValue;
use serde_json::json;

const MIB: usize = 1024 * 1024;

fn headers(lines: &[(http::HeaderName, &'static str)]) -> HeaderMap {
    let line = |(name, value): &(http::HeaderName, &'static str)| {
        (name.clone(), HeaderValue::from_static(value))
    };
    lines.iter().map(line).collect()
}

fn of(media_type: &'static str, octets: &[u8]) -> Understood {
    let octets = octets.to_vec();
    let body = Body { octets, cut: None };
    understand(&headers(&[(CONTENT_TYPE, media_type)]), body, MIB)
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn check_text(media_type: &'static str, octets: &[u8], expect: Option<(&str, &str)>) {
    let understood = of(media_type, octets);
    let charset = understood.content.charset;
    let found = understood.text.known().zip(charset.known());
    let found = found.map(|(text, charset)| (text.as_str(), charset.as_str()));
    assert_eq!(found, expect, "{media_type}");
}

#[test]
fn text_is_read_in_the_charset_that_is_said() {
    let gbk: &[u8] = b"\xd4\xc1B2-20090059";
    check_text("text/html", "粤B2".as_bytes(), Some(("粤B2", "UTF-8")));
    check_text(
        "text/html; charset=GBK",
        gbk,
        Some(("粤B2-20090059", "GBK")),
    );
    check_text(
        "text/html;charset=\"gb2312\"",
        gbk,
        Some(("粤B2-20090059", "GBK")),
    );
    let page = [b"<meta charset='gb18030'>", gbk].concat();
    check_text(
        "text/html",
        &page,
        Some(("<meta charset='gb18030'>粤B2-20090059", "gb18030")),
    );
    let page = [
        b"<meta http-equiv=Content-Type content=\"text/html; charset=gbk\">".as_slice(),
        gbk,
    ]
    .concat();
    assert_eq!(
        of("text/html", &page).licences,
        Fact::Known(vec!["粤B2-20090059".to_owned()])
    );
    check_text(
        "text/plain; charset=gbk",
        "\u{feff}粤".as_bytes(),
        Some(("粤", "UTF-8")),
    );
    check_text("text/plain", b"\xff\xfea\0b\0", Some(("ab", "UTF-16LE")));
}

#[test]
fn what_is_no_text_is_nothing_and_not_unknown() {
    check_text("image/png", b"\x89PNG\r\n\x1a\n\0\0", None);
    check_text("application/octet-stream", b"a\0b", None);
    check_text("text/plain", b"", None);
    check_text("text/plain", b"a\xffb", Some(("a\u{fffd}b", "UTF-8")));
    assert_eq!(
        of("image/png", b"\x89PNG\0").licences,
        Fact::Known(Vec::new())
    );
}

#[test]
fn json_is_read_whatever_it_is_called_and_nothing_else_is() {
    let json = of("text/plain", br#"{"a": [1, "x"]}"#).json;
    assert_eq!(json, Fact::Known(json!({ "a": [1, "x"] })));
    assert_eq!(of("application/json", b"{a: 1}").json, Fact::Nothing);
    assert_eq!(of("application/json", b"").json, Fact::Nothing);
    let deep = "[".repeat(100_000);
    assert_eq!(of("application/json", deep.as_bytes()).json, Fact::Nothing);
}

#[test]
fn the_hash_and_the_sizes_are_of_what_was_decoded() {
    let headers = headers(&[
        (CONTENT_ENCODING, "gzip"),
        (CONTENT_TYPE, "Text/Plain; x=y"),
    ]);
    let octets = gzip(b"hello");
    let length = octets.len() as u64;
    let content = understand(&headers, Body { octets, cut: None }, MIB).content;
    assert_eq!((content.size_bytes, content.transferred_bytes), (5, length));
    assert_eq!(content.r#type.as_deref(), Some("text/plain"));
    assert_eq!(content.codings, ["gzip"]);
    let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(content.sha256, Fact::Known(sha256.to_owned()));
}

#[test]
fn what_is_not_all_known_is_not_judged() {
    let plain = headers(&[]);
    let cut = |cut, octets: &[u8]| {
        let octets = octets.to_vec();
        understand(
            &plain,
            Body {
                octets,
                cut: Some(cut),
            },
            MIB,
        )
    };
    let limited = cut(ContentProblem::ReadLimit, b"abc");
    assert_eq!(
        (&limited.text, &limited.json),
        (&Fact::Unknown, &Fact::Unknown)
    );
    assert_eq!(limited.content.problem, Some(ContentProblem::ReadLimit));
    let early = cut(ContentProblem::ClosedEarly, b"abc");
    assert_eq!(early.text, Fact::Known("abc".to_owned()));
    assert_eq!(early.content.sha256, Fact::Unknown);
}

#[test]
fn a_coding_that_is_wrong_has_its_word() {
    let coded = |codings: &'static str, octets: Vec<u8>, most| {
        let headers = headers(&[(CONTENT_ENCODING, codings)]);
        let understood = understand(&headers, Body { octets, cut: None }, most);
        (understood.content.problem, understood.text)
    };
    let not = |problem| (Some(problem), Fact::Unknown);
    let bomb = gzip(&vec![b' '; 16 * MIB]);
    assert_eq!(coded("gzip", bomb, 64 * MIB), not(ContentProblem::Bomb));
    assert_eq!(
        coded("gzip", gzip(b"hello"), 3),
        not(ContentProblem::ReadLimit)
    );
    assert_eq!(
        coded("compress", vec![1], MIB),
        not(ContentProblem::UnknownCoding)
    );
    assert_eq!(
        coded("br,br,br,br", vec![1], MIB),
        not(ContentProblem::TooManyCodings)
    );
    let corrupt = coded("gzip", b"hello".to_vec(), MIB);
    assert_eq!(corrupt, (Some(ContentProblem::Corrupt), Fact::Nothing));
    let short = gzip(&[b'a'; 1000])[..20].to_vec();
    assert_eq!(coded("gzip", short, MIB).0, Some(ContentProblem::Corrupt));
}
