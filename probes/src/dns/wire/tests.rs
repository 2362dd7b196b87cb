use super::{Cursor, Malformed, Message, WireName};
use crate::dns::reading::{fingerprint, seen_in};
use crate::dns::testing::Reply;
use crate::dns::{QueryName, QueryType, Question};
use crate::facts::Atlas;
use hickory_proto::op::Edns;

fn name_at(message: &[u8], at: usize) -> Result<String, Malformed> {
    let mut cursor = Cursor::new(message);
    cursor.octets(at)?;
    cursor.name().map(|name| name.to_string())
}

#[test]
fn names_are_read_through_pointers_back() {
    let message = b"\x07Example\x00\x03www\xc0\x00\x01a\xc0\x09\x00";
    assert_eq!(name_at(message, 0).as_deref(), Ok("example."));
    assert_eq!(name_at(message, 9).as_deref(), Ok("www.example."));
    assert_eq!(name_at(message, 15).as_deref(), Ok("a.www.example."));
    assert_eq!(name_at(message, 19).as_deref(), Ok("."));
}

#[test]
fn reading_goes_on_behind_the_first_pointer() {
    let mut cursor = Cursor::new(b"\x01a\x00\x01b\xc0\x00\x2a");
    assert!(cursor.name().is_ok() && cursor.name().is_ok());
    assert_eq!(cursor.u8(), Ok(42));
}

#[test]
fn hostile_names_end_in_an_error() {
    for (message, at, why) in [
        (&b"\xc0\x00"[..], 0, "to itself"),
        (b"\x01a\xc0\x04\x01b\xc0\x00", 4, "to each other"),
        (b"\x00\xc0\x05\x00\x00\x00", 1, "forward"),
        (b"\x01a\xc0\x00", 0, "to its own labels"),
        (b"\x05abc", 0, "a label that overruns"),
        (b"\x01a", 0, "no end"),
        (b"\xc0", 0, "half a pointer"),
        (b"\x40a\x00", 0, "a label type that does not exist"),
        (b"\x80a\x00", 0, "another"),
    ] {
        assert!(name_at(message, at).is_err(), "{why}");
    }
}

#[test]
fn a_name_of_255_octets_is_read_and_one_of_256_is_not() {
    let labels = |last: usize| {
        let mut octets: Vec<u8> = [63, 63, 63, last]
            .iter()
            .flat_map(|&length| vec![length as u8; length + 1])
            .collect();
        octets.push(0);
        octets
    };
    assert_eq!(labels(61).len(), 255);
    assert!(name_at(&labels(61), 0).is_ok());
    assert!(name_at(&labels(62), 0).is_err());
}

#[test]
fn a_part_cannot_be_read_beyond_its_end() {
    let mut whole = Cursor::new(&[1, 2, 3, 4]);
    let mut part = whole.part(2).unwrap();
    assert_eq!(whole.u16(), Ok(0x0304));
    assert!(part.u32().is_err());
    assert_eq!(part.rest(), [1, 2]);
    assert!(part.u8().is_err() && whole.part(1).is_err());
}

#[test]
fn rebasing_replaces_whole_labels_only() {
    let name = |written: &str| -> WireName { QueryName::parse(written).unwrap().to_wire() };
    let rebased = |own: &str, old: &str| {
        name(own)
            .rebased(&name(old), &name("net"))
            .map(|name| name.to_string())
    };
    assert_eq!(
        rebased("a.b.example", "example").as_deref(),
        Some("a.b.net.")
    );
    assert_eq!(rebased("a.bexample", "example"), None);
    assert_eq!(rebased("example", "example"), None);
}

/// A message with many types of record, compressed names and EDNS.
fn rich() -> (Question, Vec<u8>) {
    let name = QueryName::parse("www.example").unwrap();
    let question = Question::new(name, QueryType::A, "192.0.2.1".parse().unwrap());
    let reply = Reply::to(&question.message(true).octets)
        .edns(Edns::new())
        .answers(&[
            "www.example. 60 CNAME edge.example.",
            "edge.example. 60 A 192.0.2.1",
            "edge.example. 60 AAAA 2001:db8::1",
            "edge.example. 60 MX 10 mail.example.",
            "edge.example. 60 TXT text",
            "edge.example. 60 SRV 1 2 443 srv.example.",
            "edge.example. 60 HTTPS 1 . alpn=h2,h3",
            "edge.example. 60 CAA 0 issue \"ca.example\"",
            "dname.example. 60 DNAME other.example.",
            "edge.example. 60 TYPE47 \\# 0161 00 0006 400100000003",
            "edge.example. 60 TYPE29 \\# 00331613 89172dd0 70be15f0 00988d20",
            "edge.example. 60 TYPE42 \\# 0001 18 03 c00002",
        ]);
    let reply = reply.authority(&["example. 300 SOA ns.example. host.example. 1 2 3 4 60"]);
    (question, reply.octets())
}

#[test]
fn every_beginning_of_a_message_is_malformed_and_the_whole_is_not() {
    let (_, octets) = rich();
    assert_eq!(
        Message::parse(&octets).map(|message| message.answers.len()),
        Ok(12)
    );
    for length in 0..octets.len() {
        assert!(
            Message::parse(&octets[..length]).is_err(),
            "{length} of {}",
            octets.len()
        );
    }
}

#[test]
fn no_mutation_of_a_message_panics_or_hangs() {
    let (question, original) = rich();
    let sent = question.message(true);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let interesting = [0, 1, 0x0c, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff];
    let mut readable = 0;
    for _ in 0..20_000 {
        let mut octets = original.clone();
        for _ in 0..=random(6) {
            let place = random(octets.len());
            match random(4) {
                0 => octets[place] = interesting[random(interesting.len())],
                1 => octets[place] ^= 1 << random(8),
                2 => octets.truncate(place.max(1)),
                _ => octets.insert(place, interesting[random(interesting.len())]),
            }
        }
        let seen = seen_in(&question, &octets, &Atlas::empty());
        readable += usize::from(seen.is_ok());
        fingerprint(&octets);
        sent.is_answered_by(&octets);
    }
    assert!(
        readable > 1000,
        "mutations deep inside were read too: {readable}"
    );
}
