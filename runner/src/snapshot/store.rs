//! The files: read as insta reads them, written whole or not at all, for another process may write the same one.

use super::{Policy, shown};
use crate::plan::Case;
use insta::Snapshot;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where a test's snapshot is.
pub(super) struct Place {
    pub(super) file: PathBuf,
    description: String,
    input_file: String,
    references: Option<PathBuf>,
}

impl Place {
    pub(super) fn of(case: &Case, policy: &Policy) -> Self {
        let cell = case
            .cell()
            .name
            .as_deref()
            .map(|cell| format!(" [{cell}]"))
            .unwrap_or_default();
        let folder = folder(case, &policy.folder);
        Self {
            file: folder.join(format!("{}.snap", case.snapshot_name())),
            description: format!("{}{cell}", case.check().name.value),
            input_file: from_root(&case.scenario.source.path, &policy.root),
            references: policy.references.clone(),
        }
    }

    fn pending(&self) -> PathBuf {
        self.file.with_extension("snap.new")
    }

    /// What was remembered, if anything was.
    pub(super) fn read(&self) -> Result<Option<String>, String> {
        self.note_reference();
        match std::fs::metadata(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unusable(&error)),
            Ok(_) => {}
        }
        let snapshot = Snapshot::from_file(&self.file).map_err(|error| self.unusable(&error))?;
        let text = snapshot
            .as_text()
            .ok_or_else(|| self.unusable(&"it is not text"))?;
        Ok(Some(text.to_string()))
    }

    /// Writes the snapshot itself; nothing waits to be accepted then.
    pub(super) fn accept(&self, text: &str) -> Result<Option<PathBuf>, String> {
        self.write(&self.file, text)
            .map_err(|error| self.unusable(&error))?;
        self.forget_pending();
        Ok(None)
    }

    /// Leaves the text to be accepted.
    pub(super) fn propose(&self, text: &str) -> Result<Option<PathBuf>, String> {
        let pending = self.pending();
        self.write(&pending, text)
            .map_err(|error| self.unusable(&error))?;
        Ok(Some(pending))
    }

    /// What waits to be accepted is out of date.
    pub(super) fn forget_pending(&self) {
        let _ = std::fs::remove_file(self.pending());
    }

    fn unusable(&self, why: &dyn std::fmt::Display) -> String {
        format!("{}: {why}", shown(&self.file))
    }

    fn write(&self, file: &Path, text: &str) -> Result<(), Box<dyn std::error::Error>> {
        whole(file, |part| self.write_part(part, text))
    }

    /// insta writes the last form, so that one accepted by `cargo insta` and one written here are the same, byte for byte.
    fn write_part(&self, part: &Path, text: &str) -> Result<(), Box<dyn std::error::Error>> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let (description, input_file) = (quoted(&self.description), quoted(&self.input_file));
        let whole =
            format!("---\ndescription: {description}\ninput_file: {input_file}\n---\n{text}\n");
        std::fs::write(part, whole)?;
        Snapshot::from_file(part)?.save(part)
    }

    /// Tells `cargo insta test --unreferenced` that somebody asked for this snapshot.
    fn note_reference(&self) {
        let Some(list) = &self.references else { return };
        let opened = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(list);
        let line = format!("{}\n", self.file.display());
        let _ = opened.and_then(|mut list| list.write_all(line.as_bytes()));
    }
}

/// The folder of a test's snapshot.
pub(crate) fn folder(case: &Case, snapshots: &Path) -> PathBuf {
    snapshots.join(inside(&case.snapshot_folder()))
}

/// Writes a text to a file, whole or not at all.
pub(crate) fn write_whole(file: &Path, text: &str) -> Result<(), Box<dyn std::error::Error>> {
    whole(file, |part| Ok(std::fs::write(part, text)?))
}

/// Has a file written beside its place, and put there when it is whole.
fn whole(
    file: &Path,
    write: impl FnOnce(&Path) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!(".{}-{number}.snap-part", std::process::id()));
    let written = write(&part).and_then(|()| Ok(std::fs::rename(&part, file)?));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// The parts of a path that lead further down: a scenario outside the project is remembered inside its folder all the same.
fn inside(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect()
}

fn from_root(path: &Path, root: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below = absolute.strip_prefix(root).map(Path::to_owned);
    below
        .unwrap_or_else(|_| inside(path))
        .to_string_lossy()
        .replace('\\', "/")
}
