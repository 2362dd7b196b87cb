//! Which further probes find every router that load is balanced over (Multipath Detection Algorithm; Augustin, Friedman,
//! Teixeira 2007). Pure: it looks at what was asked and answered so far.
//!
//! Hop by hop: of the flows known to pass a router, so many are asked of the next distance that a router there which takes
//! an equal share of them would have been missed with no more than the agreed chance.

use super::stopping::Stopping;
use crate::route::RawProbe;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Flows of one enumeration at most.
pub(crate) const MOST_FLOWS: u16 = 256;

/// Whom the flows of one group passed at a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// Where they all begin.
    Here,
    Router(IpAddr),
    Silent,
    /// Some router of a hop that chooses anew for every packet.
    Any,
}

/// What is to be asked next, and whether that is all that should be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Distance and flow.
    pub(crate) asks: Vec<(u8, u16)>,
    /// More flows were needed than there may be.
    pub(crate) is_capped: bool,
}

/// The record of a trace, by distance and flow.
struct Record {
    asked: BTreeMap<u8, Hop>,
    ends: BTreeMap<u16, u8>,
}

#[derive(Default)]
struct Hop {
    /// By flow.
    cells: BTreeMap<u16, Cell>,
    /// One flow met several routers.
    is_per_packet: bool,
}

#[derive(Default)]
struct Cell {
    asked: usize,
    /// Each once.
    from: Vec<IpAddr>,
}

/// What to ask next; nothing when every hop is enumerated.
pub(crate) fn wanted(probes: &[RawProbe], first: u8, stopping: &mut Stopping) -> Wanted {
    let record = Record::of(probes);
    let mut wanted = Wanted::default();
    for ttl in first..=record.last() {
        for (node, flows) in record.groups(first, ttl) {
            record.enumerate(node, ttl, &flows, stopping, &mut wanted);
        }
        record.tell_per_packet(ttl, stopping, &mut wanted);
    }
    wanted.asks.sort_unstable();
    wanted
}

impl Record {
    fn of(probes: &[RawProbe]) -> Self {
        let mut record = Self {
            asked: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for probe in probes {
            let hop = record.asked.entry(probe.ttl).or_default();
            let cell = hop.cells.entry(probe.flow).or_default();
            cell.asked += 1;
            if let Some(answer) = &probe.answer {
                if !cell.from.contains(&answer.from) {
                    cell.from.push(answer.from);
                }
                hop.is_per_packet |= cell.from.len() > 1;
                if answer.said.is_final() {
                    let end = record.ends.entry(probe.flow).or_insert(probe.ttl);
                    *end = probe.ttl.min(*end);
                }
            }
        }
        record
    }

    /// The farthest distance worth asking.
    fn last(&self) -> u8 {
        let answered = |hop: &Hop| hop.cells.values().any(|it| !it.from.is_empty());
        let farthest = self.asked.iter().filter(|(_, hop)| answered(hop));
        let farthest = farthest.map(|(ttl, _)| *ttl).max();
        self.ends.values().copied().max().or(farthest).unwrap_or(0)
    }

    fn cell(&self, ttl: u8, flow: u16) -> Option<&Cell> {
        self.asked.get(&ttl)?.cells.get(&flow)
    }

    fn goes_to(&self, ttl: u8, flow: u16) -> bool {
        self.ends.get(&flow).is_none_or(|end| ttl <= *end)
    }

    /// The flows that come to a distance, by whom they passed just before.
    fn groups(&self, first: u8, ttl: u8) -> BTreeMap<Node, Vec<u16>> {
        if ttl == first {
            return [(Node::Here, (0..MOST_FLOWS).collect())].into();
        }
        let mut groups: BTreeMap<Node, Vec<u16>> = BTreeMap::new();
        let Some(hop) = self.asked.get(&(ttl - 1)) else {
            return groups;
        };
        for (flow, cell) in &hop.cells {
            if self.goes_to(ttl, *flow) {
                groups.entry(hop.node(cell)).or_default().push(*flow);
            }
        }
        groups
    }

    /// Asks for what is missing behind one router.
    fn enumerate(
        &self,
        node: Node,
        ttl: u8,
        flows: &[u16],
        stopping: &mut Stopping,
        wanted: &mut Wanted,
    ) {
        let (mut asked, mut unasked) = (Vec::new(), Vec::new());
        let hop = self.asked.get(&ttl);
        for flow in flows {
            match hop.and_then(|hop| hop.cells.get(flow)) {
                Some(cell) => asked.push(cell),
                None => unasked.push((ttl, *flow)),
            }
        }
        let missing = stopping
            .probes(kinds(&asked) + 1)
            .saturating_sub(asked.len());
        let asks: Vec<(u8, u16)> = unasked.into_iter().take(missing).collect();
        let still_missing = missing - asks.len();
        wanted.asks.extend(asks);
        if node == Node::Here {
            wanted.is_capped |= still_missing > 0;
        } else if still_missing > 0 {
            self.recruit(ttl - 1, still_missing, wanted);
        }
    }

    /// Asks new flows of a distance, in the hope that they pass the router that more flows are needed of.
    fn recruit(&self, ttl: u8, count: usize, wanted: &mut Wanted) {
        let is_new = |flow: &u16| {
            self.cell(ttl, *flow).is_none()
                && self.goes_to(ttl, *flow)
                && !wanted.asks.contains(&(ttl, *flow))
        };
        let recruits: Vec<u16> = (0..MOST_FLOWS).filter(is_new).take(count).collect();
        let is_asked = |(its, _): &(u8, u16)| *its == ttl;
        wanted.is_capped |= recruits.is_empty() && !wanted.asks.iter().any(is_asked);
        wanted
            .asks
            .extend(recruits.into_iter().map(|flow| (ttl, flow)));
    }

    /// Where several routers answer at one distance, asks one flow again and again: it tells a choice by flow from one anew
    /// for every packet.
    fn tell_per_packet(&self, ttl: u8, stopping: &mut Stopping, wanted: &mut Wanted) {
        let Some(hop) = self.asked.get(&ttl) else {
            return;
        };
        if !hop.has_several() || hop.is_per_packet {
            return;
        }
        let answering = hop.cells.iter().filter(|(_, cell)| !cell.from.is_empty());
        if let Some((flow, cell)) = answering.max_by_key(|(_, cell)| cell.asked) {
            let again = stopping.probes(2).saturating_sub(cell.asked);
            wanted.asks.extend(std::iter::repeat_n((ttl, *flow), again));
        }
    }
}

/// How many different routers answered, and silence as one more; of nobody, one.
fn kinds(cells: &[&Cell]) -> usize {
    let routers: BTreeSet<&IpAddr> = cells.iter().flat_map(|it| &it.from).collect();
    let is_silent = cells.iter().any(|cell| cell.from.is_empty());
    (routers.len() + usize::from(is_silent)).max(1)
}

impl Hop {
    /// Whether more than one router answered.
    fn has_several(&self) -> bool {
        let mut routers = self.cells.values().flat_map(|cell| &cell.from);
        let one = routers.next();
        routers.any(|router| Some(router) != one)
    }

    fn node(&self, cell: &Cell) -> Node {
        match cell.from.first() {
            _ if self.is_per_packet => Node::Any,
            Some(router) => Node::Router(*router),
            None => Node::Silent,
        }
    }
}

#[cfg(test)]
mod tests;
