//! What is said of a set.

use super::element::{Leaf, leaves, not_known, row};
use super::pairing::Pairing;
use super::{Judge, Tri, Verdict, show};
use crate::expect::{Expect, Quantifier};
use crate::finding::{Finding, Grade, Mark, Row};
use crate::phrase::{is, plural, some_of, there_are};
use crate::written::Span;
use serde_json::Value;

/// The most pairs of a wanted thing and an item that are looked at.
const MOST_PAIRS: usize = 1 << 20;

/// How the verdicts of all items are spread.
struct Spread {
    yes: usize,
    no: usize,
    unknown: usize,
    hint: Option<String>,
}

impl Judge<'_> {
    pub(super) fn set(&self, said: &[Quantifier], items: &[&Value], word: &str) -> Vec<Finding> {
        said.iter()
            .flat_map(|quantifier| self.quantifier(quantifier, items, word))
            .collect()
    }

    fn quantifier(&self, said: &Quantifier, items: &[&Value], word: &str) -> Vec<Finding> {
        let (name, findings) = match said {
            Quantifier::Every(inner) => ("every", self.every(inner, items, word)),
            Quantifier::Some(inner) => {
                ("some", self.some(inner, items, word).into_iter().collect())
            }
            Quantifier::None(inner) => {
                ("none", self.none(inner, items, word).into_iter().collect())
            }
            Quantifier::Exactly(all, span) => ("exactly", self.matched(all, items, *span, true)),
            Quantifier::Include(all, span) => ("include", self.matched(all, items, *span, false)),
            Quantifier::Count(inner) => ("count", self.count(inner, items, word)),
        };
        findings
            .into_iter()
            .map(|finding| finding.under(name))
            .collect()
    }

    fn every(&self, inner: &Expect, items: &[&Value], word: &str) -> Vec<Finding> {
        if items.is_empty() {
            let hint =
                "`every` of nothing fails; if none at all is what you expect, write `absent`";
            return vec![Finding::new(Grade::Fail, inner.span, there_are(0, word)).hint(hint)];
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
        items: &[&Value],
        word: &str,
    ) -> Option<Finding> {
        let weighed = |item: &&Value| self.weigh(leaf.expect, leaf.find(item), &leaf.word);
        let verdicts: Vec<Verdict> = items.iter().map(weighed).collect();
        let spread = Spread::of(&verdicts);
        let (grade, label, hint) = match (spread.no, spread.unknown) {
            (0, 0) => return None,
            (0, unknown) => (
                Grade::Inconclusive,
                format!("not known of {}", some_of(unknown, items.len(), word)),
                spread.hint,
            ),
            (wrong, _) => {
                let which = some_of(wrong, items.len(), word);
                (
                    Grade::Fail,
                    format!("{which} {} {}", is(wrong), leaf.otherwise()),
                    None,
                )
            }
        };
        let rows = items
            .iter()
            .zip(&verdicts)
            .map(|(item, verdict)| row(item, all, leaf.mark(verdict.tri)));
        let mut finding = Finding::new(grade, leaf.expect.span, label).rows(rows.collect());
        finding.hint = hint;
        Some(finding.under(&leaf.word))
    }

    fn some(&self, inner: &Expect, items: &[&Value], word: &str) -> Option<Finding> {
        let verdicts = self.verdicts(inner, items);
        let spread = Spread::of(&verdicts);
        let (grade, label) = match (spread.yes, spread.unknown, items.len()) {
            (0, 0, 0) => (Grade::Fail, there_are(0, word)),
            (0, 0, 1) => (Grade::Fail, format!("{} is not so", some_of(1, 1, word))),
            (0, 0, n) => (Grade::Fail, format!("none of {n} {} is so", plural(word))),
            (0, unknown, all) => (
                Grade::Inconclusive,
                format!("not known of {}", some_of(unknown, all, word)),
            ),
            _ => return None,
        };
        let wanted = format!("expected {}", inner.wanted());
        let mark = |tri| {
            if tri == Tri::Unknown {
                not_known()
            } else {
                Mark::Wrong(wanted.clone())
            }
        };
        Some(finding(grade, inner, label, items, &verdicts, mark).hinted(spread.hint))
    }

    fn none(&self, inner: &Expect, items: &[&Value], word: &str) -> Option<Finding> {
        if items.is_empty() {
            let label = format!("{} to look at", there_are(0, word));
            let hint = "if none at all is what you expect, write `absent`";
            return Some(Finding::new(Grade::Inconclusive, inner.span, label).hint(hint));
        }
        let verdicts = self.verdicts(inner, items);
        let spread = Spread::of(&verdicts);
        let (grade, label) = match (spread.yes, spread.unknown) {
            (0, 0) => return None,
            (0, unknown) => (
                Grade::Inconclusive,
                format!("not known of {}", some_of(unknown, items.len(), word)),
            ),
            (bad, _) => (
                Grade::Fail,
                format!("{} should not be there", some_of(bad, items.len(), word)),
            ),
        };
        let unwanted = format!("not wanted: {}", inner.wanted());
        let mark = |tri| match tri {
            Tri::Yes => Mark::Wrong(unwanted.clone()),
            Tri::No => Mark::Right,
            Tri::Unknown => not_known(),
        };
        let hint = spread.hint.filter(|_| grade == Grade::Inconclusive);
        Some(finding(grade, inner, label, items, &verdicts, mark).hinted(hint))
    }

    fn count(&self, inner: &Expect, items: &[&Value], word: &str) -> Vec<Finding> {
        let mut findings = self.any(inner, Some(&Value::from(items.len())), word);
        for finding in &mut findings {
            finding.label = there_are(items.len(), word);
            let context = |item: &&Value| Row {
                cells: vec![show::headline(item)],
                mark: Mark::Context,
            };
            finding.rows.extend(items.iter().map(context));
        }
        findings
    }

    fn verdicts(&self, inner: &Expect, items: &[&Value]) -> Vec<Verdict> {
        items
            .iter()
            .map(|item| self.weigh(inner, Some(item), ""))
            .collect()
    }

    /// Pairs what is wanted with what is there, first by what is sure, then by what could be, and names what is left.
    fn matched(
        &self,
        wanted: &[Expect],
        items: &[&Value],
        span: Span,
        exactly: bool,
    ) -> Vec<Finding> {
        if wanted.len().saturating_mul(items.len()) > MOST_PAIRS {
            return vec![too_many(wanted.len(), items.len(), span, exactly)];
        }
        let fits: Vec<Vec<Verdict>> = wanted
            .iter()
            .map(|expect| self.verdicts(expect, items))
            .collect();
        let tri = |wanted: usize, item: usize| fits[wanted][item].tri;
        let mut pairing = Pairing::new(wanted.len(), items.len());
        pairing.extend(|wanted, item| tri(wanted, item) == Tri::Yes);
        if pairing.is_complete(exactly) {
            return Vec::new();
        }
        pairing.extend(|wanted, item| tri(wanted, item) != Tri::No);
        let rows = gone(&pairing, wanted)
            .chain(there(&pairing, wanted, items, tri, exactly))
            .collect();
        let label = left(&pairing, tri, exactly);
        if !pairing.is_complete(exactly) {
            return vec![Finding::new(Grade::Fail, span, label).rows(rows)];
        }
        let hint = fits
            .iter()
            .flatten()
            .find_map(|verdict| verdict.hint.clone());
        vec![
            Finding::new(Grade::Inconclusive, span, label)
                .rows(rows)
                .hinted(hint),
        ]
    }
}

