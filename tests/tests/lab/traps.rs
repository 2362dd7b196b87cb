//! Everything a router can mislead with, as `traceroute` and bare sockets see it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::child::{Case, builtin, enter, hops, sh};
use crate::probe;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "routes::mpls_labels_show_with_and_without_length",
        tools: &["traceroute"],
        play: mpls,
    },
    Case {
        name: "routes::short_quotes_have_eight_bytes",
        tools: &[],
        play: short_quotes,
    },
    Case {
        name: "routes::a_flow_stays_on_its_router_and_packets_do_not",
        tools: &[],
        play: balance,
    },
    Case {
        name: "routes::the_same_seed_plays_the_same",
        tools: &[],
        play: same_seed,
    },
    Case {
        name: "routes::a_limit_answers_once_in_its_time",
        tools: &[],
        play: limit,
    },
    Case {
        name: "routes::half_of_the_answers_are_lost",
        tools: &[],
        play: loss,
    },
    Case {
        name: "routes::copies_arrive",
        tools: &[],
        play: copies,
    },
    Case {
        name: "routes::every_unreachable_code_is_said",
        tools: &[],
        play: codes,
    },
    Case {
        name: "routes::ipv6_goes_all_the_way",
        tools: &["traceroute"],
        play: six,
    },
    Case {
        name: "routes::an_ipv6_route_is_cut_in_time",
        tools: &["ping"],
        play: six_cut,
    },
    Case {
        name: "routes::circles_liars_and_long_ways_are_played",
        tools: &["traceroute"],
        play: odd_ways,
    },
    Case {
        name: "routes::late_answers_are_late",
        tools: &[],
        play: late,
    },
    Case {
        name: "routes::tcp_carries_300_kB_there_and_back",
        tools: &[],
        play: tcp,
    },
    Case {
        name: "routes::closed_tcp_ports_refuse",
        tools: &[],
        play: refused,
    },
];

const CLIENT: &str = "192.0.2.2";

fn addresses(to: &str) -> (IpAddr, IpAddr) {
    let to: IpAddr = to.parse().unwrap();
    let from = if to.is_ipv6() {
        "2001:db8:c::2"
    } else {
        CLIENT
    };
    (from.parse().unwrap(), to)
}

/// Errors that `count` echo requests bring, one flow each where `flows`.
fn echoed(to: &str, ttl: u8, count: u16, flows: bool) -> Vec<Vec<u8>> {
    let (from, to) = addresses(to);
    let id = |n| if flows { (n, 1) } else { (7, 1) };
    let packets: Vec<_> = (0..count)
        .map(|n| probe::echo(from, to, ttl, id(n), 16))
        .collect();
    probe::errors(&packets, to, Duration::from_millis(150))
}

/// The last octet of the routers that sent these errors.
fn senders(errors: &[Vec<u8>]) -> Vec<u8> {
    errors.iter().map(|error| error[15]).collect()
}

fn mpls() {
    let _lab = enter(&builtin("traps"));
    let lengths: Vec<u8> = [2, 3]
        .iter()
        .map(|ttl| probe::icmp(&echoed("203.0.113.100", *ttl, 1, false)[0])[5])
        .collect();
    assert_eq!(
        lengths,
        [32, 0],
        "in words of four bytes, at the second hop only"
    );
    let said = sh("traceroute -n -e -q 1 203.0.113.100");
    assert!(
        said.contains("198.18.1.2 <MPLS:L=24015,E=3,S=0,T=1/L=16,E=0,S=1,T=1>"),
        "{said}"
    );
    assert!(
        said.contains("198.18.1.3 <MPLS:L=1048575,E=7,S=1,T=255>"),
        "{said}"
    );
}

fn short_quotes() {
    let _lab = enter(&builtin("traps"));
    let (from, to) = addresses("203.0.113.101");
    let sent = probe::echo(from, to, 2, (9, 9), 500);
    let errors = probe::errors(std::slice::from_ref(&sent), to, Duration::from_millis(100));
    assert_eq!(errors[0].len(), 20 + 8 + 28);
    assert_eq!(errors[0][48..], sent[20..28]);
}

