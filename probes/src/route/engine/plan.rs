//! Which probe to send next, how long to wait, and when it is enough. No socket and no clock of its own.
//!
//! All hops are asked at once and all tries of a hop overlap, so a trace lasts about as long as its slowest answer.
//! Silence is told from slowness by comparison: a hop is silent when it has taken longer than the slowest answer of the
//! same trace and a quarter; while nobody beyond has answered, longer than a link across an ocean can take. A hop that
//! lost an answer is asked again as long as the answer could still come before the trace would end anyway.

use crate::route::{Limits, Protocol, Question};
use std::time::{Duration, Instant};

/// Few routes have more hops than this beyond those that answer within `same_hop_gap`.
const HORIZON: u8 = 12;
/// A host answers few datagrams to closed ports at once (six on Linux), and all that are sent too far are for it.
const UDP_WINDOW: u8 = 6;

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send a probe of this flow to this distance.
    Ask { ttl: u8, flow: u16 },
    /// Nothing until then, or until an answer comes.
    Wait(Instant),
    /// Every hop has answered or is silent.
    Done,
}

/// Which question of the plan a probe was: its hop and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) ttl: u8,
    pub(crate) place: usize,
}

/// Decides what to send.
pub(crate) trait Planning: Send {
    /// What to do at this moment.
    fn next(&mut self, now: Instant) -> Step;
    /// Notes that the probe of the last [`Step::Ask`] has left.
    fn sent(&mut self, ttl: u8, flow: u16, now: Instant) -> Option<Asked>;
    /// Notes an answer, and whether the way ends there.
    fn heard(&mut self, asked: Asked, rtt: Duration, is_end: bool);
    /// Leaves a hop alone until then.
    fn postpone(&mut self, ttl: u8, until: Instant);
}

#[derive(Debug)]
pub(crate) struct Plan {
    /// The flows every hop is asked by, in that order.
    rounds: Vec<u16>,
    hops: Vec<Hop>,
    /// For each flow, the smallest distance at which its way ended.
    ends: Vec<Option<u8>>,
    slowest: Duration,
    horizon: Option<u8>,
    limits: Limits,
    timeout: Duration,
    extra_asks: usize,
    /// How many hops beyond the known part of the way are asked at once.
    window: u8,
}

#[derive(Debug)]
struct Hop {
    ttl: u8,
    asks: Vec<Ask>,
    not_before: Option<Instant>,
    /// How many rounds are behind it, asked or skipped.
    rounds_done: usize,
    again: usize,
}

#[derive(Debug)]
struct Ask {
    flow: u16,
    sent: Instant,
    rtt: Option<Duration>,
    /// A second chance is not waited for longer than this.
    at_most: Duration,
}

impl Hop {
    fn answers(&self, flow: u16) -> usize {
        self.asks
            .iter()
            .filter(|ask| ask.flow == flow && ask.rtt.is_some())
            .count()
    }

    fn slowest(&self) -> Option<Duration> {
        self.asks.iter().filter_map(|ask| ask.rtt).max()
    }
}

impl Planning for Plan {
    /// What to do at this moment.
    fn next(&mut self, now: Instant) -> Step {
        self.skip_beyond_the_end();
        self.settle_horizon(now);
        let Some(end) = self.last_wait() else {
            return self.next_round(now).unwrap_or(Step::Done);
        };
        let round = self.next_round(now);
        if matches!(round, Some(Step::Ask { .. })) {
            return round.unwrap_or(Step::Done);
        }
        match (round, self.next_again(now, end)) {
            (_, Some(ask @ Step::Ask { .. })) => ask,
            (Some(Step::Wait(one)), Some(Step::Wait(other))) => Step::Wait(one.min(other).min(end)),
            (Some(Step::Wait(until)), _) | (_, Some(Step::Wait(until))) => {
                Step::Wait(until.min(end))
            }
            _ if end > now => Step::Wait(end),
            _ => Step::Done,
        }
    }

    fn sent(&mut self, ttl: u8, flow: u16, now: Instant) -> Option<Asked> {
        let (gap, rounds) = (self.limits.same_hop_gap, self.rounds.len());
        let at_most = self.local_wait(ttl);
        let hop = self.hops.iter_mut().find(|hop| hop.ttl == ttl)?;
        let is_again = hop.rounds_done == rounds;
        hop.asks.push(Ask {
            flow,
            sent: now,
            rtt: None,
            at_most: if is_again { at_most } else { Duration::MAX },
        });
        hop.not_before = Some(now + gap);
        if is_again {
            hop.again += 1;
        } else {
            hop.rounds_done += 1;
        }
        Some(Asked {
            ttl,
            place: hop.asks.len() - 1,
        })
    }

