//! `dns:` one question to one or several named resolvers.

mod ask;
pub(crate) mod names;
mod rows;

pub(crate) use rows::resolver;

use super::{Cell, Judged, Kind, Question, Surroundings, expectation};
use crate::keys::{Fields, Key, duration, flag, text};
use crate::report::summary;
use crate::schema;
use ask::Named;
use netspec_assertions::expect::Expect;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::relation::RELATIONS;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::{Spanned, Value};
use netspec_probes::dns::{self, QueryName, QueryType, Server};
use rows::{Across, relations, rows};
use serde_json::json;
use std::sync::{Arc, LazyLock};

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "dns",
    about: "Asks one question of one named server and sees the whole answer.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<dns::Seen>,
    summary: summary::dns,
    whole: false,
    details: summary::records,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

const SETTINGS: &[Key] = &[
    Key::required(
        "query",
        "The name to ask for, e.g. `cmmsns.qpic.cn`; always taken as fully qualified.",
        text,
    ),
    Key::new(
        "type",
        "The record type, e.g. A, AAAA, TXT or TYPE65; A where it is left out.",
        text,
    ),
    Key::new(
        "resolver",
        "The resolver to ask: a name from `resolvers`, or an address.",
        text,
    ),
    Key::new(
        "timeout",
        "How long to wait for the answer; 2s where it is left out.",
        duration,
    ),
    Key::new(
        "hostnames",
        "Who is asked for the names of the answer's addresses (PTR): a resolver. Nobody where it is left out.",
        text,
    ),
    Key::new(
        "recursion",
        "Whether to ask for recursion; true where it is left out.",
        flag,
    ),
    Key::new(
        "expect",
        "What is expected of the answer, for every resolver asked.",
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
];

fn by_resolver_schema() -> serde_json::Value {
    json!({ "type": "object", "minProperties": 1, "additionalProperties": schema::expectation(&SHAPE) })
}

fn across_schema() -> serde_json::Value {
    let words: Vec<&str> = RELATIONS.iter().map(|(word, _, _)| *word).collect();
    let relation =
        json!({ "type": "object", "minProperties": 1, "additionalProperties": { "enum": words } });
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": "," }, "additionalProperties": relation })
}

/// What does not differ between the resolvers of one check.
struct Asked {
    name: QueryName,
    rtype: QueryType,
    timeout: Option<std::time::Duration>,
    recursion: Option<bool>,
    hostnames: Option<Server>,
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let asked = asked(fields, around, problems);
    let common = expectation(fields, &SHAPE, problems);
    let rows = rows(fields, around, problems);
    let relations = relations(fields, around, problems);
    let single = single(
        fields,
        around,
        !rows.is_empty() || !relations.is_empty(),
        problems,
    );
    let Some(asked) = asked else {
        return Vec::new();
    };
    let mut cells: Vec<Cell> = single
        .into_iter()
        .map(|(_, server)| asked.cell(None, &server, common.iter().cloned()))
        .collect();
    cells.extend(rows.into_iter().map(|(name, server, own)| {
        asked.cell(Some(name), &server, common.iter().cloned().chain(own))
    }));
    cells.extend(relations.into_iter().map(|relation| asked.across(relation)));
    cells
}

fn asked(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Option<Asked> {
    let name = fields
        .text("query", problems)
        .and_then(|text| query_name(&text, problems));
    let rtype = fields
        .text("type", problems)
        .map(|text| query_type(&text, problems));
    let timeout = fields
        .duration("timeout", problems)
        .or(around.project.timeout);
    let recursion = fields.get("recursion").and_then(|node| match node.value {
        Value::Flag(flag) => Some(flag),
        _ => {
            let problem = Problem::new(node.span, "not true or false");
            problems.add(problem.label("write `true` or `false`"));
            None
        }
    });
    let rtype = rtype.unwrap_or_else(|| "A".parse().ok())?;
    let hostnames = fields.text("hostnames", problems);
    let hostnames = hostnames.and_then(|text| resolver(&text, around, problems));
    Some(Asked {
        name: name?,
        rtype,
        timeout,
        recursion,
        hostnames,
    })
}

fn query_name(text: &Spanned<String>, problems: &mut Problems) -> Option<QueryName> {
    problems.ok(QueryName::parse(&text.value)
        .map_err(|why| Problem::new(text.span, "not a domain name").label(why)))
}

fn query_type(text: &Spanned<String>, problems: &mut Problems) -> Option<QueryType> {
    let read = text.value.parse::<QueryType>();
    problems.ok(read.map_err(|why| Problem::new(text.span, "not a record type").label(why)))
}

/// The one resolver of a check without rows: its own, or the project's.
fn single(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    rows: bool,
    problems: &mut Problems,
) -> Option<(String, Server)> {
    if let Some(written) = fields.text("resolver", problems) {
        if rows {
            let problem = Problem::new(written.span, "`resolver` beside rows that name theirs");
            problems.add(problem.help("leave one of the two out"));
            return None;
        }
        return resolver(&written, around, problems).map(|server| (written.value, server));
    }
    if rows || !fields.lacks("resolver") || !fields.lacks("by-resolver") {
        return None;
    }
    let default = around.project.default_resolver(around.resolvers);
    if default.is_none() {
        let problem = Problem::new(fields.span, "whom to ask is not said");
        problems.add(
            problem
                .help("write `resolver: NAME`, or `defaults: { resolver: NAME }` in netspec.yaml"),
        );
    }
    default
}

impl Asked {
    fn question(&self, server: &Server) -> Arc<dyn Question> {
        let mut question = dns::Question::new(self.name.clone(), self.rtype, server.clone());
        if let Some(timeout) = self.timeout {
            question.timeout = timeout;
        }
        if let Some(recursion) = self.recursion {
            question.recursion = recursion;
        }
        match self.hostnames.clone() {
            Some(hostnames) => Arc::new(Named {
                question,
                hostnames,
            }),
            None => Arc::new(question),
        }
    }

    fn cell(
        &self,
        name: Option<String>,
        server: &Server,
        expects: impl Iterator<Item = Arc<Expect>>,
    ) -> Cell {
        let questions = vec![(name.clone().unwrap_or_default(), self.question(server))];
        Cell {
            name,
            questions,
            judged: Judged::Expect(expects.collect()),
        }
    }

    fn across(&self, across: Across) -> Cell {
        let names: Vec<&str> = across.sides.iter().map(|(name, _)| name.as_str()).collect();
        let name = Some(names.join(", "));
        let questions = across
            .sides
            .iter()
            .map(|(name, server)| (name.clone(), self.question(server)))
            .collect();
        Cell {
            name,
            questions,
            judged: Judged::Relate(across.relations),
        }
    }
}
