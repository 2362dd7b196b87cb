//! HTTP/2 and HTTP/3, against servers of another make.

use super::*;
use crate::tls::testing::{House, Wanted};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use quinn::crypto::rustls::QuicServerConfig;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

async fn tell<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let told = format!(
        "{:?} {} {}",
        request.version(),
        request.method(),
        request.uri()
    );
    Ok(Response::new(Full::new(told.into())))
}

async fn serve_2(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    let _ = server
        .serve_connection(TokioIo::new(stream), service_fn(tell))
        .await;
}

/// A server of HTTP/2, behind TLS with these protocols, or in the clear.
async fn second(config: Option<rustls::ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let tls = config.map(|config| TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            match tls.clone() {
                Some(tls) => {
                    let stream = tls.accept(stream).await.unwrap();
                    tokio::spawn(serve_2(stream));
                }
                None => {
                    tokio::spawn(serve_2(stream));
                }
            }
        }
    });
    addr
}

fn config(house: &House, alpn: &[&str]) -> rustls::ServerConfig {
    let leaf = Wanted::default().signed_by(&house.root);
    let mut config = leaf.config(&[]);
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

fn ask_for(house: &House, addr: SocketAddr, version: Option<Version>) -> Question {
    let mut question = get(&format!("https://good.test:{}/x?y", addr.port()));
    question.trust = house.trust();
    question.version = version;
    question
}

#[tokio::test]
async fn the_server_chooses_between_2_and_1_1_and_either_can_be_wanted() {
    let house = House::new();
    let addr = second(Some(config(&house, &["h2"]))).await;
    let seen = ask_at(&ask_for(&house, addr, None), addr).await.seen;
    assert_eq!(
        (known(&seen.status), known(&seen.version)),
        (&200, &Version::Http2)
    );
    let port = addr.port();
    assert_eq!(
        known(&seen.body),
        &format!("HTTP/2.0 GET https://good.test:{port}/x?y")
    );
    assert_eq!(
        (known(&known(&seen.tls).alpn).as_str(), &seen.interim),
        ("h2", &Fact::Unknown)
    );
    let only_1 = ask_at(&ask_for(&house, addr, Some(Version::Http11)), addr)
        .await
        .seen;
    assert_eq!(only_1.ended, Ended::TlsFailed);
    assert_eq!(known(&known(&only_1.tls).alert), "no_application_protocol");
    let peer = Peer::secure(config(&house, &[]), |_| {
        says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    })
    .await;
    let only_2 = seen_of(&ask_for(&house, peer.addr, Some(Version::Http2)), &peer).await;
    assert_eq!(
        (only_2.ended, &only_2.status),
        (Ended::NoSuchVersion, &Fact::Nothing)
    );
    let either = seen_of(&ask_for(&house, peer.addr, None), &peer).await;
    assert_eq!(known(&either.version), &Version::Http11);
}

async fn seen_of(question: &Question, peer: &Peer) -> Seen {
    seen(question, peer).await
}

#[tokio::test]
async fn in_the_clear_2_is_spoken_where_it_is_wanted() {
    let addr = second(None).await;
    let mut question = get(&format!("http://{addr}/"));
    question.version = Some(Version::Http2);
    let seen = ask_at(&question, addr).await.seen;
    assert_eq!(
        (known(&seen.status), known(&seen.version)),
        (&200, &Version::Http2)
    );
    let peer = Peer::plain(|_| says("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")).await;
    let not_there = seen_of(&question, &peer).await;
    assert_eq!(not_there.ended, Ended::NoSuchVersion);
    question.version = None;
    let not_here = ask_at(&question, addr).await.seen;
    assert_eq!(not_here.ended, Ended::NoSuchVersion);
}

#[tokio::test]
async fn a_server_that_goes_away_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        stream
            .write_all(&[settings.as_slice(), &go_away].concat())
            .await
            .unwrap();
        tokio::io::copy(&mut stream, &mut tokio::io::sink())
            .await
            .unwrap();
    });
    let mut question = get(&format!("http://{addr}/"));
    question.version = Some(Version::Http2);
    let seen = ask_at(&question, addr).await.seen;
    assert_eq!(
        (seen.ended, &seen.status),
        (Ended::GoingAway, &Fact::Nothing)
    );
}

/// A server of HTTP/3 that tells what it was asked.
async fn third(house: &House) -> SocketAddr {
    let config = QuicServerConfig::try_from(config(house, &["h3"])).unwrap();
    let config = quinn::ServerConfig::with_crypto(Arc::new(config));
    let endpoint = quinn::Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = endpoint.local_addr().unwrap();
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            tokio::spawn(async move {
                let connection = h3_quinn::Connection::new(incoming.await.unwrap());
                let mut server: h3::server::Connection<_, Bytes> =
                    h3::server::Connection::new(connection).await.unwrap();
                while let Ok(Some(resolver)) = server.accept().await {
                    let (request, mut stream) = resolver.resolve_request().await.unwrap();
                    let told = format!(
                        "{:?} {} {}",
                        request.version(),
                        request.method(),
                        request.uri()
                    );
                    stream.send_response(Response::new(())).await.unwrap();
                    stream.send_data(told.into()).await.unwrap();
                    let trailers = HeaderMap::from_iter([(
                        HeaderName::from_static("x-sum"),
                        HeaderValue::from_static("42"),
                    )]);
                    stream.send_trailers(trailers).await.unwrap();
                    stream.finish().await.unwrap();
                }
            });
        }
    });
    addr
}

#[tokio::test]
async fn over_quic_3_is_spoken() {
    let house = House::new();
    let addr = third(&house).await;
    let seen = ask_at(&ask_for(&house, addr, Some(Version::Http3)), addr)
        .await
        .seen;
    assert_eq!(
        (seen.ended, known(&seen.version)),
        (Ended::Answered, &Version::Http3)
    );
    let port = addr.port();
    assert_eq!(
        known(&seen.body),
        &format!("HTTP/3.0 GET https://good.test:{port}/x?y")
    );
    assert_eq!(known(&seen.trailers).0["x-sum"], "42");
    assert_eq!(known(&known(&seen.tls).alpn), "h3");
    assert_eq!(known(&seen.connected).address, addr.ip());
    assert_eq!(
        (&seen.time.connect_ms, known(&seen.time.tls_ms) > &0.0),
        (&Fact::Nothing, true)
    );
    let mut question = ask_for(&house, addr, Some(Version::Http3));
    question.url = format!("https://other.test:{port}/").parse().unwrap();
    let untrusted = ask_at(&question, addr).await.seen;
    assert_eq!(
        (untrusted.ended, &untrusted.status),
        (Ended::Untrusted, &Fact::Nothing)
    );
}

#[tokio::test]
async fn over_quic_nobody_at_home_is_silence() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let addr = silent.local_addr().unwrap();
    let mut question = ask_for(&House::new(), addr, Some(Version::Http3));
    question.limits.tls = Some(Duration::from_millis(50));
    let observation = ask_at(&question, addr).await;
    assert!(matches!(observation.outcome, Outcome::NoAnswer(_)));
    assert_eq!(observation.seen.timed_out_in, Some(Phase::Tls));
    assert_eq!(observation.seen.status, Fact::Unknown);
}
