//! `passes` and `avoids`: what is said of the hops of a route.

use super::element::not_known;
use super::{Judge, Tri, Verdict, show, under};
use crate::expect::{At, Expect, Fact, What};
use crate::finding::{Finding, Grade, Mark, Row};
use crate::quantity::Unit;
use crate::shape::Shape;
use crate::written::Span;
use serde_json::Value;

/// One address at one hop, with the distance among its facts.
struct Stop {
    hop: usize,
    facts: Value,
}

/// How far the route has been followed: the stops met, and the hops at which the next entry may hold, for sure and perhaps.
#[derive(Default)]
struct Progress<'s> {
    met: Vec<&'s Stop>,
    from: usize,
    perhaps_from: usize,
}

impl Judge<'_> {
    /// Each entry holds on one hop further away than that of the entry before it; `doubt` says why a hop could have been missed.
    pub(super) fn passes(
        &self,
        wanted: &[Expect],
        path: &Value,
        doubt: Option<&str>,
    ) -> Vec<Finding> {
        let stops = stops(path);
        let mut progress = Progress::default();
        let mut findings = Vec::new();
        for entry in wanted {
            let verdicts = self.weighed(entry, &stops);
            let met = first(&stops, &verdicts, progress.from, |tri| tri == Tri::Yes);
            let perhaps = first(&stops, &verdicts, progress.perhaps_from, |tri| {
                tri != Tri::No
            });
            match met {
                Some(stop) => {
                    let about_as = about_as(entry).filter(|fact| self.is_of_few(fact));
                    let weak = |fact: &Fact| weak(fact, stop, &stops, &verdicts, progress.from);
                    findings.extend(about_as.and_then(weak));
                    progress.met.push(stop);
                    progress.from = stop.hop + 1;
                }
                None => findings.push(not_passed(entry, &stops, &verdicts, &progress, doubt)),
            }
            progress.perhaps_from = perhaps.map_or(progress.perhaps_from, |stop| stop.hop + 1);
        }
        findings
    }

    /// No entry holds on any hop, and enough hops were seen to say so.
    pub(super) fn avoids(
        &self,
        unwanted: &[Expect],
        path: &Value,
        span: Span,
        doubt: Option<String>,
    ) -> Vec<Finding> {
        let stops = stops(path);
        let met: Vec<Finding> = unwanted
            .iter()
            .filter_map(|entry| self.met(entry, &stops))
            .collect();
        match doubt {
            Some(why) if met.is_empty() => {
                vec![Finding::new(
                    Grade::Inconclusive,
                    span,
                    format!("cannot be proven: {why}"),
                )]
            }
            _ => met,
        }
    }

    fn met(&self, entry: &Expect, stops: &[Stop]) -> Option<Finding> {
        let verdicts = self.weighed(entry, stops);
        let any = |tri| verdicts.iter().any(|verdict| verdict.tri == tri);
        let (grade, label, hint) = match (any(Tri::Yes), any(Tri::Unknown)) {
            (true, _) => (
                Grade::Fail,
                "the route passes this",
                weakly(entry, stops, &verdicts),
            ),
            (false, true) => (
                Grade::Inconclusive,
                "of some hops it is not known",
                hint(&verdicts),
            ),
            (false, false) => return None,
        };
        let marked = |tri| match tri {
            Tri::Yes => Some(Mark::Wrong(format!("expected to avoid {}", entry.wanted()))),
            Tri::No => None,
            Tri::Unknown => Some(not_known()),
        };
        let rows = stops
            .iter()
            .zip(&verdicts)
            .filter_map(|(stop, verdict)| Some(row(stop, marked(verdict.tri)?)));
        Some(
            Finding::new(grade, entry.span, label)
                .rows(rows.collect())
                .hinted(hint),
        )
    }

    /// Whether not just any AS would do: AS0 is nobody's (RFC 7607).
    fn is_of_few(&self, asn: &Fact) -> bool {
        let nobodys = Value::from("AS0");
        self.weigh(&asn.expect, Some(&nobodys), "").tri != Tri::Yes
    }

    fn weighed(&self, entry: &Expect, stops: &[Stop]) -> Vec<Verdict> {
        stops
            .iter()
            .map(|stop| self.weigh(entry, Some(&stop.facts), ""))
            .collect()
    }

    /// Why hops that were not seen could hide something: no hop was seen at all, a limit on silent hops is not kept, or, where
    /// none is stated, more hops are silent than not.
    pub(super) fn doubt(&self, facts: &[Fact], seen: &Value, path: &Value) -> Option<String> {
        let stated = facts.iter().find(|fact| fact.is_doubt());
        match (
            stated.map(|fact| (&fact.at, &fact.expect)),
            stops(path).is_empty(),
        ) {
            (Some((At::Field(field), expect)), false) => {
                let silent = under(seen, &field.key);
                let kept = self.weigh(expect, silent, &field.word).tri == Tri::Yes;
                (!kept).then(|| too_silent(silent, expect))
            }
            _ => doubt(path),
        }
    }
}

