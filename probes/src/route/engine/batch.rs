//! A list of questions, each asked again until it is answered or its tries are spent. No socket and no clock of its own.

use super::plan::{Asked, Planning, Step};
use crate::route::Limits;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What a batch keeps to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) limits: Limits,
    /// How often each question is put at most.
    pub(crate) tries: u8,
    /// Whether a flow has one probe under way at a time.
    pub(crate) serial: bool,
    /// How long an answer is waited for at least and at most.
    pub(crate) patience: (Duration, Duration),
}

/// The questions in their order, which each flow keeps to.
#[derive(Debug)]
pub(crate) struct Batch {
    items: Vec<Item>,
    manner: Manner,
    /// For each flow, the smallest distance at which its way ended.
    ends: HashMap<u16, u8>,
    not_before: HashMap<u8, Instant>,
    slowest: Duration,
}

#[derive(Debug)]
struct Item {
    ttl: u8,
    flow: u16,
    tries_left: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ToAsk,
    UnderWay(Instant),
    Done,
}

impl Batch {
    pub(crate) fn new(asks: impl IntoIterator<Item = (u8, u16)>, manner: Manner) -> Self {
        let item = |(ttl, flow)| Item {
            ttl,
            flow,
            tries_left: manner.tries.max(1),
            state: State::ToAsk,
        };
        Self {
            items: asks.into_iter().map(item).collect(),
            manner,
            ends: HashMap::new(),
            not_before: HashMap::new(),
            slowest: Duration::ZERO,
        }
    }

    fn wait(&self) -> Duration {
        let (least, most) = self.manner.patience;
        (self.slowest + self.slowest / 4).max(least).min(most)
    }

    /// Whether a question is about a distance behind the end of its flow's way.
    fn is_beyond(&self, item: &Item) -> bool {
        self.ends.get(&item.flow).is_some_and(|end| item.ttl > *end)
    }

    /// Gives up what cannot or need not be waited for any longer.
    fn settle(&mut self, now: Instant) {
        let wait = self.wait();
        let mut items = std::mem::take(&mut self.items);
        for item in &mut items {
            item.state = match item.state {
                _ if self.is_beyond(item) => State::Done,
                State::ToAsk if item.tries_left == 0 => State::Done,
                State::UnderWay(since) if since + wait <= now => match item.tries_left {
                    0 => State::Done,
                    _ => State::ToAsk,
                },
                state => state,
            };
        }
        self.items = items;
    }

    /// Those whose turn it is: in a serial batch, of each flow the first that is not done.
    fn open(&self) -> impl Iterator<Item = &Item> {
        let mut busy: Vec<u16> = Vec::new();
        let undone = self.items.iter().filter(|item| item.state != State::Done);
        undone.filter(move |item| {
            let is_free = !self.manner.serial || !busy.contains(&item.flow);
            if self.manner.serial && is_free {
                busy.push(item.flow);
            }
            is_free
        })
    }

    /// When there may be something to do for a question, be it to ask or to give it up.
    fn due(&self, item: &Item) -> Option<Instant> {
        match item.state {
            State::UnderWay(since) => Some(since + self.wait()),
            State::ToAsk => self.not_before.get(&item.ttl).copied(),
            State::Done => None,
        }
    }
}

impl Planning for Batch {
    fn next(&mut self, now: Instant) -> Step {
        self.settle(now);
        let is_due = |item: &&Item| {
            item.state == State::ToAsk && self.due(item).is_none_or(|due| due <= now)
        };
        if let Some(item) = self.open().find(is_due) {
            return Step::Ask {
                ttl: item.ttl,
                flow: item.flow,
            };
        }
        let soonest = self.open().filter_map(|item| self.due(item)).min();
        soonest.map_or(Step::Done, Step::Wait)
    }

    fn sent(&mut self, ttl: u8, flow: u16, now: Instant) -> Option<Asked> {
        self.not_before
            .insert(ttl, now + self.manner.limits.same_hop_gap);
        let is_it = |item: &Item| (item.ttl, item.flow, item.state) == (ttl, flow, State::ToAsk);
        let place = self.items.iter().position(is_it)?;
        let item = self.items.get_mut(place)?;
        item.tries_left = item.tries_left.saturating_sub(1);
        item.state = State::UnderWay(now);
        Some(Asked { ttl, place })
    }

