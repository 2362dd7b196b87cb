//! What happens to a way and changes it.

use super::benign::like;
use super::make::{System, single};
use super::network::{Branch, Network, Router, Stage};
use crate::simulate::Chance;

/// Something that is a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incident {
    /// A system lies between two others.
    AsInserted,
    /// It has but one hop.
    AsInsertedOnce,
    /// A system gives way to another.
    AsReplaced,
    /// A system is passed by.
    AsGone,
    /// From a hop on all is other, up to the destination's system.
    UpstreamReplaced,
    /// A system hands the way to another and gets it back: A B A C.
    Leak,
    /// One branch of a balancer, the one that the first flow takes, goes through another system.
    BranchMoved,
    /// It goes through another country in the same systems.
    Abroad,
    /// It is three or four hops longer.
    Longer,
    /// The destination answers no longer.
    TargetDown,
    /// From a hop on nobody answers.
    Broken,
    /// It comes round.
    Loop,
    /// It goes back and forth between two systems, from run to run.
    Flapping,
}

impl Incident {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::AsInserted,
        Self::AsInsertedOnce,
        Self::AsReplaced,
        Self::AsGone,
        Self::UpstreamReplaced,
        Self::Leak,
        Self::BranchMoved,
        Self::Abroad,
        Self::Longer,
        Self::TargetDown,
        Self::Broken,
        Self::Loop,
        Self::Flapping,
    ];

    /// Whether other systems are passed.
    pub fn is_of_systems(self) -> bool {
        matches!(
            self,
            Self::AsInserted
                | Self::AsInsertedOnce
                | Self::AsReplaced
                | Self::AsGone
                | Self::UpstreamReplaced
                | Self::Leak
                | Self::BranchMoved
                | Self::Flapping
        )
    }

    /// Makes it happen; tells whether it could in this network.
    pub(super) fn happen(self, network: &mut Network, chance: &mut Chance) -> bool {
        let number = 4000 + chance.between(0..=99);
        let stranger = System::any(chance, number);
        match self {
            Self::AsInserted => insert(network, chance, &stranger, 2),
            Self::AsInsertedOnce => insert(network, chance, &stranger, 1),
            Self::AsReplaced | Self::Flapping => replace(network, chance, &stranger),
            Self::AsGone => gone(network, chance),
            Self::UpstreamReplaced => upstream(network, chance, &stranger),
            Self::Leak => leak(network, chance, &stranger),
            Self::BranchMoved => branch_moved(network, chance, &stranger),
            Self::Abroad => abroad(network, chance),
            Self::Longer => longer(network, chance),
            Self::TargetDown => {
                network.target.answers = 0.0;
                true
            }
            Self::Broken => {
                network.broken_at = Some(1 + chance.below(network.stages.len() - 1));
                true
            }
            Self::Loop => {
                let at = 1 + chance.below(network.stages.len() - 2);
                network.round = Some((at, 2));
                answering(network, at);
                answering(network, at + 1);
                true
            }
        }
    }
}

/// The systems of the way, each with its stages.
fn runs(network: &Network) -> Vec<(u32, Vec<usize>)> {
    let mut runs: Vec<(u32, Vec<usize>)> = Vec::new();
    for (at, stage) in network.stages.iter().enumerate() {
        let places = stage
            .branches
            .iter()
            .flat_map(|it| &it.routers)
            .map(|it| &it.place);
        let systems = places
            .filter(|it| it.exchange.is_none())
            .filter_map(|it| it.origins.as_ref()?.first());
        let Some(system) = systems.copied().next() else {
            continue;
        };
        match runs.last_mut() {
            Some((last, stages)) if *last == system => stages.push(at),
            _ => runs.push((system, vec![at])),
        }
    }
    runs
}

/// Routers of a system one after the other, that answer.
fn hops(network: &mut Network, system: &System, count: usize) -> Vec<Stage> {
    (0..count)
        .map(|_| single(Router::new(network.place(system))))
        .collect()
}

/// Whoever is entered by another link answers from another address.
fn enter_otherwise(network: &mut Network, at: usize) {
    let branches = network.stages.get(at).map_or(0, |it| it.branches.len());
    for branch in 0..branches {
        let before = network.stages[at].branches[branch].routers[0].place.clone();
        let now = like(network, &before);
        network.stages[at].branches[branch].routers[0].place = now;
    }
}

fn answering(network: &mut Network, hop: usize) {
    for flow in 0..64 {
        if let Some(stand) = network.way(flow, 0).get(hop).copied()
            && let Some(router) = network.router(stand)
        {
            router.answers = router.answers.max(0.9);
        }
    }
}

/// The stage at which one system ends and the next begins.
fn border(network: &Network, chance: &mut Chance) -> Option<usize> {
    let runs = runs(network);
    let borders: Vec<usize> = runs
        .iter()
        .skip(1)
        .filter_map(|(_, stages)| stages.first().copied())
        .collect();
    chance.pick(&borders).copied()
}

fn insert(network: &mut Network, chance: &mut Chance, stranger: &System, count: usize) -> bool {
    let Some(at) = border(network, chance) else {
        return false;
    };
    enter_otherwise(network, at);
    let new = hops(network, stranger, count);
    network.stages.splice(at..at, new);
    true
}

