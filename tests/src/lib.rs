//! Everything `cargo test` runs lives in this package's `tests/` folder; here is what those tests share: the command
//! as a process, what it said, and the snapshots of that under `snapshots/cli/`.

use insta::Settings;
use libtest_mimic::Trial;
use regex::{Captures, Regex};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// The `netspec` command, built by Cargo before the tests of this package.
#[macro_export]
macro_rules! netspec {
    ($($argument:expr),* $(,)?) => {{
        let mut command = $crate::command(env!("CARGO_BIN_EXE_netspec-under-test"));
        $(command.arg($argument);)*
        command
    }};
}

/// A command in the repository's folder, untouched by the environment of whoever runs the tests.
pub fn command(binary: &str) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(root());
    for variable in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "INSTA_FORCE_PASS",
        "CI",
    ] {
        command.env_remove(variable);
    }
    command.env("INSTA_UPDATE", "no");
    command
}

/// The repository's folder.
///
/// # Panics
/// Never: this package lies in it.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("a package of the workspace").to_owned()
}

/// The scenario files below a folder of the repository, by their path from it.
pub fn scenarios(folder: &str) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(root().join(folder)).sort_by_file_name();
    let ours = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        path.extension()
            .is_some_and(|extension| extension == "yaml")
            && name != "netspec.yaml"
            && name != "world.yaml"
    };
    let below = |path: PathBuf| path.strip_prefix(root()).map(Path::to_owned).ok();
    let found = files
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path);
    found.filter(|path| ours(path)).filter_map(below).collect()
}

/// What a command said and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started.
pub fn said(mut command: Command) -> Said {
    command.output().expect("the command starts").into()
}

/// Everything it said, for a snapshot: what differs from run to run is replaced.
impl std::fmt::Display for Said {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&settled(&self.out))?;
        if !self.err.is_empty() {
            write!(formatter, "--- standard error\n{}", settled(&self.err))?;
        }
        let code = self
            .code
            .map_or("a signal".to_owned(), |code| code.to_string());
        write!(formatter, "--- exit {code}")
    }
}

static MEASURED: LazyLock<Regex> = LazyLock::new(|| {
    let bound = "below |above |at most |at least |between |and |within ";
    let number = format!(r"(?P<bound>{bound})?\b\d+(\.\d+)? (?P<unit>ms|s)\b(?P<gap> {{2,}})?");
    Regex::new(&number).expect("a regular expression")
});
static TIME_OF_DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b\d\d:\d\d:\d\dZ").expect("a regular expression"));

/// Text without what no two runs have in common: measured times become `[ms]` and `[s]`, times of day `[time]`.
/// Bounds, which are written in scenarios, stay.
pub fn settled(text: &str) -> String {
    let unmeasured = MEASURED.replace_all(text, |found: &Captures<'_>| match found.name("bound") {
        Some(_) => found[0].to_owned(),
        None if found.name("gap").is_some() => format!("[{}]  ", &found["unit"]),
        None => format!("[{}]", &found["unit"]),
    });
    TIME_OF_DAY.replace_all(&unmeasured, "[time]").into_owned()
}

/// Holds a text against `snapshots/cli/<folder>/<name>.snap`; `about` says in it what was run.
#[track_caller]
pub fn hold(folder: &str, name: &str, about: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/cli").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(about);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The snapshots below `snapshots/cli/<folder>` that belong to none of these names.
pub fn orphans(folder: &str, names: &[String]) -> Vec<String> {
    let folder = root().join("snapshots/cli").join(folder);
    let entries = walkdir::WalkDir::new(&folder)
        .into_iter()
        .filter_map(Result::ok);
    let snapshots = entries
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|it| it == "snap"));
    let named = snapshots.filter_map(|path| {
        Some(
            path.strip_prefix(&folder)
                .ok()?
                .with_extension("")
                .display()
                .to_string(),
        )
    });
    named.filter(|name| !names.contains(name)).collect()
}

/// A trial that fails where a snapshot below `snapshots/cli/<folder>` belongs to no other trial.
pub fn no_orphans(folder: &'static str, trials: &[Trial]) -> Trial {
    let names: Vec<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    Trial::test("every-snapshot-belongs-to-a-test", move || {
        match orphans(folder, &names) {
            orphans if orphans.is_empty() => Ok(()),
            orphans => Err(format!("nothing holds these any more: {orphans:?}").into()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn what_was_measured_is_settled_and_what_was_written_stays() {
        let seen = "7.91 ms  x; 201 ms expected below 100 ms, in 0.70 s at 12:04:31Z, between 30 s and 60 s";
        let settled_text =
            "[ms]  x; [ms] expected below 100 ms, in [s] at [time], between 30 s and 60 s";
        assert_eq!(settled(seen), settled_text);
    }
}
