//! The settings of a handshake, as they are written.

use super::{OFFERED_WORDS, STARTTLS_WORDS, Shake, VERSION_WORDS, VERSIONS};
use crate::keys::Fields;
use crate::probe::{Surroundings, target};
use crate::resolver;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::written::Spanned;
use netspec_probes::dns::{QueryName, Verify};
use netspec_probes::tls::{self, Sni, Starttls, Version, Versions};
use std::net::IpAddr;

pub(super) fn shake(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Shake {
    let server_name = fields.text("server-name", problems);
    let server_name = server_name.and_then(|text| problems.ok(host_name(&text)));
    let sni = sni(fields, problems);
    let verify = fields.text("verify", problems);
    let verify = verify.and_then(|text| self::verify(&text, around, problems));
    let starttls = target::one_of(fields, "starttls", &STARTTLS_WORDS, "", problems);
    let timeout = fields.duration("timeout", problems);
    Shake {
        port: 0,
        server_name,
        sni,
        verify: verify.unwrap_or_default(),
        alpn: alpn(fields, problems),
        versions: versions(fields, problems),
        try_versions: try_versions(fields, problems),
        starttls: starttls.and_then(|word| match word.as_str() {
            "smtp" => Some(Starttls::Smtp),
            "imap" => Some(Starttls::Imap),
            "postgres" => Some(Starttls::Postgres),
            _ => None,
        }),
        timeout: timeout.or(around.project.timeout),
    }
}

/// A name as it stands in certificates, or an address.
pub(crate) fn host_name(text: &Spanned<String>) -> Result<String, Problem> {
    if let Ok(address) = text.value.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let name = QueryName::parse(&text.value);
    let name = name.map_err(|why| Problem::new(text.span, "not a host name").label(why))?;
    Ok(name.as_str().trim_end_matches('.').to_owned())
}

/// The name asked for in the clear.
pub(crate) fn sni(fields: &Fields<'_>, problems: &mut Problems) -> Sni {
    match fields.text("sni", problems) {
        None => Sni::ServerName,
        Some(text) if text.value == "off" => Sni::Off,
        Some(text) => problems.ok(other_sni(&text)).unwrap_or_default(),
    }
}

fn other_sni(text: &Spanned<String>) -> Result<Sni, Problem> {
    let wrong = |why: &str| Problem::new(text.span, "not a name for SNI").label(why);
    let name = host_name(text)?;
    if name.parse::<IpAddr>().is_ok() {
        let problem = wrong("SNI has names alone (RFC 6066 §3)");
        return Err(problem.help("write a name, or `off`"));
    }
    let name = tls::dns_name(&name).ok_or_else(|| wrong("not a host name"))?;
    Ok(Sni::Other(name))
}

fn verify(
    text: &Spanned<String>,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Verify> {
    if text.value == "off" {
        let problem = Problem::new(text.span, "wrong `verify`");
        problems.add(problem.help("the handshake goes on whatever the certificate is: leave it out, and expect of `chain` what you mean"));
        return None;
    }
    resolver::verify(text, &around.project.root, problems)
}

fn alpn(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Vec<u8>> {
    let mut protocols = Vec::new();
    for text in fields.texts("alpn", problems) {
        match text.value.len() {
            1..=255 => protocols.push(text.value.into_bytes()),
            _ => problems.add(Problem::new(
                text.span,
                "a protocol's name has at most 255 bytes",
            )),
        }
    }
    protocols
}

fn versions(fields: &Fields<'_>, problems: &mut Problems) -> Versions {
    let mut versions = Versions::default();
    let Some(node) = fields.get("versions") else {
        return versions;
    };
    let Some(bounds) = Fields::read(node, "`versions`", &[VERSIONS], problems) else {
        return versions;
    };
    let mut bound = |key| {
        target::one_of(
            &bounds,
            key,
            &OFFERED_WORDS,
            "older ones are tried with `try-versions`",
            problems,
        )
    };
    let (oldest, newest) = (bound("at-least"), bound("at-most"));
    if let Some(oldest) = oldest.and_then(|word| version(&word)) {
        versions.oldest = oldest;
    }
    if let Some(newest) = newest.and_then(|word| version(&word)) {
        versions.newest = newest;
    }
    if versions.oldest > versions.newest {
        let problem = Problem::new(node.span, "no version lies between these");
        problems.add(problem.help("the oldest is `at-least`, the newest `at-most`"));
    }
    versions
}

fn try_versions(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Version> {
    let mut versions = Vec::new();
    for text in fields.texts("try-versions", problems) {
        match version(&text.value) {
            Some(version) if !versions.contains(&version) => versions.push(version),
            Some(_) => {
                let problem = Problem::new(text.span, "a version twice");
                problems.add(problem.label("it stands there already"));
            }
            None => {
                let problem = Problem::new(text.span, "not a version of TLS");
                problems.add(problem.help(format!("write {}", VERSION_WORDS.join(", "))));
            }
        }
    }
    versions
}

fn version(word: &str) -> Option<Version> {
    let all = [
        Version::Ssl3,
        Version::Tls10,
        Version::Tls11,
        Version::Tls12,
        Version::Tls13,
    ];
    let named = VERSION_WORDS.into_iter().zip(all);
    named
        .into_iter()
        .find(|(name, _)| *name == word)
        .map(|(_, version)| version)
}
