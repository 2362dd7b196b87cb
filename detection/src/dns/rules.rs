//! The ladder: look at an answer (`look`), ask again what is suspicious (`confirm`), judge what that brought (`judge`).

mod chance;
mod confirm;
mod judge;
mod look;

use super::{Answer, Asker, Model};
use crate::verdict::Verdict;
use std::collections::BTreeSet;
use std::time::Duration;

/// A rule that can be switched off, to measure what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// R0: another status.
    Status,
    /// R1: an address of a special range where there was none.
    Bogon,
    /// R2: an address that is known.
    Address,
    /// R3: a system or holder that is known.
    System,
    /// R3: holders count beside systems.
    Holder,
    /// R3: another country in the same system.
    Country,
    /// R4, R6: the certificate at a new address.
    Certificate,
    /// R5: another alias in the same system.
    Alias,
    /// Nothing is a change before it was seen again.
    Again,
    /// A name that wanders between systems may wander on.
    Wandering,
    /// How likely it is by chance, from how much of what there is was seen (Good and Turing).
    Unseen,
    /// An answer from a cache is no second witness.
    Cache,
    /// Other resolvers are asked.
    Elsewhere,
    /// The same question over TCP, which is harder to forge.
    Tcp,
    /// Several answers to one question.
    Contradicted,
    /// An answer faster than the resolver is away.
    Speed,
    /// What was suspicious in the runs before counts.
    Suspect,
    /// What was normal before the last accepted change.
    Previous,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 18] = [
        Self::Status,
        Self::Bogon,
        Self::Address,
        Self::System,
        Self::Holder,
        Self::Country,
        Self::Certificate,
        Self::Alias,
        Self::Again,
        Self::Wandering,
        Self::Unseen,
        Self::Cache,
        Self::Elsewhere,
        Self::Tcp,
        Self::Contradicted,
        Self::Speed,
        Self::Suspect,
        Self::Previous,
    ];
}

/// Which rules decide, and by which bounds. All of them where nothing else is said; others are for measuring what each is
/// worth.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Rules that are switched off.
    pub off: BTreeSet<Rule>,
    /// How often a question is asked again, at most.
    pub repeats: u32,
    /// Between one question and the next. More than a second, so that a cache shows itself by its countdown.
    pub pause: Duration,
    /// How long a cache is waited for, at most, to ask its source instead.
    pub patience: Duration,
    /// A change is believed where chance brings it less often than this.
    pub alpha: f64,
    /// The same of servers that fail, which they do more often, and in bursts.
    pub alpha_failing: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            off: BTreeSet::new(),
            repeats: 3,
            pause: Duration::from_millis(1_100),
            patience: Duration::from_secs(10),
            alpha: 0.0025,
            alpha_failing: 0.001,
        }
    }
}

impl Rules {
    /// All but one.
    #[must_use]
    pub fn without(rule: Rule) -> Self {
        Self {
            off: [rule].into(),
            ..Self::default()
        }
    }

    /// Whether a rule decides.
    pub(super) fn has(&self, rule: Rule) -> bool {
        !self.off.contains(&rule)
    }
}

/// Holds an answer against what is normal.
pub async fn decide(model: &Model, answer: &Answer, asker: &impl Asker, rules: &Rules) -> Verdict {
    match look::look(model, answer, rules) {
        look::Look::Settled(verdict) => verdict,
        look::Look::Suspicion(suspicion) => {
            let found = confirm::confirm(model, answer, &suspicion, asker, rules).await;
            let case = judge::Case {
                model,
                answer,
                suspicion: &suspicion,
                rules,
            };
            judge::judge(&case, &found).costing(found.probes)
        }
    }
}
