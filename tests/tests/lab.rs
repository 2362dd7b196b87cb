//! The lab against what it stands in for: real tools inside it, real kernel routers beside it.
//!
//! Each trial is this program again, as a process of its own that enters its own network.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a trial is a process of its own that fails by panicking and is heard by its output"
)]

#[path = "lab/child.rs"]
mod child;
#[path = "lab/http3.rs"]
mod http3;
#[path = "lab/incidents.rs"]
mod incidents;
#[path = "lab/inside.rs"]
mod inside;
#[path = "lab/kernel.rs"]
mod kernel;
#[path = "lab/paris.rs"]
mod paris;
#[path = "lab/probe.rs"]
mod probe;
#[path = "lab/services.rs"]
mod services;
#[path = "lab/traps.rs"]
mod traps;
#[path = "lab/traps_dns.rs"]
mod traps_dns;

use std::process::ExitCode;

use child::Case;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let cases: Vec<Case> = [
        inside::CASES,
        paris::CASES,
        incidents::CASES,
        traps::CASES,
        traps_dns::CASES,
        services::CASES,
        http3::CASES,
        kernel::CASES,
    ]
    .concat();
    if let Some(name) = child::asked_for() {
        return child::play(&cases, &name);
    }
    let mut arguments = Arguments::from_args();
    // Trials mostly wait for answers that take their time.
    arguments.test_threads.get_or_insert(4);
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
