//! A socket that many probes leave from at once, and the task that reads it: one for all ICMP probes of an address family,
//! one for each UDP flow.

use super::in_flight::{Arrival, Flight, InFlight, Sent, is_cut};
use super::pace::lock;
use crate::icmp::echo::{self, Request, Tag};
use crate::icmp::{Meaning, Said, quote};
use crate::route::raw::{Answer, Clock, Heard};
use crate::sys::{Cut, Datagram, Envelope, Family, ProbeSocket, Queue, QueuedError, is_full};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::AbortHandle;

/// Larger than any echo reply.
const BUFFER_BYTES: usize = 1 << 16;
/// Between a drained error queue and the send another error may arrive; more often than this it is no coincidence.
const SEND_ATTEMPTS: usize = 8;
/// How long a full send queue is given to drain.
const FULL_PAUSE: Duration = Duration::from_millis(2);

/// A probe about to leave.
pub(crate) struct Outgoing {
    pub(crate) flight: Flight,
    pub(crate) from: IpAddr,
    pub(crate) ttl: u8,
    pub(crate) flow: u16,
    pub(crate) flow_sum: u16,
    pub(crate) flow_label: u32,
    pub(crate) payload_bytes: u16,
    pub(crate) cut: Cut,
}

#[derive(Debug)]
pub(crate) struct Port {
    io: AsyncFd<ProbeSocket>,
    /// Where its datagrams go; a port for ICMP has none.
    udp: Option<u16>,
    in_flight: Mutex<InFlight>,
    nonce: u64,
    dropped: AtomicU32,
    /// Where messages are read into, by whoever drains the queues.
    buffer: Mutex<Box<[u8]>>,
}

/// A port with its reader, which ends when this does.
#[derive(Debug)]
pub(crate) struct OpenPort {
    pub(crate) port: Arc<Port>,
    reader: AbortHandle,
}

impl Drop for OpenPort {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl OpenPort {
    /// Opens the ICMP socket of a family and starts reading it on the current runtime.
    pub(crate) fn icmp(family: Family) -> io::Result<Self> {
        Self::open(ProbeSocket::icmp(family)?, None)
    }

    /// Opens a UDP socket for probes to a port.
    pub(crate) fn udp(local: SocketAddr, port: u16) -> io::Result<Self> {
        Self::open(ProbeSocket::udp(local)?, Some(port))
    }

    fn open(socket: ProbeSocket, udp: Option<u16>) -> io::Result<Self> {
        let io = socket.register(Interest::READABLE)?;
        let in_flight = Mutex::new(InFlight::new());
        let port = Arc::new(Port {
            io,
            udp,
            in_flight,
            nonce: rand::random(),
            dropped: AtomicU32::new(0),
            buffer: Mutex::new(vec![0; BUFFER_BYTES].into()),
        });
        let reader = tokio::spawn(Arc::clone(&port).read()).abort_handle();
        Ok(Self { port, reader })
    }
}

impl Port {
    /// Messages dropped because the receive buffer was full, since the socket was opened.
    pub(crate) fn dropped(&self) -> u32 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Sends one probe; says when it left.
    pub(crate) async fn send(&self, outgoing: Outgoing) -> io::Result<Instant> {
        let Outgoing {
            flight,
            from,
            ttl,
            flow,
            flow_sum,
            flow_label,
            payload_bytes,
            cut,
        } = outgoing;
        let envelope = Envelope {
            to: flight.to,
            from,
            port: self.udp.unwrap_or(0),
            ttl,
            flow_label,
            cut,
        };
        let tag = Tag {
            nonce: self.nonce,
            probe: flight.probe,
            ttl,
            flow,
        };
        let sequence = self.board(flight).await;
        let socket = self.io.get_ref();
        let request = Request {
            v6: socket.family() == Family::V6,
            ident: socket.ident(),
            sequence,
            flow_sum,
            payload_bytes,
        };
        let message = request.encode(&tag);
        let mut attempt = 1;
        loop {
            let sent = Sent::now();
            lock(&self.in_flight).departs(sequence, sent, (request, tag));
            match socket.send(&message, &envelope) {
                Ok(()) => return Ok(sent.steady),
                Err(refusal) if attempt == SEND_ATTEMPTS => return Err(refusal),
                Err(refusal) => self.recover(&refusal).await,
            }
            attempt += 1;
        }
    }

