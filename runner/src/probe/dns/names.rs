//! The names of addresses from a resolver that the library for names does not speak to.

use crate::network::{Hostnames, Network};
use crate::probe::Seen;
use netspec_probes::dns::{self, QueryName, QueryType, Server};
use netspec_probes::fact::Fact;
use std::net::IpAddr;
use std::time::Duration;

/// The names of all these addresses, each asked like any other question.
pub(crate) async fn of(
    addresses: &[IpAddr],
    server: &Server,
    patience: Duration,
    network: &Network,
) -> Hostnames {
    let asked = addresses.iter().map(async |address| {
        let mut question = question(server.clone(), *address);
        question.timeout = patience;
        (*address, name(&network.ask(&question).await))
    });
    let names = futures_util::future::join_all(asked).await;
    names.into_iter().collect()
}

/// Who that address is.
pub(super) fn question(server: Server, address: IpAddr) -> dns::Question {
    let name = QueryName::reverse(address);
    let mut question = dns::Question::new(name, QueryType::PTR, server);
    question.listen = Duration::ZERO;
    question
}

/// The first name by the alphabet; nothing where the resolver says that there is none.
fn name(answer: &Seen) -> Fact<String> {
    let names = answer.seen["data"].as_array().into_iter().flatten();
    let first = names.filter_map(|name| name.as_str()).min();
    match answer.seen["status"].as_str() {
        Some("NOERROR") => Fact::looked_up(first.map(str::to_owned)),
        Some("NODATA" | "NXDOMAIN") => Fact::Nothing,
        _ => Fact::Unknown,
    }
}
