use super::{Outcome, Stopped, say};
use crate::project::Project;
use crate::{exit, setup};
use clap::Subcommand;
use netspec_lab::EnterErrorKind;
use std::ffi::OsString;
use std::path::Path;

/// The embedded lab: a small internet inside one process.
#[derive(Debug, Subcommand)]
pub(super) enum Lab {
    /// Opens your shell, or runs a command, inside a world: dig, traceroute, ping and mtr see that world and nothing else.
    Shell {
        /// The world's name or path; the project's where none is given.
        world: Option<String>,
        /// Let one of the world's incidents happen.
        #[arg(long, value_name = "NAME")]
        incident: Option<String>,
        /// A command to run instead of your shell.
        #[arg(last = true)]
        command: Vec<OsString>,
    },
    /// Lists the incidents of a world.
    Incidents {
        /// The world's name or path; the project's where none is given.
        world: Option<String>,
    },
}

impl Lab {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Shell {
                world,
                incident,
                command,
            } => shell(world.as_deref(), incident.as_deref(), command),
            Self::Incidents { world } => incidents(world.as_deref()),
        }
    }
}

fn world(given: Option<&str>, incident: Option<&str>) -> Result<netspec_lab::World, Stopped> {
    let name = match given {
        Some(name) => name.to_owned(),
        None => {
            let project = Project::of(Path::new("."))
                .map_err(|faulty| Stopped::wrong(faulty.render(false)))?;
            project
                .lab
                .ok_or_else(|| Stopped::wrong("which world? e.g. netspec lab shell paris-2023"))?
        }
    };
    setup::world(&name, incident).map_err(Stopped::wrong)
}

fn shell(given: Option<&str>, incident: Option<&str>, command: &[OsString]) -> Outcome {
    let world = world(given, incident)?;
    let ended = netspec_lab::shell(&world, command).map_err(|error| Stopped {
        code: if error.kind == EnterErrorKind::Forbidden {
            exit::COULD_NOT_ASK
        } else {
            exit::WRONG_INPUT
        },
        message: error.to_string(),
    })?;
    Ok(ended
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(exit::INTERRUPTED))
}

fn incidents(given: Option<&str>) -> Outcome {
    let world = world(given, None)?;
    for (name, incident) in world.incidents() {
        let kind = if incident.must_catch {
            "must be caught"
        } else {
            "must stay quiet"
        };
        say(&format!("{name:<28} {kind:<16} {}\n", incident.why));
    }
    Ok(exit::AS_EXPECTED)
}
