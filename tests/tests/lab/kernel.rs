//! The wire beside a chain of kernel routers: the same packets into both, the same bytes out of both.

use std::net::IpAddr;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use netspec_lab::World;
use nix::sched::{CloneFlags, unshare};

use crate::child::{Case, enter, sh};
use crate::probe;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "kernel::played_routers_answer_as_kernel_routers_by_ipv4",
        tools: &["ip"],
        play: ipv4,
    },
    Case {
        name: "kernel::played_routers_answer_as_kernel_routers_by_ipv6",
        tools: &["ip"],
        play: ipv6,
    },
    Case {
        name: "kernel::traceroute_sees_the_same_in_both",
        tools: &["ip", "traceroute"],
        play: traceroutes,
    },
];

const ROUTERS: usize = 5;

/// The chain as a world: router n is 198.18.n.2 and 2001:db8:n::2, the server stands behind the last.
fn world() -> World {
    let hop = |n: usize, more: &str| {
        let addresses = [format!("198.18.{n}.2"), format!("2001:db8:{n}::2")];
        addresses
            .map(|address| format!("{{ address: \"{address}\", rtt: 1ms, start-ttl: 64{more} }}"))
    };
    let hops = |family: usize, last: &str| -> String {
        let before = (1..ROUTERS).map(|n| hop(n, "")[family].clone());
        before
            .chain([hop(ROUTERS, last)[family].clone()])
            .collect::<Vec<_>>()
            .join(", ")
    };
    let route = |name: &str, to: &str, family: usize, last: &str| {
        format!(
            "  {name}: {{ to: [\"{to}\"], hops: [{}], rtt: 1ms }}\n",
            hops(family, last)
        )
    };
    let routes = [
        route("server", "198.18.6.2", 0, ""),
        route("unreachable", "203.0.113.1", 0, ", unreachable: host"),
        route("prohibited", "203.0.113.2", 0, ", unreachable: admin"),
        route("server6", "2001:db8:6::2", 1, ""),
        route("unreachable6", "2001:db8:e::1", 1, ", unreachable: net"),
        route("prohibited6", "2001:db8:e::2", 1, ", unreachable: admin"),
    ];
    let client = "client: { v4: { address: 198.18.1.1/30, gateway: 198.18.1.2 }, v6: { address: \"2001:db8:1::1/64\", gateway: \"2001:db8:1::2\" } }";
    let text = format!("world: chain\n{client}\nroutes:\n{}", routes.concat());
    World::parse(&text, "chain").unwrap_or_else(|problem| panic!("{problem}"))
}

/// A network namespace with a thread in it that does what it is told.
struct Node(Sender<Box<dyn FnOnce() + Send>>, String);

impl Node {
    fn new() -> Self {
        let (orders, todo) = channel::<Box<dyn FnOnce() + Send>>();
        std::thread::spawn(move || {
            unshare(CloneFlags::CLONE_NEWNET).unwrap();
            for order in todo {
                order();
            }
        });
        let mut node = Self(orders, String::new());
        let thread = node.run(nix::unistd::gettid);
        node.1 = format!("/proc/{}/task/{thread}/ns/net", std::process::id());
        for setting in [
            "ipv4/ip_forward=1",
            "ipv6/conf/all/forwarding=1",
            "ipv6/conf/default/accept_dad=0",
            "ipv4/icmp_ratelimit=0",
            "ipv6/icmp/ratelimit=0",
        ] {
            let (name, value) = setting.split_once('=').unwrap();
            node.run(move || std::fs::write(format!("/proc/sys/net/{name}"), value).unwrap());
        }
        node.run(unmetered);
        node
    }

    fn run<T: Send + 'static>(&self, what: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = channel();
        self.0
            .send(Box::new(move || done.send(what()).unwrap_or(())))
            .unwrap();
        result.recv().expect("the node's thread has not failed")
    }

    fn ip(&self, command: String) {
        let said = self.run(move || sh(&format!("ip {command}")));
        assert_eq!(said, "", "an `ip` command failed");
    }

    /// The right end of a link to the next node; `n` counts links from 1.
    fn link(&self, n: usize, next: &Self) {
        self.ip(format!(
            "link add right type veth peer name left netns {}",
            next.1
        ));
        for (node, device, host) in [(self, "right", 1), (next, "left", 2)] {
            node.ip(format!("link set {device} up"));
            node.ip(format!("address add 198.18.{n}.{host}/30 dev {device}"));
            node.ip(format!(
                "address add 2001:db8:{n}::{host}/64 dev {device} nodad"
            ));
        }
    }
}

/// A host sends fifty errors at once and then a thousand a second (`icmp_global_allow` in net/ipv4/icmp.c), which a few
/// traceroutes in a row can use up. Kernels before 6.13 have one such limit for the whole machine, and none to set here.
fn unmetered() {
    for name in ["icmp_msgs_per_sec", "icmp_msgs_burst"] {
        let _ = std::fs::write(format!("/proc/sys/net/ipv4/{name}"), "1000000");
    }
}

/// Client, routers, server; the client first.
fn chain() -> Vec<Node> {
    let nodes: Vec<Node> = (0..ROUTERS + 2).map(|_| Node::new()).collect();
    for (index, pair) in nodes.windows(2).enumerate() {
        pair[0].link(index + 1, &pair[1]);
    }
    for (index, node) in nodes.iter().enumerate() {
        if index <= ROUTERS {
            node.ip(format!("route add default via 198.18.{}.2", index + 1));
            node.ip(format!("route add default via 2001:db8:{}::2", index + 1));
        }
        if index > 1 {
            node.ip(format!("route add 198.18.1.0/30 via 198.18.{index}.1"));
            node.ip(format!("route add 2001:db8:1::/64 via 2001:db8:{index}::1"));
        }
    }
    for no in [
        "unreachable 203.0.113.1",
        "prohibit 203.0.113.2",
        "unreachable 2001:db8:e::1",
        "prohibit 2001:db8:e::2",
    ] {
        nodes[ROUTERS].ip(format!("route add {no}"));
    }
    nodes
}

