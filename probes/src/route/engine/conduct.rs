//! Which plans make a trace, one after the other.

use super::Shared;
use super::batch::{Batch, Manner};
use super::mda;
use super::plan::{Plan, Planning};
use super::prober::Prober;
use super::stopping::Stopping;
use super::tcp;
use super::trace::Trace;
use crate::route::{Protocol, Question, RawOutcome};
use std::time::Instant;

/// Probes of one enumeration at most.
const MOST_PROBES: usize = 10_000;

/// All hops and flows together; an answer that is lost is asked for once more.
fn at_once(question: &Question, shared: &Shared) -> Manner {
    let limits = shared.limits;
    Manner {
        limits,
        tries: 2,
        serial: false,
        patience: (limits.silent_end.min(question.timeout), question.timeout),
    }
}

impl Trace {
    /// Makes the trace: as many hops at once as the protocol lets be told apart.
    pub(crate) async fn conduct(&mut self, shared: &Shared, prober: &mut Prober) -> RawOutcome {
        if let Err(outcome) = self.conducted(shared, prober).await {
            return outcome;
        }
        if self.raw.question.explain_silence
            && let Err(outcome) = self.explain_silence(shared, prober).await
        {
            return outcome;
        }
        if self.raw.question.path_mtu {
            self.measure_mtu(shared, prober).await;
        }
        RawOutcome::Asked
    }

    async fn conducted(&mut self, shared: &Shared, prober: &mut Prober) -> Result<(), RawOutcome> {
        let Some(ppm) = self.raw.question.enumerate_ppm else {
            return self.look(shared, prober).await;
        };
        let mut stopping = Stopping::new(f64::from(ppm) / 1e6);
        let least = u16::try_from(stopping.probes(2)).unwrap_or(mda::MOST_FLOWS);
        self.raw.question.flows = self.raw.question.flows.max(least);
        self.look(shared, prober).await?;
        self.enumerate(&mut stopping, shared, prober).await
    }

    /// Asks on until every router that load is balanced over is found.
    async fn enumerate(
        &mut self,
        stopping: &mut Stopping,
        shared: &Shared,
        prober: &mut Prober,
    ) -> Result<(), RawOutcome> {
        loop {
            let before = self.raw.probes.len();
            let first = self.raw.question.first_hop.max(1);
            let wanted = mda::wanted(&self.raw.probes, first, stopping);
            self.raw.is_capped |= wanted.is_capped || before > MOST_PROBES;
            if wanted.asks.is_empty() || before > MOST_PROBES {
                return Ok(());
            }
            let mut batch = match self.raw.question.protocol {
                Protocol::Icmp => Batch::new(wanted.asks, at_once(&self.raw.question, shared)),
                Protocol::Udp(_) | Protocol::Tcp(_) => self.serial(shared, wanted.asks),
            };
            self.run(&mut batch, shared, prober).await?;
            if self.raw.probes.len() == before {
                return Ok(());
            }
        }
    }

    /// The flows that were asked for, at every distance.
    async fn look(&mut self, shared: &Shared, prober: &mut Prober) -> Result<(), RawOutcome> {
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
