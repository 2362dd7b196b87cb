//! A drill as people and programs read it.

pub mod json;
mod legend;
mod matrix;
mod missed;

use super::{Drilled, Outcome, Score};
use crate::report::style::{dim, paint};
use anstyle::{AnsiColor, Style};
use std::ffi::OsString;
use std::path::PathBuf;

/// How it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Whether in colours.
    pub colour: bool,
    /// Whether with the evidence of each catch.
    pub verbose: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// What to type to see one of them again.
    pub again: Again,
}

/// What to type to see an incident again.
#[derive(Clone, Debug)]
pub struct Again {
    /// Which scenarios, as on the command line.
    pub selection: Vec<OsString>,
    /// The world: ` --lab` or ` --lab=NAME`.
    pub lab: String,
    /// Where worlds are kept, if they are.
    pub keep: Option<PathBuf>,
}

impl Again {
    /// The command line for an incident of this name.
    pub fn command(&self, incident: &str) -> String {
        let words = self
            .selection
            .iter()
            .map(|word| quoted(&word.to_string_lossy()));
        let words: Vec<String> = words.collect();
        let world = match &self.keep {
            Some(folder) => {
                let file = folder.join(format!("{incident}.yaml"));
                format!(" --lab={}", quoted(&file.to_string_lossy()))
            }
            None => format!("{} --incident {}", self.lab, quoted(incident)),
        };
        format!("netspec run {}{world}", words.join(" "))
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=@:,+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

impl Drilled {
    /// The whole report: the checks, the matrix, the score, and what to do about what was missed.
    pub fn render(&self, shown: &Shown) -> String {
        let missed = missed::render(self, shown);
        let mutants = self.rows.iter().filter(|row| row.is_mutant).count();
        let written = self.rows.len() - mutants;
        let checks = self.checks.len();
        let parts = [
            format!(
                "{checks} check{}, {written} incident{} and {mutants} mutant{}\n",
                s(checks),
                s(written),
                s(mutants),
            ),
            legend::render(self, shown),
            matrix::render(self, shown),
            missed,
            format!("{}\n", self.score_line(shown.colour)),
        ];
        parts.join("\n").replace("\n\n\n", "\n\n")
    }

    fn score_line(&self, colour: bool) -> String {
        let score = Score::of(&self.rows);
        let must = score.caught + score.missed;
        let still = score.quiet + score.false_alarms;
        let mut line = format!(
            "caught {} of {must} that must be, {} false alarm{} of {still} quiet one{}, {:.1} s",
            score.caught,
            score.false_alarms,
            s(score.false_alarms),
            s(still),
            self.took.as_secs_f64(),
        );
        let rest = [
            (score.unseen, "touched by nothing asked"),
            (score.broken, "could not be rehearsed"),
            (self.skipped, "did not get their turn"),
        ];
        for (many, what) in rest.into_iter().filter(|(many, _)| *many > 0) {
            line += &format!("; {many} {what}");
        }
        let style = match score.is_perfect() && self.skipped == 0 {
            true => AnsiColor::Green.on_default().bold(),
            false => AnsiColor::Red.on_default().bold(),
        };
        paint(&line, style, colour)
    }
}

/// The ending of a word for so many.
fn s(many: usize) -> &'static str {
    if many == 1 { "" } else { "s" }
}

/// The style of what became of an incident.
fn style(outcome: &Outcome) -> Style {
    match outcome {
        Outcome::Caught => AnsiColor::Green.on_default(),
        Outcome::Missed | Outcome::FalseAlarm | Outcome::Broken(_) => {
            AnsiColor::Red.on_default().bold()
        }
        Outcome::Quiet | Outcome::Unseen => dim(),
    }
}
