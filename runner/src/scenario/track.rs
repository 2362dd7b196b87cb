//! `track:` what is remembered.

use crate::keys::Fields;
use crate::probe::Kind;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::select::Selector;
use netspec_assertions::written::{Spanned, Value};

pub(super) fn track(
    fields: &Fields<'_>,
    kind: &Kind,
    problems: &mut Problems,
) -> Vec<Spanned<Selector>> {
    let Some(node) = fields.get("track") else {
        return Vec::new();
    };
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        let problem = Problem::new(node.span, "`track` remembers nothing");
        problems.add(problem.help("name what to remember, e.g. [chain]"));
        return Vec::new();
    }
    fields
        .texts("track", problems)
        .iter()
        .filter_map(|word| selector(word, kind, problems))
        .collect()
}

fn selector(
    word: &Spanned<String>,
    kind: &Kind,
    problems: &mut Problems,
) -> Option<Spanned<Selector>> {
    let parsed = Selector::parse(&word.value, (kind.shape)());
    let parsed = parsed.map_err(|(message, help)| Problem::new(word.span, message).help(help));
    let selector = problems.ok(parsed)?;
    if let Some(why) = selector.volatile().filter(|_| !selector.is_band()) {
        let problem = Problem::new(word.span, why).label("cannot be remembered");
        problems.add(problem.help("put a bound on it under `expect`, e.g. { below: 400ms }"));
        return None;
    }
    Some(Spanned::new(selector, word.span))
}
