//! What is said of a set.

use super::{Judge, show, under};
use crate::expect::{At, Expect, Quantifier, What};
use crate::finding::{Finding, Grade, Mark, Row};
use crate::shape::{Shape, Text};
use crate::written::Span;
use serde_json::Value;

/// Three answers, because not everything can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tri {
    Yes,
    No,
    Unknown,
}

/// One leaf of an expectation of a set's element: the keys down to it, and what is expected there.
struct Leaf<'e> {
    keys: Vec<&'e str>,
    word: String,
    expect: &'e Expect,
}

impl Judge<'_> {
    pub(super) fn set(&self, said: &[Quantifier], seen: &Value, word: &str) -> Vec<Finding> {
        let items: &[Value] = match seen {
            Value::Array(items) => items,
            Value::Null => &[],
            other => std::slice::from_ref(other),
        };
        let judged = |quantifier: &Quantifier| match quantifier {
            Quantifier::Every(inner) => under_all(self.every(inner, items, word), "every"),
            Quantifier::Some(inner) => under_all(self.some(inner, items, word), "some"),
            Quantifier::None(inner) => under_all(self.none(inner, items, word), "none"),
            Quantifier::Exactly(all, span) => {
                under_all(self.matched(all, items, *span, true), "exactly")
            }
            Quantifier::Include(all, span) => {
                under_all(self.matched(all, items, *span, false), "include")
            }
            Quantifier::Count(inner) => {
                let mut findings = self.any(inner, Some(&Value::from(items.len())), word);
                for finding in &mut findings {
                    finding.rows.extend(context(items));
                }
                under_all(findings, "count")
            }
        };
        said.iter().flat_map(judged).collect()
    }

    pub(super) fn holds(&self, expect: &Expect, seen: &Value) -> Tri {
        match self
            .any(expect, Some(seen), "")
            .iter()
            .map(|finding| finding.grade)
            .max()
        {
            None | Some(Grade::Note) => Tri::Yes,
            Some(Grade::Inconclusive) => Tri::Unknown,
            Some(Grade::Fail) => Tri::No,
        }
    }

    fn every(&self, inner: &Expect, items: &[Value], word: &str) -> Vec<Finding> {
        if items.is_empty() {
            let label = format!("there are no {}", plural(word));
            let hint =
                "`every` of nothing fails; if none at all is what you expect, write `absent`";
            return vec![Finding::new(Grade::Fail, inner.span, label).hint(hint)];
        }
        let leaves = leaves(inner);
        leaves
            .iter()
            .filter_map(|leaf| self.every_leaf(leaf, &leaves, items, word))
            .collect()
    }

    fn every_leaf(
        &self,
        leaf: &Leaf<'_>,
        all: &[Leaf<'_>],
        items: &[Value],
        word: &str,
    ) -> Option<Finding> {
        let verdicts: Vec<Tri> = items
            .iter()
            .map(|item| self.leaf_holds(leaf, item))
            .collect();
        let count = |wanted| {
            verdicts
                .iter()
                .filter(|verdict| **verdict == wanted)
                .count()
        };
        let (grade, bad, what) = match (count(Tri::No), count(Tri::Unknown)) {
            (0, 0) => return None,
            (0, unknown) => (Grade::Inconclusive, unknown, ""),
            (wrong, _) => (Grade::Fail, wrong, elsewhere(leaf.expect)),
        };
        let of = format!("{bad} of {} {}", items.len(), plural(word));
        let label = match (grade, bad) {
            (Grade::Inconclusive, _) => format!("not known of {of}"),
            (_, 1) => format!("{of} is {what}"),
            _ => format!("{of} are {what}"),
        };
        let rows = items
            .iter()
            .zip(&verdicts)
            .map(|(item, verdict)| row(item, all, mark(*verdict, leaf)));
        let mut finding = Finding::new(grade, leaf.expect.span, label).rows(rows.collect());
        if grade == Grade::Inconclusive {
            finding.hint = self.why(leaf, items);
        }
        Some(finding.under(&leaf.word))
    }

    /// The hint of the first item of which the leaf cannot be known.
    fn why(&self, leaf: &Leaf<'_>, items: &[Value]) -> Option<String> {
        items
            .iter()
            .flat_map(|item| self.any(leaf.expect, leaf.find(item), &leaf.word))
            .find_map(|finding| finding.hint)
    }

    fn leaf_holds(&self, leaf: &Leaf<'_>, item: &Value) -> Tri {
        match leaf.find(item) {
            Some(seen) => self.holds(leaf.expect, seen),
            None => Tri::Unknown,
        }
    }

    fn some(&self, inner: &Expect, items: &[Value], word: &str) -> Vec<Finding> {
        let verdicts: Vec<Tri> = items.iter().map(|item| self.holds(inner, item)).collect();
        let grade = match () {
            () if verdicts.contains(&Tri::Yes) => return Vec::new(),
            () if verdicts.contains(&Tri::Unknown) => Grade::Inconclusive,
            () => Grade::Fail,
        };
        let leaves = leaves(inner);
        let wanted = inner.wanted();
        let marked = |verdict| match verdict {
            Tri::Unknown => Mark::Unknown("not known".to_owned()),
            _ => Mark::Wrong(format!("expected {wanted}")),
        };
        let rows = items
            .iter()
            .zip(&verdicts)
            .map(|(item, verdict)| row(item, &leaves, marked(*verdict)));
        let label = match items.len() {
            0 => format!("there are no {}", plural(word)),
            n => format!("none of {n} {} is so", plural(word)),
        };
        vec![Finding::new(grade, inner.span, label).rows(rows.collect())]
    }

    fn none(&self, inner: &Expect, items: &[Value], word: &str) -> Vec<Finding> {
        if items.is_empty() {
            let label = format!("there are no {} to look at", plural(word));
            let hint = "if none at all is what you expect, write `absent`";
            return vec![Finding::new(Grade::Inconclusive, inner.span, label).hint(hint)];
        }
        let verdicts: Vec<Tri> = items.iter().map(|item| self.holds(inner, item)).collect();
        let count = |wanted| {
            verdicts
                .iter()
                .filter(|verdict| **verdict == wanted)
                .count()
        };
        let (grade, label) = match (count(Tri::Yes), count(Tri::Unknown)) {
            (0, 0) => return Vec::new(),
            (0, n) => (
                Grade::Inconclusive,
                format!("not known of {n} of {} {}", items.len(), plural(word)),
            ),
            (n, _) => (
                Grade::Fail,
                format!(
                    "{n} of {} {} should not be there",
                    items.len(),
                    plural(word)
                ),
            ),
        };
        let leaves = leaves(inner);
        let unwanted = format!("not wanted: {}", inner.wanted());
        let marked = |verdict| match verdict {
            Tri::Yes => Mark::Wrong(unwanted.clone()),
            Tri::No => Mark::Right,
            Tri::Unknown => Mark::Unknown("not known".to_owned()),
        };
        let rows = items
            .iter()
            .zip(&verdicts)
            .map(|(item, verdict)| row(item, &leaves, marked(*verdict)));
        vec![Finding::new(grade, inner.span, label).rows(rows.collect())]
    }

    /// Pairs what is wanted with what is there, as many as can be paired (Kuhn's augmenting paths), and names what is left.
    fn matched(
        &self,
        wanted: &[Expect],
        items: &[Value],
        span: Span,
        exactly: bool,
    ) -> Vec<Finding> {
        let fits: Vec<Vec<Tri>> = wanted
            .iter()
            .map(|expect| items.iter().map(|item| self.holds(expect, item)).collect())
            .collect();
        let owner = pair(&fits, items.len());
        let missing: Vec<usize> = (0..wanted.len())
            .filter(|index| !owner.contains(&Some(*index)))
            .collect();
        let unexpected = owner.iter().filter(|owner| owner.is_none()).count();
        if missing.is_empty() && (unexpected == 0 || !exactly) {
            return Vec::new();
        }
        let could_be = missing
            .iter()
            .all(|index| fits[*index].contains(&Tri::Unknown));
        let grade = if could_be && !missing.is_empty() {
            Grade::Inconclusive
        } else {
            Grade::Fail
        };
        let columns = wanted.first().map(leaves).unwrap_or_default();
        let there = items.iter().zip(&owner).map(|(item, owner)| {
            let mark = match owner {
                Some(_) => Mark::Right,
                None if exactly => Mark::Unexpected,
                None => Mark::Context,
            };
            row(item, &columns, mark)
        });
        let gone = missing.iter().map(|index| Row {
            cells: vec![wanted[*index].wanted()],
            mark: Mark::Missing,
        });
        let rows = gone.chain(there).collect();
        let label = match (missing.len(), unexpected) {
            (missing, unexpected) if exactly => {
                format!("{missing} missing, {unexpected} unexpected")
            }
            (missing, _) => format!("{missing} missing"),
        };
        vec![Finding::new(grade, span, label).rows(rows)]
    }
}

