//! `route:` the routers on the way to an address.

use super::target::{self, At, Probe, Target};
use super::{Cell, Judged, Kind, Question, Seen, Surroundings, Variant, expectation};
use crate::keys::{Fields, Key, duration, flag, text};
use crate::network::{Hostnames, Network};
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::expect::Expect;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Field, Shape};
use netspec_assertions::written::{Node, Value};
use netspec_probes::dns::Server;
use netspec_probes::route;
use serde_json::json;
use std::net::IpAddr;
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
    family: Family::Route,
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
    target::RESOLVER,
    target::FAMILY,
    target::ADDRESSES,
    Key::new(
        "probe",
        "What is sent: icmp (where it is left out), udp (to port 33434, or { udp: PORT }), or { tcp: PORT }, the first packet of a connection. A UDP or TCP flow keeps its ports.",
        protocols,
    ),
    Key::new(
        "flows",
        "How many flows: one flow is one path through load balancers. 1 where it is left out, at most 64; all: as many as it takes to find every router that load is balanced over.",
        || json!({ "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 64 }, { "enum": ["all"] }] }),
    ),
    Key::new(
        "confidence",
        "With flows: all, how sure it is to be, behind each router, that none of the next is missed: 95% (where it is left out), 99% or 99.9%.",
        || json!({ "enum": CONFIDENCES }),
    ),
    Key::new(
        "tries",
        "How many answers to ask of each hop; 3 where it is left out, 1 for TCP, whose probes go one after the other. With several flows, of the first; the others ask for one.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 10 }),
    ),
    Key::new(
        "silence",
        "Whether hops that answer some probes and not others are asked on with pauses, for some ten seconds at most, to tell a limit on their answers from loss; a check that expects something of `silence` does so without it.",
        flag,
    ),
    Key::new(
        "path-mtu",
        "Whether to look for the largest packet that comes through uncut, by echo requests of the first flow, and for the hops that refuse larger ones; a check that expects something of `path-mtu`, `mtu` or `black-hole` does so without it. With `probe: icmp` only.",
        flag,
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

fn protocols() -> serde_json::Value {
    let port = json!({ "type": "integer", "minimum": 1, "maximum": 65535 });
    let one = |word: &str| json!({ "type": "object", "properties": { word: port }, "required": [word], "additionalProperties": false });
    json!({ "anyOf": [{ "enum": ["icmp", "udp"] }, one("udp"), one("tcp")] })
}

/// One trace, ready to be made.
#[derive(Clone, Debug)]
struct Trace {
    protocol: route::Protocol,
    flows: u16,
    enumerate_ppm: Option<u32>,
    explain_silence: bool,
    path_mtu: bool,
    tries: u8,
    first_hop: u8,
    max_hops: u8,
    timeout: Duration,
    hostnames: Option<Server>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let Some(question) = question(fields, around, expect.as_deref(), problems) else {
        return Vec::new();
    };
    let question: Arc<dyn Question> = Arc::new(question);
    let judged = Judged::Expect(expect.into_iter().collect());
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged,
    }]
}

fn question(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    expect: Option<&Expect>,
    problems: &mut Problems,
) -> Option<At<Trace>> {
    let protocol = protocol(fields, problems);
    let enumerate_ppm = enumeration(fields, problems);
    let flows = match enumerate_ppm {
        Some(_) => 1,
        None => fields.number("flows", 1, 64, problems).unwrap_or(1),
    };
    let usual_tries = match protocol {
        route::Protocol::Tcp(_) => 1,
        route::Protocol::Icmp | route::Protocol::Udp(_) => 3,
    };
    let tries = fields
        .number("tries", 1, 10, problems)
        .unwrap_or(usual_tries);
    let speaks_of = |words: &[&str]| expect.is_some_and(|expect| expect.speaks_of(words));
    let explain_silence = fields.flag("silence", problems);
    let path_mtu = fields.flag("path-mtu", problems);
    let path_mtu = path_mtu.unwrap_or_else(|| speaks_of(&["path-mtu", "mtu", "black-hole"]));
    if path_mtu && protocol != route::Protocol::Icmp {
        refuse_mtu(fields, problems);
    }
    let max_hops = fields.number("max-hops", 1, 255, problems).unwrap_or(30);
    let timeout = fields
        .duration("timeout", problems)
        .or(around.project.timeout)
        .unwrap_or(Duration::from_secs(2));
    let hostnames = match fields.text("hostnames", problems) {
        Some(text) if text.value == "off" => None,
        Some(text) => super::dns::resolver(&text, around, problems),
        None => target::server(fields, around, &mut Problems::default()),
    };
    let to = fields.text("to", problems)?;
    let target = Target::read(&to, fields, around, problems)?;
    let probe = Trace {
        protocol,
        flows: u16::try_from(flows).ok()?,
        enumerate_ppm,
        path_mtu,
        explain_silence: explain_silence.unwrap_or_else(|| speaks_of(&["silence"])),
        tries: u8::try_from(tries).ok()?,
        first_hop: 1,
        max_hops: u8::try_from(max_hops).ok()?,
        timeout,
        hostnames,
    };
    Some(At { target, probe })
}

fn refuse_mtu(fields: &Fields<'_>, problems: &mut Problems) {
    let span = ["path-mtu", "probe"]
        .iter()
        .find_map(|key| fields.key_span(key));
    let why = "the path MTU is found by echo requests, which is `probe: icmp`";
    if let Some(span) = span {
        let problem = Problem::new(span, why);
        problems.add(problem.help("ask for it in a check of its own, without `probe`"));
    }
}

const CONFIDENCES: [&str; 3] = ["95%", "99%", "99.9%"];

/// Where every router is to be found, the chance of missing one, in parts per million.
fn enumeration(fields: &Fields<'_>, problems: &mut Problems) -> Option<u32> {
    let all = fields.get("flows").and_then(|node| node.value.scalar());
    let confidence = target::one_of(fields, "confidence", &CONFIDENCES, "", problems);
    if all.as_deref() != Some("all") {
        if let Some(span) = fields.key_span("confidence") {
            let problem = Problem::new(span, "`confidence` is that of `flows: all`");
            problems.add(problem.help("write `flows: all`, or leave `confidence` out"));
        }
        return None;
    }
    Some(match confidence.as_deref() {
        Some("99.9%") => 1_000,
        Some("99%") => 10_000,
        _ => 50_000,
    })
}

/// What is sent: a word, or a protocol with its port.
fn protocol(fields: &Fields<'_>, problems: &mut Problems) -> route::Protocol {
    let Some(node) = fields.get("probe") else {
        return route::Protocol::Icmp;
    };
    let found = match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [only] => with_port(&only.key.value, &only.value),
            _ => None,
        },
        _ => match node.value.scalar().as_deref() {
            Some("icmp") => Some(route::Protocol::Icmp),
            Some("udp") => Some(route::Protocol::Udp(route::USUAL_UDP_PORT)),
            _ => None,
        },
    };
    found.unwrap_or_else(|| {
        let problem = Problem::new(node.span, "wrong `probe`");
        problems.add(
            problem
                .label("expected icmp, udp, { udp: PORT } or { tcp: PORT }")
                .help("write for example `probe: { tcp: 443 }`"),
        );
        route::Protocol::Icmp
    })
}

