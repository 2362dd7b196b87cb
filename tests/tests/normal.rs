//! What is normal is learned and used by the binary, on real packets: pools, ways, levels, databases, vantages, stories.

#[path = "normal/vantage.rs"]
mod vantage;

use libtest_mimic::{Arguments, Failed, Trial};
use netspec_tests::{netspec, root, said};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use tempfile::TempDir;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let no_lab = said(netspec!("lab", "shell", "paris-2023", "--", "true")).code == Some(3);
    let trial = |(name, test): &(&'static str, fn() -> Result<(), Failed>)| {
        let test = *test;
        let trial = Trial::test(*name, test);
        match no_lab {
            true => trial
                .with_kind("no lab on this machine")
                .with_ignored_flag(true),
            false => trial,
        }
    };
    libtest_mimic::run(&arguments, CASES.iter().map(trial).collect()).exit_code()
}

type Case = (&'static str, fn() -> Result<(), Failed>);

#[rustfmt::skip] // a row a case
const CASES: &[Case] = &[
    ("a change is told with its rule, its evidence and its cost", a_change_is_told_with_its_rule),
    ("what was accepted is normal from then on, and what was before is known again", accepted),
    ("a resolver that answers no longer is a change in the end", silent_resolver),
    ("a new table of places is no change of the network", databases),
    ("a new table of places is no other value either", databases_of_values),
    ("a level that shifts is a change, and nothing of it stands in the snapshot", level),
    ("lost packets are a change where none were lost", loss),
    ("a level that nobody learned is no pass", unlearned),
    ("what goes back and forth is told as that", flapping),
    ("others of its class are asked before a resolver is believed", class),
    ("one change that two tests see is told once", grouped),
    ("a vantage that is down is all that is told", vantage::down),
    ("a vantage behind a portal is down", vantage::portal),
    ("a control that is there changes nothing", vantage::control_up),
    ("a model that cannot be read is told and not used", broken_model),
    ("nothing is learned where nobody asked for it", not_asked_for),
];

/// A project in a folder of its own, in a world of its own.
struct Rig {
    folder: TempDir,
}

const RESOLVERS: &str = "resolvers:\n  cloudflare: { url: 1.1.1.1, class: overseas }\n  orange: { url: 80.10.246.2, class: overseas }\n  baidu: 180.76.76.76\n";

impl Rig {
    /// Checks, and incidents of theirs beside those of the article's world.
    fn new(checks: &str, incidents: &str) -> Self {
        Self::with(checks, incidents, "")
    }

    fn with(checks: &str, incidents: &str, project: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let world =
            fs::read_to_string(root().join("lab/worlds/paris-2023.yaml")).expect("the world");
        let write =
            |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        write("world.yaml", &(world + incidents));
        write(
            "netspec.yaml",
            &format!("lab: world.yaml\n{RESOLVERS}{project}"),
        );
        write(
            "checks.yaml",
            &format!("scenario: what is normal\nchecks:\n{checks}"),
        );
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn learn(&self, times: usize) -> Result<(), Failed> {
        for _ in 0..times {
            let run = self.run(&["--learn"], "always");
            if run.code != Some(0) {
                return Err(format!("learning failed: {run:?}").into());
            }
        }
        Ok(())
    }

    /// One look while that happens.
    fn during(&self, incident: &str) -> Run {
        self.run(&["--incident", incident], "no")
    }

    fn run(&self, arguments: &[&str], update: &str) -> Run {
        let mut command = netspec!("run", self.file("checks.yaml"), "--lab", "--json");
        command.args(arguments).env("INSTA_UPDATE", update);
        let said = said(command);
        let events = said
            .out
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        Run {
            code: said.code,
            events: events.collect(),
            err: said.err.clone(),
        }
    }

    fn models(&self) -> Vec<PathBuf> {
        let files = walkdir::WalkDir::new(self.file("snapshots"))
            .into_iter()
            .filter_map(Result::ok);
        let files = files.map(walkdir::DirEntry::into_path);
        files
            .filter(|file| {
                file.to_string_lossy()
                    .ends_with(".lab-paris-2023.model.yaml")
            })
            .collect()
    }
}

#[derive(Debug)]
struct Run {
    code: Option<i32>,
    events: Vec<Value>,
    #[allow(dead_code, reason = "shown when a test fails")]
    err: String,
}

impl Run {
    fn of(&self, what: &str) -> Vec<&Value> {
        self.events
            .iter()
            .filter(|event| event["event"] == what)
            .collect()
    }

    /// How the only test stands: verdict, what became of its snapshot, and what was said by which rule.
    #[track_caller]
    fn check(&self, verdict: &str, fate: &str, rule: &str) -> Result<&Value, Failed> {
        let ended = self.of("ended");
        let [one] = ended.as_slice() else {
            return Err(format!("one test was expected: {self:?}").into());
        };
        let found = [
            &one["verdict"],
            &one["snapshot"]["fate"],
            &one["snapshot"]["verdict"]["rule"],
        ];
        let found = found.map(|value| value.as_str().unwrap_or_default());
        match found == [verdict, fate, rule] {
            true => Ok(&one["snapshot"]["verdict"]),
            false => {
                Err(format!("expected {verdict} {fate} {rule}, found {found:?}:\n{self:?}").into())
            }
        }
    }
}

fn holds(held: bool, what: &str, seen: &dyn std::fmt::Debug) -> Result<(), Failed> {
    match held {
        true => Ok(()),
        false => Err(format!("{what}: {seen:?}").into()),
    }
}

const ALIAS: &str = "
  - name: the alias
    dns: { query: cmmsns.qpic.cn, resolver: cloudflare, listen: off }
    track: [chain, addresses.asn]
";

const MOVED_AT_ONE: &str = "
  moved-at-one:
    why: one resolver of its class says otherwise
    must-catch: true
    changes:
      - records: { at: [cloudflare], name: cmmsns.qpic.cn, now: [cmmsns.qpic.cn. 60 CNAME a.edgekey.net., a.edgekey.net. 300 A 23.55.36.12] }
";

fn a_change_is_told_with_its_rule() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, "");
    rig.learn(4)?;
    let run = rig.during("alias-moved");
    let said = run.check("fail", "changed", "dns-R6-provider")?;
    let cost = said["probes"].as_u64().unwrap_or_default();
    holds((1..=12).contains(&cost), "a cost", said)?;
    holds(
        said["evidence"].as_array().is_some_and(|all| all.len() > 1),
        "evidence",
        said,
    )?;
    let run = rig.run(&[], "no");
    holds(run.code == Some(0), "as it was", &run)
}

