//! The names of a service: those that lead to it.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use hickory_proto::rr::{Name, RData, Record};

use crate::world::World;
use crate::world::dns::Resolver;

/// What leads to these addresses: every name of any resolver, aliases included, and the addresses themselves.
pub(crate) fn names_of(world: &World, addresses: &[SocketAddr]) -> Vec<String> {
    let addresses: BTreeSet<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
    let records: Vec<&Record> = world
        .resolvers
        .values()
        .flat_map(Resolver::all_records)
        .collect();
    let mut names: BTreeSet<&Name> = BTreeSet::new();
    loop {
        let leads = |record: &&&Record| match &record.data {
            RData::A(address) => addresses.contains(&IpAddr::V4(address.0)),
            RData::AAAA(address) => addresses.contains(&IpAddr::V6(address.0)),
            RData::CNAME(target) => names.contains(&target.0),
            _ => false,
        };
        let more: BTreeSet<&Name> = records
            .iter()
            .filter(leads)
            .map(|record| &record.name)
            .collect();
        if more.len() == names.len() {
            break;
        }
        names = more;
    }
    let names = names.iter().map(|name| name.to_lowercase().to_ascii());
    let names = names.map(|name| name.trim_end_matches('.').to_owned());
    names
        .chain(addresses.iter().map(IpAddr::to_string))
        .collect()
}

impl Resolver {
    fn all_records(&self) -> impl Iterator<Item = &Record> {
        let written = self.replies.iter().flat_map(|reply| &reply.answer);
        self.records.iter().chain(written).map(|line| &line.0)
    }
}
