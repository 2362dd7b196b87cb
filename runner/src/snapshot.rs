//! What is tracked, remembered as an insta snapshot.

use crate::plan::Case;
use crate::verdict::Verdict;
use serde_json::Value;
use std::path::PathBuf;

/// Where snapshots are and what is done about one that differs.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The folder of snapshots.
    pub folder: PathBuf,
}

impl Policy {
    /// What the environment asks for.
    pub fn from_env(project: &crate::project::Project) -> Self {
        Self {
            folder: project.snapshots.clone(),
        }
    }
}

/// What became of a snapshot.
#[derive(Clone, Debug)]
pub enum Remembered {
    /// It is as it was.
    Same,
}

impl Remembered {
    /// As text for people, ending in a line break; empty where there is nothing to say.
    pub fn render(&self, _colour: bool) -> String {
        String::new()
    }

    /// As JSON for `--json`.
    pub fn to_json(&self) -> Value {
        Value::Null
    }

    /// What it makes of the test.
    pub fn verdict(&self) -> Verdict {
        Verdict::Pass
    }
}

/// Holds what is tracked against what was remembered.
pub fn remember(_case: &Case, _seen: &Value, _policy: &Policy) -> Remembered {
    Remembered::Same
}
