//! What name servers might say otherwise.

mod loud;
mod quiet;

use std::collections::BTreeSet;
use std::net::IpAddr;

use hickory_proto::rr::{Name, RData};

use super::{ALARM, Mutant, QUIET, Touches};
use crate::world::World;
use crate::world::dns::{Domain, RecordLine, Resolver};
use crate::world::incident::{Change, NewRecords};

const MOST_ALIASES: usize = 16;
const TTL_S: u32 = 60;

/// What one name server says of one name.
struct Known<'a> {
    world: &'a World,
    at: &'a str,
    resolver: &'a Resolver,
    name: Name,
    /// The name the addresses are of: the last one, aliases followed.
    owner: Name,
    addresses: Vec<IpAddr>,
}

pub(super) fn mutants(world: &World) -> Vec<Mutant> {
    let known: Vec<Known> = world
        .resolvers
        .iter()
        .flat_map(|(at, resolver)| known(world, at, resolver))
        .collect();
    let alone = |one: &Known| {
        let others = known.iter().filter(|other| other.name == one.name);
        others.count() == 1
    };
    let single = known.iter().flat_map(|one| {
        let lies = (!alone(one)).then(|| one.lies()).flatten();
        [
            one.alias_moved(),
            lies,
            one.bogon(),
            one.no_such_name(),
            one.one_elsewhere(),
            one.injector(),
            one.reordered(),
        ]
    });
    let mut mutants: Vec<Mutant> = single.flatten().collect();
    let names: BTreeSet<&Name> = known.iter().map(|one| &one.name).collect();
    for name in names {
        let all: Vec<&Known> = known.iter().filter(|one| one.name == *name).collect();
        mutants.extend([moved(&all), renewed(&all)].into_iter().flatten());
    }
    for at in world.resolvers.keys() {
        let pools = known.iter().filter(|one| one.at == at);
        if let Some(pool) = pools.max_by_key(|one| one.addresses.len()) {
            mutants.extend([pool.rotates(), pool.counts_down()].into_iter().flatten());
        }
    }
    mutants
}

/// The names it has addresses for, aliases followed.
fn known<'a>(world: &'a World, at: &'a str, resolver: &'a Resolver) -> Vec<Known<'a>> {
    let records = || resolver.records.iter().map(|line| &line.0);
    let alias = |name: &Name| {
        records().find_map(|record| match &record.data {
            RData::CNAME(to) if record.name == *name => Some(to.0.clone()),
            _ => None,
        })
    };
    let names: BTreeSet<&Name> = records().map(|record| &record.name).collect();
    let known = names.into_iter().filter_map(|name| {
        let mut owner = name.clone();
        for _ in 0..MOST_ALIASES {
            owner = alias(&owner).unwrap_or(owner);
        }
        let of = records().filter(|record| record.name == owner);
        let addresses: Vec<IpAddr> = of.filter_map(|record| address(&record.data)).collect();
        let name = name.clone();
        (!addresses.is_empty()).then_some(Known {
            world,
            at,
            resolver,
            name,
            owner,
            addresses,
        })
    });
    known.collect()
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(address.0.into()),
        RData::AAAA(address) => Some(address.0.into()),
        _ => None,
    }
}

fn line(owner: &Name, address: IpAddr) -> Option<RecordLine> {
    let kind = if address.is_ipv6() { "AAAA" } else { "A" };
    format!("{owner} {TTL_S} {kind} {address}").parse().ok()
}

fn lines(owner: &Name, addresses: &[IpAddr]) -> Vec<RecordLine> {
    addresses
        .iter()
        .filter_map(|address| line(owner, *address))
        .collect()
}

impl Known<'_> {
    fn mutant(&self, kind: &'static str, must_catch: bool) -> Mutant {
        let touches = Touches::Answer {
            servers: self.resolver.addresses.clone(),
            name: self.name.to_string(),
            gives: self.addresses.clone(),
        };
        Mutant::new(
            kind,
            &format!(
                "{}@{}",
                self.name.to_string().trim_end_matches('.'),
                self.at
            ),
            touches,
            must_catch,
        )
    }

    fn records(&self, name: &Name, now: Vec<RecordLine>) -> Change {
        let records = NewRecords {
            at: vec![self.at.to_owned()],
            name: Domain(name.clone()),
            now,
        };
        Change {
            records: Some(records),
            ..Change::default()
        }
    }

    /// Addresses of somebody else, and who that is.
    fn elsewhere(&self) -> Option<(IpAddr, String)> {
        let own = self
            .addresses
            .iter()
            .filter_map(|address| self.world.asn_of(*address));
        let v6 = self.addresses.first()?.is_ipv6();
        let what_for = self.name.to_string();
        let (address, place) = self
            .world
            .elsewhere(&own.collect::<Vec<_>>(), v6, &what_for)?;
        Some((
            address,
            format!("AS{} {}", place.asn.unwrap_or_default(), place.as_name),
        ))
    }
}

fn kind(address: IpAddr) -> &'static str {
    if address.is_ipv6() { "AAAA" } else { "A" }
}

/// The name everywhere, as all its resolvers know it.
fn everywhere(all: &[&Known], kind: &'static str, must_catch: bool) -> Option<Mutant> {
    let name = all.first()?.name.to_string();
    let servers = all
        .iter()
        .flat_map(|one| one.resolver.addresses.clone())
        .collect();
    let gives = all.iter().flat_map(|one| one.addresses.clone()).collect();
    let place = name.clone();
    Some(Mutant::new(
        kind,
        &place,
        Touches::Answer {
            servers,
            name,
            gives,
        },
        must_catch,
    ))
}

/// Whoever gives the name out gives out addresses of somebody else.
fn moved(all: &[&Known]) -> Option<Mutant> {
    let first = all.first()?;
    let (address, whose) = first.elsewhere()?;
    let why = format!("Every resolver says that {} is at {whose} now.", first.name);
    let mutant = everywhere(all, "addresses-moved", ALARM)?.why(why);
    let change = |one: &&Known| one.records(&one.owner, lines(&one.owner, &[address]));
    Some(all.iter().map(change).fold(mutant, Mutant::change))
}

/// One address of the pool gives way to its neighbour in the same network, where nobody has to listen.
fn renewed(all: &[&Known]) -> Option<Mutant> {
    let world = all.first()?.world;
    let used: BTreeSet<IpAddr> = all.iter().flat_map(|one| one.addresses.clone()).collect();
    let is_served = |address: &IpAddr| {
        let mut doors = world.services.iter().flat_map(|service| &service.listen.0);
        doors.any(|door| door.ip() == *address)
    };
    let (old, new) = used.iter().filter(|old| !is_served(old)).find_map(|old| {
        let new = super::ways::neighbour(world, *old)?;
        (!used.contains(&new) && !is_served(&new)).then_some((*old, new))
    })?;
    let why = format!("One address of the pool gives way to its neighbour: {old} to {new}.");
    let mutant = everywhere(all, "pool-renewed", QUIET)?.why(why);
    let given = all.iter().filter(|one| one.addresses.contains(&old));
    let change = |one: &&Known| {
        let now = one
            .addresses
            .iter()
            .map(|address| if *address == old { new } else { *address });
        one.records(&one.owner, lines(&one.owner, &now.collect::<Vec<_>>()))
    };
    Some(given.map(change).fold(mutant, Mutant::change)).filter(|_| used.len() > 1)
}
