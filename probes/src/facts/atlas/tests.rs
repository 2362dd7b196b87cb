use super::Atlas;
use crate::fact::Fact;
use crate::facts::{AddressFacts, Asn};
use ipnet::IpNet;
use mmdb_writer::Writer;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

fn mmdb(kind: &str, entries: &[(&str, Value)]) -> Vec<u8> {
    let built = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let mut writer = Writer::builder(kind).build_epoch(built).build();
    for (network, record) in entries {
        writer
            .insert(network.parse::<IpNet>().unwrap(), record)
            .unwrap();
    }
    writer.to_bytes().unwrap()
}

/// Files in a folder of their own, opened in this order.
fn open(files: &[(&str, Vec<u8>)]) -> (TempDir, Result<Atlas, String>) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(name, _)| folder.path().join(name))
        .collect();
    for (path, (_, content)) in paths.iter().zip(files) {
        std::fs::write(path, content).unwrap();
    }
    let atlas = Atlas::open(&paths);
    (folder, atlas)
}

fn atlas_of(kind: &str, entries: &[(&str, Value)]) -> Atlas {
    open(&[("base.mmdb", mmdb(kind, entries))]).1.unwrap()
}

fn facts(atlas: &Atlas, address: &str) -> AddressFacts {
    atlas.facts(address.parse().unwrap())
}

fn known(known: &str) -> Fact<String> {
    Fact::Known(known.to_owned())
}

#[test]
fn without_a_database_only_special_ranges_are_known() {
    let global = facts(&Atlas::empty(), "43.130.30.140");
    assert_eq!(
        (global.special, global.asn, global.prefix),
        (None, Fact::Unknown, Fact::Unknown)
    );
    let cgn = facts(&Atlas::empty(), "::ffff:100.64.1.1");
    assert_eq!(
        (cgn.address.to_string(), cgn.special.as_deref()),
        ("100.64.1.1".into(), Some("cgn"))
    );
    assert_eq!(
        (cgn.asn, cgn.country, cgn.prefix),
        (Fact::Nothing, Fact::Nothing, known("100.64.0.0/10"))
    );
    assert!(Atlas::empty().databases().is_empty());
}

#[test]
fn every_maker_of_databases_is_understood() {
    let net = "43.130.0.0/16";
    let names = |name: &str| json!({ "en": name });
    for (kind, record, asn, name, country, city) in [
        (
            "GeoLite2-ASN",
            json!({ "autonomous_system_number": 132203, "autonomous_system_organization": "Tencent" }),
            Fact::Known(Asn(132_203)),
            known("Tencent"),
            Fact::Unknown,
            Fact::Unknown,
        ),
        (
            "GeoIP2-City",
            json!({ "country": { "iso_code": "US", "names": names("United States") }, "city": { "names": names("Ashburn") } }),
            Fact::Unknown,
            Fact::Unknown,
            known("US"),
            known("Ashburn"),
        ),
        (
            "GeoLite2-Country",
            json!({ "country": { "iso_code": "US" } }),
            Fact::Unknown,
            Fact::Unknown,
            known("US"),
            Fact::Unknown,
        ),
        (
            "DBIP-City-Lite",
            json!({ "country": { "iso_code": "US" }, "city": { "names": names("Ashburn") } }),
            Fact::Unknown,
            Fact::Unknown,
            known("US"),
            known("Ashburn"),
        ),
        (
            "ipinfo bundle_location_lite.mmdb",
            json!({ "asn": "AS132203", "as_name": "Tencent", "country": "United States", "country_code": "US" }),
            Fact::Known(Asn(132_203)),
            known("Tencent"),
            known("US"),
            Fact::Unknown,
        ),
        (
            "ipinfo standard_asn.mmdb",
            json!({ "asn": "AS132203", "name": "Tencent", "domain": "tencent.com" }),
            Fact::Known(Asn(132_203)),
            known("Tencent"),
            Fact::Unknown,
            Fact::Unknown,
        ),
        (
            "ip-location-db dbip-city",
            json!({ "city": "Ashburn", "country_code": "US", "state1": "Virginia" }),
            Fact::Unknown,
            Fact::Unknown,
            known("US"),
            known("Ashburn"),
        ),
        (
            "anything",
            json!({ "asn": 132203 }),
            Fact::Known(Asn(132_203)),
            Fact::Unknown,
            Fact::Unknown,
            Fact::Unknown,
        ),
    ] {
        let seen = facts(&atlas_of(kind, &[(net, record)]), "43.130.30.140");
        assert_eq!(
            (seen.asn, seen.as_name, seen.country, seen.city),
            (asn, name, country, city),
            "{kind}"
        );
        assert_eq!(seen.prefix, known(net), "{kind}");
    }
}

#[test]
fn nothing_is_told_from_unknown() {
    let atlas = atlas_of(
        "GeoLite2-ASN",
        &[("1.0.0.0/24", json!({ "autonomous_system_number": 13335 }))],
    );
    let unrouted = facts(&atlas, "8.8.8.8");
    assert_eq!(
        (unrouted.asn, unrouted.as_name, unrouted.country),
        (Fact::Nothing, Fact::Nothing, Fact::Unknown)
    );
    assert_eq!(
        (unrouted.prefix, unrouted.hostname),
        (Fact::Nothing, Fact::Unknown)
    );
}

