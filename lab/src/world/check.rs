//! What a world file must keep to beyond its shape.

use std::net::IpAddr;

use super::World;
use super::incident::{Change, Incident};
use super::route::{Hop, Route};

const MAX_HOPS: usize = 64;

impl World {
    /// The first thing that cannot be played, as one sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.client.v4.is_none() && self.client.v6.is_none() {
            return Err("`client` needs a `v4` or a `v6` address".into());
        }
        for (name, route) in &self.routes {
            check_route(route).map_err(|problem| format!("route `{name}`: {problem}"))?;
        }
        for (name, resolver) in &self.resolvers {
            for address in &resolver.addresses {
                self.check_reached(*address)
                    .map_err(|problem| format!("resolver `{name}`: {problem}"))?;
            }
        }
        self.check_services()?;
        self.check_changes()
    }

    fn check_reached(&self, address: IpAddr) -> Result<(), String> {
        let leads = |route: &Route| route.to.iter().any(|prefix| prefix.0.contains(&address));
        if self.routes.values().any(leads) {
            return Ok(());
        }
        Err(format!(
            "no route leads to {address}; add it to the `to:` of one"
        ))
    }

    fn check_services(&self) -> Result<(), String> {
        for service in &self.services {
            let at = |problem| format!("service {}: {problem}", service.listen);
            service.check().map_err(at)?;
            for address in &service.listen.0 {
                self.check_reached(address.ip()).map_err(at)?;
            }
            if let Some(resolver) = service
                .proxy
                .as_ref()
                .and_then(|proxy| proxy.resolver.as_ref())
                && !self.resolvers.contains_key(resolver)
            {
                return Err(at(format!(
                    "there is no resolver `{resolver}` in this world"
                )));
            }
        }
        Ok(())
    }

    /// This world once an incident has happened; says why where that cannot be played.
    pub(crate) fn played(&self, incident: &Incident) -> Result<Self, String> {
        let mut world = self.clone();
        try_changes(&mut world, &incident.changes)?;
        Ok(world)
    }

    fn check_changes(&self) -> Result<(), String> {
        let mut world = self.clone();
        try_changes(&mut world, &self.timeline)
            .map_err(|problem| format!("timeline: {problem}"))?;
        for (name, incident) in &self.incidents {
            self.played(incident)
                .map_err(|problem| format!("incident `{name}`: {problem}"))?;
        }
        Ok(())
    }
}

fn try_changes(world: &mut World, changes: &[Change]) -> Result<(), String> {
    for change in changes {
        world.change(change)?;
    }
    for (name, route) in &world.routes {
        check_route(route).map_err(|problem| format!("route `{name}`: {problem}"))?;
    }
    world.check_services()
}

fn check_route(route: &Route) -> Result<(), String> {
    let first = route.to.first().ok_or("`to` is empty")?;
    let v6 = first.0.addr().is_ipv6();
    if route
        .to
        .iter()
        .any(|prefix| prefix.0.addr().is_ipv6() != v6)
    {
        return Err("`to` mixes IPv4 and IPv6; write two routes".into());
    }
    if route.hops.len() > MAX_HOPS {
        return Err(format!(
            "{} hops; at most {MAX_HOPS} can be played",
            route.hops.len()
        ));
    }
    route.echoes.iter().try_for_each(|echo| echo.check(v6))?;
    for (index, hop) in route.hops.iter().enumerate() {
        let at = |problem| format!("hop {}: {problem}", index + 1);
        check_hop(hop, v6).map_err(at)?;
        for other in &hop.beside {
            check_hop(other, v6).map_err(at)?;
            if !other.beside.is_empty() {
                return Err(at("`beside` inside `beside`".into()));
            }
        }
    }
    Ok(())
}

fn check_hop(hop: &Hop, v6: bool) -> Result<(), String> {
    let silent = hop.silent == Some(true);
    match hop.address {
        None if !silent => return Err("an `address` is needed, or `silent: true`".into()),
        Some(address) if address.is_ipv6() != v6 => {
            return Err(format!("{address} is of the other IP version"));
        }
        _ => {}
    }
    let translations = [hop.translates_to, hop.translates_from];
    if let Some(other) = translations
        .into_iter()
        .flatten()
        .find(|it| it.is_ipv6() != v6)
    {
        return Err(format!("{other} is of the other IP version"));
    }
    if !silent && hop.rtt.is_none() && hop.answers.is_empty() {
        return Err("an `rtt` is needed, or `answers`, or `silent: true`".into());
    }
    if let Some(unreachable) = hop.unreachable
        && unreachable.code(v6).is_none()
    {
        return Err(format!("{unreachable:?} has no code in this IP version"));
    }
    let least_mtu = if v6 { 1280 } else { 68 };
    if hop.mtu.is_some_and(|mtu| mtu < least_mtu) {
        return Err(format!(
            "an `mtu` is at least {least_mtu} in this IP version"
        ));
    }
    let fits = |label: &super::route::Label| label.label < 1 << 20 && label.tc < 8;
    if hop.mpls.len() > 8 || !hop.mpls.iter().all(fits) {
        return Err("at most 8 labels, each of 20 bits, with a traffic class of 3".into());
    }
    Ok(())
}
