//! What is said of one value.

use super::show;
use crate::expect::why_unknown;
use crate::finding::{Finding, Grade, Mark, Row};
use crate::matcher::Matcher;
use crate::operand::Operand;
use crate::phrase::there_are;
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;

pub(super) fn is(
    matcher: &dyn Matcher,
    shape: &Shape,
    seen: &Value,
    span: Span,
) -> Option<Finding> {
    let held = Operand::seen(seen, shape).map(|operand| matcher.holds(&operand));
    let wanted = || format!("expected {}", matcher.wanted(shape));
    let shown = show(seen, shape);
    let (grade, label, mark) = match held {
        Some(Some(true)) => return None,
        _ if seen.is_null() => (
            Grade::Fail,
            "there is none".to_owned(),
            Mark::Wrong(wanted()),
        ),
        Some(Some(false)) => (Grade::Fail, format!("seen: {shown}"), Mark::Wrong(wanted())),
        _ => (
            Grade::Inconclusive,
            format!("cannot be compared with this: {shown}"),
            Mark::Unknown(wanted()),
        ),
    };
    Some(Finding::new(grade, span, label).rows(vec![Row {
        cells: vec![shown],
        mark,
    }]))
}

pub(super) fn unknown(span: Span, shape: &Shape, word: &str) -> Finding {
    let last = word.rsplit('.').next().unwrap_or_default();
    let why = why_unknown(shape, last);
    let hint = if last.is_empty() {
        why
    } else {
        format!("{last}: {why}")
    };
    Finding::new(Grade::Inconclusive, span, "not known").hint(hint)
}

/// What a value is as a set: the elements of a list, nothing of null, one of anything else.
pub(super) fn things(seen: &Value) -> Vec<&Value> {
    match seen {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

pub(super) fn presence(wanted: bool, things: &[&Value], span: Span, word: &str) -> Option<Finding> {
    match (wanted, things.len()) {
        (true, 0) => Some(Finding::new(Grade::Fail, span, "there is none")),
        (false, count) if count > 0 => {
            let unexpected = |thing: &&Value| Row {
                cells: vec![show::headline(thing)],
                mark: Mark::Unexpected,
            };
            let label = if count == 1 {
                "there is one".to_owned()
            } else {
                there_are(count, word)
            };
            Some(
                Finding::new(Grade::Fail, span, label)
                    .rows(things.iter().map(unexpected).collect()),
            )
        }
        _ => None,
    }
}
