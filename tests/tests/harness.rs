//! A user's own crate with netspec as a dev-dependency and one line: what its `cargo test` says and does.

#[path = "harness/nextest.rs"]
mod nextest;
#[path = "harness/runs.rs"]
mod runs;
#[path = "harness/snapshots.rs"]
mod snapshots;
#[path = "harness/user.rs"]
mod user;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use user::User;

/// One trial: its name, the tools it needs, what it does in a crate of its own.
type Case = (&'static str, &'static [&'static str], fn(&User));

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = [runs::CASES, snapshots::CASES, nextest::CASES].concat();
    let trials = cases.into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What cannot run here is listed as ignored, and its kind says why.
fn trial((name, tools, play): Case) -> Trial {
    let missing = tools.iter().find(|tool| !user::installed(tool));
    let trial = Trial::test(name, move || {
        play(&User::new(name));
        Ok(())
    });
    match missing {
        Some(tool) => trial
            .with_kind(format!("{tool} is not installed"))
            .with_ignored_flag(true),
        None => trial,
    }
}
