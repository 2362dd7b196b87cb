//! A question with what is looked up beside it: the names of the addresses, who the server is.

use super::names;
use crate::network::Network;
use crate::probe::{Asking, Question, Seen, Variant};
use crate::requirement::Need;
use netspec_probes::dns::{self, Identity, QueryClass, QueryName, QueryType, Server};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// What is wished for beside the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    /// Who is asked for the names of the answer's addresses.
    pub(super) hostnames: Option<Server>,
    /// Whether the server is asked who it is, and the name that shows who asks.
    pub(super) identity: Option<Option<QueryName>>,
}

/// A question, and what is wished for beside its answer.
#[derive(Clone, Debug)]
pub(super) struct Enriched {
    pub(super) question: dns::Question,
    pub(super) wishes: Wishes,
}

impl Wishes {
    /// The question with them; itself where there are none.
    pub(super) fn with(&self, question: dns::Question) -> Arc<dyn Question> {
        if self.hostnames.is_none() && self.identity.is_none() {
            return Arc::new(question);
        }
        Arc::new(Enriched {
            question,
            wishes: self.clone(),
        })
    }
}

impl Question for Enriched {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        let names = self.wishes.hostnames.clone();
        let names = names.map(|server| names::question(server, Ipv4Addr::UNSPECIFIED.into()));
        let names = names.map(|question| question.needs()).unwrap_or_default();
        [self.question.needs(), names].concat()
    }

    fn name(&self) -> Option<(String, &Server)> {
        Question::name(&self.question)
    }

    fn variant(&self, variant: &Variant) -> Option<Arc<dyn Question>> {
        self.question.variant(variant)
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async move {
            let mut seen = self.question.ask(network).await;
            if let Some(hostnames) = &self.wishes.hostnames {
                name(&mut seen.seen, hostnames, network).await;
            }
            if let (Some(shows), Value::Object(_)) = (&self.wishes.identity, &seen.seen) {
                let identity = self.identity(shows.as_ref(), network).await;
                seen.seen["identity"] = serde_json::to_value(identity).unwrap_or_default();
            }
            seen
        })
    }
}

async fn name(seen: &mut Value, server: &Server, network: &Network) {
    let Some(all) = seen["addresses"].as_array_mut() else {
        return;
    };
    let address = |facts: &Value| facts["address"].as_str()?.parse().ok();
    let addresses: Vec<IpAddr> = all.iter().filter_map(address).collect();
    let names = network.hostnames(&addresses, server).await;
    for facts in all {
        let name = address(facts).and_then(|address| names.get(&address));
        if let Some(name) = name.filter(|name| !name.is_unknown()) {
            facts["hostname"] = json!(name);
        }
    }
}

impl Enriched {
    async fn identity(&self, shows: Option<&QueryName>, network: &Network) -> Identity {
        let chaos = |name: &'static str| async move {
            let question = self.about_itself(QueryName::parse(name).ok()?, QueryClass::Ch);
            text(&network.ask(&question).await)
        };
        let asks_from = async {
            let question = self.about_itself(shows?.clone(), QueryClass::In);
            let text = text(&network.ask(&question).await)?;
            let address = text.as_deref().and_then(|text| text.parse().ok());
            Some(address.map(|address| network.atlas.facts(address)))
        };
        let (id_server, hostname_bind, version_bind, asks_from) = futures_util::join!(
            chaos("id.server"),
            chaos("hostname.bind"),
            chaos("version.bind"),
            asks_from
        );
        Identity {
            id_server,
            hostname_bind,
            version_bind,
            asks_from,
        }
    }

    /// A question to the same server, for one text.
    fn about_itself(&self, name: QueryName, class: QueryClass) -> dns::Question {
        let server = self.question.server.clone();
        let mut question = dns::Question::new(name, QueryType::TXT, server);
        question.class = class;
        question.timeout = self.question.timeout;
        question.listen = std::time::Duration::ZERO;
        question
    }
}

/// The first text of an answer without its quotes; nothing where the server says none, unknown where it says nothing.
fn text(answer: &Seen) -> Option<Option<String>> {
    let status = answer.seen["status"].as_str()?;
    let unknown = ["TIMEOUT", "UNREACHABLE", "TRUNCATED", "MALFORMED"];
    if unknown.contains(&status) || !answer.seen["data"].is_array() {
        return None;
    }
    let first = answer.seen["data"].get(0).and_then(Value::as_str);
    Some(first.map(|text| text.trim_matches('"').to_owned()))
}
