//! The `netspec` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    netspec::cli::main()
}
