//! The folders of a drill: what is remembered, a copy for each incident, and the worlds.

use super::child::Broken;
use super::look::Look;
use netspec_lab::World;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;
use walkdir::WalkDir;

/// A folder of its own that goes with the drill, and where worlds are kept.
#[derive(Debug)]
pub(super) struct Ground {
    folder: TempDir,
    worlds: PathBuf,
    /// The parts of memory that the tests read, from the folder of what is normal.
    parts: Mutex<Option<BTreeSet<PathBuf>>>,
}

fn broken(folder: &Path) -> impl Fn(io::Error) -> Broken {
    move |error| Broken::Files(format!("{}: {error}", folder.display()))
}

impl Ground {
    pub(super) fn new(snapshots: &Path, keep: Option<PathBuf>) -> Result<Self, Broken> {
        let folder = tempfile::tempdir().map_err(broken(&std::env::temp_dir()))?;
        let worlds = keep.unwrap_or_else(|| folder.path().join("worlds"));
        fs::create_dir_all(&worlds).map_err(broken(&worlds))?;
        let ground = Self {
            folder,
            worlds,
            parts: Mutex::default(),
        };
        copy(snapshots, &ground.normal()).map_err(broken(snapshots))?;
        Ok(ground)
    }

    /// What is remembered of the unchanged world.
    pub(super) fn normal(&self) -> PathBuf {
        self.folder.path().join("normal")
    }

    /// From here on, only what these tests read is copied.
    pub(super) fn keep_only(&self, look: Option<&Look>) {
        let folders = look.into_iter().flat_map(|look| &look.tests);
        let parts = folders.filter_map(|test| {
            let below = test.memory.as_ref()?.strip_prefix(self.normal()).ok()?;
            Some(below.to_owned())
        });
        if let Ok(mut known) = self.parts.lock() {
            *known = Some(parts.collect());
        }
    }

    /// A copy of what is remembered, for one incident.
    pub(super) fn memory(&self, index: usize) -> Result<PathBuf, Broken> {
        let to = self.folder.path().join("incidents").join(index.to_string());
        fs::create_dir_all(&to).map_err(broken(&to))?;
        let parts = self.parts.lock().ok().and_then(|parts| parts.clone());
        for part in parts.unwrap_or_default() {
            copy(&self.normal().join(&part), &to.join(&part)).map_err(broken(&to))?;
        }
        Ok(to)
    }

    /// What one incident remembered is of no use to any other.
    pub(super) fn forget(&self, memory: &Path) {
        let _ = fs::remove_dir_all(memory);
    }

    /// The world as a file. JSON is YAML, and world files are that.
    pub(super) fn world(&self, name: &str, world: &World) -> Result<PathBuf, Broken> {
        let file = self.worlds.join(format!("{name}.yaml"));
        let mut world = world.clone();
        world.incidents.clear();
        let text = serde_json::to_string_pretty(&world)
            .map_err(|error| Broken::Files(format!("world {name} cannot be written: {error}")))?;
        fs::write(&file, text).map_err(broken(&file))?;
        Ok(file)
    }
}

/// Snapshots and models, with their folders; nothing where there are none yet.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let remembered = |path: &Path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        name.ends_with(".snap") || name.ends_with(".yaml")
    };
    for entry in WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let below = entry.path().strip_prefix(from).unwrap_or(entry.path());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to.join(below))?;
        } else if remembered(entry.path()) {
            fs::copy(entry.path(), to.join(below))?;
        }
    }
    Ok(())
}
