//! Changes and scores as people read them.

use super::line::{Judged, Line};
use crate::report::style;
use anstyle::AnsiColor;
use netspec_assertions::finding::escape;
use netspec_detection::rtt::{Change, Level};

/// A line for people.
pub(super) fn text(line: &Line, colour: bool) -> String {
    match line {
        Line::Change { change, .. } => self::change(change, colour),
        Line::Ended {
            file,
            samples,
            lost,
            unordered,
            changes,
            score,
        } => {
            let file = escape(file);
            let unordered = match unordered {
                0 => String::new(),
                n => format!(", {n} not in the order of time"),
            };
            let score = score
                .as_ref()
                .map(|score| format!("; {}", judged(score)))
                .unwrap_or_default();
            format!(
                "{file}: {} in {samples} samples, {lost} lost{unordered}{score}\n",
                counted(*changes, "change")
            )
        }
        Line::Total { files, score } => format!(
            "all {}: {} found; {}\n",
            counted(*files, "file"),
            counted(score.found, "change"),
            judged(score)
        ),
        Line::Judged {
            test,
            side,
            index,
            at,
            verdict,
        } => {
            let evidence = verdict
                .evidence
                .iter()
                .map(|said| format!("      {}\n", escape(said)));
            let rule = format!("{} {}", verdict.word.word(), verdict.rule);
            let rule = style::paint(&rule, AnsiColor::Yellow.on_default().bold(), colour);
            let head = format!("  {at}  look {index}  {}  {rule}\n", name(test, side));
            head + &evidence.collect::<String>()
        }
        Line::Told { test, side, story } => format!(
            "{}: {}, {} changed, {} flapping, {} inconclusive, {} new and no change, {} the same\n",
            name(test, side),
            counted(story.looks, "look"),
            story.changed,
            story.flapping,
            story.inconclusive,
            story.variance,
            story.same
        ),
    }
}

/// The test, and the side where the name does not end with it.
fn name(test: &str, side: &str) -> String {
    match side.is_empty() || test.ends_with(&format!("[{side}]")) {
        true => escape(test),
        false => format!("{} [{}]", escape(test), escape(side)),
    }
}

fn change(change: &Change, colour: bool) -> String {
    let rule = format!("{:<10}", change.rule);
    let rule = style::paint(&rule, AnsiColor::Yellow.on_default().bold(), colour);
    let sure = format!("confidence {:.3}", change.confidence);
    let sure = style::paint(&sure, style::dim(), colour);
    let levels = levels(&change.before, &change.after);
    format!(
        "  {}  sample {:<7} {rule}  {levels}  {sure}\n",
        change.at, change.index
    )
}

fn levels(before: &Level, after: &Level) -> String {
    let ms = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2} ms"));
    let pair =
        |name: &str, was: String, is: String| format!("{name} {:>26}", format!("{was} → {is}"));
    [
        pair("level", ms(before.median_ms), ms(after.median_ms)),
        pair("spread", ms(before.spread_ms), ms(after.spread_ms)),
        format!(
            "lost {:>3.0} % → {:>3.0} %",
            before.loss * 100.0,
            after.loss * 100.0
        ),
    ]
    .join("  ")
}

fn judged(score: &Judged) -> String {
    format!(
        "{} known, {} of them found: precision {:.3}, recall {:.3}, F1 {:.3} (± {} samples)",
        score.known, score.both, score.precision, score.recall, score.f1, score.tolerance
    )
}

fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
