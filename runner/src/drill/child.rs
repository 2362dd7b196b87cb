//! A run in a process of its own: a lab is a process's, and each incident needs a lab.

use super::Check;
use super::look::Look;
use crate::exit;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// How a run is started.
#[derive(Clone, Debug)]
pub struct Child {
    /// This program.
    pub program: PathBuf,
    /// Which scenarios, as on the command line.
    pub selection: Vec<OsString>,
}

/// The longest one run may take. What hangs is told as interrupted by the run itself.
const TIMEOUT: &str = "120s";

/// Why there is nothing to tell.
#[derive(Debug)]
pub enum Broken {
    /// Somebody ended the drill before anything was learned.
    Interrupted,
    /// A run could not be carried out: what it said, and its exit code.
    Run(String, u8),
    /// A file or a folder is not as needed.
    Files(String),
    /// There is nothing to drill with.
    Nothing(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => formatter.write_str("interrupted before anything was learned"),
            Self::Run(said, _) => formatter.write_str(said),
            Self::Files(why) | Self::Nothing(why) => formatter.write_str(why),
        }
    }
}

impl Broken {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Interrupted => exit::INTERRUPTED,
            Self::Run(_, code) => *code,
            Self::Files(_) | Self::Nothing(_) => exit::WRONG_INPUT,
        }
    }

    pub(super) fn nothing_holds(checks: &[Check]) -> Self {
        let faults = checks.iter().filter_map(|check| {
            let fault = check.unusable.as_deref()?;
            Some(format!("\n  {}: {fault}", check.name))
        });
        let faults: String = faults.take(5).collect();
        Self::Nothing(format!(
            "no check is as expected in the unchanged world, so none could notice anything{faults}"
        ))
    }
}

impl Child {
    /// A run in this world that learns what is normal; what was never remembered is remembered now.
    pub(super) async fn learns(&self, world: &Path, memory: &Path) -> Result<Look, Broken> {
        let mut command = self.command(world, memory);
        command.arg("--learn").env("INSTA_UPDATE", "unseen");
        said(command).await
    }

    /// A run in this world that judges.
    pub(super) async fn judges(&self, world: &Path, memory: &Path) -> Result<Look, Broken> {
        let mut command = self.command(world, memory);
        command.env("INSTA_UPDATE", "no");
        said(command).await
    }

    fn command(&self, world: &Path, memory: &Path) -> Command {
        let mut lab = OsString::from("--lab=");
        lab.push(world);
        let mut command = Command::new(&self.program);
        command
            .arg("run")
            .args(["--json", "--timeout", TIMEOUT])
            .arg(lab)
            .arg("--snapshots")
            .arg(memory)
            .args(&self.selection)
            .env_remove("INSTA_FORCE_PASS")
            .env_remove("NETSPEC_LEARN")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// What a run saw. One that found something not as expected has done what it should.
async fn said(mut command: Command) -> Result<Look, Broken> {
    let broken = |why: String| Broken::Run(why, exit::WRONG_INPUT);
    let output = command.output().await;
    let output = output.map_err(|error| broken(format!("a run cannot be started: {error}")))?;
    let code = output
        .status
        .code()
        .and_then(|code| u8::try_from(code).ok());
    match code {
        Some(exit::AS_EXPECTED | exit::FAILED) => {
            Look::read(&String::from_utf8_lossy(&output.stdout)).map_err(broken)
        }
        // Nothing can be said of any of it: an observation where it was asked, a machine that forbids it where not.
        Some(exit::COULD_NOT_ASK) if !output.stdout.is_empty() => {
            Look::read(&String::from_utf8_lossy(&output.stdout)).map_err(broken)
        }
        code => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim_end().trim_start_matches("error: ").to_owned();
            let said = if said.is_empty() {
                "a run ended by itself".to_owned()
            } else {
                said
            };
            Err(Broken::Run(said, code.unwrap_or(exit::FAILED)))
        }
    }
}
