//! What one run saw, read from what it told in JSON.

use super::alarm::{self, Alarm};
use super::facts::Facts;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// One run.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Its tests, by their names.
    pub tests: Vec<Test>,
}

/// One test of a run.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// The check it belongs to: its name without its cell.
    pub check: String,
    /// What kind of question it asks.
    pub kind: String,
    /// How it ended: `pass`, `fail`, `inconclusive`, `unsupported`.
    pub verdict: String,
    /// Whether it looked several times.
    pub watched: bool,
    /// What raised an alarm, where it failed.
    pub alarms: Vec<Alarm>,
    /// What it asked, as it is told.
    pub asked: Vec<String>,
    /// What it saw.
    pub facts: Facts,
    /// The folder of its snapshot and models.
    pub memory: Option<PathBuf>,
}

impl Look {
    /// Reads what a run told.
    ///
    /// # Errors
    /// What is not JSON.
    pub fn read(lines: &str) -> Result<Self, String> {
        let mut tests = Vec::new();
        for line in lines.lines() {
            let event: Value = serde_json::from_str(line)
                .map_err(|error| format!("a run told what cannot be read: {error}"))?;
            if event["event"] == "ended" {
                tests.push(Test::read(&event));
            }
        }
        tests.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { tests })
    }
}

impl Test {
    fn read(event: &Value) -> Self {
        let name = text(&event["name"]);
        let cell = event["cell"].as_str().map(|cell| format!("[{cell}]"));
        let check = name.strip_suffix(cell.as_deref().unwrap_or_default());
        let sides = || event["seen"].as_array().into_iter().flatten();
        let file = event["snapshot"]["file"].as_str().map(PathBuf::from);
        Self {
            check: check.unwrap_or(&name).to_owned(),
            kind: text(&event["kind"]),
            verdict: text(&event["verdict"]),
            watched: !event["samples"].is_null(),
            alarms: alarm::of(event),
            asked: sides().map(|side| text(&side["asked"])).collect(),
            facts: Facts::of(sides()),
            memory: file.and_then(|file| Some(file.parent()?.to_owned())),
            name,
        }
    }

    /// Why it could not notice anything: it is not even as expected when nothing happens.
    pub(super) fn fault(&self) -> Option<String> {
        let first = || self.alarms.first().and_then(|alarm| alarm.evidence.first());
        match self.verdict.as_str() {
            "pass" => None,
            "fail" => Some(first().cloned().unwrap_or_else(|| "it fails".to_owned())),
            other => Some(format!("it is {other}")),
        }
    }

    /// The addresses it went to.
    pub(super) fn ends(&self) -> BTreeSet<&str> {
        const ENDS: [&str; 4] = ["connected", "target", "server", "destination"];
        let words = ENDS.map(|end| format!("{end}.address"));
        let facts = words.iter().flat_map(|word| self.facts.values(word));
        facts.collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
