//! From a check as written to the checks it stands for, with everything filled in.

use super::capture::Captures;
use super::for_each::{MOST_ROWS, Row, Rows};
use super::scope::entries;
use super::{Filler, Given, Origin, Scope, Shelf, Told, unused};
use crate::probe::{self, Cell};
use crate::source::Source;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Entry, Node, Spanned, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What the checks of one file are written with.
#[derive(Debug)]
pub struct Words {
    scope: Scope,
    shelf: Shelf,
    given: Given,
    source: Source,
    root: PathBuf,
    rows_left: usize,
    /// Whether there is nothing to fill in or take apart.
    plain: bool,
    /// What earlier checks capture.
    pub(crate) captures: Captures,
}

/// A check with everything filled in.
#[derive(Debug)]
pub struct Made {
    /// What is read.
    pub node: Node,
    /// What tells it from the other rows of the same check.
    pub row: Option<String>,
    /// What was filled in where.
    pub told: Vec<Told>,
    /// The names it uses whose values are known only when it runs.
    pub captured: BTreeSet<String>,
    /// How it is filled again, then.
    pub form: Form,
}

/// A check that is yet to be filled.
#[derive(Clone, Debug)]
pub struct Form {
    node: Node,
    scope: Scope,
    source: Source,
}

/// A form that was filled.
struct Filled {
    node: Node,
    used: BTreeSet<(Origin, String)>,
    told: Vec<Told>,
}

impl Words {
    /// What the checks of that file can use.
    pub fn new(scope: Scope, shelf: Shelf, given: Given, source: Source, root: PathBuf) -> Self {
        let words = ["${", "for-each", "use", "capture"];
        let plain = !words.iter().any(|word| source.text.contains(word));
        Self {
            scope,
            shelf,
            given,
            source,
            root,
            rows_left: MOST_ROWS,
            plain,
            captures: Captures::default(),
        }
    }

    /// Whether no check of the file needs any of this.
    pub fn are_none(&self) -> bool {
        self.plain
    }

    /// Fills what a file says beside its checks. Secrets are told to resolvers alone.
    pub fn fill_file(&self, node: &mut Node, but: &[&str], problems: &mut Problems) {
        let Value::Map(entries) = &mut node.value else {
            return;
        };
        let mut filler = Filler::new(&self.scope, &self.source);
        for entry in entries
            .iter_mut()
            .filter(|entry| !but.contains(&entry.key.value.as_str()))
        {
            filler.private = entry.key.value == "resolvers";
            filler.fill(&mut entry.value, problems);
        }
        self.given.note(&filler);
    }

    /// The checks that one stands for. Where something in it cannot be filled there are none, for nothing sound can be
    /// said of the rest.
    pub fn made(&mut self, item: &Node, problems: &mut Problems) -> Vec<Made> {
        let before = problems.0.len();
        let mut item = item.clone();
        self.splice(&mut item, problems);
        let for_each = entries(&item)
            .iter()
            .find(|entry| entry.key.value == "for-each");
        let rows = for_each.map(|entry| self.rows(&entry.value, problems));
        if problems.0.len() > before {
            return Vec::new();
        }
        let made = match &rows {
            Some(rows) => rows
                .rows
                .iter()
                .map(|row| self.one(&item, Some(row), problems))
                .collect(),
            None => vec![self.one(&item, None, problems)],
        };
        self.captures.explain(&mut problems.0[before..]);
        let (made, used): (Vec<Made>, Vec<_>) = made.into_iter().unzip();
        if let Some(rows) = &rows {
            rows_used(rows, &used.into_iter().flatten().collect(), problems);
        }
        if problems.0.len() > before {
            Vec::new()
        } else {
            made
        }
    }

    fn rows(&mut self, written: &Node, problems: &mut Problems) -> Rows {
        let mut node = written.clone();
        let mut filler = Filler::new(&self.scope, &self.source);
        filler.fill(&mut node, problems);
        self.given.note(&filler);
        let rows = Rows::read(&node, &self.source, &self.root, self.rows_left, problems);
        let rows = rows.unwrap_or_default();
        self.rows_left -= rows.rows.len();
        rows
    }

    fn one(
        &self,
        item: &Node,
        row: Option<&Row>,
        problems: &mut Problems,
    ) -> (Made, BTreeSet<(Origin, String)>) {
        let scope = match row {
            Some(row) => self.scope.with(Origin::Row, Arc::clone(&row.names)),
            None => self.scope.clone(),
        };
        let form = Form {
            node: item.clone(),
            scope,
            source: self.source.clone(),
        };
        let filled = form.filled(self.captures.samples(), Some(&self.given), problems);
        let captured = filled
            .used
            .iter()
            .filter(|(origin, _)| *origin == Origin::Capture);
        let made = Made {
            captured: captured.map(|(_, name)| name.clone()).collect(),
            node: filled.node,
            row: row.map(|row| row.label.clone()),
            told: filled.told,
            form,
        };
        (made, filled.used)
    }

