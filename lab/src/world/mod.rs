//! A world: who is where, what lies between, what name servers say, and what may happen.

mod change;
mod check;
mod diagnostic;
pub mod dns;
pub mod echo;
pub mod encrypted;
pub mod habits;
pub mod incident;
pub mod mutate;
pub mod place;
pub mod route;
pub mod service;
#[cfg(test)]
mod tests;
pub mod units;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use ipnet::{Ipv4Net, Ipv6Net};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use dns::Resolver;
use incident::{Change, Incident, Injector};
use place::Place;
use route::Route;
use service::Service;

/// An internet to play, as a world file describes it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct World {
    /// Its name.
    pub world: String,
    /// What it shows, for people.
    #[serde(default)]
    pub why: String,
    /// Chance in this world is drawn from this number: the same packets meet the same fate.
    #[serde(default)]
    pub seed: u64,
    /// Where the client stands.
    pub client: Client,
    /// Name servers, by names of this file's own.
    #[serde(default)]
    pub resolvers: BTreeMap<String, Resolver>,
    /// Routes, by names of this file's own.
    #[serde(default)]
    pub routes: BTreeMap<String, Route>,
    /// Names of addresses that are no hop, for resolvers marked `ptr: true`.
    #[serde(default)]
    pub names: BTreeMap<IpAddr, String>,
    /// Whose the addresses are, and where.
    #[serde(default)]
    pub prefixes: Vec<Place>,
    /// TCP listeners.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Forgers on the way.
    #[serde(default)]
    pub injectors: Vec<Injector>,
    /// Changes that happen in this world as time goes by.
    #[serde(default)]
    pub timeline: Vec<Change>,
    /// Changes to rehearse, by name.
    #[serde(default)]
    pub incidents: BTreeMap<String, Incident>,
}

/// The client's own addresses.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Client {
    /// IPv4: address and network, and the router in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v4: Option<Attached4>,
    /// IPv6: address and network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v6: Option<Attached6>,
}

/// An IPv4 address in its network.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Attached4 {
    /// Address and prefix length: `192.168.1.23/24`.
    #[schemars(with = "String")]
    pub address: Ipv4Net,
    /// The router, which also answers for addresses no route leads to.
    pub gateway: std::net::Ipv4Addr,
}

/// An IPv6 address in its network.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Attached6 {
    /// Address and prefix length: `2001:db8::23/64`.
    #[schemars(with = "String")]
    pub address: Ipv6Net,
    /// The router, which also answers for addresses no route leads to.
    pub gateway: std::net::Ipv6Addr,
}

impl Client {
    /// The client's own routers, one for each IP version it has.
    pub(crate) fn gateways(&self) -> Vec<IpAddr> {
        let v4 = self.v4.map(|attached| attached.gateway.into());
        let v6 = self.v6.map(|attached| attached.gateway.into());
        v4.into_iter().chain(v6).collect()
    }
}

impl World {
    /// Reads a world file. The error is text for people: `file:line:column`, the line, the remedy.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, String> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("error: {}: {error}", path.display()))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a world from text; `file` names it in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, String> {
        let world = diagnostic::read(text, file)?;
        world
            .check()
            .map_err(|problem| format!("error: {problem}\n --> {file}"))?;
        Ok(world)
    }

    /// This world with an incident in it, one of its own or a mutant: at once, or at the times its changes name.
    pub fn with_incident(&self, name: &str) -> Result<Self, String> {
        let mutant = || {
            self.mutants()
                .into_iter()
                .find(|mutant| mutant.name == name)
        };
        let incident = self.incidents.get(name).cloned();
        let incident = incident.or_else(|| mutant().map(|mutant| mutant.incident));
        let incident = incident.ok_or_else(|| {
            let known: Vec<_> = self.incidents.keys().map(String::as_str).collect();
            format!(
                "world `{}` has no incident `{name}`; it has {}",
                self.world,
                known.join(", ")
            )
        })?;
        self.after(&incident)
    }

    /// This world with that happening in it.
    pub fn after(&self, incident: &Incident) -> Result<Self, String> {
        let mut world = self.clone();
        for change in &incident.changes {
            match change.after {
                None => world.change(change)?,
                Some(_) => world.timeline.push(change.clone()),
            }
        }
        Ok(world)
    }

    /// The incidents this world can rehearse, by name.
    pub fn incidents(&self) -> impl Iterator<Item = (&str, &Incident)> {
        self.incidents
            .iter()
            .map(|(name, incident)| (name.as_str(), incident))
    }
}

/// The JSON Schema of a world file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(World).into()
}
