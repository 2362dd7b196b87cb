//! A recorded series, line by line: `epoch;rtt` or `epoch;rtt;cp`.

use crate::diagnostic::Faulty;
use crate::source::Source;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use netspec_assertions::problem::Problem;
use netspec_assertions::written::Span;
use netspec_detection::rtt::Sample;
use std::io::{self, BufRead, Read};

/// A line of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) sample: Sample,
    /// Whether a change begins here; nothing where the line does not say.
    pub(super) is_change: Option<bool>,
}

/// No line of numbers is longer, in octets.
const LONGEST_LINE: u64 = 4096;

/// From here on a round-trip time is no answer, in milliseconds.
const NO_ANSWER_MS: f64 = 1000.0;

/// How others write that nobody answered.
const NOBODY: &[&str] = &["", "nan", "na", "n/a", "null", "none", "*", "-"];

/// The rows of a stream, each read when it is asked for.
pub(super) struct Rows<R> {
    name: String,
    stream: R,
    line: usize,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(name: &str, stream: R) -> Self {
        Self {
            name: name.to_owned(),
            stream,
            line: 0,
        }
    }

    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut octets = Vec::new();
        let bounded = (&mut self.stream)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut octets)?;
        self.line += 1;
        Ok((bounded > 0).then_some(octets))
    }

    fn faulty(&self, text: &str, problem: Problem) -> Faulty {
        // The lines before it are gone; their number is what the message needs.
        let Span { start, end } = problem.span;
        let before = self.line.saturating_sub(1);
        let span = Span {
            start: start + before,
            end: end + before,
        };
        let text = "\n".repeat(before) + text;
        Faulty::new(Source::new(&self.name, text), Problem { span, ..problem })
    }

    fn row(&mut self) -> Result<Option<Row>, Faulty> {
        loop {
            let octets = self.read().map_err(|error| {
                self.faulty(
                    "",
                    Problem::new(Span::default(), format!("cannot read: {error}")),
                )
            })?;
            let Some(octets) = octets else {
                return Ok(None);
            };
            let is_cut = octets.len() as u64 == LONGEST_LINE && !octets.ends_with(b"\n");
            let text = String::from_utf8_lossy(&octets);
            let text = text.trim_end_matches(['\n', '\r']);
            let text = if self.line == 1 {
                text.trim_start_matches('\u{feff}')
            } else {
                text
            };
            if is_cut {
                return Err(self.faulty(text, too_long()));
            }
            if text.trim().is_empty() || (self.line == 1 && is_header(text)) {
                continue;
            }
            return row(text)
                .map(Some)
                .map_err(|problem| self.faulty(text, problem));
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, Faulty>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row().transpose()
    }
}

fn too_long() -> Problem {
    Problem::new(
        Span::default(),
        format!("a line of more than {LONGEST_LINE} octets"),
    )
    .label("it begins here")
    .help("one sample a line: epoch;rtt or epoch;rtt;cp")
}

fn is_header(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or_default();
    first.trim().starts_with(|c: char| c.is_alphabetic())
}

fn row(text: &str) -> Result<Row, Problem> {
    let mut at = 0;
    let fields: Vec<(Span, &str)> = text
        .split(';')
        .map(|field| {
            let span = Span {
                start: at,
                end: at + field.len(),
            };
            at = span.end + 1;
            (span, field.trim())
        })
        .collect();
    let (time, rtt, change) = match fields.as_slice() {
        [time, rtt] => (time, rtt, None),
        [time, rtt, change] => (time, rtt, Some(change)),
        [(span, _)] => {
            return Err(
                Problem::new(*span, "one field where two or three are expected")
                    .label("nothing is separated by `;` here")
                    .help("write epoch;rtt or epoch;rtt;cp, with semicolons"),
            );
        }
        [_, _, _, (span, _), ..] => {
            return Err(Problem::new(
                *span,
                format!("{} fields where two or three are expected", fields.len()),
            )
            .label("this is one too many")
            .help("write epoch;rtt or epoch;rtt;cp"));
        }
        [] => return Err(Problem::new(Span::default(), "no fields")),
    };
    Ok(Row {
        sample: Sample {
            at: epoch(time.1).map_err(|why| told(time.0, why, EPOCH))?,
            rtt_ms: rtt_ms(rtt.1).map_err(|why| told(rtt.0, why, RTT))?,
        },
        is_change: change
            .map(|change| is_change(change.1).map_err(|why| told(change.0, why, CP)))
            .transpose()?,
    })
}

const EPOCH: &str = "write seconds since 1970 (1476323336 or 1476323336.5), 2016-10-13 01:48:56, or RFC 3339; all in UTC";
const RTT: &str = "write milliseconds with a point (82.7); what nobody answered is empty, 0 or nan";
const CP: &str = "write 1 where a change begins and 0 elsewhere";

