//! What people are used to from other tools: standard input, the first failure, a limit of time, a seed, colours.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, netspec, said};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("stdin", true, stdin),
        Case::new("stdin-refused", false, stdin_refused),
        Case::new("stdin-remembers-nothing", false, stdin_remembers_nothing),
        Case::new("detect-as-it-comes", false, detect_as_it_comes),
        Case::new("fail-fast", true, fail_fast),
        Case::new("timeout", true, timeout),
        Case::new("seed", true, seed),
        Case::new("color", false, color),
        Case::new("version-with-facts", false, version),
    ]
}

const SOUND: &str = "\
scenario: What comes by standard input
checks:
  - name: the CDN answers
    dns: { query: cmmsns.qpic.cn, resolver: cloudflare, expect: { status: NOERROR } }
";

/// One that fails at once, and one whose answer never comes.
const FAILS: &str = "\
scenario: The first is wrong, the second is silent
checks:
  - name: wrong
    dns: { query: plain.test, resolver: 198.51.100.53, expect: { status: NXDOMAIN } }
  - name: silent
    dns: { query: plain.test, resolver: 198.51.100.55, timeout: 600s, expect: { status: NOERROR } }
";

/// One that passes, and one whose answer never comes.
const SILENT: &str = "\
scenario: The first answers, the second is silent
checks:
  - name: answers
    dns: { query: plain.test, resolver: 198.51.100.53, expect: { status: NOERROR } }
  - name: silent
    dns: { query: plain.test, resolver: 198.51.100.55, timeout: 600s, expect: { status: NOERROR } }
";

/// What a command says that is told this on its standard input.
pub(crate) fn told(mut command: Command, input: &str) -> Result<Said, Failed> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    stdin.write_all(input.as_bytes())?;
    drop(stdin);
    Ok(child.wait_with_output()?.into())
}

fn ended(said: &Said, code: i32, shows: &str) -> Result<(), Failed> {
    ensure(
        said.code == Some(code),
        &format!("not exit code {code}"),
        said,
    )?;
    ensure(
        said.out.contains(shows),
        &format!("does not show `{shows}`"),
        said,
    )
}

fn stdin() -> Result<(), Failed> {
    let listed = told(netspec!("list", "-"), SOUND)?;
    ended(&listed, 0, "stdin::the CDN answers\n")?;
    let run = told(netspec!("run", "-", "--lab"), SOUND)?;
    ended(&run, 0, "1 passed")?;
    let failing = SOUND.replace("NOERROR", "NXDOMAIN");
    let failed = told(netspec!("run", "-", "--lab"), &failing)?;
    ended(&failed, 1, "--> <stdin>:4:75")?;
    ended(&failed, 1, "again: netspec run - --lab")
}

fn stdin_refused() -> Result<(), Failed> {
    let refused = told(netspec!("check", "-"), "scenario: x\nchekcs: []\n")?;
    ended(&refused, 2, "--> <stdin>:2:1")?;
    ended(&refused, 2, "did you mean `checks`?")
}

fn stdin_remembers_nothing() -> Result<(), Failed> {
    let tracking = format!("{SOUND}    track: [chain]\n");
    let refused = told(netspec!("check", "-"), &tracking)?;
    ended(&refused, 2, "standard input has no place for a snapshot")?;
    ended(&refused, 2, "--> <stdin>:5:13")
}

/// What is certain is told while the series goes on.
fn detect_as_it_comes() -> Result<(), Failed> {
    let mut command = netspec!("detect", "rtt", "-");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let mut out = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    for nth in 0..40 {
        let rtt = if nth < 30 { "20.5" } else { "71.25" };
        writeln!(stdin, "{};{rtt}", nth * 60)?;
    }
    stdin.flush()?;
    let mut line = String::new();
    out.read_line(&mut line)?;
    ensure(
        line.contains("sample 30 ") && line.contains("20.50 ms → 71.25 ms"),
        "the change is not told while the pipe is open",
        &line,
    )?;
    drop(stdin);
    let mut rest = String::new();
    out.read_to_string(&mut rest)?;
    ensure(
        child.wait()?.code() == Some(0) && rest == "-: 1 change in 40 samples, 0 lost\n",
        "it does not end well",
        &rest,
    )
}

/// The silent one would be waited for ten minutes.
fn fail_fast() -> Result<(), Failed> {
    let text = told(netspec!("run", "-", "--lab=traps", "--fail-fast"), FAILS)?;
    ended(&text, 1, "1 failed, 1 interrupted in ")?;
    ended(&text, 1, "stopped at the first that is not as expected")?;
    let json = told(
        netspec!("run", "-", "--lab=traps", "--fail-fast", "--json"),
        FAILS,
    )?;
    ended(&json, 1, "\"stopped\":\"fail-fast\"")?;
    let passing = told(netspec!("run", "-", "--lab", "--fail-fast"), SOUND)?;
    ended(&passing, 0, "1 passed in ")
}

fn timeout() -> Result<(), Failed> {
    let text = told(
        netspec!("run", "-", "--lab=traps", "--timeout", "5s"),
        SILENT,
    )?;
    ended(&text, 1, "1 passed, 1 interrupted in ")?;
    ended(&text, 1, "stopped because its time was over")?;
    ended(&text, 1, "INTERRUPTED stdin::silent")?;
    let json = told(
        netspec!("run", "-", "--lab=traps", "--timeout", "5s", "--json"),
        SILENT,
    )?;
    ended(&json, 1, "\"stopped\":\"timeout\"")
}

/// The names of the tests in the order in which they are told.
fn order(seed: &str) -> Result<Vec<String>, Failed> {
    let run = said(netspec!("run", "scenarios/wechat", "--lab", "--seed", seed));
    ended(&run, 0, "passed")?;
    let told = run.out.lines().filter(|line| line.starts_with("PASS"));
    Ok(told.map(str::to_owned).collect())
}

fn seed() -> Result<(), Failed> {
    let (one, again, other) = (order("1")?, order("1")?, order("2")?);
    ensure(
        one.len() > 4,
        "too few tests to tell orders apart",
        &one.len(),
    )?;
    ensure(
        one == again,
        "the same seed, another order",
        &format!("{one:?}\n{again:?}"),
    )?;
    ensure(one != other, "two seeds, one order", &format!("{one:?}"))?;
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let (one, other) = (sorted(one), sorted(other));
    ensure(one == other, "other tests", &format!("{one:?}\n{other:?}"))
}

fn color() -> Result<(), Failed> {
    let check = |more: &[&str]| {
        let mut command = netspec!("check", "scenarios/refused/keys/twice.yaml");
        command.args(more);
        command
    };
    let coloured = |command| said(command).out.contains("\u{1b}[");
    ensure(!coloured(check(&[])), "colour", &"on a pipe")?;
    ensure(
        coloured(check(&["--color", "always"])),
        "no colour",
        &"always",
    )?;
    let mut never = check(&["--color=never"]);
    never.env("CLICOLOR_FORCE", "1");
    ensure(!coloured(never), "colour", &"never")
}

fn version() -> Result<(), Failed> {
    let version = said(netspec!("--version"));
    ended(
        &version,
        0,
        concat!("netspec ", env!("CARGO_PKG_VERSION"), "\n"),
    )?;
    for fact in ["\ncommit: ", "\nbuilt by: rustc 1.", "\nfor: "] {
        let told = version.out.replace("  ", " ").replace("  ", " ");
        ensure(
            told.contains(fact),
            &format!("does not say `{}`", fact.trim()),
            &version,
        )?;
    }
    Ok(())
}
