//! `netspec fmt`: what it writes, what it names, what it leaves alone.

use crate::habits::told;
use crate::{Case, ensure};
use libtest_mimic::Failed;
use netspec_tests::{Said, netspec, said};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("fmt/writes", false, writes),
        Case::new("fmt/through-a-link", false, through_a_link),
        Case::new("fmt/check", false, check),
        Case::new("fmt/diff", false, diff),
        Case::new("fmt/stdin", false, stdin),
        Case::new("fmt/refuses", false, refuses),
        Case::new("fmt/cannot-write", false, cannot_write),
    ]
}

const CARELESS: &str = "\
scenario:   Written carelessly   # but read all the same


checks:
- name: the CDN answers
  dns: {query: cmmsns.qpic.cn,resolver: cloudflare , expect: { status: NOERROR}}
  # nothing is remembered
";

const CANONICAL: &str = "\
scenario: Written carelessly     # but read all the same

checks:
  - name: the CDN answers
    dns: { query: cmmsns.qpic.cn, resolver: cloudflare, expect: { status: NOERROR } }
    # nothing is remembered
";

fn ended(said: &Said, code: i32, out: &str) -> Result<(), Failed> {
    ensure(
        said.code == Some(code),
        &format!("not exit code {code}"),
        said,
    )?;
    ensure(said.out == out, &format!("does not print `{out}`"), said)
}

fn holds(file: &Path, text: &str) -> Result<(), Failed> {
    let held = fs::read_to_string(file)?;
    ensure(held == text, &format!("expected {text}"), &held)
}

fn writes() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (careless, canonical) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
    fs::write(&careless, CARELESS)?;
    fs::write(&canonical, CANONICAL)?;
    fs::set_permissions(&careless, fs::Permissions::from_mode(0o640))?;
    let untouched = fs::metadata(&canonical)?.modified()?;
    let formatted = format!("formatted {}\n", careless.display());
    ended(&said(netspec!("fmt", folder.path())), 0, &formatted)?;
    holds(&careless, CANONICAL)?;
    let mode = fs::metadata(&careless)?.permissions().mode() & 0o777;
    ensure(mode == 0o640, "other permissions", &format!("{mode:o}"))?;
    ensure(
        fs::metadata(&canonical)?.modified()? == untouched,
        "written without need",
        &"",
    )?;
    let files = fs::read_dir(folder.path())?.count();
    ensure(files == 2, "something is left behind", &files)?;
    ended(&said(netspec!("fmt", folder.path())), 0, "")
}

/// What a link leads to is written; the link stays one.
fn through_a_link() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (file, link) = (folder.path().join("file"), folder.path().join("link.yaml"));
    fs::write(&file, CARELESS)?;
    symlink(&file, &link)?;
    ended(
        &said(netspec!("fmt", &link)),
        0,
        &format!("formatted {}\n", link.display()),
    )?;
    holds(&file, CANONICAL)?;
    ensure(link.is_symlink(), "no link any more", &link.display())
}

fn check() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("a.yaml");
    fs::write(&file, CARELESS)?;
    let named = format!("{}\n", file.display());
    ended(&said(netspec!("fmt", "--check", &file)), 1, &named)?;
    holds(&file, CARELESS)?;
    fs::write(&file, CANONICAL)?;
    ended(&said(netspec!("fmt", "--check", &file)), 0, "")
}

fn diff() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("a.yaml");
    fs::write(&file, CARELESS)?;
    let shown = said(netspec!("fmt", "--diff", &file));
    ensure(shown.code == Some(1), "not exit code 1", &shown)?;
    for line in [
        "-- name: the CDN answers\n",
        "+  - name: the CDN answers\n",
        "+++ ",
    ] {
        ensure(
            shown.out.contains(line),
            &format!("does not show `{line}`"),
            &shown,
        )?;
    }
    holds(&file, CARELESS)?;
    fs::write(&file, CANONICAL)?;
    ended(&said(netspec!("fmt", "--diff", &file)), 0, "")
}

fn stdin() -> Result<(), Failed> {
    ended(&told(netspec!("fmt", "-"), CARELESS)?, 0, CANONICAL)?;
    ended(&told(netspec!("fmt", "-"), CANONICAL)?, 0, CANONICAL)?;
    ended(
        &told(netspec!("fmt", "--check", "-"), CARELESS)?,
        1,
        "<stdin>\n",
    )
}

/// One that is no YAML is said to be none, with its place; the others are written all the same.
fn refuses() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (broken, careless) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
    fs::write(&broken, "scenario: [\n")?;
    fs::write(&careless, CARELESS)?;
    let refused = said(netspec!("fmt", folder.path()));
    ended(&refused, 2, &format!("formatted {}\n", careless.display()))?;
    let place = format!("--> {}:1:11", broken.display());
    ensure(
        refused.err.contains(&place),
        &format!("does not show {place}"),
        &refused,
    )?;
    holds(&broken, "scenario: [\n")
}

/// A name that has no room for another beside it: the file is as it was.
fn cannot_write() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("a.yaml");
    fs::write(&file, CARELESS)?;
    let long = folder.path().join(format!("{}.yaml", "x".repeat(250)));
    fs::rename(&file, &long)?;
    let refused = said(netspec!("fmt", &long));
    ended(&refused, 2, "")?;
    ensure(
        refused.err.contains("cannot write: "),
        "does not say so",
        &refused,
    )?;
    holds(&long, CARELESS)
}
