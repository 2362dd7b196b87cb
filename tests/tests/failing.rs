//! Every file of `scenarios/failing/` fails in the lab, and says why in the words of its snapshot.

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{hold, netspec, no_orphans, said, scenarios};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let forbidden = said(netspec!("lab", "shell", "paris-2023", "--", "true"));
    let trial = |file: std::path::PathBuf| {
        let name = name(&file);
        let trial = Trial::test(name.clone(), move || fails(&name, &file));
        match forbidden.code {
            Some(3) => trial
                .with_kind("no lab on this machine")
                .with_ignored_flag(true),
            _ => trial,
        }
    };
    let files = scenarios("scenarios/failing").into_iter();
    let mut trials: Vec<Trial> = files.map(trial).collect();
    trials.push(no_orphans("failing", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn name(file: &Path) -> String {
    let below = file.strip_prefix("scenarios/failing").unwrap_or(file);
    below.with_extension("").display().to_string()
}

fn fails(name: &str, file: &Path) -> Result<(), Failed> {
    let said = said(netspec!("run", file, "--lab"));
    if said.code != Some(1) {
        return Err(format!("not exit code 1:\n{said}").into());
    }
    if said.out.contains("PASS") || !said.err.is_empty() {
        return Err(format!("something passes, or complains:\n{said}").into());
    }
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    let about = format!("netspec run {} --lab", file.display());
    hold(
        &format!("failing/{folder}"),
        name,
        &about,
        &said.to_string(),
    );
    Ok(())
}
