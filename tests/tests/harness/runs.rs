//! What passes, what fails and how it reads, what is listed, what is selected.

use crate::Case;
use crate::user::{User, said};
use std::process::Command;

pub(crate) const CASES: &[Case] = &[
    ("outcomes", &[], each_outcome_is_told),
    ("selection", &[], tests_are_listed_and_selected),
    ("wrong-files", &[], a_file_that_is_wrong_is_one_failing_test),
    (
        "forbidden-lab",
        &["unshare"],
        a_forbidden_lab_is_neither_green_nor_red,
    ),
];

const FAILING: &str = "\
scenario: What does not hold
checks:
  - name: Baidu's answer is Tencent's own
    why: Somebody would notice.
    dns: { query: cmmsns.qpic.cn, resolver: baidu, expect: { addresses: { every: { asn: AS132203 } } } }
  - name: nobody is there
    dns: { query: cmmsns.qpic.cn, resolver: 192.0.2.1, timeout: 200ms, expect: { status: NOERROR } }
";

fn each_outcome_is_told(user: &User) {
    user.write("scenarios/bad.yaml", FAILING);
    let all = user.test(&["--skip", "where it leads"]);
    all.has(
        101,
        &[
            "[cloudflare] ... ok",
            "[needs the real network] cdn/qpic::on the real network",
            "... ignored",
            "FAIL  bad::Baidu's answer is Tencent's own",
            "--> scenarios/bad.yaml:5:89",
            "^^^^^^^^ all 16 addresses are elsewhere",
            "<- expected AS132203",
            "asked udp://180.76.76.76",
            "Somebody would notice.",
            "INCONCLUSIVE bad::nobody is there",
            "2 passed; 2 failed; 1 ignored; 0 measured; 1 filtered out",
        ],
    );
    assert!(
        all.err
            .contains("1 ignored: needs the real network: run without the lab"),
        "{all}"
    );
    user.test(&["--ignored"]).has(
        101,
        &[
            "UNSUPPORTED cdn/qpic::on the real network",
            "0 passed; 1 failed",
        ],
    );
    let several = user.test(&[
        "--test-threads",
        "1",
        "--exact",
        "cdn/qpic::an alias abroad[baidu]",
    ]);
    several.has(0, &["1 passed; 0 failed; 0 ignored"]);
}

const NAMES: [&str; 4] = [
    "cdn/qpic::an alias abroad[cloudflare]",
    "cdn/qpic::an alias abroad[baidu]",
    "cdn/qpic::where it leads",
    "[needs the real network] cdn/qpic::on the real network",
];

fn tests_are_listed_and_selected(user: &User) {
    let list = |arguments: &[&str]| {
        let said = user.test(&[&["--list", "--format", "terse"], arguments].concat());
        assert_eq!(said.code, Some(0), "{said}");
        said.listed()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), NAMES);
    assert_eq!(list(&["alias"]), NAMES[..2]);
    assert_eq!(list(&["--skip", "alias", "--skip", "real"]), NAMES[2..3]);
    assert_eq!(list(&["--ignored"]), NAMES[3..]);
    assert_eq!(list(&["--exact", NAMES[1]]), NAMES[1..2]);
    assert_eq!(list(&["--exact", NAMES[3]]), NAMES[3..]);
    assert!(list(&["--exact", "alias"]).is_empty());
    user.test(&["alias"]).has(
        0,
        &["2 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out"],
    );
}

fn a_file_that_is_wrong_is_one_failing_test(user: &User) {
    user.write("scenarios/typo.yaml", "scenario: x\nchekcs: []\n");
    let typo = user.test(&["--exact", "typo"]);
    typo.has(
        101,
        &[
            "--> scenarios/typo.yaml:2:1",
            "did you mean `checks`?",
            "0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered",
        ],
    );
    user.test(&["alias"]).has(0, &["2 passed; 0 failed"]);
    user.write("netspec.yaml", "lab: paris-2024\n");
    user.test(&[]).has(
        101,
        &[
            "no such world: `paris-2024`",
            "netspec.yaml:1:6",
            "0 passed; 1 failed",
        ],
    );
    std::fs::remove_dir_all(user.path("scenarios")).expect("the folder is there");
    std::fs::create_dir(user.path("scenarios")).expect("the folder is gone");
    user.write("netspec.yaml", "lab: paris-2023\n");
    user.test(&[]).has(
        101,
        &["a suite of no tests proves nothing", "0 passed; 1 failed"],
    );
}

/// A user namespace whose own limit on network namespaces is none: the kernel itself refuses the lab there.
const NO_NAMESPACES: &str = "echo 0 > /proc/sys/user/max_net_namespaces && echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";

fn a_forbidden_lab_is_neither_green_nor_red(user: &User) {
    let mut shell = Command::new("unshare");
    shell
        .args(["--user", "--map-root-user", "sh", "-c", NO_NAMESPACES, "sh"])
        .arg(user.program());
    shell
        .env("CARGO_MANIFEST_DIR", user.path(""))
        .env_remove("NETSPEC_LIVE");
    let output = shell.output().expect("unshare starts");
    let forbidden = said(&output);
    forbidden.has(
        0,
        &[
            "0 passed; 0 failed; 4 ignored",
            "[the lab needs a user and a network namespace] cdn/qpic::where it leads",
        ],
    );
    assert!(
        forbidden
            .err
            .contains("4 ignored: the lab needs a user and a network namespace"),
        "{forbidden}"
    );
}
