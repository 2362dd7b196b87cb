use super::*;

fn verdict(word: char) -> Verdict {
    match word {
        's' => Verdict::new(Word::Same, "test", ""),
        'v' => Verdict::new(Word::Variance, "test", ""),
        'i' => Verdict::new(Word::Inconclusive, "test", ""),
        'f' => Verdict::new(Word::Flapping, "test", ""),
        to => Verdict::new(Word::Changed, "test", "").edge("dns", "a", to),
    }
}

/// What a track tells of runs, a letter each: `s`ame, `v`ariance, `i`nconclusive, `f`lapping, anything else a change to
/// that. `.` is nothing.
fn told(words: &str, hours: i64) -> String {
    let mut track = Track::default();
    let mut at = Timestamp::UNIX_EPOCH;
    let run = |word| {
        at += SignedDuration::from_hours(hours);
        match track.observe(&verdict(word), at) {
            Told::Nothing => '.',
            Told::Changed { .. } => 'C',
            Told::Resolved { .. } => 'R',
            Told::Flapping { .. } => 'F',
            Told::Settled { otherwise: false } => 'S',
            Told::Settled { otherwise: true } => 'O',
        }
    };
    words.chars().map(run).collect()
}

#[track_caller]
fn check(words: &str, hours: i64, expect: &str) {
    assert_eq!(told(words, hours), expect, "{words} every {hours} h");
}

#[test]
fn a_change_is_told_once_in_the_second_run_that_sees_it() {
    check("ssbbbb", 1, "...C..");
    check("ssbss", 1, ".....");
    check("sbbs", 1, "..CR");
}

#[test]
fn what_cannot_be_said_moves_nothing() {
    check("sbiiii", 1, "......");
    check("sbiib", 1, "....C");
    check("iiiiii", 1, "......");
    check("sbbiis", 1, "..C..R");
}

#[test]
fn widening_what_is_normal_is_no_change() {
    check("vvvsvv", 1, "......");
}

#[test]
fn back_and_forth_is_told_once() {
    check("sbsbsbsbsb", 1, "...F......");
    check("sfsfsf", 1, "...F..");
    check("sbsbssssss", 5, "...F.....S");
    check("sbsbbbbbbb", 5, "...F....O.");
}

#[test]
fn slow_changes_are_not_flapping() {
    check("bbssbbssbbss", 10, ".CR..CR..CR.");
}

#[test]
fn another_change_on_top_is_told_too() {
    check("bbcc", 1, ".C.C");
    check("bbcbcb", 1, ".C....");
}

#[test]
fn a_clock_put_back_loses_nothing() {
    let mut track = Track::default();
    let late = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500);
    let early = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
    assert_eq!(track.observe(&verdict('b'), late), Told::Nothing);
    let told = track.observe(&verdict('b'), early);
    let expect = Some(verdict('b').edge.expect("an edge"));
    assert_eq!(
        told,
        Told::Changed {
            edge: expect,
            since: early,
            runs: 2
        }
    );
    assert!(track.flips.iter().all(|flip| *flip <= early));
}

#[test]
fn a_suspicion_wants_to_be_asked_soon_and_an_accepted_change_is_normal() {
    let mut track = Track::default();
    track.observe(&verdict('b'), Timestamp::UNIX_EPOCH);
    assert_eq!(track.ask_by(), Some(Timestamp::UNIX_EPOCH + ASK_WITHIN));
    track.observe(&verdict('b'), Timestamp::UNIX_EPOCH + ASK_WITHIN);
    assert_eq!((track.state, track.ask_by()), (State::Changed, None));
    let text = serde_json::to_string(&track).expect("written");
    assert_eq!(serde_json::from_str::<Track>(&text).expect("read"), track);
    track.accept();
    assert_eq!(track.state, State::Stable);
}