/// Why a path of which nothing is stated could hide something.
pub(super) fn doubt(path: &Value) -> Option<String> {
    let hops: Vec<&Value> = path.as_array().into_iter().flatten().collect();
    let answered = |hop: &&&Value| {
        hop["addresses"]
            .as_array()
            .is_some_and(|addresses| !addresses.is_empty())
    };
    let silent = hops.len() - hops.iter().filter(answered).count();
    match hops.len() {
        all if silent == all => Some("no hop answered".to_owned()),
        all if silent * 2 > all => Some(format!("{silent} of {all} hops are silent")),
        _ => None,
    }
}

fn too_silent(silent: Option<&Value>, expect: &Expect) -> String {
    let wanted = expect.wanted();
    match silent {
        None => "how many hops are silent is not known".to_owned(),
        Some(count) if *count == 1 => format!("1 hop is silent, wanted {wanted}"),
        Some(count) => format!(
            "{} hops are silent, wanted {wanted}",
            show(count, &Shape::Any)
        ),
    }
}

fn stops(path: &Value) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (hop, seen) in path.as_array().into_iter().flatten().enumerate() {
        for address in seen["addresses"].as_array().into_iter().flatten() {
            let mut facts = address.as_object().cloned().unwrap_or_default();
            facts.insert("hop".to_owned(), seen["ttl"].clone());
            stops.push(Stop {
                hop,
                facts: Value::Object(facts),
            });
        }
    }
    stops
}

/// The first stop at or after a hop of which it holds.
fn first<'s>(
    stops: &'s [Stop],
    verdicts: &[Verdict],
    from: usize,
    holds: impl Fn(Tri) -> bool,
) -> Option<&'s Stop> {
    let mut judged = stops.iter().zip(verdicts);
    judged
        .find(|(stop, verdict)| stop.hop >= from && holds(verdict.tri))
        .map(|(stop, _)| stop)
}

fn hint(verdicts: &[Verdict]) -> Option<String> {
    verdicts.iter().find_map(|verdict| verdict.hint.clone())
}

