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
