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
        vec![Need::family(self.server.addr.ip())]
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
        [self.question.needs(), vec![Need::family(asked)]].concat()
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(async move {
            let mut seen = network.ask(&self.question).await;
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
