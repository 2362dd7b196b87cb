//! `tcp:` one connection to one address, and a conversation over it.

mod dialogue;

use super::target::{self, At, Probe, Target};
use super::{Cell, Judged, Kind, Question, Seen, Surroundings, endpoint, expectation};
use crate::keys::{Fields, Key, duration};
use crate::network::Network;
use crate::normal::Family;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::problem::Problems;
use netspec_assertions::shape::Shape;
use netspec_probes::tcp::{self, Step};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "tcp",
    about: "Connects to one port of one address, and says and waits for what it is told to.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<tcp::Seen>,
    summary: summary::tcp,
    whole: false,
    details: summary::steps,
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
        "timeout",
        "How long to wait for the connection, and then in each step of the conversation; 5s where it is left out.",
        duration,
    ),
    Key::new(
        "send",
        "What to say once connected: `{ text: \"…\" }` or `{ hex: 16f10400 }`. What is said back is heard until it is quiet for half a second, or what `wait-for` says.",
        dialogue::bytes_schema,
    ),
    Key::new(
        "wait-for",
        "What to wait for, after `send` where both are there: `{ text: \"220 \" }`, `{ hex: 16f104 }`, `{ matches: REGEX }`, `{ size: 4B }`, `{ quiet: 500ms }` (something, and then nothing for so long) or `{ close: true }`.",
        dialogue::awaited_schema,
    ),
    Key::new(
        "dialogue",
        "A conversation of several steps in place of `send` and `wait-for`: a list, each step one of the two. It ends at the first step that does not come about.",
        dialogue::schema,
    ),
    Key::new(
        "read-limit",
        "The most that is read of the whole conversation; 64KiB where it is left out, at most 1MiB.",
        dialogue::size_schema,
    ),
    Key::new("expect", "What is expected of the connection.", || {
        schema::expectation(&SHAPE)
    }),
];

/// One connection, ready to be made.
#[derive(Clone, Debug)]
struct Connect {
    port: u16,
    dialogue: Vec<Step>,
    timeout: Option<Duration>,
    most_bytes: Option<usize>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let expect = expectation(fields, &SHAPE, problems);
    let dialogue = dialogue::read(fields, problems);
    let timeout = fields.duration("timeout", problems);
    let timeout = timeout.or(around.project.timeout);
    let most_bytes = dialogue::size(fields, "read-limit", 1 << 20, problems);
    let Some((target, port)) = endpoint::read(fields, around, problems) else {
        return Vec::new();
    };
    let probe = Connect {
        port,
        dialogue,
        timeout,
        most_bytes,
    };
    let question: Arc<dyn Question> = Arc::new(At { target, probe });
    vec![Cell {
        name: None,
        questions: vec![(String::new(), question)],
        judged: Judged::Expect(expect.into_iter().collect()),
    }]
}

impl Probe for Connect {
    fn needs(&self, _: &Target) -> Vec<Need> {
        Vec::new()
    }

    async fn ask(&self, to: IpAddr, written: &str, network: &Network) -> Seen {
        let mut question = tcp::Question::new(SocketAddr::new(to, self.port));
        question.dialogue.clone_from(&self.dialogue);
        question.timeout = self.timeout.unwrap_or(question.timeout);
        question.most_bytes = self.most_bytes.unwrap_or(question.most_bytes);
        let mut observation = tcp::ask(&question, &network.atlas).await;
        observation.asked += &endpoint::called(to, written);
        observation.into()
    }
}
