//! The report for people: one line for what is as expected, the whole evidence for what is not.

use super::style::{dim, paint, verdict};
use super::summary::several;
use super::table::{aligned, evidence};
use super::{Report, news};
use crate::conduct::WhenInconclusive;
use crate::diagnostic::{renderer, window};
use crate::event::{Ended, Event, Stop, Summary};
use crate::plan::Case;
use crate::probe::Cell;
use crate::scenario::Check;
use crate::source::Source;
use crate::verdict::{Sided, Verdict, because};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Snippet};
use netspec_assertions::finding::{Finding, Grade, escape};
use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Detail {
    /// Colours.
    pub colour: bool,
    /// All that was seen, also of what is as expected.
    pub verbose: bool,
    /// Only what is not as expected.
    pub quiet: bool,
}

/// Writes the report to a stream: each test as soon as those before it in the plan are written, so that two runs read alike.
#[derive(Debug)]
pub struct Text<W> {
    out: W,
    detail: Detail,
    waiting: VecDeque<Waiting>,
}

/// A test that is under way, or ended and not written yet.
#[derive(Debug)]
struct Waiting {
    name: String,
    ended: Option<Arc<Ended>>,
}

impl<W: Write> Text<W> {
    /// A report to `out`.
    pub fn new(out: W, detail: Detail) -> Self {
        Self {
            out,
            detail,
            waiting: VecDeque::new(),
        }
    }

    /// A closed pipe ends the showing, not the run.
    fn write(&mut self, text: &str) {
        let _ = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
    }

    fn ended(&mut self, ended: &Arc<Ended>) {
        let mine =
            |waiting: &&mut Waiting| waiting.ended.is_none() && waiting.name == ended.case.name;
        if let Some(waiting) = self.waiting.iter_mut().find(mine) {
            waiting.ended = Some(Arc::clone(ended));
        }
        while let Some(Waiting { ended: Some(_), .. }) = self.waiting.front() {
            self.write_next();
        }
    }

    fn write_next(&mut self) {
        let Some(next) = self.waiting.pop_front() else {
            return;
        };
        if next.ended.is_none() {
            self.write(&format!("INTERRUPTED {}\n", escape(&next.name)));
        }
        let shown = next
            .ended
            .filter(|ended| !(self.detail.quiet && ended.verdict == Verdict::Pass));
        if let Some(ended) = shown {
            let text = self::ended(&ended, self.detail);
            self.write(&text);
        }
    }
}

impl<W: Write> Report for Text<W> {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Started {
                tests,
                questions,
                lab,
                ..
            } => {
                let place = lab.as_ref().map_or("the real network".to_owned(), |world| {
                    format!("lab {world}")
                });
                let tests = several(*tests, "test");
                let questions = several(*questions, "question");
                let line = format!("netspec: {tests}, {questions}, {place}");
                self.write(&(paint(&line, dim(), self.detail.colour) + "\n\n"));
            }
            Event::Faulty { faulty, .. } => {
                let text = faulty.render(self.detail.colour);
                self.write(&format!("{text}\n"));
            }
            Event::Asking { name } => self.waiting.push_back(Waiting {
                name: name.clone(),
                ended: None,
            }),
            Event::Ended(ended) => self.ended(ended),
            Event::News(told) => {
                while !self.waiting.is_empty() {
                    self.write_next();
                }
                self.write(&news::text(told, self.detail.colour));
            }
            Event::Finished(summary) => {
                while !self.waiting.is_empty() {
                    self.write_next();
                }
                self.write(&format!("\n{}\n", finished(summary, self.detail.colour)));
            }
        }
    }
}

/// One test that ended, whole.
pub fn ended(ended: &Ended, detail: Detail) -> String {
    let word = paint(
        &format!("{:<5}", ended.verdict.word()),
        verdict(ended.verdict),
        detail.colour,
    );
    let mut text = format!("{word} {}\n", escape(&ended.case.name));
    if let Some(why) = &ended.case.unsupported {
        text.push_str(&format!("      {why}\n"));
    }
    if ended.vantage_down.is_some() {
        return text + "      nothing can be said from here: this vantage is down\n";
    }
    if ended.doubt() == Some(WhenInconclusive::Skip) {
        return text + &skipped(ended);
    }
    let open = ended.verdict == Verdict::Fail || ended.verdict == Verdict::Inconclusive;
    if !open {
        text.push_str(&summary(ended, detail));
    }
    let findings: Vec<String> = match unanswered(ended) {
        Some(why) if open => vec![nothing_said(ended, why, detail.colour)],
        _ => shown(ended)
            .map(|finding| self::finding(ended, finding, detail.colour))
            .collect(),
    };
    text.push_str(&findings.join("\n"));
    if let Some(remembered) = &ended.remembered {
        text.push_str(&remembered.render(detail.colour));
    }
    if open {
        text.push_str(&closing(ended, detail));
    }
    text
}

