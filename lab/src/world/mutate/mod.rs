//! Mutants of a world: incidents that nobody wrote, one for each small thing that can go wrong in it, or change without
//! anything being wrong. Whoever watches over the world has to see the ones and stay quiet at the others.

mod names;
mod places;
mod services;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::World;
use super::incident::{Change, Incident};
use super::place::Place;
use super::route::Prefix;
use crate::wire::chance::mix;

/// An incident made from a world: one change, with a name that says which.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// `<kind>-<where>`, the same in every run: `alias-moved-cmmsns.qpic.cn@cloudflare`.
    pub name: String,
    /// What kind of change it is: `alias-moved`.
    pub kind: &'static str,
    /// Who could notice.
    pub touches: Touches,
    /// What happens.
    pub incident: Incident,
}

/// What a mutant changes, and so who could notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touches {
    /// What some name servers say of a name: whoever asks one of them for it.
    Answer {
        /// Their addresses.
        servers: Vec<IpAddr>,
        /// The name, with its dot.
        name: String,
        /// The addresses they give for it while nothing happens.
        gives: Vec<IpAddr>,
    },
    /// The way to some networks: whoever sends anything there.
    Way(Vec<IpNet>),
    /// The routers on the way to some networks: whoever traces it.
    Routers(Vec<IpNet>),
    /// A service: whoever connects to it.
    Service(Vec<SocketAddr>),
    /// What the databases say of some networks: whoever sees an address of theirs.
    Places(Vec<IpNet>),
}

/// What has to be caught, or must not be.
const ALARM: bool = true;
const QUIET: bool = false;

impl Mutant {
    fn new(kind: &'static str, place: &str, touches: Touches, must_catch: bool) -> Self {
        let clean = |c: char| match c {
            _ if c.is_ascii_alphanumeric() || "@._".contains(c) => c.to_ascii_lowercase(),
            _ => '-',
        };
        let place: String = place.trim_end_matches('.').chars().map(clean).collect();
        let incident = Incident {
            why: String::new(),
            must_catch,
            changes: Vec::new(),
        };
        Self {
            name: format!("{kind}-{}", place.trim_matches('-')),
            kind,
            touches,
            incident,
        }
    }

    fn why(mut self, why: impl Into<String>) -> Self {
        self.incident.why = why.into();
        self
    }

    fn change(mut self, change: Change) -> Self {
        self.incident.changes.push(change);
        self
    }
}

impl World {
    /// Every mutant of this world that can be played, always in the same order.
    pub fn mutants(&self) -> Vec<Mutant> {
        let mut mutants = names::mutants(self);
        mutants.extend(ways::mutants(self));
        mutants.extend(services::mutants(self));
        mutants.extend(places::mutants(self));
        let mut names = BTreeSet::new();
        mutants.retain(|mutant| {
            self.played(&mutant.incident).is_ok() && names.insert(mutant.name.clone())
        });
        mutants
    }

    /// Who announces an address and where it is: the most specific row.
    fn place_of(&self, address: IpAddr) -> Option<&Place> {
        let holding = self
            .prefixes
            .iter()
            .filter(|place| place.net.0.contains(&address));
        holding.max_by_key(|place| place.net.0.prefix_len())
    }

    fn asn_of(&self, address: IpAddr) -> Option<u32> {
        self.place_of(address)?.asn
    }

    /// An address in a network of somebody else than these, drawn by what it is for; the same every time.
    fn elsewhere(&self, not: &[u32], v6: bool, what_for: &str) -> Option<(IpAddr, &Place)> {
        let of_others = |place: &&Place| {
            let ours = place.asn.is_none_or(|asn| not.contains(&asn));
            !ours && !place.special && place.net.0.addr().is_ipv6() == v6
        };
        let found = self.prefixes.iter().filter(of_others);
        let sound = found.filter_map(|place| {
            let address = nth(&place.net, 77)?;
            (self.asn_of(address) == place.asn).then_some((address, place))
        });
        let all: Vec<_> = sound.collect();
        let index = drawn(self.seed, what_for).checked_rem(all.len() as u64)?;
        all.into_iter().nth(usize::try_from(index).ok()?)
    }
}

/// So many of these, drawn from a seed: each kind has its turn before any has its second. Their order stays.
pub fn sample(mutants: Vec<Mutant>, many: usize, seed: u64) -> Vec<Mutant> {
    let mut by_chance: Vec<usize> = (0..mutants.len()).collect();
    by_chance.sort_by_key(|index| drawn(seed, &mutants[*index].name));
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order: Vec<(usize, u64, usize)> = Vec::new();
    for index in by_chance {
        let turn = turns.entry(mutants[index].kind).or_default();
        order.push((*turn, drawn(seed, mutants[index].kind), index));
        *turn += 1;
    }
    order.sort_unstable();
    let mut kept: Vec<usize> = order.into_iter().take(many).map(|it| it.2).collect();
    kept.sort_unstable();
    let mut kept = kept.into_iter().peekable();
    let all = mutants.into_iter().enumerate();
    all.filter_map(|(index, mutant)| kept.next_if_eq(&index).map(|_| mutant))
        .collect()
}

/// A number that looks like chance and is the same for the same words.
fn drawn(seed: u64, what_for: &str) -> u64 {
    what_for
        .bytes()
        .fold(mix(&[seed]), |sum, byte| mix(&[sum, byte.into()]))
}

/// The nth address of a network, or its last but one where it has fewer.
fn nth(net: &Prefix, index: u128) -> Option<IpAddr> {
    let bits = net.0.max_prefix_len() - net.0.prefix_len();
    let most = 1_u128
        .checked_shl(bits.into())
        .map_or(u128::MAX, |size| size.saturating_sub(2));
    let index = index.min(most);
    match net.0.network() {
        IpAddr::V4(first) => {
            let next = u32::from(first).checked_add(u32::try_from(index).ok()?)?;
            Some(IpAddr::V4(next.into()))
        }
        IpAddr::V6(first) => Some(IpAddr::V6(u128::from(first).checked_add(index)?.into())),
    }
}
