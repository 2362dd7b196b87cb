//! `resolvers:` by name: an address, a URL, or a mapping that says more.

use crate::keys::{Fields, Key, object, scalar, text};
use crate::source::Source;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::{Entry, Node, Span, Spanned, Value};
use netspec_probes::dns::{Host, Method, Server, Verify};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Resolvers by name.
pub type Resolvers = BTreeMap<String, Server>;

const KEYS: &[Key] = &[
    Key::required(
        "url",
        "Where it is: `1.1.1.1`, `tcp://…`, `tls://host#name`, `https://host/dns-query`, `quic://host`.",
        text,
    ),
    Key::new(
        "bootstrap",
        "The resolver that is asked where the host is, where it is a name: one of `resolvers` that is given by address.",
        text,
    ),
    Key::new(
        "verify",
        "Whom its certificate has to come from: webpki (the authorities Mozilla trusts), system, a PEM file of authorities beside netspec.yaml, or off. Where it is left out webpki; in the lab, the lab's own authority.",
        text,
    ),
    Key::new(
        "method",
        "How DNS over HTTPS asks; post where it is left out.",
        || json!({ "enum": ["post", "get"] }),
    ),
    Key::new(
        "class",
        "A word for those that are expected to see alike, e.g. overseas: before a change at one of them is told, the others are asked.",
        text,
    ),
];

/// Resolvers that are expected to see alike, each with the word for its class.
#[derive(Clone, Debug, Default)]
pub struct Peers(Vec<(String, String, Server)>);

impl Peers {
    /// With those of a `resolvers:` that have a class.
    pub fn extend(&mut self, written: &Node, usable: &Resolvers) {
        let Value::Map(entries) = &written.value else {
            return;
        };
        for Entry { key, value } in entries {
            let Value::Map(settings) = &value.value else {
                continue;
            };
            let class = settings.iter().find(|setting| setting.key.value == "class");
            let class = class.and_then(|setting| setting.value.value.scalar());
            if let (Some(class), Some(server)) = (class, usable.get(&key.value)) {
                self.0.retain(|(_, name, _)| *name != key.value);
                self.0.push((class, key.value.clone(), server.clone()));
            }
        }
    }

    /// The others of its class, by name.
    pub fn of(&self, server: &Server) -> Vec<(String, Server)> {
        let own = self.0.iter().find(|(_, _, known)| known == server);
        let Some((class, _, _)) = own else {
            return Vec::new();
        };
        let others = self
            .0
            .iter()
            .filter(|(of, _, known)| of == class && known != server);
        others
            .map(|(_, name, server)| (name.clone(), server.clone()))
            .collect()
    }
}

/// The schema of resolvers by name.
pub fn schema() -> Json {
    let one = json!({ "anyOf": [text(), object(&[KEYS])] });
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": "^[^,]+$" }, "additionalProperties": one })
}

/// Reads resolvers by name; files are looked for beside `root`, and `others` are known too.
pub fn read(node: &Node, root: &Path, others: &Resolvers, problems: &mut Problems) -> Resolvers {
    let Value::Map(entries) = &node.value else {
        let problem = Problem::new(
            node.span,
            format!("expected resolvers by name, found {}", node.value.kind()),
        );
        problems.add(problem.help("write them like `cloudflare: 1.1.1.1`"));
        return Resolvers::new();
    };
    for entry in entries.iter().filter(|entry| entry.key.value.contains(',')) {
        problems.add(
            Problem::new(entry.key.span, "a resolver's name has no comma")
                .help("commas part the names of a row"),
        );
    }
    // Those that need another come last, because it may stand below them.
    let (needy, plain): (Vec<&Entry>, Vec<&Entry>) = entries
        .iter()
        .partition(|entry| needs_another(&entry.value));
    let mut found = Resolvers::new();
    let mut known = others.clone();
    for entry in &needy {
        known.remove(&entry.key.value); // the one here goes before the project's
    }
    for entry in plain.into_iter().chain(needy) {
        let server = match entry.value.value {
            Value::Map(_) => by_mapping(&entry.value, root, &known, problems),
            _ => scalar(&entry.value, problems).and_then(|text| by_text(&text, problems)),
        };
        if let Some(server) = server {
            known.insert(entry.key.value.clone(), server.clone());
            found.insert(entry.key.value.clone(), server);
        }
    }
    found
}

