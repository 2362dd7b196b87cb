//! What the rules about names are worth, in simulated worlds: `cargo bench -p netspec-tests --bench detect_dns`. Prints the
//! false alarms of 10,000 benign histories, what was caught of incidents and how soon, what each rule said when, the same
//! for simpler ways, and what gets worse without each rule. `-- quick` takes a tenth. Figures for people to read; the
//! bounds are held by tests of netspec-detection.
#![allow(clippy::print_stdout)]

use netspec_detection::dns::{Rule, Rules};
use netspec_detection::simulate::dns::{Baseline, Benign, Caught, Incident, Judge, Matrix};
use netspec_detection::simulate::dns::{benign_score, incident_score};
use std::time::Instant;

/// The first of those seeds.
const UNSEEN: u64 = 2_000_001;

/// What was said of incidents, by incident.
type All = Vec<(Incident, Caught)>;

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (histories, seeds) = if quick { (1_000, 5) } else { (10_000, 40) };
    let ours = Judge::Ours(Box::default());
    let begin = Instant::now();
    let mut matrix = Matrix::new();
    println!("# Benign histories of 30 runs, seeds from 1\n");
    let quiet = benign_score(1, histories, &ours, &mut matrix);
    show_benign(&quiet);
    println!("\n# Incidents, {seeds} seeds in each kind of world they can befall\n");
    let all = incidents(seeds, &ours, &mut matrix);
    show_incidents(&all);
    println!("\n# What each rule said, in runs\n");
    show_matrix(&matrix);
    println!(
        "\n# The same with seeds from {UNSEEN} on, which nobody looked at while the rules were made\n"
    );
    unseen(histories, seeds, &ours);
    let (fewer, less) = (histories / 5, seeds.min(10));
    println!(
        "\n# Beside simpler ways, {fewer} benign histories, {less} seeds an incident and world\n"
    );
    compared("these rules", &ours, fewer, less);
    for baseline in Baseline::ALL {
        compared(
            &format!("{baseline:?}"),
            &Judge::Simple(baseline),
            fewer,
            less,
        );
    }
    println!("\n# Without each rule, the same worlds\n");
    for rule in Rule::ALL {
        let judge = Judge::Ours(Box::new(Rules::without(rule)));
        compared(&format!("without {rule:?}"), &judge, fewer, less);
    }
    println!("\n{:.1} s", begin.elapsed().as_secs_f64());
}

/// Benign histories and incidents of seeds that were not used before.
fn unseen(histories: u32, seeds: u64, judge: &Judge) {
    show_benign(&benign_score(UNSEEN, histories, judge, &mut Matrix::new()));
    for alias in [true, false] {
        let part = Incident::ALL
            .into_iter()
            .filter(|incident| incident.is_alias() == alias);
        let score =
            |incident| incident_score(incident, UNSEEN..UNSEEN + seeds, judge, &mut Matrix::new());
        let all: Vec<Caught> = part.map(score).collect();
        let (caught, shown) = all
            .iter()
            .fold((0, 0), |sum, it| (sum.0 + it.caught, sum.1 + it.histories));
        let missed: Vec<_> = all.iter().flat_map(|it| &it.missed).collect();
        let what = if alias {
            "of another alias"
        } else {
            "other incidents"
        };
        println!(
            "{what}: {caught} of {shown} caught ({:.2} %), missed {missed:?}",
            percent(caught, shown)
        );
    }
}

fn incidents(seeds: u64, judge: &Judge, matrix: &mut Matrix) -> All {
    let score = |incident| {
        (
            incident,
            incident_score(incident, 1..1 + seeds, judge, matrix),
        )
    };
    Incident::ALL.into_iter().map(score).collect()
}

fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

fn show_benign(quiet: &Benign) {
    let (histories, runs) = (quiet.histories, quiet.runs);
    let row = |name: &str, part: u32, whole: u32| {
        println!(
            "{name:40} {part:>6} of {whole:>6}  {:.4} %",
            percent(part, whole)
        );
    };
    row("histories with an alarm", quiet.alarmed, histories);
    row("  told, after two runs", quiet.told, histories);
    row("runs with an alarm", quiet.alarms, runs);
    row(
        "runs of which nothing could be said",
        quiet.inconclusive,
        runs,
    );
    println!(
        "{:40} {:.3} a run",
        "questions beyond the first",
        f64::from(quiet.probes) / f64::from(runs)
    );
    for ((kind, rule), count) in &quiet.by_kind {
        println!("  {kind:?} by {rule}: {count}");
    }
}

fn show_incidents(all: &All) {
    println!(
        "{:15} {:>6} {:>7} {:>8} {:>9} {:>8} {:>6} {:>6}  rules",
        "incident", "shown", "caught", "%", "at once %", "95 % in", "told", "cost"
    );
    for (incident, caught) in all {
        let (shown, count) = (caught.histories, caught.caught);
        let rules = caught
            .rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"));
        println!(
            "{:15} {shown:>6} {count:>7} {:>8.2} {:>9.1} {:>8} {:>6} {:>6.1}  {}",
            format!("{incident:?}"),
            percent(count, shown),
            percent(caught.at_once(), count),
            caught.mostly_within(),
            caught.told,
            f64::from(caught.probes) / f64::from(count.max(1)),
            rules.collect::<Vec<_>>().join(", ")
        );
        if !caught.missed.is_empty() {
            let some: Vec<_> = caught.missed.iter().take(6).collect();
            println!("{:15} missed: {some:?}", "");
        }
    }
    let sum = |part: fn(&Caught) -> u32| all.iter().map(|(_, caught)| part(caught)).sum::<u32>();
    println!(
        "{:15} {:>6} {:>7}",
        "all",
        sum(|caught| caught.histories),
        sum(|caught| caught.caught)
    );
}

fn show_matrix(matrix: &Matrix) {
    println!(
        "{:20} {:13} {:>9} {:>9}",
        "rule", "says", "benign", "incident"
    );
    for ((rule, word), truth) in matrix {
        println!(
            "{rule:20} {:13} {:>9} {:>9}",
            word.word(),
            truth.benign,
            truth.incident
        );
    }
}

/// One line: a way to judge, what it costs and what it is worth.
fn compared(name: &str, judge: &Judge, histories: u32, seeds: u64) {
    let mut matrix = Matrix::new();
    let quiet = benign_score(1, histories, judge, &mut matrix);
    let all = incidents(seeds, judge, &mut matrix);
    let recall = |alias: bool| {
        let part = all
            .iter()
            .filter(|(incident, _)| incident.is_alias() == alias);
        let (caught, shown) = part.fold((0, 0), |sum, (_, it)| {
            (sum.0 + it.caught, sum.1 + it.histories)
        });
        percent(caught, shown)
    };
    let caught: u32 = all.iter().map(|(_, caught)| caught.caught).sum();
    let at_once: u32 = all.iter().map(|(_, caught)| caught.at_once()).sum();
    println!(
        "{name:21} false alarms {:5.2} % of histories {:6.3} % of runs, nothing said {:4.2} %; caught alias {:6.2} % other {:6.2} %, at once {:5.1} %; cost {:.3}",
        percent(quiet.alarmed, quiet.histories),
        percent(quiet.alarms, quiet.runs),
        percent(quiet.inconclusive, quiet.runs),
        recall(true),
        recall(false),
        percent(at_once, caught),
        f64::from(quiet.probes) / f64::from(quiet.runs.max(1))
    );
}
