//! The parts of a text that are not white space, each with the column that is its own in canonical style.

use super::not_yaml;
use granit_parser::{Scanner, StrInput, Token, TokenType};
use netspec_assertions::problem::Problem;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Plain or quoted text, an anchor, a tag.
    Word,
    /// `*name`.
    Alias,
    /// `#` to the end of the line.
    Comment,
    /// `-` and `?`, which what follows is set against.
    Bullet,
    /// `:`.
    Colon,
    /// `,`.
    Comma,
    /// `{` or `[`.
    Open,
    /// `}` or `]`.
    Close,
    /// `|` or `>` with what belongs to it.
    Header,
    /// The lines below a header.
    Body,
    /// `---`, `...`, `%YAML 1.2`.
    Mark,
}

/// A part of a text.
#[derive(Clone, Debug)]
pub(super) struct Lexeme<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// How many lines begin between the part before it and it.
    pub(super) lines_before: usize,
    /// The column it stood in.
    pub(super) stood: usize,
    /// The column it stands in where it begins a line; of a body, that of its lines.
    pub(super) column: usize,
}

/// The parts of a text, in order.
pub(super) fn all(text: &str) -> Result<Vec<Lexeme<'_>>, Problem> {
    let mut reader = Reader::new(text);
    for token in Scanner::new(StrInput::new(text)) {
        reader.token(&token.map_err(|error| not_yaml(&error.to_string()))?);
    }
    reader.gap(text.len());
    reader.place_comments();
    Ok(reader.lexemes)
}

/// What encloses a part.
#[derive(Clone, Copy, Debug)]
struct Enclosing {
    form: Form,
    /// The column of its entries as they stood, and as they stand now.
    stood: usize,
    column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Mapping,
    Sequence,
    /// A sequence whose dashes stand in the column of the keys around it; the scanner does not tell of it.
    Indentless,
    Flow,
}

/// What the scanner told last of the parts that follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Key,
    Value,
}

