//! What the papers show is true: their scenarios pass in the lab, their commands print what stands below them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAPERS: &[&str] = &["README.md", "docs/language.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

fn netspec(arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_netspec-under-test"))
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .env("INSTA_UPDATE", "no")
        .output()
        .expect("netspec starts")
}

/// The fenced blocks of a paper that are marked `kind`, each with its line.
fn blocks(paper: &str, kind: &str) -> Vec<(usize, String)> {
    let text = fs::read_to_string(root().join(paper)).expect("readable");
    let mut found = Vec::new();
    let mut inside: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut inside {
            Some(_) if line == "```" => found.extend(inside.take()),
            Some((_, block)) => block.push_str(&format!("{line}\n")),
            None if line == format!("```{kind}") => inside = Some((index + 1, String::new())),
            None => {}
        }
    }
    found
}

#[test]
fn every_scenario_in_the_papers_passes_in_the_lab() {
    let folder = tempfile::tempdir_in(root().join("scenarios")).expect("a folder");
    let mut shown = 0;
    for paper in PAPERS {
        for (line, block) in blocks(paper, "yaml") {
            let file = folder.path().join(format!("line-{line}.yaml"));
            fs::write(&file, block).expect("written");
            shown += 1;
        }
    }
    assert!(shown >= 4, "the papers show {shown} scenarios");
    let path = folder.path().display().to_string();
    let output = netspec(&["run".into(), path, "--lab".into()]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Times are never the same twice: their figures are not compared.
fn without_times(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(timeless).collect();
    lines.join("\n").trim_end().to_owned()
}

/// `12:04:31Z:` and the number before `ms` or `s` become `#`.
fn timeless(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let unit = |word: Option<&&str>| word.is_some_and(|word| ["ms", "s"].contains(word));
    let clock =
        |word: &str| word.matches(':').count() >= 2 && word.trim_end_matches(':').ends_with('Z');
    let shown = words.iter().enumerate().map(|(index, word)| {
        let figure = word.parse::<f64>().is_ok() && unit(words.get(index + 1));
        if figure || clock(word) { "#" } else { word }
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_command_in_the_papers_prints_what_stands_below_it() {
    let mut shown = 0;
    for paper in PAPERS {
        for (line, block) in blocks(paper, "console") {
            let (command, expected) = block.split_once('\n').expect("a command and its output");
            let words = command
                .strip_prefix("$ netspec ")
                .expect("a netspec command");
            let arguments: Vec<String> = words
                .split(' ')
                .map(|word| word.trim_matches('\'').to_owned())
                .collect();
            let output = netspec(&arguments);
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(
                without_times(&printed),
                without_times(expected),
                "{paper}:{line}\n{printed}"
            );
            shown += 1;
        }
    }
    assert!(shown >= 1, "the papers show {shown} commands");
}

#[test]
fn the_readme_names_the_test_command_that_ci_runs() {
    let readme = fs::read_to_string(root().join("README.md")).expect("readable");
    let script = fs::read_to_string(root().join(".ci/run")).expect("readable");
    let command = "cargo test --workspace";
    assert!(
        readme.lines().any(|line| line.starts_with(command)),
        "README.md lacks `{command}`"
    );
    assert!(
        script.lines().any(|line| line == command),
        ".ci/run lacks `{command}`"
    );
}
