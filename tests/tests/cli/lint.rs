//! `netspec check`: what is sound but hardly meant, as text, as JSON and as an exit code.

use crate::habits::told;
use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, hold, netspec};
use serde_json::Value;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("check-warns", false, warns),
        Case::new("check-contradiction", false, contradiction),
        Case::new("check-json", false, json),
        Case::new("check-json-refused", false, json_refused),
    ]
}

const WARNS: &str = "\
scenario: Sound, and hardly meant
resolvers: { home: 192.168.1.1, other: 192.168.1.2 }
checks:
  - name: the CDN answers
    dns: { query: cmmsns.qpic.cn, resolver: home, expect: { status: { at-least: NOERROR } } }
  - name: it is in China
    dns: { query: cmmsns.qpic.cn, resolver: home, expect: { addresses: { every: { hostname: present } } } }
  - name: the CDN answers again
    dns: { query: cmmsns.qpic.cn, resolver: home, expect: { status: { at-least: NOERROR } } }
";

const CONTRADICTS: &str = "\
scenario: No network is like this
checks:
  - name: the CDN answers
    dns:
      query: cmmsns.qpic.cn
      resolver: cloudflare
      expect: { ttl: { above: 60s, below: 30s }, chain: { exactly: [mmsns.qpic.wechatos.net.], count: 2 } }
";

fn ended(said: &Said, code: i32) -> Result<(), Failed> {
    ensure(
        said.code == Some(code),
        &format!("not exit code {code}"),
        said,
    )
}

/// A warning is no error, unless it is said to be one.
fn warns() -> Result<(), Failed> {
    let said = told(netspec!("check", "-"), WARNS)?;
    ended(&said, 0)?;
    ended(&told(netspec!("check", "-", "--deny-warnings"), WARNS)?, 2)?;
    hold(
        "transcripts",
        "check-warns",
        "netspec check -",
        &said.to_string(),
    );
    Ok(())
}

fn contradiction() -> Result<(), Failed> {
    let said = told(netspec!("check", "-"), CONTRADICTS)?;
    ended(&said, 2)?;
    hold(
        "transcripts",
        "check-contradiction",
        "netspec check -",
        &said.to_string(),
    );
    Ok(())
}

fn lines(said: &Said) -> Result<Vec<Value>, Failed> {
    let lines: Result<Vec<Value>, _> = said.out.lines().map(serde_json::from_str).collect();
    Ok(lines?)
}

fn json() -> Result<(), Failed> {
    let said = told(netspec!("check", "-", "--json"), WARNS)?;
    ended(&said, 0)?;
    let lines = lines(&said)?;
    let codes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["code"].as_str())
        .collect();
    let expect = [
        "unused-resolver",
        "always-holds",
        "cannot-be-seen",
        "same-check",
        "always-holds",
    ];
    ensure(codes == expect, &format!("expected {expect:?}"), &said)?;
    ensure(lines[0]["place"] == "<stdin>:2:33", "another place", &said)?;
    ensure(lines[0]["level"] == "warning", "another level", &said)?;
    let last = lines.last().ok_or("nothing said")?;
    ensure(
        last["warnings"] == 5 && last["errors"] == 0 && last["tests"] == 3,
        "not counted",
        &said,
    )
}

fn json_refused() -> Result<(), Failed> {
    let said = told(
        netspec!("check", "-", "--json"),
        "scenario: x\nchekcs: []\n",
    )?;
    ended(&said, 2)?;
    let lines = lines(&said)?;
    ensure(
        lines[0]["level"] == "error" && lines[0]["code"].is_null(),
        "no error",
        &said,
    )?;
    ensure(
        lines.last().is_some_and(|last| last["faulty"] == 1),
        "not counted",
        &said,
    )
}
