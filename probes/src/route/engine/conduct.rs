//! Which plans make a trace, one after the other.

use super::Shared;
use super::batch::{Batch, Manner};
use super::plan::{Plan, Planning};
use super::prober::Prober;
use super::tcp;
use super::trace::Trace;
use crate::route::{Protocol, RawOutcome};
use std::time::Instant;

impl Trace {
    /// Makes the trace: as many hops at once as the protocol lets be told apart.
    pub(crate) async fn conduct(&mut self, shared: &Shared, prober: &mut Prober) -> RawOutcome {
        match self.conducted(shared, prober).await {
            Ok(()) => RawOutcome::Asked,
            Err(outcome) => outcome,
        }
    }

    async fn conducted(&mut self, shared: &Shared, prober: &mut Prober) -> Result<(), RawOutcome> {
        if let Protocol::Tcp(_) = self.raw.question.protocol {
            let mut one_by_one = self.serial(shared, self.every_question());
            return self.run(&mut one_by_one, shared, prober).await;
        }
        let mut plan = Plan::new(&self.raw.question, shared.limits);
        self.run(&mut plan, shared, prober).await?;
        if self.raw.unnamed > 0 {
            let asks = self.unanswered();
            let mut one_by_one = self.serial(shared, asks.clone());
            let quiet = self.quiet();
            asks.iter()
                .for_each(|(ttl, _)| one_by_one.postpone(*ttl, quiet));
            self.run(&mut one_by_one, shared, prober).await?;
        }
        Ok(())
    }

    /// When none of the probes so far can be answered any more.
    fn quiet(&self) -> Instant {
        let unanswered = self
            .raw
            .probes
            .iter()
            .filter(|probe| probe.answer.is_none());
        let last = unanswered.map(|probe| probe.sent_at).max();
        self.begun + last.unwrap_or_default() + self.raw.question.timeout
    }

    /// One probe of a flow at a time.
    fn serial(&self, shared: &Shared, asks: Vec<(u8, u16)>) -> Batch {
        let (timeout, limits) = (self.raw.question.timeout, shared.limits);
        // A datagram's answer may name no probe, so that nothing else may be under way that could be meant.
        let (patience, tries) = match self.raw.question.protocol {
            Protocol::Tcp(_) => ((limits.silent_end, timeout.min(tcp::PATIENCE)), 2),
            Protocol::Udp(_) | Protocol::Icmp => ((timeout, timeout), 1),
        };
        let manner = Manner {
            limits,
            tries,
            serial: true,
            patience: (patience.0.min(patience.1), patience.1),
        };
        Batch::new(asks, manner)
    }

    /// Every distance by every flow, by the first as often as answers are wanted.
    fn every_question(&self) -> Vec<(u8, u16)> {
        let question = &self.raw.question;
        let ttls = question.first_hop.max(1)..=question.max_hops.max(1);
        let again = std::iter::repeat_n(0, usize::from(question.tries.max(1)) - 1);
        let flows = || (0..question.flows.max(1)).chain(again.clone());
        ttls.flat_map(|ttl| flows().map(move |flow| (ttl, flow)))
            .collect()
    }

    /// Each distance by each flow that has not answered and lies before the flow's end, nearest first.
    fn unanswered(&self) -> Vec<(u8, u16)> {
        let answered = |asked: &(u8, u16)| {
            let mut answers = self
                .raw
                .probes
                .iter()
                .filter(|probe| probe.answer.is_some());
            answers.any(|probe| (probe.ttl, probe.flow) == *asked)
        };
        let is_beyond = |(ttl, flow): &(u8, u16)| {
            self.raw.probes.iter().any(|probe| {
                let answer = probe.answer.as_ref();
                probe.flow == *flow
                    && probe.ttl < *ttl
                    && answer.is_some_and(|answer| answer.said.is_final())
            })
        };
        let mut asked: Vec<(u8, u16)> = self.every_question();
        asked.dedup();
        asked.retain(|it| !answered(it) && !is_beyond(it));
        asked
    }
}
