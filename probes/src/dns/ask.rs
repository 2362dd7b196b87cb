//! The order of asking: again while nobody answers, without EDNS where it is not understood, over TCP what was cut.

use super::edns::OPT;
use super::heard::{End, Heard};
use super::reading::{flags, seen_in};
use super::wire::{Header, Message};
use super::{Dnssec, Question, Seen, Status, Transport, dnssec, doh, doq, dot, tcp, udp};
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use jiff::Timestamp;
use std::net::SocketAddr;

/// Puts one question to one server and says what was seen.
///
/// No cache, no search list, no hosts file, no environment. Every question has a random id and a port of its own; what
/// does not match id, server and question is counted and otherwise ignored. The first matching answer is the one that
/// is read, as a stub resolver would take it; later ones are counted for [`Question::listen`] (over UDP).
///
/// A cut answer is asked again over TCP, and so is a question whose EDNS is answered with FORMERR or NOTIMP without it.
pub async fn ask(question: &Question, atlas: &Atlas) -> Observation<Seen> {
    ask_then(question, atlas, &|| ()).await
}

/// What is done when the first answer over UDP is there, before listening on for a second.
pub(super) type Answered<'a> = &'a (dyn Fn() + Sync);

/// The same, and does something when the first answer over UDP is there, before listening on for a second.
pub async fn ask_then(
    question: &Question,
    atlas: &Atlas,
    answered: &(dyn Fn() + Sync),
) -> Observation<Seen> {
    let asked_at = Timestamp::now();
    let heard = match question.addr() {
        Some(addr) => converse(question, addr, answered).await,
        None => Heard::could_not_ask(question.server.transport, unknown_place(question)),
    };
    let mut seen = read(question, &heard, atlas);
    seen.dnssec = believed(question, &heard).await;
    seen.connection = Some(heard.connection.clone());
    seen.strays = heard.strays;
    seen.server = question.addr().map(|addr| atlas.facts(addr.ip()));
    seen.databases = atlas.databases().to_vec();
    Observation {
        outcome: outcome(question, &heard),
        asked_at,
        asked: question.to_string(),
        seen,
    }
}

/// The verdict of the validator, where something is given to begin with and an answer to judge.
async fn believed(question: &Question, heard: &Heard) -> Option<Dnssec> {
    let (anchor, addr) = (question.trust_anchor.as_ref()?, question.addr()?);
    let octets = heard.answer()?;
    match Header::parse(octets).ok()?.rcode() {
        0 | 3 => Some(dnssec::validate(question, anchor, addr, octets).await),
        _ => None, // a failure is no statement about the name
    }
}

fn unknown_place(question: &Question) -> String {
    format!(
        "where {} is has to be asked first, and nobody was",
        question.server
    )
}

/// What came back to a question: after truncation over TCP, and without EDNS where that is not understood.
pub(super) async fn whole(question: &Question, addr: SocketAddr) -> Heard {
    converse(question, addr, &|| ()).await
}

async fn converse(question: &Question, addr: SocketAddr, answered: Answered<'_>) -> Heard {
    let mut edns = question.edns;
    let mut heard = insist(question, addr, edns, answered).await;
    if edns && heard.answer().is_some_and(refuses_edns) {
        let plain = insist(question, addr, false, answered).await;
        if plain.answer().is_some() {
            heard = plain.after(&heard);
            edns = false;
        }
    }
    match heard.answer() {
        Some(octets) if is_truncated(octets) => over_tcp(question, addr, edns, heard).await,
        _ => heard,
    }
}

/// Asks until something comes back, as often as allowed. The time is that of the attempt that was answered.
async fn insist(
    question: &Question,
    addr: SocketAddr,
    edns: bool,
    answered: Answered<'_>,
) -> Heard {
    let mut heard = exchange(question, addr, edns, answered).await;
    for _ in 1..question.attempts {
        if heard.end != End::Silence {
            break;
        }
        let again = exchange(question, addr, edns, answered).await;
        heard = Heard {
            strays: again.strays.saturating_add(heard.strays),
            ..again
        };
    }
    heard
}

