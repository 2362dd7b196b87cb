//! Drills on real packets: which incidents and mutants the shipped scenarios catch, by which rule or expectation, is in the
//! snapshots. What is lost is lost by chance, so nothing is held of mutants that lose packets.

#[path = "drill/ended.rs"]
mod ended;

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{hold, netspec, no_orphans, said, settled};
use serde_json::Value;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let no_lab = said(netspec!("lab", "shell", "paris-2023", "--", "true")).code == Some(3);
    let trials = [
        Trial::test("wechat", || {
            matrix(
                "wechat",
                "drill scenarios/wechat --lab --runs 2 --jobs 8",
                40,
            )
        }),
        Trial::test("services", || {
            let typed =
                "drill scenarios/services/good-page.yaml --lab --runs 1 --mutants 20 --jobs 8";
            matrix("services", typed, 20)
        }),
        Trial::test("missed", missed),
        Trial::test("interrupted", ended::interrupted),
    ];
    let mut trials: Vec<Trial> = trials
        .into_iter()
        .map(|trial| permitted(trial, no_lab))
        .collect();
    trials.push(no_orphans("drill", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn permitted(trial: Trial, no_lab: bool) -> Trial {
    match no_lab {
        true => trial
            .with_kind("no lab on this machine")
            .with_ignored_flag(true),
        false => trial,
    }
}

/// A whole drill: every line is as its schema says, every incident that somebody wrote comes to a good end, and the rest is
/// in the snapshot.
fn matrix(name: &str, typed: &str, at_least: usize) -> Result<(), Failed> {
    let mut command = netspec!("--color", "never");
    command.args(typed.split_whitespace()).arg("--json");
    let said = said(command);
    let lines: Result<Vec<Value>, _> = said.out.lines().map(serde_json::from_str).collect();
    let lines = lines?;
    as_the_schema_says(&lines)?;
    let incidents: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "incident")
        .collect();
    if incidents.len() < at_least {
        return Err(format!(
            "{} incidents, expected {at_least}:\n{said}",
            incidents.len()
        )
        .into());
    }
    let good = ["caught", "quiet"].map(Value::from);
    let bad = incidents
        .iter()
        .find(|it| it["mutant"] == false && !good.contains(&it["outcome"]));
    if let Some(bad) = bad {
        return Err(format!("written to be dealt with, and not: {bad:#}").into());
    }
    let checks = lines
        .first()
        .map(|line| &line["checks"])
        .cloned()
        .unwrap_or_default();
    let held = incidents
        .iter()
        .filter(|it| !text(&it["name"]).starts_with("loses-"));
    let rows: String = held.map(|incident| row(incident, &checks)).collect();
    hold("drill", name, &format!("netspec {typed} --json"), &rows);
    Ok(())
}

fn as_the_schema_says(lines: &[Value]) -> Result<(), Failed> {
    let schema: Value = serde_json::from_str(&said(netspec!("schema", "drill")).out)?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    for line in lines {
        if let Some(error) = validator.iter_errors(line).next() {
            return Err(format!("{error}: {line:#}").into());
        }
    }
    Ok(())
}

/// What became of it, and by which rule, or else by which word, each check that noticed it did. Whether anything asked is
/// touched by what nobody caught is told by what a look happened to see, so it is not held.
fn row(incident: &Value, checks: &Value) -> String {
    let outcome = match text(&incident["outcome"]) {
        "missed" | "unseen" => "not caught",
        other => other,
    };
    let judged = incident["checks"].as_array().into_iter().flatten();
    let noticed = judged.filter_map(|judged| {
        let by = judged["by"].as_array()?.first()?;
        let known = checks.as_array()?.iter();
        let index = known
            .take_while(|check| check["name"] != judged["check"])
            .count();
        Some(format!("  {} {}", index + 1, text(by)))
    });
    format!(
        "{outcome:<11} {}{}\n",
        text(&incident["name"]),
        noticed.collect::<String>()
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// One mutant that is missed, as text: the fact that would have shown it is named, and what to type.
fn missed() -> Result<(), Failed> {
    let typed = "drill scenarios/wechat/mmtls.yaml --lab --runs 1 --learning 3 --incident slower-frankfurt --verbose";
    let mut command = netspec!();
    command.args(typed.split_whitespace());
    let said = said(command);
    if said.code != Some(1) {
        return Err(format!("not exit code 1:\n{said}").into());
    }
    hold(
        "drill",
        "missed",
        &format!("netspec {typed}"),
        &settled(&said.to_string()),
    );
    Ok(())
}
