//! What the databases might say otherwise while the network is as it was. None of it is a change.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::{Mutant, QUIET, Touches};
use crate::world::World;
use crate::world::incident::Change;
use crate::world::place::Place;
use crate::world::route::{Prefix, Route};

/// A block of addresses that changes hands in a database.
const BLOCK_LENGTH: u8 = 24;

pub(super) fn mutants(world: &World) -> Vec<Mutant> {
    let asns: BTreeSet<u32> = world
        .prefixes
        .iter()
        .filter_map(|place| place.asn)
        .collect();
    let renamed = asns.into_iter().map(|asn| renamed(world, asn));
    let routes = world.routes.iter();
    let attributed = routes.filter_map(|(name, route)| attributed(world, name, route));
    renamed.chain(attributed).collect()
}

fn mutant(kind: &'static str, place: &str, now: Vec<Place>) -> Mutant {
    let nets = now.iter().map(|place| place.net.0).collect();
    let change = Change {
        prefixes: Some(now),
        ..Change::default()
    };
    Mutant::new(kind, place, Touches::Places(nets), QUIET).change(change)
}

fn renamed(world: &World, asn: u32) -> Mutant {
    let own = world
        .prefixes
        .iter()
        .filter(|place| place.asn == Some(asn))
        .cloned();
    let name = |place: Place| Place {
        as_name: format!("{} Holdings", place.as_name),
        ..place
    };
    let why = format!("In the databases AS{asn} has another name.");
    mutant("as-renamed", &format!("as{asn}"), own.map(name).collect()).why(why)
}

/// The block of the last router of another network than its destination's is the destination's, all of a sudden.
fn attributed(world: &World, name: &str, route: &Route) -> Option<Mutant> {
    let end = world.place_of(route.to.first()?.0.addr())?;
    let routers = route.hops.iter().rev().filter_map(|hop| hop.address);
    let (router, place) = routers
        .filter_map(|router| Some((router, world.place_of(router)?)))
        .find(|(router, place)| {
            let wider = place.net.0.prefix_len() < BLOCK_LENGTH;
            router.is_ipv4() && wider && !place.special && place.asn != end.asn
        })?;
    let net = IpNet::new(router, BLOCK_LENGTH).ok()?.trunc();
    let (asn, as_name) = (end.asn, end.as_name.clone());
    let now = Place {
        net: Prefix(net),
        asn,
        as_name,
        ..place.clone()
    };
    let why = format!(
        "In the databases {net}, on the way to {name}, belongs to AS{}.",
        asn?
    );
    Some(mutant("block-attributed", &format!("{net}"), vec![now]).why(why))
}
