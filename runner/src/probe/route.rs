//! `route:` the routers on the way to an address.

use super::{Cell, Judged, Kind, Question, Seen, Surroundings, expectation};
use crate::keys::{Fields, Key, duration, text};
use crate::network::{Hostnames, Network};
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Field, Shape};
use netspec_assertions::written::Spanned;
use netspec_probes::dns::{self, QueryName, QueryType, Server};
use netspec_probes::observation::Outcome;
use netspec_probes::route;
use serde_json::{Value, json};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "route",
    about: "Traces the routers on the way to an address, by flow, and what is known of each.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<route::Seen>,
    summary: summary::route,
    whole: true,
    details: summary::hops,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(shape);

fn shape() -> Shape {
    let seen = Shape::from_schema(&(KIND.seen_schema)());
    let hop = seen
        .field("destination")
        .map_or(Shape::Any, |field| field.shape.clone());
    let about = "The distance, counted from here.";
    let hop = hop.with(Field::new("hop", "hop", about, Shape::Number(Unit::None)));
    let passes = "Hops that must be met in this order; others may lie between. The facts of one entry hold on one hop.";
    let avoids = "Hops that must not be met. Cannot be proven when more hops are silent than `silent-hops` allows.";
    seen.with(Field::new(
        "passes",
        "path",
        passes,
        Shape::Sequence(Box::new(hop.clone())),
    ))
    .with(Field::new(
        "avoids",
        "path",
        avoids,
        Shape::Sequence(Box::new(hop)),
    ))
}

const SETTINGS: &[Key] = &[
    Key::required("to", "Where to: a name or an address.", text),
    Key::new(
        "resolver",
        "Whose answer for that name to trace to: a name from `resolvers`, or an address.",
        text,
    ),
    Key::new(
        "family",
        "Which addresses of the name: ipv4 (where it is left out) or ipv6.",
        || json!({ "enum": ["ipv4", "ipv6"] }),
    ),
    Key::new(
        "probe",
        "What is sent: icmp.",
        || json!({ "enum": ["icmp"] }),
    ),
    Key::new(
        "flows",
        "How many flows: one flow is one path through load balancers. 1 where it is left out, at most 64.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 64 }),
    ),
    Key::new(
        "tries",
        "How many answers to ask of each hop; 3 where it is left out. With several flows, of the first; the others ask for one.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 10 }),
    ),
    Key::new(
        "max-hops",
        "The farthest distance looked at; 30 where it is left out.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 255 }),
    ),
    Key::new(
        "timeout",
        "The longest wait for one answer; 2s where it is left out. Shorter where what was seen allows.",
        duration,
    ),
    Key::new(
        "hostnames",
        "Who is asked for the names of hops: a resolver, or `off`. Where it is left out, the check's resolver.",
        text,
    ),
    Key::new("expect", "What is expected of the route.", || {
        schema::expectation(&SHAPE)
    }),
];

/// Where to, and who says what that name means.
#[derive(Clone, Debug)]
enum Target {
    Address(IpAddr),
    Name(dns::Question),
}

/// One trace, ready to be made.
#[derive(Clone, Debug)]
struct Trace {
    target: Target,
    written: String,
    flows: u16,
    tries: u8,
    max_hops: u8,
    timeout: Duration,
    hostnames: Option<Server>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let Some(trace) = trace(fields, around, problems) else {
        return Vec::new();
    };
    let question: Arc<dyn Question> = Arc::new(trace);
    let judged = Judged::Expect(expect.into_iter().collect());
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged,
    }]
}

