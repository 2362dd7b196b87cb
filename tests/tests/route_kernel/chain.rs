//! A client, routers in a row, and a server, each the kernel in a network namespace of its own.

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use std::fs::write;
use std::process::{Command, Output};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

const ROUTING: [&str; 4] = [
    "ipv4/ip_forward=1",
    "ipv6/conf/all/forwarding=1",
    "ipv4/icmp_ratelimit=0",
    "ipv6/icmp/ratelimit=0",
];

/// Without duplicate address detection an IPv6 address can be used as soon as it is set.
const AT_ONCE: [&str; 2] = [
    "ipv6/conf/all/accept_dad=0",
    "ipv6/conf/default/accept_dad=0",
];

/// Moves this process, which must have one thread, into a network of its own; the client's.
pub(crate) fn enter() -> Result<(), String> {
    let (user, group) = (geteuid(), getegid());
    let entered = unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET);
    entered.map_err(|error| format!("user namespaces are not permitted: {error}"))?;
    let mapped = write("/proc/self/uid_map", format!("0 {user} 1"))
        .and_then(|()| write("/proc/self/setgroups", "deny"))
        .and_then(|()| write("/proc/self/gid_map", format!("0 {group} 1")))
        .and_then(|()| set("ipv4/ping_group_range=0 0"))
        .and_then(|()| AT_ONCE.iter().try_for_each(|setting| set(setting)));
    mapped.map_err(|error| format!("user namespaces are restricted: {error}"))?;
    let ip = ip_tool("link set lo up")
        .map_err(|error| format!("ip (iproute2) is not installed: {error}"))?;
    if ip.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&ip.stderr).into_owned())
    }
}

/// Sets `name=value` under /proc/sys/net.
fn set(setting: &str) -> std::io::Result<()> {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    write(format!("/proc/sys/net/{name}"), value)
}

fn ip_tool(arguments: &str) -> std::io::Result<Output> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    Command::new("ip")
        .args(arguments.split_whitespace())
        .env("PATH", path)
        .output()
}

pub(crate) fn ip(arguments: &str) {
    let output = ip_tool(arguments).expect("ip was found before");
    assert!(
        output.status.success(),
        "ip {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A thread in its own network namespace that does what it is told.
pub(crate) struct Node {
    orders: Sender<Box<dyn FnOnce() + Send>>,
    namespace: String,
}

impl Node {
    fn new() -> Self {
        let (orders, todo) = channel::<Box<dyn FnOnce() + Send>>();
        std::thread::spawn(move || {
            unshare(CloneFlags::CLONE_NEWNET)
                .expect("this process may do that in its user namespace");
            todo.into_iter().for_each(|order| order());
        });
        let mut node = Self {
            orders,
            namespace: String::new(),
        };
        let thread = node.run(nix::unistd::gettid);
        node.namespace = format!("/proc/{}/task/{thread}/ns/net", std::process::id());
        for setting in ROUTING.iter().chain(&AT_ONCE) {
            node.set(setting);
        }
        node.ip("link set lo up");
        node
    }

    pub(crate) fn run<T: Send + 'static>(&self, what: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = channel();
        self.orders
            .send(Box::new(move || done.send(what()).unwrap_or(())))
            .expect("the node's thread has not failed");
        result.recv().expect("the node's thread has not failed")
    }

    pub(crate) fn ip(&self, arguments: &str) {
        let arguments = arguments.to_owned();
        self.run(move || ip(&arguments));
    }

    /// Sets `name=value` under /proc/sys/net.
    pub(crate) fn set(&self, setting: &str) {
        let setting = setting.to_owned();
        self.run(move || set(&setting).expect("the kernel has this setting"));
    }
}

/// The nodes behind the client, nearest first, the server last. Node n is 198.18.n.2 and 2001:db8:n::2 towards the client.
///
/// The last router has no route to 203.0.113.1, is not to forward to 203.0.113.2, and drops what goes to 203.0.113.3;
/// likewise 2001:db8:e::1, ::2 and ::3. The server is every address in 100.64.0.0/16.
pub(crate) fn build(routers: usize) -> Vec<Node> {
    let nodes: Vec<Node> = (0..=routers).map(|_| Node::new()).collect();
    let server = nodes.len();
    for n in 1..=server {
        let namespace = &nodes[n - 1].namespace;
        let add = format!("link add right type veth peer name left netns {namespace}");
        at(&nodes, n - 1, &add);
        for (node, device, host) in [(n - 1, "right", 1), (n, "left", 2)] {
            at(
                &nodes,
                node,
                &format!("address add 198.18.{n}.{host}/30 dev {device}"),
            );
            at(
                &nodes,
                node,
                &format!("address add 2001:db8:{n}::{host}/64 dev {device} nodad"),
            );
            at(&nodes, node, &format!("link set {device} up"));
        }
        at(
            &nodes,
            n - 1,
            &format!("route add default via 198.18.{n}.2"),
        );
        at(
            &nodes,
            n - 1,
            &format!("route add default via 2001:db8:{n}::2"),
        );
        if n > 1 {
            at(
                &nodes,
                n,
                &format!("route add 198.18.1.0/30 via 198.18.{n}.1"),
            );
            at(
                &nodes,
                n,
                &format!("route add 2001:db8:1::/64 via 2001:db8:{n}::1"),
            );
        }
    }
    for no in [
        "unreachable 203.0.113.1",
        "prohibit 203.0.113.2",
        "blackhole 203.0.113.3",
    ] {
        nodes[routers - 1].ip(&format!("route add {no}"));
    }
    for no in [
        "unreachable 2001:db8:e::1",
        "prohibit 2001:db8:e::2",
        "blackhole 2001:db8:e::3",
    ] {
        nodes[routers - 1].ip(&format!("route add {no}"));
    }
    nodes[routers].ip("route add local 100.64.0.0/16 dev lo");
    settle(1);
    for (index, node) in nodes.iter().enumerate() {
        node.run(move || settle(if index == routers { 1 } else { 2 }));
    }
    nodes
}

/// Waits until the link-local addresses of so many links are in use; neighbours are asked from them.
fn settle(links: usize) {
    let begun = Instant::now();
    let is_settled = || {
        let table = std::fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap_or_default();
        let mut fields = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        // if_inet6: address, interface, prefix length, scope (20 is link), flags (40 is tentative), name.
        fields.clone().filter(|it| it.get(3) == Some(&"20")).count() == links
            && fields.all(|it| it.get(4).is_some_and(|flags| !is_tentative(flags)))
    };
    while !is_settled() {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "IPv6 addresses do not come into use"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn is_tentative(flags: &str) -> bool {
    u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & 0x40 != 0)
}

/// Node 0 is the client: this very thread.
fn at(nodes: &[Node], node: usize, arguments: &str) {
    match node.checked_sub(1) {
        None => ip(arguments),
        Some(index) => nodes[index].ip(arguments),
    }
}
