//! Rows of `for-each` from a file: CSV, YAML or JSON.

use super::scope::placed;
use crate::source::Source;
use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use std::path::{Path, PathBuf};

type Rows = Vec<Vec<(Spanned<String>, Node)>>;

/// The path of a `{ file: … }`; none of a mapping of lists.
pub(super) fn file(written: &[Entry]) -> Option<Spanned<String>> {
    match written {
        [entry] if entry.key.value == "file" => {
            let path = entry.value.value.scalar()?;
            Some(Spanned::new(path, entry.value.span))
        }
        _ => None,
    }
}

/// Reads the rows. Everything in them stands where the path does.
pub(super) fn read(path: &Spanned<String>, source: &Source, root: &Path) -> Result<Rows, Problem> {
    let wrong = |message: String| Problem::new(path.span, message);
    let file = inside(&path.value, source, root).map_err(|(why, help)| wrong(why).help(help))?;
    let text = Source::read(&file).map_err(|faulty| {
        let first = faulty
            .problems
            .first()
            .map(|problem| problem.message.as_str());
        wrong(format!("cannot use `{}`", path.value)).label(first.unwrap_or("it cannot be read"))
    })?;
    let extension = file.extension().and_then(|text| text.to_str());
    let rows = match extension {
        Some("csv") => csv(&text.text, path.span),
        Some("yaml" | "yml" | "json") => tree(&text, path.span),
        _ => Err("a file of cases is .csv, .yaml or .json".to_owned()),
    };
    rows.map_err(|why| wrong(format!("cannot use `{}`", path.value)).label(why))
}

/// The file, which is in the project.
fn inside(path: &str, source: &Source, root: &Path) -> Result<PathBuf, (String, &'static str)> {
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let file = folder.join(path);
    let canonical = |path: &Path| path.canonicalize();
    let whole = canonical(&file).map_err(|error| {
        let help = "the path is taken from the folder of the scenario";
        (format!("cannot read `{path}`: {error}"), help)
    })?;
    let home = canonical(folder).unwrap_or_else(|_| folder.to_owned());
    let root = canonical(root).unwrap_or_else(|_| root.to_owned());
    let bound = if home.starts_with(&root) { root } else { home };
    match whole.starts_with(&bound) {
        true => Ok(file),
        false => Err((
            format!("`{path}` is outside of the project"),
            "what a scenario says is in its project: copy it there",
        )),
    }
}

fn csv(text: &str, at: Span) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let said = |error: csv::Error| match error.position() {
        Some(position) => format!("line {}: {}", position.line(), fault(&error)),
        None => fault(&error),
    };
    let names = reader.headers().map_err(said)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(said)?;
        let value = |(name, text): (&str, &str)| {
            let node = Node::new(yaml::scalar(text), at);
            (Spanned::new(name.to_owned(), at), node)
        };
        rows.push(names.iter().zip(record.iter()).map(value).collect());
        if rows.len() > super::for_each::MOST_ROWS {
            break;
        }
    }
    Ok(rows)
}

fn fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("{len} columns, and {expected_len} in the first line")
        }
        other => format!("{other:?}"),
    }
}

fn tree(source: &Source, at: Span) -> Result<Rows, String> {
    let mut problems = Problems::default();
    let read = yaml::read(&source.text, &mut problems);
    let node = read.map_err(|problem| said(source, &problem))?;
    if let Some(first) = problems.0.first() {
        return Err(said(source, first));
    }
    let Value::List(items) = node.value else {
        return Err(format!(
            "expected a list of rows, found {}",
            node.value.kind()
        ));
    };
    items
        .into_iter()
        .map(|item| row(item, source, at))
        .collect()
}

fn row(item: Node, source: &Source, at: Span) -> Result<Vec<(Spanned<String>, Node)>, String> {
    let (line, _) = source.line_column(item.span);
    let Value::Map(entries) = item.value else {
        let kind = item.value.kind();
        return Err(format!(
            "line {line}: expected a row of values by name, found {kind}"
        ));
    };
    let value = |mut entry: Entry| {
        placed(&mut entry.value, at);
        (Spanned::new(entry.key.value, at), entry.value)
    };
    Ok(entries.into_iter().map(value).collect())
}

fn said(source: &Source, problem: &Problem) -> String {
    let (line, _) = source.line_column(problem.span);
    format!("line {line}: {}", problem.message)
}