/// The one line of a test of which nothing can be said, where its check wants no more.
fn skipped(ended: &Ended) -> String {
    let finding = || ended.findings.first().map(|finding| finding.label.as_str());
    let why = unanswered(ended)
        .or_else(finding)
        .unwrap_or("nothing can be said");
    format!("      {} (when-inconclusive: skip)\n", escape(why))
}

/// How the samples ended, where there are several.
fn samples(ended: &Ended) -> Option<String> {
    let (sampled, asked) = (ended.samples?, ended.case.check().conduct.samples.as_ref()?);
    let tally = sampled.tally;
    let mut counts = format!("{} of {} samples passed", tally.passed, asked.take);
    if tally.inconclusive > 0 {
        counts.push_str(&format!(", of {} nothing can be said", tally.inconclusive));
    }
    Some(counts)
}

/// Why a question went unanswered, if one did and nothing was seen to fail elsewhere.
fn unanswered(ended: &Ended) -> Option<&str> {
    if ended
        .findings
        .iter()
        .any(|finding| finding.grade == Grade::Fail)
    {
        return None;
    }
    ended
        .seen
        .iter()
        .find_map(|(_, seen)| because(&seen.outcome))
}

/// Without an answer nothing can be said of anything expected: once for all of it.
fn nothing_said(ended: &Ended, why: &str, colour: bool) -> String {
    let mut words: Vec<&str> = ended
        .findings
        .iter()
        .map(|finding| finding.word.as_str())
        .collect();
    words.dedup();
    let first = ended.findings.iter().map(|finding| finding.span).min();
    let place = first.unwrap_or(ended.case.check().name.span);
    let said = Finding::new(Grade::Inconclusive, place, why);
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let rest = format!("so nothing can be said of: {}", words.join(", "));
    let note = Level::NOTE.no_name().message(escape(&rest)).into();
    let notes = if words.is_empty() {
        Vec::new()
    } else {
        vec![note]
    };
    draw(&ended.case.scenario.source, &said, notes, colour)
}

/// The findings that are shown, the grave ones first.
fn shown(ended: &Ended) -> impl Iterator<Item = &Finding> {
    let mut findings: Vec<&Finding> = ended.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    findings.into_iter()
}

fn closing(ended: &Ended, detail: Detail) -> String {
    let mut text = String::new();
    if detail.verbose || ended.case.check().kind.whole {
        text.push_str(&details(ended));
    }
    if let (Some(counts), Some(sampled)) = (samples(ended), ended.samples) {
        text.push_str(&format!(
            "      {counts}; this is sample {}\n",
            sampled.shown
        ));
    }
    if ended.doubt() == Some(WhenInconclusive::Warn) {
        text.push_str("      when-inconclusive: warn\n");
    }
    text.extend(
        ended
            .seen
            .iter()
            .map(|side| format!("      {}\n", asked(ended, side))),
    );
    if let Some(why) = ended
        .case
        .check()
        .why
        .as_deref()
        .or(ended.case.scenario.why.as_deref())
    {
        text.push_str(&format!("      why it matters: {}\n", escape(why)));
    }
    text.push_str(&format!("      {}\n", again(ended)));
    text + "\n"
}

fn summary(ended: &Ended, detail: Detail) -> String {
    let kind = ended.case.check().kind;
    let several = ended.seen.len() > 1;
    let shown = ended.seen.iter().flat_map(|(side, seen)| {
        let lines = (kind.summary)(&seen.seen);
        lines.into_iter().map(move |line| {
            if several {
                format!("{side}: {line}")
            } else {
                line
            }
        })
    });
    let mut text: String = samples(ended)
        .into_iter()
        .chain(shown)
        .map(|line| paint(&format!("      {line}"), dim(), detail.colour) + "\n")
        .collect();
    if detail.verbose {
        text.push_str(&details(ended));
    }
    text
}

/// Everything a kind has to show of what was seen, as a table.
fn details(ended: &Ended) -> String {
    let kind = ended.case.check().kind;
    let tables = ended
        .seen
        .iter()
        .map(|(_, seen)| aligned(&(kind.details)(&seen.seen)));
    tables
        .flatten()
        .map(|line| format!("        {line}\n"))
        .collect()
}

