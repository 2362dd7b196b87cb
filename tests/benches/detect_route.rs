//! Whether a way has changed, tried on ten thousand histories of thirty runs in which nothing did, and as many of each
//! kind of incident as are asked for: `cargo bench -p netspec-tests --bench detect_route [-- INCIDENTS]`. Figures for people
//! to read, never a test; docs/detection tells what they mean.
#![allow(clippy::print_stdout)]

use netspec_detection::route::Rules;
use netspec_detection::simulate::route::{Benign, Happening, RUNS, Tally, matrix};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

type Matrix = BTreeMap<Happening, Tally>;

/// Of each of the fifteen benign kinds: ten thousand in all.
const HISTORIES: u64 = 10_000 / Benign::ALL.len() as u64 + 1;

/// Switches one rule off.
type Off = fn(&mut Rules);

/// What is switched off, and how.
const ABLATIONS: [(&str, Off); 18] = [
    ("gaps: silence is no wildcard", |it| it.gaps = false),
    ("moas: origins must be equal", |it| it.moas = false),
    ("exchange: a peering LAN is its system", |it| {
        it.exchange = false;
    }),
    ("border: a borrowed address counts", |it| it.border = false),
    ("mpls: tunnels count as hops", |it| it.mpls = false),
    ("again: its own flow is not asked again", |it| {
        it.again = false;
    }),
    ("flows: other flows are not asked", |it| it.flows = false),
    ("again and flows: nothing is asked", |it| {
        (it.again, it.flows) = (false, false);
    }),
    ("widen: what others show does not count", |it| {
        it.widen = false;
    }),
    ("per-packet", |it| it.per_packet = false),
    ("branch", |it| it.branch = false),
    ("second round", |it| it.second_round = false),
    ("reach", |it| it.reach = false),
    ("loops", |it| it.loops = false),
    ("length", |it| it.length = false),
    ("country", |it| it.country = false),
    ("flapping", |it| it.flapping = false),
    ("learned: a change from the second run on", |it| {
        it.learned = false;
    }),
];

fn main() {
    let mut numbers = std::env::args().filter_map(|it| it.parse().ok());
    let incidents: u64 = numbers.next().unwrap_or(1000);
    let began = Instant::now();
    let all = parallel(0..HISTORIES, 0..incidents, &Rules::default());
    println!(
        "All rules, seeds 0 to {} and 0 to {}, {RUNS} runs each:\n",
        HISTORIES - 1,
        incidents - 1
    );
    show(&all);
    baselines(&all);
    by_rule(&all);
    println!("\nEach rule off, a fifth of the seeds:\n");
    println!("| off | false alarms | of systems missed | others missed |");
    println!("|---|---|---|---|");
    let few = (0..HISTORIES / 5, 0..incidents / 5);
    ablation(
        "nothing",
        &parallel(few.0.clone(), few.1.clone(), &Rules::default()),
    );
    for (name, off) in ABLATIONS {
        let mut rules = Rules::default();
        off(&mut rules);
        ablation(name, &parallel(few.0.clone(), few.1.clone(), &rules));
    }
    println!("\n{:.0} s", began.elapsed().as_secs_f64());
}

/// The same, half of the seeds each on a thread of its own.
fn parallel(benign: Range<u64>, incidents: Range<u64>, rules: &Rules) -> Matrix {
    let half = |all: &Range<u64>| u64::midpoint(all.start, all.end);
    let (first, second) = std::thread::scope(|scope| {
        let (benign, incidents) = (&benign, &incidents);
        let first = scope.spawn(|| {
            matrix(
                benign.start..half(benign),
                incidents.start..half(incidents),
                rules,
            )
        });
        let second = matrix(
            half(benign)..benign.end,
            half(incidents)..incidents.end,
            rules,
        );
        (first.join().expect("it does not panic"), second)
    });
    let mut all = first;
    for (happening, tally) in second {
        all.entry(happening).or_default().add(&tally);
    }
    all
}

fn name(happening: Happening) -> String {
    match happening {
        Happening::Benign(it) => format!("{it:?}"),
        Happening::Incident(it) => format!("**{it:?}**"),
    }
}

