//! The words of a whole file, before its checks.

use super::scope::entries;
use super::{COMMON, Origin, Scope, Shelf, Words};
use crate::keys::Fields;
use crate::project::Project;
use crate::source::Source;
use netspec_assertions::problem::Problems;
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use std::sync::Arc;

/// What a scenario defines and includes, with everything beside its checks filled in. What it includes is taken in by
/// `source`, and the resolvers of that stand among its own.
pub fn scenario(
    node: &mut Node,
    source: &mut Source,
    project: &Project,
    problems: &mut Problems,
) -> Words {
    source.take_in(project.source.clone());
    let shelf = shelf(node, source, &project.root, problems);
    add_resolvers(node, shelf.resolvers.clone());
    let vars = Arc::new(shelf.vars.clone());
    let scope = Scope::new(Arc::clone(&project.secrets))
        .then(Origin::Given, Arc::clone(&project.given.names))
        .then(Origin::Vars, vars)
        .then(Origin::Vars, Arc::clone(&project.vars));
    let shelf = shelf.or(&project.shelf);
    let words = Words::new(
        scope,
        shelf,
        project.given.clone(),
        source.clone(),
        project.root.clone(),
    );
    words.fill_file(
        node,
        &["checks", "include", "vars", "expectations"],
        problems,
    );
    words
}

/// The same of `netspec.yaml`, whose secrets are read first.
pub fn project(
    node: &mut Node,
    source: &mut Source,
    project: &Project,
    problems: &mut Problems,
) -> Shelf {
    let shelf = shelf(node, source, &project.root, problems);
    add_resolvers(node, shelf.resolvers.clone());
    let scope = Scope::new(Arc::clone(&project.secrets))
        .then(Origin::Given, Arc::clone(&project.given.names))
        .then(Origin::Vars, Arc::new(shelf.vars.clone()));
    let words = Words::new(
        scope,
        Shelf::default(),
        project.given.clone(),
        source.clone(),
        project.root.clone(),
    );
    words.fill_file(
        node,
        &["include", "vars", "expectations", "secrets"],
        problems,
    );
    shelf
}

/// What is wrong with the keys is said when they are read in earnest.
fn shelf(
    node: &Node,
    source: &mut Source,
    root: &std::path::Path,
    problems: &mut Problems,
) -> Shelf {
    let fields = Fields::read(node, "a file", &[COMMON], &mut Problems::default());
    fields.map_or_else(Shelf::default, |fields| {
        Shelf::read(&fields, source, root, problems)
    })
}

/// A file's own resolvers go before those it includes.
fn add_resolvers(node: &mut Node, included: Vec<Entry>) {
    let Value::Map(keys) = &mut node.value else {
        return;
    };
    if included.is_empty() {
        return;
    }
    let Some(own) = keys.iter_mut().find(|entry| entry.key.value == "resolvers") else {
        let key = Spanned::new("resolvers".to_owned(), Span::default());
        let value = Node::new(Value::Map(included), Span::default());
        keys.push(Entry { key, value });
        return;
    };
    let known: Vec<String> = entries(&own.value)
        .iter()
        .map(|entry| entry.key.value.clone())
        .collect();
    if let Value::Map(own) = &mut own.value.value {
        own.extend(
            included
                .into_iter()
                .filter(|entry| !known.contains(&entry.key.value)),
        );
    }
}