fn under_all(findings: Vec<Finding>, word: &str) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.under(word))
        .collect()
}

impl<'e> Leaf<'e> {
    fn find<'v>(&self, item: &'v Value) -> Option<&'v Value> {
        self.keys
            .iter()
            .try_fold(item, |value, key| under(value, key))
    }

    fn shown(&self, item: &Value) -> String {
        let shape = match &self.expect.what {
            What::Is(_, shape) => shape,
            What::All(all) => match all.first().map(|first| &first.what) {
                Some(What::Is(_, shape)) => shape,
                _ => &Shape::Any,
            },
            _ => &Shape::Any,
        };
        self.find(item)
            .map_or_else(|| "?".to_owned(), |seen| show(seen, shape))
    }
}

/// The leaves of what is expected of one element; records in records are walked down.
fn leaves(expect: &Expect) -> Vec<Leaf<'_>> {
    let What::Record(facts) = &expect.what else {
        return vec![Leaf {
            keys: Vec::new(),
            word: String::new(),
            expect,
        }];
    };
    let mut found = Vec::new();
    for fact in facts {
        let At::Field(field) = &fact.at else { continue };
        for inner in leaves(&fact.expect) {
            let joint = if inner.word.is_empty() { "" } else { "." };
            let mut keys = vec![field.key.as_str()];
            keys.extend(inner.keys);
            found.push(Leaf {
                keys,
                word: format!("{}{joint}{}", field.word, inner.word),
                expect: inner.expect,
            });
        }
    }
    found
}

