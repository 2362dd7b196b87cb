//! What is written soundly and yet is hardly meant: `netspec check` says so, a run does not mind.
//!
//! One row of [`LINTS`] a rule. Some look at what is expected (`value`, `size`), some at the file as it is written.

mod expected;
mod file;
mod size;
mod unseen;
mod value;

use crate::scenario::Scenario;
use netspec_assertions::problem::Problem;
use std::collections::HashSet;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It works, but hardly as meant.
    Warning,
    /// It cannot come out well, whatever the network does.
    Error,
}

/// A rule.
#[derive(Debug)]
pub struct Lint {
    /// What it is called in messages.
    pub code: &'static str,
    /// How grave what it finds is.
    pub grade: Grade,
    /// What it finds, one sentence.
    pub about: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Finds it.
    find: fn(&Scenario, &mut Vec<Problem>),
}

/// Every rule there is.
pub static LINTS: &[Lint] = &[
    Lint {
        code: "never-holds",
        grade: Grade::Error,
        about: "Expectations that contradict each other: whatever is seen, one of them fails.",
        remedy: "leave one of them out, or say them of different things",
        find: |scenario, found| {
            expected::each(scenario, |set| {
                value::contradictions(set, found);
                size::contradictions(set, found);
            });
        },
    },
    Lint {
        code: "always-holds",
        grade: Grade::Warning,
        about: "An expectation that every value there can be fulfils: it fails only where there is none.",
        remedy: "say less, or write `present`",
        find: |scenario, found| expected::each(scenario, |set| value::tautologies(set, found)),
    },
    Lint {
        code: "cannot-be-seen",
        grade: Grade::Warning,
        about: "An expectation of what the probe, as it is set, does not look for.",
        remedy: "set the probe so that it sees it, or leave the expectation out",
        find: unseen::find,
    },
    Lint {
        code: "remembers-nothing",
        grade: Grade::Warning,
        about: "Something tracked of which nothing is left once what is never the same twice is left out.",
        remedy: "track something else, or put a bound on it under `expect`",
        find: file::remembers_nothing,
    },
    Lint {
        code: "same-check",
        grade: Grade::Warning,
        about: "Two checks that ask and expect the same.",
        remedy: "leave one of the two out",
        find: file::same_check,
    },
    Lint {
        code: "unused-resolver",
        grade: Grade::Warning,
        about: "A resolver that the file names and nothing in it asks.",
        remedy: "leave it out, or ask it",
        find: file::unused_resolver,
    },
    Lint {
        code: "unused-name",
        grade: Grade::Warning,
        about: "A variable or a captured value that nothing uses.",
        remedy: "leave it out, or use it: `${name}`",
        find: file::unused_name,
    },
];

/// Something found.
#[derive(Debug)]
pub struct Notice {
    /// By which rule.
    pub lint: &'static Lint,
    /// Where, and what.
    pub problem: Problem,
}

/// What the rules find in a scenario, in the order of the file.
pub fn lint(scenario: &Scenario) -> Vec<Notice> {
    let mut notices = Vec::new();
    for lint in LINTS {
        let mut found = Vec::new();
        (lint.find)(scenario, &mut found);
        let mut told = HashSet::new(); // what several tests expect together is found in each of them
        found.retain(|problem| told.insert((problem.span, problem.message.clone())));
        let notice = |mut problem: Problem| {
            problem.help.get_or_insert_with(|| lint.remedy.to_owned());
            Notice { lint, problem }
        };
        notices.extend(found.into_iter().map(notice));
    }
    notices.sort_by_key(|notice| notice.problem.span);
    notices
}

#[cfg(test)]
mod tests;
