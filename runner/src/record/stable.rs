//! Which facts held still: what is proposed of each, judged over all that was seen.

use super::gather::Gathered;
use super::kinds::{Fact, Recorded, When};
use super::propose::{Proposal, is_all_null, is_still, propose, values};
use super::said::Said;
use crate::verdict::Sided;
use crate::yaml;
use netspec_assertions::expect;
use netspec_assertions::finding::{Grade, escape};
use netspec_assertions::judge::judge;
use netspec_assertions::problem::Problems;
use netspec_assertions::shape::Shape;
use serde_json::Value;
use std::time::Duration;

/// What can be expected of one who was asked, and what can be tracked.
#[derive(Clone, Debug, Default)]
pub(super) struct Learned {
    /// What is expected, in order.
    pub(super) kept: Vec<Kept>,
    /// What is tracked.
    pub(super) track: Vec<&'static str>,
    /// What is not tracked, with why.
    pub(super) not_tracked: Vec<(&'static str, String)>,
}

/// Something expected of a fact, or nothing with the reason why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) word: &'static str,
    pub(super) said: Option<Said>,
    pub(super) why: Option<String>,
    is_firm: bool,
}

impl Learned {
    /// Whether something is expected beside bounds.
    pub(super) fn is_firm(&self) -> bool {
        self.kept
            .iter()
            .any(|kept| kept.is_firm && kept.said.is_some())
    }

    /// Why nothing, or no more, is expected of some facts.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &str> {
        self.kept.iter().filter_map(|kept| kept.why.as_deref())
    }
}

/// Whether somebody answered in every run; a word for silence is nothing to expect.
pub(super) fn not_in_vain(row: &Recorded, gathered: &Gathered) -> Result<(), String> {
    let (word, silence) = row.vain;
    let seen = gathered.runs.iter().flatten();
    let said = seen.filter_map(|(_, seen)| seen.seen[word].as_str());
    match said.into_iter().find(|said| silence.contains(said)) {
        Some(said) => Err(format!(
            "{} was asked in vain: {word} {said}; nothing was written",
            escape(&gathered.name)
        )),
        None => Ok(()),
    }
}

/// What held still in all of these runs; with `levels`, times are tracked too.
pub(super) fn learn(row: &'static Recorded, runs: &[Vec<Sided>], levels: bool) -> Learned {
    let shape = (row.kind().shape)();
    let seen: Vec<&Value> = runs.iter().flatten().map(|(_, seen)| &seen.seen).collect();
    let kept = row.facts.iter().filter_map(|fact| kept(fact, shape, &seen));
    let mut learned = Learned {
        kept: kept.collect(),
        ..Learned::default()
    };
    for tracked in row.track {
        let is_level = tracked.when == When::Level;
        if is_level && (!levels || learned.track.is_empty()) {
            continue; // where no model is yet, a level alone says nothing
        }
        match untracked(tracked.word, tracked.when, shape, runs) {
            Tracking::Is => learned.track.push(tracked.word),
            Tracking::IsNot(why) => learned.not_tracked.push((tracked.word, why)),
            Tracking::Nothing => {}
        }
    }
    learned
}

fn kept(fact: &Fact, shape: &Shape, seen: &[&Value]) -> Option<Kept> {
    let (word, is_firm) = (fact.word, fact.is_firm);
    let Proposal { said, why } = propose(word, fact.form, shape, seen);
    let said = said.filter(|said| holds(word, said, shape, seen));
    (said.is_some() || why.is_some()).then_some(Kept {
        word,
        said,
        why,
        is_firm,
    })
}

/// Whether the judge says so of all that was seen.
fn holds(word: &str, said: &Said, shape: &Shape, seen: &[&Value]) -> bool {
    let mut problems = Problems::default();
    let text = said.clone().under(word).flow();
    let Ok(node) = yaml::read(&text.replace("$${", "${"), &mut problems) else {
        return false;
    };
    let expect = expect::read(&node, shape, &mut problems);
    let Some(expect) = expect.filter(|_| problems.0.is_empty()) else {
        return false;
    };
    let proven = |seen: &&Value| {
        judge(&expect, seen)
            .iter()
            .all(|finding| finding.grade == Grade::Note)
    };
    seen.iter().all(proven)
}

enum Tracking {
    Is,
    IsNot(String),
    /// There is nothing to track.
    Nothing,
}

/// The most things of which each is remembered.
const FEW: usize = 8;

fn untracked(word: &str, when: When, shape: &Shape, runs: &[Vec<Sided>]) -> Tracking {
    let side = |(name, seen): &Sided| {
        Some(
            values(word, shape, &[&seen.seen])?
                .1
                .first()
                .map(|value| (name.clone(), value.clone())),
        )
    };
    let by_run: Option<Vec<Vec<_>>> = runs
        .iter()
        .map(|run| run.iter().map(side).collect::<Option<Vec<_>>>())
        .collect();
    let Some(by_run) = by_run.filter(|by_run| !by_run.is_empty()) else {
        return Tracking::Nothing;
    };
    let first: Vec<&Value> = by_run[0].iter().flatten().map(|(_, value)| value).collect();
    let empty = |value: &&Value| value.is_null() || is_all_null(value);
    let varied = by_run.windows(2).any(|pair| pair[0] != pair[1]);
    let many = first
        .iter()
        .any(|value| value.as_array().is_some_and(|items| items.len() > FEW));
    match when {
        _ if first.iter().all(empty) && !varied && word != "chain" => Tracking::Nothing,
        When::Level => match first.iter().all(|value| value.is_number()) {
            true => Tracking::Is,
            false => Tracking::Nothing,
        },
        When::Fresh if varied || many => Tracking::Nothing, // of which the expectation speaks
        _ if varied => Tracking::IsNot("it varied".to_owned()),
        When::Fresh if !is_fresh(runs) => Tracking::IsNot(
            "whether they hold still is not known, for the resolver kept its answer all the while; --for 10m looks longer"
                .to_owned(),
        ),
        _ => Tracking::Is,
    }
}

/// How long one must look at answers that do not count down, to know that they do not.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// Whether the answers were made anew while they were looked at: their time to live did not count down, or was over twice.
fn is_fresh(runs: &[Vec<Sided>]) -> bool {
    let all = runs.iter().filter_map(|run| run.first());
    let seen: Vec<_> = all
        .filter_map(|(_, seen)| Some((seen.asked_at, seen.seen["ttl_s"].as_f64()?)))
        .collect();
    let (Some((begin, _)), Some((end, _))) = (seen.first(), seen.last()) else {
        return false;
    };
    let looked = end.duration_since(*begin).unsigned_abs();
    let ttls: Vec<Value> = seen.iter().map(|(_, ttl)| Value::from(*ttl)).collect();
    let longest = seen.iter().map(|(_, ttl)| *ttl).fold(0.0, f64::max);
    is_still(&ttls) && looked >= LONG_ENOUGH || looked.as_secs_f64() >= 2.0 * longest
}