/// One finding: the place, the line with a caret, the evidence; a note in one line.
pub fn finding(ended: &Ended, finding: &Finding, colour: bool) -> String {
    let source = &ended.case.scenario.source;
    if finding.grade == Grade::Note {
        let place = source.place(finding.span);
        return format!("      note: {} ({place})\n", escape(&finding.label));
    }
    let note = |text: String| Level::NOTE.no_name().message(text).into();
    let mut elements: Vec<Element<'_>> = evidence(&finding.rows).into_iter().map(note).collect();
    if let Some(hint) = &finding.hint {
        elements.push(Level::HELP.with_name("hint").message(escape(hint)).into());
    }
    draw(source, finding, elements, colour)
}

fn draw(source: &Source, finding: &Finding, elements: Vec<Element<'_>>, colour: bool) -> String {
    let level = match finding.grade {
        Grade::Fail => Level::ERROR,
        Grade::Inconclusive | Grade::Note => Level::WARNING,
    };
    let (path, text, span) = source.at(finding.span);
    let window = window(text, span);
    let path = path.display().to_string();
    let snippet = Snippet::source(window.text)
        .line_start(window.line)
        .path(path)
        .annotation(
            AnnotationKind::Primary
                .span(window.span.range())
                .label(escape(&finding.label)),
        );
    let group = Group::with_level(level).element(snippet).elements(elements);
    renderer(colour).render(&[group]) + "\n"
}

/// `asked udp://1.1.1.1 at 12:04:31Z: …`.
fn asked(ended: &Ended, (_, seen): &Sided) -> String {
    let time = seen.asked_at.strftime("%H:%M:%SZ");
    let answer = match because(&seen.outcome) {
        None => (ended.case.check().kind.summary)(&seen.seen).join("; "),
        Some(why) => escape(why),
    };
    format!("asked {} at {time}: {answer}", escape(&seen.asked))
}

/// The command that asks this test again and shows everything.
fn again(ended: &Ended) -> String {
    let scenario = &ended.case.scenario;
    let only = only(&ended.case);
    let quoted = only.replace('\'', r"'\''");
    let path = scenario.source.argument().display();
    format!(
        "again: netspec run {path}{} --only '{}' --verbose",
        ended.flags,
        escape(&quoted)
    )
}

/// The shortest of its names that no other test of its file has.
fn only(case: &Case) -> String {
    let all: Vec<String> = case.scenario.checks.iter().flat_map(names).collect();
    let (check, cell) = (&case.check().name.value, in_brackets(case.cell()));
    let whole = format!("{check}{cell}");
    let alone = |name: &String| {
        all.iter()
            .filter(|other| other.contains(name.as_str()))
            .count()
            == 1
    };
    let short = Some(cell).filter(|cell| !cell.is_empty());
    short.filter(alone).unwrap_or(whole)
}

fn names(check: &Check) -> impl Iterator<Item = String> {
    let named = |cell| format!("{}{}", check.name.value, in_brackets(cell));
    check.cells.iter().map(named)
}

fn in_brackets(cell: &Cell) -> String {
    let name = cell.name.as_ref();
    name.map(|name| format!("[{name}]")).unwrap_or_default()
}

/// The last line.
pub fn finished(summary: &Summary, colour: bool) -> String {
    let unusable = match summary.faulty {
        1 => "file that cannot be used",
        _ => "files that cannot be used",
    };
    let part = |count: usize, word: &str, kind: Verdict| {
        (count > 0).then(|| paint(&format!("{count} {word}"), verdict(kind), colour))
    };
    let parts = [
        part(summary.passed, "passed", Verdict::Pass),
        part(summary.failed, "failed", Verdict::Fail),
        part(summary.inconclusive, "inconclusive", Verdict::Inconclusive),
        part(
            summary.tolerated,
            "inconclusive as their checks allow",
            Verdict::Unsupported,
        ),
        part(summary.unsupported, "unsupported", Verdict::Unsupported),
        part(summary.interrupted, "interrupted", Verdict::Inconclusive),
        part(summary.faulty, unusable, Verdict::Fail),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    let said = if said.is_empty() {
        "nothing was selected".to_owned()
    } else {
        said.join(", ")
    };
    let why = match summary.stopped {
        Some(Stop::FailFast) => ", stopped at the first that is not as expected",
        Some(Stop::Timeout) => ", stopped because its time was over",
        Some(Stop::Interrupted) | None => "",
    };
    format!("{said} in {:.2} s{why}", summary.time_ms as f64 / 1e3)
}
