use super::*;
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Samples four minutes apart; nothing is a lost one.
fn samples(rtts: &[Option<f64>]) -> Vec<Sample> {
    let start = Timestamp::constant(1_700_000_000, 0);
    let at = |nth: usize| start + SignedDuration::from_mins(4 * nth as i64);
    let sample = |(nth, rtt): (usize, &Option<f64>)| Sample {
        at: at(nth),
        rtt_ms: *rtt,
    };
    rtts.iter().enumerate().map(sample).collect()
}

/// Some samples about a level: the middle of three draws, so that most are near and none is far.
fn about(level_ms: f64, spread_ms: f64, samples: usize) -> Vec<Option<f64>> {
    let mut rng = StdRng::seed_from_u64(samples as u64 ^ level_ms.to_bits());
    let mut draw = || (0..3).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>();
    (0..samples)
        .map(|_| Some(level_ms + spread_ms * draw()))
        .collect()
}

fn watch(rtts: &[Option<f64>]) -> (Detector, Vec<(u64, Change)>) {
    let mut detector = Detector::default();
    let mut told = Vec::new();
    for (nth, sample) in samples(rtts).into_iter().enumerate() {
        told.extend(
            detector
                .push(sample)
                .into_iter()
                .map(|change| (nth as u64, change)),
        );
    }
    (detector, told)
}

#[track_caller]
fn check(parts: &[Vec<Option<f64>>], expected: &[(u64, &str)]) {
    let (_, told) = watch(&parts.concat());
    for (now, change) in &told {
        assert!(
            *now - change.index <= LOOKAHEAD,
            "told late: {now} {change:?}"
        );
        assert!(change.confidence > 0.48, "{change:?}");
    }
    let rules = |(_, change): &(u64, Change)| (change.index, change.rule.clone());
    let told: Vec<_> = told.iter().map(rules).collect();
    let near = |((index, rule), (at, word)): (&(u64, String), &(u64, &str))| {
        index.abs_diff(*at) <= 2 && rule == word
    };
    let same = told.len() == expected.len() && told.iter().zip(expected).all(near);
    assert!(same, "{told:?}, expected {expected:?}");
}

#[test]
fn a_steady_series_has_no_change() {
    check(&[about(20.0, 0.5, 2000)], &[]);
    check(&[about(300.0, 0.05, 2000)], &[]);
    check(&[about(0.4, 0.02, 2000)], &[]);
}

#[test]
fn another_level_is_a_change() {
    check(
        &[about(20.0, 0.5, 200), about(30.0, 0.5, 200)],
        &[(200, "rtt-level")],
    );
    check(
        &[about(80.0, 0.5, 200), about(30.0, 0.5, 200)],
        &[(200, "rtt-level")],
    );
}

#[test]
fn levels_close_together_are_told_apart() {
    check(
        &[about(300.0, 0.2, 200), about(302.0, 0.2, 200)],
        &[(200, "rtt-level")],
    );
}

#[test]
fn a_spike_is_no_change() {
    let spike = vec![Some(400.0)];
    check(
        &[
            about(20.0, 0.5, 200),
            spike.clone(),
            about(20.0, 0.5, 100),
            spike,
            about(20.0, 0.5, 50),
        ],
        &[],
    );
}

#[test]
fn a_crowded_hour_has_a_beginning_and_an_end() {
    check(
        &[
            about(30.0, 0.2, 200),
            about(70.0, 8.0, 30),
            about(30.0, 0.2, 200),
        ],
        &[(200, "rtt-level"), (230, "rtt-level")],
    );
}

#[test]
fn a_wider_spread_is_a_change() {
    check(
        &[about(50.0, 0.2, 300), about(50.0, 6.0, 100)],
        &[(300, "rtt-spread")],
    );
}

#[test]
fn silence_is_a_change_and_so_is_its_end() {
    check(
        &[about(20.0, 0.5, 200), vec![None; 40], about(20.0, 0.5, 100)],
        &[(200, "rtt-loss"), (240, "rtt-loss")],
    );
}

#[test]
fn a_lost_packet_is_no_change() {
    check(
        &[about(20.0, 0.5, 200), vec![None], about(20.0, 0.5, 100)],
        &[],
    );
}

#[test]
fn every_other_packet_lost_is_a_change() {
    let half: Vec<_> = about(20.0, 0.5, 60)
        .into_iter()
        .enumerate()
        .map(|(n, rtt)| rtt.filter(|_| n % 2 == 0))
        .collect();
    check(
        &[about(20.0, 0.5, 200), half, about(20.0, 0.5, 100)],
        &[(201, "rtt-loss"), (259, "rtt-loss")],
    );
}

