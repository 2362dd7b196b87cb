//! Models as files: YAML that a person can read and review, written whole or not at all.

use super::{Normal, VERSION};
use crate::network::Network;
use crate::plan::Case;
use crate::snapshot;
use serde_json::Value;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest model that is read, in octets.
const LARGEST: u64 = 4 << 20;

/// Where a test's model is: beside its snapshot, by vantage.
pub fn place(case: &Case, network: &Network, folder: &Path) -> PathBuf {
    let vantage: String = network.vantage.name.chars().take(60).map(plain).collect();
    let folder = snapshot::folder(case, folder);
    folder.join(format!("{}.{vantage}.model.yaml", case.snapshot_name()))
}

fn plain(letter: char) -> char {
    match letter {
        letter if letter.is_alphanumeric() || "-_.".contains(letter) => letter,
        _ => '-',
    }
}

/// The model at that place, if there is one.
pub(super) fn read(file: &Path) -> Result<Option<Normal>, String> {
    let unusable = |why: &dyn std::fmt::Display| {
        let why = why.to_string();
        let why = why
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        format!(
            "the model {} cannot be used: {why}; remove it, and it is learned anew",
            file.display()
        )
    };
    match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(&error)),
        Ok(metadata) if metadata.len() > LARGEST => return Err(unusable(&"it is too large")),
        Ok(_) => {}
    }
    let text = fs::read_to_string(file).map_err(|error| unusable(&error))?;
    let tree: Value = serde_saphyr::from_str(&text).map_err(|error| unusable(&error))?;
    if tree["version"] != VERSION {
        return Err(unusable(&format!(
            "it is of version {}, this netspec knows {VERSION}",
            tree["version"]
        )));
    }
    serde_json::from_value(tree)
        .map(Some)
        .map_err(|error| unusable(&error))
}

/// Writes it there.
pub(super) fn write(file: &Path, model: &Normal) -> Result<(), String> {
    let unusable = |why: &dyn std::fmt::Display| {
        format!("the model {} cannot be written: {why}", file.display())
    };
    let mut tree = serde_json::to_value(model).map_err(|error| unusable(&error))?;
    without_nothing(&mut tree);
    let text = format!("{HEADER}{}\n", snapshot::yaml(&tree));
    snapshot::write_whole(file, &text).map_err(|error| unusable(&error))
}

const HEADER: &str = "\
# What is normal here, learned by netspec from what it saw; docs/detection.md says how it is used.
# It may be read, reviewed, corrected and removed: without it, what is tracked is held against the snapshot alone.
";

/// What is not known has no key.
fn without_nothing(tree: &mut Value) {
    match tree {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(without_nothing);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nothing),
        _ => {}
    }
}
