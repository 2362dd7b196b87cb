//! What was seen, in a line or two, so that a passing test says what it saw.

mod dial;
mod http;

pub use dial::{certificates, steps, tcp, tls};
pub use http::{http, phases};

use netspec_assertions::judge::show;
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::Shape;
use serde_json::Value;
use std::fmt::Write;

/// A DNS answer: status, chain, addresses with their owners, time.
pub fn dns(seen: &Value) -> Vec<String> {
    let mut line = plain(&seen["status"]);
    for link in list(&seen["chain"]) {
        let _ = write!(line, " -> {}", plain(link));
    }
    match list(&seen["addresses"]) {
        [] => list(&seen["data"])
            .iter()
            .take(3)
            .for_each(|data| line = format!("{line}, {}", plain(data))),
        addresses => line = format!("{line}, {}", owners(addresses)),
    }
    let line = with_time(line + &errors(seen) + &replies(seen), &seen["time_ms"]);
    match &seen["connection"]["because"] {
        Value::String(because) => vec![format!("{line}: {because}")],
        _ => vec![line],
    }
}

/// What the server says of its own failure (RFC 8914): ` (Network Error: no route to ns1)`.
fn errors(seen: &Value) -> String {
    let error = |error: &Value| match error["text"].as_str() {
        None | Some("") => plain(&error["name"]),
        Some(_) => format!("{}: {}", plain(&error["name"]), plain(&error["text"])),
    };
    let said: Vec<String> = list(&seen["edns"]["errors"]).iter().map(error).collect();
    match said.is_empty() {
        true => String::new(),
        false => format!(" ({})", said.join("; ")),
    }
}

/// `, 2 replies, 2 of them different`, where there was more than one.
fn replies(seen: &Value) -> String {
    match (&seen["replies"], &seen["different-replies"]) {
        (Value::Number(replies), different) if replies.as_u64() > Some(1) => {
            format!(", {replies} replies, {different} of them different")
        }
        _ => String::new(),
    }
}

/// A program: how it ended, and the beginning of what it said.
pub fn exec(seen: &Value) -> Vec<String> {
    let ended = match (&seen["exit-code"], &seen["signal"]) {
        (Value::Number(code), _) => format!("exit code {code}"),
        (_, Value::Number(signal)) => format!("ended by signal {signal}"),
        _ => "ended".to_owned(),
    };
    let said = match &seen["not-json-because"] {
        Value::String(why) => format!("no JSON: {why}"),
        _ => seen["json"].to_string().chars().take(200).collect(),
    };
    let line = format!("{ended}, {}", show(&said.into(), &Shape::Any));
    vec![with_time(line, &seen["time_ms"])]
}

/// Nothing beside the line or two.
pub fn nothing_more(_: &Value) -> Vec<Vec<String>> {
    Vec::new()
}

/// A route: the systems passed, then how it ended.
pub fn route(seen: &Value) -> Vec<String> {
    let systems: Vec<String> = list(&seen["as-path"]).iter().map(plain).collect();
    let hops = seen["hops"].as_u64().unwrap_or_default();
    let ended = format!(
        "{}, {} silent, {}",
        several(usize::try_from(hops).unwrap_or_default(), "hop"),
        plain(&seen["silent-hops"]),
        if seen["reached"] == true {
            "reached".to_owned()
        } else {
            format!("not reached ({})", plain(&seen["ended"]))
        },
    );
    vec![
        systems.join(" > "),
        with_time(ended, &seen["destination"]["rtt_ms"]),
    ]
}

/// Echoes: how many came, how fast, or what came in their place.
pub fn ping(seen: &Value) -> Vec<String> {
    let Some(sent) = seen["sent"].as_u64() else {
        return vec!["nothing was sent".to_owned()];
    };
    let echoes = if sent == 1 { "echo" } else { "echoes" };
    let mut line = format!("{} of {sent} {echoes}", plain(&seen["received"]));
    let rtt = &seen["rtt"];
    if rtt.is_object() {
        let ms = |key: &str| show(&rtt[key], &Shape::Number(Unit::Milliseconds));
        let _ = write!(
            line,
            ", median {}, from {} to {}",
            ms("median_ms"),
            ms("min_ms"),
            ms("max_ms")
        );
    }
    for error in list(&seen["errors"]) {
        let (said, from) = (plain(&error["said"]), plain(&error["address"]));
        let _ = write!(line, ", {} {said} from {from}", plain(&error["count"]));
    }
    for oddity in ["duplicates", "late", "corrupt", "out-of-order"] {
        if seen[oddity].as_u64() > Some(0) {
            let _ = write!(line, ", {} {oddity}", plain(&seen[oddity]));
        }
    }
    if seen["from-other"] == true {
        let addresses = list(&seen["responders"])
            .iter()
            .map(|facts| plain(&facts["address"]));
        let _ = write!(
            line,
            ", from {}",
            addresses.collect::<Vec<_>>().join(" and ")
        );
    }
    if let Some(mtu) = seen["path-mtu_bytes"].as_u64() {
        let _ = write!(line, ", path MTU {mtu} B");
    }
    vec![line]
}

