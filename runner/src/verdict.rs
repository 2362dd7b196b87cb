//! What was seen, held against what was expected, comes to one of four outcomes.

use crate::plan::Case;
use crate::probe::{Judged, Seen};
use netspec_assertions::expect::Expect;
use netspec_assertions::finding::{Finding, Grade};
use netspec_assertions::judge::judge;
use netspec_assertions::relation::{Relation, relate};
use netspec_assertions::select::Selector;
use netspec_assertions::written::Spanned;
use netspec_probes::observation::Outcome;
use std::sync::Arc;

/// How a test ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Not permitted or not possible here; it was not run.
    Unsupported,
    /// Nobody answered, or what was seen does not suffice to say.
    #[default]
    Inconclusive,
    /// Not as expected.
    Fail,
}

impl Verdict {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Unsupported => "UNSUPPORTED",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Fail => "FAIL",
        }
    }
}

/// One thing seen, with the name of the side it was seen on.
pub type Sided = (String, Seen);

/// Judges what a test saw.
pub fn of(case: &Case, seen: &[Sided]) -> (Verdict, Vec<Finding>) {
    let findings = match &case.cell().judged {
        Judged::Expect(all) => {
            let several = seen.len() > 1;
            let side = |side: &Sided| expected(all, side, several);
            seen.iter().flat_map(side).collect()
        }
        Judged::Relate(relations) => related(relations, seen),
    };
    let unanswered = seen
        .iter()
        .any(|(_, seen)| because(&seen.outcome).is_some());
    let nothing_said = unanswered && nothing_expected(case);
    (worst(&findings, nothing_said || seen.is_empty()), findings)
}

/// What is expected, of one side. Where nobody answered, nothing is worse than inconclusive.
fn expected(all: &[Arc<Expect>], (side, seen): &Sided, several: bool) -> Vec<Finding> {
    let findings = all.iter().flat_map(|expect| judge(expect, &seen.seen));
    let mut findings: Vec<Finding> = match several {
        true => findings.map(|finding| finding.at(side)).collect(),
        false => findings.collect(),
    };
    if because(&seen.outcome).is_some() {
        soften(&mut findings);
    }
    findings
}

fn related(relations: &[(Selector, Spanned<Relation>)], seen: &[Sided]) -> Vec<Finding> {
    let sides = |selector: &Selector| {
        let side = |(name, seen): &Sided| (name.clone(), selector.values(&seen.seen));
        seen.iter().map(side).collect::<Vec<_>>()
    };
    let related = |(selector, relation): &(Selector, Spanned<Relation>)| {
        let findings = relate(relation.value, &sides(selector), relation.span);
        let under = |finding: Finding| finding.under(&selector.text);
        findings.into_iter().map(under).collect::<Vec<_>>()
    };
    let mut findings: Vec<Finding> = relations.iter().flat_map(related).collect();
    if seen
        .iter()
        .any(|(_, seen)| because(&seen.outcome).is_some())
    {
        soften(&mut findings);
    }
    findings
}

fn soften(findings: &mut [Finding]) {
    for finding in findings {
        finding.grade = finding.grade.min(Grade::Inconclusive);
    }
}

/// Why there was no answer, if there was none.
pub fn because(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Answered => None,
        Outcome::NoAnswer(why) | Outcome::Unsupported(why) | Outcome::CouldNotAsk(why) => Some(why),
    }
}

/// A test that only remembers proves nothing when nobody answers.
fn nothing_expected(case: &Case) -> bool {
    matches!(&case.cell().judged, Judged::Expect(all) if all.is_empty())
}

fn worst(findings: &[Finding], nothing_seen: bool) -> Verdict {
    match findings.iter().map(|finding| finding.grade).max() {
        Some(Grade::Fail) => Verdict::Fail,
        Some(Grade::Inconclusive) => Verdict::Inconclusive,
        _ if nothing_seen => Verdict::Inconclusive,
        _ => Verdict::Pass,
    }
}