fn balance() {
    let _lab = enter(&builtin("traps"));
    let set = |ttl, flows| {
        senders(&echoed("203.0.113.102", ttl, 40, flows))
            .into_iter()
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(set(2, false), [21, 22, 23].into(), "per packet, one flow");
    assert_eq!(set(3, false).len(), 1, "per flow, one flow");
    assert_eq!(
        set(3, true),
        [31, 32, 33, 34].into(),
        "per flow, forty flows"
    );
}

fn same_seed() {
    let _lab = enter(&builtin("traps"));
    // Seed 7 of this world; whoever changes how chance is drawn changes what snapshots hold.
    let seen = senders(&echoed("203.0.113.102", 2, 12, false));
    assert_eq!(seen.len(), 12);
    let again = std::env::var("NETSPEC_LAB_SEEN").ok();
    match again {
        Some(first) => assert_eq!(format!("{seen:?}"), first),
        None => {
            let program = std::env::current_exe().unwrap();
            let second = std::process::Command::new(program)
                .env("NETSPEC_LAB_SEEN", format!("{seen:?}"))
                .output()
                .unwrap();
            assert!(
                second.status.success(),
                "{}",
                String::from_utf8_lossy(&second.stderr)
            );
        }
    }
}

fn limit() {
    let lab = enter(&builtin("traps"));
    assert_eq!(echoed("203.0.113.103", 2, 10, false).len(), 1);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(echoed("203.0.113.103", 2, 10, false).len(), 1);
    assert_eq!(lab.counts().rate_limited, 18);
}

fn loss() {
    let lab = enter(&builtin("traps"));
    let answered = echoed("203.0.113.104", 2, 400, true).len();
    assert!((150..=250).contains(&answered), "{answered} of 400");
    assert_eq!(lab.counts().lost, 400 - answered as u64);
}

fn copies() {
    let _lab = enter(&builtin("traps"));
    let errors = echoed("203.0.113.105", 2, 5, true);
    assert_eq!(errors.len(), 15);
    assert_eq!(errors[0], errors[1]);
}

fn codes() {
    let _lab = enter(&builtin("traps"));
    let v4: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 15];
    for (n, code) in v4.iter().enumerate() {
        let errors = echoed(&format!("203.0.113.{}", n + 1), 9, 1, false);
        assert_eq!(probe::icmp(&errors[0])[..2], [3, *code]);
    }
    let v6: [[u8; 2]; 9] = [
        [1, 0],
        [1, 1],
        [1, 2],
        [1, 3],
        [1, 4],
        [1, 5],
        [1, 6],
        [2, 0],
        [4, 1],
    ];
    for (n, kind) in v6.iter().enumerate() {
        let errors = echoed(&format!("2001:db8:e::{:x}", n + 1), 9, 1, false);
        let message = probe::icmp(&errors[0]);
        assert_eq!(message[..2], *kind);
        let tail: [u8; 4] = match kind {
            [2, _] => [0, 0, 5, 0],
            [4, _] => [0, 0, 0, 6],
            _ => [0; 4],
        };
        assert_eq!(message[4..8], tail);
    }
}

fn six() {
    let _lab = enter(&builtin("traps"));
    for option in ["", "-I"] {
        let said = sh(&format!(
            "traceroute -6 -n -e -q 1 -w 1 {option} 2001:db8:d::77"
        ));
        let seen = hops(&said);
        let expected = ["2001:db8:c::1", "2001:db8:a::2", "*", "2001:db8:a::4"];
        assert_eq!(seen[..4].concat(), expected, "{said}");
        assert!(
            ["2001:db8:a::5", "2001:db8:a::6"].contains(&seen[4][0].as_str()),
            "{said}"
        );
        assert_eq!(seen[5..], [["2001:db8:d::77"]], "{said}");
        assert!(
            said.contains("2001:db8:a::4 <MPLS:L=24015,E=5,S=1,T=1>"),
            "{said}"
        );
    }
}

fn six_cut() {
    let lab = enter(&builtin("traps").with_incident("six-cut").unwrap());
    let ping = || sh("ping -6 -n -c 1 -W 1 2001:db8:d::1");
    let before = ping();
    assert!(before.contains("64 bytes from 2001:db8:d::1"), "{before}");
    std::thread::sleep(Duration::from_millis(1050).saturating_sub(lab.elapsed()));
    let after = ping();
    assert!(
        after.contains("From 2001:db8:a::2 icmp_seq=1 Destination unreachable: No route"),
        "{after}"
    );
}

fn odd_ways() {
    let _lab = enter(&builtin("traps"));
    let seen = |options: &str| hops(&sh(&format!("traceroute -n -q 1 -w 1 {options}"))).concat();
    let circle = seen("-m 8 203.0.113.106");
    assert_eq!(
        circle[1..7],
        [
            "198.18.7.2",
            "198.18.7.3",
            "198.18.7.2",
            "198.18.7.3",
            "198.18.7.2",
            "198.18.7.3"
        ]
    );
    assert_eq!(circle[7], "*");
    assert_eq!(
        seen("203.0.113.107")[1..],
        ["10.0.0.9", "203.0.113.107", "203.0.113.107"]
    );
    let long = seen("-m 45 203.0.113.111");
    assert_eq!(
        (long.len(), long[39].as_str(), long[40].as_str()),
        (41, "198.18.40.40", "203.0.113.111")
    );
    let around = sh("ping -n -c 1 203.0.113.109");
    assert!(
        around.contains("ttl=53 "),
        "eleven routers on the way back: {around}"
    );
}

fn late() {
    let _lab = enter(&builtin("traps"));
    let (from, to) = addresses("203.0.113.108");
    let packet = probe::echo(from, to, 2, (1, 1), 8);
    let errors = probe::timed_errors(&[packet], to, Duration::from_secs(3));
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].0 >= Duration::from_millis(2600),
        "{:?}",
        errors[0].0
    );
}

fn tcp() {
    let lab = enter(&builtin("traps"));
    for service in ["203.0.113.200:7", "[2001:db8:d::1]:7"] {
        let sent: Vec<u8> = (0..300_000u32).map(|n| ((n * 7) >> 3) as u8).collect();
        let mut peer = TcpStream::connect(service).unwrap();
        let mut voice = peer.try_clone().unwrap();
        let bytes = sent.clone();
        let speaking = std::thread::spawn(move || voice.write_all(&bytes).unwrap());
        let mut heard = vec![0; sent.len()];
        peer.read_exact(&mut heard).unwrap();
        speaking.join().unwrap();
        assert!(heard == sent, "{service} said something else");
    }
    assert_eq!(lab.counts().overflowed, 0);
}

fn refused() {
    let _lab = enter(&builtin("traps"));
    let begun = Instant::now();
    let error = TcpStream::connect("203.0.113.201:81").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(
        begun.elapsed() >= Duration::from_millis(8),
        "after a round trip"
    );
}
