//! What an answer looks like before anybody is asked anything more.

use super::super::facts::{listed, systems};
use super::super::{Answer, Model};
use super::chance::{is_settled, wanders};
use super::{Rule, Rules};
use crate::place::Place;
use crate::verdict::{Verdict, Word};

/// What is said of an answer at first sight.
pub(super) enum Look {
    /// Nothing more needs to be asked.
    Settled(Verdict),
    /// It may be a change.
    Suspicion(Suspicion),
}

/// What may be a change.
pub(super) struct Suspicion {
    pub(super) kind: Kind,
    /// What is otherwise, in a sentence.
    pub(super) sentence: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// In which way an answer is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Several answers to one question.
    Contradicted,
    /// The server does not answer as one that works.
    Failing,
    /// Another status.
    Status,
    /// R1.
    Bogon,
    /// R3, and all of it in another country.
    Country,
    /// R2, and something besides.
    Added,
    /// R4.
    Moved,
    /// R5.
    Alias,
    /// R6.
    Provider,
    /// Other data, of a type that is not an address.
    Data,
}

/// Holds an answer against what is normal, by what is known already.
pub(super) fn look(model: &Model, answer: &Answer, rules: &Rules) -> Look {
    if !model.is_learned() {
        return learning(model);
    }
    if rules.has(Rule::Previous) && returned(model, answer, rules) {
        let sentence = "it is again what it was before the last accepted change";
        return Look::Settled(Verdict::new(Word::Flapping, "dns-previous", sentence));
    }
    look_now(model, answer, rules)
}

/// Whether this is not what is normal now and is what was normal before.
fn returned(model: &Model, answer: &Answer, rules: &Rules) -> bool {
    let settled = |model: &Model| matches!(look_now(model, answer, rules), Look::Settled(_));
    model.previous.as_ref().is_some_and(|previous| {
        previous.is_learned() && answer.is_firm() && !settled(model) && settled(previous)
    })
}

fn learning(model: &Model) -> Look {
    let needed = super::super::LEARNED_AFTER;
    let sentence = format!(
        "learning what is normal: {} of {needed} answers before this one",
        model.answers
    );
    Look::Settled(Verdict::new(Word::Variance, "dns-learning", sentence))
}

fn look_now(model: &Model, answer: &Answer, rules: &Rules) -> Look {
    contradicted(model, answer, rules)
        .or_else(|| status(model, answer, rules))
        .or_else(|| empty(model, answer, rules))
        .or_else(|| bogon(model, answer, rules))
        .unwrap_or_else(|| match answer.places.is_empty() {
            true => data(model, answer),
            false => places(model, answer, rules),
        })
}

fn settled(word: Word, rule: &'static str, sentence: String) -> Look {
    Look::Settled(Verdict::new(word, rule, sentence))
}

fn suspicion(kind: Kind, sentence: String, from: impl Into<String>, to: impl Into<String>) -> Look {
    let (from, to) = (from.into(), to.into());
    Look::Suspicion(Suspicion {
        kind,
        sentence,
        from,
        to,
    })
}

/// Where it is usual, as behind a censor, it is what is normal.
fn contradicted(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    let usual = model.contradicted * 2 > model.answers;
    let several = answer.different_replies > 1 && !usual && rules.has(Rule::Contradicted);
    several.then(|| {
        let count = answer.different_replies;
        let sentence = format!(
            "{count} different answers came to one question; {} of {} did so before",
            model.contradicted, model.answers
        );
        suspicion(
            Kind::Contradicted,
            sentence,
            "one answer",
            "several answers",
        )
    })
}

/// R0.
fn status(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    if model.is_usual(&answer.status) || !rules.has(Rule::Status) {
        return None;
    }
    let was = model.statuses.most().unwrap_or("nothing");
    let count = model.statuses.count(&answer.status);
    let sentence = format!(
        "{} where {was} is usual ({count} of {} answers were so before)",
        answer.status,
        model.statuses.total()
    );
    let kind = if answer.is_firm() {
        Kind::Status
    } else {
        Kind::Failing
    };
    Some(suspicion(kind, sentence, was, answer.status.clone()))
}

/// A status without anything more to compare; where there were records, their absence is one of its own.
fn empty(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    if !answer.places.is_empty() || !answer.data.is_empty() {
        return None;
    }
    let records = model.data.kinds() + model.pool.len() > 0;
    let lost = records && answer.status == "NOERROR" && rules.has(Rule::Status);
    Some(match lost {
        true => suspicion(
            Kind::Status,
            "an answer without a record".to_owned(),
            "records",
            "none",
        ),
        false => settled(
            Word::Same,
            "dns-R0-status",
            format!("{} as before", answer.status),
        ),
    })
}

/// R1, before whose an address is can excuse it.
fn bogon(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    let special = model
        .pool
        .iter()
        .filter(|known| known.place.special.is_some());
    let known = model.is_regular(special.map(|known| known.count).sum(), model.draws);
    let place = answer
        .special()
        .filter(|_| !known && rules.has(Rule::Bogon))?;
    let word = place.special.clone().unwrap_or_default();
    let sentence = format!(
        "{} is a {word} address, of which none was among {}",
        place.address,
        model.pool.len()
    );
    Some(suspicion(Kind::Bogon, sentence, model.whose(), word))
}

