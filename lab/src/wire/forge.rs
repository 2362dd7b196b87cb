//! Forged DNS answers: what somebody on the way makes of a question that passes.

use hickory_proto::op::{Message, MessageType, OpCode, Query};

use super::packet::{Packet, UDP, enclosed, pseudo_checksum};
use crate::world::incident::Injector;

const DNS_PORT: [u8; 2] = 53u16.to_be_bytes();
/// Injectors on the way are known by TTLs of their own.
const TTL: u8 = 47;

/// The forged answer to a question in this packet, if the injector listens for it.
pub(crate) fn forged(injector: &Injector, packet: &Packet<'_>) -> Option<Vec<u8>> {
    let (header, question) = packet.payload().split_at_checked(8)?;
    if packet.protocol != UDP || header[2..4] != DNS_PORT {
        return None;
    }
    if !injector.towards.is_empty() && !injector.towards.contains(&packet.destination) {
        return None;
    }
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?;
    listens(injector, query).then_some(())?;
    let answer = answer(injector, &question, query).to_vec().ok()?;
    datagram(packet, [header[0], header[1]], &answer)
}

fn listens(injector: &Injector, query: &Query) -> bool {
    let kind = injector
        .kind
        .is_none_or(|kind| kind.0 == query.query_type());
    kind && injector.name.0 == *query.name()
}

fn answer(injector: &Injector, question: &Message, query: &Query) -> Message {
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    answer.answers = injector.answer.iter().map(|line| line.0.clone()).collect();
    answer
}

/// A datagram back to where the packet came from, as if from where it was going.
fn datagram(packet: &Packet<'_>, client_port: [u8; 2], answer: &[u8]) -> Option<Vec<u8>> {
    let (from, to) = (packet.destination, packet.source);
    let mut udp = DNS_PORT.to_vec();
    udp.extend(client_port);
    udp.extend(u16::try_from(8 + answer.len()).ok()?.to_be_bytes());
    udp.extend([0, 0]);
    udp.extend(answer);
    let sum = match pseudo_checksum(from, to, UDP, &udp) {
        0 => u16::MAX,
        sum => sum,
    };
    udp[6..8].copy_from_slice(&sum.to_be_bytes());
    enclosed(from, to, (UDP, TTL, 0, 0), &udp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::packet::checksum;
    use hickory_proto::rr::{Name, RecordType};
    use std::str::FromStr;

    fn question(name: &str) -> Vec<u8> {
        let mut message = Message::query();
        message.metadata.id = 4711;
        message.add_query(Query::query(Name::from_str(name).unwrap(), RecordType::A));
        let dns = message.to_vec().unwrap();
        let mut udp = vec![0x9c, 0x40, 0, 53, 0, (8 + dns.len()) as u8, 0, 0];
        udp.extend(dns);
        enclosed(
            [192, 168, 1, 23].into(),
            [1, 1, 1, 1].into(),
            (UDP, 64, 0, 1),
            &udp,
        )
        .unwrap()
    }

    fn injector() -> Injector {
        Injector {
            name: "cmmsns.qpic.cn".parse().unwrap(),
            kind: None,
            towards: vec![[1, 1, 1, 1].into()],
            rtt: Default::default(),
            answer: vec!["cmmsns.qpic.cn. 60 A 10.10.34.35".parse().unwrap()],
        }
    }

    #[test]
    fn the_forged_answer_fits_the_question() {
        let asked = question("cmmsns.qpic.cn.");
        let forged = forged(&injector(), &Packet::parse(&asked).unwrap()).unwrap();
        let packet = Packet::parse(&forged).unwrap();
        assert_eq!(packet.source, std::net::IpAddr::from([1, 1, 1, 1]));
        assert_eq!(packet.payload()[..4], [0, 53, 0x9c, 0x40]);
        let mut pseudo = vec![1, 1, 1, 1, 192, 168, 1, 23, 0, UDP];
        pseudo.extend((packet.payload().len() as u16).to_be_bytes());
        assert_eq!(checksum(&[&pseudo, packet.payload()]), 0);
        let message = Message::from_vec(&packet.payload()[8..]).unwrap();
        assert_eq!((message.metadata.id, message.answers.len()), (4711, 1));
    }

    #[test]
    fn other_names_and_servers_pass() {
        let asked = question("qpic.cn.");
        assert!(forged(&injector(), &Packet::parse(&asked).unwrap()).is_none());
        let elsewhere = Injector {
            towards: vec![[8, 8, 8, 8].into()],
            ..injector()
        };
        let asked = question("cmmsns.qpic.cn.");
        assert!(forged(&elsewhere, &Packet::parse(&asked).unwrap()).is_none());
    }
}
