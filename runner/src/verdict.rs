//! What was seen, held against what was expected, comes to one of four outcomes.

use crate::plan::Case;
use crate::probe::{Judged, Seen};
use netspec_assertions::finding::{Finding, Grade};
use netspec_assertions::judge::judge;
use netspec_assertions::relation::relate;
use netspec_probes::observation::Outcome;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Not permitted or not possible here; it was not run.
    Unsupported,
    /// Nobody answered, or what was seen does not suffice to say.
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
    let mut findings = match &case.cell().judged {
        Judged::Expect(all) => {
            let whole = seen.first().map(|(_, seen)| &seen.seen);
            let judged =
                whole.map(|whole| all.iter().flat_map(|expect| judge(expect, whole)).collect());
            judged.unwrap_or_default()
        }
        Judged::Relate(relations) => {
            let sides = |selector: &netspec_assertions::select::Selector| {
                let side = |(name, seen): &Sided| (name.clone(), selector.values(&seen.seen));
                seen.iter().map(side).collect::<Vec<_>>()
            };
            let related = |(selector, relation): &(_, netspec_assertions::written::Spanned<_>)| {
                let findings = relate(relation.value, &sides(selector), relation.span);
                findings
                    .into_iter()
                    .map(|finding| finding.under(&selector.text))
                    .collect::<Vec<_>>()
            };
            relations.iter().flat_map(related).collect::<Vec<_>>()
        }
    };
    let unanswered = seen.iter().find_map(|(_, seen)| because(&seen.outcome));
    if unanswered.is_some() {
        findings
            .iter_mut()
            .for_each(|finding| finding.grade = finding.grade.min(Grade::Inconclusive));
    }
    (
        worst(&findings, unanswered.is_some() && nothing_expected(case)),
        findings,
    )
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