fn data(model: &Model, answer: &Answer) -> Look {
    let values = answer.values();
    let new = values.iter().find(|value| !model.data.has(value));
    let always = |value: &&String| model.data.count(value) >= model.draws;
    let lost = model
        .data
        .words()
        .filter(always)
        .find(|value| !values.contains(*value));
    let (from, to) = (
        lost.cloned().unwrap_or_default(),
        new.cloned().unwrap_or_default(),
    );
    match (new, lost) {
        (Some(new), _) => suspicion(Kind::Data, format!("`{new}` was not seen before"), from, to),
        (None, Some(lost)) => suspicion(
            Kind::Data,
            format!("`{lost}` stood in each answer before"),
            from,
            to,
        ),
        (None, None) => settled(
            Word::Same,
            "dns-data",
            format!("{} known values", values.len()),
        ),
    }
}

/// R2 to R6.
fn places(model: &Model, answer: &Answer, rules: &Rules) -> Look {
    let end = model.ends.has(&answer.end());
    let known = answer
        .places
        .iter()
        .find(|place| model.pool.has(place.address));
    let known = known.filter(|_| rules.has(Rule::Address));
    let near = known.is_some() || (rules.has(Rule::System) && model.is_near(answer, rules));
    match (end, known, near) {
        (true, Some(place), _) => added(model, answer, rules).unwrap_or_else(|| {
            let sentence = format!(
                "{} is one of {} known addresses",
                place.address,
                model.pool.len()
            );
            shaped(model, answer, "dns-R2-address", sentence)
        }),
        (true, None, true) => country(model, answer, rules)
            .or_else(|| added(model, answer, rules))
            .unwrap_or_else(|| renumbered(model, answer)),
        (true, None, false) => moved(model, answer),
        (false, Some(_), _) => alias(model, answer, Kind::Alias, rules),
        (false, None, true) => country(model, answer, rules)
            .unwrap_or_else(|| alias(model, answer, Kind::Alias, rules)),
        (false, None, false) => alias(model, answer, Kind::Provider, rules),
    }
}

/// Beside what is known, something in a system where nothing was. A name that wanders may; of others it is asked about.
fn added(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    let strange = |place: &&Place| {
        let alone = Answer {
            places: vec![(*place).clone()],
            ..Answer::default()
        };
        !model.pool.has(place.address)
            && !alone.systems().is_empty()
            && !model.is_near(&alone, rules)
    };
    let place = answer
        .places
        .iter()
        .find(strange)
        .filter(|_| rules.has(Rule::System))?;
    let whose = listed(&systems(place).into_iter().collect());
    let sentence = format!(
        "{} of {whose}, where none of {} answers was, beside what is known",
        place.address, model.draws
    );
    Some(match wanders(model) && rules.has(Rule::Wandering) {
        true => settled(Word::Variance, "dns-R2-added", sentence),
        false => suspicion(Kind::Added, sentence, model.whose(), whose),
    })
}

/// An alias on another way to a known end widens what is normal.
fn shaped(model: &Model, answer: &Answer, rule: &'static str, sentence: String) -> Look {
    let shape = answer.shape();
    if model.shapes.has(&shape) {
        return settled(Word::Same, rule, sentence);
    }
    settled(
        Word::Variance,
        "dns-R5-shape",
        format!("another chain to a known end: {shape}"),
    )
}

/// New addresses where others were. Of a pool that held still it is told, though it is no change.
fn renumbered(model: &Model, answer: &Answer) -> Look {
    let sentence = format!("new addresses in {}, which is known", model.common(answer));
    match is_settled(model) {
        false => shaped(model, answer, "dns-R3-cname-asn", sentence),
        true => settled(Word::Variance, "dns-R3-renumbered", sentence),
    }
}

/// The same system, and nothing of it where it ever was.
fn country(model: &Model, answer: &Answer, rules: &Rules) -> Option<Look> {
    let countries = answer.countries();
    let known = model.countries.any(&countries) || model.countries.kinds() == 0;
    let all = answer.places.iter().all(|place| place.country.is_some());
    if known || !all || !rules.has(Rule::Country) {
        return None;
    }
    let (from, to) = (
        model.countries.most().unwrap_or("").to_owned(),
        listed(&countries),
    );
    let sentence = format!(
        "all addresses are in {to}, where none of {} answers was; most were in {from}",
        model.draws
    );
    Some(suspicion(Kind::Country, sentence, from, to))
}

fn moved(model: &Model, answer: &Answer) -> Look {
    let (from, to) = (model.whose(), listed(&answer.systems()));
    let sentence = format!(
        "addresses in {to}, where none of {} answers was; most were in {from}",
        model.draws
    );
    suspicion(Kind::Moved, sentence, from, to)
}

fn alias(model: &Model, answer: &Answer, kind: Kind, rules: &Rules) -> Look {
    let (from, to) = (end(model.ends.most().unwrap_or("")), end(&answer.end()));
    let whose = match kind {
        Kind::Alias => format!("in {}, which is known", model.common(answer)),
        _ => format!(
            "in {}, where none of {} answers was",
            listed(&answer.systems()),
            model.draws
        ),
    };
    let sentence = format!("the chain ends in {to}, most ended in {from}; {whose}");
    match kind == Kind::Alias && !rules.has(Rule::Alias) {
        true => settled(Word::Same, "dns-R3-cname-asn", sentence),
        false => suspicion(kind, sentence, from, to),
    }
}

fn end(end: &str) -> String {
    if end.is_empty() {
        "no alias".to_owned()
    } else {
        end.to_owned()
    }
}