/// Probes of all sizes and TTLs to a destination, and the errors they bring, in the order of what they quote.
fn answers(from: IpAddr, to: IpAddr) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for ttl in 1..=ROUTERS as u8 + 2 {
        for (turn, size) in [0, 8, 56, 600, 1400].into_iter().enumerate() {
            packets.push(probe::echo(
                from,
                to,
                ttl,
                (4711, u16::from(ttl) << 8 | turn as u16),
                size,
            ));
            packets.push(probe::datagram(
                from,
                to,
                ttl,
                (40_000 + u16::from(ttl), 33_434 + turn as u16),
                size,
            ));
        }
    }
    let mut errors = probe::errors(&packets, to, Duration::from_millis(400));
    errors.iter_mut().for_each(|error| without_chance(error));
    errors
}

/// What the sender of an error is free to choose: IPv4's identification and so its checksum, IPv6's flow label.
fn without_chance(packet: &mut [u8]) {
    if packet[0] >> 4 == 6 {
        packet[1] &= 0xf0;
        packet[2..4].fill(0);
    } else {
        packet[4..6].fill(0);
        packet[10..12].fill(0);
    }
}

fn compare(from: &str, destinations: [&str; 3]) {
    let from: IpAddr = from.parse().unwrap();
    let destinations = destinations.map(|to| to.parse::<IpAddr>().unwrap());
    let _lab = enter(&world());
    let played = destinations.map(|to| answers(from, to));
    let nodes = chain();
    // The first packets only make the routers know each other's hardware addresses.
    nodes[0].run(move || answers(from, destinations[0]));
    let kernel = nodes[0].run(move || {
        destinations.map(|to| {
            ration();
            answers(from, to)
        })
    });
    for ((to, played), kernel) in destinations.iter().zip(&played).zip(&kernel) {
        for kernel in kernel {
            let twin = played
                .iter()
                .find(|played| quote(played) == quote(kernel))
                .expect("a played answer to the same probe");
            assert_eq!(hex(twin), hex(kernel), "about {to}");
        }
    }
    let numbers = |all: &[Vec<Vec<u8>>; 3]| all.each_ref().map(Vec::len);
    let (played, kernel) = (numbers(&played), numbers(&kernel));
    assert_eq!(
        kernel[0], played[0],
        "routers and the server's closed ports answer every probe"
    );
    assert_eq!(
        played,
        [ROUTERS * 10 + 2 * 5, (ROUTERS + 2) * 10, (ROUTERS + 2) * 10]
    );
    assert!(
        kernel[1..]
            .iter()
            .all(|number| *number > (ROUTERS - 1) * 10),
        "the last router said no: {kernel:?}"
    );
}

/// The kernel rations IPv4's refusals of a route, one a second, by a setting no namespace has (`ip_error` in
/// net/ipv4/route.c): this long, and it has saved up two.
fn ration() {
    std::thread::sleep(Duration::from_millis(2200));
}

/// What an error says of the probe it is about, the TTL and the sums that hold it left out.
fn quote(error: &[u8]) -> Vec<u8> {
    let mut quote = probe::icmp(error)[8..].to_vec();
    let changing: &[usize] = if quote[0] >> 4 == 6 {
        &[7]
    } else {
        &[8, 10, 11]
    };
    changing.iter().for_each(|at| quote[*at] = 0);
    quote
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn ipv4() {
    compare("198.18.1.1", ["198.18.6.2", "203.0.113.1", "203.0.113.2"]);
}

fn ipv6() {
    compare(
        "2001:db8:1::1",
        ["2001:db8:6::2", "2001:db8:e::1", "2001:db8:e::2"],
    );
}

const TRACES: [&str; 6] = [
    "-q 3 198.18.6.2",
    "-q 3 -I 198.18.6.2",
    "-q 3 2001:db8:6::2",
    "-q 3 -I 2001:db8:6::2",
    "-q 3 2001:db8:e::1",
    "-q 3 -I 2001:db8:e::2",
];
const RATIONED: [&str; 2] = ["-q 1 -N 1 203.0.113.1", "-q 1 -N 1 -I 203.0.113.2"];

fn traceroutes() {
    let _lab = enter(&world());
    let trace = |trace: &str| timeless(&sh(&format!("traceroute -n -w 2 -m 9 {trace}")));
    let played = (TRACES.map(trace), RATIONED.map(trace));
    let nodes = chain();
    nodes[0].run(move || TRACES.map(trace));
    let kernel = nodes[0].run(move || {
        let unrationed = TRACES.map(trace);
        let rationed = RATIONED.map(|refused| {
            ration();
            trace(refused)
        });
        (unrationed, rationed)
    });
    assert!(
        kernel.0[0].contains("6 198.18.6.2") && kernel.1[0].contains("!H"),
        "{kernel:#?}"
    );
    assert_eq!(played, kernel);
}

/// The lines of a traceroute without its times.
fn timeless(said: &str) -> String {
    let words = |line: &str| {
        let words = line
            .split_whitespace()
            .filter(|word| word.parse::<f64>().is_err() || !word.contains('.'));
        words
            .filter(|word| *word != "ms")
            .collect::<Vec<_>>()
            .join(" ")
    };
    said.lines().map(words).collect::<Vec<_>>().join("\n")
}
