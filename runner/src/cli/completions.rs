use super::{Command, Outcome, say};
use crate::exit;
use clap::{Args, CommandFactory};

/// Prints the completions of a shell.
///
/// For example `netspec completions bash > ~/.local/share/bash-completion/completions/netspec`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Command::command(), "netspec", &mut script);
        say(&String::from_utf8_lossy(&script));
        Ok(exit::AS_EXPECTED)
    }
}
