//! Every file of `scenarios/refused/` is refused: with its place, a caret and a remedy, in bounded time and memory.

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{Said, hold, netspec, no_orphans, said, scenarios};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Seconds of processor time a file may cost, and one as large as is read at all; without optimisation that takes ten times as long.
const SECONDS: u32 = 1;
const LARGE_SECONDS: u32 = if cfg!(debug_assertions) { 10 } else { 1 };
/// KiB of address space.
const MEMORY_KIB: u32 = 512 << 10;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let files = scenarios("scenarios/refused").into_iter().map(|file| {
        let name = name(&file);
        Trial::test(name.clone(), move || refused(&name, &file))
    });
    let made = MADE
        .iter()
        .map(|(name, text)| Trial::test(format!("made/{name}"), move || made(name, &text())));
    let projects = PROJECTS
        .iter()
        .map(|&(name, text)| Trial::test(format!("project/{name}"), move || project(name, text)));
    let mut trials: Vec<Trial> = files.chain(made).chain(projects).collect();
    trials.push(no_orphans("refused", &trials));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn name(file: &Path) -> String {
    let below = file.strip_prefix("scenarios/refused").unwrap_or(file);
    below.with_extension("").display().to_string()
}

fn refused(name: &str, file: &Path) -> Result<(), Failed> {
    let said = check(file, SECONDS);
    sound(&said, &file.display().to_string())?;
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    hold(
        &format!("refused/{folder}"),
        name,
        &format!("netspec check {}", file.display()),
        &said.to_string(),
    );
    Ok(())
}

/// `netspec check`, ended by the kernel where it takes more than it may.
fn check(file: &Path, seconds: u32) -> Said {
    let netspec = netspec!("check", file);
    let mut bounded = Command::new("sh");
    let limits = format!("ulimit -t {seconds}; ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"");
    bounded
        .arg("-c")
        .arg(limits)
        .arg(netspec.get_program())
        .args(netspec.get_args());
    bounded
        .current_dir(netspec_tests::root())
        .env("NO_COLOR", "1");
    said(bounded)
}

/// What holds of every refusal: exit 2, and each problem has its place, a caret, and words on what to do.
fn sound(said: &Said, path: &str) -> Result<(), Failed> {
    let ensure = |holds: bool, what: &str| match holds {
        true => Ok(()),
        false => Err(Failed::from(format!("{what}:\n{said}"))),
    };
    ensure(said.code == Some(2), "not exit code 2")?;
    ensure(said.err.is_empty(), "something on standard error")?;
    ensure(
        said.out.contains("\nerror: ") || said.out.starts_with("error: "),
        "no problem",
    )?;
    for problem in said.out.split("error: ").skip(1) {
        let caret = problem
            .lines()
            .find(|line| line.contains('^'))
            .unwrap_or_default();
        let label = caret.rsplit('^').next().unwrap_or_default();
        ensure(problem.contains(&format!("--> {path}:")), "no place")?;
        ensure(problem.contains('^'), "no caret")?;
        ensure(
            problem.contains("= help: ") || !label.trim().is_empty(),
            "no remedy",
        )?;
    }
    Ok(())
}

type Made = (&'static str, fn() -> Vec<u8>);

/// What is too large, or too odd, to be kept as a file.
const MADE: &[Made] = &[
    ("fifty-megabytes", || {
        b"scenario: large\nchecks: []\n"
            .iter()
            .copied()
            .cycle()
            .take(50 << 20)
            .collect()
    }),
    ("four-megabytes-of-brackets", || vec![b'['; 4 << 20]),
    ("four-megabytes-of-one-text", || {
        [b"scenario: ".to_vec(), vec![b'x'; (4 << 20) - 10]].concat()
    }),
    ("a-million-dashes", || b"- ".repeat(1 << 20)),
    ("many-keys", || {
        (0..100_000)
            .map(|key| format!("key-{key}: 1\n"))
            .collect::<String>()
            .into_bytes()
    }),
    ("one-key-many-times", || b"scenario: x\n".repeat(100_000)),
    ("aliases-of-a-large-text", || {
        let large = format!("a: &a \"{}\"\n", "x".repeat(1 << 20));
        (0..100)
            .fold(large, |text, key| text + &format!("b{key}: *a\n"))
            .into_bytes()
    }),
    ("random-octets", || {
        (0_u32..1 << 16)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    }),
    ("many-values", || {
        format!("scenario: [{}]\n", "1,".repeat(390_000)).into_bytes()
    }),
    ("more-values-than-are-read", || {
        format!("scenario: [{}]\n", "1,".repeat(1 << 20)).into_bytes()
    }),
    ("nul", || b"scenario: \0\nchecks: []\n".to_vec()),
];

fn made(name: &str, text: &[u8]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(name).with_extension("yaml");
    fs::write(&file, text)?;
    let said = check(&file, LARGE_SECONDS);
    sound(&said, &file.display().to_string())?;
    let shown = said
        .to_string()
        .replace(&folder.path().display().to_string(), "[folder]");
    let begin: String = shown.chars().take(1_500).collect();
    hold("refused/made", name, "netspec check", &begin);
    Ok(())
}

/// Project files that cannot be used: they spoil every scenario beside them, so they are made where there is none.
const PROJECTS: &[(&str, &str)] = &[
    ("unknown-key", "resolver: { home: 192.168.1.1 }\n"),
    (
        "unknown-default",
        "defaults: { resovler: home, timeout: 2 }\n",
    ),
    (
        "no-such-resolver",
        "resolvers: { home: 192.168.1.1 }\ndefaults: { resolver: hame }\n",
    ),
    (
        "resolver-by-host-name",
        "resolvers: { google: dns.google }\n",
    ),
    ("no-such-world", "lab: moon.yaml\n"),
    ("world-nearly", "lab: paris-2024\n"),
    ("no-such-database", "geo: [GeoLite2-ASN.mmdb]\n"),
    ("a-list", "- lab: paris-2023\n"),
    ("tab", "resolvers:\n\thome: 192.168.1.1\n"),
];

const SOUND: &str = "\
scenario: Nothing is wrong with this one
checks:
  - name: the CDN answers
    dns: { query: cmmsns.qpic.cn, resolver: 1.1.1.1, expect: { status: NOERROR } }
";

fn project(name: &str, text: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (project, scenario) = (
        folder.path().join("netspec.yaml"),
        folder.path().join("sound.yaml"),
    );
    fs::write(&project, text)?;
    fs::write(&scenario, SOUND)?;
    let Said { code, out, err } = check(&scenario, SECONDS);
    // The scenario is not looked at; what is wrong is said as of any other error of the command line.
    let said = Said {
        code,
        out: err,
        err: out,
    };
    sound(&said, &project.display().to_string())?;
    let shown = said
        .to_string()
        .replace(&folder.path().display().to_string(), "[folder]");
    hold("refused/project", name, "netspec check", &shown);
    Ok(())
}
