use super::{Outcome, detect, say};
use crate::{exit, schema};
use clap::{Args, ValueEnum};

/// Prints a JSON Schema, for an editor's completion and checks.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Of which file.
    #[arg(value_enum, default_value_t = Of::Scenario)]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// A scenario file.
    Scenario,
    /// A file that scenarios include.
    Shared,
    /// `netspec.yaml`.
    Project,
    /// A world file of the lab.
    World,
    /// A line of `drill --json`.
    Drill,
    /// A line of `netspec detect --json`.
    Detected,
}

impl Schema {
    pub(super) fn run(&self) -> Outcome {
        let schema = match self.of {
            Of::Scenario => schema::scenario(),
            Of::Shared => schema::shared(),
            Of::Project => schema::project(),
            Of::World => netspec_lab::schema(),
            Of::Drill => schemars::schema_for!(crate::drill::report::json::Line).into(),
            Of::Detected => detect::schema(),
        };
        say(&format!("{}\n", schema::pretty(&schema)));
        Ok(exit::AS_EXPECTED)
    }
}
