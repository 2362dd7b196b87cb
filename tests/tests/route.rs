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

use std::process::ExitCode;

fn main() -> ExitCode {
    child::main(peers::CASES, 4)
}
