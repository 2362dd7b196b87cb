//! Holds what was seen against what is expected: one finding for each leaf that does not hold.

mod element;
mod leaf;
mod pairing;
mod route;
mod selected;
mod set;
mod show;

pub use show::show;

use crate::expect::{At, Expect, Fact, What};
use crate::finding::{Finding, Grade};
use crate::shape::{Field, Shape};
use serde_json::Value;

/// Judges what was seen. `seen` is a JSON object of the shape the expectation was read with; a key that is missing there could
/// not be seen and makes what is said of it inconclusive, a key that is null or an empty list was looked at and is nothing.
/// What is of another kind than can be compared is inconclusive too.
pub fn judge(expect: &Expect, seen: &Value) -> Vec<Finding> {
    let findings = Judge { root: seen }.any(expect, Some(seen), "");
    findings.into_iter().map(Finding::spelled).collect()
}

struct Judge<'a> {
    root: &'a Value,
}

/// Three answers, because not everything can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tri {
    Yes,
    No,
    Unknown,
}

/// Whether something holds, and where that is not known, what to do about it.
struct Verdict {
    tri: Tri,
    hint: Option<String>,
}

impl Judge<'_> {
    fn any(&self, expect: &Expect, seen: Option<&Value>, word: &str) -> Vec<Finding> {
        match (&expect.what, seen) {
            (What::Is(matcher, shape), Some(seen)) => {
                leaf::is(matcher.as_ref(), shape, seen, expect.span)
                    .into_iter()
                    .collect()
            }
            (What::Is(_, shape), None) => vec![leaf::unknown(expect.span, shape, word)],
            (What::Presence(wanted), Some(seen)) => {
                leaf::presence(*wanted, &leaf::things(seen), expect.span, word)
                    .into_iter()
                    .collect()
            }
            (What::All(all), seen) => all
                .iter()
                .flat_map(|inner| self.any(inner, seen, word))
                .collect(),
            (_, None) => vec![leaf::unknown(expect.span, &Shape::Any, word)],
            (What::Record(facts), Some(seen)) => self.record(facts, seen),
            (What::Set(said, _), Some(seen)) => self.set(said, &leaf::things(seen), word),
            (What::Passes(hops, _), Some(seen)) => {
                self.passes(hops, seen, route::doubt(seen).as_deref())
            }
            (What::Avoids(hops, _), Some(seen)) => {
                self.avoids(hops, seen, expect.span, route::doubt(seen))
            }
        }
    }

    /// Whether it holds, weighed like `and`: one thing that does not is enough to say no.
    fn weigh(&self, expect: &Expect, seen: Option<&Value>, word: &str) -> Verdict {
        let findings = self.any(expect, seen, word);
        let tri = match findings.iter().map(|finding| finding.grade).max() {
            None | Some(Grade::Note) => Tri::Yes,
            Some(Grade::Inconclusive) => Tri::Unknown,
            Some(Grade::Fail) => Tri::No,
        };
        let hint = findings.into_iter().find_map(|finding| finding.hint);
        Verdict {
            tri,
            hint: hint.filter(|_| tri == Tri::Unknown),
        }
    }

    fn record(&self, facts: &[Fact], seen: &Value) -> Vec<Finding> {
        facts
            .iter()
            .flat_map(|fact| self.fact(fact, facts, seen))
            .collect()
    }

    fn fact(&self, fact: &Fact, facts: &[Fact], seen: &Value) -> Vec<Finding> {
        let word = &fact.word.value;
        let mut findings = match (&fact.at, &fact.expect.what) {
            (At::Path(path), _) => self.selected(path, &fact.expect, word),
            (At::Field(field), What::Passes(hops, _)) => {
                let path = &seen[&field.key];
                self.passes(hops, path, self.doubt(facts, seen, path).as_deref())
            }
            (At::Field(field), What::Avoids(hops, _)) => {
                let path = &seen[&field.key];
                self.avoids(hops, path, fact.expect.span, self.doubt(facts, seen, path))
            }
            (At::Field(field), _) => self.any(&fact.expect, of_field(seen, field), word),
        };
        if fact.is_doubt() {
            soften(&mut findings);
        }
        findings
            .into_iter()
            .map(|finding| finding.under(word))
            .collect()
    }
}

/// Nothing in these is worse than inconclusive.
fn soften(findings: &mut [Finding]) {
    for finding in findings {
        finding.grade = finding.grade.min(Grade::Inconclusive);
    }
}

/// What stands under a key; nothing where the key is missing. A key with null is there, and null.
fn under<'a>(seen: &'a Value, key: &str) -> Option<&'a Value> {
    match seen {
        Value::Null => Some(&Value::Null),
        seen => seen.get(key),
    }
}

/// What a field stands for.
fn of_field<'a>(seen: &'a Value, field: &Field) -> Option<&'a Value> {
    let nothing = || field.certain.then_some(&Value::Null);
    under(seen, &field.key).or_else(nothing)
}

#[cfg(test)]
mod tests;
