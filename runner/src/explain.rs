//! The reference: everything that can be written, seen or told, made from the tables that the reader itself reads by.
//!
//! `netspec explain` shows it on a terminal, docs/reference holds it as pages. A new row of a table is a new topic.

mod examples;
mod facts;
mod find;
mod page;
mod show;
mod takes;
mod words;

pub use find::{Found, find};
pub use page::{Page, pages};
pub use show::{list, show, to_json};

/// One thing that can be asked about.
#[derive(Clone, Debug)]
pub struct Topic {
    /// What it is.
    pub role: Role,
    /// What it belongs to, e.g. `dns.addresses`; empty for what stands by itself.
    pub within: String,
    /// Its own word, e.g. `asn`.
    pub word: String,
    /// What it means.
    pub about: String,
    /// What else is to be known of it, each with what that is.
    pub more: Vec<(&'static str, String)>,
    /// How it is written.
    pub example: Option<String>,
}

/// What a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is named in `ROLES`
pub enum Role {
    Probe,
    Setting,
    Fact,
    Operator,
    Quantifier,
    Presence,
    Relation,
    File,
    Key,
    Need,
    Subcommand,
    Argument,
    ExitCode,
    Lint,
    Rule,
}

/// Each role: what one is, what several are called, the page it is on (a probe's facts and settings are on the probe's own).
const ROLES: &[(Role, &str, &str, &str)] = &[
    (Role::Probe, "a probe", "Probes", ""),
    (Role::Setting, "a setting", "Settings", ""),
    (Role::Fact, "a fact", "What is seen", ""),
    (Role::Operator, "an operator", "Operators", "expectations"),
    (
        Role::Quantifier,
        "a quantifier",
        "Quantifiers, of sets",
        "expectations",
    ),
    (
        Role::Presence,
        "a word for being there",
        "Being there",
        "expectations",
    ),
    (
        Role::Relation,
        "a relation",
        "Relations, between resolvers",
        "expectations",
    ),
    (Role::File, "a file's part", "Files", "files"),
    (Role::Key, "a key", "Keys", "files"),
    (Role::Need, "a need", "Needs", "needs"),
    (
        Role::Subcommand,
        "a subcommand",
        "Subcommands",
        "command-line",
    ),
    (Role::Argument, "an argument", "Arguments", "command-line"),
    (Role::ExitCode, "an exit code", "Exit codes", "exit-codes"),
    (Role::Lint, "a lint", "Lints", "lints"),
    (Role::Rule, "a rule", "Rules of detection", "rules"),
];

impl Role {
    fn row(self) -> (&'static str, &'static str, &'static str) {
        let row = ROLES.iter().find(|(role, ..)| *role == self);
        row.map_or(("", "", ""), |(_, one, several, page)| (one, several, page))
    }

    /// What one is, e.g. `an operator`.
    pub fn one(self) -> &'static str {
        self.row().0
    }

    /// What several are called, e.g. `Operators`.
    pub fn several(self) -> &'static str {
        self.row().1
    }
}

impl Topic {
    fn new(role: Role, within: &str, word: &str, about: &str) -> Self {
        Self {
            role,
            within: within.to_owned(),
            word: word.to_owned(),
            about: about.trim().to_owned(),
            more: Vec::new(),
            example: None,
        }
    }

    #[must_use]
    fn example(mut self, example: impl Into<String>) -> Self {
        self.example = Some(example.into());
        self
    }

    #[must_use]
    fn more(mut self, what: &'static str, said: impl Into<String>) -> Self {
        self.more.push((what, said.into()));
        self
    }

    /// Its whole name, e.g. `dns.addresses.asn`; what belongs to a subcommand follows it as on the command line.
    pub fn name(&self) -> String {
        let between = match self.role {
            Role::Subcommand | Role::Argument => " ",
            _ => ".",
        };
        match self.within.as_str() {
            "" => self.word.clone(),
            within => format!("{within}{between}{}", self.word),
        }
    }
}

/// Everything there is to ask about, in the order of the tables.
pub fn topics(command: &clap::Command) -> Vec<Topic> {
    let mut all = facts::topics();
    all.extend(words::topics());
    all.extend(words::command(command));
    all
}

#[cfg(test)]
mod tests;
