//! A thousand hosts pinged, beside fping in the same lab: `cargo bench -p netspec-tests --bench ping`.
//!
//! Figures for people to read, never a test: they depend on the machine. Both run with the lab's wire and hosts on the same
//! processors, and both take the kernel's stamps. Every host is exactly 20 ms away: what is more or less is error.
#![allow(clippy::print_stdout)]

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

const WORLD: &str = include_str!("../../lab/worlds/echo.yaml");
const HOSTS: usize = 1000;
const TRUE_MS: f64 = 20.0;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let here = folder.path();
    fs::write(here.join("world.yaml"), WORLD.replace(", jitter: 5ms", "")).expect("written");
    fs::write(here.join("netspec.yaml"), "lab: world.yaml\n").expect("written");
    let hosts: String = (0..HOSTS).map(|n| host(n) + "\n").collect();
    fs::write(here.join("hosts"), hosts).expect("written");
    for count in [1, 5] {
        println!("{HOSTS} hosts, {count} of each, a second apart");
        netspec(here, count).print("netspec");
        match fping(here, count) {
            Some(took) => took.print("fping -i 0.1"),
            None => println!("  fping is not installed"),
        }
    }
}

fn host(n: usize) -> String {
    format!("198.19.{}.{}", n / 250, 1 + n % 250)
}

/// What a run took and measured.
struct Took {
    wall_s: f64,
    processor_s: f64,
    rtts_ms: Vec<f64>,
    sent: usize,
}

impl Took {
    fn print(&self, name: &str) {
        let mut errors: Vec<f64> = self.rtts_ms.iter().map(|ms| (ms - TRUE_MS).abs()).collect();
        errors.sort_by(f64::total_cmp);
        let at = |share: f64| errors.get((errors.len() as f64 * share) as usize).copied();
        let [median, p95] = [0.5, 0.95].map(|share| at(share).unwrap_or(f64::NAN) * 1e3);
        println!(
            "  {name:<14} {:7.2} s  {:6.2} s of processor  {} of {} echoes  error {median:.0} us median, {p95:.0} us p95",
            self.wall_s,
            self.processor_s,
            errors.len(),
            self.sent,
        );
    }
}

fn timed(command: &mut Command) -> (Output, f64, f64) {
    let (begun, before) = (Instant::now(), processor());
    let output = command.output().expect("netspec starts");
    (output, begun.elapsed().as_secs_f64(), processor() - before)
}

fn netspec(here: &Path, count: usize) -> Took {
    let mut checks = String::new();
    for n in 0..HOSTS {
        let (name, to) = (n, host(n));
        let _ = writeln!(
            checks,
            "  - name: p{name}\n    ping: {{ to: {to}, count: {count}, interval: 1s, hostnames: off, expect: {{ loss: {{ at-most: 100% }} }} }}"
        );
    }
    fs::write(
        here.join("ping.yaml"),
        format!("scenario: a bench\nchecks:\n{checks}"),
    )
    .expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_netspec-under-test"));
    command.args(["run", "ping.yaml", "--lab", "--json", "--jobs", "1000"]);
    let (output, wall_s, processor_s) = timed(command.current_dir(here));
    let text = String::from_utf8_lossy(&output.stdout);
    let events = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ended: Vec<Value> = events.filter(|event| event["event"] == "ended").collect();
    assert_eq!(
        ended.len(),
        HOSTS,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rtts = ended.iter().flat_map(|event| {
        event["seen"][0]["seen"]["rtts_ms"]
            .as_array()
            .into_iter()
            .flatten()
    });
    Took {
        wall_s,
        processor_s,
        rtts_ms: rtts.filter_map(Value::as_f64).collect(),
        sent: HOSTS * count,
    }
}

/// Nothing where it is not installed.
fn fping(here: &Path, count: usize) -> Option<Took> {
    Command::new("fping").arg("-v").output().ok()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_netspec-under-test"));
    let asked = format!("fping -q -C {count} -p 1000 -i 0.1 -t 2000 -r 0 -f hosts");
    command.args(["lab", "shell", "world.yaml", "--", "sh", "-c", &asked]);
    let (output, wall_s, processor_s) = timed(command.current_dir(here));
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = said.concat();
    let of_hosts = said.lines().filter_map(|line| line.split_once(" : "));
    let rtts = of_hosts.flat_map(|(_, rtts)| rtts.split(' ').filter_map(|ms| ms.parse().ok()));
    Some(Took {
        wall_s,
        processor_s,
        rtts_ms: rtts.collect(),
        sent: HOSTS * count,
    })
}

/// The processor time of ended children, in seconds.
fn processor() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("known");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    microseconds as f64 / 1e6
}
