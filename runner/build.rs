//! Facts on the build for `netspec --version`. The commit is what `NETSPEC_COMMIT` says when it is built: looking for it
//! in the repository would build everything anew at each commit.
#![allow(clippy::print_stdout)]

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=NETSPEC_COMMIT");
    let known = |name: &str| env::var(name).unwrap_or_else(|_| "unknown".to_owned());
    println!(
        "cargo::rustc-env=NETSPEC_COMMIT={}",
        known("NETSPEC_COMMIT")
    );
    println!("cargo::rustc-env=NETSPEC_RUSTC={}", compiler());
    println!("cargo::rustc-env=NETSPEC_TARGET={}", known("TARGET"));
    println!("cargo::rustc-env=NETSPEC_PROFILE={}", known("PROFILE"));
}

/// `rustc 1.95.0 (…)`.
fn compiler() -> String {
    let asked = env::var_os("RUSTC").map(|rustc| Command::new(rustc).arg("--version").output());
    let said = asked.and_then(Result::ok).map(|output| output.stdout);
    let said = said.and_then(|said| String::from_utf8(said).ok());
    said.map_or_else(|| "unknown".to_owned(), |said| said.trim().to_owned())
}
