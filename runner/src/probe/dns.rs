//! `dns:` one question to one or several named resolvers.

use super::{Cell, Judged, Kind, Question, Seen, Surroundings, expectation};
use crate::keys::{Fields, Key, duration, flag, text};
use crate::network::Network;
use crate::report::summary;
use crate::requirement::Need;
use crate::schema;
use netspec_assertions::expect::{self, Expect};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::relation::{RELATIONS, Relation};
use netspec_assertions::select::Selector;
use netspec_assertions::shape::Shape;
use netspec_assertions::suggest;
use netspec_assertions::written::{Entry, Node, Spanned, Value};
use netspec_probes::dns::{self, QueryName, QueryType, Server};
use serde_json::{Value as Json, json};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
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

/// A resolver by name or address.
pub(super) fn resolver(
    text: &Spanned<String>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Server> {
    if let Some(server) = around.resolvers.get(&text.value) {
        return Some(*server);
    }
    if around.unusable.contains(&text.value) {
        return None;
    }
    let known: Vec<&str> = around.resolvers.keys().map(String::as_str).collect();
    let looks_like_address = text.value.contains("://")
        || text
            .value
            .starts_with(|c: char| c.is_ascii_digit() || c == '[');
    let read = match text.value.parse::<Server>() {
        Ok(server) => Ok(server),
        Err(why) if looks_like_address => Err(Problem::new(text.span, "not a resolver").label(why)),
        Err(_) => {
            let problem =
                Problem::new(text.span, format!("no resolver is called `{}`", text.value));
            Err(problem.help(match known.is_empty() {
                true => "name it under `resolvers:`, e.g. `cloudflare: 1.1.1.1`".to_owned(),
                false => suggest::remedy(&text.value, &known),
            }))
        }
    };
    problems.ok(read)
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

type Row = (String, Server, Option<Arc<Expect>>);

fn rows(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for entry in mapping(fields.get("by-resolver"), "by-resolver", problems) {
        let expect = expect::read(&entry.value, &SHAPE, problems).map(Arc::new);
        for (name, server) in names(&entry.key, around, problems) {
            if rows.iter().any(|(other, _, _)| *other == name) {
                problems.add(
                    Problem::new(entry.key.span, format!("`{name}` has two rows"))
                        .help("put both into one"),
                );
            }
            rows.push((name, server, expect.clone()));
        }
    }
    rows
}

fn mapping<'n>(node: Option<&'n Node>, what: &str, problems: &mut Problems) -> &'n [Entry] {
    match node.map(|node| (&node.value, node.span)) {
        None => &[],
        Some((Value::Map(entries), _)) if !entries.is_empty() => entries,
        Some((_, span)) => {
            let problem = Problem::new(span, format!("`{what}` says nothing"));
            problems.add(problem.help(format!(
                "write rows like `cloudflare: {{ … }}` under `{what}`"
            )));
            &[]
        }
    }
}

/// The resolvers named in a row's key, with commas between.
fn names(
    key: &Spanned<String>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<(String, Server)> {
    let names = key
        .value
        .split(',')
        .map(|name| Spanned::new(name.trim().to_owned(), key.span));
    names
        .filter_map(|name| resolver(&name, around, problems).map(|server| (name.value, server)))
        .collect()
}

/// Some resolvers and what is expected between them.
struct Across {
    sides: Vec<(String, Server)>,
    relations: Vec<(Selector, Spanned<Relation>)>,
}

fn relations(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<Across> {
    let mut all = Vec::new();
    for entry in mapping(fields.get("across-resolvers"), "across-resolvers", problems) {
        let sides = names(&entry.key, around, problems);
        if entry.key.value.split(',').count() < 2 {
            let problem = Problem::new(
                entry.key.span,
                "one resolver alone has nothing to be compared with",
            );
            problems.add(
                problem.help("name two or more: `\"cloudflare, baidu\": { addresses: disjoint }`"),
            );
        }
        let written = mapping(Some(&entry.value), "across-resolvers", problems);
        let relations = written
            .iter()
            .filter_map(|entry| relation(entry, problems))
            .collect();
        all.push(Across { sides, relations });
    }
    all
}

fn relation(entry: &Entry, problems: &mut Problems) -> Option<(Selector, Spanned<Relation>)> {
    let selector = Selector::parse(&entry.key.value, &SHAPE)
        .map_err(|(message, help)| Problem::new(entry.key.span, message).help(help));
    let selector = problems.ok(selector)?;
    let word = crate::keys::scalar(&entry.value, problems)?;
    let known: Vec<&str> = RELATIONS.iter().map(|(word, _, _)| *word).collect();
    let Some((_, relation, _)) = RELATIONS.iter().find(|(known, _, _)| *known == word.value) else {
        let problem = Problem::new(word.span, format!("unknown relation `{}`", word.value));
        problems.add(problem.help(suggest::remedy(&word.value, &known)));
        return None;
    };
    Some((selector, Spanned::new(*relation, word.span)))
}

impl Asked {
    fn question(&self, server: &Server) -> Arc<dyn Question> {
        let mut question = dns::Question::new(self.name.clone(), self.rtype, *server);
        if let Some(timeout) = self.timeout {
            question.timeout = timeout;
        }
        if let Some(recursion) = self.recursion {
            question.recursion = recursion;
        }
        match self.hostnames {
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

impl Question for dns::Question {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        vec![Need::family(self.server.addr.ip())]
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(async move { dns::ask(self, &network.atlas).await.into() })
    }
}

/// A question whose answer's addresses are looked up in turn.
#[derive(Clone, Debug)]
struct Named {
    question: dns::Question,
    hostnames: Server,
}

impl Question for Named {
    fn key(&self) -> String {
        format!("dns {self:?}")
    }

    fn needs(&self) -> Vec<Need> {
        let asked = self.hostnames.addr.ip();
        [self.question.needs(), vec![Need::family(asked)]].concat()
    }

    fn ask<'a>(&'a self, network: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
        Box::pin(async move {
            let mut seen = network.ask(&self.question).await;
            self.name(&mut seen.seen, network).await;
            seen
        })
    }
}

impl Named {
    async fn name(&self, seen: &mut Json, network: &Network) {
        let Some(all) = seen["addresses"].as_array_mut() else {
            return;
        };
        let address = |facts: &Json| facts["address"].as_str()?.parse().ok();
        let addresses: Vec<IpAddr> = all.iter().filter_map(address).collect();
        let names = network.hostnames(&addresses, &self.hostnames).await;
        for facts in all {
            let name = address(facts).and_then(|address| names.get(&address));
            if let Some(name) = name.filter(|name| !name.is_unknown()) {
                facts["hostname"] = json!(name);
            }
        }
    }
}
