//! How well changes of round-trip times are found, and how fast:
//! `cargo bench -p netspec-tests --bench detect_rtt -- FILE…`.
//!
//! Two sets of made series, one never looked at while the method was built, and the files given, `epoch;rtt;cp` each. For
//! each set the score at ± 15 samples, what each constant halved and doubled makes of it, and how often a change of so much
//! confidence is one. Figures for people to read, never a test.
#![allow(clippy::print_stdout)]

use netspec_detection::rtt::{Change, Detector, LOOKAHEAD, Sample, Score, Tuning, artificial};
use std::fs;
use std::time::Instant;

/// A series, and where it is known to change.
type Series = (Vec<Sample>, Vec<u64>);

/// A constant, and the same taken times a factor.
type Constant = (&'static str, fn(&mut Tuning, f64));

const CONSTANTS: &[Constant] = &[
    ("samples between changes (1000)", |t, by| {
        t.samples_between_changes *= by;
    }),
    ("hasty error (0.003)", |t, by| t.hasty_error *= by),
    ("spike share (0.01)", |t, by| t.spike_share *= by),
    ("spikes downward (0.1)", |t, by| {
        t.spikes_upward = 1.0 - (1.0 - t.spikes_upward) * by;
    }),
    ("spike time (10 s)", |t, by| t.spike_s *= by),
    ("floor (0.05 ms)", |t, by| t.floor_ms *= by),
    ("floor (0.0005 of the level)", |t, by| t.floor_share *= by),
    ("block (16 samples)", |t, by| {
        t.block = (t.block as f64 * by) as usize;
    }),
    ("memory (64 samples)", |t, by| {
        t.memory = (t.memory as f64 * by) as usize;
    }),
    ("wander (0.3 spreads)", |t, by| t.wander *= by),
];

fn main() {
    let files: Vec<Series> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(|path| read(&path))
        .collect();
    let (odd, even): (Vec<_>, Vec<_>) = files
        .into_iter()
        .enumerate()
        .partition(|(nth, _)| nth % 2 == 0);
    let only = |files: Vec<(usize, Series)>| files.into_iter().map(|(_, series)| series).collect();
    let sets: [(&str, Vec<Series>); 4] = [
        ("given, every other", only(odd)),
        ("given, the others", only(even)),
        ("made", made(1..21)),
        ("made, held out", made(1001..1021)),
    ];
    let sets: Vec<_> = sets
        .into_iter()
        .filter(|(_, series)| !series.is_empty())
        .collect();
    scores(&sets);
    baseline(&sets);
    sensitivity(&sets);
    calibration(&sets);
}

fn made(seeds: std::ops::Range<u64>) -> Vec<Series> {
    let one = |seed| artificial::series(seed, 5000);
    seeds
        .map(one)
        .map(|series| (series.samples, series.changes))
        .collect()
}

fn read(path: &str) -> Series {
    let text = fs::read_to_string(path).expect("a file of samples");
    let lines = text
        .lines()
        .skip(1)
        .map(|line| line.split(';').map(str::trim).collect::<Vec<_>>());
    let (mut samples, mut changes) = (Vec::new(), Vec::new());
    for (nth, line) in lines.enumerate() {
        let rtt: f64 = line[1].parse().unwrap_or(f64::NAN);
        let rtt_ms = Some(rtt).filter(|rtt| *rtt > 0.0 && *rtt < 1000.0);
        let at = jiff::Timestamp::from_second(240 * nth as i64).expect("a time");
        samples.push(Sample { at, rtt_ms });
        if line.get(2).is_some_and(|cp| cp.parse() == Ok(1.0)) {
            changes.push(nth as u64);
        }
    }
    (samples, changes)
}

fn found(samples: &[Sample], tuning: Tuning) -> Vec<Change> {
    let mut detector = Detector::tuned(tuning);
    samples
        .iter()
        .flat_map(|sample| detector.push(*sample))
        .collect()
}

fn score(set: &[Series], find: &dyn Fn(&[Sample]) -> Vec<u64>) -> Score {
    let mut all = Score::default();
    for (samples, changes) in set {
        all += Score::of(&find(samples), changes, LOOKAHEAD);
    }
    all
}

fn tuned(set: &[Series], tuning: Tuning) -> Score {
    score(set, &|samples| {
        found(samples, tuning)
            .iter()
            .map(|change| change.index)
            .collect()
    })
}

fn scores(sets: &[(&str, Vec<Series>)]) {
    println!("| set | series | samples | known | found | precision | recall | F1 | samples/s |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, set) in sets {
        let samples: usize = set.iter().map(|(samples, _)| samples.len()).sum();
        let start = Instant::now();
        let score = tuned(set, Tuning::default());
        let speed = samples as f64 / start.elapsed().as_secs_f64();
        println!(
            "| {name} | {} | {samples} | {} | {} | {:.3} | {:.3} | {:.3} | {speed:.0} |",
            set.len(),
            score.known,
            score.found,
            score.precision(),
            score.recall(),
            score.f1(),
        );
    }
}

/// Two windows side by side: another level where their medians are five spreads apart.
fn windows(samples: &[Sample]) -> Vec<u64> {
    let n = LOOKAHEAD as usize + 1;
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let (mut found, mut free_from) = (Vec::new(), 0);
    for at in n..samples.len().saturating_sub(n) {
        let window = |from: usize| {
            samples[from..from + n]
                .iter()
                .filter_map(|sample| sample.rtt_ms)
                .collect::<Vec<_>>()
        };
        let (mut before, mut after) = (window(at - n), window(at));
        let (Some(was), Some(is)) = (median(&mut before), median(&mut after)) else {
            continue;
        };
        let mut off: Vec<f64> = before.iter().map(|rtt| (rtt - was).abs()).collect();
        let spread = median(&mut off).unwrap_or_default().max(0.01 * was);
        if at >= free_from && (is - was).abs() > 5.0 * 1.4826 * spread {
            found.push(at as u64);
            free_from = at + n;
        }
    }
    found
}

fn baseline(sets: &[(&str, Vec<Series>)]) {
    println!(
        "\n| two windows of 16, median and MAD | precision | recall | F1 |\n|---|---|---|---|"
    );
    for (name, set) in sets {
        let score = score(set, &windows);
        println!(
            "| {name} | {:.3} | {:.3} | {:.3} |",
            score.precision(),
            score.recall(),
            score.f1()
        );
    }
}

fn sensitivity(sets: &[(&str, Vec<Series>)]) {
    let names: Vec<&str> = sets.iter().map(|(name, _)| *name).collect();
    println!(
        "\n| F1 with a constant halved, doubled | {} |",
        names.join(" | ")
    );
    println!("|---|{}", "---|".repeat(names.len()));
    for (name, change) in CONSTANTS {
        let f1 = |set: &[Series], by: f64| {
            let mut tuning = Tuning::default();
            change(&mut tuning, by);
            tuned(set, tuning).f1()
        };
        let cells = sets
            .iter()
            .map(|(_, set)| format!("{:.3}, {:.3}", f1(set, 0.5), f1(set, 2.0)));
        println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

fn calibration(sets: &[(&str, Vec<Series>)]) {
    println!("\n| confidence | changes told | share that is one |\n|---|---|---|");
    for (from, to) in [
        (0.0, 0.6),
        (0.6, 0.7),
        (0.7, 0.8),
        (0.8, 0.9),
        (0.9, 0.95),
        (0.95, 1.0),
    ] {
        let (mut told, mut right) = (0, 0);
        for (samples, changes) in sets.iter().flat_map(|(_, set)| set) {
            let of_it = found(samples, Tuning::default()).into_iter();
            let of_it = of_it.filter(|change| change.confidence >= from && change.confidence < to);
            let is_near = |change: &Change| {
                changes
                    .iter()
                    .any(|known| known.abs_diff(change.index) <= LOOKAHEAD)
            };
            for change in of_it {
                told += 1;
                right += u32::from(is_near(&change));
            }
        }
        println!(
            "| {from} to {} | {told} | {:.3} |",
            to,
            f64::from(right) / f64::from(told.max(1))
        );
    }
}
