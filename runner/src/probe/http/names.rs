//! Who knows the addresses of the hosts that redirects lead to.

use crate::network::Network;
use crate::probe::target;
use netspec_probes::dns::{QueryName, Server};
use netspec_probes::http::{Found, Names};
use std::net::IpAddr;
use std::time::Duration;
use url::Host;

/// The check's resolver; the host of the check's own URL stays where it was found.
pub(super) struct Directory<'a> {
    pub(super) network: &'a Network,
    pub(super) server: Option<&'a Server>,
    pub(super) home: (Option<Host<&'a str>>, IpAddr),
}

impl Names for Directory<'_> {
    async fn find(&self, host: &Host<&str>) -> Result<Found, String> {
        let (address, took) = match host {
            host if self.home.0.as_ref() == Some(host) => return Ok((self.home.1, None)),
            Host::Ipv4(address) => ((*address).into(), None),
            Host::Ipv6(address) => ((*address).into(), None),
            Host::Domain(name) => self.look_up(name).await?,
        };
        match self.network.guard.refuses(address) {
            Some(why) => Err(why),
            None => Ok((address, took)),
        }
    }
}

impl Directory<'_> {
    async fn look_up(&self, name: &str) -> Result<Found, String> {
        let nobody = || format!("who is asked where {name} is? write `resolver: NAME`");
        let server = self.server.ok_or_else(nobody)?;
        let asked = QueryName::parse(name)?;
        let family = if self.home.1.is_ipv4() {
            "ipv4"
        } else {
            "ipv6"
        };
        let questions = target::questions(&asked, server, family);
        let question = questions.first().ok_or_else(nobody)?;
        let answer = self.network.ask(question).await;
        let found = target::addresses(&answer).first().copied();
        let nowhere = || {
            let status = answer.seen["status"].as_str().unwrap_or("nothing");
            format!(
                "{name} has no address to go to: {} says {status}",
                answer.asked
            )
        };
        let took = answer.seen["time_ms"].as_f64();
        let took = took.map(|ms| Duration::from_secs_f64(ms / 1e3));
        Ok((found.ok_or_else(nowhere)?, took))
    }
}
