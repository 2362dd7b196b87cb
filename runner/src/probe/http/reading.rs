//! The settings of a request, as they are written.

use super::{PHASES, Request, content, limits, nobody};
use crate::keys::Fields;
use crate::probe::Surroundings;
use crate::probe::target::{self, Target, one_of};
use crate::probe::tls::reading as tls;
use crate::resolver;
use ::http::Method;
use ::http::uri::Authority;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::{self, Unit};
use netspec_assertions::written::{Span, Spanned, Value};
use netspec_probes::dns::Verify;
use netspec_probes::http::{Limits, Proxy, Question, Version};
use netspec_probes::tls::server_name;
use std::net::IpAddr;
use url::{ParseError, Url};

/// The versions that can be wanted.
pub(super) const VERSIONS: [&str; 3] = ["HTTP/1.1", "HTTP/2", "HTTP/3"];

const METHODS: [(&str, Method); 7] = [
    ("get", Method::GET),
    ("head", Method::HEAD),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("patch", Method::PATCH),
    ("delete", Method::DELETE),
    ("options", Method::OPTIONS),
];

/// The most of a body that can be wanted.
const MOST_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

pub(super) fn request(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Request> {
    let line = line(fields, problems);
    let (headers, body) = content::read(fields, problems);
    let verify = verify(fields, around, problems);
    let limits = bounds(fields, around, problems);
    let version = version(fields, problems);
    let sni = tls::sni(fields, problems);
    let name = fields.text("server-name", problems);
    let name = name.and_then(|text| problems.ok(tls::host_name(&text)));
    let host = host(fields, problems);
    let follow = fields.number("follow", 0, 20, problems).unwrap_or(0);
    let proxy = proxy(fields, problems);
    if let (Some((_, span)), Some(Version::Http3)) = (&proxy, version) {
        let problem = Problem::new(*span, "a proxy does not carry HTTP/3");
        problems.add(problem.help("leave `proxy` or `version` out"));
    }
    let (method, url) = line?;
    if version == Some(Version::Http3) && url.value.scheme() == "http" {
        let problem = Problem::new(url.span, "HTTP/3 is spoken over TLS alone");
        problems.add(problem.help("write https://, or leave `version` out"));
    }
    let (target, port) = place(&url, proxy.as_ref(), fields, around, problems)?;
    let mut asked = Question::new(method, url.value, nobody());
    asked.headers = headers;
    asked.body = body.into();
    asked.verify = verify.is_some();
    (asked.limits, asked.version, asked.host) = (limits, version, host);
    asked.sni = sni;
    asked.verified_name = name.and_then(|name| server_name(&name));
    asked.follow = u8::try_from(follow).ok()?;
    asked.proxy = proxy.map(|(url, _)| Proxy {
        written: url.to_string(),
    });
    let server = target::server(fields, around, &mut Problems::default());
    Some(Request {
        asked,
        verify: verify.unwrap_or_default(),
        port,
        target,
        server,
    })
}

/// The method and the URL.
fn line(fields: &Fields<'_>, problems: &mut Problems) -> Option<(Method, Spanned<Url>)> {
    let mut written = METHODS
        .into_iter()
        .filter(|(key, _)| fields.get(key).is_some());
    let Some((key, method)) = written.next() else {
        let misspelled = METHODS.iter().any(|(key, _)| !fields.lacks(key));
        if !misspelled {
            let problem = Problem::new(fields.span, "what to ask for is not said");
            problems.add(
                problem.help("write `get: https://…`, or head, post, put, patch, delete, options"),
            );
        }
        return None;
    };
    for (other, _) in written {
        let span = fields.key_span(other).unwrap_or(fields.span);
        let problem = Problem::new(span, "a second method");
        problems.add(problem.label(format!("`{key}` is there already")));
    }
    let text = fields.text(key, problems)?;
    let url = problems.ok(url(&text, &["http", "https"]))?;
    Some((method, Spanned::new(url, text.span)))
}

fn url(text: &Spanned<String>, schemes: &[&str]) -> Result<Url, Problem> {
    let wrong = |label: &str| Problem::new(text.span, "not a URL to ask for").label(label);
    let schemes_help = || format!("write it like {}://name/path", schemes.join(":// or "));
    let mut url = Url::parse(&text.value).map_err(|why| match why {
        ParseError::RelativeUrlWithoutBase => wrong("the scheme is missing").help(schemes_help()),
        other => wrong(&other.to_string()),
    })?;
    if !schemes.contains(&url.scheme()) {
        return Err(wrong(&format!("the scheme is {}", url.scheme())).help(schemes_help()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let problem = Problem::new(
            text.span,
            "a URL is shown to everybody, and what is secret in it",
        );
        return Err(problem.help("write `auth: { basic: { user: …, password: … } }`"));
    }
    if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
        return Err(wrong("there is no host to go to"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Where to connect to.
fn place(
    url: &Spanned<Url>,
    proxy: Option<&(Url, Span)>,
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<(Target, u16)> {
    let (to, span) = proxy.map_or((&url.value, url.span), |(proxy, span)| (proxy, *span));
    let host = to.host_str()?.to_owned();
    let port = to.port_or_known_default()?;
    let Some(text) = fields.text("address", problems) else {
        let target = Target::read(&Spanned::new(host, span), fields, around, problems)?;
        return Some((target, port));
    };
    if proxy.is_some() {
        let problem = Problem::new(text.span, "a proxy finds the address itself");
        problems.add(problem.help("leave `proxy` or `address` out"));
        return None;
    }
    for key in ["family", "addresses"] {
        if let Some(span) = fields.key_span(key) {
            let problem = Problem::new(span, format!("`{key}` beside `address`"));
            problems.add(problem.help("one address is one: leave one of the two out"));
        }
    }
    let address = text.value.trim_matches(['[', ']']).parse::<IpAddr>();
    let address = address.map_err(|_| {
        let problem = Problem::new(text.span, "not an address").label("expected an IP address");
        problem.help("the port is the URL's; a name is looked up with `resolver`")
    });
    Some((Target::pinned(problems.ok(address)?, host), port))
}

fn proxy(fields: &Fields<'_>, problems: &mut Problems) -> Option<(Url, Span)> {
    let text = fields.text("proxy", problems)?;
    let url = problems.ok(url(&text, &["http"]))?;
    Some((url, text.span))
}

fn version(fields: &Fields<'_>, problems: &mut Problems) -> Option<Version> {
    let word = one_of(fields, "version", &VERSIONS, "", problems)?;
    match word.as_str() {
        "HTTP/2" => Some(Version::Http2),
        "HTTP/3" => Some(Version::Http3),
        _ => Some(Version::Http11),
    }
}

fn host(fields: &Fields<'_>, problems: &mut Problems) -> Option<Authority> {
    let text = fields.text("host", problems)?;
    let host = text.value.parse::<Authority>();
    let host = host.ok().filter(|host| !host.as_str().contains('@'));
    problems.ok(host.ok_or_else(|| {
        let problem = Problem::new(text.span, "not a name for `Host`");
        problem.help("write a name, with its port where it has one, e.g. `qpic.cn:8080`")
    }))
}

/// Whom to trust; nothing where it is asked whatever the certificate is.
fn verify(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Verify> {
    match fields.text("verify", problems) {
        None => Some(Verify::Usual),
        Some(text) if text.value == "off" => None,
        Some(text) => resolver::verify(&text, &around.project.root, problems),
    }
}

fn bounds(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Limits {
    let mut limits = match fields.get("timeout") {
        Some(node) if matches!(node.value, Value::Map(_)) => {
            phases(fields, around, problems).unwrap_or_else(|| limits(None))
        }
        _ => limits(
            fields
                .duration("timeout", problems)
                .or(around.project.timeout),
        ),
    };
    if let Some(bytes) = read_limit(fields, problems) {
        limits.read_bytes = bytes;
    }
    limits
}

fn phases(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Limits> {
    let own = Fields::read(fields.get("timeout")?, "`timeout`", &[PHASES], problems)?;
    let total = own.duration("total", problems).or(around.project.timeout);
    Some(Limits {
        connect: own.duration("connect", problems),
        tls: own.duration("tls", problems),
        first_byte: own.duration("first-byte", problems),
        body: own.duration("body", problems),
        ..limits(total)
    })
}

fn read_limit(fields: &Fields<'_>, problems: &mut Problems) -> Option<usize> {
    let node = fields.get("read-limit")?;
    let written = node.value.scalar().unwrap_or_default();
    let bytes = quantity::parse(&written, Unit::Bytes).and_then(|bytes| match bytes {
        bytes if (1.0..=MOST_BYTES).contains(&bytes) && bytes.fract() == 0.0 => Ok(bytes as usize),
        _ => Err("expected from 1B to 64MiB".to_owned()),
    });
    problems.ok(bytes.map_err(|why| Problem::new(node.span, "wrong `read-limit`").label(why)))
}
