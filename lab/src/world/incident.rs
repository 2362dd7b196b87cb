//! Incidents: small changes to a world, rehearsed before they happen.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dns::{Domain, RecordLine, Reply, Type};
use super::habits::Habits;
use super::place::Place;
use super::route::{Hop, Protocol};
use super::service::Service;
use super::units::{Delay, Share};

/// A named change to the world.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incident {
    /// What happens, for people.
    pub why: String,
    /// Whether a good set of scenarios has to notice it. Where not, an alarm is a false one: a silent hop is no change.
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
    /// Some resolvers answer in another manner: in another order, fewer addresses at once, with times that run down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habits: Option<NewHabits>,
    /// The far end of a route changes: its round trip, its losses, what it lets in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<NewEnd>,
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
    /// The table of places says otherwise; the network is as it was. Each row takes the place of those of its network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefixes: Option<Vec<Place>>,
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

/// How some resolvers answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewHabits {
    /// The resolvers, by their names in the world.
    pub at: Vec<String>,
    /// Their habits from now on.
    pub are: Habits,
}

/// The far end of a route; what is not written stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct NewEnd {
    /// The route, by its name in the world.
    pub route: String,
    /// The round trip to the destination itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Delay>,
    /// How much later or earlier each packet may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<Delay>,
    /// The share of packets lost on the way there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Share>,
    /// What the destination lets in; nothing where the list is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepts: Option<Vec<Protocol>>,
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
