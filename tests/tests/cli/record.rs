//! `netspec record`: what it writes is sound, holds at once, and is the same when it is recorded again.

use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, netspec, said};
use std::fs;
use std::path::{Path, PathBuf};

/// Name, world, what is typed after `netspec record`, and what the file has to say.
const RECORDED: &[(&str, &str, &[&str], &[&str])] = &[
    (
        "dns",
        "paris-2023",
        &["dns", "cmmsns.qpic.cn", "--via", "cloudflare,orange,baidu"],
        &[
            "status: NOERROR",
            "\"cloudflare, orange\":\n",
            "chain: { exactly: [mmsns.qpic.wechatos.net.] }",
            "addresses: { every: { asn: AS4837, country: CN }, count: 16 }",
            "\"cloudflare, orange\": { addresses: same }",
            "\"cloudflare, baidu\": { addresses: disjoint }",
            "track: [chain, addresses.asn, addresses.country]",
        ],
    ),
    (
        "dns-alike",
        "paris-2023",
        &["dns", "cmmsns.qpic.cn", "--via", "1.1.1.1,80.10.246.2"],
        &["by-resolver:\n        \"1.1.1.1, 80.10.246.2\":\n          status: NOERROR\n"],
    ),
    (
        "route",
        "paris-2023",
        &[
            "route",
            "vweixinthumb.tc.qq.com",
            "--resolver",
            "cloudflare",
            "--flows",
            "5",
        ],
        &[
            "flows: 5\n",
            "reached: true",
            "{ asn: AS3215, evidence: strong }, { asn: AS6453, evidence: strong }",
            "asn: AS132203, country: SG",
            "track: [as-path, countries]",
        ],
    ),
    (
        "http",
        "paris-2023",
        &["http", "https://qpic.cn/", "--resolver", "baidu"],
        &[
            "status: 200",
            "icp-licences: { include: [粤B2-20090059] }",
            "connected: { asn: AS4837, country: CN }",
            "chain: trusted, expires-in: { at-least: 21d }",
            "content.sha256]",
        ],
    ),
    (
        "tls",
        "paris-2023",
        &[
            "tls",
            "43.130.30.140:443",
            "--server-name",
            "cmmsns.qpic.cn",
        ],
        &["handshake: completed", "chain: trusted", "issuer"],
    ),
    (
        "tcp",
        "paris-2023",
        &["tcp", "162.62.115.23:443"],
        &[
            "status: connected",
            "connected: { asn: AS132203, country: DE }",
        ],
    ),
    (
        "ping",
        "paris-2023",
        &[
            "ping",
            "101.33.110.25",
            "--count",
            "3",
            "--interval",
            "20ms",
        ],
        &[
            "loss: { at-most: 20% }",
            "from-other: false",
            "every: { asn: AS132203, country: SG }",
        ],
    ),
    (
        "tls-expired",
        "services",
        &["tls", "expired.test:443", "--resolver", "local"],
        &[
            "chain: expired",
            "# the certificate expires within two days, or has expired",
        ],
    ),
    (
        "http-redirect",
        "services",
        &["http", "https://good.test/moved", "--resolver", "local"],
        &["status: 30", "headers: { location: "],
    ),
    (
        "http-hostile",
        "services",
        &["http", "https://good.test/terminal", "--resolver", "local"],
        &["status: 200"],
    ),
    (
        "tcp-refused",
        "services",
        &["tcp", "good.test:81", "--resolver", "local"],
        &["status: "],
    ),
    (
        "dns-encrypted",
        "resolvers",
        &["dns", "www.test", "--via", "plain,dot"],
        &["status: NOERROR", "{ addresses: same }"],
    ),
    (
        "ping-steady",
        "echo",
        &[
            "ping",
            "steady.test",
            "--resolver",
            "good",
            "--count",
            "5",
            "--interval",
            "20ms",
        ],
        &["loss: { at-most: 20% }"],
    ),
    (
        "route-balanced",
        "paths",
        &["route", "203.0.113.10", "--flows", "4"],
        &["reached: true"],
    ),
    (
        "route-tcp",
        "paris-2023",
        &["route", "101.33.110.25", "--probe", "{ tcp: 443 }"],
        &["probe: { tcp: 443 }", "reached: true"],
    ),
    (
        "dns-nodata",
        "traps",
        &["dns", "nodata.test", "--via", "good"],
        &["status: NODATA"],
    ),
    (
        "dns-loop",
        "traps",
        &["dns", "pool.test", "--via", "good"],
        &["chain-problem: loop"],
    ),
    (
        "dns-bogons",
        "traps",
        &["dns", "bogons.test", "--via", "good"],
        &["special: { one-of: [", "count: 3"],
    ),
    (
        "dns-twice",
        "traps",
        &["dns", "twice.test", "--via", "good"],
        &["# `replies` was not always 1"],
    ),
    (
        "dns-hostile",
        "traps",
        &["dns", "terminal.test", "--type", "TXT", "--via", "good"],
        &["\\027[31mred"],
    ),
    (
        "dns-refused",
        "traps",
        &["dns", "servfail.test", "--via", "good"],
        &[
            "# mind that `status` is hardly as it should be",
            "status: SERVFAIL",
        ],
    ),
];

