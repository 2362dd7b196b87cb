//! Knot answers; dig, kdig and netspec read the same answers.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;

use crate::child::{Case, enter, sh};
use crate::server::{Server, folder, netspec, world};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "knot::dig_and_netspec_read_the_same_answers",
        tools: &["knotd", "dig", "setpriv"],
        play: dig,
    },
    Case {
        name: "knot::kdig_and_netspec_read_the_same_answers",
        tools: &["knotd", "kdig", "setpriv"],
        play: kdig,
    },
];

const ADDRESS: &str = "203.0.113.53";

const CONFIGURATION: &str = "
server:
  rundir: FOLDER
  listen: 203.0.113.53@53
database:
  storage: FOLDER
zone:
  - domain: example.test
    storage: FOLDER
    file: example.test.zone
    zonefile-sync: -1
";

const ZONE: &str = r#"
$ORIGIN example.test.
$TTL 300
@ SOA ns hostmaster 2026112201 7200 900 86400 60
@ NS ns
ns A 203.0.113.53
@ MX 10 mail
@ MX 20 mail.elsewhere.test.
mail A 203.0.113.25
mail AAAA 2001:db8::25
www CNAME web
web CNAME edge
edge 60 A 203.0.113.80
edge 60 A 203.0.113.81
edge 60 A 203.0.113.82
text TXT "one" "two; three" "with \"quotes\" and \\ and \007"
caa CAA 0 issue "ca.example.test"
_sip._udp SRV 10 60 5060 mail
svc HTTPS 1 . alpn=h2,h3 ipv4hint=203.0.113.80
tlsa TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sshfp SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.test!" .
unknown TYPE65280 \# 4 0a000001
*.wild A 203.0.113.90
there.is.something.below TXT "so that the names above it exist"
xn--bcher-kva A 203.0.113.91
loop1 CNAME loop2
loop2 CNAME loop1
dangling CNAME nothing.example.test.
old DNAME new
host.new A 203.0.113.92
sub NS ns.sub
ns.sub A 203.0.113.54
big TXT "0123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "1123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "2123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "3123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "4123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "5123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "6123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "7123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "8123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "9123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "a123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "b123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "c123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "d123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "e123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "f123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "g123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "h123456789012345678901234567890123456789012345678901234567890123456789"
"#;

/// Every kind of answer the zone has: records of all sorts, chains, circles, nothing of two kinds, delegations, other zones.
const QUESTIONS: &[(&str, &str)] = &[
    ("example.test", "SOA"),
    ("example.test", "NS"),
    ("example.test", "MX"),
    ("mail.example.test", "A"),
    ("mail.example.test", "AAAA"),
    ("MAIL.Example.TEST", "A"),
    ("www.example.test", "A"),
    ("www.example.test", "CNAME"),
    ("text.example.test", "TXT"),
    ("caa.example.test", "CAA"),
    ("_sip._udp.example.test", "SRV"),
    ("svc.example.test", "HTTPS"),
    ("tlsa.example.test", "TLSA"),
    ("sshfp.example.test", "SSHFP"),
    ("naptr.example.test", "NAPTR"),
    ("unknown.example.test", "TYPE65280"),
    ("any.wild.example.test", "A"),
    ("is.something.below.example.test", "A"),
    ("xn--bcher-kva.example.test", "A"),
    ("loop1.example.test", "A"),
    ("dangling.example.test", "A"),
    ("host.old.example.test", "A"),
    ("host.sub.example.test", "A"),
    ("big.example.test", "TXT"),
    ("mail.example.test", "MX"),
    ("nothing.example.test", "A"),
    ("another.test", "A"),
];

fn dig() {
    agree("dig", "+nosplit");
}

fn kdig() {
    agree("kdig", "+header");
}

/// What a tool and netspec say of each question, from the same server.
fn agree(tool: &str, also: &str) {
    let lab = enter(&world());
    let files = [("knot.conf", CONFIGURATION), ("example.test.zone", ZONE)];
    let command = "knotd -c FOLDER/knot.conf";
    let _knot = Server::start(&lab, folder(&files), command, "203.0.113.53:53");
    let mut checks = String::new();
    for (name, rtype) in QUESTIONS {
        let dns = format!(
            "{{ query: {name}, type: {rtype}, resolver: {ADDRESS}, recursion: false, expect: {{ status: present }} }}"
        );
        writeln!(checks, "  - name: {name} {rtype}\n    dns: {dns}").unwrap();
    }
    let ours = netspec(&checks, folder(&[]).path());
    assert_eq!(ours.len(), QUESTIONS.len());
    let differing: Vec<String> = QUESTIONS
        .iter()
        .filter_map(|(name, rtype)| {
            let told = sh(&format!(
                "{tool} +noall +comments +answer +norecurse +nocookie +bufsize=1232 {also} @{ADDRESS} {name} {rtype}"
            ));
            let theirs = (status(&told), records(&told));
            let seen = &ours[&format!("{name} {rtype}")]["seen"][0]["seen"];
            let ours = (as_told(seen), answers(seen));
            (ours != theirs).then(|| format!("{name} {rtype}\n  {tool}: {theirs:?}\n  netspec: {ours:?}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// `status: NOERROR`.
fn status(told: &str) -> String {
    let after = told.split("status: ").nth(1).unwrap_or_default();
    after
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

/// The records of an answer as both tools write them: the white space made one, and names in small letters.
fn records(told: &str) -> BTreeSet<String> {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = told.lines().map(line);
    let records = told.filter(|line| !line.is_empty() && !line.starts_with(';'));
    records.map(|record| small(&record)).collect()
}

/// NODATA, a referral and a chain that turns in a circle are NOERROR in a header.
fn as_told(seen: &Value) -> String {
    match seen["status"].as_str().unwrap_or_default() {
        "NODATA" | "REFERRAL" => "NOERROR".to_owned(),
        status => status.to_owned(),
    }
}

fn answers(seen: &Value) -> BTreeSet<String> {
    let records = seen["answers"].as_array().into_iter().flatten();
    let text = |record: &Value| {
        let field = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let (name, rtype, data) = (field("name"), field("type"), field("data"));
        small(&format!("{name} {} IN {rtype} {data}", record["ttl_s"]))
    };
    records.map(text).collect()
}

/// In small letters, for hexadecimal digits and names come in either; text in quotes is left, but for that of service
/// parameters, where quotes are a matter of taste (RFC 9460, 2.1).
fn small(record: &str) -> String {
    match record.split(' ').nth(3) {
        Some("TXT" | "CAA" | "NAPTR") => record.to_owned(),
        _ => record.replace('"', "").to_ascii_lowercase(),
    }
}
