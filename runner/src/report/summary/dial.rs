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

/// The first bytes: as text where all of them are, and hexadecimal otherwise.
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