/// A system between two others, that answers: what nobody can see nobody can miss.
fn middle(network: &Network, chance: &mut Chance) -> Option<(usize, usize)> {
    let runs = runs(network);
    let is_seen = |at: &usize| {
        let routers = network.stages[*at]
            .branches
            .iter()
            .flat_map(|it| &it.routers);
        routers.clone().count() > 0
            && routers.clone().all(|it| {
                it.answers > 0.9
                    && it.left.is_none()
                    && !it.hidden
                    && it.place.origins.as_ref().is_some_and(|it| it.len() == 1)
            })
    };
    let inner = runs.get(1..runs.len().saturating_sub(1))?;
    let seen: Vec<(usize, usize)> = inner
        .iter()
        .filter(|(_, stages)| stages.iter().filter(|at| is_seen(at)).count() >= 2)
        .filter_map(|(_, stages)| Some((*stages.first()?, *stages.last()?)))
        .collect();
    chance.pick(&seen).copied()
}

fn replace(network: &mut Network, chance: &mut Chance, stranger: &System) -> bool {
    let Some((first, last)) = middle(network, chance) else {
        return false;
    };
    enter_otherwise(network, last + 1);
    let new = hops(network, stranger, last - first + 1);
    network.stages.splice(first..=last, new);
    true
}

fn gone(network: &mut Network, chance: &mut Chance) -> bool {
    let Some((first, last)) = middle(network, chance) else {
        return false;
    };
    // Nobody's address in its place could be anybody's.
    if network
        .stages
        .get(last + 1)
        .and_then(Stage::system)
        .is_none()
    {
        return false;
    }
    enter_otherwise(network, last + 1);
    network.stages.drain(first..=last);
    let next = network.stages.get_mut(first).map(|it| &mut it.branches);
    for router in next.into_iter().flatten().flat_map(|it| &mut it.routers) {
        router.answers = 1.0;
        router.left = None;
    }
    true
}

fn upstream(network: &mut Network, chance: &mut Chance, stranger: &System) -> bool {
    let Some(at) = border(network, chance) else {
        return false;
    };
    let count = network.stages.len() - at;
    network.stages.truncate(at);
    let new = hops(network, stranger, count.max(2));
    network.stages.extend(new);
    true
}

fn leak(network: &mut Network, chance: &mut Chance, stranger: &System) -> bool {
    let runs = runs(network);
    let inner: Vec<usize> = runs
        .iter()
        .filter(|(_, stages)| stages.len() >= 2)
        .filter_map(|(_, stages)| stages.get(1).copied())
        .collect();
    let Some(at) = chance.pick(&inner).copied() else {
        return false;
    };
    enter_otherwise(network, at);
    let new = hops(network, stranger, 2);
    network.stages.splice(at..at, new);
    true
}

fn branch_moved(network: &mut Network, chance: &mut Chance, stranger: &System) -> bool {
    let way = network.way(0, 0);
    let is_balanced = |(stage, ..): &&(usize, usize, usize)| {
        let stage = &network.stages[*stage];
        stage.branches.len() > 1
            && !stage.per_packet
            && stage.branches.iter().flat_map(|it| &it.routers).all(|it| {
                it.answers == 1.0
                    && it.left.is_none()
                    && it.place.origins.as_ref().is_some_and(|it| it.len() == 1)
            })
    };
    let balanced: Vec<(usize, usize, usize)> = way.iter().filter(is_balanced).copied().collect();
    let Some((stage, branch, _)) = chance.pick(&balanced).copied() else {
        return false;
    };
    let routers: Vec<Router> = (0..2)
        .map(|_| Router::new(network.place(stranger)))
        .collect();
    let weight = network.stages[stage].branches[branch].weight;
    network.stages[stage].branches[branch] = Branch { weight, routers };
    true
}

/// Three hops in a row of the same systems, by other routers elsewhere.
fn abroad(network: &mut Network, chance: &mut Chance) -> bool {
    let runs = runs(network);
    let Some((_, stages)) = chance.pick(&runs).cloned() else {
        return false;
    };
    let Some(at) = stages.first().copied() else {
        return false;
    };
    let mut before = network.stages[at].branches[0].routers[0].place.clone();
    before.country = Some("BR".into());
    let new: Vec<Stage> = (0..stages.len().max(3))
        .map(|_| single(Router::new(like(network, &before))))
        .collect();
    let is_seen = before.origins.as_ref().is_some_and(|it| !it.is_empty());
    network
        .stages
        .splice(at..=stages.last().copied().unwrap_or(at), new);
    is_seen
}

fn longer(network: &mut Network, chance: &mut Chance) -> bool {
    let runs = runs(network);
    let Some((_, stages)) = chance.pick(&runs).cloned() else {
        return false;
    };
    let Some(at) = stages.first().copied() else {
        return false;
    };
    let before = network.stages[at].branches[0].routers[0].place.clone();
    // Further than the longest way that was ever normal.
    let (least, most) = network.lengths();
    let more = most.max(network.longest) - least + 3 + chance.below(2);
    let new: Vec<Stage> = (0..more)
        .map(|_| single(Router::new(like(network, &before))))
        .collect();
    network.stages.splice(at..at, new);
    true
}
