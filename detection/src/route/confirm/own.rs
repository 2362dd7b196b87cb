//! What the flow that showed a suspicion shows when it is asked again.

use super::{Asker, Case};
use crate::route::Trace;
use crate::route::compare::{Finding, compare};
use crate::route::suspicion::{Suspicion, What};
use crate::verdict::{Verdict, Word};

/// What its own flow says ends the case, or it shows it again.
pub(super) enum Own {
    Over(Verdict),
    On(Trace),
}

impl<A: Asker> Case<'_, A> {
    /// Three times at the hop that differs and around it.
    pub(super) async fn ask_own_flow(&self) -> Option<Own> {
        let (ttl, flow) = (self.suspicion.ttl, self.suspicion.way.flow);
        let hops = ttl.saturating_sub(1).max(1)..=ttl.saturating_add(1);
        let trace = self.asker.remap(hops, flow.saturating_add(1), 3).await?;
        if let Some(verdict) = self.with_neighbours(&trace) {
            return Some(Own::Over(verdict));
        }
        let its = trace.replies(ttl).filter(|it| it.flows.contains(&flow));
        let (old, new): (Vec<_>, Vec<_>) =
            its.partition(|it| self.suspicion.is_old(it, self.model, self.rules));
        let verdict = match (old.is_empty(), new.is_empty()) {
            (true, _) => return Some(Own::On(trace)),
            (false, true) => Verdict::new(
                Word::Inconclusive,
                "route-not-reproduced",
                format!("asked again, the same flow meets what is known at hop {ttl}"),
            ),
            (false, false) => Verdict::new(
                Word::Variance,
                "route-per-packet",
                format!("one flow meets several at hop {ttl}, known ones among them"),
            ),
        };
        let counts = self.rules.per_packet || new.is_empty();
        Some(match counts {
            true => Own::Over(verdict),
            false => Own::On(trace),
        })
    }

    /// What its flow met, and what it met now where it was silent.
    pub(super) fn filled(&self, again: &Trace) -> Trace {
        let suspicion = self.suspicion;
        suspicion.trace.filled(again).of_flow(suspicion.way.flow)
    }

    /// The same from a nearer hop on: one that was silent, and now tells that it differs already there.
    pub(super) fn nearer<'n>(&self, filled: &'n Trace) -> Option<Suspicion<'n>> {
        let is_of_systems = |it: &Suspicion<'_>| matches!(it.what, What::Systems(_));
        let Finding::Suspect(all) = compare(self.model, filled, self.rules) else {
            return None;
        };
        let mut nearer = all.into_iter().filter(|it| it.ttl < self.suspicion.ttl);
        nearer.find(|it| is_of_systems(it) && is_of_systems(self.suspicion))
    }

    /// Neighbours that were silent may tell that the hop is the router it was.
    fn with_neighbours(&self, again: &Trace) -> Option<Verdict> {
        let suspicion = self.suspicion;
        let filled = self.filled(again);
        let is_of_systems = matches!(suspicion.what, What::Systems(_));
        match compare(self.model, &filled, self.rules) {
            Finding::Quiet(verdict) if is_of_systems => Some(verdict),
            _ => None,
        }
    }
}
