//! `servers: authoritative`: one question to each of a zone's own name servers.

use super::enriched::Wishes;
use crate::network::Network;
use crate::probe::target::{addresses, family_types};
use crate::probe::{Asking, Question, Seen, Side};
use crate::requirement::Need;
use netspec_probes::dns::{self, QueryName, QueryType, Server, Status};
use netspec_probes::observation::Outcome;
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The most addresses of name servers that are asked.
const MOST_SERVERS: usize = 64;

/// A question to be put to each server of the zone that the name lies in; `question.server` is the resolver that finds them.
#[derive(Clone, Debug)]
pub(super) struct ZoneWide {
    pub(super) question: dns::Question,
    pub(super) family: Option<String>,
    pub(super) wishes: Wishes,
}

impl Question for ZoneWide {
    fn key(&self) -> String {
        format!("dns zone {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        let way = family_types(self.family.as_deref()).iter();
        let way = way.map(|rtype| match *rtype {
            QueryType::AAAA => Need::Ipv6,
            _ => Need::Ipv4,
        });
        self.question.needs().into_iter().chain(way).collect()
    }

    /// Only where there was no server to spread to.
    fn ask<'a>(&'a self, network: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async move {
            match self.servers(network).await {
                Err(answer) => no_servers(self.question.name.as_str(), &answer),
                Ok(_) => self.question.ask(network).await,
            }
        })
    }

    fn spread<'a>(&'a self, network: &'a Network) -> Asking<'a, Vec<Side>> {
        Box::pin(async move {
            let Ok(names) = self.servers(network).await else {
                return Vec::new();
            };
            let sides = names.iter().map(|name| self.sides_of(name, network));
            let mut sides = futures_util::future::join_all(sides).await.concat();
            sides.truncate(MOST_SERVERS);
            sides
        })
    }
}

impl ZoneWide {
    /// The names of the servers of the nearest zone above or at the name, or the last answer that held none.
    async fn servers(&self, network: &Network) -> Result<Vec<String>, Box<Seen>> {
        let mut zone = Some(self.question.name.clone());
        let mut last = None;
        while let Some(name) = zone {
            let answer = network.ask(&self.lookup(name.clone(), QueryType::NS)).await;
            let is_alias = answer.seen["chain"].get(0).is_some();
            let mut names: Vec<String> = match is_alias {
                true => Vec::new(), // an alias leads to the servers of another zone
                false => texts(&answer),
            };
            if !names.is_empty() {
                names.sort();
                return Ok(names);
            }
            let is_answer = matches!(
                answer.seen["status"].as_str(),
                Some("NOERROR" | "NODATA" | "NXDOMAIN" | "REFERRAL")
            );
            last = Some(answer);
            zone = name.parent().filter(|_| is_answer);
        }
        Err(Box::new(last.expect("the name itself was asked for")))
    }

    /// A side for each address of one name server.
    async fn sides_of(&self, name: &str, network: &Network) -> Vec<Side> {
        let Ok(host) = QueryName::parse(name) else {
            return vec![self.without_address(name, None)];
        };
        let types = family_types(self.family.as_deref()).iter();
        let asked = types.map(|rtype| {
            let question = self.lookup(host.clone(), *rtype);
            async move { network.ask(&question).await }
        });
        let answers = futures_util::future::join_all(asked).await;
        let found: Vec<IpAddr> = answers.iter().flat_map(addresses).collect();
        if found.is_empty() {
            return vec![self.without_address(name, answers.first())];
        }
        let side = |address| (format!("{name} {address}"), self.at(address));
        found.into_iter().map(side).collect()
    }

    fn lookup(&self, name: QueryName, rtype: QueryType) -> dns::Question {
        let mut lookup = dns::Question::new(name, rtype, self.question.server.clone());
        lookup.timeout = self.question.timeout;
        lookup.listen = Duration::ZERO; // one goes to the first answer, as any client would
        lookup
    }

    fn at(&self, address: IpAddr) -> Arc<dyn Question> {
        let server = Server::at(SocketAddr::new(address, 53));
        let question = dns::Question {
            server,
            ..self.question.clone()
        };
        self.wishes.with(question)
    }

    fn without_address(&self, name: &str, answer: Option<&Seen>) -> Side {
        let asked = answer.map_or_else(String::new, |answer| format!(" ({})", answer.asked));
        let asked = format!("{name}, which has no address{asked}");
        let question: Arc<dyn Question> = Arc::new(Nowhere {
            asked,
            status: Status::NoAddress,
        });
        (name.to_owned(), question)
    }
}

fn texts(answer: &Seen) -> Vec<String> {
    let data = answer.seen["data"].as_array().into_iter().flatten();
    data.filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// Nobody could say who the zone's servers are: what the resolver said stands in their place.
fn no_servers(name: &str, answer: &Seen) -> Seen {
    let status = answer.seen["status"].as_str().unwrap_or("nothing");
    let why = format!(
        "the name servers of the zone of {name} are not to be found: {} says {status}",
        answer.asked
    );
    let outcome = match &answer.outcome {
        Outcome::Answered => Outcome::CouldNotAsk(why),
        Outcome::NoAnswer(_) => Outcome::NoAnswer(why),
        other => other.clone(),
    };
    Seen {
        outcome,
        seen: json!({}),
        ..answer.clone()
    }
}

/// A name server of which only the name is known: a fault of the zone, and seen as one.
#[derive(Clone, Debug)]
struct Nowhere {
    asked: String,
    status: Status,
}

impl Question for Nowhere {
    fn key(&self) -> String {
        format!("{self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    fn ask<'a>(&'a self, _: &'a Network) -> Asking<'a, Seen> {
        let seen = dns::Seen {
            status: self.status.clone(),
            lame: Some(true),
            ..dns::Seen::default()
        };
        let seen = Seen {
            outcome: Outcome::Answered,
            asked_at: jiff::Timestamp::now(),
            asked: self.asked.clone(),
            seen: serde_json::to_value(seen).unwrap_or_default(),
        };
        Box::pin(std::future::ready(seen))
    }
}
