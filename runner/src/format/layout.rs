//! Lexemes written down in canonical style.

use super::lexeme::{Kind, Lexeme};

/// The least distance of a comment from what it stands behind.
const BEFORE_COMMENT: usize = 2;

pub(super) fn write(lexemes: &[Lexeme<'_>]) -> String {
    let mut page = Page::default();
    for (index, lexeme) in lexemes.iter().enumerate() {
        page.write(index.checked_sub(1).map(|before| &lexemes[before]), lexeme);
    }
    let mut text = page.text;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[derive(Default)]
struct Page {
    text: String,
    /// The characters of the line being written.
    width: usize,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.width = match text.rfind('\n') {
            Some(newline) => text[newline + 1..].chars().count(),
            None => self.width + text.chars().count(),
        };
    }

    fn blanks(&mut self, count: usize) {
        self.push(&" ".repeat(count));
    }

    fn write(&mut self, before: Option<&Lexeme<'_>>, lexeme: &Lexeme<'_>) {
        if lexeme.kind == Kind::Body {
            return self.body(lexeme);
        }
        match before {
            None => {}
            Some(body) if keeps_its_end(body) => self.push(&"\n".repeat(lexeme.lines_before)),
            Some(_) => self.push(&"\n".repeat(lexeme.lines_before.min(2))),
        }
        match before {
            Some(before) if lexeme.lines_before == 0 && !keeps_its_end(before) => {
                self.apart(before, lexeme);
            }
            _ => self.blanks(lexeme.column),
        }
        match lexeme.kind {
            Kind::Word => self.word(lexeme),
            _ => self.push(lexeme.text),
        }
    }

    /// The blanks between two on one line.
    fn apart(&mut self, before: &Lexeme<'_>, lexeme: &Lexeme<'_>) {
        let blanks = match (before, lexeme.kind) {
            (_, Kind::Comment) => lexeme.stood.saturating_sub(self.width).max(BEFORE_COMMENT),
            (before, _) => usize::from(is_apart(before, lexeme)),
        };
        self.blanks(blanks);
    }

    /// Text; its further lines, whose indentation means nothing, are set under it.
    fn word(&mut self, lexeme: &Lexeme<'_>) {
        let text = lexeme.text;
        let last = text.matches('\n').count();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.push("\n");
            }
            let line = if index > 0 { line.trim_start() } else { line };
            let line = match index == last || line.trim_end().ends_with('\\') {
                true => line,
                false => line.trim_end(),
            };
            if index > 0 && !line.is_empty() {
                self.blanks(lexeme.column);
            }
            self.push(line);
        }
    }

    /// The lines of a block, each as far to the right of its first as it was.
    fn body(&mut self, body: &Lexeme<'_>) {
        for line in body.text.split('\n') {
            self.push("\n");
            let indent = line.len() - line.trim_start_matches(' ').len();
            let own = &line[indent.min(body.stood)..];
            if !own.is_empty() {
                self.blanks(body.column);
                self.push(own);
            }
        }
    }
}

/// Whether the empty lines at its end are part of what it says.
fn keeps_its_end(lexeme: &Lexeme<'_>) -> bool {
    lexeme.kind == Kind::Body && lexeme.text.ends_with('\n')
}

fn is_apart(before: &Lexeme<'_>, lexeme: &Lexeme<'_>) -> bool {
    match (before.kind, lexeme.kind) {
        (Kind::Open, Kind::Close) | (_, Kind::Comma) => false,
        (Kind::Open, _) => before.text == "{",
        (_, Kind::Close) => lexeme.text == "}",
        (Kind::Word, Kind::Colon) => before.text.starts_with(['&', '!']),
        (Kind::Alias, Kind::Colon) => true,
        (_, Kind::Colon) => false,
        _ => true,
    }
}
