//! A snapshot's fate as people and programs read it.

use super::{Fate, Remembered, shown};
use crate::report::style::paint;
use anstyle::{AnsiColor, Style};
use netspec_assertions::finding::escape;
use serde_json::{Value, json};

impl Remembered {
    /// A few lines, indented like the rest of a test's report; none for one that is as it was.
    pub fn render(&self, colour: bool) -> String {
        let (headline, body) = match &self.fate {
            Fate::Same => return self.model_problem(colour),
            Fate::New(text) => (
                "nothing is remembered of this yet",
                text.replace('\n', "\n+").replacen("", "+", 1),
            ),
            Fate::Changed(diff) => (
                match &self.said {
                    Some(_) => "not as remembered, and not as is normal",
                    None => "not as remembered, asked twice",
                },
                diff.clone(),
            ),
            Fate::Updated => (
                "remembered as it is now, unreviewed (INSTA_UPDATE)",
                String::new(),
            ),
            Fate::Varied(diff) => (
                match &self.said {
                    Some(_) => "not as remembered, and normal",
                    None => "not as remembered once, as remembered when asked again",
                },
                diff.clone(),
            ),
            Fate::Databases(diff) => (
                "not as remembered, for the databases of address facts changed",
                diff.clone(),
            ),
            Fate::Unsteady(diff) => (
                "not as remembered, and different each time it is asked; track something steadier",
                diff.clone(),
            ),
            Fate::Unknown(what) => ("what is tracked could not be seen", what.clone()),
            Fate::Unusable(why) => ("the snapshot cannot be used", why.clone()),
        };
        let mut text = format!(
            "      tracked: {headline}\n       --> {}\n",
            self.tracked_at
        );
        text.extend(
            body.lines()
                .map(|line| format!("        {}\n", painted(line, colour))),
        );
        text + &self.reasons(colour) + &self.way_on() + &self.model_problem(colour)
    }

    /// The rule that decided, what it rests on and what it cost.
    fn reasons(&self, colour: bool) -> String {
        let Some(said) = &self.said else {
            return String::new();
        };
        let cost = match said.probes {
            0 => String::new(),
            1 => ", one more question".to_owned(),
            probes => format!(", {probes} more questions"),
        };
        let chance = said
            .p_value
            .map(|p| format!(", p = {p:.2e}"))
            .unwrap_or_default();
        let headline = format!("{} by {}{chance}{cost}", said.word.word(), said.rule);
        let headline = paint(&headline, Style::new().bold(), colour);
        let evidence = said
            .evidence
            .iter()
            .map(|evidence| format!("        {}\n", escape(evidence)));
        std::iter::once(format!("      {headline}\n"))
            .chain(evidence)
            .collect()
    }

    fn model_problem(&self, colour: bool) -> String {
        let Some(why) = &self.model_problem else {
            return String::new();
        };
        let word = paint("warning", AnsiColor::Yellow.on_default(), colour);
        format!("      {word}: {}\n", escape(why))
    }

    /// What there is to do about it.
    fn way_on(&self) -> String {
        match (&self.fate, &self.pending) {
            (Fate::New(_) | Fate::Changed(_) | Fate::Databases(_), Some(pending)) => {
                format!(
                    "      it waits in {}\n      hint: cargo insta review, or INSTA_UPDATE=always\n",
                    shown(pending)
                )
            }
            (Fate::New(_), None) => format!(
                "      hint: run with INSTA_UPDATE=new to make {}\n",
                shown(&self.file)
            ),
            (Fate::Changed(_), None) => format!(
                "      remembered in {}\n      hint: run with INSTA_UPDATE=new, then cargo insta review\n",
                shown(&self.file)
            ),
            (Fate::Updated, _) => format!("      written to {}\n", shown(&self.file)),
            _ => String::new(),
        }
    }

    /// The same for programs.
    pub fn to_json(&self) -> Value {
        let (fate, detail) = match &self.fate {
            Fate::Same => ("same", None),
            Fate::New(text) => ("new", Some(text)),
            Fate::Changed(diff) => ("changed", Some(diff)),
            Fate::Updated => ("updated", None),
            Fate::Varied(diff) => ("varied", Some(diff)),
            Fate::Databases(diff) => ("databases", Some(diff)),
            Fate::Unsteady(diff) => ("unsteady", Some(diff)),
            Fate::Unknown(what) => ("unknown", Some(what)),
            Fate::Unusable(why) => ("unusable", Some(why)),
        };
        json!({
            "fate": fate,
            "detail": detail,
            "verdict": self.said,
            "model-problem": self.model_problem,
            "place": self.tracked_at,
            "file": shown(&self.file),
            "pending": self.pending.as_deref().map(shown),
        })
    }
}

fn painted(line: &str, colour: bool) -> String {
    let style = match line.chars().next() {
        Some('+') => AnsiColor::Green.on_default(),
        Some('-') => AnsiColor::Red.on_default(),
        Some('@') => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    };
    paint(line, style, colour)
}