/// What cannot be recorded: name, world, what is typed, the exit code, and what is said.
const REFUSED: &[(&str, &str, &[&str], i32, &str)] = &[
    (
        "silent-resolver",
        "traps",
        &["dns", "www.test", "--via", "silent"],
        3,
        "there is nothing to record",
    ),
    (
        "one-silent",
        "traps",
        &["dns", "nodata.test", "--via", "good,silent"],
        3,
        "silent: ",
    ),
    (
        "nobody-there",
        "traps",
        &["dns", "plain.test", "--via", "nobody"],
        1,
        "asked in vain: status UNREACHABLE",
    ),
    (
        "nobody-echoes",
        "paris-2023",
        &["ping", "101.33.110.99", "--count", "2"],
        1,
        "nobody echoed",
    ),
    (
        "nobody-listens",
        "traps",
        &["tcp", "no-such-name.test:80", "--resolver", "good"],
        3,
        "nothing to record",
    ),
];

/// The resolvers of the worlds, as a project names them.
const RESOLVERS: &[(&str, &str)] = &[
    (
        "paris-2023",
        "{ cloudflare: 1.1.1.1, orange: 80.10.246.2, baidu: 180.76.76.76 }",
    ),
    ("services", "{ local: 198.51.100.53 }"),
    (
        "resolvers",
        "{ plain: 198.51.100.53, dot: \"tls://198.51.100.1#good.dns.test\" }",
    ),
    ("echo", "{ good: 198.51.100.53 }"),
    ("paths", "{ good: 198.51.100.53 }"),
    (
        "traps",
        "{ good: 198.51.100.53, silent: 198.51.100.55, nobody: 198.51.100.59 }",
    ),
];

pub(crate) fn cases() -> Vec<Case> {
    let holds = RECORDED.iter().map(|(name, world, typed, says)| {
        let run = || holds(world, typed, says);
        Case::new(&format!("record/{name}"), true, run)
    });
    let refused = REFUSED.iter().map(|(name, world, typed, code, says)| {
        let run = || refused(world, typed, *code, says);
        Case::new(&format!("record/refuses/{name}"), true, run)
    });
    let others = [
        Case::new("record/to-standard-output", true, to_standard_output),
        Case::new("record/overwrites-nothing", true, overwrites_nothing),
        Case::new("record/no-place", false, no_place),
        Case::new("record/secret", true, secret),
        Case::new("record/catches-a-change", true, catches_a_change),
    ];
    holds.chain(refused).chain(others).collect()
}

/// A project of its own in that world.
fn project(world: &str) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let resolvers = RESOLVERS.iter().find(|(known, _)| *known == world);
    let resolvers = resolvers.map_or("{}", |(_, resolvers)| resolvers);
    let text = format!("lab: {world}\nresolvers: {resolvers}\n");
    fs::write(folder.path().join("netspec.yaml"), text)?;
    Ok(folder)
}

/// Three looks within a second, and the file they go to.
fn record(folder: &Path, typed: &[&str], more: &[&str]) -> (Said, PathBuf) {
    let file = folder.join("recorded.yaml");
    let mut command = netspec!("record");
    command
        .args(typed)
        .args(["--lab", "--runs", "3", "--for", "1s"]);
    command.arg("--output").arg(&file).args(more);
    (said(command), file)
}

fn succeeds(said: &Said, what: &str) -> Result<(), Failed> {
    ensure(said.code == Some(0), what, said)
}

