//! The rules by name, which of them decide, and the order in which they do.

use super::compare::{Finding, compare, fits};
use super::confirm::confirm;
use super::survey::Counted;
use super::{Asker, Model, Trace};
use crate::verdict::{Verdict, Word};
use std::time::Duration;

/// Which rules decide, and by which bounds. All of them where nothing else is said; others are for measuring what each is
/// worth.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What counts as another way: other systems, or other addresses too.
    pub detail: Detail,
    /// Nothing is a change before the model was learned from three traces.
    pub learned: bool,
    /// A silent hop may be anybody.
    pub gaps: bool,
    /// Several origins of one network are one where they have one in common.
    pub moas: bool,
    /// A peering LAN is its exchange, and not the system that announces it.
    pub exchange: bool,
    /// One hop of a stranger between two known ones that answer as ever is the same router.
    pub border: bool,
    /// A hop known one nearer or farther is known.
    pub shift: bool,
    /// Hops that quote labels come and go with the tunnel that shows or hides them.
    pub mpls: bool,
    /// What differs is asked again, by the flow that showed it.
    pub again: bool,
    /// What differs is asked by other flows.
    pub flows: bool,
    /// Where another flow shows what is known, load is balanced and nothing has changed.
    pub widen: bool,
    /// One flow that meets several, known ones among them, is balanced packet by packet.
    pub per_packet: bool,
    /// A branch of a load balancer that nobody takes any more, while its flow goes elsewhere, has moved.
    pub branch: bool,
    /// All of it once more, after a pause.
    pub second_round: bool,
    /// A destination that answers no longer is a change.
    pub reach: bool,
    /// So is silence behind a hop, where the destination never answered.
    pub cut: bool,
    /// So is a way that comes round.
    pub loops: bool,
    /// So is one that is longer or shorter by more than two.
    pub length: bool,
    /// So is one through a country that was not on it.
    pub country: bool,
    /// What was normal before the last change is known too.
    pub flapping: bool,
    /// How long the second round waits.
    pub pause: Duration,
    /// The chance of each round below which chance is not believed in.
    pub significance: f64,
}

/// What of a way is held against what is normal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The systems passed.
    #[default]
    As,
    /// Every address.
    Ip,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            detail: Detail::As,
            learned: true,
            gaps: true,
            moas: true,
            exchange: true,
            border: true,
            shift: true,
            mpls: true,
            again: true,
            flows: true,
            widen: true,
            per_packet: true,
            branch: true,
            second_round: true,
            reach: true,
            cut: true,
            loops: true,
            length: true,
            country: true,
            flapping: true,
            pause: Duration::from_secs(45),
            significance: 0.05,
        }
    }
}

/// Holds a trace against what is normal.
pub async fn decide(model: &Model, trace: &Trace, asker: &impl Asker, rules: &Rules) -> Verdict {
    let suspicions = match compare(model, trace, rules) {
        Finding::Quiet(verdict) => return verdict,
        Finding::Suspect(suspicions) => suspicions,
    };
    let former = model.former.as_deref().filter(|_| rules.flapping);
    let is_former = former.is_some_and(|former| fits(former, trace));
    if rules.learned && !model.is_learned() && !is_former {
        return learning(model, suspicions.first().map(|it| it.said.clone()));
    }
    let counted = Counted::new(asker);
    let mut doubts: Vec<Verdict> = Vec::new();
    for suspicion in &suspicions {
        let verdict = confirm(suspicion, model, &counted, rules).await;
        let verdict = verdict.costing(counted.spent());
        match verdict.word {
            Word::Changed if is_former => return back(verdict),
            Word::Changed => return verdict,
            _ => doubts.push(verdict),
        }
    }
    // The gravest of what was not confirmed; of several, that of the most telling suspicion.
    let gravest = doubts.into_iter().rev().max_by_key(|verdict| verdict.word);
    gravest.map_or_else(
        || Verdict::new(Word::Same, "route-same", "nothing differs"),
        |verdict| verdict.costing(counted.spent()),
    )
}

/// A model of one trace knows nothing of what is normal.
fn learning(model: &Model, differs: Option<String>) -> Verdict {
    let traces = model.traces;
    let said = format!("the model was learned from {traces} traces, too few to tell a change");
    let verdict = Verdict::new(Word::Variance, "route-learning", said);
    match differs {
        Some(differs) => verdict.and(differs),
        None => verdict,
    }
}

fn back(changed: Verdict) -> Verdict {
    let said = "the way is again as it was before the last change that was taken for normal";
    let mut verdict = changed.and(said);
    verdict.word = Word::Flapping;
    verdict.rule = "route-alternate".into();
    verdict
}

#[cfg(test)]
mod tests;