fn with_port(word: &str, port: &Node) -> Option<route::Protocol> {
    let port: u16 = port.value.scalar()?.parse().ok()?;
    match word {
        _ if port == 0 => None,
        "udp" => Some(route::Protocol::Udp(port)),
        "tcp" => Some(route::Protocol::Tcp(port)),
        _ => None,
    }
}

impl Probe for Trace {
    fn needs(&self, target: &Target) -> Vec<Need> {
        let families = target.families();
        match self.protocol {
            route::Protocol::Icmp => families.into_iter().map(Need::icmp_of).collect(),
            // Sockets anybody may open.
            route::Protocol::Udp(_) | route::Protocol::Tcp(_) => Vec::new(),
        }
    }

    fn variant(&self, variant: &Variant) -> Option<Self> {
        let Variant::Hops { hops, flows, tries } = variant else {
            return None;
        };
        Some(Self {
            first_hop: *hops.start(),
            max_hops: (*hops.end()).min(self.max_hops),
            flows: *flows,
            tries: *tries,
            enumerate_ppm: None,
            explain_silence: false,
            path_mtu: false,
            hostnames: None,
            ..self.clone()
        })
    }

    async fn ask(&self, to: IpAddr, written: &str, network: &Network) -> Seen {
        let mut question = route::Question::new(to);
        question.protocol = self.protocol;
        question.flows = self.flows;
        question.enumerate_ppm = self.enumerate_ppm;
        question.path_mtu = self.path_mtu;
        question.explain_silence = self.explain_silence;
        question.tries = self.tries;
        question.first_hop = self.first_hop;
        question.max_hops = self.max_hops;
        question.timeout = self.timeout;
        let raw = network.engine.trace(&question).await;
        let names = self.names(&raw, network).await;
        let facts = |address| network.atlas.facts(address);
        let mut observation =
            route::describe(&raw, &facts, &names, network.atlas.databases().to_vec());
        if written != to.to_string() {
            observation.asked = format!("{} ({written})", observation.asked);
        }
        observation.into()
    }
}

impl Trace {
    async fn names(&self, raw: &route::RawTrace, network: &Network) -> Hostnames {
        match &self.hostnames {
            Some(server) => network.hostnames(&route::responders(raw), server).await,
            None => Hostnames::default(),
        }
    }
}