/// What was met before, what is like it but too early, and what it could be; the route itself is shown once for all.
fn not_passed(
    entry: &Expect,
    stops: &[Stop],
    verdicts: &[Verdict],
    progress: &Progress<'_>,
    doubt: Option<&str>,
) -> Finding {
    let perhaps = first(stops, verdicts, progress.perhaps_from, |tri| tri != Tri::No);
    let early = first(stops, verdicts, 0, |tri| tri == Tri::Yes);
    let after = progress.after();
    let (grade, label) = match (doubt, perhaps, early) {
        (Some(why), ..) => (
            Grade::Inconclusive,
            format!("no such hop seen{after}, but {why}"),
        ),
        (None, Some(_), _) => (
            Grade::Inconclusive,
            format!("no such hop seen{after}, but of some it is not known"),
        ),
        (None, None, Some(stop)) => (
            Grade::Fail,
            format!("only at hop {}, not{after}", distance(stop)),
        ),
        (None, None, None) => (Grade::Fail, format!("no such hop{after}")),
    };
    let missing = Row {
        cells: vec![entry.wanted()],
        mark: Mark::Missing,
    };
    let judged = stops.iter().zip(verdicts);
    let shown =
        judged.filter_map(|(stop, verdict)| Some(row(stop, progress.mark(stop, verdict.tri)?)));
    let rows = std::iter::once(missing).chain(shown).collect();
    let hint = perhaps.and_then(|_| hint(verdicts));
    Finding::new(grade, entry.span, label)
        .rows(rows)
        .hinted(hint)
}

impl Progress<'_> {
    fn after(&self) -> String {
        let last = self.met.last();
        last.map(|stop| format!(" after hop {}", distance(stop)))
            .unwrap_or_default()
    }

    /// What a stop is to an entry that is not passed; nothing where it has no part in it.
    fn mark(&self, stop: &Stop, tri: Tri) -> Option<Mark> {
        match tri {
            Tri::Yes if stop.hop < self.from => Some(Mark::Wrong("too early".to_owned())),
            _ if self.met.iter().any(|met| std::ptr::eq(*met, stop)) => Some(Mark::Right),
            Tri::Unknown if stop.hop >= self.perhaps_from => Some(not_known()),
            _ => None,
        }
    }
}

/// Passing an AS on the word of one hop alone is worth saying: that hop may be a neighbour's interface numbered from it.
fn weak(
    about_as: &Fact,
    met: &Stop,
    stops: &[Stop],
    verdicts: &[Verdict],
    from: usize,
) -> Option<Finding> {
    let judged = stops.iter().zip(verdicts);
    let mut met_at = judged.filter(|(stop, verdict)| stop.hop >= from && verdict.tri == Tri::Yes);
    let alone = met_at.all(|(stop, _)| is_weak(stop));
    let label = || {
        format!(
            "weak evidence: hop {} alone is in {}",
            distance(met),
            fact(met, "asn")
        )
    };
    alone.then(|| Finding::new(Grade::Note, about_as.expect.span, label()))
}

/// The same said of a route that should have avoided it.
fn weakly(entry: &Expect, stops: &[Stop], verdicts: &[Verdict]) -> Option<String> {
    about_as(entry)?;
    let mut met = stops
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| verdict.tri == Tri::Yes);
    let why = "weak evidence: one hop alone is in it, and may be a neighbour's interface numbered from it";
    met.all(|(stop, _)| is_weak(stop)).then(|| why.to_owned())
}

fn about_as(entry: &Expect) -> Option<&Fact> {
    let What::Record(facts) = &entry.what else {
        return None;
    };
    facts
        .iter()
        .find(|fact| matches!(&fact.at, At::Field(field) if field.key == "asn"))
}

fn is_weak(stop: &Stop) -> bool {
    stop.facts["evidence"] == "weak"
}

fn distance(stop: &Stop) -> String {
    show(&stop.facts["hop"], &Shape::Any)
}

fn fact(stop: &Stop, key: &str) -> String {
    match &stop.facts[key] {
        Value::Null => "-".to_owned(),
        value => show(value, &Shape::Any),
    }
}

/// Distance, address, AS, country, time and name of one stop.
fn row(stop: &Stop, mark: Mark) -> Row {
    let rtt = show(&stop.facts["rtt_ms"], &Shape::Number(Unit::Milliseconds));
    let [hop, address, asn, country, hostname] =
        ["hop", "address", "asn", "country", "hostname"].map(|key| fact(stop, key));
    Row {
        cells: vec![hop, address, asn, country, rtt, hostname],
        mark,
    }
}
