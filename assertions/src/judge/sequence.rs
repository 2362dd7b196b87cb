//! `passes` and `avoids`: what is said of the hops of a route.

use super::Judge;
use super::set::Tri;
use super::show;
use crate::expect::{At, Expect, What};
use crate::finding::{Finding, Grade, Mark, Row};
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;

/// One address at one hop, with the distance among its facts.
struct Stop {
    hop: usize,
    facts: Value,
}

impl Judge<'_> {
    /// Each entry holds on one hop further away than that of the entry before it.
    pub(super) fn passes(
        &self,
        wanted: &[Expect],
        path: &Value,
        doubt: Option<&str>,
    ) -> Vec<Finding> {
        let stops = stops(path);
        let doubt = doubt.map(str::to_owned).or_else(|| mostly_silent(path));
        let mut passed: Vec<&Stop> = Vec::new();
        let mut findings = Vec::new();
        for entry in wanted {
            let verdicts: Vec<Tri> = stops
                .iter()
                .map(|stop| self.holds(entry, &stop.facts))
                .collect();
            let from = passed.last().map_or(0, |stop| stop.hop + 1);
            let later = |stop: &Stop| stop.hop >= from;
            match stops
                .iter()
                .zip(&verdicts)
                .find(|(stop, verdict)| later(stop) && **verdict == Tri::Yes)
            {
                Some((stop, _)) => {
                    findings.extend(weak(entry, stop));
                    passed.push(stop);
                }
                None => findings.push(not_passed(
                    entry,
                    &stops,
                    &verdicts,
                    &passed,
                    doubt.as_deref(),
                )),
            }
        }
        findings
    }

    /// No entry holds on any hop, and enough hops were seen to say so.
    pub(super) fn avoids(
        &self,
        unwanted: &[Expect],
        path: &Value,
        span: Span,
        doubt: Option<&str>,
    ) -> Vec<Finding> {
        let stops = stops(path);
        let doubt = doubt.map(str::to_owned).or_else(|| mostly_silent(path));
        let met: Vec<Finding> = unwanted
            .iter()
            .filter_map(|entry| self.met(entry, &stops))
            .collect();
        match doubt {
            Some(why) if met.is_empty() => {
                let label = format!("cannot be proven: {why}");
                vec![Finding::new(Grade::Inconclusive, span, label)]
            }
            _ => met,
        }
    }

    fn met(&self, entry: &Expect, stops: &[Stop]) -> Option<Finding> {
        let verdicts: Vec<Tri> = stops
            .iter()
            .map(|stop| self.holds(entry, &stop.facts))
            .collect();
        let (grade, label) = match () {
            () if verdicts.contains(&Tri::Yes) => (Grade::Fail, "the route passes this"),
            () if verdicts.contains(&Tri::Unknown) => {
                (Grade::Inconclusive, "of some hops it is not known")
            }
            () => return None,
        };
        let marked = |verdict| match verdict {
            Tri::Yes => Some(Mark::Wrong(format!("expected to avoid {}", entry.wanted()))),
            Tri::No => None,
            Tri::Unknown => Some(Mark::Unknown("not known".to_owned())),
        };
        let rows = stops
            .iter()
            .zip(verdicts)
            .filter_map(|(stop, verdict)| Some(row(stop, marked(verdict)?)));
        Some(Finding::new(grade, entry.span, label).rows(rows.collect()))
    }
}

fn stops(path: &Value) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (hop, seen) in path.as_array().into_iter().flatten().enumerate() {
        for address in seen["addresses"].as_array().into_iter().flatten() {
            let mut facts = address.clone();
            facts["hop"] = seen["ttl"].clone();
            stops.push(Stop { hop, facts });
        }
    }
    stops
}

fn mostly_silent(path: &Value) -> Option<String> {
    let hops = path.as_array().map_or(0, Vec::len);
    let silent = path
        .as_array()
        .into_iter()
        .flatten()
        .filter(|hop| hop["addresses"].as_array().is_none_or(Vec::is_empty));
    let silent = silent.count();
    match hops {
        0 => Some("no hop answered".to_owned()),
        hops if silent * 2 > hops => Some(format!("{silent} of {hops} hops are silent")),
        _ => None,
    }
}

/// What was met before, what is like it but too early, and what it could be; the route itself is shown once for all.
fn not_passed(
    entry: &Expect,
    stops: &[Stop],
    verdicts: &[Tri],
    passed: &[&Stop],
    doubt: Option<&str>,
) -> Finding {
    let from = passed.last().map_or(0, |stop| stop.hop + 1);
    let judged = || stops.iter().zip(verdicts.iter().copied());
    let unknown = judged().any(|(stop, verdict)| stop.hop >= from && verdict == Tri::Unknown);
    let early = judged().find(|(stop, verdict)| stop.hop < from && *verdict == Tri::Yes);
    let after = passed
        .last()
        .map(|stop| format!(" after hop {}", stop.facts["hop"]))
        .unwrap_or_default();
    let (grade, label) = match (doubt, unknown, early) {
        (Some(why), ..) => (
            Grade::Inconclusive,
            format!("no such hop seen{after}, but {why}"),
        ),
        (None, true, _) => (
            Grade::Inconclusive,
            format!("no such hop seen{after}, but of some it is not known"),
        ),
        (None, false, Some((stop, _))) => (
            Grade::Fail,
            format!("only at hop {}, not{after}", stop.facts["hop"]),
        ),
        (None, false, None) => (Grade::Fail, format!("no such hop{after}")),
    };
    let marked = |stop: &Stop, verdict| match verdict {
        Tri::Yes if stop.hop < from => Some(Mark::Wrong("too early".to_owned())),
        _ if passed.iter().any(|met| std::ptr::eq(*met, stop)) => Some(Mark::Right),
        Tri::Unknown if stop.hop >= from => Some(Mark::Unknown("not known".to_owned())),
        _ => None,
    };
    let missing = Row {
        cells: vec![entry.wanted()],
        mark: Mark::Missing,
    };
    let met = judged().filter_map(|(stop, verdict)| Some(row(stop, marked(stop, verdict)?)));
    let rows = std::iter::once(missing).chain(met).collect();
    Finding::new(grade, entry.span, label).rows(rows)
}

/// Passing an AS on the word of one hop alone is worth saying: that hop may be a neighbour's interface numbered from it.
fn weak(entry: &Expect, stop: &Stop) -> Option<Finding> {
    let What::Record(facts) = &entry.what else {
        return None;
    };
    let about_as = facts
        .iter()
        .find(|fact| matches!(&fact.at, At::Field(field) if field.key == "asn"))?;
    let alone = stop.facts["evidence"] == "weak";
    let label = || {
        format!(
            "weak evidence: hop {} alone is in {}",
            stop.facts["hop"],
            show(&stop.facts["asn"], &Shape::Any)
        )
    };
    alone.then(|| Finding::new(Grade::Note, about_as.expect.span, label()))
}

/// Distance, address, AS, country, time and name of one stop.
fn row(stop: &Stop, mark: Mark) -> Row {
    let facts = &stop.facts;
    let text = |key: &str| match &facts[key] {
        Value::Null => "-".to_owned(),
        value => show(value, &Shape::Any),
    };
    let rtt = show(
        &facts["rtt_ms"],
        &Shape::Number(crate::quantity::Unit::Milliseconds),
    );
    let cells = vec![
        text("hop"),
        text("address"),
        text("asn"),
        text("country"),
        rtt,
        text("hostname"),
    ];
    Row { cells, mark }
}
