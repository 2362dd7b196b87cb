//! How checks are carried out, against a name server on this machine that follows a script.

#[path = "conduct/guard.rs"]
mod guard;
#[path = "conduct/server.rs"]
mod server;

use netspec_tests::{netspec, said};
use serde_json::Value;
use server::{Reply, Server};
use std::fs;
use tempfile::TempDir;

const GOOD: Reply = Reply::Address([192, 0, 2, 1]);
const BAD: Reply = Reply::Address([192, 0, 2, 2]);

/// One run of a scenario whose checks ask that server.
struct Run {
    code: Option<i32>,
    events: Vec<Value>,
}

impl Run {
    fn of(server: &Server, checks: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let project = format!("resolvers: {{ here: \"{}\" }}\n", server.address());
        fs::write(folder.path().join("netspec.yaml"), project).expect("written");
        let file = folder.path().join("checks.yaml");
        let text = format!("scenario: a name server that follows a script\nchecks:\n{checks}");
        fs::write(&file, text).expect("written");
        let said = said(netspec!("run", &file, "--json"));
        let events = said
            .out
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        Self {
            code: said.code,
            events: events.collect(),
        }
    }

    /// How the tests ended, in order of their names.
    fn ended(&self) -> Vec<&Value> {
        let mut ended: Vec<&Value> = self
            .events
            .iter()
            .filter(|event| event["event"] == "ended")
            .collect();
        ended.sort_by_key(|event| event["name"].as_str());
        ended
    }

    fn verdict(&self) -> &str {
        self.ended()[0]["verdict"].as_str().expect("a verdict")
    }

    fn finished(&self, word: &str) -> u64 {
        let last = self.events.last().expect("an end");
        last[word].as_u64().expect("a count")
    }
}

/// A check of one name, with more keys.
fn asks(name: &str, keys: &str) -> String {
    let dns = format!(
        "{{ query: {name}, resolver: here, timeout: 300ms, expect: {{ addresses: {{ every: {{ address: 192.0.2.1 }} }} }} }}"
    );
    format!("  - name: {name}\n    dns: {dns}\n    {keys}\n")
}

#[test]
fn silence_is_asked_again() {
    let server = Server::start(&[Reply::Silence, GOOD]);
    let run = Run::of(&server, &asks("a.test", "retry: { times: 2, wait: 10ms }"));
    assert_eq!((run.verdict(), run.code), ("pass", Some(0)));
    assert_eq!(server.heard(), 2);
    let asked = run.ended()[0]["seen"][0]["asked"].as_str().expect("text");
    assert!(asked.ends_with("(try 2 of 3)"), "{asked}");
}

#[test]
fn a_file_says_it_once_for_its_checks() {
    let server = Server::start(&[Reply::Silence, GOOD]);
    let folder = TempDir::new().expect("a folder");
    let project = format!(
        "resolvers: {{ here: \"{}\" }}\ndefaults: {{ retry: {{ times: 1, wait: 1h }}, when-inconclusive: skip }}\n",
        server.address()
    );
    fs::write(folder.path().join("netspec.yaml"), project).expect("written");
    let file = folder.path().join("checks.yaml");
    let text = format!(
        "scenario: a name server that follows a script\ndefaults: {{ retry: {{ times: 2, wait: 10ms }} }}\nchecks:\n{}",
        asks("a.test", "")
    );
    fs::write(&file, text).expect("written");
    let said = said(netspec!("run", &file));
    assert_eq!((said.code, server.heard()), (Some(0), 2), "{said}");
}

#[test]
fn silence_to_the_end_is_inconclusive() {
    let server = Server::start(&[Reply::Silence]);
    let run = Run::of(&server, &asks("a.test", "retry: { times: 2, wait: 10ms }"));
    assert_eq!((run.verdict(), run.code), ("inconclusive", Some(1)));
    assert_eq!(server.heard(), 3);
}

#[test]
fn a_wrong_answer_is_never_asked_away() {
    let server = Server::start(&[BAD, GOOD]);
    let run = Run::of(&server, &asks("a.test", "retry: { times: 5, wait: 10ms }"));
    assert_eq!((run.verdict(), run.code), ("fail", Some(1)));
    assert_eq!(server.heard(), 1);
}

