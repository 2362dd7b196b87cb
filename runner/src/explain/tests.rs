use super::{Found, Role, Topic, find, pages, topics};
use crate::probe;
use crate::yaml;
use netspec_assertions::expect;
use netspec_assertions::problem::Problems;
use netspec_assertions::written::Value;
use std::collections::BTreeSet;

fn all() -> Vec<Topic> {
    topics(&crate::cli::command())
}

#[test]
fn every_topic_says_something_under_a_name_of_its_own() {
    let topics = all();
    assert!(topics.len() > 150, "only {}", topics.len());
    let mut names = BTreeSet::new();
    for topic in &topics {
        assert!(!topic.about.is_empty(), "{} says nothing", topic.name());
        let name = (topic.role, topic.name());
        assert!(names.insert(name), "{} stands twice", topic.name());
    }
}

#[test]
fn the_example_of_every_fact_is_an_expectation_that_is_read() {
    let topics = all();
    let facts = topics.iter().filter(|topic| topic.role == Role::Fact);
    let mut read = 0;
    for fact in facts {
        let kind = fact.within.split('.').next().and_then(probe::find).unwrap();
        let example = fact.example.as_deref().unwrap();
        let mut problems = Problems::default();
        let node = yaml::read(example, &mut problems)
            .unwrap_or_else(|problem| panic!("{example}: {problem:?}"));
        let Value::Map(entries) = &node.value else {
            panic!("{example}");
        };
        let expected = expect::read(&entries[0].value, (kind.shape)(), &mut problems);
        assert!(
            expected.is_some() && problems.0.is_empty(),
            "{example}: {problems:?}"
        );
        read += 1;
    }
    assert!(read > 60, "only {read}");
}

#[track_caller]
fn names(typed: &str) -> Vec<String> {
    match find(typed, &all()) {
        Found::Topics(found) => found.iter().map(|topic| topic.name()).collect(),
        Found::Nearest(nearest) => vec![format!("{nearest}?")],
        Found::Nothing => Vec::new(),
    }
}

#[test]
fn a_word_is_found_by_its_name_or_the_end_of_it() {
    let both = ["at-least", "tls.versions.at-least"];
    assert_eq!(names("at-least"), both);
    assert_eq!(names("AT-LEAST"), both);
    assert_eq!(names("dns.addresses.asn"), ["dns.addresses.asn"]);
    assert_eq!(names("exit.2"), ["exit.2"]);
    assert_eq!(names("needs.icmp"), ["needs.icmp"]);
    assert!(names("lints").contains(&"lints.never-holds".to_owned()));
    assert_eq!(names("run --seed"), ["netspec run --seed"]);
    assert!(names("asn").contains(&"route.destination.asn".to_owned()));
    assert!(names("needs").contains(&"check.needs".to_owned()));
}

#[test]
fn what_is_misspelled_is_suggested() {
    assert_eq!(names("at-laest"), ["at-least?"]);
    assert_eq!(names("dns.adresses"), ["dns.addresses?"]);
    assert_eq!(names("zebra-crossing"), [""; 0]);
}

#[test]
fn every_topic_is_on_a_page() {
    let topics = all();
    let pages: String = pages(&topics).into_iter().map(|page| page.text).collect();
    for topic in &topics {
        assert!(
            pages.contains(&topic.word),
            "{} is on no page",
            topic.name()
        );
    }
}
