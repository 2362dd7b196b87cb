//! HTTP/3 of the world of servers, by a client that knows nothing but the lab's root.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use h3::client::SendRequest;
use h3_quinn::OpenStreams;
use http::{Request, StatusCode};
use hyper::body::{Buf, Bytes};
use netspec_lab::Lab;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint};
use rustls::RootCertStore;
use rustls::crypto::ring::default_provider;

use crate::child::{Case, builtin, enter};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "http3::the_same_paths_are_served_over_quic",
        tools: &[],
        play: paths,
    },
    Case {
        name: "http3::a_certificate_that_does_not_fit_is_refused",
        tools: &[],
        play: names,
    },
    Case {
        name: "http3::a_closed_port_does_not_answer",
        tools: &[],
        play: closed,
    },
];

const GOOD: &str = "203.0.113.10:443";

fn config(lab: &Lab) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for root in lab.roots() {
        roots.add(root.into()).unwrap();
    }
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h3".to_vec()];
    ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()))
}

type Sender = SendRequest<OpenStreams, Bytes>;

async fn connect(lab: &Lab, to: &str, name: &str) -> Result<Sender, String> {
    let endpoint = Endpoint::client("0.0.0.0:0".parse().unwrap()).unwrap();
    let to: SocketAddr = to.parse().unwrap();
    let connecting = endpoint.connect_with(config(lab), to, name).unwrap();
    let connecting = tokio::time::timeout(Duration::from_secs(1), connecting);
    let connection = connecting.await.map_err(|_| "silence")?;
    let connection = connection.map_err(|error| error.to_string())?;
    let (mut driver, sender) = h3::client::new(h3_quinn::Connection::new(connection))
        .await
        .map_err(|error| error.to_string())?;
    tokio::spawn(async move { driver.wait_idle().await });
    Ok(sender)
}

/// The status and the body, as far as it comes.
async fn ask(sender: &mut Sender, path: &str) -> (StatusCode, Result<Vec<u8>, String>) {
    let request = Request::get(format!("https://good.test{path}"));
    let mut stream = sender
        .send_request(request.body(()).unwrap())
        .await
        .unwrap();
    stream.finish().await.unwrap();
    let status = stream.recv_response().await.unwrap().status();
    let mut body = Vec::new();
    loop {
        match stream.recv_data().await {
            Ok(Some(mut piece)) => body.extend(piece.copy_to_bytes(piece.remaining())),
            Ok(None) => return (status, Ok(body)),
            Err(error) => return (status, Err(error.to_string())),
        }
    }
}

fn alone<T>(play: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(io::Error::other).unwrap().block_on(play)
}

fn paths() {
    let lab = enter(&builtin("services"));
    alone(async {
        let mut sender = connect(&lab, GOOD, "good.test").await.unwrap();
        let (status, body) = ask(&mut sender, "/text").await;
        assert_eq!(
            (status, body),
            (StatusCode::OK, Ok(b"plain text\n".to_vec()))
        );
        let (status, body) = ask(&mut sender, "/echo?q=1").await;
        assert_eq!(status, StatusCode::OK);
        let echoed: serde_json::Value = serde_json::from_slice(&body.unwrap()).unwrap();
        assert_eq!(echoed["http"], "HTTP/3.0");
        assert_eq!(echoed["alpn"], "h3");
        assert_eq!(echoed["server-name"], "good.test");
        assert_eq!(echoed["host"], "good.test");
        let (status, body) = ask(&mut sender, "/megabytes").await;
        assert_eq!(
            (status, body.map(|body| body.len())),
            (StatusCode::OK, Ok(5_000_000))
        );
        let (status, body) = ask(&mut sender, "/short").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.is_err(), "a body cut in half arrives whole");
        assert_eq!(ask(&mut sender, "/nowhere").await.0, StatusCode::NOT_FOUND);
    });
}

fn names() {
    let lab = enter(&builtin("services"));
    alone(async {
        let refused = connect(&lab, GOOD, "somebody-else.test")
            .await
            .err()
            .unwrap();
        assert!(refused.contains("not valid for name"), "{refused}");
    });
}

fn closed() {
    let world = builtin("services").with_incident("port-closes").unwrap();
    let lab = enter(&world);
    alone(async {
        let refused = connect(&lab, GOOD, "good.test").await.err();
        assert_eq!(refused.as_deref(), Some("silence"));
    });
}
