//! Why a machine does not let a user make namespaces, and what to do about it.

use std::fs;
use std::path::Path;

use nix::errno::Errno;

/// Settings that forbid user namespaces where they have this value, and what allows them.
const SETTINGS: [(&str, &str, &str); 3] = [
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "/proc/sys/user/max_user_namespaces",
        "0",
        "sudo sysctl -w user.max_user_namespaces=10000",
    ),
];

/// One line: what is forbidden, and the remedy.
pub(crate) fn remedy(errno: Errno) -> String {
    let set = |(path, value, _): &&(&str, &str, &str)| {
        fs::read_to_string(path).is_ok_and(|text| text.trim() == *value)
    };
    let remedy = match SETTINGS.iter().find(set) {
        Some((_, _, command)) => format!("`{command}` allows it"),
        None if in_container() => {
            "the container's seccomp profile forbids it; `docker run --security-opt seccomp=unconfined` allows it".to_owned()
        }
        None => "run it as root, or on a kernel that allows unprivileged user namespaces".to_owned(),
    };
    format!(
        "the lab needs a user and a network namespace, and this machine forbids them ({}): {remedy}",
        errno.desc()
    )
}

fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|mark| Path::new(mark).exists())
}
