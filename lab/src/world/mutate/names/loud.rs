//! What a name server says wrongly.

use std::net::IpAddr;

use hickory_proto::op::ResponseCode;

use super::super::{ALARM, Mutant};
use super::{Known, TTL_S, kind, lines};
use crate::world::dns::{Domain, Reply, Status, Type};
use crate::world::incident::{Change, Injector, NewReply};
use crate::world::route::Prefix;
use crate::world::units::Delay;

/// What forgers on the way to some countries put into answers.
const BOGON: &str = "10.10.34.35";

impl Known<'_> {
    pub(super) fn alias_moved(&self) -> Option<Mutant> {
        let (address, whose) = self.elsewhere().filter(|_| self.owner != self.name)?;
        let name = self.name.to_string();
        let target = format!("{name}elsewhere.test.");
        let alias = format!("{name} {TTL_S} CNAME {target}").parse().ok()?;
        let now = vec![
            alias,
            format!("{target} {TTL_S} {} {address}", kind(address))
                .parse()
                .ok()?,
        ];
        let why = format!("At {} the alias {name} moves to {whose}.", self.at);
        Some(
            self.mutant("alias-moved", ALARM)
                .why(why)
                .change(self.records(&self.name, now)),
        )
    }

    pub(super) fn lies(&self) -> Option<Mutant> {
        let (address, whose) = self.elsewhere()?;
        let why = format!(
            "{}, and no other resolver, says {} is at {whose}.",
            self.at, self.name
        );
        let now = lines(&self.name, &[address]);
        Some(
            self.mutant("resolver-lies", ALARM)
                .why(why)
                .change(self.records(&self.name, now)),
        )
    }

    pub(super) fn bogon(&self) -> Option<Mutant> {
        let bogon: IpAddr = match self.addresses.first()?.is_ipv6() {
            true => "fd00::35".parse().ok()?,
            false => BOGON.parse().ok()?,
        };
        let why = format!(
            "At {} the address of {} becomes a private one, {bogon}.",
            self.at, self.name
        );
        let change = self.records(&self.owner, lines(&self.owner, &[bogon]));
        Some(self.mutant("bogon", ALARM).why(why).change(change))
    }

    pub(super) fn no_such_name(&self) -> Option<Mutant> {
        let is = Reply {
            status: Status(ResponseCode::NXDomain),
            ..Reply::empty(Domain(self.name.clone()))
        };
        let reply = Some(NewReply {
            at: vec![self.at.to_owned()],
            is,
        });
        let why = format!("{} says there is no {}.", self.at, self.name);
        let change = Change {
            reply,
            ..Change::default()
        };
        Some(self.mutant("no-such-name", ALARM).why(why).change(change))
    }

    pub(super) fn one_elsewhere(&self) -> Option<Mutant> {
        let (address, whose) = self.elsewhere().filter(|_| self.addresses.len() > 1)?;
        let mut now = self.addresses.clone();
        now.pop();
        now.push(address);
        let why = format!(
            "At {} one of the {} addresses of {} is at {whose}.",
            self.at,
            now.len(),
            self.name
        );
        let change = self.records(&self.owner, lines(&self.owner, &now));
        Some(self.mutant("one-elsewhere", ALARM).why(why).change(change))
    }

    pub(super) fn injector(&self) -> Option<Mutant> {
        let (address, _) = self.elsewhere()?;
        let reached = self.resolver.addresses.first()?;
        let leads = |to: &&Prefix| to.0.contains(reached);
        let routes = self.world.routes.values();
        let way =
            routes.filter_map(|route| Some((route.to.iter().find(leads)?.0.prefix_len(), route)));
        let (_, way) = way.max_by_key(|(length, _)| *length)?;
        let injector = Injector {
            name: Domain(self.name.clone()),
            kind: kind(address).parse::<Type>().ok(),
            towards: self.resolver.addresses.clone(),
            rtt: Delay(way.rtt.0 / 3),
            answer: lines(&self.name, &[address]),
        };
        let why = format!(
            "Somebody on the way to {} answers for {} before it can.",
            self.at, self.name
        );
        let change = Change {
            injector: Some(injector),
            ..Change::default()
        };
        Some(self.mutant("injector", ALARM).why(why).change(change))
    }
}
