//! The rules of the house, held by a machine where a machine can.

use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// Every file of the workspace's crates with that extension, with its text.
fn files(extension: &str) -> Vec<(String, String)> {
    let crates = ["probes", "assertions", "lab", "runner", "tests"].map(|name| root().join(name));
    let entries = crates.iter().flat_map(WalkDir::new).filter_map(Result::ok);
    let wanted = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == extension));
    let found: Vec<_> = wanted
        .map(|entry| {
            let name = entry.path().strip_prefix(root()).expect("below the root");
            let text = fs::read_to_string(entry.path()).expect("readable");
            (name.display().to_string(), text)
        })
        .collect();
    assert!(!found.is_empty(), "no .{extension} files found");
    found
}

#[track_caller]
fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn unsafe_code_is_in_two_rooms_only() {
    let rooms = ["probes/src/sys.rs", "lab/src/netns.rs"];
    let word = concat!("allow(", "unsafe_code)");
    let elsewhere: Vec<String> = files("rs")
        .into_iter()
        .filter(|(name, text)| text.contains(word) && !rooms.contains(&name.as_str()))
        .map(|(name, _)| name)
        .collect();
    none(&elsewhere, "unsafe is allowed outside its rooms");
}

#[test]
fn each_unsafe_block_says_why_it_is_sound() {
    let mut silent = Vec::new();
    for (name, text) in files("rs") {
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let block =
                line.contains(concat!("unsafe", " {")) && !line.trim_start().starts_with("//");
            let before = &lines[index.saturating_sub(6)..=index];
            if block && !before.iter().any(|line| line.contains("SAFETY")) {
                silent.push(format!("{name}:{}", index + 1));
            }
        }
    }
    none(&silent, "unsafe without a reason");
}

#[test]
fn each_dependency_has_its_sentence() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("readable");
    let table = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("the table of dependencies");
    let lines: Vec<&str> = table.lines().collect();
    let wordless = |(index, line): (usize, &&str)| {
        let ours = line.contains("path = ");
        let dependency = line.contains(" = ") && !line.starts_with('#') && !ours;
        (dependency && !lines[index - 1].starts_with('#')).then(|| (*line).to_owned())
    };
    let silent: Vec<String> = lines.iter().enumerate().filter_map(wordless).collect();
    none(&silent, "dependencies without a sentence");
}

#[test]
fn crates_know_only_those_they_may() {
    let allowed = [
        ("probes", vec![]),
        ("assertions", vec![]),
        ("detection", vec![]),
        ("lab", vec![]),
        (
            "runner",
            vec![
                "netspec-assertions",
                "netspec-detection",
                "netspec-lab",
                "netspec-probes",
            ],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, may) in allowed {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).expect("readable");
        let ours = manifest.lines().filter(|line| line.starts_with("netspec"));
        let known = ours.filter_map(|line| line.split(['.', ' ']).next());
        wrong.extend(
            known
                .filter(|other| !may.contains(other))
                .map(|other| format!("{name} knows {other}")),
        );
    }
    none(&wrong, "arrows that point the wrong way");
}

#[test]
fn no_file_has_outgrown_its_room() {
    let long = |(name, text): (String, String)| {
        let lines = text.lines().count();
        (lines > 500).then(|| format!("{name}: {lines} lines"))
    };
    let outgrown: Vec<String> = files("rs").into_iter().filter_map(long).collect();
    none(&outgrown, "files over 500 lines");
}