/// The figures of a ping, one line each.
pub fn echoes(seen: &Value) -> Vec<Vec<String>> {
    let ms = |value: &Value| show(value, &Shape::Number(Unit::Milliseconds));
    let figures = seen["rtt"].as_object().into_iter().flatten();
    let figure = |(key, value): (&String, &Value)| vec![Unit::of_key(key).0.to_owned(), ms(value)];
    let mut rows: Vec<Vec<String>> = figures.map(figure).collect();
    if seen["jitter_ms"].is_number() {
        rows.push(vec!["jitter".to_owned(), ms(&seen["jitter_ms"])]);
    }
    let too_big = list(&seen["too-big"]).iter().map(|router| {
        let mtu = Unit::Bytes.show(router["next-hop-mtu_bytes"].as_f64().unwrap_or_default());
        vec!["too big".to_owned(), mtu, plain(&router["address"])]
    });
    rows.extend(too_big);
    rows
}

/// The records of a DNS answer, one line each, as a person reads dig's.
pub fn records(seen: &Value) -> Vec<Vec<String>> {
    let record = |record: &Value| {
        ["name", "ttl_s", "type", "data"]
            .iter()
            .map(|key| plain(&record[*key]))
            .collect()
    };
    list(&seen["answers"]).iter().map(record).collect()
}

/// The hops of a route, one line each, as a person reads a traceroute.
pub fn hops(seen: &Value) -> Vec<Vec<String>> {
    list(&seen["path"]).iter().flat_map(hop).collect()
}

fn hop(hop: &Value) -> Vec<Vec<String>> {
    let addresses = list(&hop["addresses"]);
    if addresses.is_empty() {
        return vec![vec![plain(&hop["ttl"]), "*".to_owned()]];
    }
    let rows = addresses.iter().map(address_row);
    let mut rows: Vec<Vec<String>> = rows.collect();
    if let Some(first) = rows.first_mut() {
        first[0] = plain(&hop["ttl"]);
        first.push(marks(hop));
    }
    rows
}

/// What is out of the ordinary about a hop.
fn marks(hop: &Value) -> String {
    let silence = hop["silence"].as_str();
    let silence = silence.filter(|why| ["rate-limited", "loss"].contains(why));
    let mut marks: Vec<String> = silence.map(str::to_owned).into_iter().collect();
    if hop["mtu_bytes"].is_u64() {
        let mtu = show(&hop["mtu_bytes"], &Shape::Number(Unit::Bytes));
        marks.push(format!("mtu {mtu}"));
    }
    if hop["black-hole"] == true {
        marks.push("black hole".to_owned());
    }
    marks.join(", ")
}

/// An address at a hop; the first column is for the distance.
fn address_row(address: &Value) -> Vec<String> {
    let rtt = show(&address["rtt_ms"], &Shape::Number(Unit::Milliseconds));
    let place: Vec<String> = ["country", "city"]
        .iter()
        .filter(|key| address[**key].is_string())
        .map(|key| plain(&address[*key]))
        .collect();
    let said = if address["said"] == "time-exceeded" {
        String::new()
    } else {
        plain(&address["said"])
    };
    vec![
        String::new(),
        plain(&address["address"]),
        or_dash(&address["asn"]),
        place.join(" "),
        rtt,
        or_dash(&address["hostname"]),
        said,
    ]
}

fn or_dash(value: &Value) -> String {
    if value.is_null() {
        "-".to_owned()
    } else {
        plain(value)
    }
}

/// `4 addresses AS132203 US, e.g. 43.130.30.12`.
fn owners(addresses: &[Value]) -> String {
    let owner = |facts: &Value| {
        let known = ["asn", "country", "special"]
            .iter()
            .filter(|key| facts[**key].is_string());
        known
            .map(|key| plain(&facts[*key]))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut owners: Vec<String> = addresses.iter().map(owner).collect();
    owners.sort();
    owners.dedup();
    owners.retain(|owner| !owner.is_empty());
    let first = plain(&addresses[0]["address"]);
    let owners = match owners.is_empty() {
        true => String::new(),
        false => format!(" {}", owners.join(", ")),
    };
    match addresses.len() {
        1 => first + &owners,
        count => format!("{count} addresses{owners} ({first}, …)"),
    }
}

fn with_time(line: String, ms: &Value) -> String {
    match ms {
        Value::Null => line,
        ms => format!("{line}, {}", show(ms, &Shape::Number(Unit::Milliseconds))),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn plain(value: &Value) -> String {
    show(value, &Shape::Any)
}

/// `1 test`, `2 tests`.
pub fn several(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
