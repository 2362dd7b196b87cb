//! The same change seen by many tests is one event that lists them; a place from which nothing can be seen is one event
//! and no other.

use crate::verdict::{Edge, Verdict, Word};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is told of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Event {
    /// `changed`, `flapping`, or `vantage-down`.
    pub what: String,
    /// What gave way to what, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
    /// The tests that see it, in the order they were given.
    pub tests: Vec<String>,
    /// The rules by which they do.
    pub rules: BTreeSet<String>,
    /// What it rests on: the weightiest sentence of each test, each once.
    pub evidence: Vec<String>,
}

/// What says whether this place sees the network at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Signals {
    /// How many control targets were asked, which are always there.
    pub controls: u32,
    /// How many of them did not answer.
    pub controls_failed: u32,
    /// By how much the clock jumped during the run, in milliseconds, beyond what passed.
    #[serde(rename = "clock_jump_ms")]
    pub clock_jump_ms: i64,
    /// What a page said that stands between here and the network.
    pub portal: Option<String>,
}

/// A clock is put right by less than this all the time, in milliseconds.
const CLOCK_JUMP_MS: u64 = 5_000;

impl Signals {
    /// Why nothing can be said from here; nothing where something can. One control of several may fail by itself.
    pub fn down(&self) -> Option<String> {
        let (asked, failed) = (self.controls, self.controls_failed);
        if let Some(portal) = &self.portal {
            return Some(format!(
                "a captive portal answers in place of others: {portal}"
            ));
        }
        if self.clock_jump_ms.unsigned_abs() > CLOCK_JUMP_MS {
            return Some(format!(
                "the clock jumped by {} ms during the run",
                self.clock_jump_ms
            ));
        }
        (asked > 0 && failed >= asked).then(|| format!("none of {asked} control targets answers"))
    }
}

/// What verdicts of one run, each with the name of its test, are news of. The same edge in two or more is one event.
pub fn group(verdicts: &[(String, Verdict)]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (test, verdict) in verdicts {
        if !matches!(verdict.word, Word::Changed | Word::Flapping) {
            continue;
        }
        let what = verdict.word.word();
        let same = |event: &&mut Event| {
            event.edge.is_some() && event.edge == verdict.edge && event.what == what
        };
        match events.iter_mut().find(same) {
            Some(event) => event.joins(test, verdict),
            None => {
                let mut event = Event::new(what, verdict.edge.clone());
                event.joins(test, verdict);
                events.push(event);
            }
        }
    }
    events
}

/// The same, unless this place sees nothing: then that is the one event, and lists the tests that would have alarmed.
pub fn events(verdicts: &[(String, Verdict)], signals: &Signals) -> Vec<Event> {
    let events = group(verdicts);
    let Some(why) = signals.down() else {
        return events;
    };
    let mut down = Event::new("vantage-down", None);
    down.evidence.push(why);
    down.tests = events.into_iter().flat_map(|event| event.tests).collect();
    vec![down]
}

impl Event {
    fn new(what: &str, edge: Option<Edge>) -> Self {
        Self {
            what: what.to_owned(),
            edge,
            tests: Vec::new(),
            rules: BTreeSet::new(),
            evidence: Vec::new(),
        }
    }

    fn joins(&mut self, test: &str, verdict: &Verdict) {
        self.tests.push(test.to_owned());
        self.rules.insert(verdict.rule.clone().into_owned());
        let sentence = verdict.evidence.first();
        self.evidence.extend(
            sentence
                .filter(|sentence| !self.evidence.contains(sentence))
                .cloned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts() -> Vec<(String, Verdict)> {
        let moved = |to: &str| {
            Verdict::new(Word::Changed, "dns-R6-provider", "it moved").edge("dns", "a.example", to)
        };
        let bare = || Verdict::new(Word::Changed, "value", "another value");
        let named = |(name, verdict): (&str, Verdict)| (name.to_owned(), verdict);
        [
            ("one", moved("b.example")),
            (
                "quiet",
                Verdict::new(Word::Inconclusive, "dns-unproven", "").edge(
                    "dns",
                    "a.example",
                    "b.example",
                ),
            ),
            ("two", moved("b.example")),
            ("other", moved("c.example")),
            ("bare", bare()),
            ("bare too", bare()),
            (
                "back",
                Verdict::new(Word::Flapping, "dns-previous", "again"),
            ),
        ]
        .map(named)
        .into()
    }

    #[test]
    fn the_same_edge_is_one_event_and_what_has_none_stays_alone() {
        let events = group(&verdicts());
        let tests: Vec<String> = events.iter().map(|event| event.tests.join("+")).collect();
        assert_eq!(tests, ["one+two", "other", "bare", "bare too", "back"]);
        assert_eq!(events[0].evidence, ["it moved"]);
        assert_eq!(events[4].what, "flapping");
    }

    #[test]
    fn from_a_place_that_is_down_comes_one_event() {
        let signals = Signals {
            controls: 2,
            controls_failed: 2,
            ..Signals::default()
        };
        let events = events(&verdicts(), &signals);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].what, "vantage-down");
        assert_eq!(events[0].evidence, ["none of 2 control targets answers"]);
        assert_eq!(events[0].tests.len(), 6);
    }

    #[track_caller]
    fn down(signals: &Signals, expect: bool) {
        assert_eq!(signals.down().is_some(), expect, "{signals:?}");
    }

    #[test]
    fn a_place_is_down_for_three_reasons() {
        down(&Signals::default(), false);
        down(
            &Signals {
                controls: 2,
                controls_failed: 1,
                ..Signals::default()
            },
            false,
        );
        down(
            &Signals {
                clock_jump_ms: -3_600_000,
                ..Signals::default()
            },
            true,
        );
        down(
            &Signals {
                clock_jump_ms: 900,
                ..Signals::default()
            },
            false,
        );
        down(
            &Signals {
                portal: Some("log in".into()),
                ..Signals::default()
            },
            true,
        );
    }
}
