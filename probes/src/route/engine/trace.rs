//! One trace: its plan carried out on a port.

use super::Shared;
use super::in_flight::{Arrival, Flight, Sent};
use super::plan::{Asked, Plan, Step};
use super::port::{Outgoing, Port};
use crate::icmp::Meaning;
use crate::icmp::echo::ROUTE_PAYLOAD_BYTES;
use crate::route::{Answer, Question, RawOutcome, RawProbe, RawTrace};
use crate::sys::Cut;
use jiff::Timestamp;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(crate) struct Trace {
    pub(crate) raw: RawTrace,
    begun: Instant,
    /// Beside each probe of `raw`, what it was in the plan.
    asked: Vec<Option<Asked>>,
    sender: UnboundedSender<Arrival>,
    receiver: UnboundedReceiver<Arrival>,
}

impl Trace {
    pub(crate) fn new(question: Question) -> Self {
        let (sender, receiver) = unbounded_channel();
        let raw = RawTrace {
            question,
            outcome: RawOutcome::Asked,
            asked_at: Timestamp::now(),
            source: None,
            probes: Vec::new(),
            late: 0,
            duplicates: 0,
            dropped: 0,
            took: Duration::ZERO,
        };
        Self {
            raw,
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

    /// Carries out the plan; ends early only where nothing can be sent.
    pub(crate) async fn run(&mut self, shared: &Shared, port: &Port, source: IpAddr) -> RawOutcome {
        let mut plan = Plan::new(&self.raw.question, shared.limits);
        let dropped_before = port.dropped();
        let mut slot = None;
        loop {
            self.hear_all(&mut plan);
            let now = Instant::now();
            match (plan.next(now), slot) {
                (Step::Done, _) => break,
                (Step::Wait(until), _) => self.hear_until(until, &mut plan).await,
                (Step::Ask { .. }, None) => slot = Some(shared.pacer.slot(now)),
                (Step::Ask { .. }, Some(at)) if at > now => self.hear_until(at, &mut plan).await,
                (Step::Ask { ttl, flow }, Some(_)) => {
                    match shared.pacer.claim(self.raw.question.to, ttl, now) {
                        Err(until) => plan.postpone(ttl, until),
                        Ok(()) => {
                            slot = None;
                            if let Err(error) =
                                self.ask(&mut plan, shared, port, (source, ttl, flow)).await
                            {
                                return RawOutcome::CouldNotAsk(format!(
                                    "could not send to {}: {error}",
                                    self.raw.question.to
                                ));
                            }
                        }
                    }
                }
            }
        }
        self.raw.dropped = port.dropped().wrapping_sub(dropped_before);
        RawOutcome::Asked
    }

    async fn ask(
        &mut self,
        plan: &mut Plan,
        shared: &Shared,
        port: &Port,
        probe: (IpAddr, u8, u16),
    ) -> std::io::Result<()> {
        let (from, ttl, flow) = probe;
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
        let sent = port
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

    async fn hear_until(&mut self, until: Instant, plan: &mut Plan) {
        if let Ok(Some(arrival)) = tokio::time::timeout_at(until.into(), self.receiver.recv()).await
        {
            self.hear(arrival, plan);
        }
    }

    fn hear_all(&mut self, plan: &mut Plan) {
        while let Ok(arrival) = self.receiver.try_recv() {
            self.hear(arrival, plan);
        }
    }

    fn hear(&mut self, arrival: Arrival, plan: &mut Plan) {
        match arrival {
            Arrival::Duplicate => self.raw.duplicates += 1,
            Arrival::Answer(_, answer) if answer.rtt > self.raw.question.timeout => {
                self.raw.late += 1;
            }
            Arrival::Answer(index, answer) => {
                if let Some(Some(asked)) = self.asked.get(index) {
                    plan.heard(*asked, answer.rtt, is_end(&answer));
                }
                if let Some(probe) = self.raw.probes.get_mut(index) {
                    probe.answer = Some(answer);
                }
            }
        }
    }
}

fn is_end(answer: &Answer) -> bool {
    matches!(
        answer.said.meaning(),
        Meaning::EchoReply | Meaning::Unreachable
    )
}

/// What tells the flow of a seed from all others: the sum its packets have, and the IPv6 flow label.
///
/// 65534 sums are different to routers (0 and 0xffff are one number in ones' complement), and the step between flows
/// has no divisor in common with that, so no two flows of a trace share one.
fn identity(seed: u64, flow: u16) -> (u16, u32) {
    const SUMS: u64 = 0xfffe;
    const STEP: u64 = 40503;
    let sum = 1 + (mix(seed) % SUMS + u64::from(flow) * STEP) % SUMS;
    let label = 1 + mix(seed.wrapping_add(u64::from(flow)).wrapping_add(1)) % 0xf_ffff;
    (sum as u16, label as u32)
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut state: u64) -> u64 {
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
