//! A file somebody wrote, read within bounds, and the files that it takes in.
//!
//! A place is a number of bytes. Each file has a slot of numbers of its own: those of the file itself begin at 0, those of
//! the first file it takes in at [`SLOT`], and so on. So a value that comes from another file still knows where it stands.

use crate::diagnostic::Faulty;
use crate::files::STDIN;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read: 4 MiB. A scenario of 10,000 checks has about 3.
pub const LARGEST_BYTES: u64 = 4 << 20;

/// What messages call standard input where a file's path stands.
const STDIN_PATH: &str = "<stdin>";

/// How far the places of one file are from those of the next.
pub const SLOT: usize = (LARGEST_BYTES as usize) + 1;

/// A file and its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Where it is, as the user named it.
    pub path: PathBuf,
    /// What it says.
    pub text: Arc<str>,
    /// The files it takes in, the first of which has the second slot.
    taken_in: Vec<(PathBuf, Arc<str>)>,
}

impl Source {
    /// A source whose text is at hand.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            taken_in: Vec::new(),
        }
    }

    /// Takes in another file, with those that it takes in. Says how far its places move.
    pub fn take_in(&mut self, other: Self) -> usize {
        let moved = (1 + self.taken_in.len()) * SLOT;
        self.taken_in.push((other.path, other.text));
        self.taken_in.extend(other.taken_in);
        moved
    }

    /// How many files it takes in.
    pub fn taken_in(&self) -> usize {
        self.taken_in.len()
    }

    /// The file a place is in, its text, and the place in that.
    pub fn at(&self, span: Span) -> (&Path, &str, Span) {
        let slot = span.start / SLOT;
        let found = slot.checked_sub(1).and_then(|slot| self.taken_in.get(slot));
        let Some((path, text)) = found else {
            return (&self.path, &self.text, span);
        };
        let local = Span {
            start: span.start - slot * SLOT,
            end: span.end.saturating_sub(slot * SLOT),
        };
        (path, text, local)
    }

    /// What stands at a place.
    pub fn quoted(&self, span: Span) -> &str {
        let (_, text, span) = self.at(span);
        text.get(span.range()).unwrap_or_default()
    }

    /// Reads a file, or standard input where the path is `-`.
    ///
    /// # Errors
    /// Whatever text could be had, and what is wrong: it cannot be read, is too large, or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, Faulty> {
        if path.as_os_str() == STDIN {
            return Self::bounded(Path::new(STDIN_PATH), || Ok(io::stdin().lock()));
        }
        Self::bounded(path, || File::open(path))
    }

    /// Whether it came by standard input.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN_PATH
    }

    /// What names it on a command line.
    pub fn argument(&self) -> &Path {
        match self.is_stdin() {
            true => Path::new(STDIN),
            false => &self.path,
        }
    }

    fn bounded<R: Read>(path: &Path, open: impl FnOnce() -> io::Result<R>) -> Result<Self, Faulty> {
        let nothing = |problem| Faulty::new(Self::new(path, ""), problem);
        let unreadable = |error| {
            let why = format!("cannot read: {error}");
            nothing(Problem::new(Span::default(), why))
        };
        let mut bytes = Vec::new();
        let opened = open().map_err(unreadable)?;
        let read = opened.take(LARGEST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST_BYTES {
            let why = format!("larger than {} MiB", LARGEST_BYTES >> 20);
            let help = "split it into several files; a folder of them runs as one";
            return Err(nothing(Problem::new(Span::default(), why).help(help)));
        }
        Self::decode(path, bytes)
    }

    fn decode(path: &Path, bytes: Vec<u8>) -> Result<Self, Faulty> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(path, text)),
            Err(error) => error,
        };
        let start = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let end = start + '\u{fffd}'.len_utf8();
        let problem = Problem::new(Span { start, end }, "not UTF-8")
            .label("this octet begins no character")
            .help("save the file as UTF-8");
        Err(Faulty::new(Self::new(path, text), problem))
    }

    /// Line and column of a place's first byte in its file, both from 1, the column in characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let (_, text, span) = self.at(span);
        let before = text.get(..span.start.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            1 + before.matches('\n').count(),
            1 + before[line_start..].chars().count(),
        )
    }

    /// `path:line:column` of a place.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.line_column(span);
        format!("{}:{line}:{column}", self.at(span).0.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_file_taken_in_is_in_that_file() {
        let mut shared = Source::new("shared.yaml", "a: 1\nb: 2\n");
        let deeper = shared.take_in(Source::new("deeper.yaml", "c: 3\n"));
        let mut source = Source::new("x.yaml", "scenario: x\n");
        let moved = source.take_in(shared);
        let at = |start: usize| Span {
            start,
            end: start + 1,
        };
        assert_eq!(source.place(at(10)), "x.yaml:1:11");
        assert_eq!(source.place(at(moved + 8)), "shared.yaml:2:4");
        assert_eq!(source.quoted(at(moved + 8)), "2");
        assert_eq!(source.place(at(moved + deeper + 3)), "deeper.yaml:1:4");
        assert_eq!(source.quoted(at(moved + deeper + 3)), "3");
    }
}
