//! What is asked, of whom, how.

use super::edns;
use super::wire::{Header, WireQuestion, questions};
use super::{QueryClass, QueryName, QueryType, Server, TrustAnchor};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// One question to one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The name.
    pub name: QueryName,
    /// The type of record.
    pub rtype: QueryType,
    /// The class; nearly always that of the Internet.
    pub class: QueryClass,
    /// Who is asked.
    pub server: Server,
    /// Where the server was found, where it is written by name.
    pub found: Option<Found>,
    /// How long to wait for the first answer of one attempt.
    pub timeout: Duration,
    /// How often to ask while nobody answers; an answer, whatever it says, ends it.
    pub attempts: u8,
    /// How long to keep listening after the first answer for a second one to the same question.
    ///
    /// A forged answer overtakes the true one by at most the round-trip time to the true server. Half a second is
    /// above that for any place on earth; a server that first has to ask others may take longer.
    pub listen: Duration,
    /// Whether to send EDNS (RFC 6891), offering datagrams of 1,232 octets.
    pub edns: bool,
    /// Whether to ask for recursion (RD).
    pub recursion: bool,
    /// Whether to ask for the server's identifier (RFC 5001); needs EDNS.
    pub nsid: bool,
    /// The network to answer for (RFC 7871); none is sent where none is given. Needs EDNS.
    pub client_subnet: Option<IpNet>,
    /// Whether to ask for signatures (DO, RFC 3225); needs EDNS.
    pub dnssec_ok: bool,
    /// What the answer is to be proven from; signatures (DO) and unchecked data (CD) are then asked for too.
    pub trust_anchor: Option<TrustAnchor>,
    /// Whether the server is asked as one of the zone's own, which then has to answer with authority.
    pub of_the_zone: bool,
    /// Whether to ask for data that the server itself finds bogus (CD, RFC 4035 §3.2.2).
    pub checking_disabled: bool,
}

/// Where a server written by name was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Found {
    /// Its address.
    pub address: IpAddr,
    /// Who said so, e.g. `udp://1.1.1.1 A dns.google.`
    pub asked: String,
    /// How long that took.
    pub took: Duration,
}

impl Question {
    /// A question with 2 s for one attempt, 500 ms of listening on, recursion, EDNS and NSID.
    pub fn new(name: QueryName, rtype: QueryType, server: Server) -> Self {
        Self {
            name,
            rtype,
            class: QueryClass::In,
            server,
            found: None,
            timeout: Duration::from_secs(2),
            attempts: 1,
            listen: Duration::from_millis(500),
            edns: true,
            recursion: true,
            nsid: true,
            client_subnet: None,
            dnssec_ok: false,
            trust_anchor: None,
            of_the_zone: false,
            checking_disabled: false,
        }
    }

    /// Where the server is, where that is known.
    pub fn addr(&self) -> Option<SocketAddr> {
        let found = self.found.as_ref();
        let found = found.map(|found| SocketAddr::new(found.address, self.server.port));
        self.server.addr().or(found)
    }

    /// The message to send, under a fresh identifier that cannot be guessed.
    pub(crate) fn message(&self, edns: bool) -> Sent {
        self.message_with(edns, rand::random())
    }

    /// The message to send under that identifier, where a connection of its own tells answers apart.
    pub(crate) fn message_with(&self, edns: bool, id: u16) -> Sent {
        let mut octets = Vec::with_capacity(300);
        for number in [id, self.flags(), 1, 0, 0, u16::from(edns)] {
            octets.extend(number.to_be_bytes());
        }
        let asked = WireQuestion {
            name: self.name.to_wire(),
            rtype: self.rtype.number(),
            class: self.class.number(),
        };
        octets.extend(asked.name.octets());
        octets.extend(asked.rtype.to_be_bytes());
        octets.extend(asked.class.to_be_bytes());
        if edns {
            octets.extend(edns::opt_record(self));
        }
        Sent { id, asked, octets }
    }

    /// RD and CD as wanted; AD says that the answer's AD bit is understood (RFC 6840 §5.7).
    fn flags(&self) -> u16 {
        const RD: u16 = 1 << 8;
        const AD: u16 = 1 << 5;
        const CD: u16 = 1 << 4;
        let wanted = |bit, wanted| if wanted { bit } else { 0 };
        AD | wanted(RD, self.recursion)
            | wanted(CD, self.checking_disabled || self.trust_anchor.is_some())
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.server, self.rtype, self.name)?;
        match self.class {
            QueryClass::In => {}
            QueryClass::Ch => formatter.write_str(" CH")?,
        }
        match self.client_subnet {
            Some(subnet) => write!(formatter, " for {subnet}"),
            None => Ok(()),
        }
    }
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
    use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};

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
    fn another_implementation_reads_every_wish() {
        for (subnet, shown) in [
            ("203.0.113.77/24", "203.0.113.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:db8:aaaa::/33", "2001:db8:8000::/33"),
        ] {
            let mut question = question();
            question.client_subnet = Some(subnet.parse().unwrap());
            question.dnssec_ok = true;
            question.checking_disabled = true;
            question.recursion = false;
            let read = Message::from_vec(&question.message(true).octets).unwrap();
            assert!(read.metadata.checking_disabled && !read.metadata.recursion_desired);
            let edns = read.edns.unwrap();
            assert!(edns.flags().dnssec_ok);
            let Some(EdnsOption::Subnet(subnet)) = edns.option(EdnsCode::Subnet) else {
                panic!("no subnet: {edns:?}");
            };
            let prefix = format!("{}/{}", subnet.addr(), subnet.source_prefix());
            assert_eq!((prefix.as_str(), subnet.scope_prefix()), (shown, 0));
        }
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
