//! The elements of a set: what is expected of them leaf by leaf, and how they are shown.

use super::{Tri, show, under};
use crate::expect::{At, Expect, What};
use crate::finding::{Mark, Row};
use crate::shape::{Shape, Text};
use serde_json::Value;

/// One leaf of what is expected of an element: the keys down to it, and what is expected there.
pub(super) struct Leaf<'e> {
    pub(super) keys: Vec<&'e str>,
    pub(super) word: String,
    pub(super) expect: &'e Expect,
}

impl<'e> Leaf<'e> {
    fn whole(expect: &'e Expect) -> Self {
        Self {
            keys: Vec::new(),
            word: String::new(),
            expect,
        }
    }

    /// The same leaf, seen from one key further up.
    fn under(self, key: &'e str, word: &str) -> Self {
        let joint = if self.word.is_empty() { "" } else { "." };
        let keys = std::iter::once(key).chain(self.keys).collect();
        Self {
            keys,
            word: format!("{word}{joint}{}", self.word),
            expect: self.expect,
        }
    }

    pub(super) fn find<'v>(&self, item: &'v Value) -> Option<&'v Value> {
        self.keys
            .iter()
            .try_fold(item, |value, key| under(value, key))
    }

    fn shown(&self, item: &Value) -> String {
        let shape = shape(self.expect).unwrap_or(&Shape::Any);
        self.find(item)
            .map_or_else(|| "?".to_owned(), |seen| show(seen, shape))
    }

    pub(super) fn mark(&self, tri: Tri) -> Mark {
        match tri {
            Tri::Yes => Mark::Right,
            Tri::No => Mark::Wrong(format!("expected {}", self.expect.wanted())),
            Tri::Unknown => not_known(),
        }
    }

    /// What an element is where the leaf does not hold.
    pub(super) fn otherwise(&self) -> &'static str {
        match shape(self.expect) {
            Some(Shape::Text(Text::Asn | Text::Country | Text::Within)) => "elsewhere",
            _ => "not so",
        }
    }
}

/// What one value is held as.
fn shape(expect: &Expect) -> Option<&Shape> {
    match &expect.what {
        What::Is(_, shape) => Some(shape),
        What::All(all) => shape(all.first()?),
        _ => None,
    }
}

pub(super) fn not_known() -> Mark {
    Mark::Unknown("not known".to_owned())
}

/// The leaves of what is expected of one element. Records in records are walked down; one with a `$` key, which looks
/// elsewhere, is a leaf as a whole.
pub(super) fn leaves(expect: &Expect) -> Vec<Leaf<'_>> {
    let What::Record(facts) = &expect.what else {
        return vec![Leaf::whole(expect)];
    };
    let mut found = Vec::new();
    for fact in facts {
        let At::Field(field) = &fact.at else {
            return vec![Leaf::whole(expect)];
        };
        let inner = leaves(&fact.expect);
        found.extend(
            inner
                .into_iter()
                .map(|leaf| leaf.under(&field.key, &field.word)),
        );
    }
    found
}

/// What the element is called, and what is there for each leaf.
pub(super) fn row(item: &Value, leaves: &[Leaf<'_>], mark: Mark) -> Row {
    let told = leaves
        .iter()
        .filter(|leaf| !leaf.keys.is_empty() && leaf.keys != ["address"]);
    let own = leaves.iter().find(|leaf| leaf.keys.is_empty());
    let name = match own {
        Some(leaf) if item.is_number() => leaf.shown(item), // with its unit
        _ => show::headline(item),
    };
    let cells = std::iter::once(name).chain(told.map(|leaf| leaf.shown(item)));
    Row {
        cells: cells.collect(),
        mark,
    }
}
