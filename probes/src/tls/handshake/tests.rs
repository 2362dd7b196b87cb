use super::super::testing::{House, Wanted, serve};
use super::super::{Sni, Versions};
use super::*;
use rustls::pki_types::DnsName;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LONG: Duration = Duration::from_secs(30);

async fn shake(to: SocketAddr, offer: &Offer) -> (Seen, Option<Stream<TcpStream>>) {
    let stream = TcpStream::connect(to).await.unwrap();
    handshake(stream, offer, LONG).await
}

/// A peer that says this once it has heard something, and then closes.
async fn says(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await?;
        let _heard = peer.read(&mut [0; 4096]).await?;
        peer.write_all(answer).await?;
        peer.shutdown().await
    });
    address
}

#[tokio::test]
async fn a_good_server_is_seen_whole() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.intermediate);
    let mut config = leaf.config(&[house.intermediate.der()]);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let to = serve(config).await;
    let mut offer = house.offer("good.test");
    offer.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (seen, stream) = shake(to, &offer).await;
    assert!(stream.is_some() && seen.is_completed());
    assert_eq!(seen.chain, Fact::Known(Chain::Trusted));
    assert_eq!(seen.version, Fact::Known(Version::Tls13));
    assert_eq!(
        seen.cipher.known().map(String::as_str),
        Some("TLS_AES_256_GCM_SHA384")
    );
    assert_eq!(seen.group.known().map(String::as_str), Some("X25519"));
    assert_eq!(seen.alpn.known().map(String::as_str), Some("h2"));
    assert_eq!(seen.sni.known().map(String::as_str), Some("good.test"));
    assert_eq!(seen.ocsp, Fact::Nothing);
    assert_eq!(seen.asks_for_certificate, Fact::Known(false));
    let names = vec!["good.test".to_owned(), "192.0.2.7".to_owned()];
    assert_eq!(seen.names, Fact::Known(names));
    let path = ["CN=a server", "CN=an intermediate", "CN=a root"].map(str::to_owned);
    assert_eq!(seen.path, Fact::Known(path.to_vec()));
    assert_eq!(seen.root.known().map(String::as_str), Some("CN=a root"));
    let certificates = seen.certificates.known().unwrap();
    let roles: Vec<Role> = certificates.iter().map(|it| it.role).collect();
    assert_eq!(roles, [Role::Leaf, Role::Intermediate]);
    assert_eq!(
        (certificates[0].key.as_str(), certificates[0].key_bits),
        ("P-256", 256)
    );
    assert_eq!(certificates[0].signature, "ecdsa-with-SHA256");
    assert!(certificates[1].is_ca && !certificates[0].is_ca);
    let days = *seen.expires_in_s.known().unwrap() / 86_400;
    assert!((29..=30).contains(&days), "{days}");
}

#[tokio::test]
async fn a_bad_chain_is_kept_and_the_handshake_goes_on() {
    let house = House::new();
    let leaf = Wanted {
        days: (-9, -2),
        ..Wanted::default()
    }
    .self_signed();
    let to = serve(leaf.config(&[])).await;
    let (seen, stream) = shake(to, &house.offer("other.test")).await;
    assert!(stream.is_some() && seen.is_completed());
    assert_eq!(seen.chain, Fact::Known(Chain::SelfSigned));
    let all = vec![Chain::SelfSigned, Chain::Expired, Chain::WrongName];
    assert_eq!(seen.problems, Fact::Known(all));
    assert_eq!((seen.root, seen.path), (Fact::Nothing, Fact::Nothing));
    assert_eq!(seen.certificates.known().map(Vec::len), Some(1));
    assert!(*seen.expires_in_s.known().unwrap() < 0);
}

