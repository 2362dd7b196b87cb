//! Where a probe goes: an address, or a name and whose answer for it to take.
//!
//! A kind that talks to an address implements [`Probe`] for what it asks; [`At`] makes a question of it. Everything
//! about names, families and several addresses is here, once.

use super::{Asking, Question, Seen, Side, Surroundings, Variant, dns as resolvers};
use crate::guard;
use crate::keys::{Fields, Key, text};
use crate::network::Network;
use crate::requirement::Need;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::Spanned;
use netspec_probes::dns::{self, QueryName, QueryType, Server};
use netspec_probes::observation::Outcome;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Whose answer for the name.
pub const RESOLVER: Key = Key::new(
    "resolver",
    "Whose answer for that name to go to: a name from `resolvers`, or an address.",
    text,
);

/// Which addresses of the name.
pub const FAMILY: Key = Key::new(
    "family",
    "Which addresses of the name: ipv4 (where it is left out), ipv6, or both, each as a side of its own.",
    || json!({ "enum": FAMILIES }),
);

/// How many addresses of the name.
pub const ADDRESSES: Key = Key::new(
    "addresses",
    "first (where it is left out): the smallest address of the name, so that one answer means one target. all: each of them, and what is expected is expected of each.",
    || json!({ "enum": ["first", "all"] }),
);

pub(super) const FAMILIES: [&str; 3] = ["ipv4", "ipv6", "both"];

/// The most addresses of one name that are gone to.
const MOST_ADDRESSES: usize = 64;

/// Where to.
#[derive(Clone, Debug)]
pub struct Target {
    /// As written, for people and for whatever wants the name: SNI, `Host`.
    pub written: String,
    host: Host,
    all: bool,
}

#[derive(Clone, Debug)]
enum Host {
    Address(IpAddr),
    /// One question a family.
    Name(Vec<dns::Question>),
}

impl Target {
    /// A target that is this address and called that.
    pub fn pinned(address: IpAddr, written: impl Into<String>) -> Self {
        let (written, host) = (written.into(), Host::Address(address.to_canonical()));
        Self {
            written,
            host,
            all: false,
        }
    }

    /// Reads where to, with [`RESOLVER`], [`FAMILY`] and [`ADDRESSES`] beside it; a kind without one of these keys has its default.
    pub fn read(
        to: &Spanned<String>,
        fields: &Fields<'_>,
        around: &Surroundings<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let family = one_of(fields, "family", &FAMILIES, "", problems);
        let all = one_of(fields, "addresses", &["first", "all"], "", problems);
        let server = server(fields, around, problems);
        let written = to.value.clone();
        let all = all.as_deref() == Some("all");
        let bare = to
            .value
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(&to.value).parse::<IpAddr>() {
            let host = Host::Address(address.to_canonical());
            return Some(Self { written, host, all });
        }
        let name = QueryName::parse(&to.value).map_err(|why| {
            Problem::new(to.span, "neither an address nor a domain name").label(why)
        });
        let name = problems.ok(name)?;
        let Some(server) = server else {
            let message = "whose answer for this name to go to is not said";
            let problem = Problem::new(to.span, message);
            problems.add(problem.help("write `resolver: NAME`, or give an address"));
            return None;
        };
        let questions = questions(&name, &server, family.as_deref().unwrap_or("ipv4"));
        let host = Host::Name(questions);
        Some(Self { written, host, all })
    }

    /// The same target, gone to at one address.
    pub fn at(&self, address: IpAddr) -> Self {
        Self::pinned(address, self.written.clone())
    }

    /// The address it is, where no question is needed to know.
    pub fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Address(address) => Some(address),
            Host::Name(_) => None,
        }
    }

    /// The families it can be of; `true` is IPv4.
    pub fn families(&self) -> Vec<bool> {
        match &self.host {
            Host::Address(address) => vec![address.is_ipv4()],
            Host::Name(questions) => questions.iter().map(is_ipv4).collect(),
        }
    }

    /// What this machine must have to get there.
    pub fn needs(&self) -> Vec<Need> {
        match &self.host {
            Host::Address(address) => vec![Need::To(*address)],
            Host::Name(questions) => questions.iter().flat_map(needs).collect(),
        }
    }

    /// Whether it can be several addresses, each a side of its own.
    pub fn is_several(&self) -> bool {
        match &self.host {
            Host::Address(_) => false,
            Host::Name(questions) => self.all || questions.len() > 1,
        }
    }

    /// The addresses it is, in order: the first of each family, or all.
    ///
    /// # Errors
    /// What the resolver said in their place.
    pub async fn addresses(&self, network: &Network) -> Result<Vec<IpAddr>, Seen> {
        let found = self.find(network).await?;
        let refused = found
            .iter()
            .find_map(|address| network.guard.refuses(*address));
        match refused {
            Some(why) => Err(guard::refused(self.written.clone(), why)),
            None => Ok(found),
        }
    }

    async fn find(&self, network: &Network) -> Result<Vec<IpAddr>, Seen> {
        let questions = match &self.host {
            Host::Address(address) => return Ok(vec![*address]),
            Host::Name(questions) => questions,
        };
        let asked = questions.iter().map(|question| network.ask(question));
        let mut found = Vec::new();
        for answer in futures_util::future::join_all(asked).await {
            let most = if self.all { MOST_ADDRESSES } else { 1 };
            let addresses = addresses(&answer);
            if addresses.is_empty() {
                return Err(nowhere(&self.written, &answer));
            }
            found.extend(addresses.into_iter().take(most));
        }
        Ok(found)
    }

    /// What the resolver took to tell of that address; nothing where nobody was asked.
    pub async fn took(&self, address: IpAddr, network: &Network) -> Option<Duration> {
        let Host::Name(questions) = &self.host else {
            return None;
        };
        let told = |question: &&dns::Question| is_ipv4(question) == address.is_ipv4();
        let answer = network.ask(questions.iter().find(told)?).await; // asked already, so not again
        let took = answer.seen["time_ms"].as_f64();
        took.map(|ms| Duration::from_secs_f64(ms / 1e3))
    }

    /// The first of its addresses.
    ///
    /// # Errors
    /// What the resolver said in its place.
    pub async fn first(&self, network: &Network) -> Result<IpAddr, Seen> {
        let found = self.addresses(network).await?;
        Ok(found[0])
    }
}