fn told(span: Span, why: &'static str, help: &str) -> Problem {
    Problem::new(span, why).label("here").help(help)
}

fn epoch(text: &str) -> Result<Timestamp, &'static str> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds)
            .map_err(|_| "a time beyond the year 9999; are these milliseconds?");
    }
    if let Ok(seconds) = text.parse::<f64>() {
        let since = SignedDuration::try_from_secs_f64(seconds).map_err(|_| "no time")?;
        return Timestamp::from_duration(since)
            .map_err(|_| "a time beyond the year 9999; are these milliseconds?");
    }
    let with_zone = text.parse::<Timestamp>();
    let without = || {
        text.parse::<DateTime>()
            .and_then(|time| time.to_zoned(TimeZone::UTC))
    };
    with_zone
        .or_else(|_| without().map(|time| time.timestamp()))
        .map_err(|_| "no time")
}

fn rtt_ms(text: &str) -> Result<Option<f64>, &'static str> {
    if NOBODY
        .iter()
        .any(|nobody| text.eq_ignore_ascii_case(nobody))
    {
        return Ok(None);
    }
    let rtt_ms: f64 = text.parse().map_err(|_| "no round-trip time")?;
    Ok(Some(rtt_ms).filter(|ms| *ms > 0.0 && *ms < NO_ANSWER_MS))
}

fn is_change(text: &str) -> Result<bool, &'static str> {
    match text.parse::<f64>() {
        Ok(1.0) => Ok(true),
        Ok(0.0) => Ok(false),
        _ if text.is_empty() => Ok(false),
        _ => Err("neither 0 nor 1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, String> {
        let rows = Rows::new("x.csv", text.as_bytes());
        rows.map(|row| row.map_err(|faulty| faulty.render(false)))
            .collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<f64>, Option<bool>)]) {
        let rows = read(text).unwrap_or_else(|error| panic!("{error}"));
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row.sample.at.to_string(), row.sample.rtt_ms, row.is_change))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(at, rtt, change)| ((*at).to_owned(), *rtt, *change))
            .collect();
        assert_eq!(rows, expected);
    }

    #[track_caller]
    fn refused(text: &str, shows: &[&str]) {
        let error = read(text).expect_err("it is wrong");
        for part in shows {
            assert!(error.contains(part), "no `{part}` in:\n{error}");
        }
    }

    #[test]
    fn times_are_written_in_four_ways() {
        check(
            "1476323336;1.5",
            &[("2016-10-13T01:48:56Z", Some(1.5), None)],
        );
        check(
            "1476323336.25;1.5",
            &[("2016-10-13T01:48:56.25Z", Some(1.5), None)],
        );
        check(
            "2016-10-13 01:48:56;1.5",
            &[("2016-10-13T01:48:56Z", Some(1.5), None)],
        );
        check(
            "2016-10-13T03:48:56+02:00;1.5",
            &[("2016-10-13T01:48:56Z", Some(1.5), None)],
        );
    }

    #[test]
    fn what_nobody_answered_is_written_in_many_ways() {
        for rtt in [
            "", "0", "0.0", "-3.5", "1000", "1e9", "nan", "NaN", "inf", "None", "*",
        ] {
            check(&format!("0;{rtt}"), &[("1970-01-01T00:00:00Z", None, None)]);
        }
        check("0;999.9", &[("1970-01-01T00:00:00Z", Some(999.9), None)]);
    }

    #[test]
    fn header_labels_and_ends_of_lines_are_as_others_write_them() {
        let text = "\u{feff}epoch;rtt;cp\r\n0;1;0\r\n\r\n60; 2 ;1.0\r\n120;3;";
        let at = [
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:01:00Z",
            "1970-01-01T00:02:00Z",
        ];
        check(
            text,
            &[
                (at[0], Some(1.0), Some(false)),
                (at[1], Some(2.0), Some(true)),
                (at[2], Some(3.0), Some(false)),
            ],
        );
        check("", &[]);
    }

    #[test]
    fn what_is_malformed_is_told_with_its_place() {
        refused(
            "0;1\n60;2,5\n",
            &["x.csv:2:4", "no round-trip time", "with a point"],
        );
        refused(
            "epoch;rtt\nyesterday;1\n",
            &["x.csv:2:1", "no time", "RFC 3339"],
        );
        refused("0;1;2\n", &["x.csv:1:5", "neither 0 nor 1"]);
        refused("0,1\n", &["x.csv:1:1", "with semicolons"]);
        refused("0;1;0;7\n", &["x.csv:1:7", "4 fields"]);
        refused("1476323336000;1\n", &["x.csv:1:1", "milliseconds?"]);
        refused(&"1".repeat(9000), &["x.csv:1:1", "4096 octets"]);
        refused("0;\u{1b}[31m\n", &["no round-trip time"]);
    }
}
