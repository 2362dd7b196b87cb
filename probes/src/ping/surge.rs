//! Echoes by way of the surge-ping library, where the system tells an unprivileged process of nothing else.

use super::{Pinger, Question, RawEcho, RawPing, Sees};
use crate::icmp::Said;
use crate::route::{Answer, Clock, Heard, RawOutcome};
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};
use tokio::task::JoinSet;

/// A socket for each question; sees whole echoes in time, and no copies, damage or errors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surge;

impl Pinger for Surge {
    async fn ping(&self, question: &Question) -> RawPing {
        let begun = Instant::now();
        let mut raw = RawPing::new(question, Sees::Echoes);
        if raw.question.dont_fragment {
            let why = "packets that may not be cut are sent on Linux only";
            raw.outcome = RawOutcome::Unsupported(why.to_owned());
            return raw;
        }
        match client(&raw.question) {
            Err(error) => raw.outcome = refused(&error),
            Ok(client) => ask(&client, begun, &mut raw).await,
        }
        raw.took = begun.elapsed();
        raw
    }
}

fn client(question: &Question) -> io::Result<Client> {
    let kind = if question.to.is_ipv4() {
        ICMP::V4
    } else {
        ICMP::V6
    };
    let config = Config::builder()
        .kind(kind)
        .sock_type_hint(socket2::Type::DGRAM)
        .ttl(question.ttl.into());
    Client::new(&config.build())
}

fn refused(error: &io::Error) -> RawOutcome {
    match error.kind() {
        io::ErrorKind::PermissionDenied => RawOutcome::Unsupported(format!(
            "ICMP sockets are not permitted to this user: {error}"
        )),
        _ => RawOutcome::CouldNotAsk(format!("no ICMP socket: {error}")),
    }
}

async fn ask(client: &Client, begun: Instant, raw: &mut RawPing) {
    let mut asking = JoinSet::new();
    let ident = PingIdentifier(rand::random());
    let first: u16 = rand::random();
    for turn in 0..raw.question.count {
        let due = begun + raw.question.interval * u32::from(turn);
        tokio::time::sleep_until(due.into()).await;
        let mut pinger = client.pinger(raw.question.to, ident).await;
        pinger.timeout(raw.question.timeout);
        let payload = payload(raw.question.size_bytes);
        raw.echoes.push(RawEcho {
            sent_at: begun.elapsed(),
            answer: None,
        });
        asking.spawn(async move {
            let sequence = PingSequence(first.wrapping_add(turn));
            (usize::from(turn), pinger.ping(sequence, &payload).await)
        });
    }
    while let Some(ended) = asking.join_next().await {
        if let Ok((turn, ended)) = ended {
            note(raw, turn, ended);
        }
    }
}

fn payload(bytes: u16) -> Vec<u8> {
    let random = std::iter::repeat_with(rand::random);
    random.take(bytes.into()).collect()
}

fn note(raw: &mut RawPing, turn: usize, ended: Result<(IcmpPacket, Duration), SurgeError>) {
    match ended {
        Ok((packet, rtt)) => {
            if let Some(echo) = raw.echoes.get_mut(turn) {
                echo.answer = answer(&packet, rtt);
            }
        }
        Err(SurgeError::IOError(error)) => raw.local_error = Some(format!("local: {error}")),
        Err(_) => {}
    }
}

/// An echo; the library also hands over errors, of which it knows no more than that they came.
fn answer(packet: &IcmpPacket, rtt: Duration) -> Option<Answer> {
    let (from, icmp_type, reply_ttl): (IpAddr, u8, Option<u8>) = match packet {
        IcmpPacket::V4(packet) => (
            packet.get_source().into(),
            packet.get_icmp_type().0,
            packet.get_ttl(),
        ),
        IcmpPacket::V6(packet) => (
            packet.get_source().into(),
            packet.get_icmpv6_type().0,
            Some(packet.get_max_hop_limit()).filter(|hops| *hops > 0),
        ),
    };
    let said = Said::echo_reply(from.is_ipv6());
    (icmp_type == said.icmp_type).then(|| Answer {
        from,
        said: Heard::Icmp(said),
        rtt,
        clock: Clock::Process,
        reply_ttl,
        mpls: Vec::new(),
        translated_to: None,
        next_hop_mtu: None,
        corrupt: false,
    })
}
