//! The same under `cargo nextest`: a process a test.

use crate::Case;
use crate::user::{Said, User};
use std::collections::BTreeSet;

pub(crate) const CASES: &[Case] = &[(
    "nextest",
    &["cargo-nextest"],
    nextest_runs_each_test_in_its_own_process,
)];

const FAILING: &str = "\
scenario: What does not hold
checks:
  - name: Baidu's answer is Tencent's own
    dns: { query: cmmsns.qpic.cn, resolver: baidu, expect: { addresses: { every: { asn: AS132203 } } } }
";
const ACCEPT: (&str, &str) = ("INSTA_UPDATE", "always");

fn nextest_runs_each_test_in_its_own_process(user: &User) {
    user.write(
        ".config/nextest.toml",
        "[profile.default.junit]\npath = \"junit.xml\"\n",
    );
    user.write("scenarios/bad.yaml", FAILING);
    let run = |arguments: &[&str]| {
        let all = [
            "nextest",
            "run",
            "--offline",
            "--no-fail-fast",
            "--no-tests=pass",
            "--status-level=all",
        ];
        user.cargo(&[ACCEPT], &[&all, arguments].concat())
    };
    let whole = run(&[]);
    assert_eq!(whole.code, Some(100), "{whole}");
    assert!(
        whole
            .err
            .contains("4 tests run: 3 passed, 1 failed, 1 skipped"),
        "{whole}"
    );
    assert!(
        whole
            .err
            .contains("[needs the real network] cdn/qpic::on the real network"),
        "{whole}"
    );
    let junit = user
        .read("target/nextest/default/junit.xml")
        .unwrap_or_else(|| panic!("no JUnit file\n{whole}"));
    let message = "message=\"Error: scenarios/bad.yaml:4:89: FAIL: addresses.every.asn: all 16 addresses are elsewhere";
    assert!(junit.contains(message), "{junit}");
    let halves = [
        passed(&run(&["--partition", "count:1/2"])),
        passed(&run(&["--partition", "count:2/2"])),
    ];
    assert!(halves[0].is_disjoint(&halves[1]), "{halves:?}");
    assert_eq!(
        halves[0]
            .union(&halves[1])
            .cloned()
            .collect::<BTreeSet<_>>(),
        passed(&whole)
    );
    assert!(!halves[0].is_empty() && !halves[1].is_empty(), "{halves:?}");
    let ignored = run(&["--run-ignored", "only"]);
    assert_eq!(
        ignored.code,
        Some(100),
        "what cannot run here is never green\n{ignored}"
    );
}

/// The names of the tests that passed.
fn passed(said: &Said) -> BTreeSet<String> {
    let lines = said
        .err
        .lines()
        .filter(|line| line.trim_start().starts_with("PASS "));
    lines
        .filter_map(|line| line.split_once("::").map(|(_, name)| name.to_owned()))
        .collect()
}
