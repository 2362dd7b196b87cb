//! The kinds of probe: one file and one row each. A kind reads its settings, says what can be seen, and makes questions.

pub mod dns;
mod endpoint;
pub mod exec;
pub mod http;
pub mod ping;
pub mod route;
pub mod target;
pub mod tcp;
pub mod tls;

use crate::keys::{Fields, Key};
use crate::network::Network;
use crate::normal::Family;
use crate::project::Project;
use crate::requirement::Need;
use crate::resolver::Resolvers;
use jiff::Timestamp;
use netspec_assertions::expect::{self, Expect};
use netspec_assertions::problem::Problems;
use netspec_assertions::relation::Relation;
use netspec_assertions::select::Selector;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Spanned;
use netspec_probes::dns::Server;
use netspec_probes::observation::{Observation, Outcome};
use serde::Serialize;
use serde_json::Value;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;

/// Every kind of probe there is.
#[rustfmt::skip] // a row a line, so that rows come and go by themselves
pub static KINDS: &[Kind] = &[
    dns::KIND,
    ping::KIND,
    route::KIND,
    tcp::KIND,
    tls::KIND,
    http::KIND,
    exec::KIND,
];

/// A kind of probe.
#[derive(Debug)]
pub struct Kind {
    /// The key in a check.
    pub name: &'static str,
    /// What it asks, one sentence.
    pub about: &'static str,
    /// What can be set beside `expect`.
    pub settings: &'static [Key],
    /// What can be seen, in the words of an expectation.
    pub shape: fn() -> &'static Shape,
    /// The JSON Schema of what is seen, as `--json` writes it.
    pub seen_schema: fn() -> Value,
    /// What was seen in a line or two.
    pub summary: fn(&Value) -> Vec<String>,
    /// Whether what was seen is read as a whole, so that a failure shows all of it: a route, and not an answer.
    pub whole: bool,
    /// All that was seen as a table for people.
    pub details: fn(&Value) -> Vec<Vec<String>>,
    /// Which rules know whether what is seen is a change.
    pub family: Family,
    /// Reads one check's probe into the tests it makes.
    pub read: fn(&Fields<'_>, &Surroundings<'_>, &mut Problems) -> Vec<Cell>,
}

/// What a check is read among.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The project's file.
    pub project: &'a Project,
    /// The resolvers by name: the project's, overlaid by the scenario's.
    pub resolvers: &'a Resolvers,
    /// Names under `resolvers:` whose server cannot be used, which has been said there.
    pub unusable: &'a [String],
}

/// One test that a check makes: what is asked, and what is expected of what is seen.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What tells it from the check's other tests, e.g. the resolver's name.
    pub name: Option<String>,
    /// The questions, each with the name of its side; more than one only where sides are compared.
    pub questions: Vec<Side>,
    /// What is expected.
    pub judged: Judged,
}

/// What is expected of what is seen.
#[derive(Clone, Debug)]
pub enum Judged {
    /// Each of these of everything seen, one side by itself.
    Expect(Vec<Arc<Expect>>),
    /// These relations between what the sides saw.
    Relate(Vec<(Selector, Spanned<Relation>)>),
}

/// A question, ready to be put.
pub trait Question: std::fmt::Debug + Send + Sync {
    /// Two questions with the same key are the same question and are asked once a run.
    fn key(&self) -> String;
    /// What this machine must have for it.
    fn needs(&self) -> Vec<Need>;
    /// Asks.
    fn ask<'a>(&'a self, network: &'a Network) -> Asking<'a, Seen>;
    /// The same question put in another way, to find out more about what it saw; nothing where there is no such way.
    fn variant(&self, _: &Variant) -> Option<Arc<dyn Question>> {
        None
    }
    /// The name it asks about and whom, where it is a question of a name.
    fn name(&self) -> Option<(String, &Server)> {
        None
    }
    /// The questions it stands for, where that is known only once something was asked: one for each address of a name.
    /// None where it stands for itself.
    fn spread<'a>(&'a self, _: &'a Network) -> Asking<'a, Vec<Side>> {
        Box::pin(async { Vec::new() })
    }
}

/// Another way to put a question.
#[derive(Clone, Debug)]
pub enum Variant {
    /// Over TCP, which nobody on the way answers as easily as UDP.
    OverTcp,
    /// Of another server.
    Of(Server),
    /// Only these distances, with so many flows, each so often.
    Hops {
        /// The distances.
        hops: RangeInclusive<u8>,
        /// How many flows.
        flows: u16,
        /// How many answers each is asked for.
        tries: u8,
    },
}

/// What asking comes to.
pub type Asking<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A question with the name of its side.
pub type Side = (String, Arc<dyn Question>);

/// What came back, in the vocabulary.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// How asking ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// When.
    pub asked_at: Timestamp,
    /// What was asked of whom.
    pub asked: String,
    /// What was seen, as JSON.
    pub seen: Value,
}

impl<T: Serialize> From<Observation<T>> for Seen {
    fn from(observation: Observation<T>) -> Self {
        let seen = serde_json::to_value(&observation.seen).unwrap_or_default();
        Self {
            outcome: observation.outcome,
            asked_at: observation.asked_at,
            asked: observation.asked,
            seen,
        }
    }
}

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The `expect` of a probe.
fn expectation(fields: &Fields<'_>, shape: &Shape, problems: &mut Problems) -> Option<Arc<Expect>> {
    expect::read(fields.get("expect")?, shape, problems).map(Arc::new)
}
