use super::Answer;
use super::facts::systems;
use super::pool::Pool;
use super::tally::Tally;
use crate::place::Place;
use crate::verdict::{Verdict, Word};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// From how many answers on it is known what is normal.
pub const LEARNED_AFTER: u32 = 3;
/// Whoever spreads load by name gives times to live of seconds or minutes. From here on, in seconds, the same answer seen
/// again counts as one more even where it came from a cache.
const STEADY_TTL_S: u32 = 3600;

/// What is normal for one question to one resolver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Model {
    /// How many answers it was learned from.
    pub answers: u32,
    /// How many of them came from their source and not from a cache that gave the one before.
    pub draws: u32,
    /// How the server answered.
    pub statuses: Tally,
    /// The registrable domain at the end of the chain; an empty word where there was no alias.
    pub ends: Tally,
    /// The chains, volatile labels as `<id>`.
    pub shapes: Tally,
    /// The systems its addresses were in.
    pub systems: Tally,
    /// Who holds those systems.
    pub holders: Tally,
    /// The countries its addresses were in.
    pub countries: Tally,
    /// The addresses.
    #[serde(skip_serializing_if = "Pool::is_empty")]
    pub pool: Pool,
    /// The data, for types that are not addresses.
    pub data: Tally,
    /// How many answers came with another, different one to the same question.
    pub contradicted: u32,
    /// The longest time to live; a cache counts down from it.
    #[serde(rename = "ttl_max_s", skip_serializing_if = "Option::is_none")]
    pub ttl_max_s: Option<u32>,
    /// The fastest answer, in milliseconds.
    #[serde(rename = "floor_ms", skip_serializing_if = "Option::is_none")]
    pub floor_ms: Option<f64>,
    /// Until when the last answer that came from its source may stand in a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_until: Option<Timestamp>,
    /// Its time to live.
    #[serde(rename = "cached_ttl_s", skip_serializing_if = "Option::is_none")]
    pub cached_ttl_s: Option<u32>,
    /// What was seen otherwise and is not proven yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspect: Option<Suspect>,
    /// What was normal until a change was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Box<Self>>,
}

/// What was seen otherwise, run after run, without anything known between.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Suspect {
    /// How the server answered.
    pub status: String,
    /// In how many answers, those left out that came from the same cache.
    pub draws: u32,
    /// Since when.
    pub since: Timestamp,
    /// Until when the last of them may stand in a cache.
    pub cached_until: Timestamp,
    /// What it points at.
    pub to: String,
    /// Whether a change was said by it.
    pub told: bool,
    /// Whether what is known was fetched after it: its source gives both, now the one and now the other.
    pub returned: bool,
}

impl Model {
    /// Whether enough was seen to know what is normal.
    pub fn is_learned(&self) -> bool {
        self.answers >= LEARNED_AFTER
    }

    /// Takes an answer for normal.
    pub fn learn(&mut self, answer: &Answer, at: Timestamp) {
        self.answers = self.answers.saturating_add(1);
        self.statuses.add([answer.status.clone()]);
        self.contradicted += u32::from(answer.different_replies > 1);
        if !answer.is_firm() {
            return;
        }
        let floor = answer
            .time_ms
            .filter(|time| time.is_finite())
            .map(f64::round);
        self.floor_ms = [self.floor_ms, floor]
            .into_iter()
            .flatten()
            .reduce(f64::min);
        let draw = self.is_draw(answer, at);
        self.pool.add(&answer.places, at, draw);
        self.ttl_max_s = self.ttl_max_s.max(answer.ttl_s);
        if draw {
            self.count(answer);
            self.cached_until = Some(until(answer, at));
            self.cached_ttl_s = answer.ttl_s;
        }
    }

    fn count(&mut self, answer: &Answer) {
        self.draws = self.draws.saturating_add(1);
        if answer.status == "NOERROR" {
            self.ends.add([answer.end()]);
            self.shapes.add([answer.shape()]);
        }
        self.systems.add(answer.systems());
        self.holders.add(answer.holders());
        self.countries.add(answer.countries());
        if answer.places.is_empty() {
            self.data.add(answer.values());
        }
    }

    /// Whether an answer came from its source, as far as that shows. From a cache comes what is known, its time to live
    /// counted down.
    fn is_draw(&self, answer: &Answer, at: Timestamp) -> bool {
        let (Some(until), Some(ttl_s)) = (self.cached_until, answer.ttl_s) else {
            return true;
        };
        let unseen = answer
            .places
            .iter()
            .any(|place| !self.pool.has(place.address));
        let left = until.duration_since(at).as_secs();
        let counted =
            self.cached_ttl_s.is_some_and(|before| ttl_s < before) && i64::from(ttl_s) <= left + 1;
        self.is_steady() || unseen || !counted
    }

    /// Whether whoever answers does not spread load by name, by the time to live.
    pub(super) fn is_steady(&self) -> bool {
        self.ttl_max_s.is_some_and(|ttl_s| ttl_s >= STEADY_TTL_S)
    }