struct Reader<'t> {
    text: &'t str,
    lexemes: Vec<Lexeme<'t>>,
    /// How far the text is taken apart.
    at: usize,
    enclosing: Vec<Enclosing>,
    expects: Expects,
    /// What encloses a comment, by its index; which of these it belongs to depends on what follows.
    comments: Vec<(usize, Vec<Enclosing>)>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            lexemes: Vec::new(),
            at: 0,
            enclosing: Vec::new(),
            expects: Expects::Key,
            comments: Vec::new(),
        }
    }

    fn token(&mut self, token: &Token<'_>) {
        let Some(range) = token.span().byte_range() else {
            return;
        };
        self.gap(range.start);
        match token.token_type() {
            TokenType::BlockMappingStart => self.begin(Form::Mapping, range.start),
            TokenType::BlockSequenceStart => self.begin(Form::Sequence, range.start),
            TokenType::BlockEnd => self.end(),
            TokenType::Key => {
                self.end_indentless();
                self.expects = Expects::Key;
            }
            TokenType::Value | TokenType::BlockEntry => self.expects = Expects::Value,
            _ => {}
        }
        if range.is_empty() {
            return;
        }
        let kind = kind(token.token_type());
        if kind == Kind::Body {
            return self.body(range.end);
        }
        self.lexeme(kind, range.start, range.end);
        match kind {
            Kind::Open => self.open(),
            Kind::Close => self.close(),
            _ => {}
        }
    }

    /// What lies between two tokens: white space, comments, and the signs that the scanner gives no extent.
    fn gap(&mut self, end: usize) {
        while self.at < end {
            let rest = &self.text[self.at..end];
            let blank = rest.len() - rest.trim_start().len();
            let start = self.at + blank;
            let rest = &rest[blank..];
            let Some(sign) = rest.chars().next() else {
                break;
            };
            let (kind, length) = match sign {
                '#' => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
                '-' => (Kind::Bullet, 1),
                ':' => (Kind::Colon, 1),
                '|' | '>' => (
                    Kind::Header,
                    rest.find(char::is_whitespace).unwrap_or(rest.len()),
                ),
                other => (Kind::Word, other.len_utf8()),
            };
            if kind == Kind::Bullet && self.form() == Some(Form::Mapping) {
                self.begin(Form::Indentless, start);
            }
            self.lexeme(kind, start, start + length);
        }
    }

    fn lexeme(&mut self, kind: Kind, start: usize, end: usize) {
        if kind == Kind::Comment {
            self.comments
                .push((self.lexemes.len(), self.enclosing.clone()));
        }
        let lines_before = self.text[self.at.min(start)..start].matches('\n').count();
        self.lexemes.push(Lexeme {
            kind,
            text: self.text[start..end].trim_end(),
            lines_before,
            stood: self.column(start),
            column: self.own_column(kind),
        });
        self.at = end;
    }

    /// The lines below a header, from the beginning of the first; `|+` and `>+` keep the empty ones at their end.
    fn body(&mut self, end: usize) {
        let header = self
            .lexemes
            .iter()
            .rev()
            .find(|lexeme| lexeme.kind == Kind::Header);
        let header = header.map_or("", |header| header.text);
        let from = self.text[self.at..end]
            .find('\n')
            .map_or(end, |line| self.at + line + 1);
        let (stood, column) = self
            .enclosing
            .last()
            .map_or((0, 0), |it| (it.stood, it.column));
        let digit = header.chars().find_map(|c| c.to_digit(10));
        let digit = digit.map(|digit| digit as usize);
        let whole = &self.text[from..end];
        let indent = digit.map_or_else(|| indent(whole), |digit| stood + digit);
        let kept = match header.contains('+') {
            true => whole.trim_end_matches(' '),
            false => without_empty_end(whole, indent),
        };
        self.lexemes.push(Lexeme {
            kind: Kind::Body,
            text: kept,
            lines_before: 1,
            stood: indent,
            column: column + digit.unwrap_or(2),
        });
        self.at = from + kept.len();
    }

    /// The column, in characters.
    fn column(&self, at: usize) -> usize {
        let line = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        self.text[line..at].chars().count()
    }

    fn form(&self) -> Option<Form> {
        self.enclosing.last().map(|it| it.form)
    }

    fn own_column(&self, kind: Kind) -> usize {
        let Some(top) = self.enclosing.last() else {
            return 0;
        };
        let value = self.expects == Expects::Value && top.form != Form::Flow;
        match kind {
            Kind::Mark => 0,
            Kind::Close => top.column.saturating_sub(2),
            Kind::Word | Kind::Alias | Kind::Open | Kind::Header if value => top.column + 2,
            _ => top.column,
        }
    }

    fn begin(&mut self, form: Form, at: usize) {
        let column = self.enclosing.last().map_or(0, |it| it.column + 2);
        let stood = self.column(at);
        self.enclosing.push(Enclosing {
            form,
            stood,
            column,
        });
    }

    fn end_indentless(&mut self) {
        if self.form() == Some(Form::Indentless) {
            self.enclosing.pop();
        }
    }

    fn end(&mut self) {
        self.end_indentless();
        self.enclosing.pop();
    }

    /// What stands on lines of its own within brackets is set against the line they begin in.
    fn open(&mut self) {
        let outside = self.enclosing.last().map_or(0, |it| match it.form {
            Form::Sequence | Form::Indentless => it.column + 2,
            Form::Mapping | Form::Flow => it.column,
        });
        let (form, column) = (Form::Flow, outside + 2);
        self.enclosing.push(Enclosing {
            form,
            stood: column,
            column,
        });
    }

    fn close(&mut self) {
        self.enclosing.pop();
    }

    /// A comment on a line of its own belongs to the innermost of what encloses it and what follows that does not begin
    /// to the right of it.
    fn place_comments(&mut self) {
        for (index, mut around) in std::mem::take(&mut self.comments) {
            let stood = self.lexemes[index].stood;
            let after = self.lexemes[index..].iter();
            let next = after.clone().find(|lexeme| lexeme.kind != Kind::Comment);
            if let Some(flow) = around.last().filter(|it| it.form == Form::Flow) {
                self.lexemes[index].column = flow.column;
                continue;
            }
            if let Some(next) = next.filter(|next| next.kind != Kind::Mark) {
                let (stood, column) = (next.stood, next.column);
                around.push(Enclosing {
                    form: Form::Flow,
                    stood,
                    column,
                });
            }
            let fitting = around.iter().filter(|it| it.stood <= stood);
            let nearest = fitting.max_by_key(|it| it.stood);
            self.lexemes[index].column = nearest.map_or(0, |it| it.column);
        }
    }
}

/// The blanks before the first line that has more than blanks.
fn indent(block: &str) -> usize {
    let lines = block.lines();
    let mut written = lines.filter(|line| !line.trim_start_matches(' ').is_empty());
    let first = written.next().unwrap_or_default();
    first.len() - first.trim_start_matches(' ').len()
}

/// Without the lines at its end that hold nothing but the indentation.
fn without_empty_end(block: &str, indent: usize) -> &str {
    let mut kept = block;
    while let Some((before, last)) = kept.rsplit_once('\n') {
        let says_nothing = last.len() <= indent && last.trim_start_matches(' ').is_empty();
        if !says_nothing {
            break;
        }
        kept = before;
    }
    kept
}

fn kind(token: &TokenType<'_>) -> Kind {
    use granit_parser::ScalarStyle::{Folded, Literal};
    match token {
        TokenType::Scalar(Literal | Folded, _) => Kind::Body,
        TokenType::Alias(_) => Kind::Alias,
        TokenType::Key => Kind::Bullet,
        TokenType::FlowEntry => Kind::Comma,
        TokenType::FlowMappingStart | TokenType::FlowSequenceStart => Kind::Open,
        TokenType::FlowMappingEnd | TokenType::FlowSequenceEnd => Kind::Close,
        TokenType::DocumentStart
        | TokenType::DocumentEnd
        | TokenType::VersionDirective(..)
        | TokenType::TagDirective(..)
        | TokenType::ReservedDirective(..) => Kind::Mark,
        _ => Kind::Word,
    }
}
