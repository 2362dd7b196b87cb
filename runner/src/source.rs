//! A file somebody wrote, read within bounds.

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

/// A file and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it is, as the user named it.
    pub path: PathBuf,
    /// What it says.
    pub text: Arc<str>,
}

impl Source {
    /// A source whose text is at hand.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
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

    /// Line and column of a byte, both from 1, the column in characters.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let before = self
            .text
            .get(..at.min(self.text.len()))
            .unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            1 + before.matches('\n').count(),
            1 + before[line_start..].chars().count(),
        )
    }

    /// `path:line:column` of a place.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.line_column(span.start);
        format!("{}:{line}:{column}", self.path.display())
    }
}
