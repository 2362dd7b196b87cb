//! The command line as its users meet it: what it prints, how it ends, what it does to a pipe, a terminal and Ctrl-C.

#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/habits.rs"]
mod habits;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/language.rs"]
mod language;
#[path = "cli/lint.rs"]
mod lint;
#[path = "cli/manners.rs"]
mod manners;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/transcripts.rs"]
mod transcripts;

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{netspec, no_orphans, said};
use std::process::ExitCode;

/// One test, and whether it enters the lab.
struct Case {
    name: String,
    lab: bool,
    tool: Option<&'static str>,
    run: Box<dyn FnOnce() -> Result<(), Failed> + Send>,
}

impl Case {
    fn new(
        name: &str,
        lab: bool,
        run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        let (name, run) = (name.to_owned(), Box::new(run));
        let tool = None;
        Self {
            name,
            lab,
            tool,
            run,
        }
    }

    /// One that another program has its say in: ignored where that is not installed.
    fn with(
        tool: &'static str,
        name: &str,
        run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        let tool = Some(tool);
        Self {
            tool,
            ..Self::new(name, false, run)
        }
    }

    /// Why it cannot run on this machine, if it cannot.
    fn missing(&self, no_lab: bool) -> Option<String> {
        let tool = self.tool.filter(|tool| !is_installed(tool));
        let tool = tool.map(|tool| format!("no {tool} on this machine"));
        tool.or((self.lab && no_lab).then(|| "no lab on this machine".to_owned()))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let no_lab = said(netspec!("lab", "shell", "paris-2023", "--", "true")).code == Some(3);
    let cases = transcripts::cases()
        .into_iter()
        .chain(fmt::cases())
        .chain(habits::cases())
        .chain(json::cases())
        .chain(lint::cases())
        .chain(language::cases())
        .chain(manners::cases())
        .chain(record::cases());
    let trials = cases.map(|case| match case.missing(no_lab) {
        Some(why) => Trial::test(case.name, case.run)
            .with_kind(why)
            .with_ignored_flag(true),
        None => Trial::test(case.name, case.run),
    });
    let mut trials: Vec<Trial> = trials.collect();
    trials.push(no_orphans("transcripts", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

/// Fails with a sentence and what was seen.
fn ensure(holds: bool, what: &str, seen: &impl std::fmt::Display) -> Result<(), Failed> {
    match holds {
        true => Ok(()),
        false => Err(format!("{what}:\n{seen}").into()),
    }
}
