//! The command line as its users meet it: what it prints, how it ends, what it does to a pipe, a terminal and Ctrl-C.

#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/habits.rs"]
mod habits;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/manners.rs"]
mod manners;
#[path = "cli/transcripts.rs"]
mod transcripts;

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{netspec, no_orphans, said};
use std::process::ExitCode;

/// One test, and whether it enters the lab.
struct Case {
    name: String,
    lab: bool,
    run: Box<dyn FnOnce() -> Result<(), Failed> + Send>,
}

impl Case {
    fn new(
        name: &str,
        lab: bool,
        run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Self {
        let (name, run) = (name.to_owned(), Box::new(run));
        Self { name, lab, run }
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
        .chain(manners::cases());
    let trials = cases.map(|case| {
        let trial = Trial::test(case.name, case.run);
        match case.lab && no_lab {
            true => trial
                .with_kind("no lab on this machine")
                .with_ignored_flag(true),
            false => trial,
        }
    });
    let mut trials: Vec<Trial> = trials.collect();
    trials.push(no_orphans("transcripts", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Fails with a sentence and what was seen.
fn ensure(holds: bool, what: &str, seen: &impl std::fmt::Display) -> Result<(), Failed> {
    match holds {
        true => Ok(()),
        false => Err(format!("{what}:\n{seen}").into()),
    }
}
