//! Every snapshot here belongs to a test that tracks something, and to one alone.
//!
//! This test stands beside the snapshots because `cargo insta` looks for them beside tests.

use netspec::files;
use netspec::plan::{Case, Plan};
use netspec::project::Project;
use netspec::snapshot;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
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

/// The tests of the scenarios that are meant to hold: the others remember nothing.
fn cases(project: &Project) -> Vec<Case> {
    let scenarios = root().join("scenarios");
    let elsewhere = ["refused", "failing"].map(|name| scenarios.join(name));
    let mut files = files::files(&[scenarios]).expect("the folder is there");
    files.retain(|file| !elsewhere.iter().any(|folder| file.starts_with(folder)));
    Plan::of(&files, project).expect("one project").cases
}

#[test]
fn every_snapshot_belongs_to_one_test() {
    let project = Project::of(&root()).expect("the project's file is sound");
    let cases = cases(&project);
    let tracked = cases.iter().filter(|case| snapshot::tracks(case));
    let tracked: Vec<PathBuf> = tracked.map(|case| place(case, &project)).collect();
    let places: BTreeSet<PathBuf> = tracked.iter().cloned().collect();
    assert_eq!(places.len(), tracked.len(), "two tests share a snapshot");
    let remembered = remembered(&project.snapshots);
    let orphans: Vec<&PathBuf> = remembered.difference(&places).collect();
    assert!(
        orphans.is_empty(),
        "nothing tracks these any more: {orphans:#?}"
    );
}
