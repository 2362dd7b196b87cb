//! Behind TLS.

use super::*;
use crate::tls::testing::{House, Wanted};
use crate::tls::{Chain, Sni};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn ask_for(house: &House, peer: &Peer, host: &str) -> Question {
    let mut question = get(&format!("https://{host}:{}/", peer.addr.port()));
    question.trust = house.trust();
    question
}

async fn good() -> (House, Peer) {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.root);
    let peer = Peer::secure(leaf.config(&[]), |_| says(PAGE)).await;
    (house, peer)
}

#[tokio::test]
async fn what_verifies_is_asked() {
    let (house, peer) = good().await;
    let seen = seen(&ask_for(&house, &peer, "good.test"), &peer).await;
    assert_eq!((seen.ended, known(&seen.status)), (Ended::Answered, &200));
    let tls = known(&seen.tls);
    assert_eq!(
        (known(&tls.chain), known(&tls.sni).as_str()),
        (&Chain::Trusted, "good.test")
    );
    assert!(*known(&seen.time.tls_ms) > 0.0);
}

#[tokio::test]
async fn what_does_not_verify_is_told_nothing() {
    let (house, peer) = good().await;
    let mut question = ask_for(&house, &peer, "other.test");
    let stopped = seen(&question, &peer).await;
    assert_eq!(
        (stopped.ended, &stopped.status),
        (Ended::Untrusted, &Fact::Nothing)
    );
    assert_eq!(known(&known(&stopped.tls).chain), &Chain::WrongName);
    assert_eq!(peer.heard().len(), 0);
    question.verify = false;
    let went_on = seen(&question, &peer).await;
    assert_eq!(
        (went_on.ended, known(&went_on.status)),
        (Ended::Answered, &200)
    );
    assert_eq!(known(&known(&went_on.tls).chain), &Chain::WrongName);
}

#[tokio::test]
async fn where_to_and_the_names_for_tls_and_http_are_four_things() {
    let (house, peer) = good().await;
    let mut question = ask_for(&house, &peer, "front.test");
    question.verified_name = Some("good.test".try_into().unwrap());
    question.sni = Sni::Other("seen.test".try_into().unwrap());
    question.host = Some("back.test".parse().unwrap());
    let kept = seen(&question, &peer).await;
    assert_eq!(known(&kept.status), &200);
    let tls = known(&kept.tls);
    assert_eq!(
        (known(&tls.sni).as_str(), known(&tls.verified_name).as_str()),
        ("seen.test", "good.test")
    );
    assert_eq!(kept.request.host, "back.test");
    assert!(peer.heard()[0].contains("host: back.test\r\n"));
    question.sni = Sni::Off;
    assert_eq!(known(&seen(&question, &peer).await.tls).sni, Fact::Nothing);
}

#[tokio::test]
async fn a_handshake_that_fails_says_why() {
    let peer = Peer::plain(|_| says(PAGE)).await;
    let mut question = get(&format!("https://{}/", peer.addr));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = closed.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = closed.accept().await.unwrap();
        let _ = stream.read(&mut [0; 64]).await;
        stream.write_all(b"hello\r\n").await.unwrap();
    });
    let not_tls = ask_at(&question, addr).await.seen;
    assert_eq!(
        (not_tls.ended, &not_tls.status),
        (Ended::TlsFailed, &Fact::Nothing)
    );
    assert_eq!(known(&known(&not_tls.tls).speaks_tls), &false);
    question.limits.tls = Some(Duration::from_millis(30));
    let silent = seen(&question, &peer).await; // it waits for a request in plain text
    assert_eq!(
        (silent.ended, silent.timed_out_in),
        (Ended::Timeout, Some(Phase::Tls))
    );
    assert_eq!(silent.status, Fact::Unknown);
}

#[tokio::test]
async fn a_downgrade_is_named() {
    let plain = Peer::plain(|_| says(PAGE)).await;
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.root);
    let to = plain.url("/");
    let peer = Peer::secure(leaf.config(&[]), move |_| {
        says(format!(
            "HTTP/1.1 301 M\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        ))
    })
    .await;
    let mut question = ask_for(&house, &peer, "good.test");
    question.follow = 1;
    let seen = seen(&question, &peer).await;
    assert_eq!(
        (seen.ended, seen.redirects[0].downgrade),
        (Ended::Answered, true)
    );
    assert_eq!((seen.tls, plain.heard().len()), (Fact::Nothing, 1));
}

/// A proxy that connects to one address whatever it is asked for, and keeps what that was.
async fn proxy(to: SocketAddr) -> (SocketAddr, tokio::sync::oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (told, asked) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut heard = [0; 1024];
        let length = client.read(&mut heard).await.unwrap();
        told.send(String::from_utf8_lossy(&heard[..length]).into_owned())
            .unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut server = TcpStream::connect(to).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    });
    (addr, asked)
}

#[tokio::test]
async fn through_a_proxy_the_certificate_is_the_far_end_s() {
    let (house, peer) = good().await;
    let (through, asked) = proxy(peer.addr).await;
    let mut question = ask_for(&house, &peer, "good.test");
    let written = format!("http://{through}");
    question.proxy = Some(Proxy { written });
    let seen = ask_at(&question, through).await.seen;
    assert_eq!(
        (known(&seen.status), known(&seen.proxy_status)),
        (&200, &200)
    );
    assert_eq!(known(&known(&seen.tls).chain), &Chain::Trusted);
    let port = peer.addr.port();
    assert!(
        asked
            .await
            .unwrap()
            .starts_with(&format!("CONNECT good.test:{port} HTTP/1.1\r\n"))
    );
    let refusing = Peer::plain(|_| says("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")).await;
    let refused = ask_at(&question, refusing.addr).await.seen;
    assert_eq!(
        (refused.ended, known(&refused.proxy_status)),
        (Ended::ProxyRefused, &403)
    );
    assert_eq!(
        (&refused.status, &refused.tls),
        (&Fact::Nothing, &Fact::Nothing)
    );
}
