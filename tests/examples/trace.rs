//! Prints raw traces, all made at once:
//! `cargo run -p netspec-tests --example trace -- [--lab WORLD] [--flows N] [--rate PACKETS_PER_SECOND] [--gap MS] [--times N] ADDRESS…`
#![allow(clippy::print_stdout)]

use netspec_lab::World;
use netspec_probes::route::{Engine, Limits, Question, RawProbe, RawTrace};
use std::error::Error;
use std::net::IpAddr;
use std::time::{Duration, Instant};

#[derive(Default)]
struct Wanted {
    world: Option<String>,
    flows: Option<u16>,
    rate: Option<u32>,
    gap_ms: Option<u64>,
    times: Option<usize>,
    to: Vec<IpAddr>,
}

fn wanted() -> Result<Wanted, Box<dyn Error>> {
    let mut wanted = Wanted::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--lab" => wanted.world = Some(value()?),
            "--flows" => wanted.flows = Some(value()?.parse()?),
            "--rate" => wanted.rate = Some(value()?.parse()?),
            "--gap" => wanted.gap_ms = Some(value()?.parse()?),
            "--times" => wanted.times = Some(value()?.parse()?),
            address => wanted.to.push(address.parse()?),
        }
    }
    Ok(wanted)
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = wanted()?;
    let world = wanted
        .world
        .as_deref()
        .map(|name| match netspec_lab::builtin(name) {
            Some(text) => World::parse(text, name),
            None => World::load(name),
        });
    let _lab = world
        .transpose()?
        .map(|world| netspec_lab::enter(&world))
        .transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(trace_all(&wanted));
    Ok(())
}

async fn trace_all(wanted: &Wanted) {
    let mut limits = Limits::default();
    limits.packets_per_second = wanted.rate.unwrap_or(limits.packets_per_second);
    limits.same_hop_gap = wanted
        .gap_ms
        .map_or(limits.same_hop_gap, Duration::from_millis);
    let engine = Engine::new(limits);
    for round in 0..wanted.times.unwrap_or(1) {
        let begun = Instant::now();
        let mut tracing = tokio::task::JoinSet::new();
        for to in &wanted.to {
            let (engine, question) = (
                engine.clone(),
                Question {
                    flows: wanted.flows.unwrap_or(1),
                    ..Question::new(*to)
                },
            );
            tracing.spawn(async move { engine.trace(&question).await });
        }
        let traces = tracing.join_all().await;
        match traces.as_slice() {
            [trace] => print(trace),
            traces => println!(
                "round {round}: {} traces in {:.1} ms: {}",
                traces.len(),
                milliseconds(begun.elapsed()),
                sums(traces)
            ),
        }
    }
}

fn sums(traces: &[RawTrace]) -> String {
    let sum = |of: fn(&RawTrace) -> usize| traces.iter().map(of).sum::<usize>();
    let sent = sum(|trace| trace.probes.len());
    let answered = sum(|trace| {
        trace
            .probes
            .iter()
            .filter(|probe| probe.answer.is_some())
            .count()
    });
    let dropped = traces
        .iter()
        .map(|trace| trace.dropped)
        .max()
        .unwrap_or_default();
    format!(
        "{sent} probes, {answered} answered, {} late, {} duplicates, {dropped} dropped",
        sum(|it| it.late as usize),
        sum(|it| it.duplicates as usize)
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn print(trace: &RawTrace) {
    println!("{:?} from {:?}", trace.outcome, trace.source);
    let mut probes: Vec<&RawProbe> = trace.probes.iter().collect();
    probes.sort_by_key(|probe| probe.ttl);
    for probe in probes {
        let sent_ms = milliseconds(probe.sent_at);
        match &probe.answer {
            None => println!(
                "{:3} flow {} sent at {sent_ms:8.3} ms  *",
                probe.ttl, probe.flow
            ),
            Some(answer) => println!(
                "{:3} flow {} sent at {sent_ms:8.3} ms  {} {} {:.3} ms ({:?}) reply ttl {:?} {:?} {:?}",
                probe.ttl,
                probe.flow,
                answer.from,
                answer.said.word(),
                milliseconds(answer.rtt),
                answer.clock,
                answer.reply_ttl,
                answer.mpls,
                answer.translated_to,
            ),
        }
    }
    let answers = trace
        .probes
        .iter()
        .filter_map(|probe| probe.answer.as_ref());
    let slowest_ms = answers
        .map(|answer| milliseconds(answer.rtt))
        .fold(0.0, f64::max);
    let (late, duplicates, dropped) = (trace.late, trace.duplicates, trace.dropped);
    println!(
        "{} probes, {late} late, {duplicates} duplicates, {dropped} dropped",
        trace.probes.len()
    );
    println!(
        "took {:.1} ms, slowest answer {slowest_ms:.1} ms",
        milliseconds(trace.took)
    );
}