#[test]
fn the_first_database_that_knows_a_fact_gives_it() {
    let corrections = b"start,end,asn,name,country\n43.130.30.0,43.130.30.255,,,SG\n".to_vec();
    let systems = mmdb(
        "GeoLite2-ASN",
        &[(
            "43.130.0.0/16",
            json!({ "autonomous_system_number": 132203 }),
        )],
    );
    let places = mmdb(
        "GeoLite2-Country",
        &[("43.0.0.0/8", json!({ "country": { "iso_code": "US" } }))],
    );
    let (_folder, atlas) = open(&[
        ("fix.csv", corrections),
        ("asn.mmdb", systems),
        ("country.mmdb", places),
    ]);
    let atlas = atlas.unwrap();
    let corrected = facts(&atlas, "43.130.30.140");
    assert_eq!(
        (corrected.asn, corrected.country),
        (Fact::Known(Asn(132_203)), known("SG"))
    );
    assert_eq!(corrected.prefix, known("43.130.30.0/24"));
    let other = facts(&atlas, "43.131.0.1");
    assert_eq!((other.asn, other.country), (Fact::Nothing, known("US")));
    let names: Vec<&str> = atlas
        .databases()
        .iter()
        .map(|database| database.name.as_str())
        .collect();
    assert_eq!(names, ["fix.csv", "asn.mmdb", "country.mmdb"]);
}

#[test]
fn a_database_says_what_it_is() {
    let atlas = atlas_of(
        "GeoLite2-ASN",
        &[("1.0.0.0/24", json!({ "autonomous_system_number": 13335 }))],
    );
    let identity = &atlas.databases()[0];
    assert_eq!(
        (identity.name.as_str(), identity.kind.as_str()),
        ("base.mmdb", "GeoLite2-ASN")
    );
    assert_eq!(identity.built.as_deref(), Some("2023-11-14T22:13:20Z"));
    let table = Atlas::with_csv_text("abc", "1.0.0.0,1.0.0.255,13335,Cloudflare\n").unwrap();
    assert_eq!(
        (
            table.databases()[0].kind.as_str(),
            table.databases()[0].built.as_ref()
        ),
        ("csv", None)
    );
    // `printf '1.0.0.0,1.0.0.255,13335,Cloudflare\n' | sha256sum`
    assert_eq!(
        table.databases()[0].sha256,
        "cf2c177263b35385d0fe95fe2b3bd1c737f46f92bde9a2c3bb34be87b8134e04"
    );
}

#[test]
fn ranges_are_read_in_every_usual_form() {
    for text in [
        "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n",
        "16777216,16777471,AS13335,\"Cloudflare, Inc.\"\r\n",
        "\u{feff}# a comment\n\nstart,end,asn,name\n1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n",
        "City,AS_Name,ASN,ip_to,IP_from,country\nx,\"Cloudflare, Inc.\",13335,1.0.0.255,1.0.0.0,au\n",
    ] {
        let seen = facts(&Atlas::with_csv_text("table", text).unwrap(), "1.0.0.1");
        assert_eq!(
            (seen.asn, seen.as_name),
            (Fact::Known(Asn(13_335)), known("Cloudflare, Inc."))
        );
        assert_eq!(seen.prefix, known("1.0.0.0/24"));
    }
    let v6 = "2606:4700::,2606:4700:ffff:ffff:ffff:ffff:ffff:ffff,13335,Cloudflare\n50543257672059871397000000000000000000,50543257672059871397000000000000000001,1,x\n";
    let atlas = Atlas::with_csv_text("table", v6).unwrap();
    assert_eq!(
        facts(&atlas, "2606:4700::1111").prefix,
        known("2606:4700::/32")
    );
}

#[test]
fn the_most_specific_of_overlapping_ranges_wins() {
    let text =
        "5.0.0.0,5.255.255.255,1,wide\n5.0.0.1,5.0.255.255,2,odd\n5.0.0.0,5.0.0.255,3,narrow\n";
    let atlas = Atlas::with_csv_text("table", text).unwrap();
    for (address, asn) in [
        ("5.0.0.0", 3),
        ("5.0.0.1", 3),
        ("5.0.1.0", 2),
        ("5.1.0.0", 1),
    ] {
        assert_eq!(
            facts(&atlas, address).asn,
            Fact::Known(Asn(asn)),
            "{address}"
        );
    }
    assert_eq!(facts(&atlas, "6.0.0.0").asn, Fact::Nothing);
}

#[test]
fn a_table_without_a_column_leaves_its_fact_unknown() {
    let atlas = Atlas::with_csv_text("table", "start,end,country\n1.0.0.0,1.0.0.255,-\n").unwrap();
    let seen = facts(&atlas, "1.0.0.1");
    assert_eq!((seen.asn, seen.country), (Fact::Unknown, Fact::Nothing));
}

