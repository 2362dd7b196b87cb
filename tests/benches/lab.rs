//! What netspec takes, beside what its peers take in the same lab: `cargo bench -p netspec-tests`.
//!
//! Figures for people to read, never a test: they depend on the machine.
#![allow(clippy::print_stdout)]

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

const WORLD: &str = include_str!("../../lab/worlds/paris-2023.yaml");
const DESTINATION: &str = "101.33.110.25";

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let here = folder.path();
    let wide = WORLD.replace(&format!("to: [{DESTINATION}]"), "to: [101.33.110.0/24]");
    fs::write(here.join("world.yaml"), wide).expect("written");
    fs::write(here.join("netspec.yaml"), "lab: world.yaml\n").expect("written");
    start(here);
    one_route(here);
    many_routes(here);
    many_questions(here);
}

/// The events of a run of one scenario, and the time of its start.
fn run(here: &Path, checks: &str) -> (Vec<Value>, SystemTime) {
    let scenario =
        format!("scenario: a bench\nresolvers: {{ cloudflare: 1.1.1.1 }}\nchecks:\n{checks}");
    fs::write(here.join("bench.yaml"), scenario).expect("written");
    let begun = SystemTime::now();
    let output = Command::new(env!("CARGO_BIN_EXE_netspec-under-test"))
        .args(["run", "bench.yaml", "--lab", "--json"])
        .current_dir(here)
        .output()
        .expect("netspec starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let events: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{failed}");
    (events, begun)
}

fn ended(events: &[Value]) -> impl Iterator<Item = &Value> {
    events.iter().filter(|event| event["event"] == "ended")
}

fn run_ms(events: &[Value]) -> f64 {
    let finished = events.iter().find(|event| event["event"] == "finished");
    finished
        .and_then(|event| event["time_ms"].as_f64())
        .expect("the run ended")
}

/// How long a tool takes in the same lab; nothing where it is not installed.
fn peer(here: &Path, command: &str) -> Option<Duration> {
    let program = command.split(' ').next()?;
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .ok()?;
    found.status.success().then(|| {
        let begun = Instant::now();
        let shell = ["lab", "shell", "world.yaml", "--", "sh", "-c", command];
        let netspec = env!("CARGO_BIN_EXE_netspec-under-test");
        Command::new(netspec)
            .args(shell)
            .current_dir(here)
            .output()
            .expect("netspec starts");
        begun.elapsed()
    })
}

fn beside(here: &Path, name: &str, command: &str, own: Duration) {
    match peer(here, command) {
        Some(took) => {
            let ratio = took.as_secs_f64() / own.as_secs_f64();
            println!(
                "  {name:<40} {:8.3} s  {ratio:.1} times as long",
                took.as_secs_f64()
            );
        }
        None => println!("  {name:<40} not installed"),
    }
}

fn start(here: &Path) {
    let check = "  - name: x\n    dns: { query: cmmsns.qpic.cn, resolver: cloudflare, expect: { status: NOERROR } }\n";
    let mut fastest = f64::MAX;
    for _ in 0..5 {
        let (events, begun) = run(here, check);
        let asked: jiff::Timestamp = ended(&events)
            .find_map(|event| event["seen"][0]["asked_at"].as_str()?.parse().ok())
            .expect("a question");
        let begun = jiff::Timestamp::try_from(begun).expect("a time");
        fastest = fastest.min(asked.duration_since(begun).as_secs_f64() * 1e3);
    }
    println!(
        "from exec to the first question, lab entered on the way: {fastest:.1} ms, the fastest of five"
    );
}

fn one_route(here: &Path) {
    let check = format!(
        "  - name: x\n    route: {{ to: {DESTINATION}, hostnames: off, expect: {{ reached: true }} }}\n"
    );
    let (events, _) = run(here, &check);
    let seen = &ended(&events).next().expect("a test")["seen"][0]["seen"];
    let hops = seen["path"].as_array().into_iter().flatten();
    let addresses = hops.flat_map(|hop| hop["addresses"].as_array().into_iter().flatten());
    let times = addresses.flat_map(|address| address["rtts_ms"].as_array().into_iter().flatten());
    let slowest = times.filter_map(Value::as_f64).fold(0.0, f64::max);
    let took = seen["time_ms"].as_f64().expect("a time");
    println!(
        "the article's route: {took:.0} ms, {:.2} times its slowest answer ({slowest:.0} ms); beside it",
        took / slowest
    );
    let own = Duration::from_secs_f64(took / 1e3);
    beside(
        here,
        "traceroute -I -n",
        &format!("traceroute -I -n {DESTINATION}"),
        own,
    );
    beside(
        here,
        "traceroute -n",
        &format!("traceroute -n {DESTINATION}"),
        own,
    );
    beside(
        here,
        "mtr -r -c1 -n",
        &format!("mtr -r -c1 -n {DESTINATION}"),
        own,
    );
}

fn many_routes(here: &Path) {
    let check = |n| {
        format!(
            "  - name: r{n}\n    route: {{ to: 101.33.110.{n}, hostnames: off, expect: {{ reached: true, hops: 15 }} }}\n"
        )
    };
    let checks: String = (1..=200).map(check).collect();
    let before = processor();
    let (events, _) = run(here, &checks);
    println!(
        "200 routes of 15 hops at once: {:.0} ms, {:.2} s of processor, the lab's wire and servers included",
        run_ms(&events),
        processor() - before
    );
}

fn many_questions(here: &Path) {
    let mut checks = String::new();
    let mut names = String::new();
    for n in 0..1000 {
        let name = format!("n{n}.example.com");
        let _ = writeln!(
            checks,
            "  - name: q{n}\n    dns: {{ query: {name}, resolver: cloudflare, expect: {{ status: NXDOMAIN }} }}"
        );
        let _ = writeln!(names, "{name} A");
    }
    fs::write(here.join("names"), names).expect("written");
    let (events, _) = run(here, &checks);
    let took = run_ms(&events);
    println!(
        "1,000 DNS checks, each listening on for 500 ms: {took:.0} ms, {:.0} a second; beside it",
        1e6 / took
    );
    let own = Duration::from_secs_f64(took / 1e3);
    beside(
        here,
        "dnsperf -q100, 1,000 questions",
        "dnsperf -s 1.1.1.1 -d names -c 1 -q 100 -n 1",
        own,
    );
    let dig = "for n in $(seq 0 999); do dig +short @1.1.1.1 n$n.example.com; done";
    match peer(here, "dig -v") {
        Some(_) => beside(here, "a loop of dig, 1,000 questions", dig, own),
        None => println!("  dig is not installed"),
    }
}

/// The processor time of ended children, in seconds.
fn processor() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("known");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    microseconds as f64 / 1e6
}
