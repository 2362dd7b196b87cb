//! What is asked, of whom, how.

use super::wire::{CLASS_IN, Header, WireQuestion, questions};
use super::{QueryName, QueryType, Server};
use std::fmt;
use std::time::Duration;

/// The datagram size offered by EDNS: it passes unfragmented nearly everywhere (DNS flag day 2020).
const UDP_SIZE_OCTETS: u16 = 1232;

/// One question to one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The name.
    pub name: QueryName,
    /// The type of record.
    pub rtype: QueryType,
    /// Who is asked.
    pub server: Server,
    /// How long to wait for the first answer of one attempt.
    pub timeout: Duration,
    /// How often to ask while nobody answers; an answer, whatever it says, ends it.
    pub attempts: u8,
    /// How long to keep listening after the first answer for a second one to the same question.
    ///
    /// A forged answer overtakes the true one by at most the round-trip time to the true server. Half a second is
    /// above that for any place on earth; a server that first has to ask others may take longer.
    pub listen: Duration,
    /// Whether to send EDNS (RFC 6891), offering datagrams of 1,232 octets. No client subnet is ever sent.
    pub edns: bool,
    /// Whether to ask for recursion (RD).
    pub recursion: bool,
    /// Whether to ask for the server's identifier (RFC 5001); needs EDNS.
    pub nsid: bool,
}

impl Question {
    /// A question with 2 s for one attempt, 500 ms of listening on, recursion, EDNS and NSID.
    pub fn new(name: QueryName, rtype: QueryType, server: Server) -> Self {
        Self {
            name,
            rtype,
            server,
            timeout: Duration::from_secs(2),
            attempts: 1,
            listen: Duration::from_millis(500),
            edns: true,
            recursion: true,
            nsid: true,
        }
    }

    /// The message to send, under a fresh identifier that cannot be guessed.
    pub(crate) fn message(&self, edns: bool) -> Sent {
        let id = rand::random();
        let mut octets = Vec::with_capacity(300);
        for number in [id, self.flags(), 1, 0, 0, u16::from(edns)] {
            octets.extend(number.to_be_bytes());
        }
        let asked = WireQuestion {
            name: self.name.to_wire(),
            rtype: self.rtype.number(),
            class: CLASS_IN,
        };
        octets.extend(asked.name.octets());
        octets.extend(asked.rtype.to_be_bytes());
        octets.extend(asked.class.to_be_bytes());
        if edns {
            octets.extend(opt_record(self.nsid));
        }
        Sent { id, asked, octets }
    }

    /// RD as wanted; AD says that the answer's AD bit is understood (RFC 6840 §5.7).
    fn flags(&self) -> u16 {
        const RD: u16 = 1 << 8;
        const AD: u16 = 1 << 5;
        AD | if self.recursion { RD } else { 0 }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.server, self.rtype, self.name)
    }
}

/// Root owner, type 41, the size as class, version 0 and no flags as TTL, options (RFC 6891 §6.1.2).
fn opt_record(nsid: bool) -> Vec<u8> {
    const EMPTY_NSID: [u8; 4] = [0, 3, 0, 0];
    let options: &[u8] = if nsid { &EMPTY_NSID } else { &[] };
    let [size_high, size_low] = UDP_SIZE_OCTETS.to_be_bytes();
    let mut record = vec![0, 0, 41, size_high, size_low, 0, 0, 0, 0, 0];
    record.push(if nsid { 4 } else { 0 });
    record.extend(options);
    record
}

/// A message that was sent, and how its answer is told from everything else.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    id: u16,
    asked: WireQuestion,
    /// The octets to send.
    pub(crate) octets: Vec<u8>,
}

impl Sent {
    /// Whether these octets answer this message: a response to a standard query with our id and our one question.
    ///
    /// A server that does not understand the message need not repeat the question (RFC 1035 §4.1.1, RCODE 1 and 4).
    pub(crate) fn is_answered_by(&self, octets: &[u8]) -> bool {
        let Ok(header) = Header::parse(octets) else {
            return false;
        };
        let fits = header.is_response() && header.opcode() == 0 && header.id == self.id;
        let not_understood = header.counts[0] == 0 && matches!(header.rcode(), 1 | 4);
        fits && (not_understood
            || questions(octets).is_ok_and(|given| given == [self.asked.clone()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::{Message, OpCode};
    use hickory_proto::rr::rdata::opt::EdnsCode;

    fn question() -> Question {
        Question::new(
            QueryName::parse("www.example").unwrap(),
            QueryType::AAAA,
            "192.0.2.1".parse().unwrap(),
        )
    }

    #[test]
    fn another_implementation_reads_the_question_as_meant() {
        let sent = question().message(true);
        let read = Message::from_vec(&sent.octets).unwrap();
        assert_eq!(read.metadata.id, sent.id);
        assert_eq!(read.metadata.op_code, OpCode::Query);
        assert!(read.metadata.recursion_desired && read.metadata.authentic_data);
        assert_eq!(read.queries.len(), 1);
        assert_eq!(read.queries[0].to_string(), "www.example. IN AAAA");
        let edns = read.edns.unwrap();
        assert_eq!((edns.max_payload(), edns.version()), (1232, 0));
        assert!(edns.option(EdnsCode::NSID).is_some());
        assert!(
            Message::from_vec(&question().message(false).octets)
                .unwrap()
                .edns
                .is_none()
        );
    }

    #[test]
    fn only_an_answer_to_this_very_question_is_one() {
        let sent = question().message(true);
        let mut answer = sent.octets.clone();
        assert!(!sent.is_answered_by(&answer), "QR is not set");
        answer[2] |= 0x80;
        assert!(sent.is_answered_by(&answer));
        answer[13] = b'W';
        assert!(sent.is_answered_by(&answer), "case carries no meaning");
        for (place, flip, why) in [
            (0, 1, "id"),
            (2, 0x08, "opcode"),
            (5, 2, "question count"),
            (14, 1, "name"),
            (26, 1, "type"),
        ] {
            let mut other = answer.clone();
            other[place] ^= flip;
            assert!(!sent.is_answered_by(&other), "{why}");
        }
        assert!(!sent.is_answered_by(&answer[..11]));
    }

    #[test]
    fn a_format_error_may_leave_the_question_out() {
        let sent = question().message(true);
        let header = |rcode| [&sent.octets[..2], &[0x80, rcode, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        assert!(sent.is_answered_by(&header(1)));
        assert!(sent.is_answered_by(&header(4)));
        assert!(!sent.is_answered_by(&header(0)));
        assert!(!sent.is_answered_by(&header(3)));
    }
}
