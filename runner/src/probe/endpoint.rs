//! A host with its port: where a probe connects to.

use super::Surroundings;
use super::target::Target;
use crate::keys::{Fields, Key};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::Spanned;
use serde_json::{Value as Json, json};
use std::net::IpAddr;

/// Where to.
pub(super) const CONNECT: Key = Key::required(
    "connect",
    "Where to: a name or an address with its port, e.g. `mail.example:25`, `192.0.2.1:443`, `\"[2001:db8::1]:443\"`.",
    schema,
);

fn schema() -> Json {
    json!({ "type": "string", "pattern": r"^(\[[0-9A-Fa-f:.]+\]|[^:/\[\]]+):[1-9][0-9]{0,4}$" })
}

/// Reads [`CONNECT`], with the keys of [`Target`] beside it.
pub(super) fn read(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<(Target, u16)> {
    let written = fields.text("connect", problems)?;
    let (host, port) = problems.ok(split(&written))?;
    let host = Spanned::new(host, written.span);
    let target = Target::read(&host, fields, around, problems)?;
    Some((target, port))
}

/// What the user called it, where that is not the address: ` (mail.example)`.
pub(super) fn called(to: IpAddr, written: &str) -> String {
    match written.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) if address.to_canonical() == to => String::new(),
        _ => format!(" ({written})"),
    }
}

fn split(written: &Spanned<String>) -> Result<(String, u16), Problem> {
    let problem = |label: &str| {
        let problem = Problem::new(written.span, "not a host with its port").label(label);
        problem.help("write it like `mail.example:25`, `192.0.2.1:443` or `\"[2001:db8::1]:443\"`")
    };
    if written.value.contains("://") {
        return Err(problem("this is a URL"));
    }
    let (host, port) = written
        .value
        .rsplit_once(':')
        .ok_or_else(|| problem("the port is missing"))?;
    if host.contains(':') && !host.starts_with('[') {
        return Err(problem("the brackets around an IPv6 address are missing"));
    }
    match port.parse::<u16>() {
        Ok(port) if port > 0 && !host.is_empty() => Ok((host.to_owned(), port)),
        _ => Err(problem("a port is a number from 1 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netspec_assertions::written::Span;

    #[track_caller]
    fn check(text: &str, expect: Option<(&str, u16)>) {
        let read = split(&Spanned::new(text.to_owned(), Span::default())).ok();
        assert_eq!(read, expect.map(|(host, port)| (host.to_owned(), port)));
    }

    #[test]
    fn a_host_has_its_port() {
        check("mail.example:25", Some(("mail.example", 25)));
        check("192.0.2.1:443", Some(("192.0.2.1", 443)));
        check("[2001:db8::1]:443", Some(("[2001:db8::1]", 443)));
        check("2001:db8::1:443", None);
        check("mail.example", None);
        check("mail.example:0", None);
        check("mail.example:65536", None);
        check(":25", None);
        check("https://mail.example:443", None);
    }
}
