//! One handshake over a stream that is there already.

use super::offer::Offer;
use super::record::{Record, Shown};
use super::seen::{Certificate, Chain, Handshake, Role, Seen, Version};
use super::tap::{Head, Tap};
use super::{certificate, ocsp};
use crate::fact::Fact;
use crate::tcp::{Bytes, ms};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Error, ProtocolVersion};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// A stream after its handshake.
pub type Stream<S> = tokio_rustls::client::TlsStream<Tap<S>>;

/// Makes one handshake, never a resumed one, and says what was seen, be it verified or not.
///
/// The stream is there when and only when the handshake was completed. Whether to use it is said by [`Seen::chain`].
pub async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    offer: &Offer,
    patience: Duration,
) -> (Seen, Option<Stream<S>>) {
    let (config, record) = match offer.config() {
        Ok(made) => made,
        Err(why) => return (nothing_offered(why), None),
    };
    let (tapped, head) = Tap::new(stream);
    let connector = TlsConnector::from(Arc::new(config));
    let started = Instant::now();
    let shaken = timeout(patience, connector.connect(offer.hello_name(), tapped)).await;
    let took = started.elapsed();
    let mut seen = Seen::default();
    record.add_to(&mut seen);
    offer.add_to(&mut seen);
    let stream = match shaken {
        Ok(Ok(stream)) => {
            seen.time_ms = Fact::Known(ms(took));
            agreed(stream.get_ref().1, &mut seen);
            Some(stream)
        }
        Ok(Err(error)) => {
            failed(&error, &head, &mut seen);
            None
        }
        Err(_) => {
            silent(&head, &mut seen);
            None
        }
    };
    (seen, stream)
}

fn nothing_offered(why: String) -> Seen {
    Seen {
        because: Fact::Known(why),
        ..Seen::default()
    }
}

impl Offer {
    /// What was offered of what can be seen.
    pub(crate) fn add_to(&self, seen: &mut Seen) {
        seen.sni = Fact::looked_up(self.sent_sni());
        seen.verified_name = Fact::Known(shown(&self.server_name));
    }
}

fn shown(name: &ServerName<'_>) -> String {
    match name {
        ServerName::IpAddress(address) => std::net::IpAddr::from(*address).to_string(),
        other => other.to_str().into_owned(),
    }
}

/// What both sides agreed on.
fn agreed(connection: &ClientConnection, seen: &mut Seen) {
    seen.handshake = Fact::Known(Handshake::Completed);
    seen.speaks_tls = Fact::Known(true);
    (seen.first_bytes, seen.alert, seen.because) = (Fact::Nothing, Fact::Nothing, Fact::Nothing);
    let version = connection.protocol_version().and_then(version);
    seen.version = version.map_or(Fact::Unknown, Fact::Known);
    let cipher = connection.negotiated_cipher_suite();
    let cipher = cipher.map(|suite| format!("{:?}", suite.suite()).replace("TLS13_", "TLS_"));
    seen.cipher = cipher.map_or(Fact::Unknown, Fact::Known);
    let group = connection.negotiated_key_exchange_group();
    let group = group.map(|group| format!("{:?}", group.name()));
    seen.group = group.map_or(Fact::Unknown, Fact::Known);
    let alpn = connection.alpn_protocol();
    seen.alpn = Fact::looked_up(alpn.map(|name| String::from_utf8_lossy(name).into_owned()));
}

fn version(version: ProtocolVersion) -> Option<Version> {
    match version {
        ProtocolVersion::TLSv1_2 => Some(Version::Tls12),
        ProtocolVersion::TLSv1_3 => Some(Version::Tls13),
        _ => None,
    }
}

/// A handshake that ended early: what it did not come to is null.
fn failed(error: &io::Error, head: &Head, seen: &mut Seen) {
    let first = head.bytes();
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    let ended = match inner {
        _ if !first.is_empty() && !is_tls(&first) => Handshake::NotTls,
        Some(Error::AlertReceived(_)) => Handshake::Alert,
        Some(Error::PeerIncompatible(_) | Error::NoApplicationProtocol) => Handshake::Incompatible,
        Some(_) => Handshake::Broken,
        None if error.kind() == io::ErrorKind::UnexpectedEof => Handshake::Closed,
        None => Handshake::Reset,
    };
    seen.end_early(ended);
    if let Some(Error::AlertReceived(alert)) = inner {
        seen.alert = Fact::Known(alert_name(&format!("{alert:?}")));
    }
    seen.say_what_came(&first);
    let why = match (ended, inner) {
        (Handshake::NotTls, _) => "what came back is not TLS".to_owned(),
        (Handshake::Closed, _) => "the server closed the connection".to_owned(),
        (_, Some(inner)) => inner.to_string(),
        (_, None) => error.to_string(),
    };
    seen.because = Fact::Known(why);
}

/// Nothing more came in the time given; bytes that cannot be TLS settle it all the same.
fn silent(head: &Head, seen: &mut Seen) {
    let first = head.bytes();
    seen.say_what_came(&first);
    if first.is_empty() || is_tls(&first) {
        seen.handshake = Fact::Known(Handshake::Timeout);
        return;
    }
    seen.end_early(Handshake::NotTls);
    seen.because = Fact::Known("what came back is not TLS".to_owned());
}

