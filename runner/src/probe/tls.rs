//! `tls:` one handshake with one address, and all that the server shows of itself.

pub(crate) mod reading;

use super::target::{self, At, Probe, Target};
use super::{Cell, Judged, Kind, Question, Seen, Surroundings, endpoint, expectation};
use crate::keys::{Fields, Key, duration, object, text, texts};
use crate::network::Network;
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use jiff::Timestamp;
use netspec_assertions::problem::Problems;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Spanned;
use netspec_probes::dns::Verify;
use netspec_probes::observation::Outcome;
use netspec_probes::tls::{self, Offer, Sni, Starttls, Version, Versions};
use serde_json::{Value as Json, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "tls",
    about: "Shakes hands with one address, and sees versions, keys and certificates, be they good or not.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<tls::Probed>,
    summary: summary::tls,
    whole: false,
    details: summary::certificates,
    family: Family::Values,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

const SETTINGS: &[Key] = &[
    endpoint::CONNECT,
    target::RESOLVER,
    target::FAMILY,
    target::ADDRESSES,
    Key::new(
        "server-name",
        "Whose certificate it has to be: a name or an address; the host of `connect` where it is left out.",
        text,
    ),
    Key::new(
        "sni",
        "The name asked for in the clear, or `off`; where it is left out `server-name`, and none where that is an address.",
        text,
    ),
    Key::new(
        "verify",
        "Whom its certificate has to come from: webpki (the authorities Mozilla trusts), system, or a PEM file of authorities beside netspec.yaml. Where it is left out webpki; in the lab, the lab's own authority. Whatever comes of it, the handshake goes on and all is seen.",
        || json!({ "type": "string", "minLength": 1, "not": { "const": "off" } }),
    ),
    Key::new(
        "alpn",
        "The protocols to offer above TLS, the preferred one first, e.g. `[h2, http/1.1]`; none where it is left out.",
        texts,
    ),
    Key::new(
        "versions",
        "The versions to offer: `{ at-least: TLS1.2, at-most: TLS1.2 }`; TLS 1.2 and TLS 1.3 where it is left out.",
        || object(&[VERSIONS]),
    ),
    Key::new(
        "try-versions",
        "Versions to offer one by one, each on a connection of its own, so that `accepts` and `refuses` can be expected, e.g. `[TLS1.0, TLS1.1]`.",
        || json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": { "enum": VERSION_WORDS } }),
    ),
    Key::new(
        "starttls",
        "The protocol that begins in the clear and is asked for TLS: smtp, imap or postgres.",
        || json!({ "enum": STARTTLS_WORDS }),
    ),
    Key::new(
        "timeout",
        "How long to wait for the connection, and then for the handshake; 5s where it is left out.",
        duration,
    ),
    Key::new("expect", "What is expected of the server.", || {
        schema::expectation(&SHAPE)
    }),
];

const VERSIONS: &[Key] = &[
    Key::new(
        "at-least",
        "The oldest; TLS1.2 where it is left out.",
        offered_schema,
    ),
    Key::new(
        "at-most",
        "The newest; TLS1.3 where it is left out.",
        offered_schema,
    ),
];

const VERSION_WORDS: [&str; 5] = ["SSL3", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"];
const OFFERED_WORDS: [&str; 2] = ["TLS1.2", "TLS1.3"];
const STARTTLS_WORDS: [&str; 3] = ["smtp", "imap", "postgres"];

fn offered_schema() -> Json {
    json!({ "enum": OFFERED_WORDS })
}

/// One handshake, ready to be made.
#[derive(Clone, Debug)]
struct Shake {
    port: u16,
    server_name: Option<String>,
    sni: Sni,
    verify: Verify,
    alpn: Vec<Vec<u8>>,
    versions: Versions,
    try_versions: Vec<Version>,
    starttls: Option<Starttls>,
    timeout: Option<Duration>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let shake = reading::shake(fields, around, problems);
    let Some((target, port)) = endpoint::read(fields, around, problems) else {
        return Vec::new();
    };
    let probe = Shake { port, ..shake };
    let question: Arc<dyn Question> = Arc::new(At { target, probe });
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged: Judged::Expect(expect.into_iter().collect()),
    }]
}

impl Probe for Shake {
    fn needs(&self, _: &Target) -> Vec<Need> {
        Vec::new()
    }

    async fn ask(&self, to: IpAddr, written: &str, network: &Network) -> Seen {
        let to = SocketAddr::new(to, self.port);
        let called = endpoint::called(to.ip(), written);
        match self.question(to, written, network) {
            Ok(question) => {
                let mut observation = tls::ask(&question, &network.atlas).await;
                observation.asked += &called;
                observation.into()
            }
            Err(why) => Seen {
                outcome: Outcome::CouldNotAsk(why),
                asked_at: Timestamp::now(),
                asked: format!("tls://{to}{called}"),
                seen: json!({}),
            },
        }
    }
}

impl Shake {
    fn question(
        &self,
        to: SocketAddr,
        written: &str,
        network: &Network,
    ) -> Result<tls::Question, String> {
        let written = Spanned::new(written.to_owned(), Default::default());
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => reading::host_name(&written)
                .map_err(|_| format!("{} is no host name", written.value))?,
        };
        let name =
            tls::server_name(&name).ok_or_else(|| format!("{name} is no name of a server"))?;
        let mut offer = Offer::new(name, network.trust(&self.verify)?);
        offer.sni = self.sni.clone();
        offer.alpn.clone_from(&self.alpn);
        offer.versions = self.versions;
        let mut question = tls::Question::new(to, offer);
        question.starttls = self.starttls;
        question.try_versions.clone_from(&self.try_versions);
        question.timeout = self.timeout.unwrap_or(question.timeout);
        Ok(question)
    }
}
