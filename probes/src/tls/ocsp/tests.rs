use super::super::testing::Wanted;
use super::*;

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).expect("short");
    let header = match length {
        0..=0x7f => vec![tag, length],
        _ => vec![tag, 0x81, length],
    };
    [header, content].concat()
}

/// An answer about that number, from 2024-01-01 until 2024-01-08.
fn staple(serial: &[u8], status: &[u8]) -> Vec<u8> {
    let time = |day: &str| {
        der(
            GENERALIZED_TIME,
            &[format!("202401{day}000000Z").as_bytes()],
        )
    };
    let hash = der(OCTET_STRING, &[&[7; 20]]);
    let id = der(
        SEQUENCE,
        &[&der(SEQUENCE, &[]), &hash, &hash, &der(INTEGER, &[serial])],
    );
    let until = der(INSIDE_0, &[&time("08")]);
    let single = der(SEQUENCE, &[&id, status, &time("01"), &until]);
    let responder = der(0xa2, &[&hash]);
    let data = der(
        SEQUENCE,
        &[&responder, &time("01"), &der(SEQUENCE, &[&single])],
    );
    let basic = der(SEQUENCE, &[&data]);
    let bytes = der(
        SEQUENCE,
        &[&der(0x06, &[&[1, 2]]), &der(OCTET_STRING, &[&basic])],
    );
    der(SEQUENCE, &[&der(0x0a, &[&[0]]), &der(INSIDE_0, &[&bytes])])
}

const NOW: i64 = 1_704_326_400; // 2024-01-04

fn serial(leaf: &[u8]) -> Vec<u8> {
    X509Certificate::from_der(leaf)
        .unwrap()
        .1
        .raw_serial()
        .to_vec()
}

#[test]
fn what_it_says_of_the_certificate_is_read() {
    let leaf = Wanted::default().self_signed().der;
    let check = |status: &[u8], expect| {
        let Fact::Known(seen) = read(&staple(&serial(&leaf), status), &leaf, NOW) else {
            panic!("nothing");
        };
        assert_eq!(seen.status, expect);
        assert_eq!(
            seen.this_update,
            Fact::Known("2024-01-01T00:00:00Z".to_owned())
        );
        assert_eq!(
            seen.next_update,
            Fact::Known("2024-01-08T00:00:00Z".to_owned())
        );
        assert_eq!(seen.expires_in_s, Fact::Known(4 * 86_400));
    };
    check(&[PLAIN_0, 0], OcspStatus::Good);
    check(&[INSIDE_1, 0], OcspStatus::Revoked);
    check(&[PLAIN_2, 0], OcspStatus::Unknown);
}

#[test]
fn what_cannot_be_read_or_is_about_another_says_so() {
    let leaf = Wanted::default().self_signed().der;
    assert_eq!(read(&[], &leaf, NOW), Fact::Nothing);
    let status = |staple: &[u8]| read(staple, &leaf, NOW).known().map(|seen| seen.status);
    assert_eq!(
        status(&staple(&[1, 2, 3], &[PLAIN_0, 0])),
        Some(OcspStatus::AboutAnother)
    );
    let whole = staple(&serial(&leaf), &[PLAIN_0, 0]);
    for end in 1..whole.len() {
        assert_eq!(
            status(&whole[..end]),
            Some(OcspStatus::Malformed),
            "cut at {end}"
        );
    }
    let error = der(SEQUENCE, &[&der(0x0a, &[&[6]])]);
    assert_eq!(status(&error), Some(OcspStatus::Malformed));
}