fn percent(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}

fn show(all: &Matrix) {
    println!(
        "| what happens | histories | with an alarm | by rule | runs late | inconclusive runs | probes a question |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (happening, tally) in all {
        let rules: Vec<String> = tally
            .rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        let latest = match happening {
            Happening::Incident(_) => tally
                .delays
                .keys()
                .max()
                .map_or("-".into(), ToString::to_string),
            Happening::Benign(_) => "-".into(),
        };
        println!(
            "| {} | {} | {} = {:.2} % | {} | {latest} | {} | {:.0} |",
            name(*happening),
            tally.histories,
            tally.alarmed,
            percent(tally.alarmed, tally.histories),
            rules.join(", "),
            tally.of(netspec_detection::Word::Inconclusive),
            tally.probes as f64 / tally.asked.max(1) as f64,
        );
    }
    let (alarms, histories) = benign(all, |tally| tally.alarmed);
    println!(
        "\nfalse alarms in {alarms} of {histories} benign histories: {:.3} %",
        percent(alarms, histories)
    );
    let early: usize = all.values().map(|tally| tally.early).sum();
    println!("histories of incidents with an alarm before it: {early}");
    let probes: u64 = all.values().map(|tally| tally.probes).sum();
    let verdicts: usize = all.values().map(|tally| tally.histories * RUNS).sum();
    println!(
        "probes beyond the looks themselves: {:.2} a verdict",
        probes as f64 / verdicts as f64
    );
}

fn benign(all: &Matrix, count: impl Fn(&Tally) -> usize) -> (usize, usize) {
    let benign = all
        .iter()
        .filter(|(it, _)| matches!(it, Happening::Benign(_)));
    benign.fold((0, 0), |(sum, histories), (_, tally)| {
        (sum + count(tally), histories + tally.histories)
    })
}

/// Incidents that were missed, and all: of systems, or the others.
fn missed(all: &Matrix, of_systems: bool, caught: impl Fn(&Tally) -> usize) -> (usize, usize) {
    let wanted = all.iter().filter(|(it, _)| match it {
        Happening::Incident(incident) => incident.is_of_systems() == of_systems,
        Happening::Benign(_) => false,
    });
    wanted.fold((0, 0), |(sum, histories), (_, tally)| {
        (
            sum + tally.histories - caught(tally),
            histories + tally.histories,
        )
    })
}

fn baselines(all: &Matrix) {
    println!("\n| | benign histories with an alarm | of systems missed | others missed |");
    println!("|---|---|---|---|");
    row("netspec", all, |tally| tally.alarmed);
    let names = [
        "addresses as text",
        "path of systems as text",
        "set of systems, four in five common",
    ];
    for (at, name) in names.iter().enumerate() {
        row(name, all, |tally| tally.baselines[at]);
    }
}

fn ablation(name: &str, all: &Matrix) {
    row(name, all, |tally| tally.alarmed);
}

fn row(name: &str, all: &Matrix, alarmed: impl Fn(&Tally) -> usize + Copy) {
    let (alarms, histories) = benign(all, alarmed);
    let (systems, of_systems) = missed(all, true, alarmed);
    let (others, of_others) = missed(all, false, alarmed);
    println!(
        "| {name} | {alarms} of {histories} = {:.2} % | {systems} of {of_systems} = {:.2} % | {others} of {of_others} = {:.2} % |",
        percent(alarms, histories),
        percent(systems, of_systems),
        percent(others, of_others),
    );
}

/// What each rule said first: how often rightly, how often wrongly.
fn by_rule(all: &Matrix) {
    let mut rules: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (happening, tally) in all {
        let at = usize::from(matches!(happening, Happening::Benign(_)));
        for (rule, count) in &tally.rules {
            rules.entry(rule).or_default()[at] += count;
        }
    }
    println!("\n| rule | rightly | wrongly |\n|---|---|---|");
    for (rule, [rightly, wrongly]) in rules {
        println!("| {rule} | {rightly} | {wrongly} |");
    }
}
