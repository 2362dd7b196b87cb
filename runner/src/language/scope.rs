//! What names stand for at a place.

use super::secrets::Secrets;
use netspec_assertions::written::{Entry, Node, Span, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a name has its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A row of the check's `for-each`.
    Row,
    /// An earlier check's `capture`.
    Capture,
    /// `--var` on the command line.
    Given,
    /// `vars` of a file.
    Vars,
}

/// Names of one origin and what they stand for.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Where they are from.
    pub origin: Origin,
    /// What they stand for.
    pub names: Arc<BTreeMap<String, Node>>,
}

/// All names that can be used at a place, and the secrets.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    layers: Vec<Layer>,
    /// What `${secret:…}` stands for.
    pub secrets: Arc<Secrets>,
}

impl Scope {
    /// No names yet.
    pub fn new(secrets: Arc<Secrets>) -> Self {
        let layers = Vec::new();
        Self { layers, secrets }
    }

    /// With names that are looked at after those there are.
    #[must_use]
    pub fn then(mut self, origin: Origin, names: Arc<BTreeMap<String, Node>>) -> Self {
        self.layers.push(Layer { origin, names });
        self
    }

    /// With names that go before those there are.
    #[must_use]
    pub fn with(&self, origin: Origin, names: Arc<BTreeMap<String, Node>>) -> Self {
        let first = Layer { origin, names };
        let layers = std::iter::once(first).chain(self.layers.iter().cloned());
        Self {
            layers: layers.collect(),
            secrets: Arc::clone(&self.secrets),
        }
    }

    /// What a name stands for.
    pub(super) fn find(&self, name: &str) -> Option<(Origin, &Node)> {
        let mut layers = self.layers.iter();
        layers.find_map(|layer| Some((layer.origin, layer.names.get(name)?)))
    }

    /// All names.
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self.layers.iter().flat_map(|layer| layer.names.keys());
        names.map(String::as_str).collect()
    }
}

/// The entries of a mapping; none of anything else.
pub(super) fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// Everything at one place.
pub(super) fn placed(node: &mut Node, span: Span) {
    node.span = span;
    children(node, &mut |child| placed(child, span));
}

/// Everything so much further on.
pub(super) fn moved(node: &mut Node, by: usize) {
    let on = |span: &mut Span| {
        span.start += by;
        span.end += by;
    };
    on(&mut node.span);
    if let Value::Map(entries) = &mut node.value {
        entries.iter_mut().for_each(|entry| on(&mut entry.key.span));
    }
    children(node, &mut |child| moved(child, by));
}

fn children(node: &mut Node, each: &mut dyn FnMut(&mut Node)) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(each),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| each(&mut entry.value)),
        _ => {}
    }
}
