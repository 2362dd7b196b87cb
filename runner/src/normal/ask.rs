//! What the rules need to know besides, asked of the real network.

use super::{Clock, observe};
use crate::look::{Round, look};
use crate::network::Network;
use crate::plan::Case;
use crate::probe::{Seen, Side, Variant};
use crate::verdict::because;
use netspec_detection::{dns, route, values};
use netspec_probes::observation::Outcome;
use netspec_probes::tls::{self, Offer};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// In a lab nothing is disturbed by haste, and nothing there takes minutes to settle.
const LAB_HASTE: u32 = 50;

/// How long a certificate is waited for.
const CERTIFICATE_PATIENCE: Duration = Duration::from_secs(3);

/// One side of a test, to be looked at again.
pub(super) struct Live<'a> {
    pub(super) case: &'a Case,
    pub(super) network: &'a Network,
    pub(super) side: &'a str,
    pub(super) clock: Clock,
}

impl Live<'_> {
    /// Another look at this side; nothing where nobody answers.
    async fn look(&self) -> Option<Seen> {
        self.look_whatever().await.and_then(answered)
    }

    /// Another look at this side, and be it silence.
    pub(super) async fn look_whatever(&self) -> Option<Seen> {
        let (seen, _) = look(self.case, self.network, Round::Again).await;
        let masks = self.case.scenario.secrets.masks();
        let mut sides = masks.sides(seen).into_iter();
        sides
            .find(|(name, _)| name == self.side)
            .map(|(_, seen)| seen)
    }

    /// The question of this side, put in another way; be it silence that comes back.
    async fn put(&self, variant: &Variant) -> Option<Seen> {
        let question = self.question().await?;
        let question = question.1.variant(variant)?;
        let _permit = self.network.permit(false).await;
        let seen = self.network.ask_again(question.as_ref()).await;
        let masks = self.case.scenario.secrets.masks();
        let seen = masks.sides(vec![(String::new(), seen)]);
        seen.into_iter().next().map(|(_, seen)| seen)
    }

    /// The question of this side, or the one it was spread to.
    async fn question(&self) -> Option<Side> {
        let questions = &self.case.cell().questions;
        if let Some(own) = questions.iter().find(|(name, _)| name == self.side) {
            return Some(own.clone());
        }
        for (name, question) in questions {
            let spread = question.spread(self.network).await;
            let named = |(inner, _): &Side| match name.as_str() {
                "" => inner == self.side,
                name => self.side == format!("{name} {inner}"),
            };
            if let Some(found) = spread.into_iter().find(named) {
                return Some(found);
            }
        }
        None
    }

    pub(super) async fn wait(&self, time: Duration) {
        let haste = self.network.lab.as_ref().map_or(1, |_| LAB_HASTE);
        tokio::time::sleep(time / haste).await;
    }

    async fn certificate_at(&self, address: IpAddr) -> Option<dns::Certificate> {
        let (_, question) = self.question().await?;
        let (name, _) = question.name()?;
        let trust = self.network.trust(&Default::default()).ok()?;
        if self.network.guard.refuses(address).is_some() {
            return None;
        }
        let offer = Offer::new(tls::server_name(name.trim_end_matches('.'))?, trust);
        let mut question = tls::Question::new(SocketAddr::new(address, 443), offer);
        question.timeout = CERTIFICATE_PATIENCE;
        let _permit = self.network.permit(false).await;
        let probed: Seen = tls::ask(&question, &self.network.atlas).await.into();
        let said = probed.seen["chain"].as_str()?;
        Some(match said {
            "trusted" => dns::Certificate::Valid,
            why => dns::Certificate::Invalid(why.to_owned()),
        })
    }
}

fn answered(seen: Seen) -> Option<Seen> {
    because(&seen.outcome).is_none().then_some(seen)
}

/// What a name server said, silence among it; nothing where it could not be asked.
fn heard(seen: &Seen) -> Option<dns::Answer> {
    let asked = matches!(seen.outcome, Outcome::Answered | Outcome::NoAnswer(_));
    asked.then(|| observe::answer(&seen.seen))
}

impl values::Asker for Live<'_> {
    async fn again(&self) -> Option<values::Values> {
        let seen = self.look().await?;
        Some(observe::values(self.case, &seen.seen))
    }
}

impl dns::Asker for Live<'_> {
    async fn again(&self) -> Option<dns::Answer> {
        heard(&self.look_whatever().await?)
    }

    async fn over_tcp(&self) -> Option<dns::Answer> {
        heard(&self.put(&Variant::OverTcp).await?)
    }

    async fn elsewhere(&self) -> Vec<(String, dns::Answer)> {
        let mut told = Vec::new();
        let Some((_, question)) = self.question().await else {
            return told;
        };
        let peers = question
            .name()
            .map(|(_, server)| self.case.scenario.peers.of(server));
        for (name, server) in peers.unwrap_or_default() {
            let seen = self.put(&Variant::Of(server)).await;
            told.extend(seen.as_ref().and_then(heard).map(|answer| (name, answer)));
        }
        told
    }

    async fn certificate(&self, address: IpAddr) -> dns::Certificate {
        let found = self.certificate_at(address).await;
        found.unwrap_or(dns::Certificate::NotTestable)
    }

    async fn pause(&self, time: Duration) {
        self.wait(time).await;
    }
}

impl route::Asker for Live<'_> {
    async fn remap(&self, hops: RangeInclusive<u8>, flows: u16, tries: u8) -> Option<route::Trace> {
        let seen = self.put(&Variant::Hops { hops, flows, tries }).await;
        let seen = seen.and_then(answered)?;
        observe::trace(&seen.seen)
    }

    async fn pause(&self, time: Duration) {
        self.wait(time).await;
    }
}