    /// Puts expectations in the place of their names: `use: [healthy]`.
    fn splice(&self, item: &mut Node, problems: &mut Problems) {
        let probes = children(item).filter(|entry| probe::find(&entry.key.value).is_some());
        for entry in probes.flat_map(|entry| children(&mut entry.value)) {
            match entry.key.value.as_str() {
                "expect" => self.used(&mut entry.value, &mut Vec::new(), problems),
                "by-resolver" => children(&mut entry.value)
                    .for_each(|row| self.used(&mut row.value, &mut Vec::new(), problems)),
                _ => {}
            }
        }
    }

    fn used(&self, expect: &mut Node, under_way: &mut Vec<String>, problems: &mut Problems) {
        for entry in children(expect).filter(|entry| entry.key.value == "use") {
            let mut filler = Filler::new(&self.scope, &self.source);
            filler.fill(&mut entry.value, problems);
            self.given.note(&filler);
            let found = names(&entry.value, problems)
                .into_iter()
                .filter_map(|name| self.expectation(&name, under_way, problems));
            entry.value.value = Value::List(found.collect());
        }
    }

    fn expectation(
        &self,
        name: &Spanned<String>,
        under_way: &mut Vec<String>,
        problems: &mut Problems,
    ) -> Option<Node> {
        let mut node = problems.ok(self.shelf.expectation(name))?.clone();
        if let Some(first) = under_way.iter().position(|other| *other == name.value) {
            let way = under_way[first..].iter().chain([&name.value]);
            let way: Vec<&str> = way.map(String::as_str).collect();
            let message = format!("`{}` uses itself: {}", name.value, way.join(" → "));
            problems.add(Problem::new(name.span, message).help("leave one of them out"));
            return None;
        }
        under_way.push(name.value.clone());
        self.used(&mut node, under_way, problems);
        under_way.pop();
        Some(node)
    }
}

/// The names under `use`: a list, or one alone.
fn names(node: &Node, problems: &mut Problems) -> Vec<Spanned<String>> {
    match &node.value {
        Value::List(_) => crate::keys::scalars(node, problems),
        _ => crate::keys::scalar(node, problems).into_iter().collect(),
    }
}

fn children(node: &mut Node) -> impl Iterator<Item = &mut Entry> {
    let entries = match &mut node.value {
        Value::Map(entries) => entries.as_mut_slice(),
        _ => &mut [],
    };
    entries.iter_mut()
}

fn rows_used(rows: &Rows, used: &BTreeSet<(Origin, String)>, problems: &mut Problems) {
    let any_used = used.iter().any(|(origin, _)| *origin == Origin::Row);
    if !(rows.any && any_used) {
        unused(rows.names.iter(), used, Origin::Row, problems);
    }
}

impl Made {
    /// What is written under one of its keys.
    pub(crate) fn written(&self, key: &str) -> Option<&Node> {
        let entry = entries(&self.node)
            .iter()
            .find(|entry| entry.key.value == key)?;
        Some(&entry.value)
    }

    /// Says what is wrong with it, once for all rows in which the same is wrong.
    pub(crate) fn tell(&self, own: Problems, problems: &mut Problems) {
        for mut problem in own.0 {
            Told::explain(&self.told, &mut problem);
            if !problems.0.contains(&problem) {
                problems.add(problem);
            }
        }
    }

    /// Names a test after its row.
    pub(crate) fn name(&self, cell: &mut Cell) {
        cell.name = match (&self.row, cell.name.take()) {
            (Some(row), Some(name)) => Some(format!("{row}, {name}")),
            (row, name) => name.or_else(|| row.clone()),
        };
    }
}

impl Form {
    /// The check with these values captured.
    ///
    /// # Errors
    /// The first thing that cannot be filled.
    pub fn with(&self, captured: BTreeMap<String, Node>) -> Result<(Node, Vec<Told>), Problem> {
        let mut problems = Problems::default();
        let filled = self.filled(Arc::new(captured), None, &mut problems);
        match problems.0.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok((filled.node, filled.told)),
        }
    }

    fn filled(
        &self,
        captured: Arc<BTreeMap<String, Node>>,
        given: Option<&Given>,
        problems: &mut Problems,
    ) -> Filled {
        let scope = self.scope.clone().then(Origin::Capture, captured);
        let mut filler = Filler::new(&scope, &self.source);
        let mut node = self.node.clone();
        let whole = node.span;
        for entry in children(&mut node).filter(|entry| entry.key.value != "for-each") {
            filler.private = probe::find(&entry.key.value).is_some();
            filler.fill(&mut entry.value, problems);
        }
        if !matches!(node.value, Value::Map(_)) {
            filler.fill(&mut node, problems);
            node.span = whole;
        }
        if let Some(given) = given {
            given.note(&filler);
        }
        Filled {
            node,
            used: filler.used,
            told: filler.told,
        }
    }
}
