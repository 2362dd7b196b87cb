//! The article's internet, asked with the tools the article used. What is expected here is copied from the article.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::child::{Case, builtin, dig, enter, hops, sh};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "paris::dig_gets_the_answers_of_the_article",
        tools: &["dig"],
        play: answers,
    },
    Case {
        name: "paris::dig_sees_edns_where_the_article_did",
        tools: &["dig"],
        play: edns,
    },
    Case {
        name: "paris::dig_gets_the_same_by_tcp",
        tools: &["dig"],
        play: tcp_answers,
    },
    Case {
        name: "paris::hops_have_their_names",
        tools: &["dig"],
        play: names,
    },
    Case {
        name: "paris::traceroute_by_icmp_sees_the_hops_of_the_article",
        tools: &["traceroute"],
        play: trace_icmp,
    },
    Case {
        name: "paris::traceroute_by_udp_ends_in_silence_as_in_the_article",
        tools: &["traceroute"],
        play: trace_udp,
    },
    Case {
        name: "paris::mtr_sees_the_same_hops",
        tools: &["mtr"],
        play: mtr,
    },
    Case {
        name: "paris::ping_reaches_hosts_and_routers",
        tools: &["ping"],
        play: ping,
    },
    Case {
        name: "paris::round_trips_are_those_of_the_world",
        tools: &["ping"],
        play: round_trips,
    },
    Case {
        name: "paris::nothing_leads_elsewhere",
        tools: &["ping"],
        play: elsewhere,
    },
    Case {
        name: "paris::mmtls_answers_in_frankfurt",
        tools: &[],
        play: frankfurt,
    },
];

/// Hop by hop, who answers in the article; nobody at 10 and 12.
const HOPS: [&[&str]; 14] = [
    &["192.168.1.1"],
    &["80.10.253.29"],
    &["80.10.154.194"],
    &["193.253.82.102"],
    &["193.252.159.153"],
    &["193.252.103.37"],
    &["81.253.184.6"],
    &["193.251.251.20"],
    &["80.231.246.6"],
    &[],
    &["195.219.174.8"],
    &[],
    &["180.87.12.2", "180.87.108.4"],
    &["11.28.188.149", "11.28.189.87", "11.28.189.85"],
];

/// Answers of three that the article shows as silent.
const SILENCES: [(usize, usize); 5] = [(8, 2), (9, 2), (10, 3), (11, 1), (12, 3)];

fn answers() {
    let _lab = enter(&builtin("paris-2023"));
    let abroad = |alias_s: u32, address_s: u32, last: [u32; 4]| -> Vec<String> {
        let alias = format!("cmmsns.qpic.cn. {alias_s} IN CNAME mmsns.qpic.wechatos.net.");
        let address =
            |octet| format!("mmsns.qpic.wechatos.net. {address_s} IN A 43.130.30.{octet}");
        std::iter::once(alias).chain(last.map(address)).collect()
    };
    assert_eq!(
        dig("@1.1.1.1 cmmsns.qpic.cn"),
        abroad(60, 300, [140, 221, 120, 12])
    );
    assert_eq!(
        dig("@80.10.246.2 cmmsns.qpic.cn"),
        abroad(46, 25, [120, 12, 140, 221])
    );
    let home: Vec<_> = (104..120)
        .map(|octet| format!("cmmsns.qpic.cn. 190 IN A 36.248.45.{octet}"))
        .collect();
    assert_eq!(dig("@180.76.76.76 cmmsns.qpic.cn"), home);
    assert_eq!(
        dig("@1.1.1.1 +short vweixinthumb.tc.qq.com"),
        ["socwxsns.video.qq.com.", "101.33.110.25"]
    );
}

fn edns() {
    let _lab = enter(&builtin("paris-2023"));
    let said = |resolver: &str| sh(&format!("dig @{resolver} cmmsns.qpic.cn"));
    for resolver in ["1.1.1.1", "80.10.246.2"] {
        let said = said(resolver);
        assert!(
            said.contains("; EDNS: version: 0, flags:; udp: 1232"),
            "{said}"
        );
        assert!(
            said.contains("flags: qr rd ra; QUERY: 1, ANSWER: 5, AUTHORITY: 0, ADDITIONAL: 1"),
            "{said}"
        );
    }
    let said = said("180.76.76.76");
    assert!(
        said.contains("flags: qr rd ra; QUERY: 1, ANSWER: 16, AUTHORITY: 0, ADDITIONAL: 0"),
        "{said}"
    );
    assert!(!said.contains("EDNS"), "{said}");
}

fn tcp_answers() {
    let _lab = enter(&builtin("paris-2023"));
    for resolver in ["1.1.1.1", "80.10.246.2", "180.76.76.76"] {
        let [udp, tcp] =
            ["+notcp", "+tcp"].map(|by| dig(&format!("@{resolver} cmmsns.qpic.cn {by}")));
        assert!(udp.len() >= 5 && udp == tcp, "{udp:?} {tcp:?}");
    }
}

