//! Asking again: by other flows at one distance, and what they say.

use super::suspicion::Suspicion;
use super::{Asker, Model, Reply, Rules, Trace};
use crate::place::Token;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// An asker, and what it has cost.
pub(super) struct Counted<'a, A> {
    asker: &'a A,
    spent: AtomicU32,
}

impl<'a, A: Asker> Counted<'a, A> {
    pub(super) fn new(asker: &'a A) -> Self {
        let spent = AtomicU32::new(0);
        Self { asker, spent }
    }

    pub(super) fn spent(&self) -> u32 {
        self.spent.load(Ordering::Relaxed)
    }

    pub(super) async fn pause(&self, time: Duration) {
        self.asker.pause(time).await;
    }

    pub(super) async fn remap(
        &self,
        hops: RangeInclusive<u8>,
        flows: u16,
        tries: u8,
    ) -> Option<Trace> {
        let trace = self.asker.remap(hops, flows, tries).await?;
        self.spent.fetch_add(trace.probes(), Ordering::Relaxed);
        Some(trace)
    }
}

/// Whom each flow met at one distance.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    by_flow: BTreeMap<u16, BTreeMap<IpAddr, Reply>>,
}

impl Survey {
    /// Asks one distance with so many flows, those that were not answered up to three times.
    pub(super) async fn ask<A: Asker>(asker: &Counted<'_, A>, ttl: u8, flows: u16) -> Option<Self> {
        let mut survey = Self::default();
        for time in 0..TIMES {
            // Who limits answers has some again after a while.
            if time > 0 {
                asker.pause(LEISURE).await;
            }
            let trace = asker.remap(ttl..=ttl, flows, 1).await?;
            survey.take(&trace, ttl);
            if survey.by_flow.len() >= usize::from(flows) {
                break;
            }
        }
        Some(survey)
    }

    fn take(&mut self, trace: &Trace, ttl: u8) {
        for reply in trace.replies(ttl) {
            for flow in &reply.flows {
                let its = self.by_flow.entry(*flow).or_default();
                its.insert(reply.place.address, reply.clone());
            }
        }
    }

    /// Flows that nobody answered.
    pub(super) fn silent(&self, flows: u16) -> usize {
        usize::from(flows).saturating_sub(self.by_flow.len())
    }

    /// What the flows say of a suspicion. Those below `fresh` are not counted for the chance, nor is the one that showed it.
    pub(super) fn tell(
        &self,
        suspicion: &Suspicion<'_>,
        model: &Model,
        rules: &Rules,
        fresh: u16,
    ) -> Told {
        let mut told = Told::default();
        for (flow, replies) in &self.by_flow {
            let is_mute = |reply: &Reply| suspicion.is_mute(reply, model, rules);
            let others = *flow != suspicion.way.flow && *flow >= fresh;
            told.met.extend(replies.keys());
            told.answered += usize::from(others);
            if replies.values().all(is_mute) {
                continue;
            }
            let is_old = |reply: &&Reply| suspicion.is_old(reply, model, rules);
            let old = replies.values().filter(is_old).count();
            told.old += usize::from(old > 0);
            told.new += usize::from(old == 0);
            told.counted += usize::from(others);
            if old == 0 {
                told.tokens
                    .extend(replies.values().map(|it| it.place.token()));
                told.addresses.extend(replies.keys());
            }
        }
        told
    }
}

/// What the flows of a survey met.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Flows that met somebody known.
    pub(super) old: usize,
    /// Flows that met only others.
    pub(super) new: usize,
    /// Flows that count for the chance.
    pub(super) counted: usize,
    /// Those, and the ones that met nobody's addresses: they say at least whom they did not meet.
    pub(super) answered: usize,
    /// Whether it is a branch that is met by nobody, and not the whole hop.
    pub(super) is_of_branch: bool,
    /// What the new ones stand for.
    pub(super) tokens: BTreeSet<Token>,
    /// The new addresses.
    pub(super) addresses: BTreeSet<IpAddr>,
    /// All addresses.
    pub(super) met: BTreeSet<IpAddr>,
}

impl Told {
    pub(super) fn of_branch(self) -> Self {
        let is_of_branch = true;
        Self {
            is_of_branch,
            ..self
        }
    }

    /// Whether two surveys met the same ones that are new, or others of the same systems, or nobody.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        if self.addresses.is_empty() || other.addresses.is_empty() {
            return true;
        }
        let is_here = |token: &Token| other.tokens.iter().any(|it| it.unifies(token));
        !self.addresses.is_disjoint(&other.addresses) || self.tokens.iter().any(is_here)
    }
}

/// How often a flow is asked that is not answered, and how long is waited before it is asked again.
const TIMES: u8 = 3;
const LEISURE: Duration = Duration::from_secs(7);
