//! Mutants of the worlds that come with the crate.

use std::collections::BTreeSet;

use super::*;
use crate::builtin;

fn world(name: &str) -> World {
    World::parse(builtin(name).unwrap(), name).unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn every_kind_comes_by_and_every_name_is_one_of_a_kind() {
    let mutants = world("paris-2023").mutants();
    let kinds: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.kind).collect();
    let all = [
        "addresses-moved",
        "alias-moved",
        "as-gone",
        "as-inserted",
        "as-renamed",
        "as-replaced",
        "block-attributed",
        "body-changed",
        "bogon",
        "certificate-expired",
        "certificate-renewed",
        "counts-down",
        "hop-gone",
        "hop-silent",
        "injector",
        "jitter",
        "longer",
        "loses",
        "no-such-name",
        "one-elsewhere",
        "other-issuer",
        "other-name",
        "pool-renewed",
        "port-closed",
        "rate-limited",
        "rehashed",
        "reordered",
        "resolver-lies",
        "rotates",
        "second-router",
        "self-signed",
        "slower",
        "status-500",
        "unreachable",
        "unreached",
    ];
    assert_eq!(kinds, all.into_iter().collect());
    for name in [
        "echo",
        "paris-2023",
        "paths",
        "resolvers",
        "services",
        "traps",
    ] {
        let mutants = world(name).mutants();
        let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        assert_eq!(names.len(), mutants.len(), "{name}");
        assert!(mutants.iter().all(|mutant| !mutant.incident.why.is_empty()));
    }
}

/// Two worlds are the same where they read the same.
fn text(world: &World) -> String {
    serde_json::to_string(world).unwrap()
}

#[test]
fn a_mutant_is_another_world_that_can_be_written_and_read_back() {
    for name in [
        "echo",
        "paris-2023",
        "paths",
        "resolvers",
        "services",
        "traps",
    ] {
        let mut world = world(name);
        world.incidents.clear();
        for mutant in sample(world.mutants(), 40, 1) {
            let mutated = world.after(&mutant.incident).unwrap();
            let read = World::parse(&text(&mutated), &mutant.name);
            let read = read.unwrap_or_else(|problem| panic!("{problem}"));
            let (read, wrote) = (text(&read), text(&mutated));
            let at = read
                .bytes()
                .zip(wrote.bytes())
                .position(|(read, wrote)| read != wrote);
            let around = |text: &str| {
                text.chars()
                    .skip(at.unwrap_or(0))
                    .take(80)
                    .collect::<String>()
            };
            assert!(
                read == wrote,
                "{}: {} or {}",
                mutant.name,
                around(&read),
                around(&wrote)
            );
        }
    }
}

#[test]
fn a_sample_has_something_of_every_kind_and_is_the_same_every_time() {
    let names = |seed| -> Vec<String> {
        let all = sample(world("paris-2023").mutants(), 40, seed);
        all.into_iter().map(|mutant| mutant.name).collect()
    };
    let kinds: BTreeSet<&str> = sample(world("paris-2023").mutants(), 40, 1)
        .iter()
        .map(|mutant| mutant.kind)
        .collect();
    assert_eq!((names(1).len(), kinds.len()), (40, 35));
    assert_eq!(names(1), names(1));
    assert_ne!(names(1), names(2));
    assert_eq!(
        sample(world("paris-2023").mutants(), 100_000, 1).len(),
        world("paris-2023").mutants().len()
    );
}

#[test]
fn a_mutant_is_an_incident_by_its_name() {
    let name = "alias-moved-cmmsns.qpic.cn@cloudflare";
    let mutated = world("paris-2023").with_incident(name).unwrap();
    let said = |at: &str| {
        let records = &mutated.resolvers[at].records;
        let found = records
            .iter()
            .find(|line| line.0.name.to_string() == "cmmsns.qpic.cn.");
        found.unwrap().0.data.to_string()
    };
    assert_eq!(said("cloudflare"), "cmmsns.qpic.cn.elsewhere.test.");
    assert_eq!(said("orange"), "mmsns.qpic.wechatos.net.");
    assert!(
        world("paris-2023")
            .with_incident("alias-moved-nowhere")
            .is_err()
    );
}
