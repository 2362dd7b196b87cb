//! Rules that look at a file as it is written.

use crate::scenario::Scenario;
use netspec_assertions::problem::Problem;
use netspec_assertions::written::{Entry, Node, Value};
use std::collections::HashMap;

/// The file as a tree.
pub(super) fn tree(scenario: &Scenario) -> Option<Node> {
    super::unseen::read(&scenario.source.text)
}

/// What stands under a key.
pub(super) fn under<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    entries(node)
        .iter()
        .find(|entry| entry.key.value == key)
        .map(|entry| &entry.value)
}

fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The checks as they are written.
pub(super) fn checks(root: &Node) -> &[Node] {
    match under(root, "checks").map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

pub(super) fn remembers_nothing(scenario: &Scenario, found: &mut Vec<Problem>) {
    let tracked = scenario.checks.iter().flat_map(|check| &check.track);
    for selector in tracked.filter(|selector| selector.value.remembers_nothing()) {
        let message = format!("nothing of `{}` lasts", selector.value.text);
        found.push(Problem::new(selector.span, message));
    }
}

/// Keys of a check that change nothing of what it asks and expects.
const FOR_PEOPLE: [&str; 3] = ["name", "why", "tags"];

pub(super) fn same_check(scenario: &Scenario, found: &mut Vec<Problem>) {
    let Some(root) = tree(scenario) else {
        return;
    };
    let mut first: HashMap<String, String> = HashMap::new();
    for check in checks(&root) {
        let asked = entries(check)
            .iter()
            .filter(|entry| !FOR_PEOPLE.contains(&entry.key.value.as_str()));
        let Some(name) = under(check, "name") else {
            continue;
        };
        let place = scenario.source.place(name.span);
        let earlier = first.entry(map(asked)).or_insert_with(|| place.clone());
        if *earlier != place {
            let problem = Problem::new(name.span, "this check asks and expects what another does");
            found.push(problem.label(format!("the other is at {earlier}")));
        }
    }
}

/// A tree as text, the same for all trees that say the same.
fn normal(node: &Node) -> String {
    match &node.value {
        Value::List(items) => format!(
            "[{}]",
            items.iter().map(normal).collect::<Vec<_>>().join(",")
        ),
        Value::Map(entries) => map(entries.iter()),
        other => format!("{other:?}"),
    }
}

fn map<'n>(entries: impl Iterator<Item = &'n Entry>) -> String {
    let shown = entries.map(|entry| format!("{:?}:{}", entry.key.value, normal(&entry.value)));
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    format!("{{{}}}", shown.join(","))
}

pub(super) fn unused_resolver(scenario: &Scenario, found: &mut Vec<Problem>) {
    let Some(root) = tree(scenario) else {
        return;
    };
    let Some(resolvers) = under(&root, "resolvers") else {
        return;
    };
    let mut words = Vec::new();
    for entry in entries(&root) {
        match entry.key.value.as_str() {
            "resolvers" => entries(&entry.value)
                .iter()
                .for_each(|own| texts(&own.value, &mut words)),
            _ => texts(&entry.value, &mut words),
        }
    }
    if words.iter().any(|word| word.contains("${")) && under(&root, "vars").is_none() {
        return; // whom it names may come from the command line or from another file
    }
    for entry in entries(resolvers) {
        let name = entry.key.value.as_str();
        let named = |word: &&str| word.split(',').any(|part| part.trim() == name);
        if !words.iter().any(named) {
            let message = format!("nothing in this file asks `{name}`");
            found.push(Problem::new(entry.key.span, message));
        }
    }
}

pub(super) fn unused_name(scenario: &Scenario, found: &mut Vec<Problem>) {
    let Some(root) = tree(scenario) else {
        return;
    };
    let mut words = Vec::new();
    texts(&root, &mut words);
    let captured = checks(&root)
        .iter()
        .filter_map(|check| under(check, "capture"));
    let named = under(&root, "vars")
        .into_iter()
        .chain(captured)
        .flat_map(entries);
    for entry in named {
        let name = &entry.key.value;
        let used = |word: &&str| {
            let mut uses = word.split("${").skip(1);
            uses.any(|rest| {
                rest.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.starts_with(['}', '.', ':']))
            })
        };
        if !words.iter().any(used) {
            found.push(Problem::new(
                entry.key.span,
                format!("nothing uses `{name}`"),
            ));
        }
    }
}

/// Every key and every text of a tree.
fn texts<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    match &node.value {
        Value::Text(text) => found.push(text),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Map(entries) => entries.iter().for_each(|entry| {
            found.push(&entry.key.value);
            texts(&entry.value, found);
        }),
        _ => {}
    }
}