#[test]
fn what_cannot_be_read_says_where_and_what_to_do() {
    let whole = mmdb(
        "GeoLite2-ASN",
        &[("1.0.0.0/24", json!({ "autonomous_system_number": 13335 }))],
    );
    let mut broken = whole.clone();
    broken.drain(..whole.len() / 2);
    for (content, says) in [
        (broken, "broken MMDB file"),
        (
            mmdb("Anonymous", &[("1.0.0.0/24", json!({ "is_proxy": true }))]),
            "hold neither AS nor country",
        ),
        (vec![0x1f, 0x8b, 8, 0], "unpack it first"),
        (vec![0xff, 0xfe, 0, 1], "neither an MMDB file nor CSV"),
        (Vec::new(), "no lines"),
        (
            b"1.0.0.0,1.0.0.255,1,a\n1.0.0.9,1.0.0.1,2,b\n".to_vec(),
            "line 2: 1.0.0.9 to 1.0.0.1 is no range",
        ),
        (b"1.0.0.0,2606::1,1,a\n".to_vec(), "is no range"),
        (
            b"1.0.0.0,1.0.0.1,one,a\n".to_vec(),
            "line 1: `one` is no AS number",
        ),
        (b"1.0.0.0\n".to_vec(), "line 1: `` is no address"),
        (
            b"hello,world\n".to_vec(),
            "neither a range nor a header with `start`",
        ),
    ] {
        let (folder, atlas) = open(&[("base", content)]);
        let error = atlas.unwrap_err();
        let path = folder.path().join("base");
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(error.contains(says), "{error}");
    }
    let error = Atlas::open(&["/nonexistent/base.mmdb".into()]).unwrap_err();
    assert!(
        error.starts_with("/nonexistent/base.mmdb: cannot be read"),
        "{error}"
    );
}

#[test]
fn a_network_that_several_announce_has_them_all() {
    let csv = |text: &str| Atlas::with_csv_text("base", text).unwrap();
    let of = |atlas: &Atlas| {
        let facts = facts(atlas, "1.0.0.1");
        (facts.asn, facts.origins)
    };
    let both = Fact::Known(vec![Asn(64_500), Asn(64_501)]);
    for written in [
        "64501_64500",
        "\"{64501,64500}\"",
        "AS64501 AS64500",
        "64501_64500_64501",
    ] {
        let atlas = csv(&format!("1.0.0.0,1.0.0.255,{written},a\n"));
        assert_eq!(
            of(&atlas),
            (Fact::Known(Asn(64_501)), both.clone()),
            "{written}"
        );
    }
    let one = csv("1.0.0.0,1.0.0.255,64500,a\n");
    assert_eq!(
        of(&one),
        (Fact::Known(Asn(64_500)), Fact::Unknown),
        "it tells none apart"
    );
    let other = csv("1.0.0.0,1.0.0.255,64500,a\n2.0.0.0,2.0.0.255,1_2,b\n");
    assert_eq!(of(&other).1, Fact::Known(vec![Asn(64_500)]));
    assert_eq!(facts(&other, "3.0.0.1").origins, Fact::Nothing);
    assert_eq!(facts(&other, "10.0.0.1").origins, Fact::Nothing);
    assert!(Atlas::with_csv_text("base", "1.0.0.0,1.0.0.255,1_two,a\n").is_err());
}

#[test]
fn a_peering_lan_is_known_by_a_database_of_exchanges() {
    let exchanges = b"start,end,ixp\n80.249.208.0,80.249.215.255,AMS-IX\n".to_vec();
    let systems = b"80.249.208.0,80.249.215.255,1200,AMS-IX B.V.\n".to_vec();
    let (_folder, atlas) = open(&[("systems", systems), ("exchanges", exchanges)]);
    let atlas = atlas.unwrap();
    let inside = facts(&atlas, "80.249.208.9");
    assert_eq!(
        (inside.exchange, inside.asn),
        (known("AMS-IX"), Fact::Known(Asn(1200)))
    );
    let outside = facts(&atlas, "80.250.0.1");
    assert_eq!(
        (outside.exchange, outside.asn),
        (Fact::Nothing, Fact::Nothing)
    );
    let without = Atlas::with_csv_text("base", "1.0.0.0,1.0.0.255,1,a\n").unwrap();
    assert_eq!(facts(&without, "1.0.0.1").exchange, Fact::Unknown);
}

#[test]
fn a_database_with_broken_octets_never_panics() {
    let entries = [
        (
            "1.0.0.0/24",
            json!({ "autonomous_system_number": 1, "autonomous_system_organization": "a" }),
        ),
        (
            "2.0.0.0/24",
            json!({ "autonomous_system_number": 2, "autonomous_system_organization": "b" }),
        ),
    ];
    let whole = mmdb("GeoLite2-ASN", &entries);
    for place in 0..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut broken = whole.clone();
            broken[place] ^= flip;
            let mut layers = super::Layers::default();
            if layers.add("base".to_owned(), broken).is_ok() {
                layers.facts("1.0.0.1".parse().unwrap());
                layers.facts("2606::1".parse().unwrap());
            }
        }
    }
}