async fn exchange(
    question: &Question,
    addr: SocketAddr,
    edns: bool,
    answered: Answered<'_>,
) -> Heard {
    match question.server.transport {
        Transport::Udp => udp::exchange(question, addr, edns, answered).await,
        Transport::Tcp => tcp::exchange(question, addr, edns).await,
        Transport::Tls => dot::exchange(question, addr, edns).await,
        Transport::Https => doh::exchange(question, addr, edns).await,
        Transport::Quic => doq::exchange(question, addr, edns).await,
    }
}

/// FORMERR or NOTIMP from a server that sends no OPT record itself (RFC 6891 §7).
fn refuses_edns(octets: &[u8]) -> bool {
    let not_understood = Header::parse(octets).is_ok_and(|header| matches!(header.rcode(), 1 | 4));
    let has_opt =
        |message: Message<'_>| message.additional.iter().any(|record| record.rtype == OPT);
    not_understood && !Message::parse(octets).is_ok_and(has_opt)
}

fn is_truncated(octets: &[u8]) -> bool {
    Header::parse(octets).is_ok_and(|header| header.is_truncated())
}

/// The whole answer over TCP; what was counted while listening over UDP stays.
async fn over_tcp(question: &Question, addr: SocketAddr, edns: bool, cut: Heard) -> Heard {
    let whole = match cut.transport {
        Transport::Udp => tcp::exchange(question, addr, edns).await,
        stream => Heard::nothing(stream),
    };
    let is_whole = whole.answer().is_some_and(|octets| !is_truncated(octets));
    let counted = (cut.replies, cut.different_replies);
    let mut heard = whole.after(&cut);
    (heard.replies, heard.different_replies) = counted;
    if let (false, End::Answer(octets)) = (is_whole, cut.end) {
        heard.end = End::CutAnswer(octets);
    }
    heard
}

fn read(question: &Question, heard: &Heard, atlas: &Atlas) -> Seen {
    let seen = match &heard.end {
        End::Answer(octets) => read_answer(question, heard, octets, atlas),
        End::CutAnswer(octets) => only(Status::Truncated, octets),
        End::HalfAnswer => only(Status::Malformed, &[]),
        End::HandshakeFailed => only(Status::HandshakeFailed, &[]),
        End::Untrusted => only(Status::Untrusted, &[]),
        End::NotDns => only(Status::NotDns, &[]),
        End::Unreachable => only(Status::Unreachable, &[]),
        End::Silence => only(Status::Timeout, &[]),
        End::CouldNotAsk(_) => return Seen::default(),
    };
    Seen {
        replies: Some(heard.replies),
        different_replies: Some(heard.different_replies),
        ..seen
    }
}

fn read_answer(question: &Question, heard: &Heard, octets: &[u8], atlas: &Atlas) -> Seen {
    let seen = seen_in(question, octets, atlas);
    Seen {
        time_ms: Some(heard.took.as_secs_f64() * 1000.0),
        size_bytes: u32::try_from(octets.len()).ok(),
        transport: Some(heard.transport),
        ..seen.unwrap_or_else(|_| only(Status::Malformed, octets))
    }
}

/// A status and, where there is one, the header: all that is known when no answer can be used.
fn only(status: Status, octets: &[u8]) -> Seen {
    let header = Header::parse(octets).ok();
    Seen {
        status,
        flags: header.map(|header| flags(header, header.rcode())),
        ..Seen::default()
    }
}

fn outcome(question: &Question, heard: &Heard) -> Outcome {
    match &heard.end {
        End::CouldNotAsk(why) => Outcome::CouldNotAsk(why.clone()),
        End::Silence => Outcome::NoAnswer(silence(question, heard.strays)),
        _ => Outcome::Answered,
    }
}

fn silence(question: &Question, strays: u32) -> String {
    let attempts = match question.attempts {
        0 | 1 => String::new(),
        attempts => format!(", asked {attempts} times"),
    };
    let strays = match strays {
        0 => String::new(),
        1 => "; 1 datagram came that was no answer to it".to_owned(),
        strays => format!("; {strays} datagrams came that were no answer to it"),
    };
    let (server, wait) = (&question.server, question.timeout.as_secs_f64());
    format!("no answer from {server} within {wait} s{attempts}{strays}")
}

#[cfg(test)]
mod tests;
