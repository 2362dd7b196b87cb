use super::super::{Chance, at_once};
use super::baseline::Baseline;
use super::incident::Incident;
use super::kinds::Kind;
use super::world::{Simulated, World};
use crate::dns::{Answer, Model, Rules, decide};
use crate::state::{Told, Track};
use crate::verdict::{Verdict, Word};
use jiff::Timestamp;

/// How many answers are recorded before anything is judged.
const RECORDED: u32 = 10;
/// How many runs are judged.
const RUNS: usize = 30;
/// How many runs there are after an incident can be seen,
const AFTER: usize = 20;
/// how many lifetimes of a cache those are at least,
const LIFETIMES: usize = 8;
/// and how many runs at most.
const MOST: usize = 300;

/// Who judges.
#[derive(Clone, Debug)]
pub enum Judge {
    /// The rules of this crate.
    Ours(Box<Rules>),
    /// A simpler way, to compare with.
    Simple(Baseline),
}

/// One run of a history.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was said.
    pub verdict: Verdict,
    /// What the story of all runs tells.
    pub told: Told,
    /// Whether an incident can be seen in the answer.
    pub shown: bool,
}

/// What was said, run after run.
#[derive(Clone, Debug)]
pub struct History {
    /// The world's kind.
    pub kind: Kind,
    /// What befell it, if anything.
    pub incident: Option<Incident>,
    /// Every run that was judged.
    pub runs: Vec<Run>,
}

/// A history in which nothing changes that anybody would want to hear of.
pub fn benign(kind: Kind, seed: u64, judge: &Judge) -> History {
    play(kind, seed, None, judge)
}

/// A history that an incident befalls after some runs.
pub fn with_incident(kind: Kind, incident: Incident, seed: u64, judge: &Judge) -> History {
    play(kind, seed, Some(incident), judge)
}

fn play(kind: Kind, seed: u64, incident: Option<Incident>, judge: &Judge) -> History {
    let simulated = Simulated::new(World::new(kind, seed));
    let mut memory = Memory::new(judge);
    for _ in 0..RECORDED {
        memory.record(&simulated.ask(false), simulated.clock.now());
        rest(&simulated);
    }
    let begins = Chance::new(seed ^ 0xd5).between(3..=10) as usize;
    let mut track = Track::default();
    let mut runs: Vec<Run> = Vec::new();
    let lifetime = simulated.with(|world| world.lifetime_runs());
    while goes_on(&runs, incident.is_some(), lifetime) {
        if let Some(incident) = incident.filter(|_| runs.len() == begins) {
            let now = simulated.clock.passed_ms();
            simulated.with(|world| {
                incident.befall(world);
                world.befell_ms = Some(now);
            });
        }
        let answer = simulated.ask(false);
        let shown = simulated.with(|world| world.shows(&answer));
        let verdict = memory.judge(&answer, &simulated);
        let told = track.observe(&verdict, simulated.clock.now());
        runs.push(Run {
            verdict,
            told,
            shown,
        });
        rest(&simulated);
    }
    History {
        kind,
        incident,
        runs,
    }
}

fn goes_on(runs: &[Run], incident: bool, lifetime: usize) -> bool {
    match runs.iter().position(|run| run.shown) {
        _ if !incident => runs.len() < RUNS,
        None => runs.len() < MOST,
        Some(first) => runs.len() < MOST.min(first + AFTER.max(LIFETIMES * lifetime)),
    }
}

fn rest(simulated: &Simulated) {
    let every = simulated.with(|world| {
        world.passes();
        world.every
    });
    simulated.clock.pass(every);
}

/// What a judge knows.
enum Memory<'a> {
    Ours(&'a Rules, Box<Model>),
    Simple(Baseline, Vec<Answer>),
}

impl<'a> Memory<'a> {
    fn new(judge: &'a Judge) -> Self {
        match judge {
            Judge::Ours(rules) => Self::Ours(rules, Box::default()),
            Judge::Simple(baseline) => Self::Simple(*baseline, Vec::new()),
        }
    }

    fn record(&mut self, answer: &Answer, at: Timestamp) {
        match self {
            Self::Ours(_, model) => model.learn(answer, at),
            Self::Simple(_, recorded) => recorded.push(answer.clone()),
        }
    }

    fn judge(&mut self, answer: &Answer, simulated: &Simulated) -> Verdict {
        match self {
            Self::Ours(rules, model) => {
                let verdict = at_once(decide(model, answer, simulated, rules));
                let verdict = verdict
                    .unwrap_or_else(|| Verdict::new(Word::Inconclusive, "dns-waits", "it waited"));
                model.after(answer, &verdict, simulated.clock.now());
                verdict
            }
            Self::Simple(baseline, recorded) => {
                let verdict = baseline.judge(recorded, answer);
                // Whoever looks at an alarm accepts what is there now.
                if verdict.word == Word::Changed {
                    recorded.push(answer.clone());
                }
                verdict
            }
        }
    }
}
