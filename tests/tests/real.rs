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

use std::process::ExitCode;

fn main() -> ExitCode {
    child::main(&[knot::CASES, nginx::CASES].concat(), 2)
}
