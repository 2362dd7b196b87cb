//! Exit codes, which are an interface.

use crate::event::{Stop, Summary};

/// Everything is as expected.
pub const AS_EXPECTED: u8 = 0;
/// An expectation failed, or of one nothing can be said, also because `--timeout` or `--fail-fast` ended the run before.
pub const FAILED: u8 = 1;
/// A scenario, a project file or the command line is wrong.
pub const WRONG_INPUT: u8 = 2;
/// Nothing was learnt: this machine does not permit any of what was selected, or nothing can be said of any of it.
pub const COULD_NOT_ASK: u8 = 3;
/// Nothing was selected.
pub const NOTHING_SELECTED: u8 = 4;
/// Interrupted, as a shell says it (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;

/// Every exit code and what it means.
pub const CODES: &[(u8, &str)] = &[
    (AS_EXPECTED, "everything is as expected"),
    (
        FAILED,
        "an expectation failed, or of one nothing can be said, also because the run was ended early",
    ),
    (WRONG_INPUT, "a scenario or the command line is wrong"),
    (
        COULD_NOT_ASK,
        "nothing could be asked on this machine, or nothing can be said from here (vantage down)",
    ),
    (NOTHING_SELECTED, "nothing was selected"),
    (INTERRUPTED, "interrupted"),
];

/// The exit code of a run.
pub fn code(summary: &Summary) -> u8 {
    match summary {
        Summary {
            interrupted: 1..,
            stopped: Some(Stop::Interrupted),
            ..
        } => INTERRUPTED,
        Summary { faulty: 1.., .. } => WRONG_INPUT,
        Summary {
            vantage_down: true, ..
        } => COULD_NOT_ASK,
        Summary { failed: 1.., .. }
        | Summary {
            inconclusive: 1.., ..
        }
        | Summary {
            interrupted: 1.., ..
        } => FAILED,
        Summary {
            passed: 0,
            unsupported: 1..,
            ..
        }
        | Summary {
            passed: 0,
            tolerated: 1..,
            ..
        } => COULD_NOT_ASK,
        Summary { passed: 0, .. } => NOTHING_SELECTED,
        _ => AS_EXPECTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(summary: Summary, expect: u8) {
        assert_eq!(code(&summary), expect, "{summary:?}");
    }

    #[test]
    fn nothing_checked_is_never_success() {
        check(
            Summary {
                passed: 3,
                ..Summary::default()
            },
            AS_EXPECTED,
        );
        check(
            Summary {
                passed: 3,
                failed: 1,
                ..Summary::default()
            },
            FAILED,
        );
        check(
            Summary {
                passed: 3,
                inconclusive: 1,
                ..Summary::default()
            },
            FAILED,
        );
        check(
            Summary {
                passed: 3,
                failed: 1,
                faulty: 1,
                ..Summary::default()
            },
            WRONG_INPUT,
        );
        check(
            Summary {
                unsupported: 2,
                ..Summary::default()
            },
            COULD_NOT_ASK,
        );
        check(
            Summary {
                tolerated: 2,
                ..Summary::default()
            },
            COULD_NOT_ASK,
        );
        check(
            Summary {
                passed: 1,
                tolerated: 2,
                ..Summary::default()
            },
            AS_EXPECTED,
        );
        check(Summary::default(), NOTHING_SELECTED);
    }

    #[test]
    fn a_run_that_was_ended_early_is_never_success() {
        let ended = |stopped| Summary {
            passed: 3,
            interrupted: 1,
            stopped,
            ..Summary::default()
        };
        check(ended(Some(Stop::Interrupted)), INTERRUPTED);
        check(ended(Some(Stop::Timeout)), FAILED);
        check(ended(Some(Stop::FailFast)), FAILED);
        check(ended(None), FAILED);
    }
}
