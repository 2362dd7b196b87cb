//! The settings of `dns:`, and reading those that are the same for every server asked.

use super::enriched::Wishes;
use super::rows::resolver;
use super::zone::ZoneWide;
use super::{SHAPE, across_schema, by_resolver_schema};
use crate::keys::{Fields, Key, duration, flag, text};
use crate::probe::target::{self, one_of};
use crate::probe::{Question, Surroundings};
use crate::schema;
use crate::source::Source;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::{Spanned, Value};
use netspec_probes::dns::{self, QueryClass, QueryName, QueryType, Server, TrustAnchor};
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub(super) const SETTINGS: &[Key] = &[
    Key::new(
        "query",
        "The name to ask for, e.g. `cmmsns.qpic.cn`; always taken as fully qualified.",
        text,
    ),
    Key::new(
        "reverse",
        "The address whose name to ask for, in place of `query`; type PTR where none is written.",
        text,
    ),
    Key::new(
        "type",
        "The record type, e.g. A, AAAA, TXT or TYPE65; A where it is left out.",
        text,
    ),
    Key::new(
        "class",
        "IN where it is left out; CH to ask a server about itself.",
        || json!({ "enum": CLASSES }),
    ),
    Key::new(
        "resolver",
        "The resolver to ask: a name from `resolvers`, or an address.",
        text,
    ),
    Key::new(
        "servers",
        "authoritative: ask each of the zone's own name servers, found through the resolver, each address a side of its own, without recursion.",
        || json!({ "enum": ["authoritative"] }),
    ),
    target::FAMILY,
    Key::new(
        "timeout",
        "How long to wait for the answer; 2s where it is left out.",
        duration,
    ),
    Key::new(
        "listen",
        "How long to go on listening for a second answer to the same question, which would be forged; 500ms where it is left out. off: not at all, `replies` is then 1.",
        text,
    ),
    Key::new(
        "hostnames",
        "Who is asked for the names of the answer's addresses (PTR): a resolver. Nobody where it is left out.",
        text,
    ),
    Key::new(
        "recursion",
        "Whether to ask for recursion (RD); true where it is left out.",
        flag,
    ),
    Key::new(
        "dnssec",
        "Whether to ask for signatures (DO); false where it is left out and no `trust-anchor` is given.",
        flag,
    ),
    Key::new(
        "checking-disabled",
        "Whether to ask for data that the server itself finds bogus (CD); false where it is left out and no `trust-anchor` is given.",
        flag,
    ),
    Key::new(
        "client-subnet",
        "The network to answer for (RFC 7871), e.g. 203.0.113.0/24; 0.0.0.0/0 asks not to look at ours. None is sent where it is left out.",
        text,
    ),
    Key::new(
        "trust-anchor",
        "What the answer is to be proven from, so that `dnssec` has a verdict: root (the keys IANA publishes), DS or DNSKEY records as text, or a file of them beside netspec.yaml.",
        text,
    ),
    Key::new(
        "identity",
        "true: ask the server who it is (`id.server`, `hostname.bind`, `version.bind`). Or a name whose TXT record shows who asks for it, to learn the address the resolver asks from.",
        || json!({ "anyOf": [flag(), text()] }),
    ),
    Key::new(
        "expect",
        "What is expected of the answer, for every server asked.",
        || schema::expectation(&SHAPE),
    ),
    Key::new(
        "by-resolver",
        "What is expected of each resolver: a row for one name, or for several with commas between.",
        by_resolver_schema,
    ),
    Key::new(
        "across-resolvers",
        "How what several resolvers answer relates: `\"a, b\": { addresses: same }`.",
        across_schema,
    ),
    Key::new(
        "across-servers",
        "How what the zone's own servers answer relates, e.g. { serial: same, data: same }; with `servers: authoritative`.",
        super::relation_schema,
    ),
];

const CLASSES: [&str; 2] = ["IN", "CH"];

/// The longest one goes on listening.
const LONGEST_LISTENING: Duration = Duration::from_secs(60);

/// What does not differ between the servers of one check.
pub(super) struct Asked {
    name: QueryName,
    rtype: QueryType,
    class: QueryClass,
    timeout: Option<Duration>,
    listen: Option<Duration>,
    recursion: Option<bool>,
    dnssec: Option<bool>,
    checking_disabled: Option<bool>,
    client_subnet: Option<ipnet::IpNet>,
    trust_anchor: Option<TrustAnchor>,
    family: Option<String>,
    wishes: Wishes,
}

impl Asked {
    /// Reads all of it, and notes what is wrong.
    pub(super) fn read(
        fields: &Fields<'_>,
        around: &Surroundings<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let name = name(fields, problems);
        let rtype = fields
            .text("type", problems)
            .map(|text| query_type(&text, problems));
        let usual = match fields.get("reverse") {
            Some(_) => QueryType::PTR,
            None => QueryType::A,
        };
        let timeout = fields
            .duration("timeout", problems)
            .or(around.project.timeout);
        let class = one_of(fields, "class", &CLASSES, "", problems);
        let hostnames = fields.text("hostnames", problems);
        let hostnames = hostnames.and_then(|text| resolver(&text, around, problems));
        let identity = identity(fields, problems);
        Some(Self {
            class: match class.as_deref() {
                Some("CH") => QueryClass::Ch,
                _ => QueryClass::In,
            },
            timeout,
            listen: listen(fields, problems),
            recursion: fields.flag("recursion", problems),
            dnssec: fields.flag("dnssec", problems),
            checking_disabled: fields.flag("checking-disabled", problems),
            client_subnet: client_subnet(fields, problems),
            trust_anchor: trust_anchor(fields, around, problems),
            family: one_of(fields, "family", &target::FAMILIES, "", problems),
            wishes: Wishes {
                hostnames,
                identity,
            },
            rtype: rtype.unwrap_or(Some(usual))?,
            name: name?,
        })
    }

