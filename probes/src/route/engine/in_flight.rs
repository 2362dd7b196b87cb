//! Which probe a sequence number stands for, until no answer to it can come any more.

use crate::icmp::echo::{self, Request, Tag};
use crate::route::raw::Answer;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::mpsc::UnboundedSender;

/// How long after its timeout a probe's number is not given to another.
const GRACE: Duration = Duration::from_secs(1);

/// More second answers to one probe than this are no longer counted: somebody floods.
const MOST_DUPLICATES: u8 = 100;

/// A probe under way.
#[derive(Debug)]
pub(crate) struct Flight {
    /// Its number in this process.
    pub(crate) probe: u32,
    /// Its index in its trace.
    pub(crate) index: usize,
    pub(crate) to: IpAddr,
    pub(crate) sent: Sent,
    pub(crate) timeout: Duration,
    pub(crate) answered: bool,
    /// Whether a router's complaint about its size is an answer to it.
    pub(crate) minds_size: bool,
    /// Answers after the first that were told of, at most [`MOST_DUPLICATES`].
    pub(crate) duplicates: u8,
    /// What it is, once it has its number.
    pub(crate) message: Option<(Request, Tag)>,
    pub(crate) listener: UnboundedSender<Arrival>,
}

/// The moment of sending by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) steady: Instant,
    pub(crate) wall: SystemTime,
}

impl Sent {
    pub(crate) fn now() -> Self {
        Self {
            wall: SystemTime::now(),
            steady: Instant::now(),
        }
    }
}

/// What a trace hears of its probes.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// The first answer to the probe of that index.
    Answer(usize, Answer),
    /// Another answer to a probe that has one.
    Duplicate,
    /// An answer to one of several probes, and nothing in it says to which.
    Unnamed,
}

/// All probes under way on one socket, by sequence number.
#[derive(Debug)]
pub(crate) struct InFlight {
    flights: HashMap<u16, Flight>,
    next: u16,
}

impl Flight {
    /// Tells of another answer to a probe that has one.
    pub(crate) fn again(&mut self) {
        if self.duplicates < MOST_DUPLICATES {
            self.duplicates += 1;
            let _gone = self.listener.send(Arrival::Duplicate);
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.sent.steady) > self.timeout + GRACE
    }

    /// Whether a quote or echo of a request is of this very probe.
    ///
    /// A router may quote no more than the ICMP header, or pad with zeros; then the destination must be the one sent to.
    fn is_quoted_by(&self, message: &[u8], nonce: u64, destination: Option<IpAddr>) -> bool {
        match echo::tag(message) {
            Some(Tag {
                nonce: its, probe, ..
            }) => its == nonce && probe == self.probe,
            None => is_cut(message) && destination == Some(self.to),
        }
    }
}

/// Whether nothing is quoted beyond the ICMP header; zeros may stand there instead, and an extension behind them.
pub(crate) fn is_cut(message: &[u8]) -> bool {
    let payload = message.get(8..).unwrap_or_default();
    let tag = payload.get(..20);
    tag.is_none_or(|tag| tag.iter().all(|byte| *byte == 0))
}

impl InFlight {
    pub(crate) fn new() -> Self {
        Self {
            flights: HashMap::new(),
            next: rand::random(),
        }
    }

    /// Gives a probe a sequence number that no other can still be answered by; gives it back when there is none.
    pub(crate) fn board(&mut self, flight: Flight, now: Instant) -> Result<u16, Flight> {
        for _tried in 0..=u16::MAX {
            let sequence = self.next;
            self.next = sequence.wrapping_add(1);
            if self
                .flights
                .get(&sequence)
                .is_none_or(|old| old.is_over(now))
            {
                self.flights.insert(sequence, flight);
                return Ok(sequence);
            }
        }
        Err(flight)
    }

    /// Notes that the packet leaves only now, and what it is.
    pub(crate) fn departs(&mut self, sequence: u16, sent: Sent, message: (Request, Tag)) {
        if let Some(flight) = self.flights.get_mut(&sequence) {
            flight.sent = sent;
            flight.message = Some(message);
        }
    }

    /// The probe that an echo reply is of, and whether its payload is another than was sent.
    ///
    /// A payload that does not say whose it is counts as damaged where most of it is as sent and it comes from the target.
    pub(crate) fn find_echo(
        &mut self,
        message: &[u8],
        from: Option<IpAddr>,
    ) -> Option<(&mut Flight, bool)> {
        let flight = self.flights.get_mut(&echo::sequence(message)?)?;
        let (request, tag) = flight.message?;
        let sent = request.encode(&tag);
        let (sent, came) = (sent.get(8..)?, message.get(8..)?);
        let is_ours = echo::tag(message).is_some_and(|its| its == tag);
        let is_near = || {
            let same = sent.iter().zip(came).filter(|(sent, came)| sent == came);
            from == Some(flight.to) && same.count() * 2 > sent.len()
        };
        (sent == came || is_ours || is_near()).then_some((flight, sent != came))
    }

    /// The only probe that can still be answered: an answer that names none is to that one. Where there are several,
    /// whoever waits for one of them.
    pub(crate) fn only(
        &mut self,
        now: Instant,
    ) -> Result<&mut Flight, Option<UnboundedSender<Arrival>>> {
        let mut open = self.flights.values_mut().filter(|flight| {
            !flight.answered && now.saturating_duration_since(flight.sent.steady) <= flight.timeout
        });
        match (open.next(), open.next()) {
            (Some(only), None) => Ok(only),
            (_, several) => Err(several.map(|flight| flight.listener.clone())),
        }
    }

