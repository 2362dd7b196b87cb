//! A shell in a world, to try things by hand.

use std::ffi::OsString;
use std::process::{Command, ExitStatus};

use crate::lab::{EnterError, enter};
use crate::world::World;

/// Enters a world and runs a command in it: the user's shell, or `/bin/sh`, where none is given.
///
/// Like [`enter`], to be called from `main` before any other thread exists.
pub fn shell(world: &World, command: &[OsString]) -> Result<ExitStatus, EnterError> {
    let _lab = enter(world)?;
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
        .status()?)
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
