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

    /// One word further up.
    #[must_use]
    pub fn under(mut self, word: &str) -> Self {
        let joint = if self.word.is_empty() { "" } else { "." };
        self.word = format!("{word}{joint}{}", self.word);
        self
    }
}

/// The longest text from outside that is shown, in characters.
const LONGEST: usize = 240;

/// Makes text from outside safe for a terminal, a log and a snapshot: control characters, bidirectional overrides and other
/// invisible ones are written as `\u{…}`, and it is cut at 240 characters with a note of how many were left out.
pub fn escape(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).map(escaped).collect();
    let left = text.chars().count().saturating_sub(LONGEST);
    if left > 0 {
        out.push_str(&format!("… ({left} more)"));
    }
    out
}

fn escaped(c: char) -> String {
    if c.is_control() || is_invisible(c) {
        c.escape_unicode().to_string()
    } else {
        c.to_string()
    }
}

/// Bidirectional controls, zero-width characters, line and paragraph separators, tags and private or unassigned oddities that
/// make text look like other text (Unicode TR36 §3.3).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_could_command_a_terminal_is_spelled_out() {
        assert_eq!(
            escape("\u{1b}[31mred\u{202e}dlrow\r\n"),
            "\\u{1b}[31mred\\u{202e}dlrow\\u{d}\\u{a}"
        );
        assert_eq!(escape("粤B2-20090059"), "粤B2-20090059");
        assert_eq!(escape(&"x".repeat(300)).len(), 240 + "… (60 more)".len());
    }
}
