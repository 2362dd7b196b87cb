//! The route probe beside other tools that ask the way, in the same played world: traceroute and mtr, by ICMP, UDP and TCP.
//!
//! Each trial is this program again, as a process of its own that enters its own network.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a trial is a process of its own that fails by panicking and is heard by its output"
)]

#[path = "lab/child.rs"]
#[expect(dead_code, reason = "shared with other trials, which need more of it")]
mod child;
#[path = "route/peers.rs"]
mod peers;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(name) = child::asked_for() {
        return child::play(peers::CASES, &name);
    }
    let mut arguments = Arguments::from_args();
    // Trials mostly wait for answers that do not come.
    arguments.test_threads.get_or_insert(4);
    let forbidden = child::forbidden();
    let trials = peers::CASES
        .iter()
        .map(|case| trial(case, forbidden.as_deref()))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What cannot run here is listed as ignored, and its kind says why.
fn trial(case: &child::Case, forbidden: Option<&str>) -> Trial {
    let name = case.name;
    let missing = case.tools.iter().find(|tool| !child::installed(tool));
    let why_not = match (forbidden, missing) {
        (Some(why), _) => Some(why.to_owned()),
        (None, Some(tool)) => Some(format!("{tool} is not installed")),
        (None, None) => None,
    };
    let trial = Trial::test(name, move || child::run(name).map_err(Into::into));
    match why_not {
        Some(why) => trial.with_kind(why).with_ignored_flag(true),
        None => trial,
    }
}
