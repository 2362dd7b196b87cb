//! The route probe over real routers, kernels forwarding in nested network namespaces; and over played ones for what a
//! kernel does not do.
//!
//! Each trial is this program again, as a process of its own in its own user and network namespace.

#![allow(clippy::print_stdout)]

#[path = "route_kernel/cases.rs"]
mod cases;
#[path = "route_kernel/chain.rs"]
mod chain;
#[path = "route_kernel/traps.rs"]
mod traps;

use libtest_mimic::{Arguments, Trial};
use std::process::{Command, ExitCode};

const ASKED: &str = "NETSPEC_ROUTE_TRIAL";
const MAY_ENTER: &str = "may-enter";

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(ASKED) {
        return play(&name);
    }
    let why_not = again(MAY_ENTER).err();
    let cases = cases::ALL.iter().chain(traps::ALL);
    let trials = cases
        .map(|(name, _)| trial(name, why_not.as_deref()))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// What cannot run here is listed as ignored, and its kind says why.
fn trial(name: &'static str, why_not: Option<&str>) -> Trial {
    let trial = Trial::test(name, move || again(name).map_err(Into::into));
    match why_not {
        Some(why) => trial.with_kind(why.trim()).with_ignored_flag(true),
        None => trial,
    }
}

/// Starts this program again for one trial; all it said is the failure's message.
fn again(name: &str) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .env(ASKED, name)
        .output()
        .map_err(|error| error.to_string())?;
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() {
        Ok(())
    } else {
        Err(said.concat())
    }
}

fn play(name: &str) -> ExitCode {
    let find = |cases: &[(&str, fn())]| {
        cases
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, play)| *play)
    };
    if let Some(play) = find(traps::ALL) {
        play();
        return ExitCode::SUCCESS;
    }
    if let Err(why) = chain::enter() {
        println!("{why}");
        return ExitCode::FAILURE;
    }
    if let Some(play) = find(cases::ALL) {
        play();
    }
    ExitCode::SUCCESS
}
