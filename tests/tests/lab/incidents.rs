//! Incidents of the article's internet, as the tools see them.

use std::time::Duration;

use crate::child::{Case, builtin, dig, enter, hops, sh};
use crate::probe;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "incidents::the_alias_moves",
        tools: &["dig"],
        play: alias_moved,
    },
    Case {
        name: "incidents::baidu_answers_from_abroad",
        tools: &["dig"],
        play: baidu_abroad,
    },
    Case {
        name: "incidents::the_injector_is_first_and_the_answer_second",
        tools: &[],
        play: injector,
    },
    Case {
        name: "incidents::tata_is_replaced_from_hop_9",
        tools: &["traceroute"],
        play: tata,
    },
    Case {
        name: "incidents::marseille_says_prohibited",
        tools: &["traceroute"],
        play: marseille,
    },
    Case {
        name: "incidents::a_hop_falls_silent",
        tools: &["traceroute"],
        play: silent,
    },
    Case {
        name: "incidents::flows_are_balanced_over_two_routers",
        tools: &["traceroute"],
        play: ecmp,
    },
    Case {
        name: "incidents::the_alias_moves_after_three_seconds",
        tools: &["dig"],
        play: moved_soon,
    },
    Case {
        name: "incidents::the_pool_rotates",
        tools: &["dig"],
        play: rotates,
    },
    Case {
        name: "incidents::caches_count_down_and_shuffle",
        tools: &["dig"],
        play: caches,
    },
    Case {
        name: "incidents::mutants_lengthen_and_end_a_way",
        tools: &["traceroute", "ping"],
        play: mutants,
    },
    Case {
        name: "incidents::an_unknown_one_is_named_with_those_there_are",
        tools: &[],
        play: unknown,
    },
];

fn begin(incident: &str) -> netspec_lab::Lab {
    enter(&builtin("paris-2023").with_incident(incident).unwrap())
}

fn traced(options: &str) -> (Vec<Vec<String>>, String) {
    let said = sh(&format!("traceroute -n -q 3 -w 1 {options} 101.33.110.25"));
    (hops(&said), said)
}

fn alias_moved() {
    let _lab = begin("alias-moved");
    for resolver in ["1.1.1.1", "80.10.246.2"] {
        let said = dig(&format!("@{resolver} +short cmmsns.qpic.cn"));
        assert_eq!(
            said,
            ["mmsns.qpic.cn.edgekey.net.", "23.55.36.12", "23.55.36.19"]
        );
    }
    assert_eq!(dig("@180.76.76.76 +short cmmsns.qpic.cn").len(), 16);
}

fn rotates() {
    let _lab = begin("pool-rotates");
    let first = |said: Vec<String>| said.get(1).cloned().unwrap_or_default();
    let asked = (0..4).map(|_| first(dig("@1.1.1.1 +short cmmsns.qpic.cn")));
    let expected = ["140", "221", "120", "12"].map(|end| format!("43.130.30.{end}"));
    assert_eq!(asked.collect::<Vec<_>>(), expected);
}

fn caches() {
    let _lab = begin("answers-from-caches");
    let said: Vec<Vec<String>> = (0..6)
        .map(|_| dig("@180.76.76.76 cmmsns.qpic.cn"))
        .collect();
    let column = |line: &String, index: usize| line.split(' ').nth(index).map(str::to_owned);
    for line in said.iter().flatten() {
        let ttl: u32 = column(line, 1).unwrap().parse().unwrap();
        assert!((1..190).contains(&ttl), "{line}");
    }
    let order = |lines: &Vec<String>| lines.iter().map(|line| column(line, 4)).collect::<Vec<_>>();
    let mut orders: Vec<_> = said.iter().map(order).collect();
    assert!(orders.iter().all(|order| order.len() == 16));
    orders.sort();
    orders.dedup();
    assert!(orders.len() > 1, "the same order six times");
}

