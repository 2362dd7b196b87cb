use super::super::{Outcome, Stopped, say};
use super::line::{Judged, Line};
use super::series::{Row, Rows};
use super::show;
use crate::diagnostic::Faulty;
use crate::exit;
use crate::files::STDIN;
use crate::report::style;
use clap::Args;
use netspec_detection::rtt::{Detector, LOOKAHEAD, Score};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// Finds changes of level, spread and loss in series of round-trip times.
///
/// A file has one sample a line, `epoch;rtt` or `epoch;rtt;cp`, with or without a header: the time as seconds since 1970, as
/// `2016-10-13 01:48:56` or as RFC 3339, in UTC; the round-trip time in milliseconds, where empty, 0, negative, 1000 and more
/// or `nan` is no answer; and 1 where a change is known to begin, 0 elsewhere. With the third, what is found is held against
/// what is known, one to one.
///
/// Each change is decided from what came before it and at most 15 samples after its first, so a series may be piped in as it
/// grows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  netspec detect rtt series.csv
  netspec detect rtt --json series/*.csv | jq 'select(.event == \"total\").score'
  tail -f series.csv | netspec detect rtt -")]
pub(in crate::cli) struct Rtt {
    /// Files of samples, or `-` for standard input.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// How many samples a found change and a known one may be apart and still be the same.
    #[arg(long, value_name = "SAMPLES", default_value_t = LOOKAHEAD)]
    tolerance: u64,
    /// One JSON object a line: `netspec schema detected` says which.
    #[arg(long)]
    json: bool,
}

/// What a series was, as far as it was read.
struct Watch<'a> {
    file: &'a str,
    detector: Detector,
    samples: u64,
    lost: u64,
    unordered: u64,
    latest: Option<jiff::Timestamp>,
    found: Vec<u64>,
    known: Vec<u64>,
    has_labels: bool,
}

impl Rtt {
    pub(super) fn run(&self) -> Outcome {
        let (mut total, mut labelled, mut code) = (Score::default(), 0, exit::AS_EXPECTED);
        for path in &self.files {
            match self.file(path) {
                Ok(Some(score)) => {
                    total += score;
                    labelled += 1;
                }
                Ok(None) => {}
                Err(stopped) => code = stopped.tell(),
            }
        }
        if labelled > 1 {
            let score = Judged::new(total, self.tolerance);
            self.tell(&Line::Total {
                files: labelled,
                score,
            });
        }
        Ok(code)
    }

    /// How the changes of a file compare with those that are known, where any are.
    fn file(&self, path: &Path) -> Result<Option<Score>, Stopped> {
        let name = path.display().to_string();
        let faulty = |faulty: Faulty| Stopped::wrong(faulty.render(style::wanted(&io::stderr())));
        if path.as_os_str() == STDIN {
            let rows = Rows::new("<stdin>", io::stdin().lock());
            return self.watch(&name, rows).map_err(faulty);
        }
        let file = File::open(path)
            .map_err(|error| Stopped::wrong(format!("cannot read {name}: {error}")))?;
        let rows: Result<Vec<Row>, Faulty> = Rows::new(&name, BufReader::new(file)).collect();
        let rows = rows.map_err(faulty)?;
        self.watch(&name, rows.into_iter().map(Ok)).map_err(faulty)
    }

    fn watch(
        &self,
        file: &str,
        rows: impl Iterator<Item = Result<Row, Faulty>>,
    ) -> Result<Option<Score>, Faulty> {
        let mut watch = Watch::new(file);
        for row in rows {
            watch.push(row?, |line| self.tell(line));
        }
        let score = watch
            .has_labels
            .then(|| Score::of(&watch.found, &watch.known, self.tolerance));
        self.tell(&Line::Ended {
            file,
            samples: watch.samples,
            lost: watch.lost,
            unordered: watch.unordered,
            changes: watch.found.len() as u64,
            score: score.map(|score| Judged::new(score, self.tolerance)),
        });
        Ok(score)
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
}

impl<'a> Watch<'a> {
    fn new(file: &'a str) -> Self {
        Self {
            file,
            detector: Detector::default(),
            samples: 0,
            lost: 0,
            unordered: 0,
            latest: None,
            found: Vec::new(),
            known: Vec::new(),
            has_labels: false,
        }
    }

    fn push(&mut self, row: Row, mut tell: impl FnMut(&Line)) {
        let Row { sample, is_change } = row;
        self.has_labels |= is_change.is_some();
        self.known.extend(
            is_change
                .filter(|is_change| *is_change)
                .map(|_| self.samples),
        );
        self.lost += u64::from(sample.rtt_ms.is_none());
        self.unordered += u64::from(self.latest.is_some_and(|latest| sample.at <= latest));
        self.latest = Some(sample.at);
        self.samples += 1;
        for change in self.detector.push(sample) {
            self.found.push(change.index);
            tell(&Line::Change {
                file: self.file,
                change: &change,
            });
        }
    }
}
