use super::super::{Seen, ask};
use super::*;
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use regex::bytes::Regex;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// A peer that says the greeting, and the answer once it has heard something, and then closes or not.
async fn peer(greeting: &'static [u8], answer: &'static [u8], closes: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        stream.write_all(greeting).await?;
        if !answer.is_empty() {
            let _heard = stream.read(&mut [0; 4096]).await?;
            stream.write_all(answer).await?;
        }
        match closes {
            true => stream.shutdown().await,
            false => tokio::io::copy(&mut stream, &mut tokio::io::sink())
                .await
                .map(|_| ()),
        }
    });
    address
}

fn bytes(text: &str) -> Step {
    Step::WaitFor(Awaited::Bytes(text.into()))
}

async fn hear(to: SocketAddr, dialogue: Vec<Step>) -> Observation<Seen> {
    let question = Question {
        dialogue,
        timeout: Duration::from_secs(30),
        ..Question::new(to)
    };
    ask(&question, &Atlas::empty()).await
}

fn text(received: &Fact<Received>) -> Option<&str> {
    received
        .known()
        .map(|received| received.bytes.text.as_str())
}

#[tokio::test]
async fn a_banner_an_answer_and_a_farewell() {
    let to = peer(b"220 here\r\n", b"250 hello\r\n", true).await;
    let end = Step::WaitFor(Awaited::Match(Regex::new("250 [a-z]+\r\n").unwrap()));
    let dialogue = vec![
        bytes("220 "),
        Step::Send(b"EHLO\r\n".to_vec()),
        end,
        Step::WaitFor(Awaited::Close),
    ];
    let seen = hear(to, dialogue).await.seen;
    assert_eq!(seen.completed, Fact::Known(true));
    assert_eq!(text(&seen.received), Some("220 here\r\n250 hello\r\n"));
    assert_eq!(text(&seen.banner), Some("220 here\r\n"));
    assert_eq!(seen.closed, Fact::Known(Closed::Peer));
    let steps = seen.steps.known().unwrap();
    let said: Vec<&str> = steps.iter().map(|step| step.bytes.text.as_str()).collect();
    assert_eq!(said, ["220 ", "EHLO\r\n", "here\r\n250 hello\r\n", ""]);
    assert!(steps.iter().all(|step| step.met));
}

#[tokio::test]
async fn quiet_is_enough_of_an_answer_and_so_is_the_end() {
    let quiet = || Step::WaitFor(Awaited::Quiet(Duration::from_millis(20)));
    for closes in [false, true] {
        let to = peer(b"", b"\x16\xf1\x04", closes).await;
        let seen = hear(to, vec![Step::Send(b"hello".to_vec()), quiet()])
            .await
            .seen;
        assert_eq!(seen.completed, Fact::Known(true));
        assert_eq!(seen.received.known().unwrap().bytes.hex, "16f104");
        assert_eq!(seen.banner, Fact::Unknown, "nobody listened for one");
    }
}

#[tokio::test]
async fn something_else_and_a_close_are_not_what_was_waited_for() {
    let to = peer(b"500 no\r\n", b"", true).await;
    let seen = hear(to, vec![bytes("220 "), Step::Send(vec![1])])
        .await
        .seen;
    assert_eq!(seen.completed, Fact::Known(false));
    assert_eq!(text(&seen.received), Some("500 no\r\n"));
    assert_eq!(seen.steps.known().map(Vec::len), Some(1), "it ends there");
    let to = peer(b"", b"", true).await;
    let seen = hear(to, vec![bytes("220 ")]).await.seen;
    assert_eq!(
        (seen.completed, seen.received),
        (Fact::Known(false), Fact::Nothing)
    );
    assert_eq!(seen.closed, Fact::Known(Closed::Peer));
}

#[tokio::test]
async fn silence_is_no_answer() {
    let to = peer(b"", b"never", false).await;
    let question = Question {
        dialogue: vec![bytes("220 ")],
        timeout: Duration::from_millis(30),
        ..Question::new(to)
    };
    let heard = ask(&question, &Atlas::empty()).await;
    assert!(matches!(heard.outcome, Outcome::NoAnswer(_)));
    let seen = heard.seen;
    assert_eq!(
        (seen.completed, seen.received, seen.banner),
        (Fact::Unknown, Fact::Unknown, Fact::Unknown)
    );
    assert_eq!(seen.closed, Fact::Nothing);
}

#[tokio::test]
async fn no_more_is_read_than_allowed() {
    let to = peer(&[b'a'; 100_000], b"", false).await;
    let question = Question {
        dialogue: vec![bytes("b")],
        most_bytes: 1000,
        timeout: Duration::from_secs(30),
        ..Question::new(to)
    };
    let seen = ask(&question, &Atlas::empty()).await.seen;
    let received = seen.received.known().unwrap();
    assert_eq!((received.bytes.size_bytes, received.cut_off), (1000, true));
    assert_eq!(seen.completed, Fact::Known(false));
}

#[tokio::test]
async fn a_refusal_leaves_nothing_to_be_seen() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let heard = hear(free, vec![bytes("220 ")]).await;
    assert_eq!(heard.outcome, Outcome::Answered);
    let seen = serde_json::to_value(&heard.seen).unwrap();
    assert_eq!(seen["status"], "refused");
    for word in [
        "connected",
        "unreachable",
        "rtt_ms",
        "received",
        "banner",
        "completed",
        "closed",
        "steps",
    ] {
        assert!(
            seen.get(word).is_some_and(serde_json::Value::is_null),
            "{word}: {seen}"
        );
    }
}
