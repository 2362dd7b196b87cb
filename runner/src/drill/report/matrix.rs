//! Incident by check: who noticed what, and by which word or rule.

use super::legend::{cut, padded};
use super::{Shown, style};
use crate::drill::{Cell, Check, Drilled, Outcome, Row};
use crate::report::style::{dim, paint};
use anstyle::{AnsiColor, Style};
use netspec_assertions::finding::escape;

/// Columns of one check: a mark, and the run where it was not the first.
const CELL: usize = 3;
/// Columns for the names of incidents, at most.
const NAME: usize = 52;
/// Columns that the words and rules should have.
const BY: usize = 24;

/// The groups of rows: heading, whether they must be caught, whether a machine thought of them.
const GROUPS: [(&str, bool, bool); 4] = [
    ("must be caught", true, false),
    ("must be caught, mutants", true, true),
    ("must stay quiet", false, false),
    ("must stay quiet, mutants", false, true),
];

pub(super) fn render(drilled: &Drilled, shown: &Shown) -> String {
    let table = Table::of(drilled, shown);
    let mut text = String::new();
    for (heading, must_catch, is_mutant) in GROUPS {
        let of_group = |row: &&Row| row.must_catch == must_catch && row.is_mutant == is_mutant;
        let rows: Vec<&Row> = drilled.rows.iter().filter(of_group).collect();
        if !rows.is_empty() {
            let heading = padded(heading, table.name + 2) + &table.numbers();
            text += &format!("{}\n", heading.trim_end());
            rows.iter().for_each(|row| text += &table.row(row));
            text.push('\n');
        }
    }
    text
}

struct Table<'a> {
    checks: &'a [Check],
    shown: &'a Shown,
    name: usize,
    /// Whether there is room for a column a check.
    fits: bool,
}

impl<'a> Table<'a> {
    fn of(drilled: &'a Drilled, shown: &'a Shown) -> Self {
        let longest = drilled
            .rows
            .iter()
            .map(|row| row.name.chars().count())
            .max();
        let name = longest.unwrap_or_default().clamp(26, NAME);
        let needed = 2 + name + drilled.checks.len() * CELL + BY;
        Self {
            checks: &drilled.checks,
            shown,
            name,
            fits: needed <= shown.width,
        }
    }

    fn numbers(&self) -> String {
        let columns = 1..=self.checks.len();
        let numbers: String = columns.map(|number| format!("{number:>CELL$}")).collect();
        let numbers = if self.fits { numbers } else { String::new() };
        paint(&numbers, dim(), self.shown.colour)
    }

    fn row(&self, row: &Row) -> String {
        let name = padded(&escape(&row.name), self.name);
        let columns = if self.fits { self.checks.len() } else { 1 };
        let used = 2 + self.name + columns * CELL + 3;
        let by = cut(&self.by(row), self.shown.width.saturating_sub(used));
        let line = match by.is_empty() {
            true => format!("  {name}{}", self.cells(row)),
            false => {
                let by = paint(&by, style(&row.outcome), self.shown.colour);
                format!("  {name}{}   {by}", self.cells(row))
            }
        };
        let evidence = match self.shown.verbose {
            true => evidence(row),
            false => String::new(),
        };
        format!("{line}\n{evidence}")
    }

    /// A mark for each check, or one for all of them where there is no room.
    fn cells(&self, row: &Row) -> String {
        let marks: Vec<(String, Style)> = match self.fits {
            true => self.checks.iter().map(|check| mark(row, check)).collect(),
            false => vec![overall(row)],
        };
        let painted = |(mark, style): (String, Style)| {
            paint(&format!("{mark:>CELL$}"), style, self.shown.colour)
        };
        marks.into_iter().map(painted).collect()
    }

    /// By whom it was caught, or what became of it instead.
    fn by(&self, row: &Row) -> String {
        match &row.outcome {
            Outcome::Missed if row.is_doubted() => "MISSED: nothing can be said".to_owned(),
            Outcome::Missed => "MISSED".to_owned(),
            Outcome::Unseen => "nothing asked touches it".to_owned(),
            Outcome::Broken(why) => format!("could not be rehearsed: {}", escape(why)),
            Outcome::Quiet => String::new(),
            Outcome::FalseAlarm => format!("FALSE ALARM {}", self.alarms(row)),
            Outcome::Caught => self.alarms(row),
        }
    }

    fn alarms(&self, row: &Row) -> String {
        let numbered = self.checks.iter().enumerate().filter_map(|(index, check)| {
            let cell = row.cells.get(&check.name)?;
            let by = first(&cell.by());
            (!by.is_empty()).then(|| format!("{} {by}", index + 1))
        });
        let alarms: Vec<String> = numbered.collect();
        escape(&alarms.join("; "))
    }
}

/// The first of several.
fn first(by: &[&str]) -> String {
    match by {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    }
}

/// What a check made of it: caught (and in which run, where not in the first), a false alarm, nothing, nothing for certain.
fn mark(row: &Row, check: &Check) -> (String, Style) {
    let green = AnsiColor::Green.on_default().bold();
    let red = AnsiColor::Red.on_default().bold();
    match row.cells.get(&check.name) {
        Some(Cell { alarms, run, .. }) if !alarms.is_empty() => {
            let (mark, style) = if row.must_catch {
                ("✓", green)
            } else {
                ("!", red)
            };
            let run = if *run > 1 {
                run.to_string()
            } else {
                String::new()
            };
            (format!("{mark}{run}"), style)
        }
        Some(Cell {
            inconclusive: true, ..
        }) => ("?".to_owned(), AnsiColor::Yellow.on_default()),
        Some(_) => ("·".to_owned(), dim()),
        None => ("-".to_owned(), dim()),
    }
}

/// What all checks together made of it.
fn overall(row: &Row) -> (String, Style) {
    let mark = match row.outcome {
        Outcome::Caught => "✓",
        Outcome::FalseAlarm => "!",
        _ if row.is_doubted() => "?",
        _ => "·",
    };
    (mark.to_owned(), style(&row.outcome))
}

fn evidence(row: &Row) -> String {
    let mut text = format!("      {}\n", escape(&row.why));
    let alarms = row.cells.iter().flat_map(|(check, cell)| {
        let alarms = cell.alarms.iter();
        alarms.map(move |alarm| (check, alarm))
    });
    for (check, alarm) in alarms {
        text += &format!("      {}: {}\n", escape(check), escape(&alarm.by));
        for sentence in &alarm.evidence {
            text += &format!("        {}\n", escape(sentence));
        }
    }
    text
}
