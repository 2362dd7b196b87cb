//! What the rules about names are worth: benign histories and incidents by the thousand, in simulated worlds. Prints false
//! alarms, what was caught and how soon, what each rule said when, the same for simpler ways, and what gets worse without
//! each rule. `quick` as an argument takes a tenth.

use netspec_detection::dns::{Rule, Rules};
use netspec_detection::simulate::dns::{Baseline, Benign, Caught, Incident, Judge, Matrix};
use netspec_detection::simulate::dns::{benign_score, incident_score};
use std::time::Instant;

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (histories, seeds) = if quick { (1_000, 5) } else { (10_000, 40) };
    let ours = Judge::Ours(Box::default());
    let begin = Instant::now();
    let mut matrix = Matrix::new();
    let quiet = benign_score(1, histories, &ours, &mut matrix);
    println!("# Benign histories of 30 runs, seeds from 1\n");
    show_benign(&quiet);
    println!("\n# Incidents, {seeds} seeds in each kind of world\n");
    let caught = show_incidents(seeds, &ours, &mut matrix);
    println!("\n# What each rule said, in runs\n");
    show_matrix(&matrix);
    println!("\n# Beside simpler ways\n");
    let (fewer, less) = (histories / 5, seeds.min(10));
    compared(
        "these rules",
        &ours,
        histories,
        seeds,
        Some((&quiet, &caught)),
    );
    for baseline in Baseline::ALL {
        compared(
            &format!("{baseline:?}"),
            &Judge::Simple(baseline),
            fewer,
            less,
            None,
        );
    }
    println!("\n# Without each rule\n");
    compared("all rules", &ours, fewer, less, None);
    for rule in Rule::ALL {
        let judge = Judge::Ours(Box::new(Rules::without(rule)));
        compared(&format!("without {rule:?}"), &judge, fewer, less, None);
    }
    println!("\n{:.1} s", begin.elapsed().as_secs_f64());
}

fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

fn show_benign(quiet: &Benign) {
    let Benign {
        histories,
        alarmed,
        told,
        runs,
        alarms,
        inconclusive,
        probes,
        by_kind,
    } = quiet;
    println!(
        "histories with an alarm  {alarmed} of {histories} ({:.2} %), told after two runs {told}",
        percent(*alarmed, *histories)
    );
    println!(
        "runs with an alarm       {alarms} of {runs} ({:.4} %)",
        percent(*alarms, *runs)
    );
    println!(
        "runs inconclusive        {inconclusive} ({:.2} %)",
        percent(*inconclusive, *runs)
    );
    println!(
        "questions beyond the first, a run  {:.3}",
        f64::from(*probes) / f64::from(*runs)
    );
    for ((kind, rule), count) in by_kind {
        println!("  {kind:?} by {rule}: {count}");
    }
}

fn show_incidents(seeds: u64, judge: &Judge, matrix: &mut Matrix) -> Vec<(Incident, Caught)> {
    println!(
        "{:16} {:>6} {:>7} {:>8} {:>6} {:>6} {:>6}  rules",
        "incident", "shown", "caught", "%", "delay", "told", "cost"
    );
    let score = |incident| {
        (
            incident,
            incident_score(incident, 1..1 + seeds, judge, matrix),
        )
    };
    let all: Vec<(Incident, Caught)> = Incident::ALL.into_iter().map(score).collect();
    for (incident, caught) in &all {
        let Caught {
            histories,
            caught: count,
            delay,
            told,
            probes,
            rules,
            missed,
        } = caught;
        let each = f64::from((*count).max(1));
        let rules: Vec<String> = rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        println!(
            "{:16} {histories:>6} {count:>7} {:>8.2} {:>6.2} {told:>6} {:>6.1}  {}",
            format!("{incident:?}"),
            percent(*count, *histories),
            f64::from(*delay) / each,
            f64::from(*probes) / each,
            rules.join(", ")
        );
        if !missed.is_empty() {
            println!(
                "{:16} missed: {:?}",
                "",
                missed.iter().take(6).collect::<Vec<_>>()
            );
        }
    }
    all
}

fn show_matrix(matrix: &Matrix) {
    println!(
        "{:24} {:13} {:>9} {:>9}",
        "rule", "says", "benign", "incident"
    );
    for ((rule, word), truth) in matrix {
        println!(
            "{rule:24} {:13} {:>9} {:>9}",
            word.word(),
            truth.benign,
            truth.incident
        );
    }
}

fn compared(
    name: &str,
    judge: &Judge,
    histories: u32,
    seeds: u64,
    known: Option<(&Benign, &[(Incident, Caught)])>,
) {
    let mut matrix = Matrix::new();
    let (quiet, all) = match known {
        Some((quiet, all)) => (quiet.clone(), all.to_vec()),
        None => {
            let quiet = benign_score(1, histories, judge, &mut matrix);
            let score = |incident| {
                (
                    incident,
                    incident_score(incident, 1..1 + seeds, judge, &mut matrix),
                )
            };
            (quiet, Incident::ALL.into_iter().map(score).collect())
        }
    };
    let sum = |alias: bool| {
        let part = all
            .iter()
            .filter(|(incident, _)| incident.is_alias() == alias);
        part.fold((0, 0, 0), |sum, (_, caught)| {
            (
                sum.0 + caught.caught,
                sum.1 + caught.histories,
                sum.2 + caught.delay,
            )
        })
    };
    let ((alias, aliases, late), (other, others, later)) = (sum(true), sum(false));
    println!(
        "{name:22} false alarms {:6.2} % of histories {:7.3} % of runs | inconclusive {:5.2} % | alias {:6.2} % other {:6.2} % delay {:.2} | cost {:.2}",
        percent(quiet.alarmed, quiet.histories),
        percent(quiet.alarms, quiet.runs),
        percent(quiet.inconclusive, quiet.runs),
        percent(alias, aliases),
        percent(other, others),
        f64::from(late + later) / f64::from((alias + other).max(1)),
        f64::from(quiet.probes) / f64::from(quiet.runs.max(1))
    );
}
