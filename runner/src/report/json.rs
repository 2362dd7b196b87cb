//! The report for programs: one JSON object a line. The names are those of expectations and snapshots.

use super::Report;
use crate::event::{Ended, Event};
use netspec_assertions::finding::{Finding, Grade, Mark, Row};
use serde_json::{Value, json};
use std::io::Write;

/// The version of this format; it changes when a key changes its meaning or goes.
pub const VERSION: u32 = 1;

/// Writes JSON Lines to a stream.
#[derive(Debug)]
pub struct Json<W>(pub W);

impl<W: Write> Report for Json<W> {
    fn tell(&mut self, event: &Event) {
        if let Some(line) = line(event) {
            let _ = writeln!(self.0, "{line}").and_then(|()| self.0.flush());
        }
    }
}

fn line(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Started {
            at,
            tests,
            questions,
            lab,
        } => json!({
            "event": "started", "version": VERSION, "at": at, "tests": tests, "questions": questions, "lab": lab,
        }),
        Event::Faulty { name, faulty } => json!({
            "event": "faulty", "name": name, "path": faulty.source.path,
            "problems": faulty.problems.iter().map(|problem| json!({
                "place": faulty.source.place(problem.span), "message": problem.message, "help": problem.help,
            })).collect::<Vec<_>>(),
        }),
        Event::Asking { .. } => return None,
        Event::Ended(ended) => self::ended(ended),
        Event::News(news) => json!({ "event": "news", "news": news }),
        Event::Finished(summary) => {
            let mut line = serde_json::to_value(summary).unwrap_or_default();
            line["event"] = "finished".into();
            line
        }
    })
}

fn ended(ended: &Ended) -> Value {
    let check = ended.case.check();
    let seen = ended.seen.iter().map(|(side, seen)| {
        let mut seen = serde_json::to_value(seen).unwrap_or_default();
        seen["side"] = side.as_str().into();
        seen
    });
    json!({
        "event": "ended",
        "name": ended.case.name,
        "scenario": ended.case.scenario.title,
        "check": check.name.value,
        "cell": ended.case.cell().name,
        "kind": check.kind.name,
        "tags": check.tags,
        "verdict": ended.verdict,
        "when-inconclusive": ended.doubt(),
        "samples": ended.samples,
        "unsupported": ended.case.unsupported,
        "vantage-down": ended.vantage_down,
        "place": ended.case.scenario.source.place(check.name.span),
        "findings": ended.findings.iter().map(|finding| self::finding(ended, finding)).collect::<Vec<_>>(),
        "snapshot": ended.remembered.as_ref().map(crate::snapshot::Remembered::to_json),
        "seen": seen.collect::<Vec<_>>(),
        "took_ms": ended.took.as_secs_f64() * 1e3,
    })
}

fn finding(ended: &Ended, finding: &Finding) -> Value {
    let grade = match finding.grade {
        Grade::Fail => "fail",
        Grade::Inconclusive => "inconclusive",
        Grade::Note => "note",
    };
    json!({
        "grade": grade,
        "place": ended.case.scenario.source.place(finding.span),
        "word": finding.word,
        "because": finding.label,
        "evidence": finding.rows.iter().map(row).collect::<Vec<_>>(),
        "hint": finding.hint,
    })
}

fn row(row: &Row) -> Value {
    let (mark, why) = match &row.mark {
        Mark::Right => ("right", None),
        Mark::Wrong(why) => ("wrong", Some(why)),
        Mark::Missing => ("missing", None),
        Mark::Unexpected => ("unexpected", None),
        Mark::Unknown(why) => ("unknown", Some(why)),
        Mark::Context => ("context", None),
    };
    json!({ "cells": row.cells, "mark": mark, "why": why })
}
