use super::{Outcome, Stopped, say};
use crate::diagnostic::Faulty;
use crate::files::{self, STDIN};
use crate::report::style;
use crate::source::Source;
use crate::{exit, format};
use clap::Args;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use similar::TextDiff;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes YAML files in canonical style: two blanks a level, one between words, comments where they were.
///
/// What a file means never changes: one that would mean something else afterwards stays as it is, and that is said.
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Files, folders of them, globs, or `-` for standard input, whose canonical style goes to standard output.
    #[arg(required = true, value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that are not in canonical style (exit code 1).
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change (exit code 1).
    #[arg(long)]
    diff: bool,
}

/// What became of one file.
enum Became {
    AsItWas,
    Changed,
    Refused(Box<Faulty>),
}

impl Fmt {
    pub(super) fn run(&self) -> Outcome {
        let paths = super::globbed(&self.paths)?;
        let files = files::yaml_files(&paths).map_err(Stopped::wrong)?;
        let colour = style::wanted(&io::stderr());
        let mut code = match files.is_empty() {
            true => exit::NOTHING_SELECTED,
            false => exit::AS_EXPECTED,
        };
        for file in &files {
            let became = self.file(file);
            match became {
                Became::Refused(faulty) => {
                    anstream::eprintln!("{}", faulty.render(colour));
                    code = exit::WRONG_INPUT;
                }
                Became::Changed if self.check || self.diff => code = code.max(exit::FAILED),
                Became::Changed | Became::AsItWas => {}
            }
        }
        Ok(code)
    }

    fn file(&self, path: &Path) -> Became {
        let source = match Source::read(path) {
            Ok(source) => source,
            Err(faulty) => return Became::Refused(Box::new(faulty)),
        };
        let written = match format::canonical(&source.text) {
            Ok(written) => written,
            Err(problem) => return Became::Refused(Box::new(Faulty::new(source, problem))),
        };
        let shown = source.path.display();
        let changes = written != *source.text;
        match (self.diff, self.check) {
            (true, _) => say(&diff(&source, &written)),
            (false, true) if changes => say(&format!("{shown}\n")),
            (false, true) => {}
            (false, false) if path.as_os_str() == STDIN => say(&written),
            (false, false) if changes => {
                if let Err(error) = replace(path, &written) {
                    let why = format!("cannot write: {error}");
                    let problem = Problem::new(Span::default(), why).help("the file is as it was");
                    return Became::Refused(Box::new(Faulty::new(source, problem)));
                }
                say(&format!("formatted {shown}\n"));
            }
            (false, false) => {}
        }
        if changes {
            Became::Changed
        } else {
            Became::AsItWas
        }
    }
}

fn diff(source: &Source, written: &str) -> String {
    let diff = TextDiff::from_lines(&*source.text, written);
    let (path, mut shown) = (source.path.display().to_string(), String::new());
    let mut unified = diff.unified_diff();
    let hunks = unified.header(&path, &path);
    for line in hunks.to_string().lines() {
        shown.push_str(&netspec_assertions::finding::escape(line));
        shown.push('\n');
    }
    shown
}

/// Puts a text in the place of a file's, so that whoever reads it meanwhile sees the one or the other.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(path)?; // what a link leads to is replaced, and not the link
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let write = || {
        let mut new = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)?;
        new.write_all(text.as_bytes())?;
        new.set_permissions(fs::metadata(&file)?.permissions())?;
        new.sync_all()?;
        fs::rename(&beside, &file)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}
