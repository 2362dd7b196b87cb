use crate::place::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::future::Future;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// One look at the way to an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Trace {
    /// The address traced to.
    pub target: IpAddr,
    /// Whether the target itself answered.
    pub reached: bool,
    /// How it ended where it did not, in the probe's words: `silence`, `loop`, `max-hops`, `host-unreachable` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// The hops by rising distance, silent ones with them.
    pub hops: Vec<Hop>,
}

/// One distance from here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Hop {
    /// The distance.
    pub ttl: u8,
    /// Probes sent to it.
    pub sent: u32,
    /// Probes answered.
    pub answered: u32,
    /// Who answered.
    pub replies: Vec<Reply>,
}

/// One address that answered at one distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reply {
    /// Who it is.
    #[serde(flatten)]
    pub place: Place,
    /// The flows it answered, by index: the same index takes the same way again.
    pub flows: BTreeSet<u16>,
    /// The smallest round trip, in milliseconds.
    pub rtt_ms: f64,
    /// The TTL or hop limit its answer arrived with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_ttl: Option<u8>,
    /// Whether it quoted MPLS labels.
    #[serde(default)]
    pub mpls: bool,
}

impl Trace {
    /// The flows that were answered, the first of them first; no more than [`MOST_FLOWS`].
    pub(super) fn flows(&self) -> Vec<u16> {
        let replies = self.hops.iter().flat_map(|hop| &hop.replies);
        let flows: BTreeSet<u16> = replies.flat_map(|reply| &reply.flows).copied().collect();
        flows.into_iter().take(MOST_FLOWS).collect()
    }

    /// Probes that it took.
    pub(super) fn probes(&self) -> u32 {
        let sent = self.hops.iter().map(|hop| hop.sent);
        sent.fold(0, u32::saturating_add)
    }

    /// Where the target answered, nearest and farthest.
    pub(super) fn ends(&self) -> Option<(u8, u8)> {
        let here = |hop: &&Hop| hop.replies.iter().any(|reply| self.is_target(reply));
        let ttls = || self.hops.iter().filter(here).map(|hop| hop.ttl);
        let found = ttls().min().zip(ttls().max());
        found.filter(|_| self.reached)
    }

    /// Whether it is the target's reply.
    pub(super) fn is_target(&self, reply: &Reply) -> bool {
        reply.place.address == self.target
    }

    /// Only what one flow met.
    pub(super) fn of_flow(mut self, flow: u16) -> Self {
        for hop in &mut self.hops {
            hop.replies.retain(|reply| reply.flows.contains(&flow));
            for reply in &mut hop.replies {
                reply.flows = [flow].into();
            }
        }
        self
    }

    /// The same with the flows that were silent at a distance filled by another look at it.
    pub(super) fn filled(&self, again: &Self) -> Self {
        let mut filled = self.clone();
        for hop in &mut filled.hops {
            let answered: BTreeSet<u16> = hop
                .replies
                .iter()
                .flat_map(|it| &it.flows)
                .copied()
                .collect();
            for reply in again.replies(hop.ttl) {
                let mut reply = reply.clone();
                reply.flows.retain(|flow| !answered.contains(flow));
                if !reply.flows.is_empty() {
                    hop.replies.push(reply);
                }
            }
        }
        filled
    }

    /// Who answered at a distance.
    pub(super) fn replies(&self, ttl: u8) -> impl Iterator<Item = &Reply> {
        let hops = self.hops.iter().filter(move |hop| hop.ttl == ttl);
        hops.flat_map(|hop| &hop.replies)
    }
}

/// Flows of a trace that are looked at.
const MOST_FLOWS: usize = 64;

/// Where a rule has a way looked at again: the live network, or a simulated one.
pub trait Asker: Sync {
    /// Probes these distances with so many flows, each so often; flow 0 is the one that is always asked. Nothing where it
    /// cannot be asked again.
    fn remap(
        &self,
        hops: RangeInclusive<u8>,
        flows: u16,
        tries: u8,
    ) -> impl Future<Output = Option<Trace>> + Send;
    /// Waits, in whatever time runs there.
    fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send;
}
