//! A small, fixed part of what the benchmark runs: a count that becomes worse is a regression.

use super::*;
use crate::route::Rules;

#[test]
fn what_is_benign_is_hardly_ever_an_alarm() {
    let tallies =
        Benign::ALL.map(|it| (it, tally(Happening::Benign(it), 0..12, &Rules::default())));
    for (benign, tally) in &tallies {
        assert_eq!(
            (tally.histories, &*tally.wrong),
            (12, &[][..]),
            "{benign:?}"
        );
    }
    let rehashed = &tallies[0].1;
    assert!(
        rehashed.baselines[0] > 9,
        "a text comparison is no baseline if nothing differs"
    );
}

#[test]
fn what_is_an_incident_is_caught_at_once() {
    for incident in Incident::ALL {
        let tally = tally(Happening::Incident(incident), 0..12, &Rules::default());
        assert!(
            tally.histories >= 3,
            "{incident:?} happened in {} worlds",
            tally.histories
        );
        assert_eq!(tally.wrong, [0; 0], "{incident:?}");
        assert_eq!(tally.delays.keys().max(), Some(&0), "{incident:?}");
    }
}

/// Worlds in which a probe of the branch was lost, its share had not settled, or others met nobody's addresses.
#[test]
fn a_branch_that_moved_is_caught_where_little_is_known_of_it() {
    let moved = Happening::Incident(Incident::BranchMoved);
    for seed in [28, 341, 558, 619, 691, 782, 962, 1223, 3601, 6336] {
        let outcome = live(seed, moved, &Rules::default());
        assert_eq!(
            (outcome.happened, outcome.delay()),
            (true, Some(0)),
            "{seed}"
        );
    }
}

#[test]
fn the_same_seed_is_the_same_history() {
    let happening = Happening::Incident(Incident::AsReplaced);
    let (one, other) = (
        tally(happening, 3..9, &Rules::default()),
        tally(happening, 3..9, &Rules::default()),
    );
    assert_eq!(one, other);
}
