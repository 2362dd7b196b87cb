//! Incidents: small changes to a world, rehearsed before they happen.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
use super::dns::{Domain, RecordLine, Reply, Type};
use super::route::Hop;
use super::service::Service;
use super::units::Delay;

/// A named change to the world.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incident {
    /// What happens, for people.
    pub why: String,
    /// Whether a good set of scenarios has to notice it. A silent hop is no alarm.
    pub must_catch: bool,
    /// What changes, in this order.
    pub changes: Vec<Change>,
}

/// One change: exactly one of its fields besides `after`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Change {
    /// When, counted from the lab's start. At once without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Delay>,
    /// A name's records at some resolvers become others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<NewRecords>,
    /// Some resolvers answer one question exactly so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<NewReply>,
    /// The hops of a route become others from some hop on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hops: Option<NewHops>,
    /// Some fields of one hop change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hop: Option<NewHop>,
    /// Some settings of one service change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<NewService>,
    /// Somebody on the way forges answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub injector: Option<Injector>,
}

/// All records of a name, at some resolvers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewRecords {
    /// The resolvers, by their names in the world.
    pub at: Vec<String>,
    /// The name whose records are forgotten.
    pub name: Domain,
    /// What is known instead.
    pub now: Vec<RecordLine>,
}

/// One answer, at some resolvers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewReply {
    /// The resolvers, by their names in the world.
    pub at: Vec<String>,
    /// The answer.
    pub is: Reply,
}

/// The rest of a route.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewHops {
    /// The route, by its name in the world.
    pub route: String,
    /// The first hop that is another, counted from 1.
    pub from: usize,
    /// The hops from there on.
    pub now: Vec<Hop>,
}

/// Some fields of a hop; those not written stay as they are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewHop {
    /// The route, by its name in the world.
    pub route: String,
    /// The hop, counted from 1.
    pub at: usize,
    /// The fields that change.
    pub set: Hop,
}

/// Some settings of a service; those not written stay as they are, inside `tls` and `http` too.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewService {
    /// The service, by one of the addresses and ports it listens at.
    pub at: SocketAddr,
    /// The settings that change.
    pub set: Service,
}

/// Somebody on the way who answers a question before, or after, the one who was asked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Injector {
    /// The name it listens for.
    pub name: Domain,
    /// The type it listens for; every type without it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Type>,
    /// The servers whose questions pass it; all without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub towards: Vec<IpAddr>,
    /// The time from the client's question to the forged answer.
    pub rtt: Delay,
    /// The forged answer section.
    pub answer: Vec<RecordLine>,
}

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
        } = change;
        let parts = [
            records.is_some(),
            reply.is_some(),
            hops.is_some(),
            hop.is_some(),
            service.is_some(),
            injector.is_some(),
        ];
        if parts.iter().filter(|part| **part).count() != 1 {
            return Err(
                "a change is exactly one of `records`, `reply`, `hops`, `hop`, `service`, `injector`"
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

    fn change_hops(&mut self, new: &NewHops) -> Result<(), String> {
        let route = self
            .routes
            .get_mut(&new.route)
            .ok_or_else(|| unknown("route", &new.route))?;
        if new.from == 0 || new.from > route.hops.len() + 1 {
            return Err(no_hop(&new.route, new.from, route.hops.len()));
        }
        route.hops.truncate(new.from - 1);
        route.hops.extend(new.now.iter().cloned());
        Ok(())
    }

    fn change_hop(&mut self, new: &NewHop) -> Result<(), String> {
        let route = self
            .routes
            .get_mut(&new.route)
            .ok_or_else(|| unknown("route", &new.route))?;
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
