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

fn main() -> ExitCode {
    let cases = [
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
    child::main(&cases, 4)
}