fn names() {
    let _lab = enter(&builtin("paris-2023"));
    let name = |address: &str| dig(&format!("@1.1.1.1 +short -x {address}")).concat();
    assert_eq!(name("80.10.154.194"), "lag-10.nenly00z.rbci.orange.net.");
    assert_eq!(name("193.253.82.102"), "ae91-0.ncidf304.rbci.orange.net.");
    assert_eq!(name("193.252.159.153"), "ae42-0.niidf302.rbci.orange.net.");
    assert_eq!(name("193.252.103.37"), "ae40-0.niidf301.rbci.orange.net.");
    assert_eq!(
        name("193.251.251.20"),
        "tatateleglobe-8.gw.opentransit.net."
    );
    assert_eq!(
        name("80.231.246.6"),
        "if-ae-39-2.tcore1.pvu-paris.as6453.net."
    );
    assert_eq!(
        name("195.219.174.8"),
        "if-be-7-2.ecore1.emrs2-marseille.as6453.net."
    );
    assert_eq!(
        name("180.87.12.2"),
        "if-ae-2-2.tcore2.svw-singapore.as6453.net."
    );
    assert_eq!(
        name("180.87.108.4"),
        "if-be-45-2.ecore2.esin4-singapore.as6453.net."
    );
    assert_eq!(name("11.28.188.149"), "");
}

fn trace_icmp() {
    let _lab = enter(&builtin("paris-2023"));
    let said = sh("traceroute -I -n -q 3 -w 2 101.33.110.25");
    let seen = hops(&said);
    assert_eq!(seen.len(), 15, "{said}");
    compare(&seen, &said);
    assert!(
        seen[14].iter().all(|address| address == "101.33.110.25"),
        "{said}"
    );
}

fn trace_udp() {
    let _lab = enter(&builtin("paris-2023"));
    let said = sh("traceroute -n -q 3 -w 1 -m 17 101.33.110.25");
    let seen = hops(&said);
    assert_eq!(seen.len(), 17, "{said}");
    compare(&seen, &said);
    assert!(
        seen[14..].iter().flatten().all(|star| star == "*"),
        "{said}"
    );
}

fn compare(seen: &[Vec<String>], said: &str) {
    for (index, expected) in HOPS.iter().enumerate() {
        let answered = seen[index].iter().filter(|word| *word != "*");
        let unexpected: BTreeSet<_> = answered
            .filter(|word| !expected.contains(&word.as_str()))
            .collect();
        assert!(
            unexpected.is_empty(),
            "hop {}: {unexpected:?}\n{said}",
            index + 1
        );
        let silences = SILENCES
            .iter()
            .find(|(hop, _)| *hop == index + 1)
            .map_or(0, |(_, silences)| *silences);
        let stars = seen[index].iter().filter(|word| *word == "*").count();
        assert_eq!(stars, silences, "hop {}\n{said}", index + 1);
    }
}

fn mtr() {
    let _lab = enter(&builtin("paris-2023"));
    let said = sh("mtr -r -n -c 3 -i 0.2 -Z 2 -G 2 101.33.110.25");
    let host = |line: &str| -> Option<(usize, String)> {
        let (hop, rest) = line.split_once(".|--")?;
        Some((
            hop.trim().parse().ok()?,
            rest.split_whitespace().next()?.to_owned(),
        ))
    };
    let seen: Vec<(usize, String)> = said.lines().filter_map(host).collect();
    for (index, expected) in HOPS.iter().enumerate() {
        let (hop, address) = &seen[index];
        assert_eq!(*hop, index + 1, "{said}");
        let silent = expected.is_empty() && address == "???";
        assert!(
            silent || expected.contains(&address.as_str()),
            "hop {hop}\n{said}"
        );
    }
    assert_eq!(seen[14].1, "101.33.110.25", "{said}");
}

fn ping() {
    let _lab = enter(&builtin("paris-2023"));
    for (address, ttl) in [
        ("101.33.110.25", 50),
        ("1.1.1.1", 59),
        ("80.231.246.6", 56),
        ("192.168.1.1", 64),
    ] {
        let said = sh(&format!("ping -n -c 1 -W 2 {address}"));
        assert!(
            said.contains(&format!("64 bytes from {address}: icmp_seq=1 ttl={ttl} ")),
            "{said}"
        );
    }
}

/// The fastest of many is what the wire adds; the others are what the machine's other work adds.
fn round_trips() {
    let _lab = enter(&builtin("traps"));
    for (address, rtt_ms) in [("203.0.113.200", 8.0), ("2001:db8:d::1", 20.0)] {
        let said = sh(&format!("ping -n -c 30 -i 0.05 {address}"));
        let fastest = said
            .split("rtt min/avg/max/mdev = ")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let fastest_ms: f64 = fastest.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
        assert!((rtt_ms..rtt_ms + 0.5).contains(&fastest_ms), "{said}");
    }
}

fn elsewhere() {
    let lab = enter(&builtin("paris-2023"));
    let said = sh("ping -n -c 1 -W 1 9.9.9.9");
    assert!(
        said.contains("From 192.168.1.1 icmp_seq=1 Destination Net Unreachable"),
        "{said}"
    );
    assert_eq!((lab.counts().unrouted, lab.counts().to_internet), (1, 0));
}

fn frankfurt() {
    let _lab = enter(&builtin("paris-2023"));
    let begun = std::time::Instant::now();
    let mut peer = TcpStream::connect("162.62.115.23:443").unwrap();
    let connected_ms = begun.elapsed().as_secs_f64() * 1e3;
    peer.write_all(&[0x16, 0xf1, 0x04, 0x00]).unwrap();
    let mut said = [0; 3];
    peer.read_exact(&mut said).unwrap();
    assert_eq!(said, [0x16, 0xf1, 0x04]);
    assert!(connected_ms >= 14.0, "{connected_ms} ms");
}
