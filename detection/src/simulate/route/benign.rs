//! What happens to a way without changing it.

use super::make::{System, single};
use super::network::{Branch, Live, Network, Router, Stage};
use crate::place::Place;
use crate::simulate::Chance;
use std::time::Duration;

/// Something that is no change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Benign {
    /// Balancers hash otherwise.
    Rehash,
    /// A balanced router gives way to another of the same system.
    Rotation,
    /// A balancer has one more branch, of the same system.
    Widening,
    /// A balancer chooses packet by packet.
    PerPacket,
    /// A router answers from another address of its system.
    Renumbering,
    /// A router answers from an address of somebody else's.
    ThirdParty,
    /// A router answers no longer.
    Silence,
    /// A router limits its answers.
    Limit,
    /// A link loses more.
    Loss,
    /// The destination answers half of the time.
    DullTarget,
    /// A hop within a system is gone.
    HopGone,
    /// There is a hop more within a system.
    HopMore,
    /// A tunnel shows no longer, or shows.
    Tunnel,
    /// For twenty seconds it goes through another system.
    Moment,
    /// Nothing but what always is.
    Nothing,
}

impl Benign {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Rehash,
        Self::Rotation,
        Self::Widening,
        Self::PerPacket,
        Self::Renumbering,
        Self::ThirdParty,
        Self::Silence,
        Self::Limit,
        Self::Loss,
        Self::DullTarget,
        Self::HopGone,
        Self::HopMore,
        Self::Tunnel,
        Self::Moment,
        Self::Nothing,
    ];

    /// Makes it happen.
    pub(super) fn happen(self, live: &Live) {
        match self {
            Self::Moment => live.change_for(Duration::from_secs(20), |network, chance| {
                super::Incident::AsReplaced.happen(network, chance);
            }),
            _ => live.change(|network, chance| self.to(network, chance)),
        }
    }

    fn to(self, network: &mut Network, chance: &mut Chance) {
        match self {
            Self::Rehash => network.salt = network.salt.wrapping_add(1),
            Self::Rotation => rotate(network, chance),
            Self::Widening => widen(network, chance),
            Self::PerPacket => {
                if let Some(stage) = any_diamond(network, chance) {
                    network.stages[stage].per_packet = true;
                }
            }
            Self::Renumbering => renumber(network, chance),
            Self::ThirdParty => third_party(network, chance),
            Self::Silence => any(network, chance, |router| router.answers = 0.0),
            Self::Limit => any(network, chance, |router| router.left = Some(6.0)),
            Self::Loss => {
                let at = chance.below(network.stages.len());
                network.stages[at].loss = 0.1 + chance.unit() / 5.0;
            }
            Self::DullTarget => network.target.answers = 0.5,
            Self::HopGone => hop_gone(network, chance),
            Self::HopMore => hop_more(network, chance),
            Self::Tunnel => {
                for router in network.routers().filter(|router| router.mpls) {
                    router.hidden = !router.hidden;
                }
            }
            Self::Moment | Self::Nothing => {}
        }
    }
}

fn any(network: &mut Network, chance: &mut Chance, set: impl FnOnce(&mut Router)) {
    let count = network.routers().count();
    if let Some(router) = network.routers().nth(chance.below(count)) {
        set(router);
    }
}

fn any_diamond(network: &Network, chance: &mut Chance) -> Option<usize> {
    let is_diamond = |at: &usize| network.stages[*at].branches.len() > 1;
    let all: Vec<usize> = (0..network.stages.len()).filter(is_diamond).collect();
    chance.pick(&all).copied()
}

/// A new address with the same facts as another.
pub(super) fn like(network: &mut Network, place: &Place) -> Place {
    Place {
        address: network.address(),
        ..place.clone()
    }
}

fn rotate(network: &mut Network, chance: &mut Chance) {
    let Some(stage) = any_diamond(network, chance) else {
        return;
    };
    let branch = chance.below(network.stages[stage].branches.len());
    for router in 0..network.stages[stage].branches[branch].routers.len() {
        let before = network.stages[stage].branches[branch].routers[router]
            .place
            .clone();
        let now = like(network, &before);
        network.stages[stage].branches[branch].routers[router].place = now;
    }
}

fn widen(network: &mut Network, chance: &mut Chance) {
    let at = chance.below(network.stages.len());
    let Some(first) = network.stages[at].branches.first().cloned() else {
        return;
    };
    let places = first.routers.iter().map(|it| like(network, &it.place));
    let routers = places.map(Router::new).collect();
    let weight = first.weight;
    network.stages[at].branches.push(Branch { weight, routers });
}

fn renumber(network: &mut Network, chance: &mut Chance) {
    let now = network.address();
    any(network, chance, |router| router.place.address = now);
}

/// Never the last router, behind which no other one tells that it is the same, and never one that is alone in its system.
fn third_party(network: &mut Network, chance: &mut Chance) {
    let system = |at: usize| network.stages.get(at).and_then(Stage::system);
    let is_seen = |at: usize| {
        network
            .stages
            .get(at)
            .is_some_and(|it| it.alone().is_some())
    };
    let is_inside = |at: &usize| {
        let same = system(*at);
        let before = at.checked_sub(1);
        let is_near = system(at + 1) == same || before.is_some_and(|it| system(it) == same);
        let are_seen = is_seen(*at) && is_seen(at + 1) && before.is_none_or(is_seen);
        same.is_some() && is_near && are_seen
    };
    let all: Vec<usize> = (0..network.stages.len()).filter(is_inside).collect();
    let other = System::any(chance, 3000);
    let place = network.place(&other);
    if let Some(at) = chance.pick(&all) {
        network.stages[*at].branches[0].routers[0].place = place;
    }
}

/// A stage before another of the same system that shows, so that its disappearance leaves the systems as they are.
fn hop_gone(network: &mut Network, chance: &mut Chance) {
    let system = |at: usize| network.stages.get(at).and_then(Stage::system);
    let is_inner = |at: &usize| {
        let is_seen = network
            .stages
            .get(at + 1)
            .is_some_and(|it| it.alone().is_some());
        let hops = network.stages[*at]
            .branches
            .iter()
            .all(|it| it.routers.len() == 1);
        is_seen && hops && system(*at).is_some() && system(*at) == system(at + 1)
    };
    let all: Vec<usize> = (0..network.stages.len()).filter(is_inner).collect();
    if let Some(at) = chance.pick(&all) {
        network.stages.remove(*at);
    }
}

/// A router behind another of its system that shows.
fn hop_more(network: &mut Network, chance: &mut Chance) {
    let is_seen = |at: &usize| {
        let stage = &network.stages[*at];
        stage.alone().is_some() && stage.system().is_some()
    };
    let all: Vec<usize> = (0..network.stages.len()).filter(is_seen).collect();
    let Some(at) = chance.pick(&all).copied() else {
        return;
    };
    let before = network.stages[at].branches[0].routers[0].place.clone();
    let place = like(network, &before);
    network.stages.insert(at + 1, single(Router::new(place)));
}
