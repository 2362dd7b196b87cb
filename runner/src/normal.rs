//! What is normal for a tracked test, seen from where one stands: learned from runs, kept beside its snapshot, and what
//! says whether something seen is a change.
//!
//! The rules are those of `netspec-detection`. Here what was seen becomes what they judge ([`observe`]), and what they
//! need to know besides is asked of the real network (`ask`).

mod ask;
mod bands;
mod file;
mod judge;
pub mod observe;
mod places;

pub use file::place;
pub use judge::{judge, judge_silence};

use crate::network::Network;
use crate::plan::Case;
use crate::probe::Seen;
use crate::verdict::Sided;
use jiff::Timestamp;
use netspec_detection::state::{State, Track};
use netspec_detection::{Verdict, Word, dns, route, rtt, values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the form that models are written in.
const VERSION: u32 = 1;

/// How many times as fast time goes by in a lab for what is learned there: whoever learns takes looks one after the other
/// that stand for looks of minutes apart.
const LAB_TIME: i32 = 1000;

/// From how many looks on it is known what is normal.
const LEARNED_AFTER: u32 = 3;

/// The time by which things are learned.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// When learning began, in a lab.
    lab_since: Option<Timestamp>,
}

impl Clock {
    /// When something was seen, to the second. In a lab time goes by faster.
    fn time(self, asked_at: Timestamp) -> Timestamp {
        let faster = |first: Timestamp| {
            let gone = asked_at.duration_since(first).checked_mul(LAB_TIME)?;
            first.checked_add(gone).ok()
        };
        let at = self.lab_since.and_then(faster).unwrap_or(asked_at);
        Timestamp::from_second(at.as_second()).unwrap_or(at)
    }
}

/// Which rules know what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Those of answers: pools, aliases, who holds them.
    Dns,
    /// Those of ways: load balancing, systems passed.
    Route,
    /// Those of any value.
    Values,
}

/// The model of one test, seen from one vantage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Normal {
    /// The version of this form.
    pub version: u32,
    /// The test.
    pub test: String,
    /// Where one stood.
    pub vantage: String,
    /// How many looks it was learned from.
    pub looks: u32,
    /// The first of them, and the last one from which something was learned.
    pub learned: Option<Learned>,
    /// The snapshot it belongs to, by its digest: with another one it starts anew.
    pub snapshot: String,
    /// The databases whose facts stand in it, by name and digest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub databases: BTreeMap<String, String>,
    /// How it stands, run after run.
    #[serde(default)]
    pub story: Track,
    /// What is normal, by side; a test of one question has one, of no name.
    pub sides: BTreeMap<String, Side>,
}

/// When a model was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Learned {
    /// Its first look.
    pub first: Timestamp,
    /// Its last look.
    pub last: Timestamp,
}

/// What is normal on one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Side {
    /// Of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<dns::Model>,
    /// Of a way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<route::Model>,
    /// Of what is tracked, by its word.
    pub values: values::Model,
    /// Whose the addresses in it were, where no other rules know of them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    places: places::Places,
    /// Of round-trip times and losses that are tracked, by their word.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub bands: BTreeMap<String, rtt::Detector>,
}

/// What is known of a test before it is judged: its model, if there is one that belongs to its snapshot.
pub fn of(
    case: &Case,
    network: &Network,
    folder: &Path,
    snapshot: &str,
) -> Result<Option<Normal>, String> {
    let file = place(case, network, folder);
    let model = file::read(&file)?;
    Ok(model.filter(|model| model.snapshot == digest(snapshot) && model.is_learned()))
}

impl Normal {
    /// A model that knows nothing yet.
    fn new(case: &Case, network: &Network) -> Self {
        Self {
            version: VERSION,
            test: case.name.clone(),
            vantage: network.vantage.name.clone(),
            ..Self::default()
        }
    }

    /// Takes what was seen for normal, by what was said of it; a change that nobody accepted only for suspicious.
    fn learn(
        &mut self,
        case: &Case,
        seen: &[Sided],
        network: &Network,
        said: &Verdict,
        at: Timestamp,
    ) {
        self.refresh(seen, network);
        let is_normal = said.word < Word::Inconclusive;
        for (name, seen) in seen {
            let side = self.sides.entry(name.clone()).or_default();
            side.learn(case, (seen, at), said, is_normal);
        }
        if !is_normal {
            return;
        }
        self.looks = self.looks.saturating_add(1);
        let first = self.learned.map_or(at, |learned| learned.first);
        self.learned = Some(Learned { first, last: at });
    }

    fn clock(&self, network: &Network) -> Clock {
        let first = self.learned.map(|learned| learned.first);
        Clock {
            lab_since: first.filter(|_| network.lab.is_some()),
        }
    }

