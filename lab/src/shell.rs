//! A shell in a world, to try things by hand.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::process::{Command, ExitStatus};

use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::lab::{EnterError, Lab, enter};
use crate::world::World;

/// Enters a world and runs a command in it: the user's shell, or `/bin/sh`, where none is given.
///
/// Like [`enter`], to be called from `main` before any other thread exists.
pub fn shell(world: &World, command: &[OsString]) -> Result<ExitStatus, EnterError> {
    let lab = enter(world)?;
    let trusted = trusted(&lab)?;
    let trusted = format!("/proc/{}/fd/{}", std::process::id(), trusted.as_raw_fd());
    let (program, arguments) = match command {
        [program, arguments @ ..] => (program.clone(), arguments),
        [] => (user_shell(), command),
    };
    if command.is_empty() {
        greet(world);
    }
    Ok(Command::new(program)
        .args(arguments)
        .env("NETSPEC_LAB", &world.world)
        .envs(TRUSTING.map(|variable| (variable, &trusted)))
        .status()?)
}

/// Where tools look for the authorities to trust: openssl and what is built on it, curl, git.
const TRUSTING: [&str; 3] = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"];

/// The lab's authorities in a file that ends with this process and is nowhere on a disk.
fn trusted(lab: &Lab) -> io::Result<File> {
    let mut file = File::from(memfd_create(
        "netspec-lab-roots.pem",
        MFdFlags::MFD_CLOEXEC,
    )?);
    file.write_all(lab.roots_pem().as_bytes())?;
    Ok(file)
}

fn user_shell() -> OsString {
    std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into())
}

/// A few things to try, with names of this world.
#[allow(clippy::print_stderr)]
fn greet(world: &World) {
    eprintln!(
        "This is the world `{}`. Nothing you send leaves it; `exit` ends it. Try:",
        world.world
    );
    for resolver in world.resolvers.values() {
        let asked = resolver.records.first().map(|line| &line.0.name);
        if let (Some(address), Some(name)) = (resolver.addresses.first(), asked) {
            eprintln!("  dig @{address} {name}");
        }
    }
    let longest = world.routes.values().max_by_key(|route| route.hops.len());
    if let Some(prefix) = longest.and_then(|route| route.to.first()) {
        eprintln!(
            "  traceroute -n {0}    mtr -rn {0}    ping {0}",
            prefix.0.addr()
        );
    }
}
