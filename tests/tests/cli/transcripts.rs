//! What is typed, what is printed, and the exit code.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{hold, netspec, said};

/// Name, what is typed after `netspec`, exit code. Those with `--lab` enter the lab.
const TRANSCRIPTS: &[(&str, &str, i32)] = &[
    ("help", "--help", 0),
    ("help-run", "run --help", 0),
    ("help-check", "check --help", 0),
    ("help-list", "list --help", 0),
    ("help-fmt", "fmt --help", 0),
    ("help-record", "record --help", 0),
    ("help-record-dns", "record dns --help", 0),
    (
        "record-unknown-resolver",
        "record dns cmmsns.qpic.cn --via cloudflair",
        2,
    ),
    ("record-unknown-setting", "record route 1.1.1.1 --flow 5", 2),
    ("record-nobody-named", "record dns cmmsns.qpic.cn", 2),
    (
        "record-secret",
        "record http https://qpic.cn/ --auth {bearer:abc}",
        2,
    ),
    ("record-no-answer", "record ping 101.33.110.99 --lab", 1),
    ("help-drill", "drill --help", 0),
    ("help-explain", "explain --help", 0),
    ("help-man", "man --help", 0),
    ("help-detect", "detect --help", 0),
    ("help-detect-rtt", "detect rtt --help", 0),
    (
        "detect-rtt",
        "detect rtt tests/data/rtt/partly-lost.csv tests/data/rtt/rounded.csv",
        0,
    ),
    (
        "detect-rtt-json",
        "detect rtt --json tests/data/rtt/partly-lost.csv",
        0,
    ),
    (
        "detect-rtt-malformed",
        "detect rtt tests/data/rtt/malformed.csv",
        2,
    ),
    ("help-detect-dns", "detect dns --help", 0),
    ("help-detect-route", "detect route --help", 0),
    ("detect-dns", "detect dns tests/data/looks.jsonl", 0),
    ("detect-route", "detect route tests/data/looks.jsonl", 0),
    (
        "detect-route-json",
        "detect route --json tests/data/looks.jsonl",
        0,
    ),
    (
        "detect-dns-malformed",
        "detect dns tests/data/looks-malformed.jsonl",
        2,
    ),
    ("schema-detected", "schema detected", 0),
    ("explain-operator", "explain at-least", 0),
    ("explain-fact", "explain dns.addresses.asn", 0),
    ("explain-facts", "explain as-path", 0),
    ("explain-subcommand", "explain list", 0),
    ("explain-json", "explain needs.icmp --json", 0),
    ("explain-misspelled", "explain dns.adresses", 2),
    ("explain-nothing", "explain zebra-crossing", 2),
    ("help-schema", "schema --help", 0),
    ("help-lab", "lab --help", 0),
    ("help-lab-shell", "lab shell --help", 0),
    ("help-lab-incidents", "lab incidents --help", 0),
    ("help-completions", "completions --help", 0),
    ("version", "-V", 0),
    ("no-subcommand", "", 2),
    ("unknown-subcommand", "chekc scenarios", 2),
    ("unknown-flag", "run scenarios/wechat --labb", 2),
    ("misspelled-subcommand", "rn scenarios/wechat", 2),
    ("misspelled-json", "run scenarios/wechat --jsno", 2),
    ("misspelled-lab", "run scenarios/wechat --laab", 2),
    ("bad-colour", "run scenarios/wechat --color sometimes", 2),
    ("bad-timeout", "run scenarios/wechat --timeout 30", 2),
    ("bad-seed", "run scenarios/wechat --seed dice", 2),
    ("unknown-world", "run scenarios/wechat --lab=mars", 2),
    (
        "unknown-incident",
        "run scenarios/wechat --lab --incident ecnp",
        2,
    ),
    ("unknown-schema", "schema worlds", 2),
    ("unknown-shell", "completions csh", 2),
    ("no-path", "run", 2),
    ("no-such-path", "check scenarios/nowhere", 2),
    ("bad-tag", "list scenarios/wechat --tag (dns", 2),
    ("bad-jobs", "run scenarios/wechat --lab --jobs 0", 2),
    (
        "incident-without-lab",
        "run scenarios/wechat --incident ecmp",
        2,
    ),
    ("drill-without-lab", "drill scenarios/wechat", 2),
    ("drill-nowhere", "drill scenarios/wechat --lab=mars", 2),
    (
        "drill-unknown-incident",
        "drill scenarios/wechat --lab --incident ecnp",
        2,
    ),
    (
        "drill-refused",
        "drill scenarios/refused/keys/twice.yaml --lab",
        2,
    ),
    (
        "drill-nothing",
        "drill scenarios/wechat --lab --only nobody-is-called-this",
        4,
    ),
    ("drill-standard-input", "drill - --lab", 2),
    ("check", "check scenarios/wechat", 0),
    (
        "check-refused",
        "check scenarios/refused/keys/twice.yaml",
        2,
    ),
    (
        "check-nothing",
        "check scenarios/wechat --only nobody-is-called-this",
        4,
    ),
    ("list", "list scenarios/wechat", 0),
    ("list-glob", "list scenarios/w*/split-*.yaml", 0),
    ("list-glob-nothing", "list scenarios/**/mars-*.yaml", 4),
    ("list-glob-wrong", "list scenarios/***", 2),
    ("list-only", "list scenarios/wechat --only baidu", 0),
    (
        "list-tag",
        "list scenarios/wechat --tag route --only alias",
        0,
    ),
    ("list-tags", "list scenarios/wechat --tag china", 0),
    ("list-json", "list scenarios/wechat/route.yaml --json", 0),
    ("list-nothing", "list scenarios/wechat --tag moon", 4),
    ("list-refused", "list scenarios/refused/keys/twice.yaml", 2),
    ("incidents", "lab incidents paris-2023", 0),
    ("run", "run scenarios/wechat/split-horizon.yaml --lab", 0),
    (
        "run-quiet",
        "run scenarios/wechat/split-horizon.yaml --lab --quiet",
        0,
    ),
    (
        "run-verbose",
        "run scenarios/wechat/split-horizon.yaml --lab --verbose --only orange]",
        0,
    ),
    (
        "run-fails",
        "run scenarios/wechat/split-horizon.yaml --lab --incident baidu-one-abroad --only home[baidu]",
        1,
    ),
    (
        "run-refused",
        "run scenarios/refused/keys/twice.yaml --lab",
        2,
    ),
    (
        "run-nothing",
        "run scenarios/wechat --lab --only nobody-is-called-this",
        4,
    ),
];

