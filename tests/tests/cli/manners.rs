//! Colour where it is wanted, silence on a pipe, completions that parse, and an end at once when told to end.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, netspec, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("colour", false, colour),
        Case::new("colour-of-a-run", true, colour_of_a_run),
        Case::with("bash", "completions/bash", || completions("bash")),
        Case::with("zsh", "completions/zsh", || completions("zsh")),
        Case::with("fish", "completions/fish", || completions("fish")),
        Case::with("man", "man", man),
        Case::new("man-pages", false, man_pages),
        Case::new("explain", false, explain),
        Case::new("no-progress-on-a-pipe", true, no_progress),
        Case::new("a-closed-pipe", false, closed_pipe),
        Case::new("a-closed-pipe-of-a-run", true, closed_pipe_of_a_run),
        Case::new("interrupted", true, || interrupted(&[])),
        Case::new("interrupted-json", true, || interrupted(&["--json"])),
    ]
}

const REFUSED: &str = "scenarios/refused/keys/twice.yaml";
const SILENT: &str = "\
scenario: One resolver answers, the other does not
checks:
  - name: the first answers
    dns: { query: plain.test, resolver: 198.51.100.53, expect: { status: NOERROR } }
  - name: the second is silent
    dns: { query: plain.test, resolver: 198.51.100.55, timeout: 60s, expect: { status: NOERROR } }
";

fn coloured(mut command: Command, variables: &[(&str, &str)]) -> bool {
    command.envs(variables.iter().copied());
    said(command).out.contains("\u{1b}[")
}

fn colour() -> Result<(), Failed> {
    let check = || netspec!("check", REFUSED);
    ensure(!coloured(check(), &[]), "colour", &"on a pipe")?;
    ensure(
        coloured(check(), &[("CLICOLOR_FORCE", "1")]),
        "no colour",
        &"with CLICOLOR_FORCE",
    )?;
    let both = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    ensure(!coloured(check(), &both), "colour", &"with NO_COLOR")
}

fn colour_of_a_run() -> Result<(), Failed> {
    let run = || netspec!("run", "scenarios/failing/status.yaml", "--lab");
    ensure(!coloured(run(), &[]), "colour", &"on a pipe")?;
    ensure(
        coloured(run(), &[("CLICOLOR_FORCE", "1")]),
        "no colour",
        &"with CLICOLOR_FORCE",
    )
}

/// A shell's script names every subcommand, and the shell can read it.
fn completions(shell: &str) -> Result<(), Failed> {
    let script = said(netspec!("completions", shell)).out;
    for word in subcommands()
        .iter()
        .map(String::as_str)
        .chain(["incident", "fail-fast"])
    {
        let what = format!("{shell} does not know {word}");
        ensure(script.contains(word), &what, &script)?;
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(shell);
    std::fs::write(&file, script)?;
    let read = said_by(Command::new(shell).arg("-n").arg(&file))?;
    ensure(
        read.code == Some(0),
        &format!("{shell} cannot read it"),
        &read,
    )
}

fn said_by(command: &mut Command) -> Result<Said, Failed> {
    Ok(command.output()?.into())
}

fn subcommands() -> Vec<String> {
    let command = netspec::cli::command();
    let names = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned());
    names.collect()
}

/// groff finds nothing wrong with the page.
fn man() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("netspec.1");
    std::fs::write(&file, said(netspec!("man")).out)?;
    let shown = said_by(
        Command::new("man")
            .args(["--warnings", "-l"])
            .arg(&file)
            .env("MANWIDTH", "80"),
    )?;
    ensure(
        shown.code == Some(0) && shown.err.is_empty(),
        "man finds something wrong",
        &shown,
    )?;
    ensure(shown.out.contains("SYNOPSIS"), "no manual page", &shown)
}

/// One page a subcommand.
fn man_pages() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("man1");
    let written = said(netspec!("man", "--out", &out));
    ensure(written.code == Some(0), "not exit code 0", &written)?;
    for name in subcommands() {
        let page = std::fs::read_to_string(out.join(format!("netspec-{name}.1")))?;
        ensure(page.contains(".SH SYNOPSIS"), "no manual page", &page)?;
    }
    Ok(())
}

/// All there is, as text and as JSON; each thing by its name.
fn explain() -> Result<(), Failed> {
    let list = said(netspec!("explain"));
    let json = said(netspec!("explain", "--json"));
    let topics: Result<Vec<Value>, _> = json.out.lines().map(serde_json::from_str).collect();
    let topics = topics?;
    for kind in netspec::probe::KINDS {
        let listed = list.out.contains(&format!("\n  {} ", kind.name));
        ensure(listed, &format!("{} is not listed", kind.name), &list)?;
        let of_kind = topics
            .iter()
            .filter(|topic| topic["within"] == kind.name)
            .count();
        ensure(
            of_kind > 5,
            &format!("{} has no facts", kind.name),
            &of_kind,
        )?;
    }
    ensure(
        topics.iter().all(|topic| topic["about"] != ""),
        "something is not explained",
        &"",
    )
}

fn no_progress() -> Result<(), Failed> {
    let said = said(netspec!(
        "run",
        "scenarios/wechat/split-horizon.yaml",
        "--lab"
    ));
    ensure(said.err.is_empty(), "something on standard error", &said)
}

/// What a command says on standard error when nobody reads its output.
fn unread(mut command: Command) -> Result<Said, Failed> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    drop(child.stdout.take());
    Ok(child.wait_with_output()?.into())
}

fn closed_pipe() -> Result<(), Failed> {
    for arguments in [
        &["schema"][..],
        &["list", "scenarios/wechat"],
        &["check", "scenarios/refused"],
        &["completions", "zsh"],
        &["explain"],
        &["man"],
        &["--help"],
    ] {
        let mut command = netspec!();
        command.args(arguments);
        let said = unread(command)?;
        ensure(
            !said.err.contains("panicked"),
            &format!("{arguments:?} panics"),
            &said,
        )?;
    }
    Ok(())
}

/// The reader went away; what was asked is still judged.
fn closed_pipe_of_a_run() -> Result<(), Failed> {
    for (file, code) in [
        ("scenarios/failing/status.yaml", 1),
        ("scenarios/wechat/split-horizon.yaml", 0),
    ] {
        let said = unread(netspec!("run", file, "--lab"))?;
        ensure(
            said.err.is_empty() && said.code == Some(code),
            &format!("not exit code {code}"),
            &said,
        )?;
    }
    Ok(())
}

/// Ctrl-C while one answer is there and one is awaited: the run ends at once and shows the first.
fn interrupted(more: &[&str]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("silent.yaml");
    std::fs::write(&file, SILENT)?;
    let mut command = netspec!("run", &file, "--lab=traps");
    let mut child = command
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut out = BufReader::new(child.stdout.take().ok_or("no output")?);
    let mut seen = String::new();
    while !(seen.contains("PASS") || seen.contains("\"pass\"")) {
        let read = out.read_line(&mut seen)?;
        ensure(read > 0, "it ended too early", &seen)?;
    }
    let told = Instant::now();
    kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGINT)?;
    out.read_to_string(&mut seen)?;
    let ended = child.wait()?;
    let took = told.elapsed();
    ensure(
        took < Duration::from_secs(5),
        "it did not end at once",
        &format!("{took:?}"),
    )?;
    ensure(
        ended.code() == Some(130),
        &format!("not exit code 130 but {ended}"),
        &seen,
    )?;
    let counted = seen.contains("1 passed, 1 interrupted") || seen.contains("\"interrupted\":1");
    ensure(counted, "what was seen is not told", &seen)
}