#[test]
fn a_slow_swing_is_no_change() {
    let mut series = about(40.0, 0.5, 3600);
    for (nth, rtt) in series.iter_mut().enumerate() {
        let swing = 5.0 * (std::f64::consts::TAU * nth as f64 / 360.0).sin();
        *rtt = rtt.map(|rtt| rtt + swing);
    }
    check(&[series], &[]);
}

#[test]
fn what_is_rounded_to_milliseconds_is_steady_too() {
    let rounded = |level: f64, spread: f64, n: usize| -> Vec<Option<f64>> {
        about(level, spread, n)
            .into_iter()
            .map(|rtt| rtt.map(f64::round))
            .collect()
    };
    check(&[rounded(20.4, 0.3, 1000)], &[]);
    check(
        &[rounded(20.4, 0.3, 200), rounded(25.4, 0.3, 200)],
        &[(200, "rtt-level")],
    );
}

/// On which of its samples a change after `steady` samples is told, from 1.
#[track_caller]
fn told_on(steady: usize, after: Vec<Option<f64>>, sample: u64) {
    let (_, told) = watch(&[about(20.0, 0.2, steady), after].concat());
    let (now, change) = told.first().expect("a change");
    assert_eq!(change.index, steady as u64, "{change:?}");
    assert!(
        now - change.index < sample,
        "told on its sample {}",
        now - change.index + 1
    );
}

#[test]
fn what_is_plain_is_told_soon() {
    told_on(5, about(30.0, 0.2, 20), 3);
    told_on(50, about(30.0, 0.2, 20), 3);
    told_on(50, vec![None; 20], 3);
}

#[test]
fn what_a_detector_knows_can_be_stored() {
    let series = samples(&[about(20.0, 0.5, 150), about(30.0, 0.5, 50), vec![None; 30]].concat());
    let mut whole = Detector::default();
    let mut stored = Detector::default();
    for sample in series {
        let text = serde_json::to_string(&stored).expect("written");
        assert!(text.len() < 8000, "{} bytes", text.len());
        stored = serde_json::from_str(&text).expect("read");
        let places = |told: Vec<Change>| told.iter().map(|change| change.index).collect::<Vec<_>>();
        assert_eq!(places(whole.push(sample)), places(stored.push(sample)));
    }
    assert_eq!(stored.level().loss, 1.0);
}

#[test]
fn times_in_any_order_are_taken() {
    let mut series = samples(&about(20.0, 0.5, 100));
    series.reverse();
    let now = series.first().map(|sample| sample.at).expect("samples");
    series
        .iter_mut()
        .step_by(3)
        .for_each(|sample| sample.at = now);
    let mut detector = Detector::default();
    let told: Vec<Change> = series
        .into_iter()
        .flat_map(|sample| detector.push(sample))
        .collect();
    assert_eq!(told, []);
}

#[test]
fn the_level_is_that_of_the_latest() {
    let (detector, _) = watch(&[about(20.0, 0.5, 100), about(30.0, 0.5, 100)].concat());
    let level = detector.level();
    assert!(
        level
            .median_ms
            .is_some_and(|median| (median - 30.0).abs() < 0.5),
        "{level:?}"
    );
    assert_eq!(level.loss, 0.0);
}

#[track_caller]
fn scored(found: &[u64], known: &[u64], both: u64) {
    assert_eq!(Score::of(found, known, 15).both, both);
}

#[test]
fn found_and_known_changes_are_paired_one_to_one() {
    scored(&[100], &[100], 1);
    scored(&[100, 101], &[100], 1);
    scored(&[100], &[115], 1);
    scored(&[100], &[116], 0);
    scored(&[10, 20], &[5, 15], 2);
    scored(&[0, 30, 31], &[14, 40, 60], 2);
}

#[test]
fn shares_of_nothing_are_whole() {
    let score = Score::of(&[], &[], 15);
    assert_eq!(
        (score.precision(), score.recall(), score.f1()),
        (1.0, 1.0, 1.0)
    );
}

/// Twelve series that are all different. A change to the method that finds less or tells more that is none fails here.
#[test]
fn what_is_found_in_made_series_is_not_less_than_it_was() {
    let mut all = Score::default();
    for seed in 0..12 {
        let series = artificial::series(seed, 1500);
        let mut detector = Detector::default();
        let told = series
            .samples
            .iter()
            .flat_map(|sample| detector.push(*sample));
        let found: Vec<u64> = told.map(|change| change.index).collect();
        all += Score::of(&found, &series.changes, LOOKAHEAD);
    }
    let others = all.found - all.both;
    assert!(all.both >= 133 && others <= 43, "{all:?}");
}
