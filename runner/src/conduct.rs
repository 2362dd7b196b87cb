//! How a check is carried out: how often it is asked, what is tried again, how long, and what is made of "cannot be said".

use crate::keys::{Fields, Key, duration, flag, object};
use crate::probe::target::one_of;
use crate::schema;
use crate::verdict::Verdict;
use netspec_assertions::expect::{self, Expect};
use netspec_assertions::finding::Grade;
use netspec_assertions::judge::judge;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Node;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The keys of a check that say how it is carried out.
pub const KEYS: &[Key] = &[
    Key::new(
        "samples",
        "Asks several times, and judges how many of the samples are as expected.",
        || object(&[SAMPLES]),
    ),
    AGAIN,
    DOUBT,
    Key::new(
        "exclusive",
        "Whether nothing else is asked while this is; false where it is left out.",
        flag,
    ),
    Key::new(
        "timeout",
        "The longest the whole check may take to ask, tries and samples apart; no bound beside the probe's own where it is left out.",
        duration,
    ),
];

/// What is tried again.
const AGAIN: Key = Key::new(
    "retry",
    "Asks again where nobody answered. A wrong answer is an answer, and is never asked away.",
    || object(&[RETRY]),
);

/// What is made of doubt.
const DOUBT: Key = Key::new(
    "when-inconclusive",
    "What it means when nothing can be said: fail (where it is left out), warn, or skip.",
    || json!({ "enum": WORDS }),
);

/// What may be said once for many checks, under `defaults`.
pub const DEFAULTS: &[Key] = &[AGAIN, DOUBT];

const SAMPLES: &[Key] = &[
    Key::required(
        "take",
        "How many, from 2 to 1000.",
        || json!({ "type": "integer", "minimum": 2, "maximum": 1000 }),
    ),
    Key::new(
        "apart",
        "The time from the beginning of one to that of the next; 1s where it is left out.",
        duration,
    ),
    Key::new(
        "pass-when",
        "How many must be as expected, e.g. { at-least: 4 }; all where it is left out.",
        || schema::expectation(&Shape::Number(Unit::None)),
    ),
];

const RETRY: &[Key] = &[
    Key::required(
        "times",
        "How often at most, from 1 to 20.",
        || json!({ "type": "integer", "minimum": 1, "maximum": 20 }),
    ),
    Key::new(
        "wait",
        "How long to wait before; 1s where it is left out.",
        duration,
    ),
];

const WORDS: [&str; 3] = ["fail", "warn", "skip"];

/// Where nothing is said: between samples, and before a retry.
const A_SECOND: Duration = Duration::from_secs(1);

/// How a check is carried out.
#[derive(Clone, Debug, Default)]
pub struct Conduct {
    /// How often it is asked; once where there is nothing.
    pub samples: Option<Samples>,
    /// What happens when nobody answers.
    pub retry: Option<Retry>,
    /// What "cannot be said" means.
    pub when_inconclusive: WhenInconclusive,
    /// Nothing else is asked meanwhile.
    pub exclusive: bool,
    /// The longest one asking may take.
    pub timeout: Option<Duration>,
}

/// Asking several times.
#[derive(Clone, Debug)]
pub struct Samples {
    /// How many.
    pub take: u32,
    /// From the beginning of one to that of the next.
    pub apart: Duration,
    /// What is expected of the number that pass; all must where there is nothing.
    pass_when: Option<Arc<Expect>>,
}

/// Asking again where nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often.
    pub times: u32,
    /// How long to wait before.
    pub wait: Duration,
}

/// What is made of a test of which nothing can be said. None of them makes it green: it is told as what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenInconclusive {
    /// The run fails.
    #[default]
    Fail,
    /// The run does not fail, and the whole evidence is shown.
    Warn,
    /// The run does not fail, and one line says so.
    Skip,
}

/// How many samples ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// As expected.
    pub passed: u32,
    /// Not as expected.
    pub failed: u32,
    /// Of which nothing can be said.
    pub inconclusive: u32,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Fail => self.failed += 1,
            Verdict::Inconclusive | Verdict::Unsupported => self.inconclusive += 1,
        }
    }

    /// How many were taken.
    pub fn taken(self) -> u32 {
        self.passed + self.failed + self.inconclusive
    }
}

impl Samples {
    /// What the samples come to. Those of which nothing can be said might have passed or not: where that decides, nothing
    /// can be said of the whole.
    pub fn verdict(&self, tally: Tally) -> Verdict {
        let possible = tally.passed..=tally.passed + tally.inconclusive;
        let enough = possible.filter(|passed| self.suffice(*passed));
        match enough.count() as u32 {
            0 => Verdict::Fail,
            all if all == tally.inconclusive + 1 => Verdict::Pass,
            _ => Verdict::Inconclusive,
        }
    }

    fn suffice(&self, passed: u32) -> bool {
        match &self.pass_when {
            None => passed == self.take,
            Some(expect) => judge(expect, &json!(passed))
                .iter()
                .all(|finding| finding.grade == Grade::Note),
        }
    }
}

