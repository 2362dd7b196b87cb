//! Which tests there are: every cell of every check, named, selected, and settled as to whether it can run here.

use crate::diagnostic::Faulty;
use crate::network::Network;
use crate::probe::Cell;
use crate::project::Project;
use crate::requirement::Need;
use crate::scenario::{Check, Scenario};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkdir::WalkDir;

/// One test.
#[derive(Clone, Debug)]
pub struct Case {
    /// `path::check[cell]`.
    pub name: String,
    /// The file it is from.
    pub scenario: Arc<Scenario>,
    check: usize,
    cell: usize,
    /// Why it cannot run here, if it cannot.
    pub unsupported: Option<String>,
}

impl Case {
    /// The check it is of.
    pub fn check(&self) -> &Check {
        &self.scenario.checks[self.check]
    }

    /// What is asked and expected.
    pub fn cell(&self) -> &Cell {
        &self.check().cells[self.cell]
    }

    /// The file's part of a snapshot's place: one folder a scenario.
    pub fn snapshot_folder(&self) -> PathBuf {
        PathBuf::from(&self.scenario.name)
    }

    /// The check's and cell's part of a snapshot's place.
    pub fn snapshot_name(&self) -> String {
        let cell = self.cell().name.as_deref();
        let cell = cell.map(|cell| format!("[{cell}]")).unwrap_or_default();
        let cell = cell.replace('/', "-");
        let end = cell.floor_char_boundary(100);
        format!("{}{}", self.check().file_name(), &cell[..end])
    }
}

/// Everything found at the paths given.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The tests.
    pub cases: Vec<Case>,
    /// The files that cannot be used, by their name.
    pub faulty: Vec<(String, Faulty)>,
}

impl Plan {
    /// The tests of the files at these paths: a file, or a folder with all its `.yaml` and `.yml` files.
    ///
    /// # Errors
    /// A path that leads nowhere, one sentence.
    pub fn of(paths: &[PathBuf], project: &Project) -> Result<Self, String> {
        let mut plan = Self::default();
        for file in files(paths)? {
            if let Some(other) = project.stranger(&file) {
                return Err(another_project(&file, project, &other));
            }
            match Scenario::load(&file, project) {
                Ok(scenario) => plan.cases.extend(cases(&Arc::new(scenario))),
                Err(faulty) => plan.faulty.push((project.name_of(&file), faulty)),
            }
        }
        Ok(plan)
    }

    /// Keeps the tests that are wanted.
    pub fn select(&mut self, wanted: impl Fn(&Case) -> bool) {
        self.cases.retain(wanted);
    }

    /// Settles which tests cannot run here.
    pub fn settle(&mut self, network: &Network) {
        let mut settled: BTreeMap<Need, Option<String>> = BTreeMap::new();
        let mut missing = |need: Need| {
            let settled = settled.entry(need).or_insert_with(|| need.missing(network));
            settled.clone()
        };
        for case in &mut self.cases {
            let asked = case
                .cell()
                .questions
                .iter()
                .flat_map(|(_, question)| question.needs());
            let mut needs: Vec<_> = asked.chain(case.check().needs.iter().copied()).collect();
            needs.sort();
            needs.dedup();
            case.unsupported = needs.into_iter().find_map(&mut missing);
        }
    }

    /// How many different questions there are.
    pub fn questions(&self) -> usize {
        let questions = self.cases.iter().flat_map(|case| &case.cell().questions);
        let keys: std::collections::HashSet<String> =
            questions.map(|(_, question)| question.key()).collect();
        keys.len()
    }
}

fn cases(scenario: &Arc<Scenario>) -> Vec<Case> {
    let cells = |(check, written): (usize, &Check)| {
        let named: Vec<Case> = (0..written.cells.len())
            .map(|cell| case(scenario, check, cell))
            .collect();
        named
    };
    scenario.checks.iter().enumerate().flat_map(cells).collect()
}

fn case(scenario: &Arc<Scenario>, check: usize, cell: usize) -> Case {
    let written = &scenario.checks[check];
    let cell_name = written.cells[cell]
        .name
        .as_deref()
        .map(|name| format!("[{name}]"))
        .unwrap_or_default();
    let name = format!("{}::{}{cell_name}", scenario.name, written.name.value);
    Case {
        name,
        scenario: Arc::clone(scenario),
        check,
        cell,
        unsupported: None,
    }
}

fn another_project(file: &Path, project: &Project, other: &Path) -> String {
    format!(
        "{} belongs to the project in {}, the run to the one in {}: run each project by itself",
        file.display(),
        other.display(),
        project.root.display(),
    )
}

/// The scenario files at these paths, in a fixed order, each once.
///
/// # Errors
/// A path that leads nowhere, or a folder that cannot be read.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => found.extend(below(path)?),
            false if path.exists() => found.push(path.clone()),
            false => return Err(format!("no such file or folder: {}", path.display())),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|file| seen.insert(std::fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    Ok(found)
}

fn below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        let yaml = entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        let ours = entry.file_name() == crate::project::FILE_NAME;
        if entry.file_type().is_file() && yaml && !ours {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}
