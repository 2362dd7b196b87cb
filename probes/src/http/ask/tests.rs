mod peer;
mod redirects;
mod secure;
mod versions;

use super::super::question::Proxy;
use super::super::seen::{ContentProblem, Version};
use super::*;
use crate::fact::Fact;
use crate::tls::Trust;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use peer::{Peer, holds, says};

const LONG: Duration = Duration::from_secs(30);

/// Knows everybody at the address of the one peer.
struct Everybody(IpAddr);

impl Names for Everybody {
    async fn find(&self, host: &Host<&str>) -> Result<Found, String> {
        match host {
            Host::Domain("nobody.test") => Err("nobody.test has no address".to_owned()),
            Host::Ipv4(address) => Ok(((*address).into(), None)),
            _ => Ok((self.0, Some(Duration::from_millis(3)))),
        }
    }
}

fn nobody_trusted() -> Trust {
    Trust::given("nobody", std::iter::empty::<&[u8]>()).unwrap()
}

fn get(url: &str) -> Question {
    let mut question = Question::new(Method::GET, url.parse().unwrap(), nobody_trusted());
    question.limits.total = LONG;
    question
}

async fn ask_at(question: &Question, addr: SocketAddr) -> Observation<Seen> {
    let looked_up = None;
    let names = Everybody(addr.ip());
    ask(question, Place { addr, looked_up }, &names, &Atlas::empty()).await
}

async fn seen(question: &Question, peer: &Peer) -> Seen {
    ask_at(question, peer.addr).await.seen
}

/// What one answer, word for word, is seen as.
async fn answer(said: peer::Say) -> Seen {
    let said = std::sync::Mutex::new(Some(said));
    let peer = Peer::plain(move |_| said.lock().unwrap().take().unwrap()).await;
    seen(&get(&peer.url("/")), &peer).await
}

