//! The `netspec` command as the tests of this package run it: Cargo builds a package's own binaries before its tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    netspec::cli::main()
}