    /// Takes what was decided about an answer: what is normal is learned, what is suspicious remembered.
    pub fn after(&mut self, answer: &Answer, verdict: &Verdict, at: Timestamp) {
        match verdict.word {
            Word::Same | Word::Variance | Word::DbChanged => {
                self.returns(answer, verdict.word, at);
                self.learn(answer, at);
            }
            Word::Inconclusive | Word::Changed => self.suspects(answer, verdict, at),
            Word::Flapping => {}
        }
    }

    /// What is known after something suspicious: it was older and came from a cache, or is given again.
    fn returns(&mut self, answer: &Answer, word: Word, at: Timestamp) {
        // Whose it is was seen more than by the way: one stray answer that was learned is no witness.
        let systems = answer.systems();
        let often = |system: &String| self.is_regular(self.systems.count(system), self.draws);
        let firm = answer.is_firm() && (systems.is_empty() || systems.iter().any(often));
        let Some(suspect) = self.suspect.as_mut().filter(|_| firm) else {
            return;
        };
        let age_s = self
            .ttl_max_s
            .zip(answer.ttl_s)
            .map_or(0, |(most, left)| most.saturating_sub(left));
        let fetched = at
            .saturating_sub(SignedDuration::from_secs(age_s.into()))
            .unwrap_or(at);
        if word == Word::Variance || suspect.told {
            self.suspect = None;
        } else if fetched > suspect.since {
            suspect.returned = true;
        }
    }

    /// A server that fails is asked anew each time; what it answers may come from a cache.
    fn suspects(&mut self, answer: &Answer, verdict: &Verdict, at: Timestamp) {
        let Some(edge) = &verdict.edge else { return };
        let same = self
            .suspect
            .take()
            .filter(|suspect| suspect.status == answer.status && !suspect.returned);
        let mut suspect = same.unwrap_or_else(|| Suspect {
            status: answer.status.clone(),
            since: at,
            ..Suspect::default()
        });
        let steady = answer.ttl_s.is_none() || self.is_steady();
        let more = match answer.is_firm() {
            false => 1 + verdict.probes.min(3),
            true => u32::from(steady || suspect.draws == 0 || at >= suspect.cached_until),
        };
        suspect.draws = suspect.draws.saturating_add(more);
        if more > 0 {
            suspect.cached_until = until(answer, at);
        }
        suspect.to.clone_from(&edge.to);
        suspect.told |= verdict.word == Word::Changed;
        self.suspect = Some(suspect);
    }

    /// Starts anew from an answer, because a change was accepted; what was normal is kept, to know it again.
    pub fn replace(&mut self, answer: &Answer, at: Timestamp) {
        let mut previous = std::mem::take(self);
        previous.previous = None;
        previous.suspect = None;
        self.floor_ms = previous.floor_ms;
        self.previous = Some(Box::new(previous));
        self.learn(answer, at);
        self.answers = LEARNED_AFTER;
    }

    /// Judges the addresses it knows by other databases; gives what they say otherwise, a sentence each.
    pub fn refresh(&mut self, look: &dyn Fn(IpAddr) -> Place) -> Vec<String> {
        let mut differences = Vec::new();
        for known in self.pool.iter_mut() {
            let place = look(known.place.address);
            differences.extend(difference(&known.place, &place));
            known.place = place;
        }
        if !differences.is_empty() {
            self.recount();
        }
        if let Some(previous) = &mut self.previous {
            differences.extend(previous.refresh(look));
        }
        differences
    }

    /// Systems, holders and countries anew from the addresses; one that stood in many answers counts as often.
    fn recount(&mut self) {
        (self.systems, self.holders, self.countries) = Default::default();
        for known in self.pool.iter() {
            for _ in 0..known.count.clamp(1, 1000) {
                let place = known.place.clone();
                let alone = Answer {
                    places: vec![place],
                    ..Answer::default()
                };
                self.systems.add(alone.systems());
                self.holders.add(alone.holders());
                self.countries.add(alone.countries());
            }
        }
    }
}

/// Until when a cache may hold it.
fn until(answer: &Answer, at: Timestamp) -> Timestamp {
    let ttl = SignedDuration::from_secs(answer.ttl_s.unwrap_or(0).into());
    let until = at.saturating_add(ttl).unwrap_or(at);
    // To the second: the rest would be noise in a file.
    Timestamp::from_second(until.as_second()).unwrap_or(until)
}

fn difference(old: &Place, new: &Place) -> Option<String> {
    let words = |place: &Place| {
        let systems: BTreeSet<String> = systems(place).into_iter().collect();
        let named = [place.holder.clone(), place.country.clone()]
            .into_iter()
            .flatten();
        let all: Vec<String> = systems.into_iter().chain(named).collect();
        if all.is_empty() {
            "nothing known".to_owned()
        } else {
            all.join(" ")
        }
    };
    (old != new).then(|| format!("{} was {}, is {}", old.address, words(old), words(new)))
}
