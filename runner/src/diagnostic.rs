//! A problem or a finding with the lines it is about, as people read it.

use crate::source::Source;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use netspec_assertions::finding::escape;
use netspec_assertions::problem::{MOST_PROBLEMS, Problem};
use netspec_assertions::written::Span;

/// A file that cannot be used and all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Faulty {
    /// The file.
    pub source: Source,
    /// What is wrong, in the order of the file; never empty.
    pub problems: Vec<Problem>,
}

impl Faulty {
    /// One problem of a file.
    pub fn new(source: Source, problem: Problem) -> Self {
        Self {
            source,
            problems: vec![problem],
        }
    }

    /// All of its problems, each with its lines.
    pub fn render(&self, colour: bool) -> String {
        let shown = self.problems.iter();
        let mut all: Vec<String> = shown
            .map(|problem| render(&self.source, problem, colour))
            .collect();
        if all.len() >= MOST_PROBLEMS {
            all.push("… and perhaps more".to_owned());
        }
        all.join("\n\n") + "\n"
    }
}

/// One problem: `error: …`, the place, the line with a caret, the remedy.
pub fn render(source: &Source, problem: &Problem, colour: bool) -> String {
    render_as(source, problem, (Level::ERROR, None), colour)
}

/// A problem of this level, and the code it has.
pub fn render_as(
    source: &Source,
    problem: &Problem,
    (level, code): (Level<'_>, Option<&str>),
    colour: bool,
) -> String {
    let (path, text, span) = source.at(problem.span);
    let path = path.display().to_string();
    let message = escape(&problem.message);
    let label = escape(&problem.label);
    let help = problem.help.as_deref().map(escape);
    let window = window(text, drawable(span, text));
    let title = level.primary_title(&*message);
    let title = match code {
        Some(code) => title.id(code),
        None => title,
    };
    let mut group = title.element(
        Snippet::source(window.text.as_str())
            .line_start(window.line)
            .path(&*path)
            .annotation(
                AnnotationKind::Primary
                    .span(window.span.range())
                    .label(&*label),
            ),
    );
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(&**help));
    }
    renderer(colour).render(&[group])
}

/// A renderer with or without colour.
pub fn renderer(colour: bool) -> Renderer {
    if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
}

/// The lines a place is in, made safe to show.
pub struct Window {
    /// The lines, escaped.
    pub text: String,
    /// The number of the first of them, from 1.
    pub line: usize,
    /// The place, in bytes of `text`.
    pub span: Span,
}

/// The longest part of a line that is shown before and after a place, in bytes.
const AROUND: usize = 160;

/// Cuts out the line a place begins in, a bounded part of it, and escapes it.
pub fn window(text: &str, span: Span) -> Window {
    let before = &text[..span.start];
    let line = 1 + before.matches('\n').count();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[span.start..]
        .find('\n')
        .map_or(text.len(), |length| span.start + length);
    let start = floor(text, line_start.max(span.start.saturating_sub(AROUND)));
    let end = floor(text, line_end.min(span.start + AROUND));
    let stop = span.end.clamp(span.start, end);
    let safe = |part: &str| part.chars().map(safe_char).collect::<String>();
    let (head, inside, tail) = (
        safe(&text[start..span.start]),
        safe(&text[span.start..stop]),
        safe(&text[stop..end]),
    );
    let place = Span {
        start: head.len(),
        end: head.len() + inside.len(),
    };
    Window {
        text: format!("{head}{inside}{tail}"),
        line,
        span: place,
    }
}

/// One character for one, so that columns stay right.
fn safe_char(c: char) -> char {
    if c == '\t' || escape(c.encode_utf8(&mut [0; 4])).chars().nth(1).is_none() {
        c
    } else {
        '\u{fffd}'
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A place that lies within the text and on one line at least one character long where there is one.
fn drawable(span: Span, text: &str) -> Span {
    let start = floor(text, span.start.min(text.len()));
    let end = floor(text, span.end.clamp(start, text.len()));
    if end > start {
        return Span { start, end };
    }
    let next = text[start..]
        .chars()
        .next()
        .filter(|c| *c != '\n')
        .map_or(0, char::len_utf8);
    Span {
        start,
        end: start + next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_line_a_caret_and_the_remedy() {
        let source = Source::new("a.yaml", "checks:\n  - nmae: x\n");
        let problem = Problem::new(Span { start: 12, end: 16 }, "unknown key `nmae`")
            .help("did you mean `name`?");
        let expect = "error: unknown key `nmae`\n --> a.yaml:2:5\n  |\n2 |   - nmae: x\n  |     ^^^^\n  |\n  = help: did you mean `name`?";
        assert_eq!(render(&source, &problem, false), expect);
    }

    #[test]
    fn a_place_beyond_the_text_is_still_drawn() {
        let source = Source::new("a.yaml", "x");
        assert!(
            render(
                &source,
                &Problem::new(
                    Span {
                        start: 99,
                        end: 120
                    },
                    "odd"
                ),
                false
            )
            .contains("a.yaml:1:2")
        );
    }
}
