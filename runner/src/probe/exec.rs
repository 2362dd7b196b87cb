//! `exec:` a program of the user's own, where no probe can see it yet; off unless netspec.yaml allows it.

use super::{Asking, Cell, Judged, Kind, Question, Seen, Surroundings, expectation};
use crate::keys::{Fields, Key, duration, scalar, text};
use crate::network::Network;
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Value;
use netspec_probes::exec;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "exec",
    about: "Runs a program that says in JSON what it sees; off unless netspec.yaml says `allow-exec: true`.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<exec::Seen>,
    summary: summary::exec,
    whole: false,
    details: summary::nothing_more,
    family: Family::Values,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

const SETTINGS: &[Key] = &[
    Key::required(
        "command",
        "The program and its arguments, e.g. [./probes/mmtls, 162.62.115.23]; no shell reads them. With a slash it is looked for from the folder of netspec.yaml, in which it also runs.",
        crate::keys::texts,
    ),
    Key::new("input", "What it hears on standard input.", text),
    Key::new(
        "environment",
        "Variables by name; beside them it finds PATH, HOME, LANG and TMPDIR, and no others.",
        || json!({ "type": "object", "minProperties": 1, "additionalProperties": { "type": ["string", "number", "boolean"] } }),
    ),
    Key::new(
        "timeout",
        "How long it may run; 10s where it is left out. Then it is ended with all it started.",
        duration,
    ),
    Key::new(
        "expect",
        "What is expected of how it ends and of what it says, e.g. { exit-code: 0, \"$.json.loss\": 0 }.",
        || schema::expectation(&SHAPE),
    ),
];

/// Where a check does not say otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let question = question(fields, around, problems);
    if !around.project.allow_exec {
        let problem = Problem::new(fields.span, "programs are not run in this project");
        problems.add(problem.help("whoever trusts them writes `allow-exec: true` in netspec.yaml"));
    }
    let question: Arc<dyn Question> = Arc::new(question);
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged: Judged::Expect(expect.into_iter().collect()),
    }]
}

fn question(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> exec::Question {
    let command = fields.texts("command", problems);
    let input = fields.text("input", problems);
    exec::Question {
        command: command.into_iter().map(|word| word.value).collect(),
        folder: around.project.root.clone(),
        input: input.map(|text| text.value).unwrap_or_default(),
        environment: environment(fields, problems),
        timeout: fields.duration("timeout", problems).unwrap_or(PATIENCE),
    }
}

fn environment(fields: &Fields<'_>, problems: &mut Problems) -> BTreeMap<String, String> {
    let Some(node) = fields.get("environment") else {
        return BTreeMap::new();
    };
    let Value::Map(entries) = &node.value else {
        let problem = Problem::new(node.span, "expected variables by name");
        problems.add(problem.help("write them like { NAME: value }"));
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let name = &entry.key.value;
        if name.contains(['=', '\0']) {
            let problem = Problem::new(entry.key.span, "not the name of a variable");
            problems.add(problem.help("leave out `=`"));
        }
        if let Some(value) = scalar(&entry.value, problems) {
            found.insert(name.clone(), value.value);
        }
    }
    found
}

impl Question for exec::Question {
    fn key(&self) -> String {
        format!("exec {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    fn ask<'a>(&'a self, _: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async move { exec::ask(self).await.into() })
    }
}
