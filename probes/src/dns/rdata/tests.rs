use super::present;
use crate::dns::testing::unhex;
use crate::dns::wire::Cursor;
use crate::dns::{QueryType, types::TYPES};

fn shown(rtype: &str, hex: &str) -> Result<String, &'static str> {
    let rtype: QueryType = rtype.parse().unwrap();
    present(rtype.number(), 1, Cursor::new(&unhex(hex))).map_err(|malformed| malformed.0)
}

fn check(rtype: &str, hex: &str, expected: &str) {
    assert_eq!(shown(rtype, hex).as_deref(), Ok(expected), "{rtype}");
}

#[test]
fn addresses_and_names() {
    check("A", "c0000201", "192.0.2.1");
    check("AAAA", "20010db8 00000000 00000000 00000001", "2001:db8::1");
    check("NS", "024e53 076578616d706c65 00", "ns.example.");
    check("MX", "000a 046d61696c 00", "10 mail.");
    check("SRV", "0001 0002 01bb 00", "1 2 443 .");
    check(
        "SOA",
        "0161 00 0162 00 00000001 00000002 00000003 00000004 ffffffff",
        "a. b. 1 2 3 4 4294967295",
    );
    check(
        "NAPTR",
        "0064 000a 0175 074532552b736970 00 00",
        "100 10 \"u\" \"E2U+sip\" \"\" .",
    );
}

#[test]
fn text_never_carries_raw_control_octets() {
    check(
        "TXT",
        "05 763d22 5c31 02 1b07",
        "\"v=\\\"\\\\1\" \"\\027\\007\"",
    );
    check("TXT", "03 e4bda0 00", "\"\\228\\189\\160\" \"\"");
    check("TXT", "", "\"\"");
    check("HINFO", "017f 0141", "\"\\127\" \"A\"");
    check(
        "CAA",
        "80 05 6973737565 63612e6578616d706c65",
        "128 issue \"ca.example\"",
    );
    check("URI", "000a 0001 6674703a2f2f78", "10 1 \"ftp://x\"");
    check("NS", "04 612e5c01 00", "a\\.\\\\\\001.");
}

#[test]
fn keys_and_signatures() {
    check(
        "DS",
        "ec45 05 01 2bb183af5f22588179a53b0a",
        "60485 5 1 2bb183af5f22588179a53b0a",
    );
    check("DNSKEY", "0101 03 08 0102 03ff", "257 3 8 AQID/w==");
    check("TLSA", "03 01 01 abcd", "3 1 1 abcd");
    check("SSHFP", "02 01 12", "2 1 12");
    // RFC 4034 §3.3: expiration 20030322173103, inception 20030220173103.
    check(
        "RRSIG",
        "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52 076578616d706c65 00 0102",
        "A 5 3 86400 20030322173103 20030220173103 2642 example. AQI=",
    );
}

#[test]
fn bitmaps_of_types() {
    // RFC 4034 §4.3.
    let map = "0006 400100000003 041b 000000000000000000000000000000000000000000000000000020";
    check(
        "NSEC",
        &format!("04686f7374 00 {map}"),
        "host. A MX RRSIG NSEC TYPE1234",
    );
    check(
        "NSEC3",
        "01 01 000c 04 aabbccdd 05 0102030405 0001 40",
        "1 1 12 aabbccdd 04106105 A",
    );
    check("NSEC3PARAM", "01 00 0000 00", "1 0 0 -");
    assert!(shown("NSEC", "00 0000").is_err());
    assert!(shown("NSEC", "00 0021 40").is_err());
}

#[test]
fn service_parameters_by_the_vectors_of_rfc_9460() {
    let target = "03666f6f 076578616d706c65 03636f6d 00";
    for (hex, expected) in [
        ("0003 0002 0035", "1 foo.example.com. port=53"),
        (
            "029b 0005 68656c6c6f",
            "1 foo.example.com. key667=\"hello\"",
        ),
        (
            "029b 0009 68656c6c6fd2716f6f",
            "1 foo.example.com. key667=\"hello\\210qoo\"",
        ),
        (
            "0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001",
            "1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1",
        ),
        (
            "0000 0004 0001 0004 0001 0009 026832 0568332d3139 0004 0004 c0000201",
            "1 foo.example.com. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1",
        ),
        (
            "0001 000c 08665c6f6f2c626172 026832",
            "1 foo.example.com. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
        ),
        ("0002 0000", "1 foo.example.com. no-default-alpn"),
    ] {
        check("SVCB", &format!("0001 {target} {hex}"), expected);
    }
    check("HTTPS", "0000 00", "0 .");
    assert!(shown("HTTPS", "0001 00 0003 0003 003500").is_err());
    assert!(shown("HTTPS", "0001 00 0003 0004 0035").is_err());
}

#[test]
fn the_odd_ones() {
    // RFC 1876's own example: cambridge-net.kei.com. LOC 42 21 54 N 71 06 18 W -24m 30m.
    check(
        "LOC",
        "00 33 16 13 89172dd0 70be15f0 00988d20",
        "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m",
    );
    check(
        "APL",
        "0001 18 03 c00002 0002 20 84 20010db8",
        "1:192.0.2.0/24 !2:2001:db8::/32",
    );
    check(
        "IPSECKEY",
        "0a 01 02 c0000226 0102",
        "10 1 2 192.0.2.38 AQI=",
    );
    check("EUI48", "00005e0053 2a", "00-00-5e-00-53-2a");
    check("NID", "000a 0014 4fff ff20 ee64", "10 0014:4fff:ff20:ee64");
    check("L32", "000a 0a010200", "10 10.1.2.0");
}

#[test]
fn data_of_unknown_types_and_classes_is_hexadecimal() {
    check("TYPE65280", "0a00", "\\# 2 0a00");
    check("NULL", "", "\\# 0");
    // Class CH gives A another layout.
    let chaos = present(1, 3, Cursor::new(&unhex("00 0001")));
    assert_eq!(chaos.as_deref(), Ok("\\# 3 000001"));
}

#[test]
fn data_that_does_not_fit_its_type_is_refused() {
    for (rtype, hex) in [
        ("A", "c00002"),
        ("A", "c000020100"),
        ("AAAA", "c0000201"),
        ("MX", "00"),
        ("CNAME", "0161"),
        ("CNAME", "c000"),
        ("TXT", "05 6162"),
        ("LOC", "01"),
        ("APL", "0003 00 00"),
        ("APL", "0001 20 05 0102030405"),
    ] {
        assert!(shown(rtype, hex).is_err(), "{rtype} {hex}");
    }
}

#[test]
fn no_layout_panics_on_any_short_or_odd_data() {
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    for _ in 0..200 {
        let octets: Vec<u8> = (0..random() % 64)
            .map(|_| random() >> (random() % 8))
            .collect();
        for (_, number, _) in TYPES {
            if let Ok(text) = present(*number, 1, Cursor::new(&octets)) {
                assert!(
                    text.bytes().all(|octet| (b' '..=b'~').contains(&octet)),
                    "{text:?}"
                );
            }
        }
    }
}
