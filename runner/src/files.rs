//! Which scenario files the paths of a command line lead to.

use crate::project::FILE_NAME;
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What stands for standard input on a command line.
pub const STDIN: &str = "-";

/// The scenario files at these paths, in a fixed order, each once: a file, a folder with all its `.yaml` and `.yml`
/// files, or [`STDIN`].
///
/// # Errors
/// A path that leads nowhere, or a folder that cannot be read.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    found(paths, is_scenario)
}

/// All YAML files at these paths, project files too.
///
/// # Errors
/// As of [`files`].
pub fn yaml_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    found(paths, is_yaml)
}

fn found(paths: &[PathBuf], wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => found.extend(below(path, wanted)?),
            false if path.exists() || path.as_os_str() == STDIN => found.push(path.clone()),
            false => return Err(format!("no such file or folder: {}", path.display())),
        }
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        found.retain(|file| {
            seen.insert(std::fs::canonicalize(file).unwrap_or_else(|_| file.clone()))
        });
    }
    Ok(found)
}

fn below(folder: &Path, wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        if entry.file_type().is_file() && wanted(entry.path()) {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension == "yaml" || extension == "yml"
}

/// Whether a file's name is one that scenarios have.
fn is_scenario(path: &Path) -> bool {
    is_yaml(path) && path.file_name().is_some_and(|name| name != FILE_NAME)
}

/// Writes a file that is not there yet, whole or not at all.
///
/// # Errors
/// It is there, or cannot be written.
pub fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    Ok(beside(path, text)?.persist_noclobber(path).map(drop)?)
}

/// Writes a file whether it is there or not, whole or not at all; what a link leads to is replaced, and not the link.
///
/// # Errors
/// It cannot be written.
pub fn write_over(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Ok(beside(&path, text)?.persist(&path).map(drop)?)
}

/// The text in a file beside, which goes away where it does not take the other's name.
fn beside(path: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".netspec-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less what the user's mask takes
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Every path that is a glob replaced by what it matches; one that is there under its own name is no glob.
///
/// # Errors
/// A glob that is none, as `Err(Some(why))`; one that matches no scenario, as `Err(None)`.
pub fn globbed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, (PathBuf, Option<String>)> {
    let mut all = Vec::new();
    for path in paths {
        match path.to_str() {
            Some(pattern) if pattern.contains(['*', '?', '[']) && !path.exists() => {
                let found = matched(pattern).map_err(|why| (path.clone(), Some(why)))?;
                if found.is_empty() {
                    return Err((path.clone(), None));
                }
                all.extend(found);
            }
            _ => all.push(path.clone()),
        }
    }
    Ok(all)
}

/// The scenario files and folders that a glob matches, sorted.
fn matched(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        require_literal_separator: true,
        ..glob::MatchOptions::default()
    };
    let paths = glob::glob_with(pattern, options).map_err(|error| error.to_string())?;
    let found = paths.filter_map(Result::ok);
    Ok(found
        .filter(|path| path.is_dir() || is_scenario(path))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.yaml", "a.yml", "notes.md", "netspec.yaml", "deep/c.yaml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        folder
    }

    #[track_caller]
    fn check(pattern: &str, expect: &[&str]) {
        let folder = folder();
        let found = globbed(&[folder.path().join(pattern)])
            .and_then(|paths| files(&paths).map_err(|why| (PathBuf::new(), Some(why))));
        let below = |path: PathBuf| {
            let path = path.strip_prefix(folder.path()).unwrap().to_owned();
            path.display().to_string()
        };
        let found: Vec<String> = found.unwrap_or_default().into_iter().map(below).collect();
        assert_eq!(found, expect, "{pattern}");
    }

    #[test]
    fn a_glob_is_what_it_matches() {
        check("*.yaml", &["b.yaml"]);
        check("**/*.yaml", &["b.yaml", "deep/c.yaml"]);
        check("[ab].y*ml", &["a.yml", "b.yaml"]);
        check("d*", &["deep/c.yaml"]);
        check("", &["a.yml", "b.yaml", "deep/c.yaml"]);
        check("*.json", &[]);
    }

    #[test]
    fn what_matches_nothing_is_told_from_what_is_no_glob() {
        let nothing = globbed(&["nowhere/*.yaml".into()]).unwrap_err();
        assert_eq!(nothing.1, None);
        let none = globbed(&["nowhere/***".into()]).unwrap_err();
        assert!(none.1.is_some(), "{none:?}");
    }

    #[test]
    fn a_file_named_twice_is_one() {
        let folder = folder();
        let file = folder.path().join("b.yaml");
        let again = folder.path().join("deep/../b.yaml");
        assert_eq!(files(&[file.clone(), again]), Ok(vec![file]));
    }
}
