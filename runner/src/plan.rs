//! Which tests there are: every cell of every check, named, selected, and settled as to whether it can run here.

use crate::abreast;
use crate::diagnostic::Faulty;
use crate::files::files;
use crate::language::capture;
use crate::network::Network;
use crate::probe::Cell;
use crate::project::Project;
use crate::requirement::Need;
use crate::scenario::{Check, Scenario};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One test.
#[derive(Clone, Debug)]
pub struct Case {
    /// `path::check[cell]`.
    pub name: String,
    /// The file it is from.
    pub scenario: Arc<Scenario>,
    check: usize,
    cell: usize,
    /// What is asked once everything it waits for is known.
    settled: Option<Arc<Cell>>,
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
        match &self.settled {
            Some(cell) => cell,
            None => &self.check().cells[self.cell],
        }
    }

    /// The same, with the values it waits for; where there are none, it asks nobody and says why.
    pub async fn settled(mut self, network: &Network) -> Self {
        if self.check().later.is_none() {
            return self;
        }
        let permit = network.permit(false).await;
        let read = capture::cells(&self.scenario, self.check, network).await;
        drop(permit);
        let mut cell = self.cell().clone();
        match read.and_then(|cells| self.same(cells)) {
            Ok(known) => (cell.questions, cell.judged) = (known.questions, known.judged),
            Err(why) => cell.questions = vec![capture::Nothing::side(why)],
        }
        self.settled = Some(Arc::new(cell));
        self
    }

    /// Its own among the cells of its check as it is now.
    fn same(&self, mut cells: Vec<Cell>) -> Result<Cell, String> {
        let planned = self.check().cells.len();
        match cells.len() == planned {
            true => Ok(cells.swap_remove(self.cell)),
            false => Err(format!(
                "what was captured makes {} tests of {planned}",
                cells.len()
            )),
        }
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
        format!("{}{}", self.check().file_name(), not_too_long(cell))
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
    /// The tests of the files at these paths: a file, a folder with all its `.yaml` and `.yml` files, or `-`.
    ///
    /// # Errors
    /// A path that leads nowhere, one sentence.
    pub fn of(paths: &[PathBuf], project: &Project) -> Result<Self, String> {
        let files = files(paths)?;
        no_strangers(&files, project)?;
        let read = abreast::each(&files, |file| match Scenario::load(file, project) {
            Ok(scenario) => Ok(cases(&Arc::new(scenario))),
            Err(faulty) => Err((project.name_of(&faulty.source.path), faulty)),
        });
        let mut plan = Self::default();
        for file in read {
            match file {
                Ok(cases) => plan.cases.extend(cases),
                Err(faulty) => plan.faulty.push(faulty),
            }
        }
        Ok(plan)
    }

    /// The tests of one scenario.
    pub fn of_scenario(scenario: Scenario) -> Self {
        Self {
            cases: cases(&Arc::new(scenario)),
            faulty: Vec::new(),
        }
    }

    /// Puts the tests in an order that depends on this number and on nothing else.
    pub fn shuffle(&mut self, seed: u64) {
        self.cases.sort_by_cached_key(|case| {
            let mut drawn = Sha256::new();
            drawn.update(seed.to_be_bytes());
            drawn.update(&case.name);
            drawn.finalize()
        });
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
            let asked = case.check().cell_needs(&case.scenario, case.cell());
            let own = case.check().needs.iter().copied();
            let mut needs: Vec<_> = asked.into_iter().chain(own).collect();
            needs.sort();
            needs.dedup();
            case.unsupported = needs.into_iter().find_map(&mut missing);
        }
    }

    /// How many different questions there are.
    pub fn questions(&self) -> usize {
        let questions = self.cases.iter().flat_map(|case| &case.cell().questions);
        let keys: HashSet<String> = questions.map(|(_, question)| question.key()).collect();
        keys.len()
    }
}

/// The longest part of a file's name that a cell's name fills, in octets.
const LONGEST_CELL: usize = 100;

/// What is too long ends in what tells it from others that begin alike.
fn not_too_long(cell: String) -> String {
    if cell.len() <= LONGEST_CELL {
        return cell;
    }
    let digest = Sha256::digest(&cell);
    let end: String = digest
        .iter()
        .take(4)
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let kept = cell.floor_char_boundary(LONGEST_CELL - end.len() - 2);
    format!("{} {end}]", &cell[..kept])
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
        settled: None,
        unsupported: None,
    }
}

/// All of them are of this project.
fn no_strangers(files: &[PathBuf], project: &Project) -> Result<(), String> {
    let mut looked_at = HashSet::new();
    for file in files {
        if !looked_at.insert(file.parent()) {
            continue;
        }
        if let Some(other) = project.stranger(file) {
            return Err(another_project(file, project, &other));
        }
    }
    Ok(())
}

fn another_project(file: &Path, project: &Project, other: &Path) -> String {
    format!(
        "{} belongs to the project in {}, the run to the one in {}: run each project by itself",
        file.display(),
        other.display(),
        project.root.display(),
    )
}
