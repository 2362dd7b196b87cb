//! A connection, a handshake over it, and what else was asked for.

use super::attempt::attempt;
use super::handshake::{Stream, handshake};
use super::offer::Offer;
use super::probed::{Probed, TriedVersion};
use super::seen::{Handshake, Seen, Version};
use super::starttls::{Starttls, Upgrade, upgrade};
use crate::fact::Fact;
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use crate::tcp;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One server to shake hands with.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where to.
    pub to: SocketAddr,
    /// What is offered.
    pub offer: Offer,
    /// The protocol that begins in the clear, if it does.
    pub starttls: Option<Starttls>,
    /// Versions to offer one by one, on connections of their own.
    pub try_versions: Vec<Version>,
    /// How long to wait for the connection, and then for the handshake.
    pub timeout: Duration,
}

/// How long a server that asked for a certificate is listened to: with TLS 1.3 it says only after the handshake that it
/// insists on one (RFC 8446 §4.4.2.4).
const INSISTS: Duration = Duration::from_secs(1);

impl Question {
    /// The customary question.
    pub fn new(to: SocketAddr, offer: Offer) -> Self {
        Self {
            to,
            offer,
            starttls: None,
            try_versions: Vec::new(),
            timeout: Duration::from_secs(5),
        }
    }
}

/// Connects to one address, shakes hands, and says what was seen.
pub async fn ask(question: &Question, atlas: &Atlas) -> Observation<Probed> {
    let asked_at = Timestamp::now();
    let (way, stream) = tcp::connect(question.to, question.timeout).await;
    let mut seen = Probed::new(way.seen(atlas), atlas);
    let mut outcome = way.outcome();
    match stream {
        Some(stream) => {
            shake(question, stream, &mut seen).await;
            outcome = ended(question, &seen);
            try_each(question, &mut seen).await;
        }
        None if way.is_known_to_lead_nowhere() => seen.ends_there(question),
        None => {}
    }
    Observation {
        outcome,
        asked_at,
        asked: format!("tls://{}", question.to),
        seen,
    }
}

async fn shake(question: &Question, mut stream: TcpStream, seen: &mut Probed) {
    if let Some(protocol) = question.starttls {
        let (upgraded, said) = upgrade(&mut stream, protocol, question.timeout).await;
        seen.starttls = Fact::Known(upgraded);
        seen.starttls_said = Fact::looked_up(said);
        match upgraded {
            Upgrade::Ready => {}
            Upgrade::Timeout => return,
            _ => {
                seen.tls = Seen::nothing();
                return;
            }
        }
    }
    let (shown, stream) = handshake(stream, &question.offer, question.timeout).await;
    seen.tls = shown;
    if let (Some(stream), Fact::Known(true)) = (stream, &seen.tls.asks_for_certificate) {
        let patience = INSISTS.min(question.timeout);
        seen.tls.hear_insisting(stream, patience).await;
    }
}

fn ended(question: &Question, seen: &Probed) -> Outcome {
    let (to, wait) = (question.to, question.timeout.as_secs_f64());
    match (&seen.starttls, &seen.tls.handshake) {
        (Fact::Known(Upgrade::Timeout), _) => Outcome::NoAnswer(format!(
            "no answer from {to} to the request for TLS within {wait} s"
        )),
        (_, Fact::Known(Handshake::Timeout)) => {
            Outcome::NoAnswer(format!("no handshake with {to} within {wait} s"))
        }
        (Fact::Unknown | Fact::Known(Upgrade::Ready), Fact::Unknown) => {
            Outcome::CouldNotAsk(seen.tls.because.known().cloned().unwrap_or_default())
        }
        _ => Outcome::Answered,
    }
}

/// Offers each version by itself; not to a server that speaks something else than TLS, or nothing.
async fn try_each(question: &Question, seen: &mut Probed) {
    match seen.tls.handshake {
        _ if question.try_versions.is_empty() => return,
        Fact::Known(Handshake::NotTls) | Fact::Nothing => return seen.no_versions(),
        Fact::Known(Handshake::Timeout) | Fact::Unknown => return,
        Fact::Known(_) => {}
    }
    let mut tried: Vec<TriedVersion> = Vec::new();
    for version in &question.try_versions {
        tried.push(attempt(question, *version).await);
    }
    seen.add(tried);
}

impl Seen {
    /// Listens whether the server insists on a certificate of ours.
    async fn hear_insisting(&mut self, mut stream: Stream<TcpStream>, patience: Duration) {
        if let Ok(Err(error)) = timeout(patience, stream.read(&mut [0])).await {
            self.insists(&error);
        }
    }
}
