//! Tests as trials.

use super::Ground;
use crate::conduct::WhenInconclusive;
use crate::event::Ended;
use crate::plan::Case;
use crate::report::style;
use crate::report::text::{self, Detail};
use crate::verdict::{Verdict, because};
use libtest_mimic::{Arguments, ColorSetting, Failed, Trial};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// One test. What cannot run here is listed as ignored, the reason in brackets before its name; run all the same
/// (`--ignored`), it fails, for a test that only says at its end that it could not run counts as passed with nextest.
pub(super) fn trial(case: Case, ground: &Arc<Ground>, colour: bool) -> Trial {
    let ground = Arc::clone(ground);
    let kind = case
        .unsupported
        .as_deref()
        .map(in_short)
        .unwrap_or_default();
    let ignored = case.unsupported.is_some();
    let name = case.name.clone();
    let run = move || match ground.test(case) {
        Ok(ended) => conclude(&ended, colour),
        Err(why) => Err(failed(why, why)),
    };
    Trial::test(name, run)
        .with_kind(kind)
        .with_ignored_flag(ignored)
}

/// A trial for something that is wrong before anything is asked.
pub(super) fn failing(name: String, why: String) -> Trial {
    Trial::test(name, move || Err(failed(&why, &why)))
}

fn conclude(ended: &Ended, colour: bool) -> Result<(), Failed> {
    let tolerated = ended
        .doubt()
        .is_some_and(|doubt| doubt != WhenInconclusive::Fail);
    if ended.verdict == Verdict::Pass {
        return Ok(());
    }
    let detail = Detail {
        colour,
        ..Detail::default()
    };
    let report = text::ended(ended, detail);
    if tolerated {
        let _ = writeln!(std::io::stderr(), "{}", report.trim_end());
        return Ok(());
    }
    Err(failed(&headline(ended), &report))
}

/// A failure with the whole report. nextest takes a test's message for JUnit from the line with `Error:`.
fn failed(headline: &str, report: &str) -> Failed {
    if std::env::var_os("NEXTEST").is_some() {
        let line = headline.lines().next().unwrap_or_default();
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let _ = writeln!(std::io::stderr(), "Error: {line}");
    }
    Failed::from(report.trim_end())
}

/// What is wrong, on one line that begins with its place.
fn headline(ended: &Ended) -> String {
    let source = &ended.case.scenario.source;
    let word = ended.verdict.word();
    let unanswered = || {
        ended
            .seen
            .iter()
            .find_map(|(_, seen)| because(&seen.outcome))
    };
    let worst = ended.findings.iter().max_by_key(|finding| finding.grade);
    if let Some(finding) = worst {
        return format!(
            "{}: {word}: {}: {}",
            source.place(finding.span),
            finding.word,
            finding.label
        );
    }
    match (
        &ended.remembered,
        unanswered().or(ended.case.unsupported.as_deref()),
    ) {
        (Some(remembered), None) => format!(
            "{}: {word}: what is tracked is not as remembered",
            remembered.tracked_at
        ),
        (_, why) => format!(
            "{}: {word}: {}",
            source.place(ended.case.check().name.span),
            why.unwrap_or_default()
        ),
    }
}

/// The first clause of a reason: it stands before a name in every list.
fn in_short(reason: &str) -> String {
    let clause = reason
        .split([':', '(', ';', ',', '[', ']', '\n'])
        .next()
        .unwrap_or(reason);
    clause
        .chars()
        .take(60)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Says in whole why tests are ignored, each reason once; a list is left bare, for a program reads it.
pub(super) fn tell_ignored<'a>(
    trials: impl Iterator<Item = (&'a Trial, &'a Option<String>)>,
    arguments: &Arguments,
) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (trial, reason) in trials.filter(|(trial, _)| !arguments.is_filtered_out(trial)) {
        if let Some(reason) = reason.as_deref().filter(|_| arguments.is_ignored(trial)) {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for (reason, tests) in reasons.into_iter().filter(|_| !arguments.list) {
        let _ = writeln!(std::io::stderr(), "{tests} ignored: {reason}");
    }
}

/// Whether failures are coloured.
pub(super) fn colour(arguments: &Arguments) -> bool {
    match arguments.color {
        Some(ColorSetting::Always) => true,
        Some(ColorSetting::Never) => false,
        Some(ColorSetting::Auto) | None => style::wanted(&std::io::stdout()),
    }
}