pub(crate) fn cases() -> Vec<Case> {
    let written = TRANSCRIPTS.iter().map(|&(name, typed, code)| {
        Case::new(name, typed.contains("--lab"), move || {
            transcript(name, typed, code)
        })
    });
    written
        .chain([Case::new("run-unsupported", true, unsupported)])
        .collect()
}

fn transcript(name: &str, typed: &str, code: i32) -> Result<(), Failed> {
    let mut command = netspec!();
    // One argument holds a blank: what follows `--tag` and the like is short enough here to need none.
    command.args(typed.split_whitespace());
    let said = said(command);
    ensure(
        said.code == Some(code),
        &format!("not exit code {code}"),
        &said,
    )?;
    hold(
        "transcripts",
        name,
        &format!("netspec {typed}"),
        &said.to_string(),
    );
    Ok(())
}

/// Nothing of what was selected can be asked here: neither green nor a failure.
fn unsupported() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("live.yaml");
    std::fs::write(&file, LIVE)?;
    let said = said(netspec!("run", &file, "--lab=paris-2023"));
    ensure(said.code == Some(3), "not exit code 3", &said)?;
    let shown = said
        .to_string()
        .replace(&folder.path().display().to_string(), "[folder]");
    hold(
        "transcripts",
        "run-unsupported",
        "netspec run live.yaml --lab=paris-2023",
        &shown,
    );
    Ok(())
}

const LIVE: &str = "\
scenario: What only the real network can show
needs: [live]
checks:
  - name: the resolver answers
    dns: { query: cmmsns.qpic.cn, resolver: 1.1.1.1, expect: { status: NOERROR } }
";
