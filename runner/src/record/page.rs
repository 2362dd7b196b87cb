//! The scenario as it is written: what is expected of all, of each, between them, and what is tracked.

use super::across::Across;
use super::gather::Gathered;
use super::question::Wanted;
use super::said::{Said, quoted, remark};
use super::stable::{Kept, Learned};
use crate::format;

/// The whole file, in canonical style.
pub(super) fn write(
    wanted: &Wanted,
    gathered: &[Gathered],
    learned: &[Learned],
    across: &[Across],
) -> String {
    let mut lines = vec![
        "# What held still while this was recorded is expected; what may move is tracked. To record it again:".to_owned(),
        format!("# {}", remark(&wanted.again)),
        format!("scenario: {}", quoted(&wanted.about(wanted.row.title))),
        "checks:".to_owned(),
        format!("  - name: {}", quoted(&name(wanted))),
        format!("    {}:", wanted.row.kind),
    ];
    let via = match wanted.via.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    lines.extend(wanted.lines(via, 6));
    match gathered {
        [_] => lines.extend(section("expect", &learned[0].kept, 6)),
        several => lines.extend(of_several(several, learned, across)),
    }
    lines.extend(tracked(learned));
    let text = lines.join("\n") + "\n";
    format::canonical(&text).unwrap_or(text)
}

fn name(wanted: &Wanted) -> String {
    wanted
        .name
        .clone()
        .unwrap_or_else(|| wanted.about(wanted.row.check))
}

/// What is expected under a key, each fact with the reason why it is no more than that.
fn section(key: &str, kept: &[Kept], indent: usize) -> Vec<String> {
    let blanks = " ".repeat(indent);
    let mut lines = vec![format!("{blanks}{}:", quoted(key))];
    lines.extend(facts(kept, indent + 2));
    lines
}

/// Facts of one thing stand together, where the first of them stands.
fn facts(kept: &[Kept], indent: usize) -> Vec<String> {
    let mut together: Vec<(&str, Option<Said>, Vec<&str>)> = Vec::new();
    for Kept {
        word, said, why, ..
    } in kept
    {
        let (head, rest) = word
            .split_once('.')
            .map_or((*word, None), |(head, rest)| (head, Some(rest)));
        let said = said
            .clone()
            .map(|said| rest.map_or(said.clone(), |rest| said.under(rest)));
        match together.iter_mut().find(|(known, ..)| *known == head) {
            Some((_, whole, notes)) => {
                match (whole.as_mut(), said) {
                    (Some(whole), Some(said)) => whole.merge(said),
                    (None, said) => *whole = said,
                    _ => {}
                }
                notes.extend(why.as_deref());
            }
            None => together.push((head, said, why.as_deref().into_iter().collect())),
        }
    }
    let blanks = " ".repeat(indent);
    let fact = |(word, said, notes): (&str, Option<Said>, Vec<&str>)| {
        let notes = notes
            .into_iter()
            .map(|why| format!("{blanks}# {}", remark(why)));
        let said = said.map_or_else(Vec::new, |said| said.lines(word, indent));
        notes.chain(said).collect::<Vec<_>>()
    };
    together.into_iter().flat_map(fact).collect()
}

/// What is expected of all resolvers, of each, and between them.
fn of_several(gathered: &[Gathered], learned: &[Learned], across: &[Across]) -> Vec<String> {
    let is_common = |kept: &&Kept| learned.iter().all(|one| one.kept.contains(kept));
    let mut common: Vec<Kept> = learned[0].kept.iter().filter(is_common).cloned().collect();
    let says = |one: &Learned, common: &[Kept]| {
        one.kept
            .iter()
            .any(|kept| kept.said.is_some() && !common.contains(kept))
    };
    if !learned.iter().all(|one| says(one, &common)) {
        common.retain(|kept| kept.word != learned[0].kept[0].word); // a row that says nothing names nobody
    }
    let mut lines = match common.iter().any(|kept| kept.said.is_some()) {
        true => section("expect", &common, 6),
        false => Vec::new(),
    };
    lines.push("      by-resolver:".to_owned());
    for (names, own) in rows(gathered, learned, &common) {
        lines.extend(section(&names.join(", "), &own, 8));
    }
    if !across.is_empty() {
        lines.push("      across-resolvers:".to_owned());
        lines.extend(across.iter().flat_map(|across| {
            let said = Said::one(across.word, Said::plain(across.relation));
            said.lines(&across.names.join(", "), 8)
        }));
    }
    lines
}

/// Resolvers of which the same is expected share a row.
fn rows<'g>(
    gathered: &'g [Gathered],
    learned: &[Learned],
    common: &[Kept],
) -> Vec<(Vec<&'g str>, Vec<Kept>)> {
    let mut rows: Vec<(Vec<&str>, Vec<Kept>)> = Vec::new();
    for (one, learned) in gathered.iter().zip(learned) {
        let own = learned.kept.iter().filter(|kept| !common.contains(kept));
        let own: Vec<Kept> = own.cloned().collect();
        match rows.iter_mut().find(|(_, row)| *row == own) {
            Some((names, _)) => names.push(&one.name),
            None => rows.push((vec![&one.name], own)),
        }
    }
    rows
}

/// What is tracked of all of them, and why other things are not.
fn tracked(learned: &[Learned]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for (word, why) in learned.iter().flat_map(|one| &one.not_tracked) {
        let note = format!("    # `{word}` is not tracked: {}", remark(why));
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    let is_left_out = |word: &&str| {
        learned
            .iter()
            .any(|one| one.not_tracked.iter().any(|(other, _)| other == word))
    };
    let mut words: Vec<&str> = Vec::new();
    for word in learned.iter().flat_map(|one| &one.track) {
        let of_all = *word != "addresses" || learned.iter().all(|one| one.track.contains(word));
        if of_all && !is_left_out(word) && !words.contains(word) {
            words.push(word);
        }
    }
    if !words.is_empty() {
        notes.push(format!("    track: [{}]", words.join(", ")));
    }
    notes
}