/// The check's resolver, or the project's.
pub fn server(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Server> {
    let own = fields.text("resolver", problems);
    let own = own.and_then(|text| resolvers::resolver(&text, around, problems));
    let default = || around.project.default_resolver(around.resolvers);
    own.or_else(|| default().map(|(_, server)| server))
}

/// What is asked for the addresses of a name, one question a family.
pub(super) fn questions(name: &QueryName, server: &Server, family: &str) -> Vec<dns::Question> {
    let types = family_types(Some(family));
    let question = |rtype: &QueryType| {
        let mut question = dns::Question::new(name.clone(), *rtype, server.clone());
        question.listen = Duration::ZERO; // one goes to the first answer, as any client would
        question
    };
    types.iter().map(question).collect()
}

/// The types of record that hold the addresses of a family.
pub(super) fn family_types(family: Option<&str>) -> &'static [QueryType] {
    match family {
        Some("ipv6") => &[QueryType::AAAA],
        Some("both") => &[QueryType::A, QueryType::AAAA],
        _ => &[QueryType::A],
    }
}

fn is_ipv4(question: &dns::Question) -> bool {
    question.rtype != QueryType::AAAA
}

fn needs(question: &dns::Question) -> Vec<Need> {
    let mut needs = question.needs();
    needs.push(match is_ipv4(question) {
        true => Need::Ipv4,
        false => Need::Ipv6,
    });
    needs
}

/// The addresses in an answer, in order.
pub(super) fn addresses(answer: &Seen) -> Vec<IpAddr> {
    let addresses = answer.seen["addresses"].as_array().into_iter().flatten();
    let mut found: Vec<IpAddr> = addresses
        .filter_map(|facts| facts["address"].as_str()?.parse().ok())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// There is no address to go to: what the resolver said stands in its place.
pub fn nowhere(name: &str, answer: &Seen) -> Seen {
    let status = answer.seen["status"].as_str().unwrap_or("nothing");
    let why = format!(
        "{name} has no address to go to: {} says {status}",
        answer.asked
    );
    let outcome = match &answer.outcome {
        Outcome::Answered => Outcome::CouldNotAsk(why),
        Outcome::NoAnswer(_) => Outcome::NoAnswer(why),
        other => other.clone(),
    };
    Seen {
        outcome,
        asked_at: answer.asked_at,
        asked: answer.asked.clone(),
        seen: Value::Object(serde_json::Map::new()),
    }
}

/// One of some words under a key.
pub fn one_of(
    fields: &Fields<'_>,
    key: &str,
    known: &[&str],
    otherwise: &str,
    problems: &mut Problems,
) -> Option<String> {
    let node = fields.get(key)?;
    let written = node.value.scalar();
    let found = written.filter(|text| known.contains(&text.as_str()));
    if found.is_none() {
        let problem = Problem::new(node.span, format!("wrong `{key}`"));
        let problem = problem.label(format!("expected {}", known.join(" or ")));
        problems.add(match otherwise {
            "" => problem,
            otherwise => problem.help(otherwise),
        });
    }
    found
}

/// What is asked of an address.
pub trait Probe: Clone + Debug + Send + Sync + 'static {
    /// What this machine must have for it, beside a way to the target.
    fn needs(&self, target: &Target) -> Vec<Need>;
    /// The same, put in another way; nothing where there is no such way.
    fn variant(&self, _: &Variant) -> Option<Self> {
        None
    }
    /// Asks that address; `written` is what the user called it.
    fn ask(
        &self,
        address: IpAddr,
        written: &str,
        network: &Network,
    ) -> impl Future<Output = Seen> + Send;
}

/// A probe and where it goes: a question.
#[derive(Clone, Debug)]
pub struct At<P> {
    /// Where to.
    pub target: Target,
    /// What is asked there.
    pub probe: P,
}

impl<P: Probe> Question for At<P> {
    fn key(&self) -> String {
        format!("{self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        [self.target.needs(), self.probe.needs(&self.target)].concat()
    }

    fn variant(&self, variant: &Variant) -> Option<Arc<dyn Question>> {
        let probe = self.probe.variant(variant)?;
        let target = self.target.clone();
        Some(Arc::new(Self { target, probe }))
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async move {
            match self.target.first(network).await {
                Ok(address) => self.probe.ask(address, &self.target.written, network).await,
                Err(seen) => seen,
            }
        })
    }

    fn spread<'a>(&'a self, network: &'a Network) -> Asking<'a, Vec<Side>> {
        Box::pin(async move {
            if !self.target.is_several() {
                return Vec::new();
            }
            let found = self.target.addresses(network).await.unwrap_or_default();
            let side = |address: IpAddr| {
                let target = self.target.at(address);
                let probe = self.probe.clone();
                let question: Arc<dyn Question> = Arc::new(At { target, probe });
                (address.to_string(), question)
            };
            found.into_iter().map(side).collect()
        })
    }
}
