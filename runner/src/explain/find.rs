//! From what somebody typed to what it is about.

use super::Topic;
use netspec_assertions::suggest;

/// What there is on a word.
#[derive(Debug)]
pub enum Found<'t> {
    /// These, the nearest to what was typed.
    Topics(Vec<&'t Topic>),
    /// Nothing, but perhaps this was meant.
    Nearest(String),
    /// Nothing at all.
    Nothing,
}

/// What a word is about: a whole name, its end, or its last word; in that order.
pub fn find<'t>(typed: &str, topics: &'t [Topic]) -> Found<'t> {
    let typed = typed.trim().to_lowercase();
    let exactly = |topic: &&Topic| topic.name().to_lowercase() == typed;
    let word = |topic: &&Topic| topic.word.to_lowercase() == typed;
    let ends = |topic: &&Topic| {
        let name = topic.name().to_lowercase();
        name.strip_suffix(&typed)
            .is_some_and(|before| before.ends_with(['.', ' ']))
    };
    let mut found: Vec<&Topic> = topics.iter().filter(exactly).collect();
    if found.is_empty() || !typed.contains(['.', ' ']) {
        let others = topics.iter().filter(|topic| !exactly(topic));
        found.extend(others.filter(|topic| word(topic) || ends(topic)));
    }
    if found.is_empty() {
        let inside = |topic: &&Topic| topic.within.to_lowercase() == typed;
        found.extend(topics.iter().filter(inside));
    }
    if !found.is_empty() && !typed.is_empty() {
        return Found::Topics(found);
    }
    let names: Vec<String> = topics.iter().map(Topic::name).collect();
    let words = topics.iter().map(|topic| topic.word.as_str());
    let known = words.chain(names.iter().map(String::as_str));
    match suggest::nearest(&typed, known) {
        Some(nearest) => Found::Nearest(nearest.to_owned()),
        None => Found::Nothing,
    }
}
