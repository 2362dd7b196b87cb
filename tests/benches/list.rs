//! What it takes to read and list 10,000 scenario files, beside PyYAML's C loader that only parses them:
//! `cargo bench -p netspec-tests --bench list`. Figures for people to read, never a test.
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const FILES: usize = 10_000;

/// Parses every file below a folder as fast as PyYAML can, which is on one processor.
const PYYAML: &str = "
import os, sys, yaml
loader = yaml.CSafeLoader
count = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name != 'netspec.yaml':
            with open(os.path.join(folder, name), 'rb') as file:
                count += len(yaml.load(file, Loader=loader)['checks'])
print(count)
";

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let here = folder.path();
    fs::write(
        here.join("netspec.yaml"),
        "resolvers: { cloudflare: 1.1.1.1 }\n",
    )
    .expect("written");
    for number in 0..FILES {
        let below = here.join(format!("{:02}", number % 100));
        fs::create_dir_all(&below).expect("written");
        fs::write(below.join(format!("{number}.yaml")), scenario(number)).expect("written");
    }
    let (own, names) = fastest(|| netspec(here));
    let seconds = own.as_secs_f64();
    println!(
        "{FILES} files of three checks: {seconds:.2} s to read, judge and list {names} tests; beside it"
    );
    let python = Command::new("python3")
        .args(["-c", "import yaml; yaml.CSafeLoader"])
        .output();
    match python {
        Ok(output) if output.status.success() => {
            let (peer, checks) = fastest(|| pyyaml(here));
            let seconds = peer.as_secs_f64();
            let ratio = seconds / own.as_secs_f64();
            println!(
                "  PyYAML's C loader, {checks} checks parsed  {seconds:8.2} s  {ratio:.1} times as long"
            );
        }
        _ => println!("  PyYAML is not installed"),
    }
}

/// A scenario as people write them.
fn scenario(number: usize) -> String {
    let check = |kind: &str| {
        format!(
            "
  - name: n{number}.example.com {kind} is where it was
    tags: [dns, number-{number}]
    dns:
      query: n{number}.example.com
      type: {kind}
      resolver: cloudflare                # whom to ask
      expect:
        status: {{ one-of: [NOERROR, NODATA] }}
        time: {{ below: 2s }}
        addresses: {{ every: {{ asn: {{ one-of: [AS4837, AS132203] }}, country: {{ none-of: [RU] }} }}, count: {{ at-least: 1 }} }}
        ttl: {{ between: [30s, 300s] }}
    track: [chain, addresses.asn]
"
        )
    };
    let checks: String = ["A", "AAAA", "HTTPS"].map(check).concat();
    format!("scenario: Number {number} of many\nwhy: To be read.\ntags: [bench]\n\nchecks:{checks}")
}

/// The fastest of three.
fn fastest(mut run: impl FnMut() -> usize) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..3 {
        let begun = Instant::now();
        let count = run();
        best = best.min((begun.elapsed(), count));
    }
    best
}

fn netspec(here: &Path) -> usize {
    let output = Command::new(env!("CARGO_BIN_EXE_netspec-under-test"))
        .arg("list")
        .arg(here)
        .output()
        .expect("netspec starts");
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{failed}");
    output
        .stdout
        .iter()
        .filter(|octet| **octet == b'\n')
        .count()
}

fn pyyaml(here: &Path) -> usize {
    let output = Command::new("python3")
        .args(["-c", PYYAML])
        .arg(here)
        .output()
        .expect("python3 starts");
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().expect("a number of checks")
}
