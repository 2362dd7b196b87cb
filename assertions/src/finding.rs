//! What did not hold, ready to be shown. All text that came from outside is escaped here, once.

use crate::written::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It holds, but on weak grounds that a reader should know of.
    Note,
    /// It can be said neither to hold nor not to.
    Inconclusive,
    /// It does not hold.
    Fail,
}

/// One expectation that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// The operand in the scenario: where the caret stands.
    pub span: Span,
    /// The words from the top down to it, e.g. `addresses.every.asn`.
    pub word: String,
    /// What to write under the caret.
    pub label: String,
    /// The evidence, one line each.
    pub rows: Vec<Row>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Columns, to be aligned with those of the other rows.
    pub cells: Vec<String>,
    /// What it says.
    pub mark: Mark,
}

/// What a line of evidence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As wanted.
    Right,
    /// Not as wanted; the text says what was.
    Wrong(String),
    /// Wanted and not there.
    Missing,
    /// There and not wanted.
    Unexpected,
    /// It cannot be said; the text says why.
    Unknown(String),
    /// Shown for context only.
    Context,
}

impl Finding {
    /// A finding without evidence yet.
    pub fn new(grade: Grade, span: Span, label: impl Into<String>) -> Self {
        Self {
            grade,
            span,
            word: String::new(),
            label: label.into(),
            rows: Vec::new(),
            hint: None,
        }
    }

    /// With lines of evidence.
    #[must_use]
    pub fn rows(mut self, rows: Vec<Row>) -> Self {
        self.rows = rows;
        self
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With what to do, where there is something to say.
    #[must_use]
    pub(crate) fn hinted(mut self, hint: Option<String>) -> Self {
        self.hint = self.hint.or(hint);
        self
    }

    /// One word further up.
    #[must_use]
    pub fn under(mut self, word: &str) -> Self {
        let joint = if self.word.is_empty() { "" } else { "." };
        self.word = format!("{word}{joint}{}", self.word);
        self
    }

    /// Of one of several sides, which the label names first.
    #[must_use]
    pub fn at(mut self, side: &str) -> Self {
        self.label = format!("{}: {}", escape(side), self.label);
        self
    }

    /// With everything in it spelled out: labels and evidence quote what was seen and what was written.
    pub(crate) fn spelled(mut self) -> Self {
        let texts = [&mut self.word, &mut self.label];
        texts.into_iter().chain(&mut self.hint).for_each(spell);
        self.rows.iter_mut().for_each(Row::spell);
        self
    }
}

impl Row {
    fn spell(&mut self) {
        self.cells.iter_mut().for_each(spell);
        if let Mark::Wrong(why) | Mark::Unknown(why) = &mut self.mark {
            spell(why);
        }
    }
}

fn spell(text: &mut String) {
    if text.contains(commands) {
        *text = text.chars().map(escaped).collect();
    }
}

/// The longest text from outside that is shown, in characters.
const LONGEST: usize = 240;

/// Makes text from outside safe for a terminal, a log and a snapshot: control characters, bidirectional overrides, other
/// invisible ones and those for private use are written as `\u{…}`, and it is cut at 240 characters with a note of how many were left out.
pub fn escape(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).map(escaped).collect();
    let left = text.chars().count().saturating_sub(LONGEST);
    if left > 0 {
        out.push_str(&format!("… ({left} more)"));
    }
    out
}

fn escaped(c: char) -> String {
    if commands(c) {
        c.escape_unicode().to_string()
    } else {
        c.to_string()
    }
}

/// Whether a character does something to those around it, or nothing that can be seen.
fn commands(c: char) -> bool {
    c.is_control() || is_invisible(c) || is_private(c)
}

/// Bidirectional controls, zero-width characters, fillers, separators of lines and paragraphs, selectors of variants and tags:
/// they make text look like other text (Unicode TR36 §2.10 and §3.3, `Default_Ignorable_Code_Point` of UAX 44).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// For private use: what it looks like depends on who looks.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests;