fn mutants() {
    let changed = ["longer-singapore-hop-15", "unreached-frankfurt"];
    let mutants = builtin("paris-2023").mutants();
    let wanted = mutants
        .into_iter()
        .filter(|it| changed.contains(&it.name.as_str()));
    let world = wanted.fold(builtin("paris-2023"), |world, it| {
        world.after(&it.incident).unwrap()
    });
    let _lab = enter(&world);
    let (seen, said) = traced("-I");
    assert_eq!(seen.len(), 18, "{said}");
    let ping = |to: &str| sh(&format!("ping -n -c 1 -W 1 {to}"));
    assert!(ping("162.62.115.23").contains("100% packet loss"));
    assert!(ping("43.130.30.12").contains(" 0% packet loss"));
}

fn baidu_abroad() {
    let _lab = begin("baidu-answers-from-abroad");
    let said = dig("@180.76.76.76 +short cmmsns.qpic.cn");
    assert_eq!(
        said,
        ["mmsns.qpic.wechatos.net.", "43.130.30.140", "43.130.30.221"]
    );
}

fn injector() {
    let lab = begin("injector-first");
    let question = probe::question("cmmsns.qpic.cn", 1);
    let replies = probe::ask("180.76.76.76", &question, Duration::from_millis(600));
    let counts: Vec<u16> = replies
        .iter()
        .map(|(_, reply)| u16::from_be_bytes([reply[6], reply[7]]))
        .collect();
    assert_eq!(counts, [1, 16], "one forged record, then the sixteen");
    assert!(replies[0].1.ends_with(&[10, 10, 34, 35]));
    assert!((31.0..180.0).contains(&replies[0].0), "{} ms", replies[0].0);
    assert!(replies[1].0 >= 187.0, "{} ms", replies[1].0);
    assert_eq!(lab.counts().forged, 1);
    let elsewhere = probe::ask("1.1.1.1", &question, Duration::from_millis(300));
    assert_eq!(elsewhere.len(), 1);
}

fn tata() {
    let _lab = begin("tata-replaced");
    let (seen, said) = traced("-I");
    let firsts: Vec<_> = seen[7..12]
        .iter()
        .map(|hop| hop.iter().find(|word| *word != "*").map(String::as_str))
        .collect();
    let expected = [
        Some("193.251.251.20"),
        Some("202.97.52.81"),
        None,
        Some("202.97.94.93"),
        Some("202.97.66.146"),
    ];
    assert_eq!(firsts, expected, "{said}");
    assert!(!said.contains("80.231.246.6"), "{said}");
}

fn marseille() {
    let _lab = begin("unreachable-in-marseille");
    let (seen, said) = traced("-I");
    assert_eq!(seen.len(), 11, "{said}");
    assert!(
        said.contains("11  195.219.174.8") && said.contains("!X"),
        "{said}"
    );
}

fn silent() {
    let _lab = begin("hop-silent");
    let (seen, said) = traced("-I");
    assert_eq!(seen[5], ["*", "*", "*"], "{said}");
    assert_eq!(seen[6][0], "81.253.184.6", "{said}");
    assert_eq!(seen[14][0], "101.33.110.25", "{said}");
}

fn ecmp() {
    let _lab = begin("ecmp");
    let said = sh("traceroute -n -q 10 -f 5 -m 5 -w 1 101.33.110.25");
    for router in ["193.252.159.153", "193.252.159.157"] {
        assert!(said.contains(router), "{said}");
    }
}

fn moved_soon() {
    let lab = begin("alias-moved-soon");
    assert_eq!(dig("@1.1.1.1 +short cmmsns.qpic.cn").len(), 5);
    std::thread::sleep(Duration::from_millis(3050).saturating_sub(lab.elapsed()));
    assert_eq!(dig("@1.1.1.1 +short cmmsns.qpic.cn"), ["23.55.36.12"]);
}

fn unknown() {
    let problem = builtin("paris-2023")
        .with_incident("alias-moves")
        .unwrap_err();
    assert!(
        problem.contains("no incident `alias-moves`") && problem.contains("alias-moved"),
        "{problem}"
    );
}