impl Spread {
    fn of(verdicts: &[Verdict]) -> Self {
        let count = |tri| verdicts.iter().filter(|verdict| verdict.tri == tri).count();
        let hint = verdicts.iter().find_map(|verdict| verdict.hint.clone());
        Self {
            yes: count(Tri::Yes),
            no: count(Tri::No),
            unknown: count(Tri::Unknown),
            hint,
        }
    }
}

/// One finding about all items, each shown by all leaves.
fn finding(
    grade: Grade,
    inner: &Expect,
    label: String,
    items: &[&Value],
    verdicts: &[Verdict],
    mark: impl Fn(Tri) -> Mark,
) -> Finding {
    let leaves = leaves(inner);
    let rows = items
        .iter()
        .zip(verdicts)
        .map(|(item, verdict)| row(item, &leaves, mark(verdict.tri)));
    Finding::new(grade, inner.span, label).rows(rows.collect())
}

/// Where there is too much to pair, the numbers alone can still settle it.
fn too_many(wanted: usize, there: usize, span: Span, exactly: bool) -> Finding {
    let cannot = there < wanted || exactly && there != wanted;
    let grade = if cannot {
        Grade::Fail
    } else {
        Grade::Inconclusive
    };
    let finding = Finding::new(grade, span, format!("{wanted} wanted, there are {there}"));
    finding.hint("too many to say which is which: say what they have in common, `every: …`")
}

/// `1 missing, 2 unexpected`.
fn left(pairing: &Pairing, tri: impl Fn(usize, usize) -> Tri, exactly: bool) -> String {
    let pairs = pairing
        .item_of
        .iter()
        .enumerate()
        .filter_map(|(wanted, item)| Some((wanted, (*item)?)));
    let unsure = pairs
        .filter(|(wanted, item)| tri(*wanted, *item) == Tri::Unknown)
        .count();
    let unexpected = if exactly { pairing.unowned() } else { 0 };
    let parts = [
        (pairing.unpaired().len(), "missing"),
        (unexpected, "unexpected"),
        (unsure, "not known"),
    ];
    let said = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"));
    said.collect::<Vec<_>>().join(", ")
}

fn gone<'a>(pairing: &Pairing, wanted: &'a [Expect]) -> impl Iterator<Item = Row> + use<'a> {
    let missing = pairing.unpaired();
    missing.into_iter().map(|index| Row {
        cells: vec![wanted[index].wanted()],
        mark: Mark::Missing,
    })
}

fn there<'a>(
    pairing: &'a Pairing,
    wanted: &'a [Expect],
    items: &'a [&Value],
    tri: impl Fn(usize, usize) -> Tri + 'a,
    exactly: bool,
) -> impl Iterator<Item = Row> + 'a {
    let columns = wanted.first().map(leaves).unwrap_or_default();
    items
        .iter()
        .zip(&pairing.owner_of)
        .enumerate()
        .map(move |(index, (item, owner))| {
            let mark = match owner {
                Some(owner) if tri(*owner, index) == Tri::Unknown => not_known(),
                Some(_) => Mark::Right,
                None if exactly => Mark::Unexpected,
                None => Mark::Context,
            };
            row(item, &columns, mark)
        })
}
