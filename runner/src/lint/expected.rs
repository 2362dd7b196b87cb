//! What one test expects, taken apart: all that is said of one thing together, wherever in the file it is said.

use crate::probe::Judged;
use crate::scenario::Scenario;
use netspec_assertions::expect::{At, Expect, Fact, Quantifier, What};
use netspec_assertions::matcher::Matcher;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Span;
use std::collections::BTreeMap;

/// All that one test expects, by the thing it is said of.
#[derive(Default)]
pub(super) struct Expected<'e> {
    pub(super) values: BTreeMap<String, Said<'e>>,
    pub(super) sets: BTreeMap<String, Sizes<'e>>,
}

/// What is said of one value.
#[derive(Default)]
pub(super) struct Said<'e> {
    pub(super) matchers: Vec<(Span, &'e dyn Matcher, &'e Shape)>,
    pub(super) presence: Vec<(Span, bool)>,
    /// The least it can be.
    pub(super) minimum: Option<f64>,
}

/// What is said of how many a set has.
#[derive(Default)]
pub(super) struct Sizes<'e> {
    pub(super) counts: Vec<(Span, &'e dyn Matcher)>,
    /// At least so many, as what is said of its elements needs.
    pub(super) least: Vec<(Span, usize)>,
    /// So many.
    pub(super) exactly: Vec<(Span, usize)>,
}

/// Calls `look` with what each test of a scenario expects.
pub(super) fn each(scenario: &Scenario, mut look: impl FnMut(&Expected<'_>)) {
    let cells = scenario.checks.iter().flat_map(|check| &check.cells);
    for cell in cells {
        if let Judged::Expect(all) = &cell.judged {
            let mut expected = Expected::default();
            for expect in all {
                expected.take(expect, "", None);
            }
            look(&expected);
        }
    }
}

impl<'e> Expected<'e> {
    fn take(&mut self, expect: &'e Expect, path: &str, minimum: Option<f64>) {
        match &expect.what {
            What::Is(matcher, shape) => {
                let said = self.values.entry(path.to_owned()).or_default();
                said.matchers.push((expect.span, matcher.as_ref(), shape));
                said.minimum = minimum;
            }
            What::Presence(there) => {
                let said = self.values.entry(path.to_owned()).or_default();
                said.presence.push((expect.span, *there));
                self.sized(path, expect.span, *there);
            }
            What::All(all) => all.iter().for_each(|each| self.take(each, path, minimum)),
            What::Record(facts) => facts.iter().for_each(|fact| self.fact(fact, path)),
            What::Set(said, _) => said.iter().for_each(|said| self.quantifier(said, path)),
            What::Passes(hops, _) => hops.iter().for_each(|hop| self.one(hop, path)),
            What::Avoids(..) => {}
        }
    }

    fn sized(&mut self, path: &str, span: Span, there: bool) {
        let sizes = self.sets.entry(path.to_owned()).or_default();
        match there {
            true => sizes.least.push((span, 1)),
            false => sizes.exactly.push((span, 0)),
        }
    }

    fn fact(&mut self, fact: &'e Fact, path: &str) {
        let minimum = match &fact.at {
            At::Field(field) => field.minimum,
            At::Path(_) => None,
        };
        self.take(
            &fact.expect,
            &format!("{path}.{}", fact.word.value),
            minimum,
        );
    }

    /// One of several things, of which nothing else is said.
    fn one(&mut self, expect: &'e Expect, path: &str) {
        let own = format!("{path}[{}]", expect.span.start);
        self.take(expect, &own, None);
    }

    /// What is said of none of them is the other way round, and is not looked at.
    fn quantifier(&mut self, said: &'e Quantifier, path: &str) {
        match said {
            Quantifier::Every(each) => {
                self.sized(path, each.span, true);
                self.take(each, &format!("{path}[]"), None);
            }
            Quantifier::Some(one) => {
                self.sized(path, one.span, true);
                self.one(one, path);
            }
            Quantifier::None(_) => {}
            Quantifier::Exactly(all, span) => {
                let sizes = self.sets.entry(path.to_owned()).or_default();
                sizes.exactly.push((*span, all.len()));
                all.iter().for_each(|one| self.one(one, path));
            }
            Quantifier::Include(all, span) => {
                let sizes = self.sets.entry(path.to_owned()).or_default();
                sizes.least.push((*span, all.len()));
                all.iter().for_each(|one| self.one(one, path));
            }
            Quantifier::Count(count) => self.count(count, path),
        }
    }

    fn count(&mut self, count: &'e Expect, path: &str) {
        match &count.what {
            What::Is(matcher, _) => {
                let sizes = self.sets.entry(path.to_owned()).or_default();
                sizes.counts.push((count.span, matcher.as_ref()));
            }
            What::All(all) => all.iter().for_each(|each| self.count(each, path)),
            _ => {}
        }
    }
}
