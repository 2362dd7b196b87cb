//! Anything else that is tracked: which values were seen, and how often.
//!
//! A value that was seen before is as it was. Of a list that is a pool (addresses that take turns) each element counts for
//! itself. A new value is a change where it held still before and comes back when it is asked again; where new values are
//! what one must expect (the unseen mass of Good and Turing, Biometrika 1953: how often something was seen once, of all that
//! was seen), it is variance.

use crate::verdict::{Verdict, Word};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::future::Future;

/// What is tracked of one look, by its word.
pub type Values = BTreeMap<String, Value>;

/// The values that are normal, by the word they are tracked under.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Model(BTreeMap<String, Vec<Known>>);

/// One value that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Known {
    value: Value,
    seen: u32,
    first: Timestamp,
    last: Timestamp,
}

/// How many different values of one word are kept; the rarest go first.
const MOST_VALUES: usize = 256;

/// Above this share of values seen only once, another new one is what one must expect.
pub const SURPRISING_BELOW: f64 = 0.05;

/// How often a new value is asked for again before it is believed.
const LOOKS_AGAIN: usize = 2;

/// Where what is tracked is looked at again.
pub trait Asker: Sync {
    /// Another look. Nothing where it cannot be had.
    fn again(&self) -> impl Future<Output = Option<Values>> + Send;
}

impl Model {
    /// Takes values for normal.
    pub fn learn(&mut self, values: &Values, at: Timestamp) {
        for (word, value) in values {
            let known = self.0.entry(word.clone()).or_default();
            note(known, value, at);
            known.sort_by_cached_key(|known| (Reverse(known.seen), known.value.to_string()));
            known.truncate(MOST_VALUES);
        }
    }

    /// Starts anew from these values.
    pub fn replace(&mut self, values: &Values, at: Timestamp) {
        self.0.clear();
        self.learn(values, at);
    }

    /// The words under which there is something that was never seen, with what that is: the new elements of a list that
    /// is a pool, or else the value.
    pub fn unknown<'v>(&self, values: &'v Values) -> BTreeMap<&'v str, Vec<&'v Value>> {
        let new = values.iter().filter_map(|(word, value)| {
            let new = self.never_seen(word, value);
            (!new.is_empty()).then_some((word.as_str(), new))
        });
        new.collect()
    }

    fn never_seen<'v>(&self, word: &str, value: &'v Value) -> Vec<&'v Value> {
        let known = self.known(word);
        if known.iter().any(|known| known.value == *value) {
            return Vec::new();
        }
        match is_pool(known) {
            true => elements(value)
                .into_iter()
                .filter(|element| {
                    !known
                        .iter()
                        .any(|known| elements(&known.value).contains(element))
                })
                .collect(),
            false => vec![value],
        }
    }

    fn known(&self, word: &str) -> &[Known] {
        self.0.get(word).map(Vec::as_slice).unwrap_or_default()
    }

    /// The chance that the next value, or the next element of a pool, is one never seen, by Good and Turing; certain where
    /// nothing was seen yet.
    fn unseen_mass(&self, word: &str) -> f64 {
        let known = self.known(word);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for known in known {
            for part in parts(&known.value, is_pool(self.known(word))) {
                *counts.entry(part.to_string()).or_default() += known.seen;
            }
        }
        let once = counts.values().filter(|seen| **seen == 1).count();
        match counts.values().sum() {
            0 => 1.0,
            all => once as f64 / f64::from(all),
        }
    }
}

/// Whether a list is a pool whose elements take turns: it was not the same list each time.
fn is_pool(known: &[Known]) -> bool {
    known.len() > 1 && known.iter().all(|known| known.value.is_array())
}

fn parts(value: &Value, is_pool: bool) -> Vec<&Value> {
    match is_pool {
        true => elements(value),
        false => vec![value],
    }
}

/// The elements of a list that is none of lists, each by itself; any other value as a whole, an empty list too.
fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) if !items.is_empty() && !items.iter().any(Value::is_array) => {
            items.iter().collect()
        }
        other => vec![other],
    }
}

fn note(known: &mut Vec<Known>, value: &Value, at: Timestamp) {
    match known.iter_mut().find(|known| known.value == *value) {
        Some(known) => {
            known.seen = known.seen.saturating_add(1);
            known.last = at;
        }
        None => known.push(Known {
            value: value.clone(),
            seen: 1,
            first: at,
            last: at,
        }),
    }
}

/// Holds values against those that are normal; only what stands under these words.
pub async fn decide(model: &Model, now: &Values, asker: &impl Asker) -> Verdict {
    let unknown = model.unknown(now);
    if unknown.is_empty() {
        return Verdict::new(
            Word::Same,
            "values-seen-before",
            "every value was seen before",
        );
    }
    let surprising: Vec<&str> = unknown
        .keys()
        .copied()
        .filter(|word| model.unseen_mass(word) < SURPRISING_BELOW)
        .collect();
    if surprising.is_empty() {
        return told(Word::Variance, "values-filling", &unknown).and(
            "values of it are still coming that were never seen before, so one more is no surprise",
        );
    }
    let mut looks = Vec::new();
    for _ in 0..LOOKS_AGAIN {
        match asker.again().await {
            Some(values) => looks.push(values),
            None => {
                let cost = looks.len() as u32 + 1;
                return told(Word::Inconclusive, "values-not-reproduced", &unknown)
                    .and("it could not be seen again")
                    .costing(cost);
            }
        }
    }
    reproduced(model, &surprising, now, &looks, &unknown).costing(LOOKS_AGAIN as u32)
}