    /// The probe that a quoted request is of.
    pub(crate) fn find(
        &mut self,
        message: &[u8],
        nonce: u64,
        destination: Option<IpAddr>,
    ) -> Option<&mut Flight> {
        let flight = self.flights.get_mut(&echo::sequence(message)?)?;
        flight
            .is_quoted_by(message, nonce, destination)
            .then_some(flight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icmp::echo::Request;
    use tokio::sync::mpsc::unbounded_channel;

    const TO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));
    const NONCE: u64 = 77;

    fn flight(probe: u32, sent: Instant) -> Flight {
        let sent = Sent {
            steady: sent,
            wall: SystemTime::now(),
        };
        Flight {
            probe,
            index: 0,
            to: TO,
            sent,
            timeout: Duration::from_secs(2),
            answered: false,
            minds_size: false,
            duplicates: 0,
            message: None,
            listener: unbounded_channel().0,
        }
    }

    fn request(sequence: u16, probe: u32, nonce: u64) -> Vec<u8> {
        Request {
            v6: false,
            ident: 1,
            sequence,
            flow_sum: 5,
            payload_bytes: echo::ROUTE_PAYLOAD_BYTES,
        }
        .encode(&Tag {
            nonce,
            probe,
            ttl: 1,
            flow: 0,
        })
    }

    #[test]
    fn a_number_is_not_reused_while_an_answer_may_come() {
        let now = Instant::now();
        let mut in_flight = InFlight::new();
        let first = in_flight.board(flight(0, now), now).unwrap();
        for probe in 1..=u32::from(u16::MAX) {
            in_flight.board(flight(probe, now), now).unwrap();
        }
        assert!(
            in_flight
                .board(flight(70_000, now), now + Duration::from_secs(2))
                .is_err()
        );
        let later = now + Duration::from_secs(4);
        assert_eq!(
            in_flight.board(flight(70_001, later), later).ok(),
            Some(first)
        );
        assert!(
            in_flight
                .find(&request(first, 0, NONCE), NONCE, Some(TO))
                .is_none(),
            "the old probe's late answer"
        );
        assert!(
            in_flight
                .find(&request(first, 70_001, NONCE), NONCE, Some(TO))
                .is_some()
        );
    }

    #[test]
    fn a_damaged_echo_is_ours_and_a_foreign_one_is_not() {
        let now = Instant::now();
        let mut in_flight = InFlight::new();
        let sequence = in_flight.board(flight(5, now), now).unwrap();
        let sent_as = |probe, nonce| {
            let tag = Tag {
                nonce,
                probe,
                ttl: 64,
                flow: 0,
            };
            let request = Request {
                v6: false,
                ident: 1,
                sequence,
                flow_sum: 5,
                payload_bytes: 56,
            };
            (request, tag)
        };
        let (ours, tag) = sent_as(5, NONCE);
        in_flight.departs(sequence, Sent::now(), (ours, tag));
        let whole = ours.encode(&tag);
        let damaged = |at: std::ops::Range<usize>| {
            let mut bytes = whole.clone();
            bytes[at].fill(0xee);
            bytes
        };
        let (other, its) = sent_as(4, NONCE + 1);
        let elsewhere = IpAddr::from([198, 51, 100, 1]);
        let mut check = |message: &[u8], from, expect: Option<bool>| {
            let found = in_flight.find_echo(message, Some(from));
            assert_eq!(found.map(|(_, corrupt)| corrupt), expect, "{message:x?}");
        };
        check(&whole, TO, Some(false));
        check(&whole, elsewhere, Some(false));
        check(&whole[..40], elsewhere, Some(true));
        check(&whole[..12], TO, None);
        check(&damaged(60..61), elsewhere, Some(true));
        check(&damaged(8..24), TO, Some(true));
        check(&damaged(8..24), elsewhere, None);
        check(&damaged(8..60), TO, None);
        check(&other.encode(&its), TO, None);
    }

    #[test]
    fn only_the_very_probe_is_matched() {
        let now = Instant::now();
        let mut in_flight = InFlight::new();
        let sequence = in_flight.board(flight(5, now), now).unwrap();
        let mut check = |message: &[u8], to: IpAddr, expect: bool| {
            assert_eq!(
                in_flight.find(message, NONCE, Some(to)).is_some(),
                expect,
                "{message:x?} {to}"
            );
        };
        let whole = request(sequence, 5, NONCE);
        let elsewhere = IpAddr::from([198, 51, 100, 1]);
        check(&whole, TO, true);
        check(&whole, elsewhere, true);
        check(&whole[..8], TO, true);
        check(&whole[..8], elsewhere, false);
        check(&whole[..7], TO, false);
        check(&[&whole[..8], &[0; 100]].concat(), TO, true);
        check(&[&whole[..8], &[0; 100], &[0x20, 0]].concat(), TO, true);
        check(&[&whole[..8], &[1; 100]].concat(), TO, false);
        check(&request(sequence, 6, NONCE), TO, false);
        check(&request(sequence, 5, NONCE + 1), TO, false);
        check(&request(sequence.wrapping_add(1), 5, NONCE), TO, false);
        check(&[], TO, false);
    }
}
