//! One datagram out, and everything that comes back to its port.
//!
//! Each question has a connected socket of its own: a random port from the kernel, datagrams of others filtered there,
//! and ICMP errors for this question alone reported at once.

mod socket;

use super::Transport;
use super::ask::Answered;
use super::heard::{End, Heard, end_by, why_not};
use super::question::{Question, Sent};
use super::reading::fingerprint;
use socket::{Datagram, Socket};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// More different answers to one question than this are counted as this many.
const MAX_DIFFERENT: usize = 64;

/// Asks once and listens.
pub(super) async fn exchange(
    question: &Question,
    server: SocketAddr,
    edns: bool,
    answered: Answered<'_>,
) -> Heard {
    let socket = match Socket::connect(server) {
        Ok(socket) => socket,
        Err(error) => return Heard::could_not_ask(Transport::Udp, why_not(&error, server)),
    };
    let sent = question.message(edns);
    let started = Instant::now();
    if let Err(error) = socket.send(&sent.octets).await {
        return Heard::could_not_ask(Transport::Udp, why_not(&error, server));
    }
    let mut listening = Listening::new(&socket, &sent, server);
    listening.for_the_first(started, question.timeout).await;
    answered();
    if listening.heard.answer().is_some() && !question.listen.is_zero() {
        listening.for_more(Instant::now() + question.listen).await;
    }
    listening.heard
}

/// The state of waiting on one socket.
struct Listening<'a> {
    socket: &'a Socket,
    sent: &'a Sent,
    server: SocketAddr,
    heard: Heard,
    different: HashSet<[u8; 32]>,
}

impl<'a> Listening<'a> {
    fn new(socket: &'a Socket, sent: &'a Sent, server: SocketAddr) -> Self {
        Self {
            socket,
            sent,
            server,
            heard: Heard::nothing(Transport::Udp),
            different: HashSet::new(),
        }
    }

    /// Waits for the first answer, as a stub resolver takes it; strays do not end the wait.
    async fn for_the_first(&mut self, started: Instant, wait: Duration) {
        while let Ok(received) = timeout_at(started + wait, self.socket.receive()).await {
            match received {
                Ok(datagram) if self.count(&datagram) => {
                    self.heard.took = datagram.after(started);
                    self.heard.end = End::Answer(datagram.octets);
                    return;
                }
                Ok(_) => {}
                Err(error) => {
                    self.heard.end = end_by(&error, self.server);
                    return;
                }
            }
        }
    }

    /// Counts further answers; an error now says nothing about the answer that came.
    async fn for_more(&mut self, until: Instant) {
        while let Ok(received) = timeout_at(until, self.socket.receive()).await {
            if let Ok(datagram) = received {
                self.count(&datagram);
            }
        }
    }

    /// Counts a datagram as an answer or as a stray, and says which.
    fn count(&mut self, datagram: &Datagram) -> bool {
        let is_answer = self.sent.is_answered_by(&datagram.octets);
        if is_answer {
            self.heard.replies = self.heard.replies.saturating_add(1);
            if self.different.len() < MAX_DIFFERENT {
                self.different.insert(fingerprint(&datagram.octets));
            }
            self.heard.different_replies = u32::try_from(self.different.len()).unwrap_or(u32::MAX);
        } else {
            self.heard.strays = self.heard.strays.saturating_add(1);
        }
        is_answer
    }
}
