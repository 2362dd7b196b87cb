//! A file somebody wrote, read within bounds.

use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read: 4 MiB. A scenario of 10,000 checks has about 3.
pub const LARGEST_BYTES: u64 = 4 << 20;

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

    /// Reads a file.
    ///
    /// # Errors
    /// A source with whatever text could be had, and what is wrong: it cannot be read, is too large, or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, (Self, Problem)> {
        let failed = |why: String| {
            let problem = Problem::new(Span::default(), why);
            (Self::new(path, ""), problem)
        };
        let mut bytes = Vec::new();
        let opened =
            File::open(path).and_then(|file| file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes));
        opened.map_err(|error| failed(format!("cannot read: {error}")))?;
        if bytes.len() as u64 > LARGEST_BYTES {
            let (source, problem) = failed(format!("larger than {} MiB", LARGEST_BYTES >> 20));
            return Err((
                source,
                problem.help("split it into several files; a folder of them runs as one"),
            ));
        }
        Self::decode(path, bytes)
    }

    fn decode(path: &Path, bytes: Vec<u8>) -> Result<Self, (Self, Problem)> {
        String::from_utf8(bytes)
            .map(|text| Self::new(path, text))
            .map_err(|error| {
                let start = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let span = Span {
                    start,
                    end: start + '\u{fffd}'.len_utf8(),
                };
                let problem =
                    Problem::new(span, "not UTF-8").label("this octet begins no character");
                (
                    Self::new(path, text),
                    problem.help("save the file as UTF-8"),
                )
            })
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
