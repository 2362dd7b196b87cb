//! What was missed and what would have shown it; what raised an alarm and why; and what to type to see it again.

use super::Shown;
use super::legend::cut;
use crate::drill::facts::Difference;
use crate::drill::{Drilled, Outcome, Row};
use crate::report::style::{dim, paint};
use anstyle::AnsiColor;
use netspec_assertions::finding::escape;

/// The most tests, and facts of each, that are shown of one incident.
const MOST_TESTS: usize = 3;
const MOST_FACTS: usize = 4;
const MOST_SENTENCES: usize = 4;

pub(super) fn render(drilled: &Drilled, shown: &Shown) -> String {
    let told = |row: &&Row| {
        matches!(
            row.outcome,
            Outcome::Missed | Outcome::FalseAlarm | Outcome::Broken(_)
        )
    };
    let rows = drilled.rows.iter().filter(told);
    rows.map(|row| self::row(row, shown) + "\n").collect()
}

fn row(row: &Row, shown: &Shown) -> String {
    let heading = match row.outcome {
        Outcome::Missed => "missed",
        Outcome::FalseAlarm => "false alarm",
        _ => "could not be rehearsed",
    };
    let red = AnsiColor::Red.on_default().bold();
    let heading = paint(heading, red, shown.colour);
    let mut text = format!("{heading}  {}\n", escape(&row.name));
    text += &format!("    {}\n", escape(&row.why));
    text += &match &row.outcome {
        Outcome::FalseAlarm => alarms(row),
        Outcome::Broken(why) => format!("    {}\n", escape(why)),
        _ => differences(row, shown),
    };
    let again = format!("    again: {}", shown.again.command(&row.name));
    text + &paint(&again, dim(), shown.colour) + "\n"
}

fn alarms(row: &Row) -> String {
    let mut text = String::new();
    for (check, cell) in &row.cells {
        for alarm in &cell.alarms {
            text += &format!("    {}: {}\n", escape(check), escape(&alarm.by));
            for sentence in alarm.evidence.iter().take(MOST_SENTENCES) {
                text += &format!("      {}\n", escape(sentence));
            }
        }
    }
    text
}

/// The facts that were others, which are the words to expect or to track.
fn differences(row: &Row, shown: &Shown) -> String {
    if row.differences.is_empty() {
        return "    no fact that is asked for was another; ask for something that this changes\n"
            .to_owned();
    }
    let mut text = String::new();
    for (test, differences) in row.differences.iter().take(MOST_TESTS) {
        text += &format!(
            "    seen by {}\n",
            cut(&escape(test), shown.width.saturating_sub(12))
        );
        for fact in differences.iter().take(MOST_FACTS) {
            let line = self::fact(fact);
            text += &format!("      {}\n", cut(&line, shown.width.saturating_sub(6)));
        }
        text += &more(differences.len(), MOST_FACTS, "      ");
    }
    text += &more(row.differences.len(), MOST_TESTS, "    ");
    text + &way_on(row)
}

fn fact(fact: &Difference) -> String {
    let [word, before, now] = [&fact.word, &fact.before, &fact.now].map(|text| escape(text));
    format!("{word}: {} -> {}", cut(&before, 60), cut(&now, 60))
}

fn more(all: usize, shown: usize, indent: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("{indent}… and {more} more\n"),
    }
}

/// What to write, so that it is seen.
fn way_on(row: &Row) -> String {
    if row.is_doubted() {
        return "    a test that can say nothing raises no alarm; it is told as INCONCLUSIVE\n"
            .to_owned();
    }
    let first = row.differences.first().and_then(|(_, facts)| facts.first());
    first.map_or_else(String::new, |fact| {
        let word = escape(&fact.word);
        format!("    it would be seen by `track: [{word}]`, or by an expectation of `{word}`\n")
    })
}
