//! One trace: plans carried out by a prober.

use super::Shared;
use super::in_flight::{Arrival, Flight, Sent};
use super::plan::{Asked, Planning, Step};
use super::port::Outgoing;
use super::prober::Prober;
use crate::icmp::echo::ROUTE_PAYLOAD_BYTES;
use crate::route::{Question, RawOutcome, RawProbe, RawTrace};
use crate::sys::Cut;
use std::net::IpAddr;
use std::time::Instant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(crate) struct Trace {
    pub(crate) raw: RawTrace,
    /// Where its probes leave from.
    pub(super) source: IpAddr,
    pub(super) begun: Instant,
    /// Beside each probe of `raw`, what it was in the plan.
    asked: Vec<Option<Asked>>,
    sender: UnboundedSender<Arrival>,
    receiver: UnboundedReceiver<Arrival>,
}

impl Trace {
    pub(crate) fn new(question: Question, source: IpAddr) -> Self {
        let (sender, receiver) = unbounded_channel();
        let mut raw = RawTrace::not_asked(question, RawOutcome::Asked);
        raw.source = Some(source);
        Self {
            raw,
            source,
            begun: Instant::now(),
            asked: Vec::new(),
            sender,
            receiver,
        }
    }

    pub(crate) fn finish(mut self) -> RawTrace {
        self.raw.took = self.begun.elapsed();
        self.raw
    }

    /// Carries out a plan; ends early only where nothing can be sent, and says why.
    pub(crate) async fn run(
        &mut self,
        plan: &mut dyn Planning,
        shared: &Shared,
        prober: &mut Prober,
    ) -> Result<(), RawOutcome> {
        let dropped_before = prober.dropped();
        let mut slot = None;
        loop {
            self.hear_all(plan);
            let now = Instant::now();
            match (plan.next(now), slot) {
                (Step::Done, _) => break,
                (Step::Wait(until), _) => self.hear_until(until, plan).await,
                (Step::Ask { .. }, None) => slot = Some(shared.pacer.slot(now)),
                (Step::Ask { .. }, Some(at)) if at > now => self.hear_until(at, plan).await,
                (Step::Ask { ttl, flow }, Some(_)) => {
                    match shared.pacer.claim(self.raw.question.to, ttl, now) {
                        Err(until) => plan.postpone(ttl, until),
                        Ok(()) => {
                            slot = None;
                            let asked = self.ask(plan, shared, prober, (ttl, flow)).await;
                            asked.map_err(|error| self.not_sent(&error))?;
                        }
                    }
                }
            }
        }
        self.raw.dropped += prober.dropped().wrapping_sub(dropped_before);
        Ok(())
    }

    fn not_sent(&self, error: &std::io::Error) -> RawOutcome {
        let to = self.raw.question.to;
        RawOutcome::CouldNotAsk(format!("could not send to {to}: {error}"))
    }

    async fn ask(
        &mut self,
        plan: &mut dyn Planning,
        shared: &Shared,
        prober: &mut Prober,
        (ttl, flow): (u8, u16),
    ) -> std::io::Result<()> {
        let from = self.source;
        let index = self.raw.probes.len();
        let flight = Flight {
            probe: shared.next_probe(),
            index,
            to: self.raw.question.to,
            sent: Sent::now(),
            timeout: self.raw.question.timeout,
            answered: false,
            minds_size: false,
            duplicates: 0,
            message: None,
            listener: self.sender.clone(),
        };
        let (flow_sum, flow_label) = identity(self.raw.question.seed, flow);
        let sent = prober
            .send(Outgoing {
                flight,
                from,
                ttl,
                flow,
                flow_sum,
                flow_label,
                payload_bytes: ROUTE_PAYLOAD_BYTES,
                cut: Cut::AsUsual,
            })
            .await?;
        self.raw.probes.push(RawProbe {
            ttl,
            flow,
            sent_at: sent.duration_since(self.begun),
            answer: None,
        });
        self.asked.push(plan.sent(ttl, flow, sent));
        // Whoever reads the socket may share this thread, and its buffer is finite.
        tokio::task::yield_now().await;
        Ok(())
    }

    async fn hear_until(&mut self, until: Instant, plan: &mut dyn Planning) {
        if let Ok(Some(arrival)) = tokio::time::timeout_at(until.into(), self.receiver.recv()).await
        {
            self.hear(arrival, plan);
        }
    }

    fn hear_all(&mut self, plan: &mut dyn Planning) {
        while let Ok(arrival) = self.receiver.try_recv() {
            self.hear(arrival, plan);
        }
    }

    fn hear(&mut self, arrival: Arrival, plan: &mut dyn Planning) {
        match arrival {
            Arrival::Duplicate => self.raw.duplicates += 1,
            Arrival::Unnamed => self.raw.unnamed += 1,
            Arrival::Answer(_, answer) if answer.rtt > self.raw.question.timeout => {
                self.raw.late += 1;
            }
            Arrival::Answer(index, answer) => {
                if let Some(Some(asked)) = self.asked.get(index) {
                    plan.heard(*asked, answer.rtt, answer.said.is_final());
                }
                if let Some(probe) = self.raw.probes.get_mut(index) {
                    probe.answer = Some(answer);
                }
            }
        }
    }
}

/// What tells the flow of a seed from all others: the sum its packets have, and the IPv6 flow label.
///
/// 65534 sums are different to routers (0 and 0xffff are one number in ones' complement), and the step between flows
/// has no divisor in common with that, so no two flows of a trace share one.
pub(super) fn identity(seed: u64, flow: u16) -> (u16, u32) {
    const SUMS: u64 = 0xfffe;
    const STEP: u64 = 40503;
    let sum = 1 + (mix(seed) % SUMS + u64::from(flow) * STEP) % SUMS;
    let label = 1 + mix(seed.wrapping_add(u64::from(flow)).wrapping_add(1)) % 0xf_ffff;
    (sum as u16, label as u32)
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014).
pub(super) fn mix(mut state: u64) -> u64 {
    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn flows_of_one_seed_differ_and_stay() {
        for seed in [0, 1, u64::MAX] {
            let sums: HashSet<u16> = (0..1000).map(|flow| identity(seed, flow).0).collect();
            assert_eq!(sums.len(), 1000, "seed {seed}");
            assert!(!sums.contains(&0) && !sums.contains(&0xffff));
            assert!((0..1000).all(|flow| (1..=0xf_ffff).contains(&identity(seed, flow).1)));
        }
        assert_eq!(identity(7, 3), identity(7, 3));
        assert_ne!(identity(7, 3), identity(8, 3));
    }
}
