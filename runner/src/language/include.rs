//! What files share: values, resolvers and expectations by name, in the file itself or in others that it includes.

use super::scope::{entries, moved};
use super::{is_name, named_values, no_name};
use crate::diagnostic::Faulty;
use crate::keys::{Fields, Key, scalar, text, texts};
use crate::resolver;
use crate::source::Source;
use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::{Entry, Node, Spanned, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The keys that scenarios, `netspec.yaml` and shared files have in common.
pub const COMMON: &[Key] = &[
    Key::new(
        "include",
        "Shared files whose names can be used here: paths from the folder of this file. What this file says itself goes first, then the files in their order.",
        || json!({ "anyOf": [text(), texts()] }),
    ),
    Key::new(
        "vars",
        "Values by name: `${name}` stands for one, of whatever kind it is, wherever a value can stand.",
        named_values,
    ),
    Key::new(
        "expectations",
        "Expectations by name: `expect: { use: name }` expects all that one says.",
        named_values,
    ),
];

/// The keys of a file that others include, beside those.
pub const SHARED: &[Key] = &[
    Key::required("shared", "What is shared here, one sentence.", text),
    Key::new("resolvers", "Resolvers by name.", resolver::schema),
];

/// The most files that one file takes in, directly or not.
const MOST_FILES: usize = 64;

/// What is shared, by name.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// Values.
    pub vars: BTreeMap<String, Node>,
    /// Expectations, of what is seen with them.
    pub expectations: BTreeMap<String, Node>,
    /// Resolvers of included files, as written.
    pub resolvers: Vec<Entry>,
}

/// Whether this is a file that others use, and not a scenario: what they include, or rows of a `for-each`.
pub fn is_shared(node: &Node) -> bool {
    is_rows(node) || has(node, "shared") && !has(node, "scenario")
}

/// A list of scenarios is no list of rows: it is meant to be run, and cannot be.
fn is_rows(node: &Node) -> bool {
    let Value::List(items) = &node.value else {
        return false;
    };
    let row = |item: &Node| !entries(item).is_empty() && !has(item, "scenario");
    !items.is_empty() && items.iter().all(row)
}

fn has(node: &Node, key: &str) -> bool {
    entries(node).iter().any(|entry| entry.key.value == key)
}

/// Reads a file that others include for what is wrong with it. Rows are read where a check asks for them.
pub fn shared(node: &Node, source: &mut Source, root: &Path, problems: &mut Problems) {
    if is_rows(node) {
        return;
    }
    let file = source.path.clone();
    let mut files = Files::new(source, root);
    files.shared(node, &file, problems);
}

impl Shelf {
    /// What a file says itself and includes; its own `resolvers` are not among it. The included files are taken in by `source`.
    pub fn read(
        fields: &Fields<'_>,
        source: &mut Source,
        root: &Path,
        problems: &mut Problems,
    ) -> Self {
        let file = source.path.clone();
        Files::new(source, root).shelf(fields, &file, problems)
    }

    /// What it says goes before what the other says.
    fn then(&mut self, other: Self) {
        for (name, node) in other.vars {
            self.vars.entry(name).or_insert(node);
        }
        for (name, node) in other.expectations {
            self.expectations.entry(name).or_insert(node);
        }
        for entry in other.resolvers {
            if !self
                .resolvers
                .iter()
                .any(|known| known.key.value == entry.key.value)
            {
                self.resolvers.push(entry);
            }
        }
    }

    /// The expectation of that name.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn expectation(&self, name: &Spanned<String>) -> Result<&Node, Problem> {
        self.expectations.get(&name.value).ok_or_else(|| {
            let known: Vec<&str> = self.expectations.keys().map(String::as_str).collect();
            let problem = Problem::new(
                name.span,
                format!("no expectation is called `{}`", name.value),
            );
            problem.help(match known.is_empty() {
                true => "define it under `expectations:`, or include a file that does".to_owned(),
                false => suggest::remedy(&name.value, &known),
            })
        })
    }

    /// What it says goes before what the project says.
    #[must_use]
    pub(super) fn or(mut self, project: &Self) -> Self {
        if !project.expectations.is_empty() {
            self.then(project.clone());
        }
        self
    }

    /// As seen from a file that takes in the one this was read from.
    #[must_use]
    pub fn moved(mut self, by: usize) -> Self {
        let nodes = self.vars.values_mut().chain(self.expectations.values_mut());
        nodes.for_each(|node| moved(node, by));
        self
    }
}

/// The files that are read on behalf of one.
struct Files<'a> {
    source: &'a mut Source,
    root: PathBuf,
    /// Those that wait for the end of one they include, each with its name as written.
    under_way: Vec<(PathBuf, String)>,
    read: Vec<PathBuf>,
}

impl<'a> Files<'a> {
    fn new(source: &'a mut Source, root: &Path) -> Self {
        let file = canonical(&source.path);
        let name = source.path.display().to_string();
        let root = canonical(root);
        let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
        Self {
            root: if file.starts_with(&root) {
                root
            } else {
                folder
            },
            source,
            under_way: vec![(file, name)],
            read: Vec::new(),
        }
    }

    /// What a file says and includes.
    fn shelf(&mut self, fields: &Fields<'_>, file: &Path, problems: &mut Problems) -> Shelf {
        let mut shelf = Shelf {
            vars: named(fields, "vars", problems),
            expectations: named(fields, "expectations", problems),
            resolvers: Vec::new(),
        };
        for path in paths(fields, problems) {
            let included = self.include(&path, file);
            shelf.then(problems.ok(included).unwrap_or_default());
        }
        shelf
    }

