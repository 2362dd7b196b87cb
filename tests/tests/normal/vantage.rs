//! One's own way out is looked at before anybody is accused.

use super::{ALIAS, Rig, Run, holds};
use libtest_mimic::Failed;
use netspec_tests::{netspec, said};
use serde_json::Value;
use std::fs;

const CONTROL: &str = "scenario: what is always there
checks:
  - name: a neighbour answers
    ping: { to: 80.10.246.2, count: 1, timeout: 300ms, expect: { loss: 0% } }
  - name: a page says what it always says
    http: { get: \"https://qpic.cn/\", resolver: baidu, timeout: 2s, expect: { body: { contains: 粤B2-20090059 } } }
";

fn under_control(incident: &str) -> Result<(Rig, Run), Failed> {
    let checks = ALIAS.to_owned()
        + "  - name: it is there\n    ping: { to: 1.1.1.1, count: 1, timeout: 300ms, expect: { loss: 0% } }\n";
    let down = "
  uplink-down:
    why: the first router takes nothing any more
    must-catch: false
    changes:
      - end: { route: cloudflare, loss: 100% }
      - end: { route: orange, loss: 100% }
      - end: { route: baidu, loss: 100% }
      - end: { route: fuzhou, loss: 100% }
  cloudflare-down:
    why: one of them is away
    must-catch: true
    changes:
      - end: { route: cloudflare, loss: 100% }
  portal:
    why: somebody wants to be paid first
    must-catch: false
    changes:
      - end: { route: cloudflare, loss: 100% }
      - service: { at: \"36.248.45.130:443\", set: { http: { paths: { /: { html: \"<title>Welcome to the hotel</title>\" } } } } }
";
    let rig = Rig::with(&checks, down, "control: control.yaml\n");
    fs::write(rig.file("control.yaml"), CONTROL)?;
    rig.learn(3)?;
    let run = rig.during(incident);
    Ok((rig, run))
}

pub(super) fn down() -> Result<(), Failed> {
    let (rig, run) = under_control("uplink-down")?;
    holds(run.code == Some(3), "exit code 3", &run)?;
    let verdicts: Vec<&Value> = run
        .of("ended")
        .iter()
        .map(|ended| &ended["verdict"])
        .collect();
    holds(
        verdicts.iter().all(|verdict| *verdict == "inconclusive"),
        "no other alarm",
        &verdicts,
    )?;
    let news = run.of("news");
    holds(
        news.len() == 1 && news[0]["news"][0]["what"] == "vantage-down",
        "one event",
        &news,
    )?;
    let mut command = netspec!(
        "run",
        rig.file("checks.yaml"),
        "--lab",
        "--incident",
        "uplink-down"
    );
    command.env("INSTA_UPDATE", "no");
    let text = said(command).out;
    holds(
        text.contains("VANTAGE DOWN nothing can be said of 2 tests"),
        "told",
        &text,
    )
}

pub(super) fn portal() -> Result<(), Failed> {
    let (_, run) = under_control("portal")?;
    let news = run.of("news");
    holds(
        run.code == Some(3) && news[0]["news"][0]["what"] == "vantage-down",
        "behind a portal",
        &run,
    )
}

pub(super) fn control_up() -> Result<(), Failed> {
    let (_, run) = under_control("cloudflare-down")?;
    let ended = run.of("ended");
    let ping = ended.iter().find(|ended| ended["kind"] == "ping");
    let failed = ping.is_some_and(|ping| ping["verdict"] == "fail");
    let down = run
        .of("news")
        .iter()
        .any(|news| news["news"][0]["what"] == "vantage-down");
    holds(
        run.code == Some(1) && failed && !down,
        "the ping fails",
        &run,
    )
}
