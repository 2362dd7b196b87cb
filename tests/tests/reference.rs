//! docs/reference is what the tables say, and leads nowhere else.

use netspec::explain;
use netspec::probe::KINDS;
use netspec_tests::{netspec, root, said};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let files = entries.map(|entry| entry.expect("readable").path());
    files
        .map(|file| {
            let name = file
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&file).expect("readable"))
        })
        .collect()
}

#[test]
fn the_reference_is_fresh() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = said(netspec!("explain", "--markdown", folder.path()));
    assert_eq!(written.code, Some(0), "{written}");
    let (made, committed) = (pages(folder.path()), root().join("docs/reference"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let _ = fs::remove_dir_all(&committed);
        fs::create_dir_all(&committed).expect("writable");
        for (name, text) in &made {
            fs::write(committed.join(name), text).expect("writable");
        }
    }
    let committed = pages(&committed);
    let stale = made
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(text));
    let gone = committed.keys().filter(|name| !made.contains_key(*name));
    let stale: Vec<&String> = stale.map(|(name, _)| name).chain(gone).collect();
    assert!(
        stale.is_empty(),
        "{stale:?} are not what the reader reads any more; renew them: cargo run -p netspec -- explain --markdown docs/reference"
    );
}

#[test]
fn every_link_leads_to_a_page() {
    let pages = pages(&root().join("docs/reference"));
    let linked: Vec<&str> = pages["README.md"]
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(linked.len() > 5, "{linked:?}");
    for link in linked {
        let file = root().join("docs/reference").join(link);
        assert!(file.is_file(), "{link} is no page");
    }
}

#[test]
fn every_probe_has_a_page_with_its_example() {
    let topics = explain::topics(&netspec::cli::command());
    for kind in KINDS {
        let probe = topics.iter().find(|topic| topic.name() == kind.name);
        let probe = probe.unwrap_or_else(|| panic!("{} is no topic", kind.name));
        assert!(
            probe.example.is_some(),
            "{0} has no example: write scenarios/{0}/example.yaml and its row in runner/src/explain/examples.rs",
            kind.name
        );
    }
}
