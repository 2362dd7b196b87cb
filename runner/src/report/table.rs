//! Columns under each other.

use netspec_assertions::finding::{Mark, Row};
use unicode_width::UnicodeWidthStr;

/// The most lines of evidence that one finding shows.
const MOST_ROWS: usize = 24;

/// The evidence of a finding, a line each: what stands alone first, then the table.
pub(super) fn evidence(rows: &[Row]) -> Vec<String> {
    let wrong = |row: &&Row| {
        matches!(
            row.mark,
            Mark::Wrong(_) | Mark::Missing | Mark::Unexpected | Mark::Unknown(_)
        )
    };
    let shown: Vec<&Row> = if rows.len() <= MOST_ROWS {
        rows.iter().collect()
    } else {
        rows.iter()
            .filter(wrong)
            .chain(rows.iter().filter(|row| !wrong(row)))
            .take(MOST_ROWS)
            .collect()
    };
    let table = shown.iter().any(|row| row.cells.len() > 1);
    let (alone, columns): (Vec<&Row>, Vec<&Row>) =
        shown.iter().partition(|row| table && row.cells.len() == 1);
    let mut lines = aligned(&cells(&alone));
    lines.extend(aligned(&cells(&columns)));
    if rows.len() > shown.len() {
        lines.push(format!("… and {} more", rows.len() - shown.len()));
    }
    lines
}

fn cells(rows: &[&Row]) -> Vec<Vec<String>> {
    let marked = |row: &&Row| row.cells.iter().cloned().chain([mark(&row.mark)]).collect();
    rows.iter().map(marked).collect()
}

fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Right => "ok".to_owned(),
        Mark::Wrong(why) => format!("<- {why}"),
        Mark::Missing => "<- missing".to_owned(),
        Mark::Unexpected => "<- unexpected".to_owned(),
        Mark::Unknown(why) => format!("<- {why}"),
        Mark::Context => String::new(),
    }
}

/// Columns under each other; the width of a character is that of a terminal's cell.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.width())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let padded =
        |(cell, width): (&String, &usize)| format!("{cell}{}", " ".repeat(width - cell.width()));
    let used = |row: &Vec<String>| {
        row.iter()
            .zip(&widths)
            .filter(|(_, width)| **width > 0)
            .map(padded)
            .collect::<Vec<_>>()
    };
    rows.iter()
        .map(|row| used(row).join("  ").trim_end().to_owned())
        .collect()
}