fn accepted() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, "");
    rig.learn(4)?;
    let run = rig.run(&["--learn", "--incident", "alias-moved"], "always");
    run.check("pass", "updated", "dns-R6-provider")?;
    for _ in 0..3 {
        let run = rig.run(&["--learn", "--incident", "alias-moved"], "no");
        holds(run.code == Some(0), "accepted", &run)?;
    }
    let run = rig.run(&[], "no");
    let ended = run.of("ended")[0];
    holds(
        ended["snapshot"]["verdict"]["word"] == "flapping",
        "what was normal is known again",
        &run,
    )
}

const LONG_LINK: &str = "
  - name: the long link
    tcp: { connect: \"162.62.115.23:443\", send: { hex: \"16f10400\" } }
    track: [connected.asn, connected.country]
";

fn databases_of_values() -> Result<(), Failed> {
    let renamed = "
  renumbered:
    why: the table of places says another system
    must-catch: false
    changes:
      - prefixes: [{ net: 162.62.112.0/20, asn: 45090, as-name: Tencent, country: DE }]
";
    let rig = Rig::new(LONG_LINK, renamed);
    rig.learn(3)?;
    rig.during("renumbered")
        .check("pass", "databases", "db-changed")
        .map(|_| ())
}

/// That takes as many questions as make chance unlikely, of a server that always answered; those of several runs count together.
fn silent_resolver() -> Result<(), Failed> {
    let away = "
  away:
    why: the resolver is gone
    must-catch: true
    changes:
      - end: { route: cloudflare, loss: 100% }
";
    let rig = Rig::new(
        &ALIAS.replace("listen: off", "listen: off, timeout: 200ms"),
        away,
    );
    rig.learn(6)?;
    let mut run = rig.run(&["--learn", "--incident", "away"], "no");
    for _ in 0..2 {
        let ended = run.of("ended")[0];
        if ended["snapshot"]["fate"] == "changed" {
            break;
        }
        holds(ended["verdict"] == "inconclusive", "not certain yet", &run)?;
        run = rig.run(&["--learn", "--incident", "away"], "no");
    }
    run.check("fail", "changed", "dns-R0-failing").map(|_| ())
}

fn databases() -> Result<(), Failed> {
    let renamed = "
  renumbered:
    why: the table of places says another system
    must-catch: false
    changes:
      - prefixes: [{ net: 43.130.0.0/18, asn: 45090, as-name: Tencent, country: US }]
";
    let rig = Rig::new(ALIAS, renamed);
    rig.learn(4)?;
    let run = rig.during("renumbered");
    run.check("pass", "databases", "db-changed")?;
    holds(run.code == Some(0), "no alarm", &run)?;
    let elsewhere = renamed.replace("43.130.0.0/18", "162.62.112.0/20");
    let rig = Rig::new(ALIAS, &elsewhere);
    rig.learn(4)?;
    rig.during("renumbered")
        .check("pass", "same", "")
        .map(|_| ())
}

const PING: &str = "
  - name: it is near
    ping: { to: 1.1.1.1, count: 5, interval: 5ms }
    track: [rtt.median, loss]
";

fn level() -> Result<(), Failed> {
    let slower = "
  slower:
    why: the way is longer
    must-catch: true
    changes:
      - end: { route: cloudflare, rtt: 60ms }
";
    let rig = Rig::new(PING, slower);
    rig.learn(8)?;
    holds(rig.run(&[], "no").code == Some(0), "at its level", &())?;
    rig.during("slower").check("fail", "changed", "rtt-level")?;
    let snapshots = walkdir::WalkDir::new(rig.file("snapshots"))
        .into_iter()
        .filter_map(Result::ok);
    let snaps: Vec<_> = snapshots
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "snap"))
        .collect();
    holds(snaps.is_empty(), "no snapshot of a level", &snaps)
}

