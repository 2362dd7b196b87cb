//! How a name server says what it knows: in which order, how much at once, with which times to live.

use std::time::Duration;

use hickory_proto::rr::{Name, RecordType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dns::RecordLine;
use crate::wire::chance::mix;

/// How a name server answers. Without any setting it says its records as they are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Habits {
    /// The order of the records of one name and type.
    pub order: Order,
    /// How many records of one name and type it says at most; in `rotated` order all of them come by in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gives: Option<usize>,
    /// Its answers come from a cache: times to live run down from what is written, and again from there.
    pub counts_down: bool,
}

/// The order of records of one name and type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As they are written.
    #[default]
    AsWritten,
    /// Each answer begins one record later than the one before.
    Rotated,
    /// By chance, anew for each answer.
    Shuffled,
}

/// Which answer it is.
pub(crate) struct Asked {
    pub(crate) seed: u64,
    pub(crate) turn: u64,
    pub(crate) elapsed: Duration,
}

impl Habits {
    /// Whether records are said as they are written.
    pub(crate) fn are_plain(&self) -> bool {
        *self == Self::default()
    }

    /// An answer section as it is said.
    pub(crate) fn said(&self, lines: Vec<RecordLine>, asked: &Asked) -> Vec<RecordLine> {
        if self.are_plain() {
            return lines;
        }
        let sets = lines.chunk_by(|one, next| set(one) == set(next));
        sets.flat_map(|set| self.set(set.to_vec(), asked)).collect()
    }

    fn set(&self, mut lines: Vec<RecordLine>, asked: &Asked) -> Vec<RecordLine> {
        let many = lines.len() as u64;
        match self.order {
            Order::AsWritten => {}
            Order::Rotated => lines.rotate_left((asked.turn % many) as usize),
            Order::Shuffled => {
                lines.sort_by_cached_key(|line| mix(&[asked.seed, asked.turn, drawn(line)]));
            }
        }
        lines.truncate(self.gives.unwrap_or(usize::MAX).max(1));
        if self.counts_down {
            lines.iter_mut().for_each(|line| age(line, asked));
        }
        lines
    }
}

fn set(line: &RecordLine) -> (&Name, RecordType) {
    (&line.0.name, line.0.record_type())
}

/// A word that stands for this record alone.
fn drawn(line: &RecordLine) -> u64 {
    let text = line.to_string();
    text.bytes().fold(0, |word, byte| mix(&[word, byte.into()]))
}

/// The whole set was had at one time, some time before the lab began.
fn age(line: &mut RecordLine, asked: &Asked) {
    let written = u64::from(line.0.ttl);
    if written == 0 {
        return;
    }
    let name = line.0.name.to_string();
    let name = name.bytes().fold(0, |word, byte| mix(&[word, byte.into()]));
    let age = mix(&[asked.seed, name]) % written + asked.elapsed.as_secs();
    line.0.ttl = u32::try_from(written - age % written).unwrap_or(line.0.ttl);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<RecordLine> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    const POOL: [&str; 4] = [
        "a.test. 60 CNAME b.test.",
        "b.test. 300 A 192.0.2.1",
        "b.test. 300 A 192.0.2.2",
        "b.test. 300 A 192.0.2.3",
    ];

    fn data(habits: &str, turn: u64) -> Vec<String> {
        let habits: Habits = serde_saphyr::from_str(habits).unwrap();
        let elapsed = Duration::from_secs(1);
        let asked = Asked {
            seed: 7,
            turn,
            elapsed,
        };
        let said = habits.said(lines(&POOL), &asked);
        said.iter().map(|line| line.0.data.to_string()).collect()
    }

    #[test]
    fn a_pool_rotates_and_the_alias_stays_first() {
        let one = data("{ order: rotated, gives: 2 }", 1);
        assert_eq!(one, ["b.test.", "192.0.2.2", "192.0.2.3"]);
        let two = data("{ order: rotated, gives: 2 }", 2);
        assert_eq!(two, ["b.test.", "192.0.2.3", "192.0.2.1"]);
        assert_eq!(data("{}", 1)[1..], ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    }

    #[test]
    fn a_shuffled_answer_has_all_records_in_orders_that_differ() {
        let mut orders: Vec<_> = (0..20)
            .map(|turn| data("{ order: shuffled }", turn))
            .collect();
        assert!(orders.iter().all(|order| order.len() == 4));
        orders.sort();
        orders.dedup();
        assert!(orders.len() > 3, "{orders:?}");
    }

    #[test]
    fn times_run_down_from_what_is_written_and_never_to_nothing() {
        let habits: Habits = serde_saphyr::from_str("{ counts-down: true }").unwrap();
        let at = |seconds| {
            let elapsed = Duration::from_secs(seconds);
            let asked = Asked {
                seed: 7,
                turn: 0,
                elapsed,
            };
            habits.said(lines(&POOL), &asked)[1].0.ttl
        };
        let ttls: Vec<u32> = (0..301).map(at).collect();
        assert!(ttls.iter().all(|ttl| (1..=300).contains(ttl)));
        assert_eq!(ttls[0], ttls[300]);
        let downwards = ttls
            .windows(2)
            .filter(|pair| pair[0] == pair[1] + 1)
            .count();
        assert_eq!(downwards, 299);
    }
}
