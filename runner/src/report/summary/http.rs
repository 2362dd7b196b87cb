//! Requests and their answers.

use super::{list, owners, plain, with_time};
use serde_json::Value;

/// A request: the answer, from whom, and the redirects before it.
pub fn http(seen: &Value) -> Vec<String> {
    let mut lines: Vec<String> = list(&seen["redirects"]).iter().map(redirect).collect();
    lines.push(with_time(answer(seen), &seen["time"]["total_ms"]));
    lines
}

/// `301 -> https://good.test/`
fn redirect(redirect: &Value) -> String {
    let downgrade = match redirect["downgrade"].as_bool() {
        Some(true) => ", a downgrade",
        _ => "",
    };
    format!(
        "{} -> {}{downgrade}",
        redirect["status"],
        plain(&redirect["to"])
    )
}

/// `200 HTTP/2 text/html 1256 B from 203.0.113.10 AS64498 ZZ`, or how it ended.
fn answer(seen: &Value) -> String {
    let ended = plain(&seen["ended"]);
    let mut words: Vec<String> = match seen["status"].as_u64() {
        Some(status) if ended == "answered" => vec![status.to_string()],
        Some(status) => vec![status.to_string(), ended],
        None => vec![ended],
    };
    let content = &seen["content"];
    let said = [&seen["version"], &content["type"]];
    words.extend(said.into_iter().filter(|word| word.is_string()).map(plain));
    if let Some(size) = content["size_bytes"].as_u64() {
        words.push(format!("{size} B"));
    }
    if content["problem"].is_string() {
        words.push(format!("({})", plain(&content["problem"])));
    }
    if seen["connected"].is_object() {
        words.push(format!(
            "from {}",
            owners(std::slice::from_ref(&seen["connected"]))
        ));
    }
    if seen["because"].is_string() {
        words.push(format!("({})", plain(&seen["because"])));
    }
    words.join(" ")
}

/// The phases and their times, and the certificate's verdict.
pub fn phases(seen: &Value) -> Vec<Vec<String>> {
    let names = ["dns", "connect", "tls", "first-byte", "body", "total"];
    let time = |name: &&str| {
        let ms = seen["time"][format!("{name}_ms")].as_f64()?;
        Some(vec![(*name).to_owned(), format!("{ms:.1} ms")])
    };
    let mut rows: Vec<Vec<String>> = names.iter().filter_map(time).collect();
    if let Some(chain) = seen["tls"]["chain"].as_str() {
        let tls = [&seen["tls"]["version"], &seen["tls"]["issuer"]].map(plain);
        rows.push(vec![
            "certificate".to_owned(),
            format!("{chain}, {}", tls.join(", ")),
        ]);
    }
    rows
}
