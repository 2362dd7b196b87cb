//! A thousand HTTP and a thousand TLS checks, beside ab in the same lab: `cargo bench -p netspec-tests --bench web`.
//!
//! Figures for people to read, never a test: they depend on the machine. The lab's servers run in the same two processes'
//! processor time, for netspec and for ab alike.
#![allow(clippy::print_stdout)]

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const WORLD: &str = "
world: web-bench
client: { v4: { address: 192.0.2.2/24, gateway: 192.0.2.1 } }
routes:
  servers: { to: [203.0.113.0/24], hops: [{ address: 192.0.2.1, rtt: 1ms }], rtt: 2ms }
services:
  - { listen: \"203.0.113.80:80\", http: { paths: { /*: { text: \"good day\\n\" } } } }
  - { listen: \"203.0.113.80:443\", tls: { certificate: { names: [web.test] } }, http: { paths: { /*: { text: \"good day\\n\" } } } }
";

const CHECKS: usize = 1000;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let here = folder.path();
    fs::write(here.join("world.yaml"), WORLD).expect("written");
    fs::write(here.join("netspec.yaml"), "lab: world.yaml\n").expect("written");
    let http = |n: usize| {
        format!(
            "http: {{ get: \"http://203.0.113.80/{n}\", expect: {{ status: 200, body: {{ starts-with: good }} }} }}"
        )
    };
    compare(here, "HTTP", &checks(http), "http://203.0.113.80/");
    let tls = |n: usize| {
        format!(
            "tls: {{ connect: \"203.0.113.80:443\", server-name: web.test, sni: n{n}.test, expect: {{ chain: trusted, version: TLS1.3 }} }}"
        )
    };
    compare(here, "TLS", &checks(tls), "https://203.0.113.80/");
}

fn checks(probe: impl Fn(usize) -> String) -> String {
    let check = |n| format!("  - name: c{n}\n    {}\n", probe(n));
    let checks: String = (0..CHECKS).map(check).collect();
    format!("scenario: a bench\nchecks:\n{checks}")
}

/// The same number of connections by netspec and by ab, each with one request or handshake.
fn compare(here: &Path, what: &str, scenario: &str, url: &str) {
    fs::write(here.join("bench.yaml"), scenario).expect("written");
    let before = processor();
    let run = netspec(here, &["run", "bench.yaml", "--lab", "--json"]);
    let own = finished(&run);
    println!(
        "{CHECKS} {what} checks: {own:.0} ms, {:.0} a second, {:.2} s of processor with the lab's servers",
        CHECKS as f64 * 1e3 / own,
        processor() - before
    );
    let before = processor();
    let ab = format!("ab -q -n {CHECKS} -c 128 {url}");
    let said = netspec(here, &["lab", "shell", "world.yaml", "--", "sh", "-c", &ab]);
    let text = String::from_utf8_lossy(&said.stdout);
    let taken = text
        .lines()
        .find_map(|line| line.strip_prefix("Time taken for tests:"));
    let Some(seconds) = taken.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
    else {
        println!("  ab is not installed, or fails");
        return;
    };
    println!(
        "  {ab}: {:.0} ms, {:.2} s of processor; netspec takes {:.2} times as long",
        seconds * 1e3,
        processor() - before,
        own / seconds / 1e3
    );
}

fn netspec(here: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_netspec-under-test"))
        .args(arguments)
        .current_dir(here)
        .output()
        .expect("netspec starts")
}

/// How long a run took, in milliseconds; all of it must be as expected.
fn finished(run: &Output) -> f64 {
    let text = String::from_utf8_lossy(&run.stdout);
    let last = text.lines().last().unwrap_or_default();
    let event: Value = serde_json::from_str(last).unwrap_or_default();
    assert_eq!(event["passed"], CHECKS, "{last}");
    event["time_ms"].as_f64().expect("the run ended")
}

/// The processor time of ended children, in seconds.
fn processor() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("known");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    microseconds as f64 / 1e6
}
