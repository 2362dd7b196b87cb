//! Every incident of the worlds with scenarios of their own, rehearsed: the scenarios catch those that must be caught, by the
//! checks and for the reasons in the snapshots, and stay green for the others.

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_lab::World;
use netspec_lab::world::incident::Incident;
use netspec_tests::{Said, hold, netspec, no_orphans, root, said, settled};
use serde_json::Value;
use std::fs;
use std::process::ExitCode;

/// Each world, and the scenarios that watch over it.
const REHEARSALS: [(&str, &str); 2] = [
    ("paris-2023", "scenarios/wechat"),
    ("services", "scenarios/services/good-page.yaml"),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let no_lab = said(netspec!("lab", "shell", "paris-2023", "--", "true")).code == Some(3);
    let all = REHEARSALS.into_iter().flat_map(|(world, scenarios)| {
        let file = root().join(format!("lab/worlds/{world}.yaml"));
        let played = World::load(file).expect("a sound world");
        let incidents = played.incidents();
        let trials = incidents.map(|(name, incident)| trial(world, scenarios, name, incident));
        trials.collect::<Vec<Trial>>()
    });
    let no_lab = |trial: Trial| match no_lab {
        true => trial
            .with_kind("no lab on this machine")
            .with_ignored_flag(true),
        false => trial,
    };
    let mut trials: Vec<Trial> = all.map(no_lab).collect();
    trials.push(no_orphans("incidents", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(world: &'static str, scenarios: &'static str, name: &str, incident: &Incident) -> Trial {
    let incident_name = name.to_owned();
    let late = incident.changes.iter().all(|it| it.after.is_some());
    let must_catch = incident.must_catch;
    Trial::test(format!("{world}/{name}"), move || {
        match (late, must_catch) {
            (true, true) => caught_while_watching(world, &incident_name),
            // Only what watches for a while may be sure of what comes and goes.
            (true, false) => rehearsed(
                world,
                scenarios,
                &["--tag", "watched"],
                &incident_name,
                false,
            ),
            (false, _) => rehearsed(world, scenarios, &[], &incident_name, must_catch),
        }
    })
}

/// One run while the incident happens.
fn rehearsed(
    world: &str,
    scenarios: &str,
    selected: &[&str],
    name: &str,
    must_catch: bool,
) -> Result<(), Failed> {
    let mut command = netspec!("run", scenarios, "--lab", "--incident", name, "--json");
    command.args(selected);
    let said = said(command);
    let report = report(&said.out)?;
    let expected = if must_catch { 1 } else { 0 };
    if said.code != Some(expected) {
        let code = said.code;
        return Err(format!("exit {code:?}, expected {expected}:\n{report}{}", said.err).into());
    }
    if must_catch != report.lines().any(|line| line.starts_with("fail ")) {
        return Err(format!("what fails for certain is not what must:\n{report}").into());
    }
    let selected = selected.iter().map(|word| format!(" {word}"));
    let selected: String = selected.collect();
    let about = format!("netspec run {scenarios} --lab --incident {name}{selected}");
    hold(
        &format!("incidents/{world}"),
        name,
        &about,
        &settled(&report),
    );
    Ok(())
}

/// An incident that begins while the world is watched: the first run passes, the second does not.
fn caught_while_watching(world: &str, name: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("alias.yaml");
    fs::write(&file, ALIAS)?;
    let twice = "\"$0\" run \"$1\" && sleep 3.5 && \"$0\" run \"$1\"";
    let mut command = netspec!(
        "lab",
        "shell",
        world,
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
