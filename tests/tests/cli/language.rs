//! Values from outside of a scenario: `--var` is used or refused, and a secret is told to nobody.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, netspec, said};
use std::fs;
use std::path::Path;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("language/var-given", false, given),
        Case::new("language/var-unused", false, unused),
        Case::new("language/var-malformed", false, malformed),
        Case::new("language/secret-at-rest", false, at_rest),
        Case::new("language/secret-missing", true, missing),
        Case::new("language/secret-told-to-nobody", true, told_to_nobody),
        Case::new("language/password-told-to-nobody", true, password),
        Case::new("language/captured-alone", true, captured_alone),
    ]
}

const BY_NAME: &str = "\
scenario: The name is given
vars: { resolver: cloudflare }
checks:
  - name: ${host} answers
    dns: { query: \"${host}\", resolver: \"${resolver}\", expect: { status: NOERROR } }
";

fn folder(files: &[(&str, &str)]) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}

fn project(secrets: &str) -> String {
    format!("lab: paris-2023\nresolvers: {{ cloudflare: 1.1.1.1, baidu: 180.76.76.76 }}\n{secrets}")
}

fn given() -> Result<(), Failed> {
    let folder = folder(&[("netspec.yaml", &project("")), ("x.yaml", BY_NAME)])?;
    let said = said(netspec!(
        "list",
        folder.path(),
        "--var",
        "host=a.example",
        "--var",
        "resolver=baidu"
    ));
    ensure(
        said.out == "x::a.example answers\n" && said.code == Some(0),
        "not listed",
        &said,
    )
}

fn unused() -> Result<(), Failed> {
    let folder = folder(&[("netspec.yaml", &project("")), ("x.yaml", BY_NAME)])?;
    let said = said(netspec!(
        "check",
        folder.path(),
        "--var",
        "host=a.example",
        "--var",
        "resovler=baidu"
    ));
    let expected = "error: --var resovler is used nowhere: did you mean `resolver`?\n";
    ensure(
        said.err == expected && said.code == Some(2),
        "not refused",
        &said,
    )
}

fn malformed() -> Result<(), Failed> {
    for (var, why) in [("host", "name=value"), ("1x=2", "a name is a letter")] {
        let said = said(netspec!("check", "scenarios/language", "--var", var));
        ensure(
            said.err.contains(why) && said.code == Some(2),
            "not refused",
            &said,
        )?;
    }
    Ok(())
}

const SECRET: &str = "\
scenario: A secret name
checks:
  - name: it answers
    dns:
      query: ${secret:host}
      resolver: cloudflare
      expect: { status: NXDOMAIN, time: { below: 0.001ms }, chain: { exactly: [\"${secret:host}\"] } }
    track: [answers.name, answers.data]
";

/// Where nobody is asked, nothing is run to know a secret.
fn at_rest() -> Result<(), Failed> {
    let touch = project("secrets: { host: { command: [touch, ran] } }");
    let folder = folder(&[("netspec.yaml", &touch), ("x.yaml", SECRET)])?;
    for word in ["check", "list"] {
        let said = said(netspec!(word, folder.path()));
        ensure(said.code == Some(0), "not sound", &said)?;
        let ran = folder.path().join("ran").exists();
        ensure(!ran, "the command was run", &said)?;
    }
    Ok(())
}

fn missing() -> Result<(), Failed> {
    let nowhere = project("secrets: { host: { file: nowhere } }");
    let folder = folder(&[("netspec.yaml", &nowhere), ("x.yaml", SECRET)])?;
    let said = said(netspec!("run", folder.path(), "--lab"));
    let told = said.out.contains("x.yaml:5:14") && said.out.contains("cannot be read");
    ensure(told && said.code == Some(2), "not said", &said)
}

const HOST: &str = "cmmsns.qpic.cn";

/// Not by a report of any kind, not by a snapshot that waits, not by what is wrong with a file.
fn told_to_nobody() -> Result<(), Failed> {
    let secret = project(&format!(
        "secrets: {{ host: {{ command: [printf, {HOST}] }} }}"
    ));
    let faulty = SECRET.replace("status: NXDOMAIN", "status: '${secret:host}'");
    let files = [
        ("netspec.yaml", secret.as_str()),
        ("x.yaml", SECRET),
        ("faulty.yaml", &faulty),
    ];
    let folder = folder(&files)?;
    for flag in ["--json", "--verbose", "--quiet"] {
        let mut run = netspec!("run", folder.path(), "--lab", flag);
        run.env("INSTA_UPDATE", "new");
        hidden(&said(run), "***")?;
    }
    let waiting = walkdir::WalkDir::new(folder.path().join("snapshots"));
    let mut kept = 0;
    for entry in waiting
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
    {
        let text = fs::read_to_string(entry.path())?;
        ensure(
            !text.contains("cmmsns") && text.contains("***"),
            "kept in a snapshot",
            &text,
        )?;
        kept += 1;
    }
    ensure(kept == 1, "no snapshot", &kept)
}

fn hidden(said: &Said, mask: &str) -> Result<(), Failed> {
    let told = format!("{}{}", said.out, said.err);
    ensure(!told.contains("cmmsns"), "a secret was told", said)?;
    ensure(told.contains(mask), "nothing was hidden", said)
}

/// Parts of the password in `scenarios/services/netspec.yaml`: as it is, in hexadecimal, and as `Basic` has it behind its user.
const PARTS: [&str; 5] = ["horse", "battery", "686f727365", "dGVzdGVyOm", "aG9yc2U"];

/// Not where a server says back what it was asked, whole or cut off, and not where that is remembered.
fn password() -> Result<(), Failed> {
    let files = [
        ("scenarios/services/http/secrets.yaml", 0),
        ("scenarios/failing/services/http-secrets.yaml", 1),
    ];
    for (file, code) in files {
        for flag in ["--json", "--verbose"] {
            let said = said(netspec!("run", file, "--lab", flag));
            let told = format!("{}{}", said.out, said.err);
            let told_of = PARTS.iter().find(|part| told.contains(**part));
            ensure(told_of.is_none(), "a password was told", &said)?;
            let masked = told.contains("***") || code == 0 && flag == "--verbose";
            ensure(
                masked && said.code == Some(code),
                "nothing was hidden",
                &said,
            )?;
        }
    }
    let remembered = netspec_tests::root().join("snapshots/services/http/secrets");
    for entry in fs::read_dir(remembered)? {
        let text = fs::read_to_string(entry?.path())?;
        ensure(text.contains("again=***"), "not hidden", &text)?;
    }
    Ok(())
}

/// A check that uses what another captures runs by itself.
fn captured_alone() -> Result<(), Failed> {
    let file = Path::new("scenarios/language/capture.yaml");
    let said = said(netspec!(
        "run",
        file,
        "--lab",
        "--only",
        "that very address"
    ));
    ensure(
        said.out.contains("1 passed") && said.code == Some(0),
        "not passed",
        &said,
    )
}
