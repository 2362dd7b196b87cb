//! Making a change: what a world is once an incident has happened.

use serde_json::Value;

use super::World;
use super::incident::{
    Change, NewEnd, NewHabits, NewHop, NewHops, NewRecords, NewReply, NewService,
};
use super::place::Place;
use super::route::{Hop, Route};
use super::service::Service;

impl World {
    /// Makes one change; says what is wrong with it where it does not fit.
    pub(crate) fn change(&mut self, change: &Change) -> Result<(), String> {
        let Change {
            after: _,
            records,
            reply,
            hops,
            hop,
            service,
            injector,
            habits,
            end,
            prefixes,
        } = change;
        let parts = [
            records.is_some(),
            reply.is_some(),
            hops.is_some(),
            hop.is_some(),
            service.is_some(),
            injector.is_some(),
            habits.is_some(),
            end.is_some(),
            prefixes.is_some(),
        ];
        if parts.iter().filter(|part| **part).count() != 1 {
            return Err(
                "a change is exactly one of `records`, `reply`, `habits`, `end`, `hops`, `hop`, `service`, `injector`, \
                 `prefixes`"
                    .into(),
            );
        }
        if let Some(new) = records {
            self.change_records(new)?;
        }
        if let Some(new) = reply {
            self.change_reply(new)?;
        }
        if let Some(new) = hops {
            self.change_hops(new)?;
        }
        if let Some(new) = hop {
            self.change_hop(new)?;
        }
        if let Some(new) = service {
            self.change_service(new)?;
        }
        if let Some(new) = habits {
            self.change_habits(new)?;
        }
        if let Some(new) = end {
            self.change_end(new)?;
        }
        for new in prefixes.iter().flatten() {
            self.change_place(new);
        }
        self.injectors.extend(injector.clone());
        Ok(())
    }

    fn change_records(&mut self, new: &NewRecords) -> Result<(), String> {
        for name in &new.at {
            let resolver = self
                .resolvers
                .get_mut(name)
                .ok_or_else(|| unknown("resolver", name))?;
            resolver.records.retain(|line| line.0.name != new.name.0);
            resolver.records.extend(new.now.iter().cloned());
        }
        Ok(())
    }

    fn change_reply(&mut self, new: &NewReply) -> Result<(), String> {
        for name in &new.at {
            let resolver = self
                .resolvers
                .get_mut(name)
                .ok_or_else(|| unknown("resolver", name))?;
            resolver.replies.insert(0, new.is.clone());
        }
        Ok(())
    }

    fn change_habits(&mut self, new: &NewHabits) -> Result<(), String> {
        for name in &new.at {
            let resolver = self
                .resolvers
                .get_mut(name)
                .ok_or_else(|| unknown("resolver", name))?;
            resolver.habits = new.are;
        }
        Ok(())
    }

    fn change_end(&mut self, new: &NewEnd) -> Result<(), String> {
        let route = self.route_mut(&new.route)?;
        route.rtt = new.rtt.unwrap_or(route.rtt);
        route.jitter = new.jitter.unwrap_or(route.jitter);
        route.loss = new.loss.unwrap_or(route.loss);
        if let Some(accepts) = &new.accepts {
            route.accepts.clone_from(accepts);
        }
        Ok(())
    }

    fn change_place(&mut self, new: &Place) {
        self.prefixes.retain(|place| place.net != new.net);
        self.prefixes.push(new.clone());
    }

    fn route_mut(&mut self, name: &str) -> Result<&mut Route, String> {
        self.routes
            .get_mut(name)
            .ok_or_else(|| unknown("route", name))
    }

    fn change_hops(&mut self, new: &NewHops) -> Result<(), String> {
        let route = self.route_mut(&new.route)?;
        if new.from == 0 || new.from > route.hops.len() + 1 {
            return Err(no_hop(&new.route, new.from, route.hops.len()));
        }
        route.hops.truncate(new.from - 1);
        route.hops.extend(new.now.iter().cloned());
        Ok(())
    }

    fn change_hop(&mut self, new: &NewHop) -> Result<(), String> {
        let route = self.route_mut(&new.route)?;
        let hops = route.hops.len();
        let hop = new
            .at
            .checked_sub(1)
            .and_then(|index| route.hops.get_mut(index));
        let hop = hop.ok_or_else(|| no_hop(&new.route, new.at, hops))?;
        if new.set.rtt.is_some() {
            // A round trip that is set is the one to play, not the pattern there was.
            hop.answers.clear();
        }
        *hop = overlaid(hop, &new.set).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn change_service(&mut self, new: &NewService) -> Result<(), String> {
        if !new.set.listen.is_empty() {
            return Err("a service cannot move; set `closed: true` at its old address".into());
        }
        let listens = |service: &&mut Service| service.listen.0.contains(&new.at);
        let service = self.services.iter_mut().find(listens);
        let service = service.ok_or_else(|| unknown("service", &new.at.to_string()))?;
        *service = merged(service, &new.set).map_err(|error| error.to_string())?;
        Ok(())
    }
}

fn overlaid(hop: &Hop, set: &Hop) -> serde_json::Result<Hop> {
    let mut fields = serde_json::to_value(hop)?;
    if let (Some(old), Value::Object(new)) = (fields.as_object_mut(), serde_json::to_value(set)?) {
        old.extend(new);
    }
    serde_json::from_value(fields)
}

/// The old settings with the new ones over them, at every depth.
fn merged(old: &Service, new: &Service) -> serde_json::Result<Service> {
    let mut settings = serde_json::to_value(old)?;
    merge(&mut settings, serde_json::to_value(new)?);
    serde_json::from_value(settings)
}

fn merge(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}

fn unknown(what: &str, name: &str) -> String {
    format!("there is no {what} `{name}` in this world")
}

fn no_hop(route: &str, hop: usize, hops: usize) -> String {
    format!("route `{route}` has no hop {hop}; it has {hops}")
}