fn needs_another(node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => entries.iter().any(|entry| entry.key.value == "bootstrap"),
        _ => false,
    }
}

fn by_url(written: &Spanned<String>, problems: &mut Problems) -> Option<Server> {
    let server = written.value.parse::<Server>();
    problems.ok(server.map_err(|why| Problem::new(written.span, "not a resolver").label(why)))
}

/// A resolver written as one text, which says where it is.
pub fn by_text(written: &Spanned<String>, problems: &mut Problems) -> Option<Server> {
    let server = by_url(written, problems)?;
    let placed = placed(&server, written.span);
    problems.ok(placed).map(|()| server)
}

/// Whether it is said who is asked for its address, where it is given by name.
fn placed(server: &Server, span: Span) -> Result<(), Problem> {
    if matches!(server.host, Host::Address(_)) {
        return Ok(());
    }
    let problem = Problem::new(span, "a resolver given by name needs a resolver");
    let mut at_address = server.clone();
    at_address.host = Host::Address([192, 0, 2, 1].into());
    at_address.certificate_name = Some(server.name());
    Err(problem
        .label(format!("who is asked where {} is?", server.name()))
        .help(format!(
            "write `{{ url: {server}, bootstrap: NAME }}`, or its address and name, like `{at_address}`"
        )))
}

fn by_mapping(
    node: &Node,
    root: &Path,
    others: &Resolvers,
    problems: &mut Problems,
) -> Option<Server> {
    let fields = Fields::read(node, "a resolver", &[KEYS], problems)?;
    let url = fields.text("url", problems);
    let bootstrap = fields.text("bootstrap", problems);
    let verify = fields.text("verify", problems);
    let method = crate::probe::target::one_of(&fields, "method", &["post", "get"], "", problems);
    let bootstrap = bootstrap.and_then(|name| self::bootstrap(&name, others, problems));
    let ask_anyway = verify.as_ref().is_some_and(|text| text.value == "off");
    let verify = verify.filter(|_| !ask_anyway);
    let verify = verify.and_then(|text| self::verify(&text, root, problems));
    let url = url?;
    let mut server = by_url(&url, problems)?;
    if fields.lacks("bootstrap") {
        problems.ok(placed(&server, url.span))?;
    } else if server.addr().is_none() && bootstrap.is_none() {
        return None; // what is wrong with the bootstrap has been said
    }
    server.bootstrap = bootstrap.map(Box::new);
    server.verify = verify.unwrap_or_default();
    server.ask_anyway = ask_anyway;
    server.method = match method.as_deref() {
        Some("get") => Method::Get,
        _ => Method::Post,
    };
    Some(server)
}

/// One that is known by its address, so that nobody has to be asked for it in turn.
fn bootstrap(
    name: &Spanned<String>,
    others: &Resolvers,
    problems: &mut Problems,
) -> Option<Server> {
    let server = others.get(&name.value).cloned();
    let server = server.or_else(|| name.value.parse::<Server>().ok());
    let known: Vec<&str> = others.keys().map(String::as_str).collect();
    let unknown = || {
        let problem = Problem::new(name.span, format!("no resolver is called `{}`", name.value));
        problem.help(suggest::remedy(&name.value, &known))
    };
    let server = problems.ok(server.ok_or_else(unknown))?;
    if server.addr().is_none() {
        let problem = Problem::new(name.span, "a bootstrap that itself is given by name");
        problems.add(problem.help("take one that is given by its address"));
        return None;
    }
    Some(server)
}

/// Whom a certificate has to come from, as it is written; files are looked for beside `root`.
pub fn verify(written: &Spanned<String>, root: &Path, problems: &mut Problems) -> Option<Verify> {
    match written.value.as_str() {
        "webpki" => Some(Verify::Webpki),
        "system" => Some(Verify::System),
        _ => {
            let whole = root.join(&written.value);
            let read = Source::read(&whole).map_err(|_| "no such file".to_owned());
            let given = read.and_then(|source| Verify::from_pem(source.text.as_bytes()));
            problems.ok(given.map_err(|why| {
                let problem = Problem::new(written.span, "wrong `verify`").label(why);
                problem.help("write webpki, system, or the path of a PEM file from the folder of netspec.yaml")
            }))
        }
    }
}
