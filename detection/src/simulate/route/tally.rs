//! What many histories come to: alarms where nothing changed, changes that were caught, by which rule, how late, for how many
//! probes.

use super::{Benign, Happening, Incident, Outcome, live};
use crate::route::Rules;
use crate::verdict::Word;
use std::collections::BTreeMap;

/// The counts of histories of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Histories in which it could happen.
    pub histories: usize,
    /// Those with an alarm: where nothing changed false ones, otherwise true ones.
    pub alarmed: usize,
    /// Those with an alarm before anything had changed.
    pub early: usize,
    /// Verdicts by word.
    pub words: BTreeMap<&'static str, usize>,
    /// First alarms by rule.
    pub rules: BTreeMap<String, usize>,
    /// First alarms by the number of runs they came after the change.
    pub delays: BTreeMap<usize, usize>,
    /// Probes beyond the looks themselves.
    pub probes: u64,
    /// Verdicts that were asked again for.
    pub asked: usize,
    /// Histories with an alarm of a baseline after the change: by address, by path of systems, by set of systems.
    pub baselines: [usize; 3],
    /// Histories with an alarm of it before.
    pub early_baselines: [usize; 3],
    /// Seeds with a false alarm or without the true one.
    pub wrong: Vec<u64>,
}

/// Lives through so many histories of one kind, from this seed on.
pub fn tally(happening: Happening, seeds: std::ops::Range<u64>, rules: &Rules) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        tally.take(seed, happening, &live(seed, happening, rules));
    }
    tally
}

/// The tally of every benign happening and every incident, so many histories each.
pub fn matrix(
    benign: std::ops::Range<u64>,
    incidents: std::ops::Range<u64>,
    rules: &Rules,
) -> BTreeMap<Happening, Tally> {
    let benign = Benign::ALL.map(|it| (Happening::Benign(it), benign.clone()));
    let incidents = Incident::ALL.map(|it| (Happening::Incident(it), incidents.clone()));
    let all = benign.into_iter().chain(incidents);
    all.map(|(it, seeds)| (it, tally(it, seeds, rules)))
        .collect()
}

impl Tally {
    fn take(&mut self, seed: u64, happening: Happening, outcome: &Outcome) {
        let is_incident = matches!(happening, Happening::Incident(_));
        if is_incident && !outcome.happened {
            return;
        }
        self.histories += 1;
        for verdict in &outcome.verdicts {
            *self.words.entry(verdict.word.word()).or_default() += 1;
            self.probes += u64::from(verdict.probes);
            self.asked += usize::from(verdict.probes > 0);
        }
        let since = if is_incident { outcome.since } else { 0 };
        let mut alarms = outcome.alarms();
        let first = alarms.find(|(run, _)| *run >= since);
        let is_early = is_incident && outcome.alarms().any(|(run, _)| run < since);
        self.early += usize::from(is_early);
        if let Some((run, verdict)) = &first {
            self.alarmed += 1;
            *self.rules.entry(verdict.rule.to_string()).or_default() += 1;
            *self.delays.entry(run - since).or_default() += 1;
        }
        if first.is_some() != is_incident || is_early {
            self.wrong.push(seed);
        }
        for (at, said) in [
            |it: &super::baseline::Said| it.text,
            |it: &super::baseline::Said| it.as_path,
            |it: &super::baseline::Said| it.as_set,
        ]
        .iter()
        .enumerate()
        {
            let is_alarm = |range: &[super::baseline::Said]| range.iter().any(said);
            let (before, after) = outcome.said.split_at(since.min(outcome.said.len()));
            self.baselines[at] += usize::from(is_alarm(after));
            self.early_baselines[at] += usize::from(is_alarm(before));
        }
    }

    /// Adds the counts of other histories of the same kind.
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.alarmed += other.alarmed;
        self.early += other.early;
        self.probes += other.probes;
        self.asked += other.asked;
        for at in 0..self.baselines.len() {
            self.baselines[at] += other.baselines[at];
            self.early_baselines[at] += other.early_baselines[at];
        }
        for (word, count) in &other.words {
            *self.words.entry(word).or_default() += count;
        }
        for (rule, count) in &other.rules {
            *self.rules.entry(rule.clone()).or_default() += count;
        }
        for (delay, count) in &other.delays {
            *self.delays.entry(*delay).or_default() += count;
        }
        self.wrong.extend(&other.wrong);
    }

    /// Verdicts of one word.
    pub fn of(&self, word: Word) -> usize {
        self.words.get(word.word()).copied().unwrap_or_default()
    }
}