fn holds(world: &str, typed: &[&str], says: &[&str]) -> Result<(), Failed> {
    let folder = project(world)?;
    let (recorded, file) = record(folder.path(), typed, &[]);
    succeeds(&recorded, "not recorded")?;
    let text = fs::read_to_string(&file)?;
    for line in says {
        ensure(text.contains(line), &format!("does not say {line}"), &text)?;
    }
    succeeds(
        &said(netspec!("check", "--deny-warnings", &file)),
        "not sound",
    )?;
    succeeds(
        &said(netspec!("fmt", "--check", &file)),
        "not in canonical style",
    )?;
    succeeds(
        &said(netspec!("run", &file, "--lab")),
        &format!("does not hold:\n{text}"),
    )?;
    let (again, _) = record(folder.path(), typed, &["--force"]);
    succeeds(&again, "not recorded again")?;
    ensure(
        fs::read_to_string(&file)? == text,
        "another file when it is recorded again",
        &text,
    )?;
    succeeds(
        &said(netspec!("run", &file, "--lab")),
        "does not hold again",
    )
}

fn refused(world: &str, typed: &[&str], code: i32, says: &str) -> Result<(), Failed> {
    let folder = project(world)?;
    let (refused, file) = record(folder.path(), typed, &[]);
    ensure(
        refused.code == Some(code),
        &format!("not exit code {code}"),
        &refused,
    )?;
    ensure(
        refused.err.contains(says),
        &format!("does not say `{says}`"),
        &refused,
    )?;
    let left: Vec<_> = fs::read_dir(folder.path())?
        .filter_map(Result::ok)
        .collect();
    ensure(
        !file.exists() && left.len() == 1,
        "something was written",
        &refused,
    )
}

fn to_standard_output() -> Result<(), Failed> {
    let mut command = netspec!("record", "dns", "qpic.cn", "--via", "baidu", "--lab");
    command.args(["--runs", "2", "--for", "100ms", "--name", "it is: so"]);
    let said = said(command);
    let told = said.out.contains("name: \"it is: so\"") && said.err.is_empty();
    ensure(told && said.code == Some(0), "not written", &said)
}

fn overwrites_nothing() -> Result<(), Failed> {
    let folder = project("paris-2023")?;
    let file = folder.path().join("recorded.yaml");
    fs::write(&file, "mine")?;
    let (said, _) = record(folder.path(), &["tcp", "162.62.115.23:443"], &[]);
    ensure(
        said.code == Some(2) && said.err.contains("--force"),
        "not refused",
        &said,
    )?;
    ensure(fs::read_to_string(&file)? == "mine", "overwritten", &said)
}

fn no_place() -> Result<(), Failed> {
    for place in ["nowhere/at/all.yaml", "recorded.txt"] {
        let said = said(netspec!("record", "ping", "101.33.110.25", "-o", place));
        ensure(said.code == Some(2), "not refused", &said)?;
    }
    Ok(())
}

/// By its name a secret may be used; what it is stands nowhere.
fn secret() -> Result<(), Failed> {
    let folder = project("services")?;
    let project = folder.path().join("netspec.yaml");
    let with =
        fs::read_to_string(&project)? + "secrets: { token: { command: [printf, horsebattery] } }\n";
    fs::write(&project, with)?;
    let auth = "{ bearer: \"${secret:token}\" }";
    let typed = [
        "http",
        "https://good.test/echo",
        "--resolver",
        "local",
        "--auth",
        auth,
    ];
    let (said, file) = record(folder.path(), &typed, &[]);
    succeeds(&said, "not recorded")?;
    let text = fs::read_to_string(file)?;
    ensure(text.contains(auth), "does not name the secret", &text)?;
    for entry in walkdir::WalkDir::new(folder.path().join("snapshots")) {
        let entry = entry?;
        let kept = match entry.file_type().is_file() {
            true => fs::read_to_string(entry.path())?,
            false => String::new(),
        };
        ensure(
            !kept.contains("horsebattery"),
            "a secret was remembered",
            &kept,
        )?;
    }
    ensure(
        !text.contains("horsebattery"),
        "a secret was written",
        &text,
    )
}

/// What was recorded while all was well fails when the alias moves.
fn catches_a_change() -> Result<(), Failed> {
    let folder = project("paris-2023")?;
    let typed = ["dns", "cmmsns.qpic.cn", "--via", "cloudflare,baidu"];
    let (recorded, file) = record(folder.path(), &typed, &[]);
    succeeds(&recorded, "not recorded")?;
    let listed = said(netspec!("lab", "incidents", "paris-2023"));
    let changed = said(netspec!("run", &file, "--lab", "--incident", "alias-moved"));
    ensure(
        changed.code == Some(1),
        &format!("not noticed; there are {}", listed.out),
        &changed,
    )
}