    /// Whether enough was seen to know what is normal: until then, what is tracked is held against the snapshot alone.
    fn is_learned(&self) -> bool {
        let answers = |side: &Side| {
            side.dns
                .as_ref()
                .is_none_or(|model| model.is_learned() && model.draws >= LEARNED_AFTER)
        };
        self.looks >= LEARNED_AFTER && self.sides.values().all(answers)
    }

    /// Starts anew from what was seen, which somebody accepted; what was normal is kept, to know it again.
    fn replace(&mut self, case: &Case, seen: &[Sided], network: &Network, at: Timestamp) {
        self.refresh(seen, network);
        self.story.accept();
        for (name, seen) in seen {
            let side = self.sides.entry(name.clone()).or_default();
            side.replace(case, seen, at);
        }
        self.looks = self.looks.saturating_add(1);
    }

    /// Judges the addresses it knows by the databases of now; gives what these say otherwise.
    fn refresh(&mut self, seen: &[Sided], network: &Network) -> Vec<String> {
        let now: BTreeMap<String, String> = seen
            .iter()
            .flat_map(|(_, seen)| observe::databases(&seen.seen))
            .collect();
        if now == self.databases || now.is_empty() {
            return Vec::new();
        }
        let is_first = self.databases.is_empty();
        self.databases = now;
        if is_first {
            return Vec::new();
        }
        let look = |address| observe::place_of(network, address);
        let mut said = Vec::new();
        for side in self.sides.values_mut() {
            said.extend(
                side.dns
                    .as_mut()
                    .map(|model| model.refresh(&look))
                    .unwrap_or_default(),
            );
            said.extend(
                side.route
                    .as_mut()
                    .map(|model| model.refresh(&look))
                    .unwrap_or_default(),
            );
        }
        said
    }
}

impl Side {
    fn note_places(&mut self, case: &Case, seen: &Seen) {
        if case.check().kind.family == Family::Values {
            places::note(&mut self.places, &seen.seen);
        }
    }

    fn learn(
        &mut self,
        case: &Case,
        (seen, at): (&Seen, Timestamp),
        said: &Verdict,
        is_normal: bool,
    ) {
        if case.check().kind.family == Family::Dns {
            let model = self.dns.get_or_insert_default();
            model.after(&observe::answer(&seen.seen), said, at);
        }
        if !is_normal {
            return;
        }
        self.values.learn(&observe::values(case, &seen.seen), at);
        self.note_places(case, seen);
        bands::learn(case, self, &seen.seen, at);
        if let Some(trace) = way(case, seen) {
            self.route.get_or_insert_default().learn(&trace, at);
        }
    }

    fn replace(&mut self, case: &Case, seen: &Seen, at: Timestamp) {
        self.values.replace(&observe::values(case, &seen.seen), at);
        self.note_places(case, seen);
        self.bands.clear();
        bands::learn(case, self, &seen.seen, at);
        if case.check().kind.family == Family::Dns {
            let model = self.dns.get_or_insert_default();
            model.replace(&observe::answer(&seen.seen), at);
        }
        if let Some(trace) = way(case, seen) {
            self.route.get_or_insert_default().replace(&trace, at);
        }
    }
}

fn way(case: &Case, seen: &Seen) -> Option<route::Trace> {
    let is_way = case.check().kind.family == Family::Route;
    is_way.then(|| observe::trace(&seen.seen)).flatten()
}

/// Learns from a look, by what was said of it, and writes the model down; gives how it stands then. Where another
/// snapshot was accepted, what was normal before is normal no longer.
///
/// # Errors
/// The model cannot be read or written.
pub fn learn(
    case: &Case,
    seen: &[Sided],
    network: &Network,
    folder: &Path,
    snapshot: &str,
    said: &Verdict,
) -> Result<State, String> {
    let path = place(case, network, folder);
    let known = file::read(&path)?;
    let mut model = known.unwrap_or_else(|| Normal::new(case, network));
    let is_accepted = model.looks > 0 && model.snapshot != digest(snapshot);
    model.snapshot = digest(snapshot);
    let asked_at = seen.iter().map(|(_, seen)| seen.asked_at).max();
    let at = model.clock(network).time(asked_at.unwrap_or_default());
    if is_accepted {
        model.replace(case, seen, network, at);
    } else {
        model.learn(case, seen, network, said, at);
        model.story.observe(said, at);
    }
    file::write(&path, &model).map(|()| model.story.state)
}

/// A text, in a few characters that no other has.
fn digest(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text);
    digest
        .iter()
        .take(8)
        .map(|octet| format!("{octet:02x}"))
        .collect()
}
