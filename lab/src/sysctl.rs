//! Kernel settings of the calling thread's network namespace.

use std::fs;

fn set(name: &str, value: &str) -> std::io::Result<()> {
    fs::write(format!("/proc/sys/net/{name}"), value)
}

/// Settings the lab is better with. A kernel may lack one, a container may mount them read-only; whoever needs
/// one, as an unprivileged ping needs its group, is told by the kernel then.
fn try_each(settings: &[(&str, &str)]) {
    for (name, value) in settings {
        let _ = set(name, value);
    }
}

/// No router advertisements and no duplicates: nobody else is there.
pub(crate) fn before_devices() {
    try_each(&[
        ("ipv6/conf/default/accept_ra", "0"),
        ("ipv6/conf/default/autoconf", "0"),
        ("ipv6/conf/default/accept_dad", "0"),
    ]);
}

/// Whoever may use the lab may ping in it; only mapped groups may be named, hence the second try.
pub(crate) fn client() {
    let everybody = set("ipv4/ping_group_range", "0 2147483647");
    let _ = everybody.or_else(|_| set("ipv4/ping_group_range", "0 0"));
}

/// The internet's side answers whatever it is asked, however often: limits are the world's to set.
pub(crate) fn internet() {
    try_each(&[
        ("ipv6/conf/wire0/disable_ipv6", "1"),
        ("ipv6/conf/wire1/disable_ipv6", "1"),
        ("ipv4/icmp_ratelimit", "0"),
        ("ipv4/icmp_msgs_per_sec", "1000000"),
        ("ipv4/icmp_msgs_burst", "1000000"),
        ("ipv6/icmp/ratelimit", "0"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv6/ip_nonlocal_bind", "1"),
    ]);
}
