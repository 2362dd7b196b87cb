//! Every snapshot here belongs to a test that tracks something, and to one alone.
//!
//! This test stands beside the snapshots because `cargo insta` looks for them beside tests.

use netspec::plan::{Case, Plan};
use netspec::project::Project;
use netspec::snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the workspace").to_owned()
}

/// The snapshots that scenarios made; those of the other tests name a source file.
fn remembered(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path());
    let snapshots = entries.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "snap")
    });
    let of_a_scenario = |path: &PathBuf| {
        let snapshot = insta::Snapshot::from_file(path).expect("a snapshot");
        snapshot.metadata().source().is_none()
    };
    snapshots.filter(of_a_scenario).collect()
}

fn place(case: &Case, project: &Project) -> PathBuf {
    let name = format!("{}.snap", case.snapshot_name());
    project.snapshots.join(case.snapshot_folder()).join(name)
}

/// The files of the scenarios that are meant to hold: the others remember nothing. By the project they belong to.
fn files() -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let scenarios = root().join("scenarios");
    let elsewhere = ["refused", "failing"].map(|name| scenarios.join(name));
    let files = netspec::files::files(&[scenarios]).expect("the folder is there");
    let ours = |file: &PathBuf| !elsewhere.iter().any(|folder| file.starts_with(folder));
    let mut by_project: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files.into_iter().filter(ours) {
        let project = Project::of(&file).expect("the project's file is sound");
        by_project.entry(project.root).or_default().push(file);
    }
    by_project
}

/// Where the tests of one project remember what they track, below the folder of all snapshots.
fn tracked(root: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    let project = Project::of(root).expect("the project's file is sound");
    let cases = Plan::of(files, &project).expect("one project").cases;
    let tracked = cases.iter().filter(|case| snapshot::tracks(case));
    let places = tracked.map(|case| plain(&place(case, &project)));
    places.collect()
}

/// Without the `..` that leads from a project's folder to that of the snapshots.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_snapshot_belongs_to_one_test() {
    let tracked: Vec<PathBuf> = files()
        .iter()
        .flat_map(|(root, files)| tracked(root, files))
        .collect();
    let places: BTreeSet<PathBuf> = tracked.iter().cloned().collect();
    assert_eq!(places.len(), tracked.len(), "two tests share a snapshot");
    let remembered = remembered(&root().join("snapshots"));
    let orphans: Vec<&PathBuf> = remembered.difference(&places).collect();
    assert!(
        orphans.is_empty(),
        "nothing tracks these any more: {orphans:#?}"
    );
}
