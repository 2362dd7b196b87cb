//! `for-each`: one check as several, a row of values each.

use super::scope::entries;
use super::{cases, is_name, no_name};
use crate::source::Source;
use netspec_assertions::finding::escape;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// The most rows of all checks of one file.
pub(super) const MOST_ROWS: usize = 10_000;

/// One row: what tells it from the others, and its values.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) names: Arc<BTreeMap<String, Node>>,
}

/// The rows of a `for-each`, and the names that must be used.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) names: Vec<Spanned<String>>,
    /// Whether one of the names suffices: a file of cases may hold more than this check needs.
    pub(super) any: bool,
}

type Values = Vec<(Spanned<String>, Node)>;

impl Rows {
    /// Reads what stands under `for-each`, with everything filled in. `left` is how many rows the file may still have.
    pub(super) fn read(
        node: &Node,
        source: &Source,
        root: &Path,
        left: usize,
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.0.len();
        let (table, any) = match &node.value {
            Value::Map(written) => match cases::file(written) {
                Some(path) => (problems.ok(cases::read(&path, source, root))?, true),
                None => (product(node, written, left, problems)?, false),
            },
            Value::List(items) => (
                items.iter().map(|item| row(item, problems)).collect(),
                false,
            ),
            _ => {
                problems.add(wrong(node));
                return None;
            }
        };
        let rows = Self::of(node, table, any, left, problems);
        rows.filter(|_| problems.0.len() == before)
    }

    fn of(
        node: &Node,
        table: Vec<Values>,
        any: bool,
        left: usize,
        problems: &mut Problems,
    ) -> Option<Self> {
        let Some(first) = table.first() else {
            let problem = Problem::new(node.span, "`for-each` over nothing makes no test");
            problems.add(problem.help("give it a value, or leave the check out"));
            return None;
        };
        if table.len() > left {
            problems.add(too_many(node.span, table.len() as f64));
            return None;
        }
        let names: Vec<Spanned<String>> = first.iter().map(|(name, _)| name.clone()).collect();
        names
            .iter()
            .filter(|name| !is_name(&name.value))
            .for_each(|name| problems.add(no_name(&name.value, name.span)));
        for (number, row) in table.iter().enumerate().skip(1) {
            same_names(number + 1, row, &names, node.span, problems);
        }
        let rows: Vec<Row> = table.into_iter().map(Row::of).collect();
        told_apart(&rows, node.span, problems);
        Some(Self { rows, names, any })
    }
}

impl Row {
    fn of(values: Values) -> Self {
        let said = values.iter().filter_map(|(name, node)| {
            let value = node.value.scalar()?;
            Some(format!("{}={}", name.value, shortened(&value)))
        });
        let label = said.collect::<Vec<_>>().join(", ");
        let names = values.into_iter().map(|(name, node)| (name.value, node));
        Self {
            label,
            names: Arc::new(names.collect()),
        }
    }
}

/// The longest a value is in a name, in characters.
const LONGEST: usize = 48;

/// A value as a part of a name: on one line, without brackets, not too long.
fn shortened(value: &str) -> String {
    let plain = |c: char| if "[]/\\".contains(c) { '-' } else { c };
    let short: String = value.trim().chars().take(LONGEST).map(plain).collect();
    escape(&short)
}

fn wrong(node: &Node) -> Problem {
    let message = format!("expected lists by name, found {}", node.value.kind());
    Problem::new(node.span, message).help(
        "write `for-each: { resolver: [cloudflare, baidu] }`, a list of mappings, or `{ file: cases.csv }`",
    )
}

fn too_many(span: Span, rows: f64) -> Problem {
    let message = format!("{rows} tests, of at most {MOST_ROWS} that `for-each` makes of one file");
    Problem::new(span, message).help("take fewer values, or part them among several files")
}

/// Every combination; the first name changes last.
fn product(
    node: &Node,
    written: &[Entry],
    left: usize,
    problems: &mut Problems,
) -> Option<Vec<Values>> {
    let before = problems.0.len();
    let lists: Vec<(&Spanned<String>, &[Node])> = written
        .iter()
        .map(|entry| (&entry.key, list(entry, problems)))
        .collect();
    let rows: f64 = lists.iter().map(|(_, items)| items.len() as f64).product();
    if rows > left as f64 {
        problems.add(too_many(node.span, rows));
    }
    if written.is_empty() {
        problems.add(wrong(node));
    }
    if problems.0.len() > before {
        return None;
    }
    let one = |rows: Vec<Values>, (name, items): &(&Spanned<String>, &[Node])| {
        let longer = |row: &Values| {
            let longer =
                |item: &Node| [row.clone(), vec![((*name).clone(), item.clone())]].concat();
            items.iter().map(longer).collect::<Vec<_>>()
        };
        rows.iter().flat_map(longer).collect()
    };
    Some(lists.iter().fold(vec![Vec::new()], one))
}

fn list<'n>(entry: &'n Entry, problems: &mut Problems) -> &'n [Node] {
    let problem = match &entry.value.value {
        Value::List(items) if !items.is_empty() => return items,
        Value::List(_) => Problem::new(entry.value.span, "`for-each` over nothing makes no test")
            .help("give it a value, or leave the check out"),
        other => {
            let message = format!("expected a list of values, found {}", other.kind());
            let help = format!("write `{}: [one, two]`", entry.key.value);
            Problem::new(entry.value.span, message).help(help)
        }
    };
    problems.add(problem);
    &[]
}

/// One row of a table.
fn row(item: &Node, problems: &mut Problems) -> Values {
    let entries = entries(item);
    if entries.is_empty() {
        let message = format!(
            "expected a row of values by name, found {}",
            item.value.kind()
        );
        let problem = Problem::new(item.span, message);
        problems.add(problem.help("write rows like `- { resolver: cloudflare, country: US }`"));
    }
    let pair = |entry: &Entry| (entry.key.clone(), entry.value.clone());
    entries.iter().map(pair).collect()
}

fn same_names(
    number: usize,
    row: &Values,
    names: &[Spanned<String>],
    otherwise: Span,
    problems: &mut Problems,
) {
    let has = |name: &Spanned<String>| row.iter().any(|(other, _)| other.value == name.value);
    let known = |name: &Spanned<String>| names.iter().any(|other| other.value == name.value);
    let at = row.first().map_or(otherwise, |(name, _)| name.span);
    for name in names.iter().filter(|name| !has(name)) {
        let problem = Problem::new(at, format!("row {number} has no `{}`", name.value));
        problems.add(problem.help("every row has the names of the first one"));
    }
    for (name, _) in row.iter().filter(|(name, _)| !known(name)) {
        let message = format!("the first row has no `{}`", name.value);
        let problem = Problem::new(name.span, message);
        problems.add(problem.help("every row has the names of the first one"));
    }
}

/// Tests are found by their names, and snapshots too: no two rows may be called the same.
fn told_apart(rows: &[Row], span: Span, problems: &mut Problems) {
    let mut seen = HashSet::new();
    let twice = rows.iter().find(|row| !seen.insert(row.label.as_str()));
    if let Some(row) = twice {
        let message = match row.label.as_str() {
            "" => "no row of `for-each` has a value to be named after".to_owned(),
            label => format!("two rows are called `[{label}]`"),
        };
        let problem = Problem::new(span, message);
        problems.add(
            problem.help("give each row a short text or number of its own, e.g. `case: empty`"),
        );
    }
}