    fn postpone(&mut self, ttl: u8, until: Instant) {
        if let Some(hop) = self.hops.iter_mut().find(|hop| hop.ttl == ttl) {
            hop.not_before = Some(until);
        }
    }

    fn heard(&mut self, asked: Asked, rtt: Duration, is_end: bool) {
        let Some(hop) = self.hops.iter_mut().find(|hop| hop.ttl == asked.ttl) else {
            return;
        };
        let Some(ask) = hop.asks.get_mut(asked.place) else {
            return;
        };
        ask.rtt = Some(rtt);
        self.slowest = self.slowest.max(rtt);
        if is_end && let Some(end) = self.ends.get_mut(usize::from(ask.flow)) {
            *end = Some(end.map_or(asked.ttl, |known| known.min(asked.ttl)));
        }
    }
}

impl Plan {
    pub(crate) fn new(question: &Question, limits: Limits) -> Self {
        let tries = usize::from(question.tries.max(1));
        let flows = question.flows.max(1);
        let rounds = (0..flows)
            .chain(std::iter::repeat_n(0, tries - 1))
            .collect();
        let hop = |ttl| Hop {
            ttl,
            asks: Vec::new(),
            not_before: None,
            rounds_done: 0,
            again: 0,
        };
        Self {
            rounds,
            hops: (question.first_hop.max(1)..=question.max_hops.max(1))
                .map(hop)
                .collect(),
            ends: vec![None; usize::from(flows)],
            slowest: Duration::ZERO,
            horizon: None,
            limits,
            timeout: question.timeout,
            extra_asks: tries,
            window: match question.protocol {
                Protocol::Icmp => u8::MAX,
                Protocol::Udp(_) | Protocol::Tcp(_) => UDP_WINDOW,
            },
        }
    }

    /// Whether a distance is beyond the end of a flow's way. Until a flow's own end is known, the nearest end of another
    /// flow stands for it, unless a router has answered the flow at that distance or beyond.
    fn is_beyond(&self, ttl: u8, flow: u16) -> bool {
        match self.ends.get(usize::from(flow)) {
            Some(Some(end)) => ttl > *end,
            _ => self
                .nearest_end()
                .is_some_and(|end| ttl > end && !self.goes_on(flow, end)),
        }
    }

    fn nearest_end(&self) -> Option<u8> {
        self.ends.iter().filter_map(|end| *end).min()
    }

    fn goes_on(&self, flow: u16, end: u8) -> bool {
        let there = self.hops.iter().filter(|hop| hop.ttl >= end);
        there
            .flat_map(|hop| &hop.asks)
            .any(|ask| ask.flow == flow && ask.rtt.is_some())
    }

    fn skip_beyond_the_end(&mut self) {
        let mut hops = std::mem::take(&mut self.hops);
        for hop in &mut hops {
            while self
                .rounds
                .get(hop.rounds_done)
                .is_some_and(|flow| self.is_beyond(hop.ttl, *flow))
            {
                hop.rounds_done += 1;
            }
        }
        self.hops = hops;
    }

    /// The next probe of the ordinary rounds: the earliest round first, and near hops before far ones.
    fn next_round(&self, now: Instant) -> Option<Step> {
        let frontier = self.frontier(now);
        let farthest = self.farthest().max(self.horizon.or(Some(u8::MAX)));
        let is_open = |hop: &&Hop| match hop.rounds_done {
            0 => hop.ttl <= frontier,
            _ => Some(hop.ttl) <= farthest,
        };
        let open = || {
            let hops = self.hops.iter().filter(is_open);
            hops.filter_map(|hop| Some((hop, *self.rounds.get(hop.rounds_done)?)))
        };
        let due = open().filter(|(hop, _)| hop.not_before.is_none_or(|due| due <= now));
        let next = due.min_by_key(|(hop, _)| (hop.rounds_done, hop.ttl));
        let ask = next.map(|(hop, flow)| Step::Ask { ttl: hop.ttl, flow });
        ask.or_else(|| {
            open()
                .filter_map(|(hop, _)| hop.not_before)
                .min()
                .map(Step::Wait)
        })
    }

