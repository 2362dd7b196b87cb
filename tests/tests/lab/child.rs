//! Trials as processes of their own.

use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Trial};
use netspec_lab::{EnterErrorKind, Lab, World};

/// One trial: what it is called, the tools it needs, what it does once it is alone in its process.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) tools: &'static [&'static str],
    pub(crate) play: fn(),
}

const ASKED: &str = "NETSPEC_LAB_TRIAL";
const MAY_ENTER: &str = "may-enter";

/// Runs these trials, so many at once where the command line does not say: most of their time they wait.
pub(crate) fn main(cases: &[Case], at_once: usize) -> ExitCode {
    if let Some(name) = asked_for() {
        return play(cases, &name);
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(at_once);
    let forbidden = forbidden();
    let trials = cases
        .iter()
        .map(|case| trial(case, forbidden.as_deref()))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What cannot run here is listed as ignored, and its kind says why.
fn trial(case: &Case, forbidden: Option<&str>) -> Trial {
    let name = case.name;
    let missing = case.tools.iter().find(|tool| !installed(tool));
    let why_not = match (forbidden, missing) {
        (Some(why), _) => Some(why.to_owned()),
        (None, Some(tool)) => Some(format!("{tool} is not installed")),
        (None, None) => None,
    };
    let trial = Trial::test(name, move || run(name).map_err(Into::into));
    match why_not {
        Some(why) => trial.with_kind(why).with_ignored_flag(true),
        None => trial,
    }
}

/// The trial this process was started for.
fn asked_for() -> Option<String> {
    std::env::var(ASKED).ok()
}

/// Plays one trial in this process; a panic is its failure.
fn play(cases: &[Case], name: &str) -> ExitCode {
    if name == MAY_ENTER {
        return may_enter();
    }
    match cases.iter().find(|case| case.name == name) {
        Some(case) => (case.play)(),
        None => panic!("there is no trial `{name}`"),
    }
    ExitCode::SUCCESS
}

fn may_enter() -> ExitCode {
    match netspec_lab::enter(&builtin("paris-2023")) {
        Err(error) if error.kind == EnterErrorKind::Forbidden => {
            println!("{error}");
            ExitCode::from(3)
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Why this machine does not let the lab be entered, if it does not.
fn forbidden() -> Option<String> {
    let output = again(MAY_ENTER);
    (output.status.code() == Some(3)).then(|| text(&output).trim().to_owned())
}

/// Starts this program again for one trial and waits for it; all it said is the failure's message.
fn run(name: &str) -> Result<(), String> {
    let output = again(name);
    if output.status.success() {
        Ok(())
    } else {
        Err(text(&output))
    }
}

fn again(name: &str) -> Output {
    let program = std::env::current_exe().expect("a running program has a path");
    Command::new(program)
        .env(ASKED, name)
        .output()
        .expect("this program starts again")
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes))
        .concat()
}

/// Whether a tool is on the path, administrators' directories included.
pub(crate) fn installed(tool: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    std::env::split_paths(&path).any(|directory| directory.join(tool).is_file())
}

pub(crate) fn builtin(name: &str) -> World {
    let text = netspec_lab::builtin(name).expect("it comes with the crate");
    World::parse(text, name).unwrap_or_else(|problem| panic!("{problem}"))
}

pub(crate) fn enter(world: &World) -> Lab {
    netspec_lab::enter(world).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs a command where this process is; what it says, whatever its status.
pub(crate) fn sh(command: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let mut words = command.split_whitespace();
    let program = words.next().expect("a command");
    let output = Command::new(program)
        .args(words)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .output();
    let output = output.unwrap_or_else(|error| panic!("{command}: {error}"));
    text(&output)
}

/// The lines of an answer section, white space made one.
pub(crate) fn dig(question: &str) -> Vec<String> {
    let said = sh(&format!("dig +noall +answer +tries=1 +time=3 {question}"));
    let spaced = said
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    spaced
        .filter(|line| !line.is_empty() && !line.starts_with(';'))
        .collect()
}

/// The hops of a `traceroute -n`: for each, the addresses it printed, in order, a star for silence.
pub(crate) fn hops(traceroute: &str) -> Vec<Vec<String>> {
    let line = |line: &str| -> Option<Vec<String>> {
        let mut words = line.split_whitespace();
        words.next()?.parse::<u8>().ok()?;
        let said = words.filter(|word| *word == "*" || word.parse::<std::net::IpAddr>().is_ok());
        Some(said.map(str::to_owned).collect())
    };
    traceroute.lines().filter_map(line).collect()
}