impl Conduct {
    /// Reads the keys of a check; what it does not say is as the defaults say.
    pub fn read(fields: &Fields<'_>, defaults: &Self, problems: &mut Problems) -> Self {
        let common = Self::defaults(fields, defaults, problems);
        let samples = fields.get("samples");
        Self {
            samples: samples.and_then(|node| self::samples(node, problems)),
            exclusive: fields.flag("exclusive", problems).unwrap_or_default(),
            timeout: fields.duration("timeout", problems),
            ..common
        }
    }

    /// Reads what may be said for many checks.
    pub fn defaults(fields: &Fields<'_>, before: &Self, problems: &mut Problems) -> Self {
        let retry = fields.get("retry").and_then(|node| retry(node, problems));
        let doubt = when_inconclusive(fields, problems);
        Self {
            retry: retry.or(before.retry),
            when_inconclusive: doubt.unwrap_or(before.when_inconclusive),
            ..Self::default()
        }
    }
}

fn samples(node: &Node, problems: &mut Problems) -> Option<Samples> {
    let fields = Fields::read(node, "`samples`", &[SAMPLES], problems)?;
    let take = fields.number("take", 2, 1000, problems);
    let apart = fields.duration("apart", problems).unwrap_or(A_SECOND);
    let count = Shape::Number(Unit::None);
    let written = fields.get("pass-when");
    let pass_when = written.and_then(|node| expect::read(node, &count, problems));
    let samples = Samples {
        take: take?,
        apart,
        pass_when: pass_when.map(Arc::new),
    };
    if let Some(node) = written.filter(|_| samples.pass_when.is_some()) {
        is_open(&samples, node, problems);
    }
    Some(samples)
}

/// A bound that every count satisfies proves nothing, and one that none satisfies can never be met.
fn is_open(samples: &Samples, node: &Node, problems: &mut Problems) {
    let counts = 0..=samples.take;
    let message = match counts.filter(|count| samples.suffice(*count)).count() as u32 {
        0 => "no number of samples can satisfy this",
        all if all == samples.take + 1 => "any number of samples satisfies this, none included",
        _ => return,
    };
    let label = format!("of 0 to {} that pass", samples.take);
    let help = "say how many must pass, e.g. { at-least: 4 } of 5";
    problems.add(Problem::new(node.span, message).label(label).help(help));
}

fn retry(node: &Node, problems: &mut Problems) -> Option<Retry> {
    let fields = Fields::read(node, "`retry`", &[RETRY], problems)?;
    let times = fields.number("times", 1, 20, problems);
    let wait = fields.duration("wait", problems).unwrap_or(A_SECOND);
    Some(Retry {
        times: times?,
        wait,
    })
}

fn when_inconclusive(fields: &Fields<'_>, problems: &mut Problems) -> Option<WhenInconclusive> {
    let word = one_of(fields, "when-inconclusive", &WORDS, "", problems)?;
    Some(match word.as_str() {
        "warn" => WhenInconclusive::Warn,
        "skip" => WhenInconclusive::Skip,
        _ => WhenInconclusive::Fail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn read(text: &str) -> (Option<Samples>, Problems) {
        let mut problems = Problems::default();
        let node = yaml::read(text, &mut problems).expect("YAML");
        (samples(&node, &mut problems), problems)
    }

    #[track_caller]
    fn check(text: &str, (passed, failed, inconclusive): (u32, u32, u32), expect: Verdict) {
        let (samples, problems) = read(text);
        assert_eq!(problems.0, []);
        let tally = Tally {
            passed,
            failed,
            inconclusive,
        };
        assert_eq!(samples.expect("samples").verdict(tally), expect, "{text}");
    }

    #[test]
    fn what_the_samples_come_to() {
        check("take: 3", (3, 0, 0), Verdict::Pass);
        check("take: 3", (2, 1, 0), Verdict::Fail);
        check("take: 3", (2, 0, 1), Verdict::Inconclusive);
        let four = "{ take: 5, pass-when: { at-least: 4 } }";
        check(four, (4, 1, 0), Verdict::Pass);
        check(four, (4, 0, 1), Verdict::Pass);
        check(four, (3, 1, 1), Verdict::Inconclusive);
        check(four, (3, 2, 0), Verdict::Fail);
        check(four, (2, 2, 1), Verdict::Fail);
        let few = "{ take: 5, pass-when: { at-most: 2 } }";
        check(few, (2, 3, 0), Verdict::Pass);
        check(few, (2, 2, 1), Verdict::Inconclusive);
        check(few, (3, 2, 0), Verdict::Fail);
    }

    #[track_caller]
    fn refused(text: &str, expect: &str) {
        let (_, problems) = read(text);
        let found = problems.0.first().expect("a problem");
        assert!(found.message.contains(expect), "{}", found.message);
    }

    #[test]
    fn a_bound_that_proves_nothing_is_refused() {
        refused("{ take: 5, pass-when: { at-least: 0 } }", "any number");
        refused("{ take: 5, pass-when: { at-least: 6 } }", "no number");
        refused("{ take: 1 }", "wrong `take`");
        refused("{ apart: 1s }", "needs `take`");
    }
}
