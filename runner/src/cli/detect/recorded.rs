//! What `netspec run --json` wrote, looked at again: answers and ways, test by test.

use super::super::{Outcome, Stopped, say};
use super::line::{Line, Story};
use super::show;
use crate::diagnostic::Faulty;
use crate::exit;
use crate::files::STDIN;
use crate::report::style;
use crate::source::Source;
use clap::Args;
use jiff::Timestamp;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use netspec_detection::{Verdict, Word};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Recordings, and how what is found in them is shown.
#[derive(Debug, Args)]
pub(super) struct Recordings {
    /// Files of JSON Lines as `netspec run --json` writes them, or `-` for standard input; one after the other they are
    /// one recording.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// One JSON object a line: `netspec schema detected` says which.
    #[arg(long)]
    json: bool,
}

/// What was seen at a time.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) at: Timestamp,
    pub(super) seen: Value,
}

/// All looks of one side of a test, in the order of the recording.
struct Series {
    test: String,
    side: String,
    looks: Vec<Look>,
}

/// No line of a run is longer, in octets.
const LONGEST_LINE: u64 = 16 << 20;

impl Recordings {
    /// Judges every look at tests of that kind. What `judge` is given are the looks from the one to be judged on, and those
    /// after it stand for asking again.
    pub(super) fn run<M: Default>(
        &self,
        kind: &str,
        judge: impl Fn(&mut M, &[Look]) -> Option<Verdict>,
    ) -> Outcome {
        let mut all: Vec<Series> = Vec::new();
        for path in &self.files {
            self.read(path, kind, &mut all)?;
        }
        for series in &all {
            self.tell_of(series, &judge);
        }
        Ok(exit::AS_EXPECTED)
    }

    fn tell_of<M: Default>(
        &self,
        series: &Series,
        judge: &impl Fn(&mut M, &[Look]) -> Option<Verdict>,
    ) {
        let (test, side) = (series.test.as_str(), series.side.as_str());
        let (mut model, mut story) = (M::default(), Story::default());
        for (index, look) in series.looks.iter().enumerate() {
            let Some(verdict) = judge(&mut model, &series.looks[index..]) else {
                continue;
            };
            // Nothing was sent for it: what it cost was spent when it was recorded.
            let verdict = verdict.costing(0);
            story.add(verdict.word);
            if verdict.word >= Word::Flapping {
                let index = index as u64;
                self.tell(&Line::Judged {
                    test,
                    side,
                    index,
                    at: look.at,
                    verdict: &verdict,
                });
            }
        }
        self.tell(&Line::Told { test, side, story });
    }

    fn tell(&self, line: &Line) {
        match self.json {
            true => say(&format!(
                "{}\n",
                serde_json::to_value(line).unwrap_or_default()
            )),
            false => say(&show::text(line, style::wanted(&io::stdout()))),
        }
    }

    fn read(&self, path: &Path, kind: &str, all: &mut Vec<Series>) -> Result<(), Stopped> {
        if path.as_os_str() == STDIN {
            return lines("<stdin>", io::stdin().lock(), kind, all);
        }
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|error| Stopped::wrong(format!("cannot read {name}: {error}")))?;
        lines(&name, BufReader::new(file), kind, all)
    }
}

fn lines(
    name: &str,
    mut stream: impl BufRead,
    kind: &str,
    all: &mut Vec<Series>,
) -> Result<(), Stopped> {
    for line in 0.. {
        let mut octets = Vec::new();
        let bounded = (&mut stream)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut octets);
        let read =
            bounded.map_err(|error| Stopped::wrong(format!("cannot read {name}: {error}")))?;
        if read == 0 {
            break;
        }
        if octets.trim_ascii().is_empty() {
            continue;
        }
        let event: Value = serde_json::from_slice(octets.trim_ascii_end())
            .map_err(|error| faulty(name, line, &octets, &error))?;
        take(&event, kind, all);
    }
    Ok(())
}

/// The line with a caret where it is no JSON; the lines before it are gone, and their number is what the message needs.
fn faulty(name: &str, before: usize, octets: &[u8], error: &serde_json::Error) -> Stopped {
    let text = "\n".repeat(before) + String::from_utf8_lossy(octets).trim_end();
    let start = (before + error.column().saturating_sub(1)).min(text.len());
    let problem = Problem::new(Span { start, end: start }, "not a line of JSON")
        .label("here")
        .help("record with `netspec run … --json > looks.jsonl`");
    Stopped::wrong(
        Faulty::new(Source::new(name, text), problem).render(style::wanted(&io::stderr())),
    )
}

/// Notes what an ended test of that kind saw; all other lines are of no interest here.
fn take(event: &Value, kind: &str, all: &mut Vec<Series>) {
    if event["event"] != "ended" || event["kind"] != kind {
        return;
    }
    let test = event["name"].as_str().unwrap_or_default();
    for seen in event["seen"].as_array().into_iter().flatten() {
        let at = seen["asked_at"].as_str().and_then(|at| at.parse().ok());
        let (Some(at), Some(object)) = (at, seen.get("seen").filter(|seen| seen.is_object()))
        else {
            continue;
        };
        let side = seen["side"].as_str().unwrap_or_default();
        let look = Look {
            at,
            seen: object.clone(),
        };
        match all
            .iter_mut()
            .find(|series| series.test == test && series.side == side)
        {
            Some(series) => series.looks.push(look),
            None => all.push(Series {
                test: test.to_owned(),
                side: side.to_owned(),
                looks: vec![look],
            }),
        }
    }
}
