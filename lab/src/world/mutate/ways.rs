//! What might change on the way: routers that come and go, ends that fall silent.

mod loud;
mod quiet;

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::{Mutant, Touches, nth};
use crate::world::World;
use crate::world::incident::{Change, NewEnd, NewHop, NewHops};
use crate::world::route::{Hop, Prefix, Route};
use crate::world::units::{Delay, Turn};

/// One route, with whose its hops are.
struct Way<'a> {
    world: &'a World,
    name: &'a str,
    route: &'a Route,
    asns: Vec<Option<u32>>,
}

pub(super) fn mutants(world: &World) -> Vec<Mutant> {
    let of = |(name, route): (&String, &Route)| {
        let asn = |hop: &Hop| hop.address.and_then(|address| world.asn_of(address));
        let asns = route.hops.iter().map(asn).collect();
        Way {
            world,
            name,
            route,
            asns,
        }
        .mutants()
    };
    world.routes.iter().flat_map(of).collect()
}

/// The address so many further on, in the same 256 and the same row of the table of places.
fn further(world: &World, address: IpAddr, steps: u128) -> Option<IpAddr> {
    let length = IpNet::from(address).max_prefix_len() - 8;
    let block = Prefix(IpNet::new(address, length).ok()?.trunc());
    let own = match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => u128::from(address),
    };
    let next = nth(&block, (own & 0xff) + steps)?;
    let same = world.place_of(next)?.net == world.place_of(address)?.net;
    (same && next != address).then_some(next)
}

/// The next address to which the same route leads.
pub(super) fn neighbour(world: &World, address: IpAddr) -> Option<IpAddr> {
    let next = further(world, address, 1)?;
    let road = |address: &IpAddr| {
        let nets = world.routes.values().flat_map(|route| &route.to);
        let leading = nets.map(|net| net.0).filter(|net| net.contains(address));
        leading.max_by_key(IpNet::prefix_len)
    };
    (road(&next) == road(&address)).then_some(next)
}

impl Way<'_> {
    fn mutants(&self) -> Vec<Mutant> {
        let mutants = [
            self.as_inserted(),
            self.as_replaced(),
            self.as_gone(),
            self.longer(),
            self.unreachable(),
            self.unreached(),
            self.loses(),
            self.slower(),
            self.hop_gone(),
            self.hop_silent(),
            self.second_router(),
            self.rehashed(),
            self.rate_limited(),
            self.jitter(),
        ];
        mutants.into_iter().flatten().collect()
    }

    fn routers(&self, kind: &'static str, place: &str, must_catch: bool) -> Mutant {
        Mutant::new(kind, place, Touches::Routers(self.to()), must_catch)
    }

    fn to(&self) -> Vec<IpNet> {
        self.route.to.iter().map(|prefix| prefix.0).collect()
    }

    fn at(&self, index: usize) -> String {
        format!("{}-hop-{}", self.name, index + 1)
    }

    fn is_v6(&self) -> bool {
        self.route
            .to
            .first()
            .is_some_and(|prefix| prefix.0.addr().is_ipv6())
    }

    /// The hops from that index on become these.
    fn hops(&self, index: usize, now: Vec<Hop>) -> Change {
        let hops = Some(NewHops {
            route: self.name.to_owned(),
            from: index + 1,
            now,
        });
        Change {
            hops,
            ..Change::default()
        }
    }

    fn hop(&self, index: usize, set: Hop) -> Change {
        let hop = Some(NewHop {
            route: self.name.to_owned(),
            at: index + 1,
            set,
        });
        Change {
            hop,
            ..Change::default()
        }
    }

    fn end(&self, end: NewEnd) -> Change {
        let end = Some(NewEnd {
            route: self.name.to_owned(),
            ..end
        });
        Change {
            end,
            ..Change::default()
        }
    }

    /// A router in another autonomous system than any on this way.
    fn stranger(&self, index: usize, what_for: &str) -> Option<(Hop, String)> {
        let ends = self
            .route
            .to
            .iter()
            .map(|net| self.world.asn_of(net.0.addr()));
        let known: Vec<u32> = self.asns.iter().copied().chain(ends).flatten().collect();
        let what_for = format!("{} {what_for}", self.name);
        let (address, place) = self.world.elsewhere(&known, self.is_v6(), &what_for)?;
        let hop = Hop {
            address: Some(address),
            rtt: Some(self.rtt(index)),
            ..Hop::default()
        };
        Some((
            hop,
            format!("AS{} {}", place.asn.unwrap_or_default(), place.as_name),
        ))
    }

    /// The round trip as far as that hop: its own, or that of the nearest before it.
    fn rtt(&self, index: usize) -> Delay {
        let before = self.route.hops.iter().take(index + 1).rev();
        let mut told = before.filter_map(|hop| hop.rtt.or_else(|| shortest(hop)));
        told.next().unwrap_or(Delay(Duration::from_millis(1)))
    }

    fn way(&self, kind: &'static str, must_catch: bool, why: &str, end: NewEnd) -> Mutant {
        let mutant = Mutant::new(kind, self.name, Touches::Way(self.to()), must_catch);
        mutant.why(why).change(self.end(end))
    }

    /// The first hop that has its own autonomous system before and behind it.
    fn inner(&self) -> Option<(usize, IpAddr)> {
        let inside =
            |three: &[Option<u32>]| three.iter().all(|asn| asn.is_some() && *asn == three[0]);
        let index = self.asns.windows(3).position(inside)? + 1;
        Some((index, self.route.hops.get(index)?.address?))
    }
}

fn shortest(hop: &Hop) -> Option<Delay> {
    let turns = hop.answers.iter().filter_map(|turn| match turn {
        Turn::After(delay) => Some(*delay),
        Turn::Silent => None,
    });
    turns.min()
}
