//! The files a suite is made of.

use super::{Suite, canonical};
use crate::files;
use crate::language::Given;
use crate::plan::Plan;
use crate::project::Project;
use libtest_mimic::Arguments;
use std::path::{Path, PathBuf};

/// The scenario files to read, as seen from the project's folder, and their project.
pub(super) struct Files {
    pub(super) project: Project,
    paths: Vec<PathBuf>,
}

/// The name of a trial that fails because there is nothing to try, and why.
type Nothing = (String, String);

impl Files {
    /// The files of a suite. Where the arguments name one test exactly, as `cargo nextest` does for each test of a
    /// process, only the file with that test is read.
    ///
    /// From here on the process stands in the project's folder, so that messages name files from there.
    pub(super) fn of(suite: &Suite, arguments: &Arguments) -> Result<Self, Nothing> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(suite.package), PathBuf::from);
        let here = |why: String| (suite.paths.join(", "), why);
        let paths = absolute(&package, suite.paths).map_err(here)?;
        let except = absolute(&package, suite.except).map_err(here)?;
        let project = project(&package, &paths, arguments.list)?;
        let mut files = files::files(&paths).map_err(here)?;
        files.retain(|file| !except.iter().any(|left_out| file.starts_with(left_out)));
        if files.is_empty() {
            return Err(here(
                "there is no scenario here: a suite of no tests proves nothing".to_owned(),
            ));
        }
        if let Some(name) = arguments.filter.as_deref().filter(|_| arguments.exact) {
            files.retain(|file| name.contains(&project.name_of(file)));
        }
        let from_root = |file: PathBuf| {
            file.strip_prefix(&project.root)
                .map(Path::to_owned)
                .unwrap_or(file)
        };
        Ok(Self {
            paths: files.into_iter().map(from_root).collect(),
            project,
        })
    }

    /// The tests in them.
    ///
    /// # Errors
    /// A file that went away meanwhile.
    pub(super) fn plan(&self) -> Result<Plan, String> {
        Plan::of(&self.paths, &self.project)
    }
}

fn absolute(package: &Path, paths: &[&str]) -> Result<Vec<PathBuf>, String> {
    paths
        .iter()
        .map(|path| canonical(&package.join(path)))
        .collect()
}

/// The project of the first path; without a `netspec.yaml`, the package's folder. Where tests are only listed, secrets stay
/// where they are.
fn project(package: &Path, paths: &[PathBuf], sealed: bool) -> Result<Project, Nothing> {
    let stand = |folder: &Path| {
        let moved = std::env::set_current_dir(folder);
        moved.map_err(|error| (folder.display().to_string(), error.to_string()))
    };
    stand(package)?;
    let first = paths.first().map_or(package, PathBuf::as_path);
    let mut given = Given::default();
    given.sealed = sealed;
    let project = Project::given(first, given)
        .map_err(|faulty| (crate::project::FILE_NAME.to_owned(), faulty.render(false)))?;
    stand(&project.root)?;
    Ok(project)
}
