//! Changes that several tests see, each told once; and a vantage from which nothing can be seen.

use super::style::{paint, verdict};
use crate::verdict::Verdict;
use netspec_assertions::finding::escape;
use netspec_detection::group::Event;

/// A paragraph for each; what one test alone sees has been told with it.
pub(super) fn text(news: &[Event], colour: bool) -> String {
    let mut text = String::new();
    for event in news {
        let is_down = event.what == "vantage-down";
        if is_down || event.tests.len() > 1 {
            text.push_str(&paragraph(event, is_down, colour));
        }
    }
    text
}

fn paragraph(event: &Event, is_down: bool, colour: bool) -> String {
    let (word, kind) = match is_down {
        true => ("VANTAGE DOWN", Verdict::Inconclusive),
        false => ("ONE CHANGE", Verdict::Fail),
    };
    let tests = event.tests.len();
    let seen = match is_down {
        true => format!("nothing can be said of {tests} tests"),
        false => format!("seen by {tests} tests"),
    };
    let mut text = format!("\n{} {seen}", paint(word, verdict(kind), colour));
    if let Some(edge) = &event.edge {
        text.push_str(&format!(": {} -> {}", escape(&edge.from), escape(&edge.to)));
    }
    text.push('\n');
    text.extend(
        event
            .evidence
            .iter()
            .take(3)
            .map(|evidence| format!("      {}\n", escape(evidence))),
    );
    text.extend(
        event
            .tests
            .iter()
            .map(|test| format!("      - {}\n", escape(test))),
    );
    text
}
