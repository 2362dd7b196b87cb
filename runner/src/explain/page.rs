//! Topics as pages of Markdown: docs/reference.

use super::{ROLES, Role, Topic};
use std::fmt::Write;

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file's name.
    pub file: String,
    /// Its text.
    pub text: String,
}

const MADE: &str = "<!-- Made by `netspec explain --markdown docs/reference` from the tables that the reader reads by. -->\n";

/// The pages that are not a probe's: file, title, what it is about.
const PAGES: &[(&str, &str, &str)] = &[
    (
        "expectations",
        "Expectations",
        "What can be expected of a fact, of a set, and of what several resolvers answer.",
    ),
    (
        "files",
        "Files",
        "What can be written in a scenario file and in `netspec.yaml`.",
    ),
    (
        "needs",
        "Needs",
        "What a check can need of the machine (`needs: […]`); without it it is listed as ignored.",
    ),
    (
        "command-line",
        "The command line",
        "The subcommands and their arguments; `netspec SUBCOMMAND --help` says the same.",
    ),
    (
        "exit-codes",
        "Exit codes",
        "How `netspec` ends. They are an interface.",
    ),
    (
        "lints",
        "Lints",
        "What `netspec check` says of a file that is sound but hardly meant as it stands; an error ends it with code 2, a warning only with `--deny-warnings`.",
    ),
    (
        "rules",
        "Rules of detection",
        "By which it is decided whether what is tracked has changed; every verdict names the one that decided. [Detection](../detection.md) has what they are worth, measured.",
    ),
];

/// All pages, the index first.
pub fn pages(all: &[Topic]) -> Vec<Page> {
    let probes: Vec<&Topic> = all
        .iter()
        .filter(|topic| topic.role == Role::Probe)
        .collect();
    let mut pages = vec![index(&probes)];
    pages.extend(probes.iter().map(|topic| probe(topic, all)));
    pages.extend(PAGES.iter().map(|(file, title, about)| {
        let text = format!("{MADE}\n# {title}\n\n{about}\n{}", sections(file, all));
        let file = format!("{file}.md");
        Page { file, text }
    }));
    pages
}

fn index(probes: &[&Topic]) -> Page {
    let mut text =
        format!("{MADE}\n# Reference\n\nThe same on a terminal: `netspec explain [WORD]`.\n\n");
    for probe in probes {
        let _ = writeln!(text, "- [{0}]({0}.md): {1}", probe.word, probe.about);
    }
    for (file, title, about) in PAGES {
        let _ = writeln!(text, "- [{title}]({file}.md): {about}");
    }
    let file = "README.md".to_owned();
    Page { file, text }
}

fn probe(probe: &Topic, all: &[Topic]) -> Page {
    let mut text = format!("{MADE}\n# {}\n\n{}\n", probe.word, probe.about);
    if let Some(example) = &probe.example {
        let _ = write!(text, "\n```yaml\n{example}\n```\n");
    }
    let below = format!("{}.", probe.word);
    for role in [Role::Setting, Role::Fact] {
        let mine =
            |topic: &&Topic| topic.role == role && format!("{}.", topic.within).starts_with(&below);
        let rows = all
            .iter()
            .filter(mine)
            .map(|topic| row(&topic.name()[below.len()..], topic));
        let _ = write!(text, "\n## {}\n\n{}", role.several(), table(rows));
    }
    let file = format!("{}.md", probe.word);
    Page { file, text }
}

/// The sections of a page: one a role, or one for each thing that others belong to.
fn sections(page: &str, all: &[Topic]) -> String {
    let mut text = String::new();
    for (role, _, several, _) in ROLES.iter().filter(|(.., on)| *on == page) {
        let of_role: Vec<&Topic> = all.iter().filter(|topic| topic.role == *role).collect();
        match role {
            Role::File | Role::Subcommand => of_role
                .iter()
                .for_each(|topic| text.push_str(&section(topic, all))),
            Role::Key | Role::Argument => {}
            _ => {
                let rows = of_role.iter().map(|topic| row(&topic.word, topic));
                let _ = write!(text, "\n## {several}\n\n{}", table(rows));
            }
        }
    }
    text
}

fn section(topic: &Topic, all: &[Topic]) -> String {
    let mut text = format!("\n## {}\n\n{}\n", topic.name(), topic.about);
    if topic.role == Role::Subcommand {
        let _ = write!(text, "\n```text\n{}\n```\n", said(topic, &["usage"]));
    }
    let below = format!("{}.", topic.word);
    let name = topic.name();
    let mine = |other: &&Topic| match topic.role {
        Role::File => other.role == Role::Key && format!("{}.", other.within).starts_with(&below),
        _ => other.role == Role::Argument && other.within == name,
    };
    let short = |other: &Topic| match topic.role {
        Role::File => other.name()[below.len()..].to_owned(),
        _ => said(other, &["written"]),
    };
    let rows: Vec<_> = all
        .iter()
        .filter(mine)
        .map(|other| row(&short(other), other))
        .collect();
    if !rows.is_empty() {
        let _ = write!(text, "\n{}", table(rows.into_iter()));
    }
    text
}

/// What is said of a topic under one of these heads.
fn said(topic: &Topic, heads: &[&str]) -> String {
    let found = topic.more.iter().filter(|(head, _)| heads.contains(head));
    found
        .map(|(_, said)| said.clone())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Word, what it takes or is, what it means.
fn row(word: &str, topic: &Topic) -> [String; 4] {
    let must = match said(topic, &["must be"]).is_empty() {
        true => "",
        false => " Required.",
    };
    let note = match said(topic, &["note"]) {
        note if note.is_empty() => note,
        note => format!(" ({note})"),
    };
    let example = topic
        .example
        .as_deref()
        .filter(|_| topic.role != Role::Fact);
    let example = example
        .map(|example| format!("`{example}`"))
        .unwrap_or_default();
    let default = match said(topic, &["where it is left out"]) {
        default if default.is_empty() => default,
        default => format!("; {default} where it is left out"),
    };
    let about = format!("{}{must}{default}{note}", topic.about);
    [
        format!("`{word}`"),
        said(topic, &["takes", "is"]),
        about,
        example,
    ]
}

/// A table without the columns that are empty in every row.
fn table(rows: impl Iterator<Item = [String; 4]>) -> String {
    let heads = ["word", "is or takes", "meaning", "example"];
    let rows: Vec<[String; 4]> = rows.collect();
    let used: Vec<usize> = (0..heads.len())
        .filter(|at| rows.iter().any(|row| !row[*at].is_empty()))
        .collect();
    let line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(used.iter().map(|at| heads[*at]).collect());
    text.push_str(&format!("|{}\n", "---|".repeat(used.len())));
    for row in &rows {
        text.push_str(&line(used.iter().map(|at| row[*at].as_str()).collect()));
    }
    text
}
