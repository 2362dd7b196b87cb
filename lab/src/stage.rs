//! A world made ready to play: tables to look up in, one for each time something changes.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixMap;

use crate::authority::Authority;
use crate::dns::View;
use crate::service::Ready;
use crate::wire::chance::mix;
use crate::world::World;
use crate::world::incident::Injector;
use crate::world::route::{Balance, Hop, Protocol, Route};
use crate::world::units::Turn;

/// The world as it is from some time on.
pub(crate) struct Stage {
    since: Duration,
    pub(crate) roads: Vec<Road>,
    v4: PrefixMap<Ipv4Net, usize>,
    v6: PrefixMap<Ipv6Net, usize>,
    pub(crate) views: BTreeMap<String, View>,
    pub(crate) injectors: Vec<Injector>,
    pub(crate) services: BTreeMap<SocketAddr, Arc<Ready>>,
}

/// A route made ready: routers by distance.
pub(crate) struct Road {
    pub(crate) id: u64,
    pub(crate) distances: Vec<Distance>,
    pub(crate) route: Route,
}

/// The routers at one distance.
pub(crate) struct Distance {
    pub(crate) balance: Balance,
    pub(crate) routers: Vec<Hop>,
}

/// A world's stages, in time; the first begins at once.
pub(crate) struct Stages(Vec<Stage>);

impl Stages {
    pub(crate) fn of(world: &World, authority: &Authority) -> Result<Self, String> {
        let mut timeline = world.timeline.clone();
        timeline.sort_by_key(|change| change.after);
        let mut world = world.clone();
        let mut stages = vec![Stage::of(&world, authority, Duration::ZERO)?];
        for change in &timeline {
            world.change(change)?;
            let since = change.after.unwrap_or_default().0;
            stages.push(Stage::of(&world, authority, since)?);
        }
        Ok(Self(stages))
    }

    /// When something changes, counted from the lab's start.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Duration> + '_ {
        self.0.iter().skip(1).map(|stage| stage.since)
    }

    /// The stage at a time since the lab's start.
    pub(crate) fn at(&self, elapsed: Duration) -> &Stage {
        let begun = self.0.partition_point(|stage| stage.since <= elapsed);
        &self.0[begun.saturating_sub(1)]
    }
}

impl Stage {
    fn of(world: &World, authority: &Authority, since: Duration) -> Result<Self, String> {
        let mut stage = Self {
            since,
            roads: Vec::new(),
            v4: PrefixMap::new(),
            v6: PrefixMap::new(),
            views: View::all(world),
            injectors: world.injectors.clone(),
            services: services(world, authority)?,
        };
        for (name, route) in &world.routes {
            stage.add(name, route.clone());
        }
        for (name, route) in &world.routes {
            stage.add_hops(name, route);
        }
        Ok(stage)
    }

    fn add(&mut self, name: &str, route: Route) {
        let index = self.roads.len();
        for prefix in &route.to {
            match prefix.0 {
                IpNet::V4(net) => self.v4.insert(net, index),
                IpNet::V6(net) => self.v6.insert(net, index),
            };
        }
        self.roads.push(Road::of(name, route));
    }

    /// Routers are hosts too: each is reached over the hops before it, unless a route says otherwise.
    fn add_hops(&mut self, name: &str, route: &Route) {
        for (index, hop) in route.hops.iter().enumerate() {
            for router in std::iter::once(hop).chain(&hop.beside) {
                let Some(address) = router.address.filter(|address| !self.is_host(*address)) else {
                    continue;
                };
                self.add(
                    &format!("{name}/{address}"),
                    route.up_to(index, router, address),
                );
            }
        }
    }

    fn is_host(&self, address: IpAddr) -> bool {
        match IpNet::from(address) {
            IpNet::V4(net) => self.v4.contains_key(&net),
            IpNet::V6(net) => self.v6.contains_key(&net),
        }
    }

    /// The road that leads to an address: the longest match.
    pub(crate) fn road(&self, to: IpAddr) -> Option<&Road> {
        let index = match IpNet::from(to) {
            IpNet::V4(net) => self.v4.get_lpm(&net).map(|(_, index)| *index),
            IpNet::V6(net) => self.v6.get_lpm(&net).map(|(_, index)| *index),
        };
        self.roads.get(index?)
    }
}

fn services(
    world: &World,
    authority: &Authority,
) -> Result<BTreeMap<SocketAddr, Arc<Ready>>, String> {
    let mut services = BTreeMap::new();
    for service in &world.services {
        let ready = Arc::new(Ready::of(service, world, authority)?);
        let doors = service.listen.0.iter();
        services.extend(doors.map(|address| (*address, Arc::clone(&ready))));
    }
    Ok(services)
}

impl Road {
    fn of(name: &str, route: Route) -> Self {
        let distances = route.hops.iter().map(Distance::of).collect();
        let id = name.bytes().fold(0, |id, byte| mix(&[id, byte.into()]));
        Self {
            id,
            distances,
            route,
        }
    }
}

impl Distance {
    fn of(hop: &Hop) -> Self {
        let first = Hop {
            beside: Vec::new(),
            ..hop.clone()
        };
        let routers = std::iter::once(first)
            .chain(hop.beside.iter().cloned())
            .collect();
        Self {
            balance: hop.balance.unwrap_or_default(),
            routers,
        }
    }
}

impl Route {
    fn up_to(&self, index: usize, router: &Hop, address: IpAddr) -> Self {
        let silent = router.silent == Some(true);
        Self {
            to: vec![crate::world::route::Prefix(address.into())],
            hops: self.hops[..index].to_vec(),
            rtt: router.usual_rtt(),
            jitter: router.jitter.unwrap_or_default(),
            accepts: if silent {
                Vec::new()
            } else {
                vec![Protocol::Icmp, Protocol::Udp, Protocol::Tcp]
            },
            return_hops: None,
            ..self.clone()
        }
    }
}

impl Hop {
    fn usual_rtt(&self) -> crate::world::units::Delay {
        let played = self.answers.iter().find_map(|turn| match turn {
            Turn::After(delay) => Some(*delay),
            Turn::Silent => None,
        });
        self.rtt.or(played).unwrap_or_default()
    }
}