    fn heard(&mut self, asked: Asked, rtt: Duration, is_end: bool) {
        self.slowest = self.slowest.max(rtt);
        let Some(item) = self.items.get_mut(asked.place) else {
            return;
        };
        item.state = State::Done;
        if is_end {
            let end = self.ends.entry(item.flow).or_insert(asked.ttl);
            *end = asked.ttl.min(*end);
        }
    }

    fn postpone(&mut self, ttl: u8, until: Instant) {
        self.not_before.insert(ttl, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn manner(serial: bool, tries: u8) -> Manner {
        Manner {
            limits: Limits::default(),
            tries,
            serial,
            patience: (100 * MS, 1000 * MS),
        }
    }

    /// Plays a batch against a network; says what left, and when it was done.
    fn play(
        mut batch: Batch,
        rtt_ms: impl Fn(u8, u16) -> Option<(u32, bool)>,
    ) -> (Vec<(u8, u16, u128)>, u128) {
        let begun = Instant::now();
        let (mut now, mut left) = (begun, Vec::new());
        let mut coming: Vec<(Instant, Asked, Duration, bool)> = Vec::new();
        loop {
            let (arrived, later): (Vec<_>, Vec<_>) =
                coming.into_iter().partition(|(at, ..)| *at <= now);
            coming = later;
            for (_, asked, rtt, is_end) in arrived {
                batch.heard(asked, rtt, is_end);
            }
            match batch.next(now) {
                Step::Done => return (left, (now - begun).as_millis()),
                Step::Ask { ttl, flow } => {
                    left.push((ttl, flow, (now - begun).as_millis()));
                    let asked = batch.sent(ttl, flow, now).unwrap();
                    if let Some((ms, is_end)) = rtt_ms(ttl, flow) {
                        coming.push((now + ms * MS, asked, ms * MS, is_end));
                    }
                }
                Step::Wait(until) => {
                    let next = coming.iter().map(|(at, ..)| *at).min();
                    now = next.map_or(until, |at| at.min(until)).max(now);
                }
            }
        }
    }

    #[test]
    fn a_serial_flow_has_one_probe_under_way_and_ends_at_its_end() {
        let asks = (1..=9).flat_map(|ttl| [(ttl, 0), (ttl, 1)]);
        let answer = |ttl: u8, flow: u16| Some((30, ttl >= 3 + flow as u8));
        let (left, _) = play(Batch::new(asks, manner(true, 1)), answer);
        let of = |flow: u16| left.iter().filter(move |(_, its, _)| *its == flow);
        assert_eq!(of(0).map(|(ttl, ..)| *ttl).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(
            of(1).map(|(ttl, ..)| *ttl).collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
        for flow in [0, 1] {
            let times: Vec<u128> = of(flow).map(|(.., at)| *at).collect();
            assert!(
                times.windows(2).all(|two| two[1] >= two[0] + 30),
                "{times:?}"
            );
        }
    }

    #[test]
    fn silence_is_asked_again_and_given_up() {
        let asks = [(1, 0), (2, 0), (3, 0)];
        let answer = |ttl: u8, _| (ttl != 2).then_some((10, false));
        let (left, took_ms) = play(Batch::new(asks, manner(true, 3)), answer);
        let ttls: Vec<u8> = left.iter().map(|(ttl, ..)| *ttl).collect();
        assert_eq!(ttls, [1, 2, 2, 2, 3]);
        assert_eq!(took_ms, 10 + 3 * 100 + 10);
    }

    #[test]
    fn a_batch_that_is_not_serial_asks_all_at_once_and_leaves_a_hop_its_gap() {
        let asks = [(1, 0), (1, 1), (2, 0), (2, 1)];
        let (left, took_ms) = play(Batch::new(asks, manner(false, 1)), |_, _| Some((10, false)));
        assert_eq!(left, [(1, 0, 0), (2, 0, 0), (1, 1, 50), (2, 1, 50)]);
        assert_eq!(took_ms, 60);
    }
}
