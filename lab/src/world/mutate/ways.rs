//! What might change on the way: routers that come and go, ends that fall silent.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::{ALARM, Mutant, QUIET, Touches, nth};
use crate::world::World;
use crate::world::incident::{Change, NewEnd, NewHop, NewHops};
use crate::world::route::{Hop, Prefix, RateLimit, Route, Unreachable};
use crate::world::units::{Delay, Share, Turn};

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

    fn as_inserted(&self) -> Option<Mutant> {
        let index = self.route.hops.len() / 2;
        let (hop, whose) = self.stranger(index, "inserted").filter(|_| index > 0)?;
        let now = std::iter::once(hop).chain(self.route.hops.iter().skip(index).cloned());
        let why = format!(
            "On the way to {} the network of {whose} lies between, at hop {}.",
            self.name,
            index + 1
        );
        let mutant = self.routers("as-inserted", &self.at(index), ALARM).why(why);
        Some(mutant.change(self.hops(index, now.collect())))
    }

    fn as_replaced(&self) -> Option<Mutant> {
        let index = self.route.hops.len() * 2 / 3;
        let (hop, whose) = self.stranger(index, "replaced").filter(|_| index > 0)?;
        let now = std::iter::once(hop).chain(self.route.hops.iter().skip(index + 2).cloned());
        let why = format!(
            "From hop {} on, {whose} carries what goes to {}.",
            index + 1,
            self.name
        );
        let mutant = self.routers("as-replaced", &self.at(index), ALARM).why(why);
        Some(mutant.change(self.hops(index, now.collect())))
    }

    /// The only hop of an autonomous system disappears.
    fn as_gone(&self) -> Option<Mutant> {
        let once = |asn: &Option<u32>| {
            asn.is_some() && self.asns.iter().filter(|it| *it == asn).count() == 1
        };
        let index = self
            .asns
            .iter()
            .rposition(once)
            .filter(|index| *index > 0)?;
        let why = format!(
            "On the way to {} the one hop in AS{} is gone.",
            self.name,
            self.asns.get(index)?.unwrap_or_default()
        );
        let mutant = self.routers("as-gone", &self.at(index), ALARM).why(why);
        Some(mutant.change(self.hops(index, self.route.hops.get(index + 1..)?.to_vec())))
    }

    fn longer(&self) -> Option<Mutant> {
        let index = self.asns.iter().rposition(Option::is_some)?;
        let address = self.route.hops.get(index)?.address?;
        let used: BTreeSet<IpAddr> = self
            .route
            .hops
            .iter()
            .filter_map(|hop| hop.address)
            .collect();
        let free = (101..)
            .take(20)
            .filter_map(|steps| further(self.world, address, steps % 256));
        let free: BTreeSet<IpAddr> = free.filter(|address| !used.contains(address)).collect();
        let hop = |address| Hop {
            address: Some(address),
            rtt: Some(self.rtt(index)),
            ..Hop::default()
        };
        let mut now: Vec<Hop> = free.into_iter().take(3).map(hop).collect();
        let three = now.len() == 3;
        now.extend(self.route.hops.iter().skip(index + 1).cloned());
        let why = format!(
            "The way to {} is longer by three hops, from hop {} on.",
            self.name,
            index + 2
        );
        let mutant = self.routers("longer", &self.at(index + 1), ALARM).why(why);
        three.then(|| mutant.change(self.hops(index + 1, now)))
    }

    fn unreachable(&self) -> Option<Mutant> {
        let index = self
            .route
            .hops
            .iter()
            .rposition(|hop| hop.silent != Some(true) && hop.unreachable.is_none())?;
        let set = Hop {
            unreachable: Some(Unreachable::Host),
            ..Hop::default()
        };
        let why = format!(
            "The router at hop {} says that nothing goes on to {}.",
            index + 1,
            self.name
        );
        let mutant = Mutant::new(
            "unreachable",
            &self.at(index),
            Touches::Way(self.to()),
            ALARM,
        );
        Some(mutant.why(why).change(self.hop(index, set)))
    }

    fn way(&self, kind: &'static str, must_catch: bool, why: &str, end: NewEnd) -> Mutant {
        let mutant = Mutant::new(kind, self.name, Touches::Way(self.to()), must_catch);
        mutant.why(why).change(self.end(end))
    }

    fn unreached(&self) -> Option<Mutant> {
        let why = format!("What goes to {} arrives nowhere.", self.name);
        let end = NewEnd {
            accepts: Some(Vec::new()),
            ..NewEnd::default()
        };
        let heard = !self.route.accepts.is_empty();
        heard.then(|| self.way("unreached", ALARM, &why, end))
    }

    fn loses(&self) -> Option<Mutant> {
        let why = format!("Of what goes to {}, 30 % is lost.", self.name);
        let end = NewEnd {
            loss: Some(Share(0.3)),
            ..NewEnd::default()
        };
        Some(self.way("loses", ALARM, &why, end))
    }

    fn slower(&self) -> Option<Mutant> {
        let rtt = Delay(self.route.rtt.0 * 3 / 2 + Duration::from_millis(80));
        let (old, new) = (self.route.rtt, rtt);
        let why = format!("The round trip to {} goes from {old} to {new}.", self.name);
        let end = NewEnd {
            rtt: Some(rtt),
            ..NewEnd::default()
        };
        Some(self.way("slower", ALARM, &why, end))
    }

    /// The first hop that has its own autonomous system before and behind it.
    fn inner(&self) -> Option<(usize, IpAddr)> {
        let inside =
            |three: &[Option<u32>]| three.iter().all(|asn| asn.is_some() && *asn == three[0]);
        let index = self.asns.windows(3).position(inside)? + 1;
        Some((index, self.route.hops.get(index)?.address?))
    }

    fn hop_gone(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let why = format!(
            "On the way to {} hop {} is gone; those before and behind it are of the same network.",
            self.name,
            index + 1
        );
        let mutant = self.routers("hop-gone", &self.at(index), QUIET).why(why);
        Some(mutant.change(self.hops(index, self.route.hops.get(index + 1..)?.to_vec())))
    }

    fn hop_silent(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let set = Hop {
            silent: Some(true),
            ..Hop::default()
        };
        let why = format!(
            "The router at hop {} to {} says nothing any more; it still forwards.",
            index + 1,
            self.name
        );
        Some(
            self.routers("hop-silent", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    fn second_router(&self) -> Option<Mutant> {
        let (index, address) = self.inner()?;
        let other = further(self.world, address, 64)?;
        let beside = Hop {
            address: Some(other),
            rtt: Some(self.rtt(index)),
            ..Hop::default()
        };
        let set = Hop {
            beside: vec![beside],
            ..Hop::default()
        };
        let why = format!(
            "At hop {} to {} a second router of the same network shares the flows.",
            index + 1,
            self.name
        );
        Some(
            self.routers("second-router", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    fn rehashed(&self) -> Option<Mutant> {
        let index = self
            .route
            .hops
            .iter()
            .position(|hop| !hop.beside.is_empty())?;
        let mut now = self.route.hops.get(index..)?.to_vec();
        let mut beside = std::mem::take(&mut now.first_mut()?.beside);
        let last = beside.pop()?;
        let first = std::mem::replace(now.first_mut()?, last);
        beside.push(Hop {
            balance: None,
            ..first.clone()
        });
        let hop = now.first_mut()?;
        (hop.balance, hop.beside) = (first.balance, beside);
        let why = format!(
            "At hop {} to {} each flow is given to another of the same routers.",
            index + 1,
            self.name
        );
        Some(
            self.routers("rehashed", &self.at(index), QUIET)
                .why(why)
                .change(self.hops(index, now)),
        )
    }

    fn rate_limited(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let rate_limit = Some(RateLimit {
            every: Delay(Duration::from_millis(100)),
            burst: 3,
        });
        let set = Hop {
            rate_limit,
            ..Hop::default()
        };
        let why = format!(
            "The router at hop {} to {} answers ten times a second at most.",
            index + 1,
            self.name
        );
        Some(
            self.routers("rate-limited", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    fn jitter(&self) -> Option<Mutant> {
        let jitter = Delay((self.route.jitter.0 * 3 / 2).max(self.route.rtt.0 / 100));
        let why = format!(
            "Round trips to {} vary by {jitter} instead of {}.",
            self.name, self.route.jitter
        );
        let end = NewEnd {
            jitter: Some(jitter),
            ..NewEnd::default()
        };
        Some(self.way("jitter", QUIET, &why, end))
    }
}

fn shortest(hop: &Hop) -> Option<Delay> {
    let turns = hop.answers.iter().filter_map(|turn| match turn {
        Turn::After(delay) => Some(*delay),
        Turn::Silent => None,
    });
    turns.min()
}
