//! Putting the question, and looking up the names of the addresses that answer it.

use crate::network::Network;
use crate::probe::{Question, Seen};
use crate::requirement::Need;
use netspec_probes::dns::{self, Server};
use serde_json::{Value, json};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

impl Question for dns::Question {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        vec![Need::To(self.server.addr.ip())]
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(async move {
            network.turns.wait(self.server.addr).await;
            dns::ask(self, &network.atlas).await.into()
        })
    }
}

/// A question whose answer's addresses are looked up in turn.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) question: dns::Question,
    pub(super) hostnames: Server,
}

impl Question for Named {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        let asked = self.hostnames.addr.ip();
        [self.question.needs(), vec![Need::To(asked)]].concat()
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(async move {
            let mut seen = self.question.ask(network).await;
            self.name(&mut seen.seen, network).await;
            seen
        })
    }
}

impl Named {
    async fn name(&self, seen: &mut Value, network: &Network) {
        let Some(all) = seen["addresses"].as_array_mut() else {
            return;
        };
        let address = |facts: &Value| facts["address"].as_str()?.parse().ok();
        let addresses: Vec<IpAddr> = all.iter().filter_map(address).collect();
        let names = network.hostnames(&addresses, &self.hostnames).await;
        for facts in all {
            let name = address(facts).and_then(|address| names.get(&address));
            if let Some(name) = name.filter(|name| !name.is_unknown()) {
                facts["hostname"] = json!(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netspec_probes::facts::Atlas;
    use netspec_probes::route::{Engine, Limits};
    use std::time::Duration;
    use tokio::net::UdpSocket;

    #[tokio::test]
    async fn asking_again_asks_again() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let server = silent.local_addr().expect("bound").to_string();
        let server: Server = server.parse().expect("an address");
        let name = dns::QueryName::parse("a.example").expect("a name");
        let mut question = dns::Question::new(name, dns::QueryType::A, server);
        question.timeout = Duration::from_millis(20);
        let named = Named {
            question,
            hostnames: server,
        };
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
