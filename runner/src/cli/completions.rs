use super::{Command, Outcome};
use crate::exit;
use clap::{Args, CommandFactory};

/// Prints the completions of a shell, e.g. `netspec completions bash > /etc/bash_completion.d/netspec`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Outcome {
        clap_complete::generate(
            self.shell,
            &mut Command::command(),
            "netspec",
            &mut std::io::stdout(),
        );
        Ok(exit::AS_EXPECTED)
    }
}
