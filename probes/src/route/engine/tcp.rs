//! Probes by TCP: the SYN of an ordinary `connect`, each from a socket of its own on the flow's port.
//!
//! Two sockets cannot be on the way to one port from one port, so a flow has one probe under way. An error about another
//! SYN of the flow is told from it by the kernel, which compares the quoted sequence number (net/ipv4/tcp_ipv4.c,
//! `tcp_v4_err`). A connection that is accepted is closed at once, by a RST, before anything is said.

use super::in_flight::{Arrival, Flight, Sent};
use super::local::{self, FlowOf};
use super::port::{Outgoing, round_trip};
use crate::icmp::quote;
use crate::route::raw::{Answer, Clock, Heard};
use crate::sys::{Family, ProbeSocket, Queue, is_refusal, tcp_measured};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;

/// The kernel repeats an unanswered SYN after a second, and no answer would say to which of the two it is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(950);
const BUFFER_BYTES: usize = 2048;

/// What sends them.
#[derive(Debug)]
pub(crate) struct Tcp {
    seed: u64,
    port: u16,
    /// By flow, what waits for its answer and owns the socket.
    under_way: HashMap<u16, JoinHandle<()>>,
    _room: OwnedSemaphorePermit,
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.under_way.values().for_each(JoinHandle::abort);
    }
}

impl Tcp {
    pub(crate) fn new(seed: u64, port: u16, room: OwnedSemaphorePermit) -> Self {
        Self {
            seed,
            port,
            under_way: HashMap::new(),
            _room: room,
        }
    }

    pub(crate) async fn send(&mut self, outgoing: Outgoing) -> io::Result<Instant> {
        let Outgoing {
            mut flight,
            from,
            ttl,
            flow,
            ..
        } = outgoing;
        // Its socket is closed when the task is gone, not before; until then the flow's port is taken.
        if let Some(before) = self.under_way.remove(&flow) {
            before.abort();
            let _cancelled = before.await;
        }
        let to = SocketAddr::new(flight.to, self.port);
        let its = FlowOf {
            seed: self.seed,
            flow,
            to: flight.to,
        };
        let (io, sent) = local::open(from, its, |local| {
            let socket = ProbeSocket::tcp(local, ttl)?;
            let sent = Sent::now();
            match socket.connect(to) {
                // Registered before, it would count as closed for good.
                Ok(()) => {
                    let io = socket.register(Interest::READABLE | Interest::WRITABLE)?;
                    Ok((Some(io), sent))
                }
                // This very machine may refuse at once.
                Err(error) if is_refusal(&error) => Ok((None, sent)),
                Err(error) => Err(error),
            }
        })?;
        flight.sent = sent;
        match io {
            Some(io) => {
                let hearing = tokio::spawn(hear(io, flight));
                self.under_way.insert(flow, hearing);
            }
            None => tell(&flight, own_word(&flight, Heard::Reset)),
        }
        Ok(sent.steady)
    }
}

/// Waits until it is known what became of a SYN.
async fn hear(io: AsyncFd<ProbeSocket>, flight: Flight) {
    let interest = Interest::READABLE | Interest::WRITABLE | Interest::ERROR;
    while let Ok(mut guard) = io.ready(interest).await {
        match outcome(io.get_ref(), &flight) {
            Some(answer) => return answer.into_iter().for_each(|answer| tell(&flight, answer)),
            None if guard.ready().is_write_closed() => return,
            None => guard.clear_ready(),
        }
    }
}

/// The answer to a SYN; nothing while it is not settled, no answer where the connection came to nothing by itself.
fn outcome(socket: &ProbeSocket, flight: &Flight) -> Option<Option<Answer>> {
    if let Some(answer) = error(socket, flight) {
        return Some(Some(answer));
    }
    let said = match socket.take_error() {
        Some(error) if is_refusal(&error) => Heard::Reset,
        Some(_) => return Some(None),
        None if socket.is_connected() => Heard::SynAck,
        None => return None,
    };
    let answer = own_word(flight, said);
    let measured = tcp_measured(socket).ok().filter(|_| said == Heard::SynAck);
    Some(Some(match measured {
        Some(measured) if measured.retransmits == 0 && measured.rtt <= answer.rtt => Answer {
            rtt: measured.rtt,
            clock: Clock::Kernel,
            ..answer
        },
        _ => answer,
    }))
}

fn tell(flight: &Flight, answer: Answer) {
    let _gone = flight.listener.send(Arrival::Answer(flight.index, answer));
}

/// The target's own answer, by this process's clock: the kernel keeps no stamp of it.
fn own_word(flight: &Flight, said: Heard) -> Answer {
    let rtt = Instant::now().saturating_duration_since(flight.sent.steady);
    answer(flight.to, said, (rtt, Clock::Process))
}

/// The ICMP error about a SYN, if one has come.
fn error(socket: &ProbeSocket, flight: &Flight) -> Option<Answer> {
    let mut buffer = [0; BUFFER_BYTES];
    while let Ok(datagram) = socket.receive(Queue::Errors, &mut buffer) {
        let now = Sent::now();
        let v6 = socket.family() == Family::V6;
        let read = datagram.error.and_then(|error| error.reading(v6));
        let about_the_way = read.filter(|(_, said, _)| !said.is_too_big());
        if let Some((from, said, extension_at)) = about_the_way {
            let quoted = buffer.get(..datagram.length).unwrap_or_default();
            let ip_header = if v6 { 40 } else { 20 };
            let rtt = round_trip(flight.sent, now, datagram.stamp);
            return Some(Answer {
                reply_ttl: datagram.ttl,
                mpls: quote::labels(quoted, extension_at, ip_header),
                ..answer(from, said, rtt)
            });
        }
    }
    None
}

fn answer(from: IpAddr, said: Heard, (rtt, clock): (Duration, Clock)) -> Answer {
    Answer {
        from,
        said,
        rtt,
        clock,
        reply_ttl: None,
        mpls: Vec::new(),
        translated_to: None,
        next_hop_mtu: None,
        corrupt: false,
    }
}