    /// The question to one server.
    pub(super) fn question(&self, server: &Server) -> Arc<dyn Question> {
        self.wishes.with(self.plain(server))
    }

    /// The question to each of the zone's own servers, which that resolver finds.
    pub(super) fn zone_wide(&self, resolver: &Server) -> Arc<dyn Question> {
        let mut question = self.plain(resolver);
        question.recursion = false;
        question.of_the_zone = true;
        Arc::new(ZoneWide {
            question,
            family: self.family.clone(),
            wishes: self.wishes.clone(),
        })
    }

    fn plain(&self, server: &Server) -> dns::Question {
        let mut question = dns::Question::new(self.name.clone(), self.rtype, server.clone());
        question.class = self.class;
        question.trust_anchor.clone_from(&self.trust_anchor);
        question.client_subnet = self.client_subnet;
        question.timeout = self.timeout.unwrap_or(question.timeout);
        question.listen = self.listen.unwrap_or(question.listen);
        question.recursion = self.recursion.unwrap_or(question.recursion);
        question.dnssec_ok = self.dnssec.unwrap_or(question.dnssec_ok);
        question.checking_disabled = self.checking_disabled.unwrap_or(question.checking_disabled);
        question
    }
}

/// Whose records: a name, or the name of an address.
fn name(fields: &Fields<'_>, problems: &mut Problems) -> Option<QueryName> {
    let (query, reverse) = (
        fields.text("query", problems),
        fields.text("reverse", problems),
    );
    match (query, reverse) {
        (Some(_), Some(reverse)) => {
            let problem = Problem::new(reverse.span, "`reverse` beside `query`");
            problems.add(problem.help("leave one of the two out"));
            None
        }
        (Some(text), None) => problems.ok(QueryName::parse(&text.value)
            .map_err(|why| Problem::new(text.span, "not a domain name").label(why))),
        (None, Some(text)) => problems.ok(address(&text).map(QueryName::reverse)),
        (None, None) => {
            if fields.lacks("query") && fields.lacks("reverse") {
                let problem = Problem::new(fields.span, "`dns` needs `query`");
                problems.add(problem.help(
                    "say which name to ask for: `query: NAME`, or `reverse: ADDRESS` for the name of an address",
                ));
            }
            None
        }
    }
}

fn address(text: &Spanned<String>) -> Result<IpAddr, Problem> {
    let read = text.value.parse::<IpAddr>();
    read.map_err(|_| {
        Problem::new(text.span, "not an address")
            .label("expected one like 192.0.2.1 or 2001:db8::1")
    })
}

fn query_type(text: &Spanned<String>, problems: &mut Problems) -> Option<QueryType> {
    let read = text.value.parse::<QueryType>();
    problems.ok(read.map_err(|why| Problem::new(text.span, "not a record type").label(why)))
}

fn listen(fields: &Fields<'_>, problems: &mut Problems) -> Option<Duration> {
    if fields.get("listen")?.value.scalar().as_deref() == Some("off") {
        return Some(Duration::ZERO);
    }
    let listen = fields.duration("listen", problems)?;
    if listen > LONGEST_LISTENING {
        let span = fields.get("listen")?.span;
        let problem = Problem::new(span, "wrong `listen`");
        problems.add(problem.label("expected at most a minute, or off"));
    }
    Some(listen)
}

fn client_subnet(fields: &Fields<'_>, problems: &mut Problems) -> Option<ipnet::IpNet> {
    let text = fields.text("client-subnet", problems)?;
    let address = || text.value.parse::<IpAddr>().map(ipnet::IpNet::from);
    let read = text.value.parse().or_else(|_| address());
    let net: ipnet::IpNet = problems.ok(read.map_err(|_| {
        Problem::new(text.span, "not a network").label("expected one like 203.0.113.0/24")
    }))?;
    Some(net.trunc())
}

/// From records as text, or from a file of them.
fn trust_anchor(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<TrustAnchor> {
    let text = fields.text("trust-anchor", problems)?;
    let written = text.value.as_str();
    let read = match written.split_whitespace().count() {
        1 if written == "root" => Ok(TrustAnchor::root()),
        1 => Source::read(&around.project.root.join(written))
            .map_err(|_| "no such file".to_owned())
            .and_then(|source| TrustAnchor::parse(&source.text)),
        _ => TrustAnchor::parse(written),
    };
    problems.ok(read.map_err(|why| {
        let problem = Problem::new(text.span, "wrong `trust-anchor`").label(why);
        problem.help("write root, a record like `example. IN DS 20326 8 2 E06D…`, or the path of a file of them")
    }))
}

/// Whether to ask who the server is, and the name that shows who asks.
fn identity(fields: &Fields<'_>, problems: &mut Problems) -> Option<Option<QueryName>> {
    let node = fields.get("identity")?;
    if let Value::Flag(wanted) = node.value {
        return wanted.then_some(None);
    }
    let text = fields.text("identity", problems)?;
    let name = QueryName::parse(&text.value);
    let name =
        name.map_err(|why| Problem::new(text.span, "neither true nor a domain name").label(why));
    problems.ok(name).map(Some)
}
