//! What a test saw, as facts by the words of expectations, and which of them differ.

use super::look::Look;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was seen, in the order it is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts(Vec<Fact>);

/// The values of one word; of a list of things, those of all of them, each once: their order and their number differ from
/// look to look.
#[derive(Clone, Debug, PartialEq)]
struct Fact {
    word: String,
    values: Vec<String>,
    /// The unit of what is measured, and so never twice the same.
    unit: Option<Unit>,
}

/// What a measured number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Milliseconds,
    Seconds,
}

impl Unit {
    /// The suffixes of keys whose numbers are measured.
    const SUFFIXES: [(&str, Self); 2] = [("_ms", Self::Milliseconds), ("_s", Self::Seconds)];

    /// What does not matter, however small the number.
    fn slack(self) -> f64 {
        match self {
            Self::Milliseconds => 20.0,
            Self::Seconds => 60.0,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
        }
    }
}

/// Keys that say nothing of the network, or count what a look happened to send and to hear.
const ASIDE: [&str; 10] = [
    "databases",
    "header-lines",
    "date",
    "links",
    "sent",
    "answered",
    "flows",
    "late",
    "unnamed",
    "dropped",
];
/// The most facts of one look: what a hostile peer can fill is bounded when it is read, and again here.
const MOST: usize = 4_000;

impl Facts {
    pub(super) fn of<'a>(sides: impl Iterator<Item = &'a Value>) -> Self {
        let mut facts = Self::default();
        for side in sides {
            facts.add(&side["seen"], "", None);
        }
        for fact in &mut facts.0 {
            fact.values.sort();
            fact.values.dedup();
        }
        facts
    }

    fn add(&mut self, value: &Value, word: &str, unit: Option<Unit>) {
        match value {
            Value::Object(fields) => {
                let told = fields
                    .iter()
                    .filter(|(key, _)| !ASIDE.contains(&key.as_str()));
                told.for_each(|(key, value)| self.field(key, value, word));
            }
            Value::Array(items) => {
                self.fact(word, unit);
                items.iter().for_each(|item| self.add(item, word, unit));
            }
            Value::Null => self.value(word, unit, "absent".to_owned()),
            Value::String(text) => self.value(word, unit, text.clone()),
            other => self.value(word, unit, other.to_string()),
        }
    }

    fn field(&mut self, key: &str, value: &Value, word: &str) {
        let measured = Unit::SUFFIXES.into_iter().find_map(|(suffix, unit)| {
            let word = key.strip_suffix(suffix)?;
            Some((word, unit))
        });
        let own = measured.map_or(key.trim_end_matches("_bytes"), |(word, _)| word);
        let word = if word.is_empty() {
            own.to_owned()
        } else {
            format!("{word}.{own}")
        };
        self.add(value, &word, measured.map(|(_, unit)| unit));
    }

    fn fact(&mut self, word: &str, unit: Option<Unit>) -> Option<&mut Fact> {
        let known = self.0.iter().position(|fact| fact.word == word);
        let index = match known {
            Some(index) => index,
            None if self.0.len() < MOST => {
                let (word, values) = (word.to_owned(), Vec::new());
                self.0.push(Fact { word, values, unit });
                self.0.len() - 1
            }
            None => return None,
        };
        self.0.get_mut(index)
    }

    fn value(&mut self, word: &str, unit: Option<Unit>, value: String) {
        if let Some(fact) = self.fact(word, unit) {
            fact.values.push(value);
        }
    }

    /// The values of a word.
    pub fn values(&self, word: &str) -> impl Iterator<Item = &str> {
        let fact = self.0.iter().find(|fact| fact.word == word);
        fact.into_iter()
            .flat_map(|fact| &fact.values)
            .map(String::as_str)
    }

    /// All values of all words.
    pub fn all_values(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .flat_map(|fact| &fact.values)
            .map(String::as_str)
    }
}

/// What held still, or within bounds, while nothing happened.
#[derive(Clone, Debug, Default)]
pub struct Steady(Vec<Held>);

#[derive(Clone, Debug)]
struct Held {
    fact: Fact,
    /// Whether every look saw the same.
    still: bool,
}

/// A fact that is another than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its word.
    pub word: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub now: String,
}

impl Steady {
    /// What held still in all of these looks, by test.
    pub fn of(looks: &[Look]) -> BTreeMap<String, Self> {
        let mut steady: BTreeMap<String, Self> = BTreeMap::new();
        for test in looks.iter().flat_map(|look| &look.tests) {
            match steady.get_mut(&test.name) {
                Some(known) => known.meet(&test.facts),
                None => drop(steady.insert(test.name.clone(), Self::first(&test.facts))),
            }
        }
        steady
    }

    fn first(facts: &Facts) -> Self {
        let held = |fact: &Fact| Held {
            fact: fact.clone(),
            still: true,
        };
        Self(facts.0.iter().map(held).collect())
    }

    fn meet(&mut self, facts: &Facts) {
        for held in &mut self.0 {
            let now = facts.0.iter().find(|fact| fact.word == held.fact.word);
            match now {
                Some(now) if held.fact.unit.is_some() => {
                    held.fact.values.extend(now.values.iter().cloned());
                }
                Some(now) if now.values == held.fact.values => {}
                _ => held.still = false,
            }
        }
    }

    /// What is another now, the shortest words first: they say most.
    pub fn differences(&self, now: &Facts) -> Vec<Difference> {
        let different = |held: &Held| {
            let now = now.0.iter().find(|fact| fact.word == held.fact.word)?;
            let differs = match held.fact.unit {
                Some(unit) => held.fact.is_far_from(now, unit),
                None => now.values != held.fact.values,
            };
            differs.then(|| Difference {
                word: held.fact.word.clone(),
                before: held.fact.beside(now),
                now: now.beside(&held.fact),
            })
        };
        let still = self.0.iter().filter(|held| held.still);
        let mut all: Vec<Difference> = still.filter_map(different).collect();
        all.sort_by_key(|difference| difference.word.matches('.').count());
        all
    }
}

impl Fact {
    /// The least and the largest number.
    fn range(&self) -> Option<(f64, f64)> {
        let numbers = self
            .values
            .iter()
            .filter_map(|value| value.parse::<f64>().ok());
        numbers.fold(None, |range, number| match range {
            None => Some((number, number)),
            Some((least, most)) => Some((f64::min(least, number), f64::max(most, number))),
        })
    }

    /// Whether what is measured now is half as much again, or less than two thirds, and not by a trifle.
    fn is_far_from(&self, now: &Self, unit: Unit) -> bool {
        match (self.range(), now.range()) {
            (Some((least, most)), Some((new_least, new_most))) => {
                new_least > most * 1.5 + unit.slack() || new_most < least / 1.5 - unit.slack()
            }
            (None, None) => false,
            _ => true,
        }
    }

    /// Its value beside another: of a list, what the other has not.
    fn beside(&self, other: &Self) -> String {
        if let (Some(unit), Some((least, _))) = (self.unit, self.range()) {
            return format!("{least:.0} {}", unit.symbol());
        }
        let own = self
            .values
            .iter()
            .filter(|value| !other.values.contains(value));
        let own: Vec<&str> = own.map(String::as_str).collect();
        let all: Vec<&str> = self.values.iter().map(String::as_str).collect();
        match if own.is_empty() { all } else { own }.as_slice() {
            [] => "none".to_owned(),
            [one] => (*one).to_owned(),
            [first, second] => format!("{first}, {second}"),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }
}
