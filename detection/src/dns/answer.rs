use crate::place::Place;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

/// One answer to one question, as far as it can change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Answer {
    /// How the server answered, in the probe's words: `NOERROR`, `NODATA`, `NXDOMAIN`, `SERVFAIL`, `TIMEOUT` …
    pub status: String,
    /// The alias targets in order, with the final dot.
    pub chain: Vec<String>,
    /// The addresses at its end, each with what is known of it.
    pub places: Vec<Place>,
    /// The data of the records of the asked type at its end, in presentation form; for A and AAAA the addresses again.
    pub data: Vec<String>,
    /// The smallest time to live, in seconds.
    pub ttl_s: Option<u32>,
    /// From question to answer, in milliseconds.
    pub time_ms: Option<f64>,
    /// How many different answers came to this one question while listening; more than one is the mark of an injector.
    pub different_replies: u32,
}

/// What is found of a name's certificate at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// It shook hands with a certificate that holds for the name.
    Valid,
    /// It showed one that does not, in a word why.
    Invalid(String),
    /// Nobody there speaks TLS, or nobody could be asked.
    NotTestable,
}

/// Where a rule asks what it needs to know besides: the live network, or a simulated one.
pub trait Asker: Sync {
    /// The same question to the same resolver, with a fresh id and port. Nothing where it cannot be asked again.
    fn again(&self) -> impl Future<Output = Option<Answer>> + Send;
    /// The same question over TCP; nothing where it cannot be asked.
    fn over_tcp(&self) -> impl Future<Output = Option<Answer>> + Send;
    /// The same question to other resolvers of the same class, by name. None where there are none.
    fn elsewhere(&self) -> impl Future<Output = Vec<(String, Answer)>> + Send;
    /// The certificate for the name asked, at that address.
    fn certificate(&self, address: IpAddr) -> impl Future<Output = Certificate> + Send;
    /// Waits, in whatever time runs there.
    fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send;
}
