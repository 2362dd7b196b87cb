//! Connections, conversations and handshakes.

use super::{list, owners, plain, with_time};
use serde_json::Value;

/// How much of what was said is shown.
const SHOWN: usize = 60;

/// A connection: how it ended, with whom, and what was said.
pub fn tcp(seen: &Value) -> Vec<String> {
    let mut lines = vec![connection(seen)];
    if let Some(size) = seen["received"]["size_bytes"].as_u64() {
        lines.push(format!("received {size} B: {}", said(&seen["received"])));
    }
    lines
}

/// `connected 162.62.115.23 AS132203 DE, 14 ms`, or who said what in its place.
fn connection(seen: &Value) -> String {
    let status = plain(&seen["status"]);
    if seen["target"].is_null() {
        return status;
    }
    let target = owners(std::slice::from_ref(&seen["target"]));
    let icmp = &seen["unreachable"];
    let why = match (icmp["said"].as_str(), icmp["from"]["address"].as_str()) {
        (Some(said), Some(from)) => format!(" ({said}, says {from})"),
        (Some(said), None) => format!(" ({said})"),
        (None, _) => String::new(),
    };
    with_time(format!("{status} {target}{why}"), &seen["rtt_ms"])
}

/// The first line, where all that came is text, and the first bytes otherwise.
fn said(bytes: &Value) -> String {
    let text = bytes["text"].as_str().unwrap_or_default();
    let is_text = text
        .chars()
        .all(|letter| letter.is_ascii_graphic() || letter.is_ascii_whitespace());
    let shown = if is_text {
        &bytes["text"]
    } else {
        &bytes["hex"]
    };
    plain(shown).chars().take(SHOWN).collect()
}

/// The steps of a conversation, one line each.
pub fn steps(seen: &Value) -> Vec<Vec<String>> {
    let row = |step: &Value| {
        let met = match step["met"].as_bool() {
            Some(false) => "did not come about".to_owned(),
            _ => String::new(),
        };
        vec![plain(&step["step"]), said(&step["bytes"]), met]
    };
    list(&seen["steps"]).iter().map(row).collect()
}

/// A handshake: what was agreed on, and what is to be thought of the certificates.
pub fn tls(seen: &Value) -> Vec<String> {
    let mut lines = vec![connection(seen)];
    if seen["handshake"].is_string() {
        lines.push(with_time(handshake(seen), &seen["time_ms"]));
    }
    if seen["chain"].is_string() {
        lines.push(chain(seen));
    }
    lines
}

/// `completed TLS1.3 TLS_AES_256_GCM_SHA384 X25519 h2`, or why not.
fn handshake(seen: &Value) -> String {
    let words = ["handshake", "version", "cipher", "group", "alpn", "alert"];
    let known = words.iter().filter(|key| seen[**key].is_string());
    let line = known
        .map(|key| plain(&seen[*key]))
        .collect::<Vec<_>>()
        .join(" ");
    match &seen["first-bytes"] {
        Value::Object(_) => format!("{line}: {}", said(&seen["first-bytes"])),
        _ => line,
    }
}

/// `expired, wrong-name: CN=a server by CN=an intermediate, 30 days left`.
fn chain(seen: &Value) -> String {
    let problems: Vec<String> = list(&seen["problems"]).iter().map(plain).collect();
    let verdict = match problems.is_empty() {
        true => plain(&seen["chain"]),
        false => problems.join(", "),
    };
    let left = match seen["expires-in_s"].as_i64() {
        Some(seconds) if seconds < 0 => format!(", {} over", days(-seconds)),
        Some(seconds) => format!(", {} left", days(seconds)),
        None => String::new(),
    };
    let (subject, issuer) = (plain(&seen["subject"]), plain(&seen["issuer"]));
    format!("{verdict}: {subject} by {issuer}{left}")
}

fn days(seconds: i64) -> String {
    let rounded = seconds.saturating_add(43_200) / 86_400;
    super::several(usize::try_from(rounded).unwrap_or(0), "day")
}

/// The certificates as they were sent, one line each.
pub fn certificates(seen: &Value) -> Vec<Vec<String>> {
    let row = |certificate: &Value| {
        let words = ["role", "subject", "issuer", "key", "signature", "not-after"];
        words.iter().map(|key| plain(&certificate[*key])).collect()
    };
    list(&seen["certificates"]).iter().map(row).collect()
}