    async fn board(&self, mut flight: Flight) -> u16 {
        loop {
            let boarded = lock(&self.in_flight).board(flight, Instant::now());
            match boarded {
                Ok(sequence) => return sequence,
                Err(back) => flight = back,
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What to do about a send that failed. An ICMP error that arrived for an earlier probe is reported by the next
    /// send, whichever that is: it says nothing about the packet at hand.
    async fn recover(&self, refusal: &io::Error) {
        if is_full(refusal) {
            tokio::time::sleep(FULL_PAUSE).await;
        } else {
            self.drain();
            let _told = self.io.get_ref().take_error();
        }
    }

    async fn read(self: Arc<Self>) {
        while let Ok(mut guard) = self.io.ready(Interest::READABLE | Interest::ERROR).await {
            self.drain();
            guard.clear_ready();
            drop(guard);
            tokio::task::yield_now().await;
        }
    }

    /// Reads both queues until they are empty.
    fn drain(&self) {
        let mut buffer = lock(&self.buffer);
        for queue in [Queue::Errors, Queue::Replies] {
            loop {
                match self.io.get_ref().receive(queue, &mut buffer) {
                    Ok(datagram) => {
                        self.take(&datagram, buffer.get(..datagram.length).unwrap_or_default());
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    // A pending ICMP error, told once and thereby cleared; its message is on the error queue.
                    Err(_) if queue == Queue::Replies => {}
                    Err(_) => break,
                }
            }
        }
    }

    fn take(&self, datagram: &Datagram, message: &[u8]) {
        let now = Sent::now();
        if let Some(dropped) = datagram.dropped {
            self.dropped.store(dropped, Ordering::Relaxed);
        }
        let Some((from, said, extension_at)) = self.reading(datagram) else {
            return;
        };
        let mut in_flight = lock(&self.in_flight);
        let Some((flight, corrupt)) = self.flight(&mut in_flight, datagram, message) else {
            return;
        };
        let is_too_big = said.is_too_big();
        if is_too_big && !flight.minds_size {
            return;
        }
        if flight.answered {
            return flight.again();
        }
        flight.answered = true;
        let is_error = datagram.error.is_some();
        let (rtt, clock) = round_trip(flight.sent, now, datagram.stamp);
        let answer = Answer {
            from,
            said,
            rtt,
            clock,
            reply_ttl: datagram.ttl,
            mpls: if is_error {
                quote::labels(message, extension_at, self.taken_off())
            } else {
                Vec::new()
            },
            translated_to: datagram
                .name
                .filter(|quoted| is_error && *quoted != flight.to),
            next_hop_mtu: datagram
                .error
                .map(|error| error.info)
                .filter(|mtu| is_too_big && *mtu > 0),
            corrupt,
        };
        let _gone = flight.listener.send(Arrival::Answer(flight.index, answer));
    }

    /// The probe an answer is to, and whether it came back damaged.
    ///
    /// What a UDP error quotes is handed over without the UDP header, so that of a short quote nothing is left. Such an error
    /// is an answer to the only probe under way, and where there are several, to none.
    fn flight<'a>(
        &self,
        in_flight: &'a mut InFlight,
        datagram: &Datagram,
        message: &[u8],
    ) -> Option<(&'a mut Flight, bool)> {
        let whole = |flight| (flight, false);
        let is_error = datagram.error.is_some();
        if self.udp.is_none() && !is_error {
            return in_flight.find_echo(message, datagram.name);
        }
        if self.udp.is_none() || echo::tag(message).is_some() {
            let found = in_flight.find(message, self.nonce, datagram.name);
            return found.map(whole);
        }
        if is_error && !is_cut(message) {
            return None;
        }
        match in_flight.only(Instant::now()) {
            Ok(flight) => (datagram.name == Some(flight.to)).then_some(whole(flight)),
            Err(one_of_several) => {
                if let Some(listener) = one_of_several {
                    let _gone = listener.send(Arrival::Unnamed);
                }
                None
            }
        }
    }

    /// Who says what, if it is an answer at all.
    fn reading(&self, datagram: &Datagram) -> Option<(IpAddr, Heard, usize)> {
        let v6 = self.io.get_ref().family() == Family::V6;
        match datagram.error {
            None if self.udp.is_some() => Some((datagram.name?, Heard::Datagram, 0)),
            None => Some((datagram.name?, Heard::Icmp(Said::echo_reply(v6)), 0)),
            Some(error) => error.reading(v6),
        }
    }

    /// The bytes of headers the kernel takes off a quote.
    fn taken_off(&self) -> usize {
        self.ip_header_bytes() + if self.udp.is_some() { 8 } else { 0 }
    }

    fn ip_header_bytes(&self) -> usize {
        match self.io.get_ref().family() {
            Family::V4 => 20,
            Family::V6 => 40,
        }
    }
}

impl QueuedError {
    /// Who says what, if it is an answer to a probe.
    pub(crate) fn reading(self, v6: bool) -> Option<(IpAddr, Heard, usize)> {
        let said = Said {
            v6,
            icmp_type: self.icmp_type,
            icmp_code: self.icmp_code,
        };
        let is_answer = self.from_icmp && said.meaning() != Meaning::Aside;
        let from = self.offender.filter(|_| is_answer)?;
        Some((from, Heard::Icmp(said), self.extension_at))
    }
}

/// From sending to the kernel's receive stamp.
///
/// The stamp is by the wall clock, which may be set at any moment, so only the short wait in the queue is taken from it
/// and the whole from the steady clock. A wait that cannot be is a clock that was set.
pub(super) fn round_trip(sent: Sent, read: Sent, stamp: Option<Duration>) -> (Duration, Clock) {
    let whole = read.steady.saturating_duration_since(sent.steady);
    let queued = stamp.and_then(|stamp| read.wall.duration_since(UNIX_EPOCH + stamp).ok());
    let by_stamp = queued.and_then(|queued| whole.checked_sub(queued));
    by_stamp.map_or((whole, Clock::Process), |rtt| (rtt, Clock::Kernel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn check(stamp: Option<Duration>, expect_ms: u64, clock: Clock) {
        let steady = Instant::now();
        let at = |ms| Sent {
            steady: steady + Duration::from_millis(ms),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000) + Duration::from_millis(ms),
        };
        assert_eq!(
            round_trip(at(0), at(50), stamp),
            (Duration::from_millis(expect_ms), clock),
            "{stamp:?}"
        );
    }

    #[test]
    fn the_wait_in_the_queue_is_no_part_of_the_round_trip() {
        check(Some(Duration::from_millis(1_000_030)), 30, Clock::Kernel);
        check(Some(Duration::from_millis(1_000_050)), 50, Clock::Kernel);
    }

    #[test]
    fn without_a_stamp_or_after_a_step_of_the_clock_the_steady_clock_counts() {
        check(None, 50, Clock::Process);
        check(Some(Duration::from_millis(999_000)), 50, Clock::Process);
        check(Some(Duration::from_millis(1_003_000)), 50, Clock::Process);
    }
}