#[tokio::test]
async fn name_in_the_clear_and_name_verified_are_two_settings() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.root);
    let to = serve(leaf.config(&[])).await;
    let mut offer = house.offer("good.test");
    offer.sni = Sni::Off;
    let (seen, _) = shake(to, &offer).await;
    assert_eq!(
        (seen.sni, seen.chain),
        (Fact::Nothing, Fact::Known(Chain::Trusted))
    );
    offer.sni = Sni::Other(DnsName::try_from("front.test").unwrap());
    let (seen, _) = shake(to, &offer).await;
    assert_eq!(seen.sni.known().map(String::as_str), Some("front.test"));
    assert_eq!(
        seen.verified_name.known().map(String::as_str),
        Some("good.test")
    );
    assert_eq!(seen.chain, Fact::Known(Chain::Trusted));
    let (seen, _) = shake(to, &house.offer("192.0.2.7")).await;
    assert_eq!(
        (seen.sni, seen.chain),
        (Fact::Nothing, Fact::Known(Chain::Trusted))
    );
}

#[tokio::test]
async fn only_the_versions_asked_for_are_offered() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.root);
    let to = serve(leaf.config(&[])).await;
    let mut offer = house.offer("good.test");
    offer.versions = Versions {
        oldest: Version::Tls12,
        newest: Version::Tls12,
    };
    let (seen, _) = shake(to, &offer).await;
    assert_eq!(seen.version, Fact::Known(Version::Tls12));
    assert!(
        seen.cipher.known().unwrap().starts_with("TLS_ECDHE_"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn what_is_not_tls_is_shown_as_it_came() {
    let house = House::new();
    for answer in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
        b"\x16\xf1\x04\x00\x02\x00\x01",
        b"220",
    ] {
        let to = says(answer).await;
        let (seen, stream) = shake(to, &house.offer("good.test")).await;
        assert!(stream.is_none());
        assert_eq!(seen.handshake, Fact::Known(Handshake::NotTls), "{answer:?}");
        assert_eq!(seen.speaks_tls, Fact::Known(false));
        assert_eq!(seen.first_bytes, Fact::Known(Bytes::of(answer)));
        assert_eq!((seen.version, seen.chain), (Fact::Nothing, Fact::Nothing));
    }
}

#[tokio::test]
async fn an_alert_has_its_name() {
    let house = House::new();
    let to = says(b"\x15\x03\x01\x00\x02\x02\x28").await;
    let (seen, _) = shake(to, &house.offer("good.test")).await;
    assert_eq!(seen.handshake, Fact::Known(Handshake::Alert));
    assert_eq!(
        seen.alert.known().map(String::as_str),
        Some("handshake_failure")
    );
    assert_eq!(
        (seen.speaks_tls, seen.first_bytes),
        (Fact::Known(true), Fact::Nothing)
    );
}

#[tokio::test]
async fn a_close_is_not_silence() {
    let house = House::new();
    let to = says(b"").await;
    let (seen, _) = shake(to, &house.offer("good.test")).await;
    assert_eq!(seen.handshake, Fact::Known(Handshake::Closed));
    assert_eq!(
        (seen.version, seen.speaks_tls),
        (Fact::Nothing, Fact::Unknown)
    );
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(silent.local_addr().unwrap())
        .await
        .unwrap();
    let offer = house.offer("good.test");
    let (seen, _) = handshake(stream, &offer, Duration::from_millis(30)).await;
    assert_eq!(seen.handshake, Fact::Known(Handshake::Timeout));
    assert_eq!((seen.version, seen.chain), (Fact::Unknown, Fact::Unknown));
}

#[test]
fn alerts_are_named_as_the_registry_names_them() {
    let check = |name, expect| assert_eq!(alert_name(name), expect);
    check("HandshakeFailure", "handshake_failure");
    check("ProtocolVersion", "protocol_version");
    check("UnknownCA", "unknown_ca");
    check("UnrecognisedName", "unrecognized_name");
    check("NoApplicationProtocol", "no_application_protocol");
}

#[test]
fn what_follows_nothing_is_nothing() {
    let seen = serde_json::to_value(Seen::nothing()).unwrap();
    assert!(
        seen.as_object()
            .unwrap()
            .values()
            .all(serde_json::Value::is_null),
        "{seen}"
    );
    let known = schemars::schema_for!(Seen).to_value()["properties"]
        .as_object()
        .unwrap()
        .len();
    assert_eq!(seen.as_object().unwrap().len(), known);
}
