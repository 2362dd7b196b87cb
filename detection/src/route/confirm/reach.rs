//! Silence behind a hop, and ways that come round.

use super::{Asker, Case};
use crate::route::{Distance, Trace};
use crate::verdict::{Verdict, Word};
use std::collections::BTreeMap;
use std::net::IpAddr;

impl<A: Asker> Case<'_, A> {
    /// Asks the destination, from so far that every way to it is long enough, with as many flows as rule out loss.
    pub(super) async fn is_unreached(&self) -> Option<Verdict> {
        let rounds = if self.rules.second_round { 2 } else { 1 };
        let rate = self.answers();
        let flows = (self.rules.significance.ln() / (1.0 - rate).ln()).ceil();
        let flows = flows.clamp(FEWEST, MOST) as u16;
        for round in 0..rounds {
            if round > 0 {
                self.asker.pause(self.rules.pause).await;
            }
            let far = self.far();
            let trace = self.asker.remap(far..=far, flows, 2).await?;
            if trace.reached {
                let said = format!("asked again, the destination answers from within {far} hops");
                return Some(Verdict::new(
                    Word::Inconclusive,
                    "route-not-reproduced",
                    said,
                ));
            }
        }
        let asked = 2 * i32::from(flows) * rounds;
        let chance = (1.0 - rate).powi(asked);
        let said = format!(
            "{asked} more probes with {flows} flows are not answered, of which it answered {:.0} % before; chance p = {chance:.1e}",
            rate * 100.0
        );
        let verdict = self.changed(self.suspicion.rule(), said).by_chance(chance);
        Some(if chance < self.rules.significance.powi(2) {
            verdict
        } else {
            let said = format!("the destination is silent, and often was: p = {chance:.2}");
            Verdict::new(Word::Inconclusive, "route-too-silent", said)
        })
    }

    /// The chance that the destination answers a probe; never all or nothing.
    pub(super) fn answers(&self) -> f64 {
        let rate = self.model.destination.as_ref().map_or(0.5, Distance::rate);
        rate.min(self.model.reach()).clamp(0.05, 0.95)
    }

    /// Farther than the destination ever was, or anybody now is.
    fn far(&self) -> u8 {
        let most = self.model.length.map_or(0, |length| length.most);
        most.max(self.suspicion.ttl)
            .saturating_add(BEYOND)
            .min(FARTHEST)
    }

    /// Asks everybody behind the hop who used to answer.
    pub(super) async fn is_cut(&self) -> Option<Verdict> {
        let rounds = if self.rules.second_round { 2 } else { 1 };
        let first = self.suspicion.ttl.saturating_add(1);
        let known = self
            .model
            .hops
            .iter()
            .filter(|hop| !hop.addresses.is_empty());
        let last = known.map(|hop| hop.ttl).max().unwrap_or(first).max(first);
        let mut asked = 0;
        for round in 0..rounds {
            if round > 0 {
                self.asker.pause(self.rules.pause).await;
            }
            let trace = self.asker.remap(first..=last, 2, 3).await?;
            asked += trace.probes();
            if trace.hops.iter().any(|hop| !hop.replies.is_empty()) {
                let said = "asked again, somebody behind it answers";
                return Some(Verdict::new(
                    Word::Inconclusive,
                    "route-not-reproduced",
                    said,
                ));
            }
        }
        let said = format!("{asked} more probes to hops {first} to {last} are not answered");
        Some(self.changed(self.suspicion.rule(), said))
    }

    /// Asks the hops of the loop and a few more.
    pub(super) async fn comes_round(&self) -> Option<Verdict> {
        let rounds = if self.rules.second_round { 2 } else { 1 };
        let flow = self.suspicion.way.flow.saturating_add(1);
        let first = self.suspicion.ttl;
        let last = first.saturating_add(ROUND);
        for round in 0..rounds {
            if round > 0 {
                self.asker.pause(self.rules.pause).await;
            }
            let trace = self.asker.remap(first..=last, flow, 2).await?;
            if trace.reached || !comes_round(&trace) {
                let said = format!("asked again, hops {first} to {last} do not come round");
                return Some(Verdict::new(
                    Word::Inconclusive,
                    "route-not-reproduced",
                    said,
                ));
            }
        }
        let said = format!("asked again, hops {first} to {last} still come round");
        Some(self.changed(self.suspicion.rule(), said))
    }
}

/// Whether an address answers at distances that are not next to each other.
fn comes_round(trace: &Trace) -> bool {
    let mut first: BTreeMap<IpAddr, u8> = BTreeMap::new();
    let all = trace.hops.iter().flat_map(|hop| {
        let addresses = hop.replies.iter().map(|it| it.place.address);
        addresses.map(|address| (hop.ttl, address))
    });
    all.into_iter().any(|(ttl, address)| {
        let first = *first.entry(address).or_insert(ttl);
        ttl >= first.saturating_add(2)
    })
}

/// Flows that ask the destination, at least and at most.
const FEWEST: f64 = 6.0;
const MOST: f64 = 16.0;
/// How much farther than ever the destination is asked for.
const BEYOND: u8 = 10;
const FARTHEST: u8 = 64;
/// Hops of a loop that are asked again.
const ROUND: u8 = 7;
