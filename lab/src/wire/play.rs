//! What becomes of each packet: the routers' part, as pure decisions.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::chance::{mix, unit};
use super::echo::{altered, is_reply};
use super::forge::forged;
use super::fragment::fragments;
use super::icmp::Error;
use super::memory::Memory;
use super::mend::mended;
use super::packet::{ICMP, ICMP6, Packet, TCP, UDP, with_ttl};
use super::queue::{Queue, Side};
use super::tally::Tally;
use super::translate::Translation;
use crate::stage::{Distance, Road, Stage, Stages};
use crate::world::route::{Balance, Hop, Protocol, Unreachable};
use crate::world::units::{Delay, Turn};

/// Routers start their own packets with this TTL unless the world says otherwise.
const START_TTL: u8 = 255;
/// What a router says of the link behind it that says `too-big` to everything.
const NEXT_HOP_MTU: u16 = 1280;

/// Plays the routers of a world.
pub(crate) struct Player {
    pub(crate) stages: Arc<Stages>,
    pub(crate) seed: u64,
    /// The client's own routers, one for each IP version it has.
    pub(crate) gateways: Vec<IpAddr>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) memory: Memory,
}

impl Player {
    /// Decides about a packet that came from a side at a time since the lab's start, and is looked at `late` after.
    pub(crate) fn play(
        &mut self,
        (at, late): (Duration, Duration),
        from: Side,
        bytes: &[u8],
        queue: &mut Queue,
    ) {
        let Some(packet) = Packet::parse(bytes) else {
            return self.tally.ignored.add();
        };
        let stages = Arc::clone(&self.stages);
        let stage = stages.at(at);
        let mended = (from == Side::Internet).then(|| mended(&packet)).flatten();
        let packet = mended.as_deref().and_then(Packet::parse).unwrap_or(packet);
        let mut passage = Passage {
            player: self,
            stage,
            at,
            late,
            packet,
            translation: Translation::default(),
            queue,
        };
        match from {
            Side::Client => passage.outward(),
            Side::Internet => passage.homeward(),
        }
    }
}

/// One packet on its way.
struct Passage<'a> {
    player: &'a mut Player,
    stage: &'a Stage,
    at: Duration,
    late: Duration,
    packet: Packet<'a>,
    /// What has become of its addresses so far.
    translation: Translation,
    queue: &'a mut Queue,
}

impl<'a> Passage<'a> {
    fn outward(&mut self) {
        let Some(road) = self.stage.road(self.packet.destination) else {
            return self.unrouted();
        };
        let hops = road.distances.len();
        let ttl = usize::from(self.packet.ttl.max(1));
        let mut mtu = usize::MAX;
        for (index, distance) in road.distances.iter().enumerate().take(ttl) {
            let router = self.router(road, index, distance);
            if let Some(why) = router.unreachable {
                return self.unreachable(road, index, router, why);
            }
            if index + 1 == ttl {
                let expired = if self.packet.is_v6() { (3, 0) } else { (11, 0) };
                return self.answer(road, index, router, expired);
            }
            mtu = mtu.min(router.mtu.map_or(usize::MAX, usize::from));
            if self.packet.bytes.len() > mtu && !self.packet.may_be_cut() {
                return self.too_big(road, index, router);
            }
            self.translation = self.translation.behind(router);
        }
        self.forward(road, hops, mtu);
    }

