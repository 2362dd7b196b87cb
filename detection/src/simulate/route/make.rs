//! Networks made by chance.

use super::network::{Branch, Network, Router, Stage};
use crate::place::Place;
use crate::simulate::Chance;
use std::net::IpAddr;

/// What all routers of one system have in common.
#[derive(Clone, Debug)]
pub(super) struct System {
    pub(super) number: u32,
    pub(super) country: &'static str,
    /// Another one announces its network too.
    pub(super) shared: bool,
}

impl System {
    pub(super) fn any(chance: &mut Chance, number: u32) -> Self {
        Self {
            number,
            country: chance
                .pick(&["FR", "DE", "US", "SG"])
                .copied()
                .unwrap_or("FR"),
            shared: chance.happens(0.05),
        }
    }
}

impl Network {
    /// A network in which anything may be that is found in real ones.
    pub fn any(chance: &mut Chance) -> Self {
        let mut network = Self::empty(chance);
        network.home(chance);
        let systems = chance.between(3..=6);
        for at in 0..systems {
            let number = 100 + 10 * at + chance.between(0..=9);
            let system = System::any(chance, number);
            network.pass(&system, chance);
            if at + 1 < systems && chance.happens(0.25) {
                network.exchange(&system);
            }
        }
        network.spoil(chance);
        network.longest = network.lengths().1;
        network
    }

    fn empty(chance: &mut Chance) -> Self {
        let mut network = Self {
            stages: Vec::new(),
            target: Router::new(Place::unknown([198, 18, 0, 1].into())),
            salt: chance.between(0..=u32::MAX - 1).into(),
            broken_at: None,
            round: None,
            longest: 0,
            given: 0,
        };
        let last = System::any(chance, 900);
        network.target = Router::new(network.place(&last));
        network.target.answers = if chance.happens(0.1) { 0.8 } else { 1.0 };
        network
    }

    /// How many hops the shortest and the longest way have.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let ways = (0..64).map(|flow| self.way(flow, 0).len());
        ways.fold((usize::MAX, 0), |(least, most), hops| {
            (least.min(hops), most.max(hops))
        })
    }

    /// An address that nobody has yet.
    pub(super) fn address(&mut self) -> IpAddr {
        self.given += 1;
        let [_, b, c, d] = self.given.to_be_bytes();
        IpAddr::from([11, b, c, d])
    }

    /// A new address of a system.
    pub(super) fn place(&mut self, system: &System) -> Place {
        let mut place = Place::unknown(self.address());
        let other = system.shared.then_some(system.number + 5000);
        place.origins = Some([system.number].into_iter().chain(other).collect());
        place.country = Some(system.country.to_owned());
        place
    }

    /// A new router of a system: sometimes one whose address is nobody's, or not known to be anybody's.
    fn any_router(&mut self, system: &System, chance: &mut Chance) -> Router {
        let mut place = self.place(system);
        if chance.happens(0.04) {
            place.origins = chance.happens(0.5).then(Default::default);
            place.country = None;
        } else if chance.happens(0.03) {
            place = self.private("private");
        }
        Router::new(place)
    }

    fn private(&mut self, word: &str) -> Place {
        let mut place = Place::unknown(self.address());
        place.special = Some(word.to_owned());
        place
    }

    fn home(&mut self, chance: &mut Chance) {
        let gateway = self.private("private");
        self.stages.push(single(Router::new(gateway)));
        if chance.happens(0.2) {
            let translator = self.private("cgn");
            self.stages.push(single(Router::new(translator)));
        }
    }

    fn exchange(&mut self, system: &System) {
        let mut place = self.place(system);
        place.exchange = Some(format!("IX{}", system.number % 3));
        place.origins = Some([60_000].into());
        self.stages.push(single(Router::new(place)));
    }

    /// One to four hops, some of them with others beside them.
    fn pass(&mut self, system: &System, chance: &mut Chance) {
        let count = chance.between(1..=4);
        // Between its ends a tunnel may quote labels; its ends do not.
        let is_tunnel = chance.happens(0.2);
        for at in 0..count {
            let mut stage = if chance.happens(0.65) {
                single(self.any_router(system, chance))
            } else {
                self.diamond(system, chance)
            };
            for router in stage.branches.iter_mut().flat_map(|it| &mut it.routers) {
                router.mpls = is_tunnel && at > 0 && at + 1 < count;
            }
            self.stages.push(stage);
        }
        if chance.happens(0.04) {
            let other = System::any(chance, 700 + system.number);
            self.beside(system, &other);
        }
    }

    fn diamond(&mut self, system: &System, chance: &mut Chance) -> Stage {
        let count = chance.between(2..=6);
        let is_uneven = chance.happens(0.3);
        let hops = if chance.happens(0.25) { 2 } else { 1 };
        let mut branches = Vec::new();
        for _ in 0..count {
            let routers = (0..hops).map(|_| self.any_router(system, chance)).collect();
            let weight = if is_uneven { 0.2 + chance.unit() } else { 1.0 };
            branches.push(Branch { weight, routers });
        }
        Stage {
            id: self.given.into(),
            branches,
            per_packet: chance.happens(0.15),
            loss: 0.0,
        }
    }

    /// Two systems beside each other, both of them normal.
    fn beside(&mut self, one: &System, other: &System) {
        let mut branch = |system: &System| Branch {
            weight: 1.0,
            routers: (0..2).map(|_| Router::new(self.place(system))).collect(),
        };
        let branches = vec![branch(one), branch(other)];
        self.stages.push(Stage {
            id: self.given.into(),
            branches,
            per_packet: false,
            loss: 0.0,
        });
    }

    /// Silence, limits and loss.
    fn spoil(&mut self, chance: &mut Chance) {
        for router in self.routers() {
            match chance.weighted(&[0.75, 0.08, 0.1, 0.07]) {
                1 => router.answers = 0.0,
                2 => router.left = Some(6.0),
                3 => router.answers = 0.4 + chance.unit() / 2.0,
                _ => {}
            }
        }
        if chance.happens(0.15) {
            let at = chance.below(self.stages.len());
            if let Some(stage) = self.stages.get_mut(at) {
                stage.loss = 0.02 + chance.unit() / 8.0;
            }
        }
    }
}

/// A hop that everybody passes.
pub(super) fn single(router: Router) -> Stage {
    let routers = vec![router];
    Stage {
        id: 0,
        branches: vec![Branch {
            weight: 1.0,
            routers,
        }],
        per_packet: false,
        loss: 0.0,
    }
}
