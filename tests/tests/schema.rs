//! The editor schemas: as the command prints them, true of every file shipped, and as strict as a schema can be.

use jsonschema::Validator;
use netspec_tests::{netspec, root, said};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

const SCENARIO: &str = "scenarios/schema.json";
const PROJECT: &str = "scenarios/netspec.schema.json";
const SHARED: &str = "scenarios/shared.schema.json";
const WORLD: &str = "lab/worlds/schema.json";

/// Refused for reasons that no schema can express: what a name stands for, how values relate, what is inside a text.
const BEYOND_A_SCHEMA: &[&str] = &[
    "conduct/samples-any",
    "conduct/samples-none",
    "dns/across-servers-of-one",
    "dns/asserts-nothing",
    "dns/no-domain-name",
    "dns/nobody-to-ask",
    "dns/resolver-beside-rows",
    "dns/resolver-by-host-name",
    "dns/resolver-in-two-rows",
    "dns/resolver-over-anything",
    "dns/resolver-over-tls-by-name",
    "dns/resolver-port-0",
    "dns/servers-beside-rows",
    "dns/timeout-of-nothing",
    "dns/trust-anchor",
    "dns/unknown-fact-across",
    "dns/unknown-resolver",
    "dns/unknown-type",
    "dns/url-for-a-name",
    "exec/off",
    "expect/bad-regex",
    "expect/between-reversed",
    "expect/between-three",
    "expect/count-of-anything",
    "expect/huge-regex",
    "expect/look-around",
    "expect/no-network",
    "http/addresses",
    "http/no-method",
    "http/nobody-to-ask",
    "http/proxies",
    "http/two-methods",
    "http/url",
    "jsonpath/count-not-compared",
    "jsonpath/match-compared",
    "jsonpath/name-with-a-dash",
    "jsonpath/no-root",
    "jsonpath/too-deep",
    "jsonpath/too-long",
    "jsonpath/unclosed",
    "jsonpath/unknown-name",
    "keys/file-name-twice",
    "keys/name-twice",
    "keys/no-query",
    "language/capture-below",
    "language/capture-in-a-name",
    "language/capture-of-a-row",
    "language/capture-of-several",
    "language/capture-twice",
    "language/capture-unknown-fact",
    "language/capture-unused",
    "language/cycle-of-names",
    "language/for-each-file-outside",
    "language/for-each-no-file",
    "language/for-each-ragged-file",
    "language/for-each-rows-differ",
    "language/for-each-same-rows",
    "language/for-each-too-many",
    "language/for-each-unused",
    "language/include-a-scenario",
    "language/include-cycle",
    "language/include-faulty",
    "language/include-missing",
    "language/include-outside",
    "language/key-twice-when-filled",
    "language/list-within-text",
    "language/nothing-defined",
    "language/secret-in-a-name",
    "language/unclosed",
    "language/undeclared-secret",
    "language/unknown-name",
    "language/unknown-source",
    "language/unset-variable",
    "language/use-cycle",
    "language/use-of-another-probe",
    "language/use-unknown",
    "language/wrong-value",
    "ping/asserts-nothing",
    "ping/interval-of-nothing",
    "ping/too-large",
    "ping/too-small",
    "route/asserts-nothing",
    "route/confidence-of-one-flow",
    "route/nobody-to-ask",
    "route/path-mtu-by-tcp",
    "route/target-with-a-port",
    "tcp/steps-beside-steps",
    "tls/no-such-file",
    "tls/sni-is-an-address",
    "tls/tracks-what-moves",
    "track/unknown-of-an-address",
    "track/unknown",
    "track/volatile-within",
    "track/volatile",
];

#[track_caller]
fn fresh(of: &str, path: &str) {
    let printed = said(netspec!("schema", of)).out;
    let committed = fs::read_to_string(root().join(path)).unwrap_or_default();
    let renew = format!("cargo run -p netspec -- schema {of} > {path}");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(root().join(path), &printed).expect("writable");
        return;
    }
    assert!(
        printed == committed,
        "{path} is not what the reader reads any more; renew it: {renew}"
    );
}

#[test]
fn the_scenario_schema_is_fresh() {
    fresh("scenario", SCENARIO);
}

#[test]
fn the_project_schema_is_fresh() {
    fresh("project", PROJECT);
}

#[test]
fn the_schema_of_shared_files_is_fresh() {
    fresh("shared", SHARED);
}

#[test]
fn the_world_schema_is_fresh() {
    fresh("world", WORLD);
}

fn validator(path: &str) -> Validator {
    let text = fs::read_to_string(root().join(path)).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema that is one")
}

/// A YAML 1.2 file as JSON; nothing where it is no YAML.
fn json(file: &Path) -> Option<Value> {
    let options = serde_saphyr::options! { strict_booleans: true };
    let text = fs::read_to_string(root().join(file)).ok()?;
    serde_saphyr::from_str_with_options(&text, options).ok()
}

/// The YAML files below a folder, and which schema is theirs; folders that begin with a dot are somebody's work in progress.
fn shipped(folder: &str) -> Vec<(PathBuf, &'static str)> {
    let hidden = |name: &str| name.starts_with('.');
    let entries = WalkDir::new(root().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !entry.file_name().to_str().is_some_and(hidden));
    let files = entries.map(|entry| entry.expect("readable").into_path());
    let yaml = files.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    yaml.map(|path| {
        (
            path.strip_prefix(root()).expect("below").to_owned(),
            schema_of(&path),
        )
    })
    .collect()
}

fn schema_of(path: &Path) -> &'static str {
    let inside = |name: &str| path.parent().is_some_and(|folder| folder.ends_with(name));
    let (world, shared) = (inside("worlds"), inside("shared"));
    match path.file_name().and_then(|name| name.to_str()) {
        Some("netspec.yaml") => PROJECT,
        Some("world.yaml") => WORLD,
        _ if world => WORLD,
        _ if shared => SHARED,
        _ => SCENARIO,
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let validators = [SCENARIO, PROJECT, SHARED, WORLD].map(|path| (path, validator(path)));
    let mut seen = 0;
    let mut wrong = Vec::new();
    let project = (PathBuf::from("netspec.yaml"), PROJECT);
    let files = shipped("scenarios")
        .into_iter()
        .chain(shipped("lab/worlds"))
        .chain([project]);
    for (file, schema) in files.filter(|(file, _)| !file.starts_with("scenarios/refused")) {
        let written = json(&file).unwrap_or_else(|| panic!("{} is no YAML", file.display()));
        if written.is_array() {
            continue; // rows of a `for-each`, whose names are their own
        }
        let (_, validator) = validators
            .iter()
            .find(|(path, _)| *path == schema)
            .expect("one of them");
        let problems = validator.iter_errors(&written);
        wrong.extend(
            problems.map(|problem| {
                format!("{}: {}: {problem}", file.display(), problem.instance_path())
            }),
        );
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 40, "only {seen} files were looked at");
}

#[test]
fn what_is_refused_is_invalid_where_a_schema_can_say_so() {
    let validator = validator(SCENARIO);
    let mut valid = Vec::new();
    let files = shipped("scenarios/refused");
    assert!(
        files.len() > 100,
        "only {} files were looked at",
        files.len()
    );
    for (file, _) in files {
        let name = file
            .strip_prefix("scenarios/refused")
            .expect("below")
            .with_extension("");
        if json(&file).is_some_and(|written| validator.is_valid(&written)) {
            valid.push(name.display().to_string());
        }
    }
    assert_eq!(
        valid, BEYOND_A_SCHEMA,
        "the left are valid, the right are listed to be"
    );
}
