//! How a trace becomes part of what is normal, and what is forgotten.

use super::{Distance, Known, Length, Model};
use crate::route::compare::fits;
use crate::route::{Hop, Reply, Trace};
use jiff::Timestamp;
use std::collections::BTreeSet;

impl Model {
    /// Takes a trace for normal.
    pub fn learn(&mut self, trace: &Trace, at: Timestamp) {
        self.traces = self.traces.saturating_add(1);
        self.reached = self.reached.saturating_add(trace.reached.into());
        if let Some((least, most)) = trace.ends() {
            let latest = Length { least, most };
            let length = self.length.get_or_insert(latest);
            length.least = length.least.min(least);
            length.most = length.most.max(most);
            self.latest = Some(latest);
        }
        for hop in trace.hops.iter().filter(|hop| hop.ttl <= FARTHEST) {
            self.learn_hop(trace, hop, at);
        }
    }

    /// Takes a trace for normal in place of what was; that is kept beside it, and taken up again where the trace is like
    /// what was kept before.
    pub fn replace(&mut self, trace: &Trace, at: Timestamp) {
        let mut before = std::mem::take(self);
        let former = before.former.take();
        if let Some(former) = former.filter(|former| fits(former, trace)) {
            *self = *former;
        }
        self.learn(trace, at);
        self.former = Some(Box::new(before));
    }

    fn learn_hop(&mut self, trace: &Trace, hop: &Hop, at: Timestamp) {
        let is_end = |reply: &&Reply| trace.reached && trace.is_target(reply);
        let (ends, routers): (Vec<&Reply>, Vec<&Reply>) = hop.replies.iter().partition(is_end);
        if !ends.is_empty() {
            let destination = self.destination.get_or_insert_default();
            destination.learn(hop, &ends, at);
        }
        if !routers.is_empty() || ends.is_empty() {
            self.at(hop.ttl).learn(hop, &routers, at);
        }
    }

    fn at(&mut self, ttl: u8) -> &mut Distance {
        let place = self.hops.partition_point(|hop| hop.ttl < ttl);
        if self.hops.get(place).is_none_or(|hop| hop.ttl != ttl) {
            let new = Distance {
                ttl,
                ..Distance::default()
            };
            self.hops.insert(place, new);
        }
        &mut self.hops[place]
    }
}

impl Distance {
    fn learn(&mut self, hop: &Hop, replies: &[&Reply], at: Timestamp) {
        self.sent = self.sent.saturating_add(hop.sent);
        self.answered = self.answered.saturating_add(hop.answered.min(hop.sent));
        if self.sent > LATELY {
            self.sent /= 2;
            self.answered /= 2;
        }
        if replies.is_empty() {
            return;
        }
        self.traces = self.traces.saturating_add(1);
        let is_per_packet = hop.is_per_packet();
        self.per_packet += u32::from(is_per_packet && self.per_packet < LATELY);
        self.per_flow += u32::from(replies.len() > 1 && !is_per_packet && self.per_flow < LATELY);
        self.weigh(replies);
        self.leave(hop);
        for reply in replies {
            self.see(reply, at);
        }
        self.forget();
    }

    /// Moves the shares towards those of this trace: by much while little is known, by a tenth later.
    fn weigh(&mut self, replies: &[&Reply]) {
        let step = (1.0 / f64::from(self.traces)).max(SLOWEST);
        let weight = |reply: &Reply| reply.flows.len().max(1) as f64;
        let all: f64 = replies.iter().map(|reply| weight(reply)).sum();
        for reply in replies {
            if self.known(reply.place.address).is_none() {
                self.addresses.push(Known::of(reply));
            }
        }
        for known in &mut self.addresses {
            let its = replies
                .iter()
                .find(|it| it.place.address == known.place.address);
            let share = its.map_or(0.0, |reply| weight(reply) / all);
            known.share = round(known.share + step * (share - known.share));
        }
    }

    /// Flows that were answered are no longer another's. Those that were not are still of whom they met before: a probe that
    /// is lost says nothing of its way.
    fn leave(&mut self, hop: &Hop) {
        let answered = |flow: &u16| hop.replies.iter().any(|it| it.flows.contains(flow));
        for known in &mut self.addresses {
            known.flows.retain(|flow| !answered(flow));
        }
    }

    fn see(&mut self, reply: &Reply, at: Timestamp) {
        let mut all = self.addresses.iter_mut();
        let Some(known) = all.find(|it| it.place.address == reply.place.address) else {
            return;
        };
        if known.count == 0 {
            known.first = at;
        }
        known.count = known.count.saturating_add(1);
        known.last = at;
        known.mpls |= reply.mpls;
        known.reply_ttl = reply.reply_ttl.or(known.reply_ttl);
        known.flows.extend(&reply.flows);
        while known.flows.len() > MOST_FLOWS {
            known.flows.pop_last();
        }
    }

    /// Leaves out what has not answered for long, and what is too much; sorts the rest.
    fn forget(&mut self) {
        let by_share = |one: &Known, other: &Known| other.share.total_cmp(&one.share);
        self.addresses.sort_by(by_share);
        self.addresses.truncate(MOST_ADDRESSES);
        self.addresses.retain(|known| known.share >= FORGOTTEN);
        self.addresses.sort_by_key(|known| known.place.address);
    }
}

impl Known {
    fn of(reply: &Reply) -> Self {
        Self {
            place: reply.place.clone(),
            count: 0,
            share: 0.0,
            flows: BTreeSet::new(),
            reply_ttl: None,
            mpls: false,
            first: Timestamp::UNIX_EPOCH,
            last: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Hop {
    /// Whether one flow met several addresses here.
    pub(in crate::route) fn is_per_packet(&self) -> bool {
        let mut seen = BTreeSet::new();
        let mut flows = self.replies.iter().flat_map(|reply| &reply.flows);
        flows.any(|flow| !seen.insert(flow))
    }
}

fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

/// Farther nobody looks: a way of the Internet has half as many hops.
const FARTHEST: u8 = 64;
/// Addresses of one distance that are kept.
const MOST_ADDRESSES: usize = 32;
/// Flows of one address that are kept.
const MOST_FLOWS: usize = 16;
/// Probes after which the older half counts no more.
const LATELY: u32 = 2000;
/// What the latest trace weighs at least among those before it.
const SLOWEST: f64 = 0.1;
/// An address with a smaller share is forgotten: after some seventy traces without it.
const FORGOTTEN: f64 = 0.0006;