fn reproduced(
    model: &Model,
    words: &[&str],
    now: &Values,
    looks: &[Values],
    unknown: &BTreeMap<&str, Vec<&Value>>,
) -> Verdict {
    let same = |word: &&str| looks.iter().all(|look| look.get(*word) == now.get(*word));
    let back = |word: &&str| {
        let was = |look: &Values| {
            look.get(*word)
                .is_some_and(|value| model.never_seen(word, value).is_empty())
        };
        looks.iter().any(was)
    };
    if let Some(word) = words.iter().find(|word| same(word)) {
        let show = |value: Option<&Value>| value.map_or_else(String::new, Value::to_string);
        return told(Word::Changed, "values-reproduced", unknown)
            .and(format!(
                "seen {} times one after the other",
                looks.len() + 1
            ))
            .edge(
                "value",
                format!("{word} as it was"),
                format!("{word} {}", show(now.get(*word))),
            );
    }
    match words.iter().all(back) {
        true => told(Word::Variance, "values-alternate", unknown)
            .and("what was seen before came again when it was asked again"),
        false => told(Word::Inconclusive, "values-unsteady", unknown)
            .and("it was otherwise each time it was asked"),
    }
}

fn told(word: Word, rule: &'static str, unknown: &BTreeMap<&str, Vec<&Value>>) -> Verdict {
    let mut sentences = unknown.iter().map(|(word, new)| {
        let new: Vec<String> = new.iter().take(4).map(|value| value.to_string()).collect();
        format!("{word}: never seen before: {}", new.join(", "))
    });
    let first = sentences.next().unwrap_or_default();
    sentences.fold(Verdict::new(word, rule, first), Verdict::and)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::pin::pin;
    use std::sync::Mutex;
    use std::task::{Context, Poll, Waker};

    /// Answers what it was given, in turn.
    struct Script(Mutex<Vec<Value>>);

    impl Asker for Script {
        async fn again(&self) -> Option<Values> {
            let mut left = self.0.lock().expect("nobody panicked");
            if left.is_empty() {
                return None;
            }
            Some(one(&left.remove(0)))
        }
    }

    fn one(value: &Value) -> Values {
        [("issuer".to_owned(), value.clone())].into()
    }

    #[track_caller]
    fn check(learned: &[Value], now: &Value, again: &[Value], expect: (Word, &str)) {
        let mut model = Model::default();
        for value in learned {
            model.learn(&one(value), Timestamp::UNIX_EPOCH);
        }
        let script = Script(Mutex::new(again.to_vec()));
        let now = one(now);
        let verdict =
            pin!(decide(&model, &now, &script)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(verdict) = verdict else {
            panic!("a script never waits")
        };
        assert_eq!((verdict.word, verdict.rule.as_ref()), expect, "{verdict:?}");
    }

    #[test]
    fn a_value_is_held_against_those_that_were_seen() {
        let steady = [json!("a"), json!("a"), json!("a")];
        check(
            &steady,
            &json!("a"),
            &[],
            (Word::Same, "values-seen-before"),
        );
        check(
            &steady,
            &json!("b"),
            &[json!("b"), json!("b")],
            (Word::Changed, "values-reproduced"),
        );
        check(
            &steady,
            &json!("b"),
            &[json!("a"), json!("b")],
            (Word::Variance, "values-alternate"),
        );
        check(
            &steady,
            &json!("b"),
            &[json!("c"), json!("d")],
            (Word::Inconclusive, "values-unsteady"),
        );
        check(
            &steady,
            &json!("b"),
            &[json!("b")],
            (Word::Inconclusive, "values-not-reproduced"),
        );
    }

    #[test]
    fn a_pool_is_known_by_its_elements() {
        let turns = [
            json!(["a", "b"]),
            json!(["b", "c"]),
            json!(["c", "a"]),
            json!(["a", "b"]),
        ];
        check(
            &turns,
            &json!(["a", "c"]),
            &[],
            (Word::Same, "values-seen-before"),
        );
        let new = json!(["a", "x"]);
        check(
            &turns,
            &new,
            &[new.clone(), new.clone()],
            (Word::Changed, "values-reproduced"),
        );
    }

    #[test]
    fn a_list_that_held_still_is_no_pool() {
        let steady = [json!(["a", "b"]), json!(["a", "b"]), json!(["a", "b"])];
        let shorter = json!(["a"]);
        check(
            &steady,
            &shorter,
            &[shorter.clone(), shorter.clone()],
            (Word::Changed, "values-reproduced"),
        );
    }

    #[test]
    fn what_is_ever_new_is_no_surprise() {
        let ever_new: Vec<Value> = (0..20).map(|number| json!(number)).collect();
        check(
            &ever_new,
            &json!(99),
            &[],
            (Word::Variance, "values-filling"),
        );
    }
}
