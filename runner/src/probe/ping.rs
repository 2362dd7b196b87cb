//! `ping:` whether an address echoes, how fast and how steadily.

use super::target::{self, At, Probe, Target};
use super::{Cell, Judged, Kind, Question, Seen, Surroundings, expectation};
use crate::keys::{Fields, Key, bytes, duration, flag, text};
use crate::network::{Hostnames, Network};
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::expect::Expect;
use netspec_assertions::problem::Problems;
use netspec_assertions::shape::Shape;
use netspec_probes::dns::Server;
use netspec_probes::observation::Outcome;
use netspec_probes::ping::{self, Pinger};
use serde_json::json;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "ping",
    about: "Asks an address for echoes: loss, round trips, who answers, and how large a packet may be.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<ping::Seen>,
    summary: summary::ping,
    whole: false,
    details: summary::echoes,
    family: Family::Values,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

const MOST_COUNT: u32 = 1000;
const LEAST_INTERVAL: Duration = Duration::from_millis(10);

const SETTINGS: &[Key] = &[
    Key::required("to", "Whom to ask: a name or an address.", text),
    target::RESOLVER,
    target::FAMILY,
    target::ADDRESSES,
    Key::new(
        "count",
        "How many echoes to ask for; 5 where it is left out.",
        || json!({ "type": "integer", "minimum": 1, "maximum": MOST_COUNT }),
    ),
    Key::new(
        "interval",
        "The time between two requests, at least 10ms; 200ms where it is left out. Longer where the run's own pace is slower.",
        duration,
    ),
    Key::new(
        "size",
        "The payload of a request, after the headers of IP and ICMP; 56B where it is left out, 24B at least.",
        bytes,
    ),
    Key::new(
        "df",
        "Whether nobody may cut the packets into fragments, neither a router nor this machine; false where it is left out.",
        flag,
    ),
    Key::new(
        "ttl",
        "The TTL or hop limit requests leave with; 64 where it is left out.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 255 }),
    ),
    Key::new(
        "path-mtu",
        "Whether to look for the largest packet that is echoed uncut; a check that expects something of `path-mtu`, `too-big` or `black-hole` does so without it.",
        flag,
    ),
    Key::new(
        "timeout",
        "How long each echo is waited for; 2s where it is left out.",
        duration,
    ),
    Key::new(
        "hostnames",
        "Who is asked for the names of those who answer: a resolver, or `off`. Where it is left out, the check's resolver.",
        text,
    ),
    Key::new("expect", "What is expected of the echoes.", || {
        schema::expectation(&SHAPE)
    }),
];

/// Some echo requests, ready to be sent.
#[derive(Clone, Debug)]
struct Ping {
    count: u16,
    interval: Duration,
    size_bytes: u16,
    dont_fragment: bool,
    ttl: u8,
    path_mtu: bool,
    timeout: Duration,
    hostnames: Option<Server>,
    /// Something is expected of the loss, so that silence is an answer.
    minds_loss: bool,
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
) -> Option<At<Ping>> {
    let usual = ping::Question::new(IpAddr::from([0; 4]));
    let (least, most) = (ping::LEAST_SIZE_BYTES, ping::MOST_SIZE_BYTES);
    let count = fields.number("count", 1, MOST_COUNT, problems);
    let interval = fields.duration("interval", problems);
    let size_bytes = fields.bytes("size", (least.into(), most.into()), problems);
    let ttl = fields.number("ttl", 1, 255, problems);
    let wanted = fields.flag("path-mtu", problems);
    let timeout = fields
        .duration("timeout", problems)
        .or(around.project.timeout);
    let speaks_of = |words: &[&str]| expect.is_some_and(|expect| expect.speaks_of(words));
    let probe = Ping {
        count: count.map_or(usual.count, |count| count as u16),
        interval: interval.unwrap_or(usual.interval).max(LEAST_INTERVAL),
        size_bytes: size_bytes.map_or(usual.size_bytes, |size| size as u16),
        dont_fragment: fields.flag("df", problems).unwrap_or(false),
        ttl: ttl.map_or(usual.ttl, |ttl| ttl as u8),
        path_mtu: wanted.unwrap_or_else(|| speaks_of(&["path-mtu", "too-big", "black-hole"])),
        timeout: timeout.unwrap_or(usual.timeout),
        hostnames: hostnames(fields, around, problems),
        minds_loss: speaks_of(&["loss", "received"]),
    };
    let to = fields.text("to", problems)?;
    let target = Target::read(&to, fields, around, problems)?;
    Some(At { target, probe })
}

fn hostnames(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Server> {
    match fields.text("hostnames", problems) {
        Some(text) if text.value == "off" => None,
        Some(text) => super::dns::resolver(&text, around, problems),
        None => target::server(fields, around, &mut Problems::default()),
    }
}

impl Probe for Ping {
    fn needs(&self, target: &Target) -> Vec<Need> {
        // Elsewhere the system says when it is asked.
        match cfg!(target_os = "linux") {
            true => target.families().into_iter().map(Need::icmp_of).collect(),
            false => Vec::new(),
        }
    }

    async fn ask(&self, to: IpAddr, written: &str, network: &Network) -> Seen {
        let raw = network.engine.ping(&self.to(to)).await;
        let names = match &self.hostnames {
            Some(server) => network.hostnames(&ping::responders(&raw), server).await,
            None => Hostnames::default(),
        };
        let facts = |address| network.atlas.facts(address);
        let databases = network.atlas.databases().to_vec();
        let mut observation = ping::describe(&raw, &facts, &names, databases);
        if self.minds_loss && matches!(observation.outcome, Outcome::NoAnswer(_)) {
            observation.outcome = Outcome::Answered;
        }
        if written != to.to_string() {
            observation.asked = format!("{} ({written})", observation.asked);
        }
        observation.into()
    }
}

impl Ping {
    fn to(&self, to: IpAddr) -> ping::Question {
        ping::Question {
            to,
            count: self.count,
            interval: self.interval,
            size_bytes: self.size_bytes,
            dont_fragment: self.dont_fragment,
            ttl: self.ttl,
            timeout: self.timeout,
            path_mtu: self.path_mtu,
        }
    }
}
