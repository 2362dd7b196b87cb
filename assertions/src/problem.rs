//! What is wrong with something written, and what to do.

use crate::written::Span;

/// One thing wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place.
    pub span: Span,
    /// What is wrong, one line without a final stop.
    pub message: String,
    /// The words under the caret; empty when the message says it all.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: String::new(),
            help: None,
        }
    }

    /// With words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The most problems that are collected: nobody reads more, and each costs time.
pub const MOST_PROBLEMS: usize = 100;

/// Where problems are collected, so that all of a file are shown and not the first.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// One more, unless there are very many.
    pub fn add(&mut self, problem: Problem) {
        if !self.are_very_many() {
            self.0.push(problem);
        }
    }

    /// Whether no more are collected.
    pub fn are_very_many(&self) -> bool {
        self.0.len() >= MOST_PROBLEMS
    }

    /// The value, or the problem noted and nothing.
    pub fn ok<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }
}