    /// How far is asked for the first time: a window beyond what has answered or is silent.
    fn frontier(&self, now: Instant) -> u8 {
        let wait = self.wait();
        let is_settled = |hop: &&Hop| {
            let waiting = |ask: &Ask| ask.rtt.is_none() && ask.sent + wait > now;
            hop.rounds_done > 0 && !hop.asks.iter().any(waiting)
        };
        let settled = self.hops.iter().take_while(is_settled).map(|hop| hop.ttl);
        let known = settled.max().max(self.farthest()).unwrap_or(0);
        known.saturating_add(self.window)
    }

    /// The farthest distance that answered.
    fn farthest(&self) -> Option<u8> {
        let mut from_afar = self.hops.iter().rev();
        from_afar
            .find(|hop| hop.slowest().is_some())
            .map(|hop| hop.ttl)
    }

    /// Once the first hop may be asked again, settles how far beyond the farthest answer others are asked again too:
    /// a near destination is not to be asked again at every distance behind it, nor are hops that may not exist to
    /// be waited for anew. What is nearer than an answer always is.
    fn settle_horizon(&mut self, now: Instant) {
        let is_due = self
            .hops
            .iter()
            .any(|hop| hop.rounds_done > 0 && hop.not_before.is_some_and(|due| due <= now));
        if self.horizon.is_none() && is_due {
            self.horizon = Some(
                self.farthest()
                    .map_or(u8::MAX, |ttl| ttl.saturating_add(HORIZON)),
            );
        }
    }

    /// A second chance for a lost answer, if it can still come before `end`.
    fn next_again(&self, now: Instant, end: Instant) -> Option<Step> {
        let mut soonest: Option<Instant> = None;
        for hop in self
            .hops
            .iter()
            .filter(|hop| hop.rounds_done == self.rounds.len() && hop.again < self.extra_asks)
        {
            let wait = self.local_wait(hop.ttl);
            let mut lost = hop
                .asks
                .iter()
                .take(self.rounds.len())
                .filter(|ask| ask.rtt.is_none() && !self.is_beyond(hop.ttl, ask.flow));
            let Some(ask) = lost.nth(hop.again) else {
                continue;
            };
            let due = hop
                .not_before
                .map_or(ask.sent + wait, |due| due.max(ask.sent + wait));
            if due.max(now) + wait > end {
                continue;
            }
            if due <= now {
                return Some(Step::Ask {
                    ttl: hop.ttl,
                    flow: ask.flow,
                });
            }
            soonest = Some(soonest.map_or(due, |known| known.min(due)));
        }
        soonest.map(Step::Wait)
    }

    /// When the last unanswered probe that is still wanted counts as lost; nothing when there is none.
    fn last_wait(&self) -> Option<Instant> {
        let wait = self.wait();
        let of_hop = |hop| {
            self.missing(hop)
                .map(|ask| ask.sent + wait.min(ask.at_most))
                .max()
        };
        self.hops.iter().filter_map(of_hop).max()
    }

    /// The unanswered probes of a hop, without those whose second chance was answered.
    fn missing<'a>(&'a self, hop: &'a Hop) -> impl Iterator<Item = &'a Ask> {
        let wanted = |flow| self.rounds.iter().filter(|round| **round == flow).count();
        let is_missing =
            move |ask: &&Ask| ask.rtt.is_none() && hop.answers(ask.flow) < wanted(ask.flow);
        hop.asks
            .iter()
            .filter(is_missing)
            .filter(|ask| !self.is_beyond(hop.ttl, ask.flow))
    }

    /// How long silence is waited for.
    fn wait(&self) -> Duration {
        let least = if self.nearest_end().is_some() {
            self.limits.silent_hop
        } else {
            self.limits.silent_end
        };
        (self.slowest + self.slowest / 4)
            .max(least)
            .min(self.timeout)
    }

    /// When a probe to this hop is so late, beside its neighbours, that another is worth a packet.
    fn local_wait(&self, ttl: u8) -> Duration {
        let above = self
            .hops
            .iter()
            .filter(|hop| hop.ttl > ttl)
            .find_map(Hop::slowest);
        let below = self
            .hops
            .iter()
            .rev()
            .filter(|hop| hop.ttl <= ttl)
            .find_map(Hop::slowest);
        match above {
            Some(above) => (above.max(below.unwrap_or_default()) * 3 / 2)
                .max(self.limits.same_hop_gap)
                .min(self.wait()),
            None => self.wait(),
        }
    }
}

#[cfg(test)]
mod tests;