#[test]
fn so_many_samples_must_pass() {
    for (pass_when, verdict) in [
        ("", "fail"),
        (", pass-when: { at-least: 2 }", "pass"),
        (", pass-when: 2", "pass"),
        (", pass-when: { at-most: 1 }", "fail"),
    ] {
        let server = Server::start(&[GOOD, BAD, GOOD]);
        let keys = format!("samples: {{ take: 3, apart: 10ms{pass_when} }}");
        let run = Run::of(&server, &asks("a.test", &keys));
        assert_eq!(run.verdict(), verdict, "{pass_when}");
        assert_eq!(server.heard(), 3);
        let samples = &run.ended()[0]["samples"];
        assert_eq!(
            (&samples["passed"], &samples["failed"]),
            (&2.into(), &1.into())
        );
    }
}

#[test]
fn of_failing_samples_the_worst_is_shown() {
    let server = Server::start(&[GOOD, BAD, GOOD]);
    let run = Run::of(
        &server,
        &asks("a.test", "samples: { take: 3, apart: 10ms }"),
    );
    let ended = run.ended()[0];
    assert_eq!(ended["samples"]["shown"], 2);
    assert_eq!(
        ended["seen"][0]["seen"]["addresses"][0]["address"],
        "192.0.2.2"
    );
}

#[test]
fn samples_of_which_nothing_can_be_said_decide_nothing() {
    let server = Server::start(&[GOOD, Reply::Silence, GOOD]);
    let run = Run::of(
        &server,
        &asks("a.test", "samples: { take: 3, apart: 10ms }"),
    );
    assert_eq!((run.verdict(), run.code), ("inconclusive", Some(1)));
}

#[test]
fn tests_that_ask_the_same_share_their_samples() {
    let server = Server::start(&[GOOD]);
    let keys = "samples: { take: 3, apart: 10ms }";
    let dns = "{ query: a.test, resolver: here, expect: { status: NOERROR } }";
    let other = format!("  - name: another\n    dns: {dns}\n    {keys}\n");
    let first = format!("  - name: one\n    dns: {dns}\n    {keys}\n");
    let run = Run::of(&server, &(first + &other));
    assert_eq!((run.ended().len(), run.code), (2, Some(0)));
    assert_eq!(server.heard(), 3);
}

#[test]
fn what_cannot_be_said_fails_or_warns_or_is_skipped() {
    for (keys, code, inconclusive) in [
        ("", Some(1), 1),
        ("when-inconclusive: fail", Some(1), 1),
        ("when-inconclusive: warn", Some(0), 0),
        ("when-inconclusive: skip", Some(0), 0),
    ] {
        let server = Server::start(&[Reply::Silence]).answering("good.test", GOOD);
        let run = Run::of(
            &server,
            &(asks("good.test", "") + &asks("silent.test", keys)),
        );
        assert_eq!(run.code, code, "{keys}");
        assert_eq!(run.finished("inconclusive"), inconclusive, "{keys}");
        assert_eq!(run.finished("tolerated"), 1 - inconclusive, "{keys}");
        assert_eq!(run.ended()[1]["verdict"], "inconclusive");
    }
}

#[test]
fn where_nothing_was_learnt_nothing_is_as_expected() {
    let server = Server::start(&[Reply::Silence]);
    let run = Run::of(&server, &asks("a.test", "when-inconclusive: skip"));
    assert_eq!(run.code, Some(3));
}

#[test]
fn a_check_has_its_own_time() {
    let server = Server::start(&[Reply::Silence]);
    let dns = "{ query: a.test, resolver: here, timeout: 1h, expect: { status: NOERROR } }";
    let run = Run::of(
        &server,
        &format!("  - name: one\n    dns: {dns}\n    timeout: 50ms\n"),
    );
    assert_eq!((run.verdict(), run.code), ("inconclusive", Some(1)));
    let why = run.ended()[0]["seen"][0]["because"].as_str().expect("why");
    assert!(why.contains("the check's timeout of 50ms"), "{why}");
}

#[test]
fn an_exclusive_check_asks_alone() {
    let server = Server::start(&[Reply::Slowly([192, 0, 2, 1])]);
    let others: String = (0..8).map(|n| asks(&format!("n{n}.test"), "")).collect();
    let checks = others + &asks("alone.test", "exclusive: true");
    let run = Run::of(&server, &checks);
    assert_eq!(run.code, Some(0));
    assert_eq!(server.beside("alone.test"), 0);
    assert!(
        server.most_at_once() > 1,
        "the others were asked one by one"
    );
}
