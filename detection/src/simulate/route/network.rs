//! A network that answers probes as a real one does: by chance, by flow, and not always.

use crate::place::Place;
use crate::route::{Asker, Hop, Reply, Trace};
use crate::simulate::{Chance, Clock};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The ways from here to one target.
#[derive(Clone, Debug)]
pub struct Network {
    pub(super) stages: Vec<Stage>,
    pub(super) target: Router,
    /// What the balancers' hashes begin with.
    pub(super) salt: u64,
    /// From this hop on nothing goes on.
    pub(super) broken_at: Option<usize>,
    /// From this hop on, so many hops come round.
    pub(super) round: Option<(usize, usize)>,
    /// The longest way there was at its beginning.
    pub(super) longest: usize,
    /// Addresses given away so far.
    pub(super) given: u32,
}

/// One hop or several in a row, or several such ways beside each other.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// What its balancer's hash goes on with.
    pub(super) id: u64,
    pub(super) branches: Vec<Branch>,
    /// Whether each packet chooses anew.
    pub(super) per_packet: bool,
    /// The chance that a packet is lost on the link to it.
    pub(super) loss: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) weight: f64,
    pub(super) routers: Vec<Router>,
}

#[derive(Clone, Debug)]
pub(super) struct Router {
    pub(super) place: Place,
    /// The chance that it answers a probe.
    pub(super) answers: f64,
    /// Answers it has left, where it limits them: six at most, one more each second.
    pub(super) left: Option<f64>,
    /// It quotes labels.
    pub(super) mpls: bool,
    /// It is in a tunnel that does not show.
    pub(super) hidden: bool,
}

impl Router {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            answers: 1.0,
            left: None,
            mpls: false,
            hidden: false,
        }
    }

    fn answer(&mut self, chance: &mut Chance) -> bool {
        let has_left = self.left.is_none_or(|left| left >= 1.0);
        let answers = has_left && chance.happens(self.answers);
        if let Some(left) = self.left.as_mut().filter(|_| answers) {
            *left -= 1.0;
        }
        answers
    }
}

impl Stage {
    /// The branch of a packet, by what its balancer hashes.
    fn branch(&self, words: [u64; 4]) -> usize {
        if self.branches.len() < 2 {
            return 0;
        }
        let unit = (words.into_iter().fold(0, mixed) >> 11) as f64 / (1_u64 << 53) as f64;
        let mut left = unit * self.branches.iter().map(|it| it.weight).sum::<f64>();
        let taken = self.branches.iter().position(|branch| {
            left -= branch.weight;
            left < 0.0
        });
        taken.unwrap_or(0)
    }

    /// Its only router, if that answers always.
    pub(super) fn alone(&self) -> Option<&Router> {
        let [Branch { routers, .. }] = self.branches.as_slice() else {
            return None;
        };
        let [router] = routers.as_slice() else {
            return None;
        };
        let is_seen = router.answers == 1.0 && router.left.is_none() && !router.hidden;
        is_seen.then_some(router)
    }

    /// The one system of all its routers.
    pub(super) fn system(&self) -> Option<&BTreeSet<u32>> {
        let mut routers = self.branches.iter().flat_map(|it| &it.routers);
        let mut places = routers.by_ref().map(|it| &it.place);
        let first = places.next().filter(|it| it.exchange.is_none())?;
        let origins = first.origins.as_ref().filter(|it| !it.is_empty())?;
        let are_same = places.all(|it| it.origins.as_ref() == Some(origins));
        are_same.then_some(origins)
    }
}

/// Where a router stands: stage, branch, and its place in it.
pub(super) type Stand = (usize, usize, usize);

impl Network {
    /// The routers that a packet of a flow passes.
    pub(super) fn way(&self, flow: u16, packet: u64) -> Vec<Stand> {
        let mut way = Vec::new();
        for (at, stage) in self.stages.iter().enumerate() {
            let packet = if stage.per_packet { packet } else { 0 };
            let branch = stage.branch([self.salt, stage.id, flow.into(), packet]);
            let routers = stage.branches.get(branch).map_or(&[][..], |it| &it.routers);
            let shown = routers.iter().enumerate().filter(|(_, it)| !it.hidden);
            way.extend(shown.map(|(place, _)| (at, branch, place)));
        }
        way
    }

    pub(super) fn router(&mut self, (stage, branch, place): Stand) -> Option<&mut Router> {
        let stage = self.stages.get_mut(stage)?;
        stage.branches.get_mut(branch)?.routers.get_mut(place)
    }

    pub(super) fn routers(&mut self) -> impl Iterator<Item = &mut Router> {
        let branches = self.stages.iter_mut().flat_map(|it| &mut it.branches);
        branches.flat_map(|it| &mut it.routers)
    }

    /// Who answers a packet that goes so far; nobody where it or its answer is lost.
    fn probe(&mut self, ttl: u8, flow: u16, packet: u64, chance: &mut Chance) -> Option<Reply> {
        let way = self.way(flow, packet);
        let mut at = usize::from(ttl).checked_sub(1)?;
        if let Some((first, hops)) = self.round
            && at >= first
        {
            at = first + (at - first) % hops.max(1);
        }
        if self.broken_at.is_some_and(|broken| at >= broken) {
            return None;
        }
        let stages = way
            .get(at)
            .map_or(self.stages.len(), |(stage, ..)| stage + 1);
        let passed = self.stages.iter().take(stages);
        if passed.fold(false, |lost, stage| lost | chance.happens(stage.loss)) {
            return None;
        }
        let router = match way.get(at) {
            Some(stand) => self.router(*stand)?,
            None => &mut self.target,
        };
        router.answer(chance).then(|| Reply {
            place: router.place.clone(),
            flows: [flow].into(),
            rtt_ms: f64::from(ttl),
            reply_ttl: Some(255 - ttl),
            mpls: router.mpls,
        })
    }

