//! What a client that trusts the lab's root says of each kind of certificate.

use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{ParsedCertificate, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use super::Authority;
use crate::world::service::certificate::{Certificate, Issuer, Key, Link, Offset};

fn authority() -> Authority {
    Authority::new(7).unwrap()
}

fn certified(authority: &Authority, wanted: &Certificate) -> CertifiedKey {
    authority
        .certified(wanted, &["good.test".into(), "203.0.113.10".into()])
        .unwrap()
}

/// The client's error, or none.
fn handshake(authority: &Authority, wanted: &Certificate, name: &str) -> Option<String> {
    let resolver: Arc<dyn ResolvesServerCert> =
        Arc::new(SingleCertAndKey::from(certified(authority, wanted)));
    let server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    let mut roots = RootCertStore::empty();
    roots.add(authority.root().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    while client.is_handshaking() {
        let (mut out, mut back) = (Vec::new(), Vec::new());
        client.write_tls(&mut out).unwrap();
        server.read_tls(&mut out.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        server.write_tls(&mut back).unwrap();
        client.read_tls(&mut back.as_slice()).unwrap();
        if let Err(error) = client.process_new_packets() {
            return Some(error.to_string());
        }
    }
    None
}

#[test]
fn a_good_certificate_is_trusted_by_every_key_and_issuer_of_the_lab() {
    let authority = authority();
    for key in [Key::Ed25519, Key::P256, Key::P384] {
        for issuer in [
            Issuer::Intermediate,
            Issuer::OtherIntermediate,
            Issuer::Root,
        ] {
            let wanted = Certificate {
                key: Some(key),
                issuer: Some(issuer),
                ..Certificate::default()
            };
            for name in ["good.test", "203.0.113.10"] {
                assert_eq!(
                    handshake(&authority, &wanted, name),
                    None,
                    "{key:?} {issuer:?}"
                );
            }
        }
    }
}

#[test]
fn a_renewed_certificate_is_another_from_the_same_issuer() {
    let authority = authority();
    let names = ["good.test".to_owned()];
    let certified = |renewed| {
        let wanted = Certificate {
            renewed,
            ..Certificate::default()
        };
        authority.certified(&wanted, &names).unwrap()
    };
    let (old, new) = (certified(None), certified(Some(1)));
    assert_ne!(old.cert[0], new.cert[0]);
    assert_eq!(old.cert[1], new.cert[1]);
    let key = |certified: &CertifiedKey| certified.key.public_key().map(|key| key.to_vec());
    assert!(key(&old).is_some());
    assert_ne!(key(&old), key(&new));
    assert_eq!(certified(Some(1)).cert[0], new.cert[0]);
}

#[test]
fn a_bad_certificate_is_bad_in_the_way_that_was_asked_for() {
    let authority = authority();
    let good = Certificate::default;
    let stranger = Certificate {
        issuer: Some(Issuer::Stranger),
        ..good()
    };
    let own = Certificate {
        issuer: Some(Issuer::Itself),
        ..good()
    };
    let expired = Certificate {
        ends: Some(Offset(-86_400)),
        ..good()
    };
    let not_yet = Certificate {
        starts: Some(Offset(86_400)),
        ..good()
    };
    let incomplete = Certificate {
        sends: vec![Link::Leaf],
        ..good()
    };
    for (wanted, name, word) in [
        (&good(), "wrong.test", "not valid for name"),
        (&stranger, "good.test", "UnknownIssuer"),
        (&own, "good.test", "UnknownIssuer"),
        (&expired, "good.test", "expired"),
        (&not_yet, "good.test", "not valid yet"),
        (&incomplete, "good.test", "UnknownIssuer"),
    ] {
        let said = handshake(&authority, wanted, name).expect(word);
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn keys_are_the_same_in_every_run_of_a_world() {
    let keys = |seed: u64| -> Vec<Vec<u8>> {
        let authority = Authority::new(seed).unwrap();
        let chain = certified(&authority, &Certificate::default()).cert;
        chain.iter().map(public_key).collect()
    };
    assert_eq!(keys(7), keys(7));
    assert_ne!(keys(7)[0], keys(8)[0]);
    assert_ne!(keys(7)[0], keys(7)[1]);
}

fn public_key(der: &CertificateDer<'_>) -> Vec<u8> {
    let parsed = ParsedCertificate::try_from(der).unwrap();
    parsed.subject_public_key_info().to_vec()
}
