//! Thirty looks at a network in which something happens, and what is said of each.

use super::baseline::{Baseline, Said};
use super::{Benign, Incident, Live, Network};
use crate::route::{Model, Rules, Trace, decide};
use crate::simulate::{Chance, at_once};
use crate::verdict::{Verdict, Word};
use std::time::Duration;

/// Looks in one history.
pub const RUNS: usize = 30;

/// What happens in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// This, one to three times, and nothing else.
    Benign(Benign),
    /// This, once, after something benign.
    Incident(Incident),
}

/// What was said in one history.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Whether it could happen in that network.
    pub happened: bool,
    /// Every verdict, by run.
    pub verdicts: Vec<Verdict>,
    /// What was seen.
    pub looks: Vec<Trace>,
    /// What the baselines said of the same looks.
    pub said: Vec<Said>,
    /// The run in which the incident is there for the first time.
    pub since: usize,
}

impl Outcome {
    /// The verdicts that are alarms, with their runs.
    pub fn alarms(&self) -> impl Iterator<Item = (usize, &Verdict)> {
        let all = self.verdicts.iter().enumerate();
        all.filter(|(_, verdict)| verdict.word >= Word::Flapping)
    }

    /// How many runs after the incident the first alarm came.
    pub fn delay(&self) -> Option<usize> {
        let mut after = self.alarms().filter(|(run, _)| *run >= self.since);
        after.next().map(|(run, _)| run - self.since)
    }
}

/// Lives through one history under these rules.
pub fn live(seed: u64, happening: Happening, rules: &Rules) -> Outcome {
    let mut chance = Chance::new(seed);
    let network = Network::any(&mut chance);
    let flows = *chance.pick(&[1, 3, 6]).unwrap_or(&1);
    let world = Live::new(network, chance.fork());
    let mut plan = Plan::of(happening, &mut chance);
    let mut outcome = Outcome {
        since: plan.since,
        ..Outcome::default()
    };
    let (mut model, mut baseline) = (Model::default(), Baseline::default());
    for run in 0..RUNS {
        outcome.happened |= plan.happen(run, &world);
        let trace = world.look(flows);
        outcome.said.push(baseline.judge(&trace));
        let verdict = at_once(decide(&model, &trace, &world, rules));
        let verdict =
            verdict.unwrap_or_else(|| Verdict::new(Word::Inconclusive, "none", "it waited"));
        match verdict.word {
            Word::Same | Word::Variance | Word::DbChanged => model.learn(&trace, world.clock.now()),
            Word::Changed | Word::Flapping => model.replace(&trace, world.clock.now()),
            Word::Inconclusive => {}
        }
        outcome.verdicts.push(verdict);
        outcome.looks.push(trace);
        world.wait(Duration::from_secs(600));
    }
    outcome
}

/// What happens when.
struct Plan {
    benign: Vec<(usize, Benign)>,
    incident: Option<Incident>,
    since: usize,
    /// The networks of an incident that goes back and forth.
    states: Vec<Network>,
}

impl Plan {
    fn of(happening: Happening, chance: &mut Chance) -> Self {
        let at = |chance: &mut Chance, last| chance.between(3..=last) as usize;
        let (benign, incident) = match happening {
            Happening::Benign(benign) => {
                let times = chance.between(1..=3);
                let all = (0..times).map(|_| (at(chance, 29), benign)).collect();
                (all, None)
            }
            Happening::Incident(incident) => {
                let benign = chance
                    .pick(&Benign::ALL)
                    .copied()
                    .unwrap_or(Benign::Nothing);
                (vec![(at(chance, 8), benign)], Some(incident))
            }
        };
        Self {
            benign,
            incident,
            since: 12 + chance.below(8),
            states: Vec::new(),
        }
    }

    /// Lets happen what does in this run; tells whether an incident did.
    fn happen(&mut self, run: usize, world: &Live) -> bool {
        for (_, benign) in self.benign.iter().filter(|(at, _)| *at == run) {
            benign.happen(world);
        }
        let Some(incident) = self.incident.filter(|_| run >= self.since) else {
            return false;
        };
        let mut happened = false;
        if run == self.since {
            world.change(|network, chance| {
                let before = network.clone();
                happened = incident.happen(network, chance);
                self.states = vec![network.clone(), before];
            });
        } else if incident == Incident::Flapping {
            let state = self.states.get((run - self.since) / 4 % 2).cloned();
            world.change(|network, _| *network = state.unwrap_or_else(|| network.clone()));
        }
        happened
    }
}