fn known<T: PartialEq + std::fmt::Debug>(fact: &Fact<T>) -> &T {
    match fact {
        Fact::Known(value) => value,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_is_seen_whole() {
    let peer = Peer::plain(|_| {
        says("HTTP/1.1 200 OK\r\nServer: x\r\nVary: a\r\nVary: b\r\nSet-Cookie: s=1; Secure\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\": 1}\n")
    })
    .await;
    let observation = ask_at(&get(&peer.url("/x?y=z#w")), peer.addr).await;
    let seen = &observation.seen;
    assert_eq!(observation.outcome, Outcome::Answered);
    assert_eq!((seen.ended, seen.timed_out_in), (Ended::Answered, None));
    assert_eq!(
        (known(&seen.status), known(&seen.version)),
        (&200, &Version::Http11)
    );
    assert_eq!(known(&seen.headers).0["vary"], "a, b");
    assert_eq!(known(&seen.header_lines).len(), 6);
    assert!(known(&seen.cookies)[0].secure);
    assert_eq!(known(&seen.body), "{\"a\": 1}\n");
    assert_eq!(known(&seen.json)["a"], 1);
    assert_eq!(known(&seen.content).problem, None);
    assert_eq!(known(&seen.connected).address, peer.addr.ip());
    assert_eq!(
        (&seen.tls, &seen.time.tls_ms),
        (&Fact::Nothing, &Fact::Nothing)
    );
    assert_eq!(known(&seen.interim), &[] as &[u16]);
    let phases = [
        &seen.time.connect_ms,
        &seen.time.first_byte_ms,
        &seen.time.body_ms,
    ];
    let sum: f64 = phases.into_iter().map(known).sum();
    assert!(sum <= *known(&seen.time.total_ms), "{:?}", seen.time);
    assert_eq!(
        observation.asked,
        format!("GET {}/x?y=z#w at {}", peer.url(""), peer.addr)
    );
    let heard = peer.heard().concat();
    assert!(heard.starts_with("GET /x?y=z HTTP/1.1\r\n"), "{heard}");
    assert!(
        heard.contains(&format!("host: {}\r\n", peer.addr)),
        "{heard}"
    );
}

#[tokio::test]
async fn the_request_is_what_was_written() {
    let peer = Peer::plain(|_| says("HTTP/1.1 204 No Content\r\n\r\n")).await;
    let mut question = get("http://a.test/");
    question.method = Method::PUT;
    question.body = "hello".into();
    question.host = Some("b.test:81".parse().unwrap());
    question
        .headers
        .insert("user-agent", HeaderValue::from_static("mine"));
    question
        .headers
        .append("x-a", HeaderValue::from_static("1"));
    question
        .headers
        .append("x-a", HeaderValue::from_static("2"));
    let seen = seen(&question, &peer).await;
    assert_eq!((known(&seen.status), &seen.body), (&204, &Fact::Nothing));
    assert_eq!(seen.request.host, "b.test:81");
    let heard = peer.heard().concat();
    for line in [
        "PUT / HTTP/1.1",
        "host: b.test:81",
        "user-agent: mine",
        "x-a: 1",
        "x-a: 2",
        "content-length: 5",
        "hello",
    ] {
        assert!(heard.contains(line), "{line}: {heard}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_nothing_to_come() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let observation = ask_at(&get(&format!("http://{closed}/")), closed).await;
    let seen = observation.seen;
    assert_eq!(observation.outcome, Outcome::Answered);
    assert_eq!(seen.ended, Ended::Refused);
    assert_eq!(
        (&seen.status, &seen.body, &seen.connected),
        (&Fact::Nothing, &Fact::Nothing, &Fact::Nothing)
    );
    assert_eq!(
        (&seen.time.first_byte_ms, &seen.time.total_ms),
        (&Fact::Nothing, &Fact::Nothing)
    );
}

#[tokio::test]
async fn silence_leaves_everything_unknown() {
    let peer = Peer::plain(|_| holds("")).await;
    let mut question = get(&peer.url("/"));
    question.limits.first_byte = Some(Duration::from_millis(30));
    let observation = ask_at(&question, peer.addr).await;
    assert!(matches!(observation.outcome, Outcome::NoAnswer(_)));
    let seen = observation.seen;
    assert_eq!(
        (seen.ended, seen.timed_out_in),
        (Ended::Timeout, Some(Phase::FirstByte))
    );
    assert_eq!(
        (&seen.status, &seen.headers),
        (&Fact::Unknown, &Fact::Unknown)
    );
    assert_eq!(known(&seen.connected).address, peer.addr.ip());
}

#[tokio::test]
async fn what_is_not_http_is_shown_as_it_came() {
    let ssh = answer(holds("SSH-2.0-OpenSSH_9.2\r\n")).await;
    assert_eq!((ssh.ended, &ssh.status), (Ended::NotHttp, &Fact::Nothing));
    assert_eq!(known(&ssh.instead).text, "SSH-2.0-OpenSSH_9.2\r\n");
    assert_eq!(
        answer(says("\x16\x03\x03\0\x02\x02\x28")).await.ended,
        Ended::NotHttp
    );
    assert_eq!(
        answer(says("HTTP/1.1 999999 \r\n\r\n")).await.ended,
        Ended::NotHttp
    );
    assert_eq!(
        answer(says("HTTP/1.1 200 OK\r\n\0: x\r\n\r\n")).await.ended,
        Ended::NotHttp
    );
    assert_eq!(answer(says("")).await.ended, Ended::Closed);
    assert_eq!(answer(says("HTTP/1.1 200 O")).await.ended, Ended::Closed);
}

#[tokio::test]
async fn a_body_that_ends_early_is_seen_as_far_as_it_came() {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe";
    let broken = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n";
    for said in [short, chunk, broken] {
        let seen = answer(says(said)).await;
        assert_eq!(
            (seen.ended, known(&seen.status)),
            (Ended::Truncated, &200),
            "{said}"
        );
        assert_eq!(
            known(&seen.content).problem,
            Some(ContentProblem::ClosedEarly)
        );
        assert!(known(&seen.body).starts_with("hello"), "{said}");
    }
    let until_closed = answer(says("HTTP/1.0 200 OK\r\n\r\nhello")).await;
    assert_eq!(
        (until_closed.ended, known(&until_closed.body).as_str()),
        (Ended::Answered, "hello")
    );
    assert_eq!(known(&until_closed.version), &Version::Http10);
}

#[tokio::test]
async fn a_body_without_end_is_read_to_its_limit_in_octets_and_time() {
    let endless = || holds([b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'a'; 5000]].concat());
    let peer = Peer::plain(move |_| endless()).await;
    let mut question = get(&peer.url("/"));
    question.limits.read_bytes = 4096;
    let limited = seen(&question, &peer).await;
    assert_eq!(
        (limited.ended, known(&limited.status)),
        (Ended::Answered, &200)
    );
    let content = known(&limited.content);
    assert_eq!(
        (content.problem, content.size_bytes),
        (Some(ContentProblem::ReadLimit), 4096)
    );
    assert_eq!(limited.body, Fact::Unknown);
    question.limits.read_bytes = 8192;
    question.limits.body = Some(Duration::from_millis(30));
    let observation = ask_at(&question, peer.addr).await;
    let dripped = observation.seen;
    assert_eq!(observation.outcome, Outcome::Answered);
    assert_eq!(
        (dripped.ended, dripped.timed_out_in),
        (Ended::Timeout, Some(Phase::Body))
    );
    assert_eq!(
        (known(&dripped.status), &dripped.body),
        (&200, &Fact::Unknown)
    );
    assert_eq!(
        (&dripped.time.body_ms, &dripped.time.total_ms),
        (&Fact::Unknown, &Fact::Unknown)
    );
}

#[tokio::test]
async fn a_header_without_end_is_not_read_to_it() {
    let lines = "X-A: b\r\n".repeat(200);
    let many = answer(says(format!("HTTP/1.1 200 OK\r\n{lines}\r\n"))).await;
    assert_eq!(
        (many.ended, &many.status),
        (Ended::HeaderTooLarge, &Fact::Nothing)
    );
    let long = answer(holds(format!(
        "HTTP/1.1 200 OK\r\nX: {}",
        "y".repeat(200_000)
    )))
    .await;
    assert_eq!(long.ended, Ended::HeaderTooLarge);
}

#[tokio::test]
async fn what_comes_before_and_after_the_answer_is_seen() {
    let seen = answer(says("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\n\r\n")).await;
    assert_eq!(
        (known(&seen.interim), known(&seen.status)),
        (&vec![103], &200)
    );
    assert_eq!(known(&seen.trailers).0["x-sum"], "42");
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_whole_url() {
    let proxy = Peer::plain(|_| says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")).await;
    let mut question = get("http://far.test/x");
    let written = proxy.url("");
    question.proxy = Some(Proxy { written });
    let seen = seen(&question, &proxy).await;
    assert_eq!(
        (known(&seen.status), &seen.proxy_status),
        (&200, &Fact::Nothing)
    );
    let heard = proxy.heard().concat();
    assert!(
        heard.starts_with("GET http://far.test/x HTTP/1.1\r\n"),
        "{heard}"
    );
    assert!(heard.contains("host: far.test\r\n"), "{heard}");
}