impl Seen {
    /// What follows a way that led nowhere: nothing.
    pub fn nothing() -> Self {
        let mut seen = Self::default();
        seen.is_nothing();
        seen.handshake = Fact::Nothing;
        seen.speaks_tls = Fact::Nothing;
        seen.sni = Fact::Nothing;
        seen.verified_name = Fact::Nothing;
        seen
    }

    /// Whether the handshake was completed.
    pub fn is_completed(&self) -> bool {
        self.handshake == Fact::Known(Handshake::Completed)
    }

    fn end_early(&mut self, ended: Handshake) {
        self.is_nothing();
        self.handshake = Fact::Known(ended);
    }

    /// What is not known by now will not be.
    fn is_nothing(&mut self) {
        settle(&mut self.first_bytes);
        settle(&mut self.alert);
        settle(&mut self.because);
        settle(&mut self.time_ms);
        settle(&mut self.version);
        settle(&mut self.cipher);
        settle(&mut self.group);
        settle(&mut self.alpn);
        settle(&mut self.chain);
        settle(&mut self.problems);
        settle(&mut self.subject);
        settle(&mut self.issuer);
        settle(&mut self.names);
        settle(&mut self.expires_in_s);
        settle(&mut self.certificates);
        settle(&mut self.in_order);
        settle(&mut self.path);
        settle(&mut self.root);
        settle(&mut self.ocsp);
        settle(&mut self.asks_for_certificate);
    }

    /// The server ended a handshake that was done already, because we have no certificate for it.
    pub(super) fn insists(&mut self, error: &io::Error) {
        let inner = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>());
        if let Some(Error::AlertReceived(alert)) = inner {
            self.handshake = Fact::Known(Handshake::Alert);
            self.alert = Fact::Known(alert_name(&format!("{alert:?}")));
            self.because = Fact::Known("the server insists on a certificate of ours".to_owned());
        }
    }

    fn say_what_came(&mut self, first: &[u8]) {
        if first.is_empty() {
            return;
        }
        self.speaks_tls = Fact::Known(is_tls(first));
        self.first_bytes = match is_tls(first) {
            true => Fact::Nothing,
            false => Fact::Known(Bytes::of(first)),
        };
    }
}

fn settle<T>(fact: &mut Fact<T>) {
    if fact.is_unknown() {
        *fact = Fact::Nothing;
    }
}

/// A record of SSL 3.0 to TLS 1.3 begins with one of four types and a version (RFC 8446 §5.1); as many of its bytes as came.
fn is_tls(first: &[u8]) -> bool {
    let sound = [20..=23, 3..=3, 0..=4];
    first
        .iter()
        .zip(sound)
        .all(|(byte, range)| range.contains(byte))
}

/// `HandshakeFailure` as the registry of IANA writes it: `handshake_failure`.
pub(super) fn alert_name(name: &str) -> String {
    match name {
        "UnknownCA" => return "unknown_ca".to_owned(),
        "UnknownPSKIdentity" => return "unknown_psk_identity".to_owned(),
        "UnrecognisedName" => return "unrecognized_name".to_owned(),
        _ => {}
    }
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

impl Record {
    /// What the handshake showed of the server.
    pub(crate) fn add_to(&self, seen: &mut Seen) {
        let Some(shown) = self.shown() else {
            return;
        };
        let certificates = certificate::certificates(shown);
        let judgement = &shown.judgement;
        seen.chain = Fact::Known(judgement.verdict());
        seen.problems = Fact::Known(judgement.problems.clone());
        seen.asks_for_certificate = Fact::Known(self.asks_for_client_certificate());
        seen.expires_in_s = first_to_expire(shown, &certificates);
        seen.in_order = Fact::Known(in_order(&certificates));
        seen.root = Fact::looked_up(judgement.root.clone());
        seen.path = Fact::looked_up(path(shown, &certificates));
        if let Some((own, leaf)) = certificates.first().zip(shown.sent.first()) {
            seen.subject = Fact::Known(own.subject.clone());
            seen.issuer = Fact::Known(own.issuer.clone());
            seen.names = Fact::Known(own.names.clone());
            let now = i64::try_from(shown.now.as_secs()).unwrap_or(i64::MAX);
            seen.ocsp = ocsp::read(&shown.staple, leaf, now);
        }
        seen.certificates = Fact::Known(certificates);
    }
}

fn first_to_expire(shown: &Shown, certificates: &[Certificate]) -> Fact<i64> {
    let path = shown.judgement.path.clone().unwrap_or_else(|| vec![0]);
    let counting = path.iter().filter_map(|at| certificates.get(*at));
    let readable = counting.filter(|it| it.role != Role::Malformed);
    readable
        .map(|it| it.expires_in_s)
        .min()
        .map_or(Fact::Unknown, Fact::Known)
}

/// Whether each vouches for the one before it.
fn in_order(certificates: &[Certificate]) -> bool {
    let pairs = certificates.iter().zip(certificates.iter().skip(1));
    pairs
        .into_iter()
        .all(|(below, above)| below.issuer == above.subject)
}

fn path(shown: &Shown, certificates: &[Certificate]) -> Option<Vec<String>> {
    let sent = shown.judgement.path.as_ref()?.iter();
    let subjects = sent.filter_map(|at| Some(certificates.get(*at)?.subject.clone()));
    Some(subjects.chain(shown.judgement.root.clone()).collect())
}

/// Whether the certificates are such that a client may go on.
impl Chain {
    /// Trusted.
    pub fn is_trusted(self) -> bool {
        self == Self::Trusted
    }
}

#[cfg(test)]
mod tests;
