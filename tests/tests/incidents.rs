//! Every incident of the article's world, rehearsed: the scenarios in `scenarios/wechat` catch those that must be caught,
//! by the checks and for the reasons in the snapshots, and stay green for the others.

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_lab::World;
use netspec_tests::{Said, hold, netspec, no_orphans, root, said};
use serde_json::Value;
use std::fs;
use std::process::ExitCode;

const SCENARIOS: &str = "scenarios/wechat";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let no_lab = said(netspec!("lab", "shell", "paris-2023", "--", "true")).code == Some(3);
    let world = World::load(root().join("lab/worlds/paris-2023.yaml")).expect("a sound world");
    let trials = world.incidents().map(|(name, incident)| {
        let (name, must_catch) = (name.to_owned(), incident.must_catch);
        let trial = Trial::test(name.clone(), move || match name.strip_suffix("-soon") {
            Some(_) => caught_while_watching(&name),
            None => rehearsed(&name, must_catch),
        });
        match no_lab {
            true => trial
                .with_kind("no lab on this machine")
                .with_ignored_flag(true),
            false => trial,
        }
    });
    let mut trials: Vec<Trial> = trials.collect();
    trials.push(no_orphans("incidents", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// One run while the incident happens.
fn rehearsed(name: &str, must_catch: bool) -> Result<(), Failed> {
    let said = said(netspec!(
        "run",
        SCENARIOS,
        "--lab",
        "--incident",
        name,
        "--json"
    ));
    let report = report(&said.out)?;
    let expected = if must_catch { 1 } else { 0 };
    if said.code != Some(expected) {
        let code = said.code;
        return Err(format!("exit {code:?}, expected {expected}:\n{report}{}", said.err).into());
    }
    if must_catch && !report.contains("fail ") {
        return Err(format!("nothing fails for certain:\n{report}").into());
    }
    hold(
        "incidents",
        name,
        &format!("netspec run {SCENARIOS} --lab --incident {name}"),
        &report,
    );
    Ok(())
}

/// An incident that begins while the world is watched: the first run passes, the second does not.
fn caught_while_watching(name: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("alias.yaml");
    fs::write(&file, ALIAS)?;
    let twice = "\"$0\" run \"$1\" && sleep 3.5 && \"$0\" run \"$1\"";
    let mut command = netspec!(
        "lab",
        "shell",
        "paris-2023",
        "--incident",
        name,
        "--",
        "sh",
        "-c",
        twice
    );
    command
        .arg(env!("CARGO_BIN_EXE_netspec-under-test"))
        .arg(&file);
    let Said { code, out, err } = said(command);
    let verdicts: Vec<&str> = out
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let (passed, failed) = (verdicts.contains(&"PASS"), verdicts.contains(&"FAIL"));
    if code == Some(1) && passed && failed {
        return Ok(());
    }
    Err(format!("exit {code:?}, expected a pass and then a failure:\n{out}{err}").into())
}

const ALIAS: &str = "\
scenario: The alias abroad
checks:
  - name: it leads to Tencent's
    dns:
      query: cmmsns.qpic.cn
      resolver: 1.1.1.1
      expect: { chain: { exactly: [mmsns.qpic.wechatos.net.] } }
";

/// Each test that ended, and each finding of it: where, what, why. Times and what depends on them are left out.
fn report(lines: &str) -> Result<String, Failed> {
    let events: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
    let mut ended: Vec<String> = events?
        .iter()
        .filter(|event| event["event"] == "ended")
        .map(test)
        .collect();
    ended.sort();
    Ok(ended.concat())
}

fn test(event: &Value) -> String {
    let mut lines = format!("{} {}\n", text(&event["verdict"]), text(&event["name"]));
    let findings = event["findings"].as_array().into_iter().flatten();
    for finding in findings.filter(|finding| finding["grade"] != "note") {
        let [place, grade, word, because] =
            ["place", "grade", "word", "because"].map(|key| text(&finding[key]));
        lines += &format!("  {place} {grade}: {word}: {because}\n");
    }
    let diff = event["snapshot"]["detail"].as_str().unwrap_or_default();
    for line in diff.lines().filter(|line| line.starts_with(['+', '-'])) {
        lines += &format!("  tracked: {line}\n");
    }
    lines
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