    fn refill(&mut self, seconds: f64) {
        for router in self.routers() {
            if let Some(left) = &mut router.left {
                *left = (*left + seconds).min(BURST);
            }
        }
    }
}

/// A network with a clock: what is looked at and asked again.
#[derive(Debug)]
pub struct Live {
    /// Its time.
    pub clock: Clock,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    network: Network,
    chance: Chance,
    packets: u64,
    /// What the network becomes again, and when.
    then: Option<(u64, Network)>,
}

impl Live {
    /// A network from now on.
    pub fn new(network: Network, chance: Chance) -> Self {
        let now = Now {
            network,
            chance,
            packets: 0,
            then: None,
        };
        Self {
            clock: Clock::at(jiff::Timestamp::UNIX_EPOCH),
            now: Mutex::new(now),
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Network, &mut Chance)) {
        let now = &mut *self.now();
        change(&mut now.network, &mut now.chance);
    }

    /// Changes it for a while only.
    pub(super) fn change_for(
        &self,
        time: Duration,
        change: impl FnOnce(&mut Network, &mut Chance),
    ) {
        let now = &mut *self.now();
        let is_as_ever = now.network.clone();
        let before = now.then.take().map_or(is_as_ever, |(_, before)| before);
        change(&mut now.network, &mut now.chance);
        let until = self.clock.passed_ms() + time.as_millis() as u64;
        now.then = Some((until, before));
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.clock.pass(time);
        let now = &mut *self.now();
        now.network.refill(time.as_secs_f64());
        let is_over = |(until, _): &mut (u64, Network)| *until <= self.clock.passed_ms();
        if let Some((_, before)) = now.then.take_if(is_over) {
            now.network = before;
        }
    }

    /// One look, as the engine does it: each flow once at each distance, what is silent twice more, until the target or five
    /// silent hops in a row.
    pub fn look(&self, flows: u16) -> Trace {
        let mut hops: Vec<Hop> = Vec::new();
        let mut silent = 0;
        for ttl in 1..=MOST_HOPS {
            let mut hop = self.ask(ttl, flows, 1);
            for _ in 0..2 {
                if hop.replies.is_empty() {
                    hop.add(self.ask(ttl, flows.min(1), 1));
                }
            }
            silent = if hop.replies.is_empty() {
                silent + 1
            } else {
                0
            };
            let target = self.now().network.target.place.address;
            let is_end =
                hop.answered > 0 && hop.replies.iter().all(|it| it.place.address == target);
            hops.push(hop);
            if is_end || silent == 5 {
                break;
            }
        }
        self.wait(Duration::from_millis(500));
        let last_ditch = (silent == 5).then(|| self.ask(MOST_HOPS, 1, 2));
        self.told(hops, last_ditch.as_ref())
    }

    fn told(&self, hops: Vec<Hop>, last_ditch: Option<&Hop>) -> Trace {
        let target = self.now().network.target.place.address;
        let is_target = |reply: &Reply| reply.place.address == target;
        let answered = |hop: &Hop| hop.replies.iter().any(is_target);
        let reached = hops.iter().chain(last_ditch).any(answered);
        Trace {
            target,
            reached,
            ended: None,
            hops,
        }
    }

    fn ask(&self, ttl: u8, flows: u16, tries: u8) -> Hop {
        let now = &mut *self.now();
        let mut hop = Hop {
            ttl,
            ..Hop::default()
        };
        for flow in (0..flows).flat_map(|flow| std::iter::repeat_n(flow, tries.into())) {
            now.packets += 1;
            let (network, chance) = (&mut now.network, &mut now.chance);
            let reply = network.probe(ttl, flow, now.packets, chance);
            hop.sent += 1;
            hop.answered += u32::from(reply.is_some());
            hop.take(reply);
        }
        hop
    }
}

impl Hop {
    fn take(&mut self, reply: Option<Reply>) {
        let Some(reply) = reply else { return };
        let address: IpAddr = reply.place.address;
        let mut known = self.replies.iter_mut();
        match known.find(|it| it.place.address == address) {
            Some(known) => known.flows.extend(reply.flows),
            None => self.replies.push(reply),
        }
    }

    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.answered += other.answered;
        for reply in other.replies {
            self.take(Some(reply));
        }
    }
}

impl Asker for Live {
    async fn remap(&self, hops: RangeInclusive<u8>, flows: u16, tries: u8) -> Option<Trace> {
        self.wait(Duration::from_millis(500));
        let target = self.now().network.target.place.address;
        let mut ended: BTreeSet<u16> = BTreeSet::new();
        let mut all = Vec::new();
        for ttl in hops {
            let hop = self.ask(ttl, flows, tries);
            let ends = hop.replies.iter().filter(|it| it.place.address == target);
            ended.extend(ends.flat_map(|it| &it.flows));
            all.push(hop);
            if ended.len() >= usize::from(flows) {
                break;
            }
        }
        Some(self.told(all, None))
    }

    async fn pause(&self, time: Duration) {
        self.wait(time);
    }
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(state: u64, word: u64) -> u64 {
    let state = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

const BURST: f64 = 6.0;
const MOST_HOPS: u8 = 40;
