//! `http:` one request, and all that came back.

mod content;
mod names;
mod reading;

use super::target::{self, At, Probe, Target};
use super::{Cell, Judged, Kind, Question, Seen, Surroundings, expectation};
use crate::keys::{Fields, Key, duration, object, text};
use crate::network::Network;
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use jiff::Timestamp;
use names::Directory;
use netspec_assertions::problem::Problems;
use netspec_assertions::shape::Shape;
use netspec_probes::dns::{Server, Verify};
use netspec_probes::http::{self, Limits, Place};
use netspec_probes::observation::Outcome;
use netspec_probes::tls::Trust;
use serde_json::{Value as Json, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "http",
    about: "Makes one request of one address, and sees the answer, each phase's time, the certificate and every redirect.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<http::Seen>,
    summary: summary::http,
    whole: false,
    details: summary::phases,
    family: Family::Values,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

const SETTINGS: &[Key] = &[
    Key::new(
        "get",
        "The URL to get: http or https. Exactly one method is written.",
        text,
    ),
    Key::new("head", "The URL whose header alone to get.", text),
    Key::new("post", "The URL to post to.", text),
    Key::new("put", "The URL to put to.", text),
    Key::new("patch", "The URL to patch.", text),
    Key::new("delete", "The URL to delete.", text),
    Key::new("options", "The URL whose options to ask for.", text),
    target::RESOLVER,
    target::FAMILY,
    target::ADDRESSES,
    Key::new(
        "address",
        "The address to connect to, whatever any resolver says of the URL's host; SNI, `Host` and the name verified stay the URL's.",
        text,
    ),
    Key::new(
        "host",
        "The name in `Host`, with its port where it has one; the URL's where it is left out.",
        text,
    ),
    Key::new(
        "server-name",
        "Whose certificate it has to be: a name or an address; the URL's host where it is left out.",
        text,
    ),
    Key::new(
        "sni",
        "The name asked for in the clear, or `off`; where it is left out `server-name`, and none where that is an address.",
        text,
    ),
    Key::new(
        "verify",
        "Whom the certificate has to come from: webpki (the authorities Mozilla trusts), system, or a PEM file of authorities beside netspec.yaml. Where it is left out webpki; in the lab, the lab's own authority. Where it does not verify nothing is asked, except with `off`.",
        text,
    ),
    Key::new(
        "version",
        "The version to speak and no other; where it is left out HTTP/2 or HTTP/1.1, as the server chooses.",
        || json!({ "enum": reading::VERSIONS }),
    ),
    Key::new(
        "follow",
        "How many redirects to follow, at most 20; none where it is left out, so that the redirect itself is seen.",
        || json!({ "type": "integer", "minimum": 0, "maximum": 20 }),
    ),
    Key::new(
        "headers",
        "Fields of the request's header by name, each a text or a list of texts. They go before the customary `user-agent`, `accept` and `accept-encoding`; to another host than the URL's a redirect takes none of one's own.",
        content::headers_schema,
    ),
    Key::new("body", "The body, as text.", text),
    Key::new("json", "The body, sent as JSON.", || json!({})),
    Key::new(
        "form",
        "The body, sent as a form: names and values.",
        content::form_schema,
    ),
    Key::new(
        "auth",
        "Who is asking: `{ basic: { user: …, password: … } }` or `{ bearer: … }`. It is never shown, and leaves for no other host.",
        content::auth_schema,
    ),
    Key::new(
        "proxy",
        "The proxy to go through, e.g. http://proxy.example:3128; none where it is left out, whatever the environment says.",
        text,
    ),
    Key::new(
        "timeout",
        "How long all of it may take, redirects and look-ups included; 10s where it is left out. For phases: `{ total: 10s, connect: 2s, tls: 2s, first-byte: 5s, body: 5s }`.",
        timeout_schema,
    ),
    Key::new(
        "read-limit",
        "The most that is read of the body, as it comes and decoded; 1MiB where it is left out, at most 64MiB.",
        || json!({ "type": "string", "pattern": "^[0-9.]+ ?(B|KiB|MiB)$" }),
    ),
    Key::new("expect", "What is expected of the answer.", || {
        schema::expectation(&SHAPE)
    }),
];

const PHASES: &[Key] = &[
    Key::new("total", "For all of it.", duration),
    Key::new(
        "connect",
        "For connecting, and for a proxy's CONNECT.",
        duration,
    ),
    Key::new("tls", "For the handshake of TLS or QUIC.", duration),
    Key::new(
        "first-byte",
        "From the request to the first octet of the answer.",
        duration,
    ),
    Key::new("body", "From there to the last octet.", duration),
];

fn timeout_schema() -> Json {
    json!({ "anyOf": [duration(), object(&[PHASES])] })
}

/// One request, ready to be made.
#[derive(Clone, Debug)]
struct Request {
    asked: http::Question,
    verify: Verify,
    /// The port connected to.
    port: u16,
    /// Where it goes, for what the look-up took.
    target: Target,
    /// Who knows where redirects lead.
    server: Option<Server>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let request = reading::request(fields, around, problems);
    let Some(request) = request else {
        return Vec::new();
    };
    let target = request.target.clone();
    let question: Arc<dyn Question> = Arc::new(At {
        target,
        probe: request,
    });
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged: Judged::Expect(expect.into_iter().collect()),
    }]
}

impl Probe for Request {
    fn needs(&self, _: &Target) -> Vec<Need> {
        Vec::new()
    }

    async fn ask(&self, to: IpAddr, _: &str, network: &Network) -> Seen {
        let trust = match network.trust(&self.verify) {
            Ok(trust) => trust,
            Err(why) => return self.not_asked(why),
        };
        let mut question = self.asked.clone();
        question.trust = trust;
        let place = Place {
            addr: SocketAddr::new(to, self.port),
            looked_up: self.target.took(to, network).await,
        };
        let names = Directory {
            network,
            server: self.server.as_ref(),
            home: (self.asked.url.host(), to),
        };
        http::ask(&question, place, &names, &network.atlas)
            .await
            .into()
    }
}

impl Request {
    fn not_asked(&self, why: String) -> Seen {
        Seen {
            outcome: Outcome::CouldNotAsk(why),
            asked_at: Timestamp::now(),
            asked: self.asked.to_string(),
            seen: json!({}),
        }
    }
}

/// The bounds, where nothing is said of them.
fn limits(total: Option<Duration>) -> Limits {
    let otherwise = Limits::default();
    Limits {
        total: total.unwrap_or(otherwise.total),
        ..otherwise
    }
}

/// Whom to trust is known only where it is asked.
fn nobody() -> Trust {
    Trust::given("nobody", std::iter::empty::<&[u8]>()).unwrap_or_else(|_| Trust::webpki())
}
