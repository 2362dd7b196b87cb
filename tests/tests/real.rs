//! Second opinions: servers that others wrote, on the lab's internet side, asked by netspec and by tools that others wrote.
//! They agree, or the difference is explained in docs/second-opinions.md.
//!
//! Each trial is this program again, as a process of its own that enters its own network.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a trial is a process of its own that fails by panicking and is heard by its output"
)]

#[path = "lab/child.rs"]
#[expect(dead_code, reason = "the lab's own trials use the rest of it")]
mod child;
#[path = "real/knot.rs"]
mod knot;
#[path = "real/nginx.rs"]
mod nginx;
#[path = "real/server.rs"]
mod server;

use child::Case;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cases: Vec<Case> = [knot::CASES, nginx::CASES].concat();
    if let Some(name) = child::asked_for() {
        return child::play(&cases, &name);
    }
    let arguments = Arguments::from_args();
    let forbidden = child::forbidden();
    let trials = cases
        .iter()
        .map(|case| trial(case, forbidden.as_deref()))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What cannot run here is listed as ignored, and its kind says why.
fn trial(case: &Case, forbidden: Option<&str>) -> Trial {
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
