use super::history::{History, Judge, Run, benign, with_incident};
use super::incident::Incident;
use super::kinds::Kind;
use crate::state::Told;
use crate::verdict::Word;
use std::collections::BTreeMap;

/// How often each rule said what, by what was true: `benign`, or an incident that can be seen.
pub type Matrix = BTreeMap<(String, Word), Truth>;

/// How often something was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Though nothing had changed.
    pub benign: u32,
    /// Of an incident that could be seen.
    pub incident: u32,
}

/// What was said of histories without an incident.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Benign {
    /// How many.
    pub histories: u32,
    /// In how many a run was said to show a change.
    pub alarmed: u32,
    /// In how many a change was told, or flapping, after two runs.
    pub told: u32,
    /// How many runs.
    pub runs: u32,
    /// How many were said to show a change.
    pub alarms: u32,
    /// Of how many nothing could be said.
    pub inconclusive: u32,
    /// Questions beyond the first.
    pub probes: u32,
    /// False alarms by kind of world and rule.
    pub by_kind: BTreeMap<(Kind, String), u32>,
}

/// What was said of histories with an incident of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caught {
    /// In how many it could be seen.
    pub histories: u32,
    /// In how many it was said.
    pub caught: u32,
    /// How many runs later, in order, counted from the first in which it could be seen.
    pub delays: Vec<u32>,
    /// In how many the story told it within the runs there were.
    pub told: u32,
    /// Questions beyond the first, in the run that said it.
    pub probes: u32,
    /// By which rules.
    pub rules: BTreeMap<String, u32>,
    /// Where it was missed: the world's kind and seed.
    pub missed: Vec<(Kind, u64)>,
}

/// Benign histories of all kinds in turn, from a seed on.
pub fn benign_score(seed: u64, histories: u32, judge: &Judge, matrix: &mut Matrix) -> Benign {
    let mut score = Benign::default();
    for number in 0..histories {
        let kind = Kind::ALL[number as usize % Kind::ALL.len()];
        score.add(&benign(kind, seed + u64::from(number), judge), matrix);
    }
    score
}

impl Benign {
    fn add(&mut self, history: &History, matrix: &mut Matrix) {
        let alarms: Vec<&Run> = history.runs.iter().filter(|run| is_alarm(run)).collect();
        self.histories += 1;
        self.alarmed += u32::from(!alarms.is_empty());
        self.told += u32::from(history.runs.iter().any(tells));
        for run in &history.runs {
            self.runs += 1;
            self.alarms += u32::from(is_alarm(run));
            self.inconclusive += u32::from(run.verdict.word == Word::Inconclusive);
            self.probes += run.verdict.probes;
            cell(matrix, run).benign += 1;
        }
        if let Some(first) = alarms.first() {
            let key = (history.kind, first.verdict.rule.to_string());
            *self.by_kind.entry(key).or_default() += 1;
        }
    }
}

/// Histories of one incident in every kind of world it can befall.
pub fn incident_score(
    incident: Incident,
    seeds: std::ops::Range<u64>,
    judge: &Judge,
    matrix: &mut Matrix,
) -> Caught {
    let mut score = Caught::default();
    for kind in Kind::ALL {
        let Some(expect) = incident.expects(kind) else {
            continue;
        };
        for seed in seeds.clone() {
            let history = with_incident(kind, incident, seed, judge);
            score.add(&history, seed, expect, matrix);
        }
    }
    score
}

impl Caught {
    /// Of how many it was said in the first run that could see it.
    pub fn at_once(&self) -> u32 {
        u32::try_from(self.delays.iter().filter(|delay| **delay == 0).count()).unwrap_or(u32::MAX)
    }

    /// How many runs later it was said in all but one of twenty.
    pub fn mostly_within(&self) -> u32 {
        let mut sorted = self.delays.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1) * 19 / 20;
        sorted.get(last).copied().unwrap_or(0)
    }

    fn add(&mut self, history: &History, seed: u64, expect: Word, matrix: &mut Matrix) {
        let Some(first) = history.runs.iter().position(|run| run.shown) else {
            return;
        };
        self.histories += 1;
        let runs = history.runs.get(first..).unwrap_or_default();
        for run in runs.iter().filter(|run| run.shown) {
            cell(matrix, run).incident += 1;
        }
        self.told += u32::from(runs.iter().any(tells));
        let said = |run: &Run| run.verdict.word == expect || is_alarm(run);
        match runs.iter().position(said) {
            None => self.missed.push((history.kind, seed)),
            Some(delay) => {
                self.caught += 1;
                self.delays.push(u32::try_from(delay).unwrap_or(u32::MAX));
                let verdict = &runs[delay].verdict;
                self.probes += verdict.probes;
                *self.rules.entry(verdict.rule.to_string()).or_default() += 1;
            }
        }
    }
}

fn cell<'a>(matrix: &'a mut Matrix, run: &Run) -> &'a mut Truth {
    let key = (run.verdict.rule.to_string(), run.verdict.word);
    matrix.entry(key).or_default()
}

fn is_alarm(run: &Run) -> bool {
    matches!(run.verdict.word, Word::Changed | Word::Flapping)
}

fn tells(run: &Run) -> bool {
    matches!(run.told, Told::Changed { .. } | Told::Flapping { .. })
}
