//! Putting the question, and looking up the names of the addresses that answer it.

use crate::guard;
use crate::network::Network;
use crate::probe::{Asking, Question, Seen, Variant, target};
use crate::requirement::Need;
use crate::turns::READ_BY;
use netspec_probes::dns::{self, Found, QueryType, Server, Transport, Verify};
use std::borrow::Cow;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

impl Question for dns::Question {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        let bootstrap = self.server.bootstrap.as_deref();
        let first = self.server.addr().or(bootstrap.and_then(Server::addr));
        first.map(|addr| Need::To(addr.ip())).into_iter().collect()
    }

    fn name(&self) -> Option<(String, &Server)> {
        Some((self.name.to_string(), &self.server))
    }

    fn variant(&self, variant: &Variant) -> Option<Arc<dyn Question>> {
        let mut question = self.clone();
        match variant {
            Variant::OverTcp if self.server.transport == Transport::Udp => {
                question.server.transport = Transport::Tcp;
            }
            Variant::Of(server) => {
                question.found = None;
                question.server = server.clone();
            }
            Variant::OverTcp | Variant::Hops { .. } => return None,
        }
        Some(Arc::new(question))
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async move {
            let question = match placed(self, network).await {
                Ok(question) => question,
                Err(seen) => return *seen,
            };
            let refused = question
                .addr()
                .and_then(|addr| network.guard.refuses_resolver(addr.ip()));
            if let Some(why) = refused {
                return guard::refused(self.server.to_string(), why);
            }
            in_turn(&trusting(question, network), network).await
        })
    }
}

/// Asks when it is its turn, which ends with the first answer and not with listening on for a second.
async fn in_turn(question: &dns::Question, network: &Network) -> Seen {
    let Some(addr) = question.addr() else {
        return dns::ask(question, &network.atlas).await.into();
    };
    let is_public = network.lab.is_none() && network.atlas.facts(addr.ip()).special.is_none();
    let turn = network.turns.take(addr, is_public).await;
    let answered = || turn.end();
    let mut asking = pin!(dns::ask_then(question, &network.atlas, &answered));
    tokio::select! {
        biased;
        seen = &mut asking => return seen.into(),
        () = tokio::time::sleep(READ_BY) => turn.end(),
    }
    asking.await.into()
}

/// The question with its server's address: a server by name is looked up once a run, at its bootstrap.
async fn placed<'q>(
    question: &'q dns::Question,
    network: &Network,
) -> Result<Cow<'q, dns::Question>, Box<Seen>> {
    let mut said = None;
    for rtype in [QueryType::A, QueryType::AAAA] {
        let Some(lookup) = question.server.lookup(rtype) else {
            break;
        };
        let answer = network.ask(&lookup).await;
        if let Some(address) = target::addresses(&answer).first() {
            let found = found(*address, &answer);
            let question = question.clone();
            return Ok(Cow::Owned(dns::Question { found, ..question }));
        }
        said.get_or_insert(answer);
    }
    match said {
        Some(answer) => Err(Box::new(target::nowhere(&question.server.name(), &answer))),
        None => Ok(Cow::Borrowed(question)),
    }
}

/// The question with the authorities of this network, where it says nothing of whom to trust: those of a lab, in the lab.
fn trusting<'q>(question: Cow<'q, dns::Question>, network: &Network) -> Cow<'q, dns::Question> {
    let server = &question.server;
    let is_usual = server.verify == Verify::Usual && server.transport.is_encrypted();
    if !is_usual || network.roots.is_empty() {
        return question;
    }
    let mut question = question.into_owned();
    question.server.verify = Verify::Given(network.roots.clone());
    Cow::Owned(question)
}

fn found(address: IpAddr, answer: &Seen) -> Option<Found> {
    let took_ms = answer.seen["time_ms"].as_f64().unwrap_or_default();
    Some(Found {
        address,
        asked: answer.asked.clone(),
        took: Duration::from_secs_f64(took_ms.clamp(0.0, 86_400_000.0) / 1e3),
    })
}

#[cfg(test)]
mod tests {
    use super::super::enriched::{Enriched, Wishes};
    use super::*;
    use netspec_probes::facts::Atlas;
    use netspec_probes::route::{Engine, Limits};
    use tokio::net::UdpSocket;

    #[tokio::test]
    async fn asking_again_asks_again() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let server = silent.local_addr().expect("bound").to_string();
        let server: Server = server.parse().expect("an address");
        let name = dns::QueryName::parse("a.example").expect("a name");
        let mut question = dns::Question::new(name, QueryType::A, server.clone());
        question.timeout = Duration::from_millis(20);
        let wishes = Wishes {
            hostnames: Some(server),
            identity: None,
        };
        let named = Enriched { question, wishes };
        let network = Network::new(Atlas::empty(), Engine::new(Limits::default()), None, 8);
        network.ask(&named).await;
        network.ask_again(&named).await;
        let mut heard = 0;
        while silent.try_recv(&mut [0; 512]).is_ok() {
            heard += 1;
        }
        assert_eq!(heard, 2);
    }
}
