use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many kinds a tally keeps; the rarest give way.
const KINDS: usize = 128;
/// How long a word of it may be, in characters.
const LENGTH: usize = 512;

/// What was seen, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<String, u32>);

impl Tally {
    /// One more of each.
    pub(super) fn add(&mut self, words: impl IntoIterator<Item = String>) {
        for word in words {
            let count = self.0.entry(clipped(&word)).or_default();
            *count = count.saturating_add(1);
        }
        while self.0.len() > KINDS {
            let rarest = self
                .0
                .iter()
                .min_by_key(|(_, count)| **count)
                .map(|(word, _)| word.clone());
            rarest.map(|word| self.0.remove(&word));
        }
    }

    /// Whether it was seen.
    pub fn has(&self, word: &str) -> bool {
        self.count(word) > 0
    }

    /// How often it was seen.
    pub fn count(&self, word: &str) -> u32 {
        self.0.get(&clipped(word)).copied().unwrap_or(0)
    }

    /// Whether any of them was seen.
    pub fn any<'a>(&self, words: impl IntoIterator<Item = &'a String>) -> bool {
        words.into_iter().any(|word| self.has(word))
    }

    /// How many were seen once.
    pub(super) fn once(&self) -> u32 {
        let once = self.0.values().filter(|count| **count == 1).count();
        u32::try_from(once).unwrap_or(u32::MAX)
    }

    /// How often anything was seen.
    pub(super) fn total(&self) -> u32 {
        self.0
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// What was seen, sorted.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The same with the counts.
    pub fn counts(&self) -> impl Iterator<Item = (&String, u32)> {
        self.0.iter().map(|(word, count)| (word, *count))
    }

    /// What was seen most often.
    pub fn most(&self) -> Option<&str> {
        let most = self.0.iter().max_by_key(|(_, count)| **count);
        most.map(|(word, _)| word.as_str())
    }

    /// How many kinds were seen.
    pub fn kinds(&self) -> usize {
        self.0.len()
    }
}

/// A word short enough to keep, that still tells two long ones apart by their beginning and length.
fn clipped(word: &str) -> String {
    match word.char_indices().nth(LENGTH) {
        None => word.to_owned(),
        Some((end, _)) => format!("{}… ({} octets)", &word[..end], word.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_small_whatever_is_seen() {
        let mut tally = Tally::default();
        tally.add(["often".to_owned(), "often".to_owned()]);
        tally.add((0..1000).map(|number| number.to_string()));
        assert_eq!(tally.kinds(), KINDS);
        assert!(tally.has("often"));
        let long = "x".repeat(100_000);
        tally.add([long]);
        assert!(tally.words().all(|word| word.len() < 600));
    }

    #[test]
    fn a_long_word_is_found_again() {
        let mut tally = Tally::default();
        let long = "ä".repeat(1000);
        tally.add([long.clone()]);
        assert!(tally.has(&long));
        assert!(!tally.has(&"ä".repeat(1001)));
    }
}