    /// The router that takes this packet at a distance.
    fn router(&mut self, road: &Road, index: usize, distance: &'a Distance) -> &'a Hop {
        let routers = &distance.routers;
        if routers.len() == 1 {
            return &routers[0];
        }
        let draw = match distance.balance {
            Balance::PerFlow => self.packet.flow(),
            Balance::PerPacket => self.player.memory.count(mix(&[road.id, index as u64])),
        };
        let chosen = mix(&[self.player.seed, road.id, index as u64, draw]) % routers.len() as u64;
        &routers[chosen as usize]
    }

    fn unreachable(&mut self, road: &Road, index: usize, router: &Hop, why: Unreachable) {
        if let Some(kind) = why.code(self.packet.is_v6()) {
            self.answer(road, index, router, kind);
        }
    }

    fn too_big(&mut self, road: &Road, index: usize, router: &Hop) {
        if router.black_hole == Some(true) {
            return self.player.tally.silent.add();
        }
        self.unreachable(road, index, router, Unreachable::TooBig);
    }

    /// A router sends an ICMP error, or what the world has it do instead.
    fn answer(&mut self, road: &Road, index: usize, router: &Hop, kind: (u8, u8)) {
        let tally = Arc::clone(&self.player.tally);
        if !self.packet.may_be_answered() {
            return tally.ignored.add();
        }
        let address = router.address.filter(|_| router.silent != Some(true));
        let Some(from) = address else {
            return tally.silent.add();
        };
        let place = mix(&[road.id, index as u64, self.player.seed]);
        let asked = self.player.memory.count(mix(&[place, self.packet.asker()]));
        let draw = [place, self.packet.flow(), asked];
        if unit(&[draw[0], draw[1], draw[2], 1]) < router.loss.unwrap_or_default().0 {
            return tally.lost.add();
        }
        let Some(rtt) = rtt(router, asked, draw) else {
            return tally.silent.add();
        };
        if router
            .rate_limit
            .is_some_and(|limit| !self.player.memory.allows(place, limit, self.at))
        {
            return tally.rate_limited.add();
        }
        let Some(error) = self.error(index, router, from, kind, mix(&draw) as u16) else {
            return tally.ignored.add();
        };
        for _ in 0..=router.duplicates.unwrap_or_default() {
            tally.answered.add();
            self.send(self.at + rtt, Side::Client, error.clone());
        }
    }

    fn error(
        &self,
        index: usize,
        router: &Hop,
        from: IpAddr,
        kind: (u8, u8),
        id: u16,
    ) -> Option<Vec<u8>> {
        let before = u8::try_from(index).unwrap_or(u8::MAX);
        Error {
            about: self.packet,
            seen_ttl: self.packet.ttl.saturating_sub(before),
            translation: self.translation,
            from,
            ttl: router
                .start_ttl
                .unwrap_or(START_TTL)
                .saturating_sub(before)
                .max(1),
            kind,
            quote: router.quote,
            mpls: &router.mpls,
            mpls_length: router.mpls_length.unwrap_or(true),
            id,
            mtu: router.mtu.unwrap_or(NEXT_HOP_MTU),
        }
        .encode()
    }

    /// The client's own router knows no way.
    fn unrouted(&mut self) {
        let tally = Arc::clone(&self.player.tally);
        tally.unrouted.add();
        let v6 = self.packet.is_v6();
        let gateway = self
            .player
            .gateways
            .iter()
            .find(|gateway| gateway.is_ipv6() == v6)
            .copied();
        let Some(gateway) = gateway.filter(|_| self.packet.may_be_answered()) else {
            return;
        };
        let Some(kind) = Unreachable::Net.code(v6) else {
            return;
        };
        if let Some(error) = self.error(0, &Hop::default(), gateway, kind, 0) {
            tally.answered.add();
            self.send(self.at, Side::Client, error);
        }
    }

    fn forward(&mut self, road: &Road, hops: usize, mtu: usize) {
        let tally = Arc::clone(&self.player.tally);
        if !accepted(&road.route.accepts, self.packet.protocol) {
            return tally.filtered.add();
        }
        let flow = self.packet.flow();
        let sent = self.player.memory.count(mix(&[road.id, flow]));
        let draw = [self.player.seed, road.id, flow, sent];
        if unit(&[draw[0], draw[1], draw[2], draw[3], 1]) < road.route.loss.0 {
            return tally.lost.add();
        }
        let ttl = self
            .packet
            .ttl
            .saturating_sub(u8::try_from(hops).unwrap_or(u8::MAX));
        self.forge();
        self.player.memory.was_late(self.packet.pair(), self.late);
        let packet = with_ttl(&self.packet, ttl);
        for piece in fragments(packet, self.packet.header_len, mtu) {
            self.send(self.at, Side::Internet, piece);
        }
    }

    /// A packet from a server back to the client. It spends the whole round trip here: the client cannot tell,
    /// and one timer is more exact than two.
    fn homeward(&mut self) {
        let road = self.stage.road(self.packet.source);
        let v6 = self.packet.is_v6();
        let attached = self
            .player
            .gateways
            .iter()
            .any(|gateway| gateway.is_ipv6() == v6);
        let Some(road) = road.filter(|_| attached) else {
            return self.player.tally.ignored.add();
        };
        let hops = road
            .route
            .return_hops
            .map_or(road.distances.len(), usize::from);
        let ttl = usize::from(self.packet.ttl).checked_sub(hops);
        let Some(ttl) = ttl.filter(|ttl| *ttl > 0) else {
            return self.player.tally.lost.add();
        };
        if !road.route.echoes.is_empty() && is_reply(&self.packet) {
            return self.echo(road, hops);
        }
        let due = self.due(road);
        let error = Translation::of(road).error_from_within(&self.packet);
        let packet = error
            .as_deref()
            .and_then(Packet::parse)
            .unwrap_or(self.packet);
        for _ in 0..=road.route.duplicates {
            self.send(due, Side::Client, with_ttl(&packet, ttl as u8));
        }
    }

    /// An echo reply, as its turn has it.
    fn echo(&mut self, road: &Road, hops: usize) {
        let place = mix(&[road.id, self.packet.asker()]);
        let asked = self.player.memory.count(place) as usize;
        let turn = &road.route.echoes[asked % road.route.echoes.len()];
        if turn.lost {
            return self.player.tally.lost.add();
        }
        let late = self.player.memory.lateness(self.packet.pair());
        let due = match turn.after {
            Some(after) => (self.at + after.0).saturating_sub(late),
            None => self.due(road),
        };
        let started = usize::from(turn.start_ttl.unwrap_or(self.packet.ttl));
        let ttl = started.saturating_sub(hops).max(1) as u8;
        let whole = || with_ttl(&self.packet, ttl);
        let reply = altered(&self.packet, turn, ttl).unwrap_or_else(whole);
        for _ in 0..=turn.duplicates.max(road.route.duplicates) {
            self.send(due, Side::Client, reply.clone());
        }
    }

    /// When a packet from a server arrives; TCP keeps its order, as it does behind one queue.
    fn due(&mut self, road: &Road) -> Duration {
        let flow = self.packet.flow();
        let sent = self.player.memory.count(mix(&[road.id, flow]));
        let draw = unit(&[self.player.seed, road.id, flow, sent]);
        let late = self.player.memory.lateness(self.packet.pair());
        let due = (self.at + spread(road.route.rtt, road.route.jitter, draw)).saturating_sub(late);
        if self.packet.protocol == TCP {
            self.player.memory.in_order(flow, due)
        } else {
            due
        }
    }

    fn forge(&mut self) {
        if self.packet.protocol != UDP {
            return;
        }
        for injector in &self.stage.injectors {
            if let Some(answer) = forged(injector, &self.packet) {
                self.player.tally.forged.add();
                self.send(self.at + injector.rtt.0, Side::Client, answer);
            }
        }
    }

    fn send(&mut self, due: Duration, to: Side, packet: Vec<u8>) {
        if !self.queue.push(due, to, packet) {
            self.player.tally.overflowed.add();
        }
    }
}

fn accepted(accepts: &[Protocol], protocol: u8) -> bool {
    match protocol {
        ICMP | ICMP6 => accepts.contains(&Protocol::Icmp),
        UDP => accepts.contains(&Protocol::Udp),
        TCP => accepts.contains(&Protocol::Tcp),
        _ => false,
    }
}

/// The round trip of a router's answer; nothing in a turn in which it is silent.
fn rtt(router: &Hop, asked: u64, draw: [u64; 3]) -> Option<Duration> {
    if router.answers.is_empty() {
        let jitter = router.jitter.unwrap_or_default();
        return Some(spread(router.rtt.unwrap_or_default(), jitter, unit(&draw)));
    }
    match router.answers[(asked % router.answers.len() as u64) as usize] {
        Turn::After(delay) => Some(delay.0),
        Turn::Silent => None,
    }
}

/// A time up to `jitter` earlier or later than `rtt`, evenly; `draw` is from 0 to 1.
fn spread(rtt: Delay, jitter: Delay, draw: f64) -> Duration {
    let seconds = rtt.0.as_secs_f64() + jitter.0.as_secs_f64() * (2.0 * draw - 1.0);
    Duration::from_secs_f64(seconds.max(0.0))
}