    fn shared(&mut self, node: &Node, file: &Path, problems: &mut Problems) -> Shelf {
        let what = "a shared file";
        let Some(fields) = Fields::read(node, what, &[SHARED, COMMON], problems) else {
            return Shelf::default();
        };
        fields.text("shared", problems);
        let mut shelf = self.shelf(&fields, file, problems);
        let own = fields
            .get("resolvers")
            .map(entries)
            .unwrap_or_default()
            .to_vec();
        let resolvers = Shelf {
            resolvers: own,
            ..Shelf::default()
        };
        let included = std::mem::replace(&mut shelf.resolvers, resolvers.resolvers);
        shelf.then(Shelf {
            resolvers: included,
            ..Shelf::default()
        });
        shelf
    }

    /// One included file.
    fn include(&mut self, path: &Spanned<String>, from: &Path) -> Result<Shelf, Problem> {
        let wrong = |message: String| Problem::new(path.span, message);
        let folder = from.parent().unwrap_or(Path::new(""));
        let file = folder.join(&path.value);
        let whole = file.canonicalize().map_err(|error| {
            wrong(format!("cannot include `{}`: {error}", path.value))
                .help("the path is taken from the folder of this file")
        })?;
        if !whole.starts_with(&self.root) {
            return Err(wrong(format!("`{}` is outside of the project", path.value))
                .help("what a scenario says is in its project: copy it there"));
        }
        self.no_cycle(&whole, path)?;
        if self.read.contains(&whole) {
            return Ok(Shelf::default());
        }
        if self.read.len() >= MOST_FILES {
            return Err(wrong(format!("more than {MOST_FILES} files are included"))
                .help("put what is shared into fewer files"));
        }
        self.read.push(whole.clone());
        self.under_way.push((whole, path.value.clone()));
        let shelf = self.file(&file, path);
        self.under_way.pop();
        shelf
    }

    fn no_cycle(&self, whole: &Path, path: &Spanned<String>) -> Result<(), Problem> {
        let Some(first) = self.under_way.iter().position(|(file, _)| file == whole) else {
            return Ok(());
        };
        let way = self.under_way[first..]
            .iter()
            .map(|(_, name)| name.as_str());
        let way: Vec<&str> = way.chain([path.value.as_str()]).collect();
        let message = format!("files that include each other: {}", way.join(" → "));
        Err(Problem::new(path.span, message)
            .help("move what both need into a file that includes neither"))
    }

    fn file(&mut self, file: &Path, path: &Spanned<String>) -> Result<Shelf, Problem> {
        let unusable = |faulty: &Faulty| unusable(path, faulty);
        let own = Source::read(file).map_err(|faulty| unusable(&faulty))?;
        let mut problems = Problems::default();
        let node = yaml::read(&own.text, &mut problems);
        let shelf = match node {
            Ok(node) if has(&node, "scenario") => {
                let message = format!("`{}` is a scenario, and not a shared file", path.value);
                return Err(Problem::new(path.span, message)
                    .help("put what both need into a file that begins with `shared: …`"));
            }
            Ok(mut node) => {
                let by = self.source.take_in(own);
                moved(&mut node, by);
                self.shared(&node, file, &mut problems)
            }
            Err(problem) => {
                let faulty = Faulty::new(own, problem);
                return Err(unusable(&faulty));
            }
        };
        if problems.0.is_empty() {
            return Ok(shelf);
        }
        let (source, problems) = (self.source.clone(), problems.0);
        Err(unusable(&Faulty { source, problems }))
    }
}

/// An included file is faulty: the first that is wrong with it, and where.
fn unusable(path: &Spanned<String>, faulty: &Faulty) -> Problem {
    let message = format!("`{}` cannot be included", path.value);
    let Some(first) = faulty.problems.first() else {
        return Problem::new(path.span, message);
    };
    let joint = if first.label.is_empty() { "" } else { ": " };
    let place = faulty.source.place(first.span);
    let label = format!("{place}: {}{joint}{}", first.message, first.label);
    let problem = Problem::new(path.span, message).label(label);
    match &first.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn canonical(path: &Path) -> PathBuf {
    let whole = path.canonicalize().or_else(|_| std::path::absolute(path));
    whole.unwrap_or_else(|_| path.to_owned())
}

/// The paths under `include`: a list, or one alone.
fn paths(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Spanned<String>> {
    match fields.get("include").map(|node| (node, &node.value)) {
        None => Vec::new(),
        Some((_, Value::List(_))) => fields.texts("include", problems),
        Some((node, _)) => scalar(node, problems).into_iter().collect(),
    }
}

/// What stands under names.
fn named(fields: &Fields<'_>, key: &str, problems: &mut Problems) -> BTreeMap<String, Node> {
    let Some(node) = fields.get(key) else {
        return BTreeMap::new();
    };
    let entries = entries(node);
    if entries.is_empty() {
        let message = format!(
            "expected names and what they stand for, found {}",
            node.value.kind()
        );
        let example = match key {
            "vars" => "region: eu",
            _ => "healthy: { status: NOERROR }",
        };
        problems.add(Problem::new(node.span, message).help(format!("write them like `{example}`")));
    }
    for entry in entries.iter().filter(|entry| !is_name(&entry.key.value)) {
        problems.add(no_name(&entry.key.value, entry.key.span));
    }
    let pair = |entry: &Entry| (entry.key.value.clone(), entry.value.clone());
    entries.iter().map(pair).collect()
}
