//! Getting in: who may, and a shell of one's own.

use std::time::Duration;

use crate::child::{Case, builtin, enter, sh};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "inside::a_program_is_run_in_the_world",
        tools: &["ping"],
        play: shell,
    },
    Case {
        name: "inside::threads_before_it_are_refused",
        tools: &[],
        play: threads,
    },
    Case {
        name: "inside::unprivileged_pings_are_allowed",
        tools: &[],
        play: ping_sockets,
    },
    Case {
        name: "inside::nothing_else_is_there",
        tools: &["ip"],
        play: alone,
    },
];

fn shell() {
    let inside = "test \"$NETSPEC_LAB\" = paris-2023 && ping -n -c 1 -W 2 1.1.1.1";
    let command = ["sh", "-c", inside].map(Into::into);
    let status = netspec_lab::shell(&builtin("paris-2023"), &command);
    assert!(status.unwrap().success());
}

fn threads() {
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || stopped.recv().is_err());
    let Err(error) = netspec_lab::enter(&builtin("paris-2023")) else {
        panic!("no refusal");
    };
    drop(stop);
    assert!(other.join().unwrap());
    assert!(
        error.to_string().contains("before any other thread exists"),
        "{error}"
    );
}

fn ping_sockets() {
    let _lab = enter(&builtin("traps"));
    for (domain, protocol) in [
        (socket2::Domain::IPV4, socket2::Protocol::ICMPV4),
        (socket2::Domain::IPV6, socket2::Protocol::ICMPV6),
    ] {
        socket2::Socket::new(domain, socket2::Type::DGRAM, Some(protocol)).unwrap();
    }
}

fn alone() {
    let lab = enter(&builtin("paris-2023"));
    let links = sh("ip -o link");
    let names: Vec<_> = links
        .lines()
        .filter_map(|line| line.split([' ', ':', '@']).nth(2))
        .collect();
    assert_eq!(names, ["lo", "eth0"], "{links}");
    // Nobody resolves addresses, discovers neighbours or announces groups to the routers that are played.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((lab.counts().from_client, lab.counts().ignored), (0, 0));
}
