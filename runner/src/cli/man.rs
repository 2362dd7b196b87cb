use super::{Outcome, Stopped, say};
use crate::exit;
use clap::Args;
use std::fs;
use std::path::PathBuf;

/// Prints the manual page, or writes one for each subcommand.
///
/// For example `netspec man | man -l -`, or `netspec man --out ~/.local/share/man/man1`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder to write netspec.1, netspec-run.1 and the others to.
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Outcome {
        let command = super::command();
        let wrong =
            |error: std::io::Error| Stopped::wrong(format!("cannot write the manual: {error}"));
        match &self.out {
            Some(folder) => {
                fs::create_dir_all(folder).map_err(wrong)?;
                clap_mangen::generate_to(command, folder).map_err(wrong)?;
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command)
                    .render(&mut page)
                    .map_err(wrong)?;
                say(&String::from_utf8_lossy(&page));
            }
        }
        Ok(exit::AS_EXPECTED)
    }
}