fn row(item: &Value, leaves: &[Leaf<'_>], mark: Mark) -> Row {
    let mut cells = vec![show::headline(item)];
    cells.extend(
        leaves
            .iter()
            .filter(|leaf| !leaf.keys.is_empty() && leaf.keys != ["address"])
            .map(|leaf| leaf.shown(item)),
    );
    Row { cells, mark }
}

fn mark(verdict: Tri, leaf: &Leaf<'_>) -> Mark {
    match verdict {
        Tri::Yes => Mark::Right,
        Tri::No => Mark::Wrong(format!("expected {}", leaf.expect.wanted())),
        Tri::Unknown => Mark::Unknown("not known".to_owned()),
    }
}

fn elsewhere(expect: &Expect) -> &'static str {
    match &expect.what {
        What::Is(_, Shape::Text(Text::Asn | Text::Country | Text::Within)) => "elsewhere",
        _ => "not so",
    }
}

/// What the elements of a set are called: by its word where that is a plural.
fn plural(word: &str) -> &str {
    let last = word.rsplit('.').next().unwrap_or_default();
    let names_them = last.ends_with('s') && !word.starts_with('$');
    if names_them { last } else { "values" }
}

fn context(items: &[Value]) -> impl Iterator<Item = Row> {
    items.iter().map(|item| Row {
        cells: vec![show::headline(item)],
        mark: Mark::Context,
    })
}

/// For each item the wanted one it is paired with.
fn pair(fits: &[Vec<Tri>], items: usize) -> Vec<Option<usize>> {
    let mut owner = vec![None; items];
    for wanted in 0..fits.len() {
        augment(wanted, fits, &mut owner, &mut vec![false; items]);
    }
    owner
}

fn augment(
    wanted: usize,
    fits: &[Vec<Tri>],
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for item in 0..owner.len() {
        if fits[wanted][item] != Tri::Yes || std::mem::replace(&mut tried[item], true) {
            continue;
        }
        if owner[item].is_none_or(|other| augment(other, fits, owner, tried)) {
            owner[item] = Some(wanted);
            return true;
        }
    }
    false
}