fn trace(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Option<Trace> {
    one_of(
        fields,
        "probe",
        &["icmp"],
        "udp and tcp probes come with a later version",
        problems,
    );
    let written = fields.text("resolver", problems);
    let own = written
        .as_ref()
        .and_then(|text| super::dns::resolver(text, around, problems));
    let server = own.or_else(|| {
        around
            .project
            .default_resolver(around.resolvers)
            .map(|(_, server)| server)
    });
    let to = fields.text("to", problems);
    let flows = fields.number("flows", 1, 64, problems).unwrap_or(1);
    let tries = fields.number("tries", 1, 10, problems).unwrap_or(3);
    let max_hops = fields.number("max-hops", 1, 255, problems).unwrap_or(30);
    let timeout = fields
        .duration("timeout", problems)
        .or(around.project.timeout)
        .unwrap_or(Duration::from_secs(2));
    let hostnames = match fields.text("hostnames", problems) {
        Some(text) if text.value == "off" => None,
        Some(text) => super::dns::resolver(&text, around, problems),
        None => server,
    };
    let to = to?;
    Some(Trace {
        target: target(&to, server, fields, problems)?,
        written: to.value,
        flows: u16::try_from(flows).ok()?,
        tries: u8::try_from(tries).ok()?,
        max_hops: u8::try_from(max_hops).ok()?,
        timeout,
        hostnames,
    })
}

fn one_of(
    fields: &Fields<'_>,
    key: &str,
    known: &[&str],
    otherwise: &str,
    problems: &mut Problems,
) -> Option<String> {
    let node = fields.get(key)?;
    match node
        .value
        .scalar()
        .filter(|text| known.contains(&text.as_str()))
    {
        Some(text) => Some(text),
        None => {
            let problem = Problem::new(node.span, format!("wrong `{key}`"))
                .label(format!("expected {}", known.join(" or ")));
            problems.add(if otherwise.is_empty() {
                problem
            } else {
                problem.help(otherwise)
            });
            None
        }
    }
}

fn target(
    to: &Spanned<String>,
    server: Option<Server>,
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Option<Target> {
    let family = one_of(fields, "family", &["ipv4", "ipv6"], "", problems);
    if let Ok(address) = to.value.parse::<IpAddr>() {
        return Some(Target::Address(address.to_canonical()));
    }
    let name = problems.ok(QueryName::parse(&to.value)
        .map_err(|why| Problem::new(to.span, "neither an address nor a domain name").label(why)))?;
    let rtype: QueryType = if family.as_deref() == Some("ipv6") {
        "AAAA"
    } else {
        "A"
    }
    .parse()
    .ok()?;
    let Some(server) = server else {
        let problem = Problem::new(
            to.span,
            "whose answer for this name to trace to is not said",
        );
        problems.add(problem.help("write `resolver: NAME`, or give an address"));
        return None;
    };
    let mut question = dns::Question::new(name, rtype, server);
    question.listen = Duration::ZERO; // a trace starts at the first answer, as any client would
    Some(Target::Name(question))
}

impl Question for Trace {
    fn key(&self) -> String {
        format!("route {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        match &self.target {
            Target::Address(address) => vec![Need::To(*address), Need::icmp(*address)],
            Target::Name(question) if question.rtype.to_string() == "AAAA" => {
                let mut needs = question.needs();
                needs.extend([Need::Ipv6, Need::Icmp6]);
                needs
            }
            Target::Name(question) => {
                let mut needs = question.needs();
                needs.extend([Need::Ipv4, Need::Icmp]);
                needs
            }
        }
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(self.trace(network))
    }
}

impl Trace {
    async fn trace(&self, network: &Network) -> Seen {
        let to = match self.resolve(network).await {
            Ok(to) => to,
            Err(seen) => return seen,
        };
        let mut question = route::Question::new(to);
        question.flows = self.flows;
        question.tries = self.tries;
        question.max_hops = self.max_hops;
        question.timeout = self.timeout;
        let raw = network.engine.trace(&question).await;
        let names = self.names(&raw, network).await;
        let facts = |address| network.atlas.facts(address);
        let mut observation =
            route::describe(&raw, &facts, &names, network.atlas.databases().to_vec());
        if self.written != to.to_string() {
            observation.asked = format!("{} ({})", observation.asked, self.written);
        }
        observation.into()
    }

    /// The address to trace to: of several the smallest, so that one answer means one route.
    async fn resolve(&self, network: &Network) -> Result<IpAddr, Seen> {
        let question = match &self.target {
            Target::Address(address) => return Ok(*address),
            Target::Name(question) => question,
        };
        let seen = network.ask(question).await;
        let addresses = seen.seen["addresses"].as_array().into_iter().flatten();
        let mut found: Vec<IpAddr> = addresses
            .filter_map(|facts| facts["address"].as_str()?.parse().ok())
            .collect();
        found.sort();
        found
            .first()
            .copied()
            .ok_or_else(|| nowhere(&self.written, &seen))
    }

    async fn names(&self, raw: &route::RawTrace, network: &Network) -> Hostnames {
        match &self.hostnames {
            Some(server) => network.hostnames(&route::responders(raw), server).await,
            None => Hostnames::default(),
        }
    }
}

/// There is no address to trace to: what the resolver said stands in its place.
fn nowhere(name: &str, answer: &Seen) -> Seen {
    let status = answer.seen["status"].as_str().unwrap_or("nothing");
    let why = format!(
        "{name} has no address to trace to: {} says {status}",
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
