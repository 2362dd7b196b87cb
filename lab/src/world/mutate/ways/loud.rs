//! What goes wrong on the way.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::super::{ALARM, Mutant, Touches};
use super::{Way, further};
use crate::world::incident::NewEnd;
use crate::world::route::{Hop, Unreachable};
use crate::world::units::{Delay, Share};

impl Way<'_> {
    pub(super) fn as_inserted(&self) -> Option<Mutant> {
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

    pub(super) fn as_replaced(&self) -> Option<Mutant> {
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
    pub(super) fn as_gone(&self) -> Option<Mutant> {
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

    pub(super) fn longer(&self) -> Option<Mutant> {
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

    pub(super) fn unreachable(&self) -> Option<Mutant> {
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

    pub(super) fn unreached(&self) -> Option<Mutant> {
        let why = format!("What goes to {} arrives nowhere.", self.name);
        let end = NewEnd {
            accepts: Some(Vec::new()),
            ..NewEnd::default()
        };
        let heard = !self.route.accepts.is_empty();
        heard.then(|| self.way("unreached", ALARM, &why, end))
    }

    pub(super) fn loses(&self) -> Option<Mutant> {
        let why = format!("Of what goes to {}, 30 % is lost.", self.name);
        let end = NewEnd {
            loss: Some(Share(0.3)),
            ..NewEnd::default()
        };
        Some(self.way("loses", ALARM, &why, end))
    }

    pub(super) fn slower(&self) -> Option<Mutant> {
        let rtt = Delay(self.route.rtt.0 * 3 / 2 + Duration::from_millis(80));
        let (old, new) = (self.route.rtt, rtt);
        let why = format!("The round trip to {} goes from {old} to {new}.", self.name);
        let end = NewEnd {
            rtt: Some(rtt),
            ..NewEnd::default()
        };
        Some(self.way("slower", ALARM, &why, end))
    }
}
