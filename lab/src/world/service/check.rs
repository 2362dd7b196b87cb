//! What a service must keep to beyond its shape.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::certificate::{Certificate, Issuer, Link};
use super::http::{Answer, Http, Login};
use super::{Bytes, Hears, Service};

/// The largest body that is made, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// Fields that must agree with what is sent, which the server sees to.
const OF_THE_CONNECTION: [&str; 3] = ["content-length", "transfer-encoding", "connection"];

impl Service {
    /// The first thing that cannot be played, as one sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.listen.is_empty() {
            return Err("`listen` names no address".into());
        }
        let speaks_bytes = self.greets.is_some() || self.hears.is_some();
        let talks = [speaks_bytes, self.http.is_some(), self.proxy.is_some()];
        if talks.iter().filter(|talk| **talk).count() > 1 {
            return Err("`http`, `proxy` and `greets` or `hears` exclude each other".into());
        }
        self.greets.as_ref().map(Bytes::decoded).transpose()?;
        if let Some(Hears::Answers(bytes)) = &self.hears {
            bytes.decoded()?;
        }
        if let Some(tls) = &self.tls {
            let named = tls.by_name.values();
            named
                .chain(&tls.certificate)
                .try_for_each(Certificate::check)?;
            if tls.only_by_name == Some(true) && tls.by_name.is_empty() {
                return Err("`only-by-name` without `by-name` turns everybody away".into());
            }
            if tls.versions.as_ref().is_some_and(Vec::is_empty) {
                return Err("`versions` is empty".into());
            }
        }
        if let Some(http) = &self.http {
            http.check()?;
            if http.http3 == Some(true) && self.tls.is_none() {
                return Err("`http3` needs `tls`".into());
            }
        }
        Ok(())
    }
}

impl Certificate {
    fn check(&self) -> Result<(), String> {
        let own = |link: &Link| *link == Link::Leaf;
        if !self.sends.is_empty() && !self.sends.iter().any(own) {
            return Err("`sends` is without the `leaf`, the certificate itself".into());
        }
        if self.staple.is_some() && self.issuer == Some(Issuer::Itself) {
            return Err(
                "nobody answers for a certificate that vouches for itself: no `staple`".into(),
            );
        }
        Ok(())
    }
}

impl Http {
    fn check(&self) -> Result<(), String> {
        check_paths(&self.paths)?;
        self.hosts.iter().try_for_each(|(host, paths)| {
            check_paths(paths).map_err(|problem| format!("host {host}: {problem}"))
        })
    }
}

fn check_paths(paths: &BTreeMap<String, Answer>) -> Result<(), String> {
    for (path, answer) in paths {
        if !path.starts_with('/') {
            return Err(format!("path `{path}` does not begin with `/`"));
        }
        answer
            .check()
            .map_err(|problem| format!("path {path}: {problem}"))?;
    }
    Ok(())
}

impl Answer {
    fn check(&self) -> Result<(), String> {
        let bodies = [
            self.text.is_some(),
            self.html.is_some(),
            self.json.is_some(),
            self.hex.is_some(),
            self.bytes.is_some(),
            self.echo == Some(true),
        ];
        if bodies.iter().filter(|body| **body).count() > 1 {
            return Err("more than one of `text`, `html`, `json`, `hex`, `bytes`, `echo`".into());
        }
        if let Some(status) = self.status
            && StatusCode::from_u16(status).map_or(true, |status| status.is_informational())
        {
            return Err(format!("status {status} is not one of 200 to 999"));
        }
        if self.bytes.is_some_and(|bytes| bytes > MOST_BYTES) {
            return Err(format!("a body has at most {MOST_BYTES} bytes"));
        }
        if let Some(digits) = &self.hex {
            Bytes::Hex(digits.clone()).decoded()?;
        }
        if self.forever.is_some() && self.exactly.is_none() {
            return Err("`forever` comes after `exactly`, which is not there".into());
        }
        for bytes in [&self.exactly, &self.forever].into_iter().flatten() {
            bytes.decoded()?;
        }
        if let Some(Login::Basic(pair)) = &self.login
            && !pair.contains(':')
        {
            return Err("`basic` is written `user:password`".into());
        }
        if self.drips.is_some_and(|drip| drip.bytes == 0) {
            return Err("`drips` of 0 bytes never end".into());
        }
        self.check_fields()
    }

    fn check_fields(&self) -> Result<(), String> {
        for (name, values) in &self.headers {
            if OF_THE_CONNECTION.contains(&name.to_lowercase().as_str()) {
                return Err(format!(
                    "`{name}` is the server's own; see `breaks` and `exactly`"
                ));
            }
            values
                .0
                .iter()
                .try_for_each(|value| check_field(name, value))?;
        }
        for (name, value) in &self.trailers {
            check_field(name, value)?;
        }
        if let Some(to) = &self.redirect {
            check_field("location", to)?;
        }
        for method in &self.methods {
            Method::from_bytes(method.as_bytes())
                .map_err(|_| format!("`{method}` is no method"))?;
        }
        Ok(())
    }
}

fn check_field(name: &str, value: &str) -> Result<(), String> {
    HeaderName::try_from(name).map_err(|_| format!("`{name}` is no name of a field"))?;
    HeaderValue::try_from(value)
        .map(drop)
        .map_err(|_| format!("field {name}: `{}` cannot be sent", value.escape_debug()))
}
