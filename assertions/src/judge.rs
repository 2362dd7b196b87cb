//! Holds what was seen against what is expected: one finding for each leaf that does not hold.

mod sequence;
mod set;
mod show;

pub use show::show;

use crate::expect::{At, Expect, Fact, What, why_unknown};
use crate::finding::{Finding, Grade, Mark, Row};
use crate::matcher::Matcher;
use crate::operand::Operand;
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;

/// Judges what was seen. `seen` is a JSON object of the shape the expectation was read with; a key that is missing there could
/// not be seen and makes what is said of it inconclusive, a key that is null or an empty list was looked at and is nothing.
pub fn judge(expect: &Expect, seen: &Value) -> Vec<Finding> {
    Judge { root: seen }.any(expect, Some(seen), "")
}

struct Judge<'a> {
    root: &'a Value,
}

impl Judge<'_> {
    fn any(&self, expect: &Expect, seen: Option<&Value>, word: &str) -> Vec<Finding> {
        match (&expect.what, seen) {
            (What::Is(matcher, shape), Some(seen)) => {
                is(matcher.as_ref(), shape, seen, expect.span)
                    .into_iter()
                    .collect()
            }
            (What::Is(_, shape), None) => vec![unknown(expect.span, shape, word)],
            (What::Presence(wanted), seen) => presence(*wanted, seen, expect.span, word)
                .into_iter()
                .collect(),
            (What::All(all), seen) => all
                .iter()
                .flat_map(|inner| self.any(inner, seen, word))
                .collect(),
            (_, None) => vec![unknown(expect.span, &Shape::Any, word)],
            (What::Record(facts), Some(seen)) => self.record(facts, seen),
            (What::Set(said, _), Some(seen)) => self.set(said, seen, word),
            (What::Passes(hops, _), Some(seen)) => self.passes(hops, seen, None),
            (What::Avoids(hops, _), Some(seen)) => self.avoids(hops, seen, expect.span, None),
        }
    }

    fn record(&self, facts: &[Fact], seen: &Value) -> Vec<Finding> {
        let doubt = self.doubt(facts, seen);
        facts
            .iter()
            .flat_map(|fact| self.fact(fact, seen, doubt.as_deref()))
            .collect()
    }

    fn fact(&self, fact: &Fact, seen: &Value, doubt: Option<&str>) -> Vec<Finding> {
        let word = &fact.word.value;
        let findings = match (&fact.at, &fact.expect.what) {
            (At::Path(path), _) => self.selected(&path.select(self.root), &fact.expect, word),
            (At::Field(field), What::Passes(hops, _)) => {
                self.passes(hops, &seen[&field.key], doubt)
            }
            (At::Field(field), What::Avoids(hops, _)) => {
                self.avoids(hops, &seen[&field.key], fact.expect.span, doubt)
            }
            (At::Field(field), _) => {
                let mut findings = self.any(&fact.expect, under(seen, &field.key), word);
                let grade = if field.doubt {
                    Grade::Inconclusive
                } else {
                    Grade::Fail
                };
                findings
                    .iter_mut()
                    .for_each(|finding| finding.grade = finding.grade.min(grade));
                findings
            }
        };
        findings
            .into_iter()
            .map(|finding| finding.under(word))
            .collect()
    }

    /// Why hops that were not seen could hide something: a limit on silent hops that is not kept, or, where none is stated,
    /// more hops silent than not.
    fn doubt(&self, facts: &[Fact], seen: &Value) -> Option<String> {
        let stated = facts
            .iter()
            .find(|fact| matches!(&fact.at, At::Field(field) if field.doubt));
        let (At::Field(field), expect) = stated.map(|fact| (&fact.at, &fact.expect))? else {
            return None;
        };
        let broken = !self.any(expect, under(seen, &field.key), "").is_empty();
        broken.then(|| {
            format!(
                "{} hops are silent, wanted {}",
                seen[&field.key],
                expect.wanted()
            )
        })
    }

    fn selected(&self, found: &[&Value], expect: &Expect, word: &str) -> Vec<Finding> {
        match (&expect.what, found) {
            (What::Set(said, _), found) => {
                let list = Value::Array(found.iter().map(|value| (*value).clone()).collect());
                self.set(said, &list, word)
            }
            (What::Presence(wanted), found) if found.is_empty() == *wanted => {
                let label = if *wanted {
                    "selects nothing"
                } else {
                    "selects something"
                };
                vec![
                    Finding::new(Grade::Fail, expect.span, label)
                        .rows(show::list(found, &Shape::Any)),
                ]
            }
            (What::Presence(_), _) => Vec::new(),
            (_, [one]) => self.any(expect, Some(one), word),
            (_, []) => vec![Finding::new(
                Grade::Fail,
                expect.span,
                format!("`{word}` selects nothing"),
            )],
            (_, several) => vec![
                Finding::new(
                    Grade::Fail,
                    expect.span,
                    format!("`{word}` selects {} values", several.len()),
                )
                .rows(show::list(several, &Shape::Any))
                .hint("say of which: `every: …`, `some: …` or `none: …`"),
            ],
        }
    }
}

/// What stands under a key; nothing where the key is missing. A key with null is there, and null.
fn under<'a>(seen: &'a Value, key: &str) -> Option<&'a Value> {
    match seen {
        Value::Null => Some(&Value::Null),
        seen => seen.get(key),
    }
}

fn is(matcher: &dyn Matcher, shape: &Shape, seen: &Value, span: Span) -> Option<Finding> {
    match Operand::seen(seen, shape) {
        Some(operand) if matcher.holds(&operand) => None,
        Some(_) => Some(wrong(matcher, shape, seen, span)),
        None if seen.is_null() => Some(nothing_there(matcher, shape, span)),
        None => Some(wrong(matcher, shape, seen, span)),
    }
}

fn wrong(matcher: &dyn Matcher, shape: &Shape, seen: &Value, span: Span) -> Finding {
    let shown = show(seen, shape);
    let mark = Mark::Wrong(format!("expected {}", matcher.wanted(shape)));
    Finding::new(Grade::Fail, span, format!("seen: {shown}")).rows(vec![Row {
        cells: vec![shown],
        mark,
    }])
}

fn nothing_there(matcher: &dyn Matcher, shape: &Shape, span: Span) -> Finding {
    let mark = Mark::Wrong(format!("expected {}", matcher.wanted(shape)));
    Finding::new(Grade::Fail, span, "there is none").rows(vec![Row {
        cells: vec!["none".to_owned()],
        mark,
    }])
}

fn unknown(span: Span, shape: &Shape, word: &str) -> Finding {
    let last = word.rsplit('.').next().unwrap_or_default();
    Finding::new(Grade::Inconclusive, span, "not known")
        .hint(format!("{last}: {}", why_unknown(shape, last)))
}

fn presence(wanted: bool, seen: Option<&Value>, span: Span, word: &str) -> Option<Finding> {
    let Some(seen) = seen else {
        return Some(unknown(span, &Shape::Any, word));
    };
    let there = match seen {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    match (wanted, there) {
        (true, false) => Some(Finding::new(Grade::Fail, span, "there is none")),
        (false, true) => {
            let items = match seen {
                Value::Array(items) => items.iter().collect(),
                other => vec![other],
            };
            let rows = items.iter().map(|item| Row {
                cells: vec![show::headline(item)],
                mark: Mark::Unexpected,
            });
            Some(Finding::new(Grade::Fail, span, "there is one").rows(rows.collect()))
        }
        _ => None,
    }
}
