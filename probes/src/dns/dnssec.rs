//! Whether an answer can be believed: a chain of signatures from a trust anchor given, by the validator of the domain
//! project, fed with questions of ours to the same server.

mod upstream;

use super::{Dnssec, Question, Security};
use domain::base::Message;
use domain::base::iana::ExtendedErrorCode;
use domain::base::opt::ExtendedError;
use domain::dnssec::validator::anchor::TrustAnchors;
use domain::dnssec::validator::context::{ValidationContext, ValidationState};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use upstream::Upstream;

/// How long fetching the chain may take, in timeouts of one question.
const PATIENCE: u32 = 4;

/// The keys of the root zone since 2017 and since 2024 (IANA).
const ROOT: &str = "\
. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
. IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
";

/// What is believed without proof: DS or DNSKEY records.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TrustAnchor(Arc<str>);

impl TrustAnchor {
    /// The root's keys, as IANA publishes them.
    pub fn root() -> Self {
        Self(ROOT.into())
    }

    /// DS or DNSKEY records in the form of a zone file.
    ///
    /// # Errors
    /// No such record is in it, or another, or one that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let records = text
            .lines()
            .map(|line| line.split(';').next().unwrap_or_default());
        let words = |line: &str| {
            line.split_whitespace()
                .map(str::to_ascii_uppercase)
                .collect::<Vec<_>>()
        };
        let records: Vec<_> = records
            .map(words)
            .filter(|words| !words.is_empty())
            .collect();
        let is_anchor =
            |words: &Vec<String>| words.iter().any(|word| word == "DS" || word == "DNSKEY");
        if records.is_empty() || !records.iter().all(is_anchor) {
            return Err("expected DS or DNSKEY records, one a line".to_owned());
        }
        TrustAnchors::from_u8(text.as_bytes())
            .map_err(|_| "not a whole DS or DNSKEY record".to_owned())?;
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The verdict on an answer. What the chain needs is asked of the same server, a bounded number of times.
pub(super) async fn validate(
    question: &Question,
    anchor: &TrustAnchor,
    addr: SocketAddr,
    octets: &[u8],
) -> Dnssec {
    let upstream = Upstream::new(question, addr);
    let patience = question.timeout.saturating_mul(PATIENCE);
    let validating = verdict(anchor, upstream.clone(), octets);
    let (verdict, because) = match tokio::time::timeout(patience, validating).await {
        Ok(said) => said,
        Err(_) => (Security::Indeterminate, Some(too_long(patience))),
    };
    // A proof that could not be fetched is not a proof that does not hold.
    let unfetched = upstream.unanswered().filter(|_| verdict == Security::Bogus);
    match unfetched {
        Some(why) => Dnssec {
            verdict: Security::Indeterminate,
            because: Some(why),
        },
        None => Dnssec { verdict, because },
    }
}

fn too_long(patience: Duration) -> String {
    format!(
        "the chain was not there within {} s",
        patience.as_secs_f64()
    )
}

async fn verdict(
    anchor: &TrustAnchor,
    upstream: Upstream,
    octets: &[u8],
) -> (Security, Option<String>) {
    let unreadable = |why: &dyn fmt::Display| (Security::Indeterminate, Some(why.to_string()));
    let anchors = match TrustAnchors::from_u8(anchor.0.as_bytes()) {
        Ok(anchors) => anchors,
        Err(error) => return unreadable(&error),
    };
    let mut message = match Message::from_octets(octets.to_vec()) {
        Ok(message) => message,
        Err(error) => return unreadable(&error),
    };
    let context = ValidationContext::new(anchors, upstream);
    match context.validate_msg::<_, Vec<u8>>(&mut message).await {
        Ok((state, error)) => (security(state), error.map(|error| words(&error))),
        Err(error) => unreadable(&error),
    }
}

fn security(state: ValidationState) -> Security {
    match state {
        ValidationState::Secure => Security::Secure,
        ValidationState::Insecure => Security::Insecure,
        ValidationState::Bogus => Security::Bogus,
        ValidationState::Indeterminate => Security::Indeterminate,
    }
}

/// The validator's own words, with the registered name where it says more than that it is bogus.
fn words(error: &ExtendedError<Vec<u8>>) -> String {
    let text = error
        .text_slice()
        .map(String::from_utf8_lossy)
        .unwrap_or_default();
    let name = error.code().to_string();
    match (text.is_empty(), error.code()) {
        (true, _) => name,
        (false, ExtendedErrorCode::DNSSEC_BOGUS | ExtendedErrorCode::DNSSEC_INDETERMINATE) => {
            text.into_owned()
        }
        (false, _) => format!("{name}: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_ds_or_dnskey_records() {
        TrustAnchor::parse(ROOT).unwrap();
        for (text, says) in [
            ("", "expected DS or DNSKEY"),
            ("; nothing\n", "expected DS or DNSKEY"),
            ("example. IN A 192.0.2.1", "expected DS or DNSKEY"),
            ("example. IN DS 1 2", "not a whole DS"),
        ] {
            let error = TrustAnchor::parse(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