fn loss() -> Result<(), Failed> {
    let lossy = "
  lossy:
    why: most packets are lost
    must-catch: true
    changes:
      - end: { route: cloudflare, loss: 60% }
";
    let rig = Rig::new(&PING.replace("rtt.median, loss", "loss"), lossy);
    rig.learn(8)?;
    rig.during("lossy")
        .check("fail", "changed", "rtt-loss")
        .map(|_| ())
}

fn unlearned() -> Result<(), Failed> {
    let rig = Rig::new(PING, "");
    rig.run(&[], "no")
        .check("inconclusive", "unknown", "")
        .map(|_| ())
}

fn flapping() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, "");
    rig.learn(4)?;
    for turn in 0..3 {
        let run = rig.run(&["--learn", "--incident", "alias-moved"], "no");
        let ended = run.of("ended")[0];
        let fate = ended["snapshot"]["fate"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match turn {
            0 => holds(fate == "changed", "told as a change", &run)?,
            _ => holds(fate == "unsteady", "told as flapping", &run)?,
        }
        let back = rig.run(&["--learn"], "no");
        holds(back.code == Some(0), "back", &back)?;
    }
    Ok(())
}

fn class() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, MOVED_AT_ONE);
    rig.learn(4)?;
    let run = rig.during("moved-at-one");
    let ended = run.of("ended")[0];
    let evidence = ended["snapshot"]["verdict"]["evidence"].to_string();
    holds(
        evidence.contains("orange"),
        "the other of its class is heard",
        &run,
    )
}

const TWO: &str = "
  - name: the alias
    dns:
      query: cmmsns.qpic.cn
      listen: off
      by-resolver:
        cloudflare, orange: { status: NOERROR }
    track: [chain, addresses.asn]
";

fn grouped() -> Result<(), Failed> {
    let rig = Rig::new(TWO, "");
    rig.learn(4)?;
    let run = rig.during("alias-moved");
    let news = run.of("news");
    holds(
        news.len() == 1 && news[0]["news"].as_array().is_some_and(|all| all.len() == 1),
        "one event",
        &news,
    )?;
    let tests = news[0]["news"][0]["tests"].as_array().map(Vec::len);
    holds(tests == Some(2), "that two tests see", &news)
}

fn broken_model() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, "");
    rig.learn(3)?;
    let models = rig.models();
    let [model] = models.as_slice() else {
        return Err(format!("one model: {models:?}").into());
    };
    fs::write(model, "version: 1\nlooks: many\n")?;
    let mut command = netspec!(
        "run",
        rig.file("checks.yaml"),
        "--lab",
        "--learn",
        "--incident",
        "alias-moved"
    );
    command.env("INSTA_UPDATE", "no");
    let said = said(command);
    holds(
        said.code == Some(1) && said.out.contains("cannot be used"),
        "told, and judged by the snapshot",
        &said,
    )?;
    holds(
        fs::read_to_string(model)? == "version: 1\nlooks: many\n",
        "left as it is",
        &said,
    )
}

fn not_asked_for() -> Result<(), Failed> {
    let rig = Rig::new(ALIAS, "");
    let run = rig.run(&[], "always");
    holds(
        run.code == Some(0) && rig.models().is_empty(),
        "no model",
        &run,
    )
}
