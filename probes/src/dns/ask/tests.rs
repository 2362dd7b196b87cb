mod peer;

use crate::dns::testing::Reply;
use crate::dns::{
    ChainProblem, QueryName, QueryType, Question, Seen, Server, Status, Transport, ask,
};
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use hickory_proto::op::{Edns, Message, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsOption;
use peer::{Peer, framed};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

const ADDRESS: &[&str] = &["www.example. 60 A 192.0.2.1"];

fn question(server: Server) -> Question {
    Question {
        timeout: Duration::from_secs(5),
        listen: Duration::from_millis(100),
        ..Question::new(
            QueryName::parse("www.example").unwrap(),
            QueryType::A,
            server,
        )
    }
}

async fn observe(question: &Question) -> Observation<Seen> {
    ask(question, &Atlas::empty()).await
}

/// Asks a peer that answers each question with what is made of it.
async fn answered(reply: impl Fn(Reply) -> Reply + Send + 'static) -> Seen {
    let peer = Peer::udp(move |_, query| vec![reply(Reply::to(query)).octets()]).await;
    let observation = observe(&question(peer.server("udp"))).await;
    assert_eq!(observation.outcome, Outcome::Answered);
    observation.seen
}

#[tokio::test]
async fn a_plain_answer_is_seen_whole() {
    let peer =
        Peer::udp(|_, query| vec![Reply::to(query).authoritative().answers(ADDRESS).octets()])
            .await;
    let observation = observe(&question(peer.server("udp"))).await;
    let seen = observation.seen;
    assert_eq!(
        observation.asked,
        format!("udp://127.0.0.1:{} A www.example.", peer.port)
    );
    assert_eq!(seen.status, Status::NoError);
    assert_eq!(seen.data, Some(vec!["192.0.2.1".to_owned()]));
    assert_eq!(seen.chain, Some(vec![]));
    assert_eq!(seen.chain_problem, Some(None));
    assert_eq!(seen.ttl_s, Some(60));
    assert_eq!(seen.edns, Some(None));
    assert_eq!(
        (seen.replies, seen.different_replies, seen.strays),
        (Some(1), Some(1), 0)
    );
    assert_eq!(
        (seen.transport, seen.size_bytes),
        (Some(Transport::Udp), Some(45))
    );
    assert!(
        seen.time_ms
            .is_some_and(|time_ms| time_ms > 0.0 && time_ms < 5000.0)
    );
    let flags = seen.flags.unwrap();
    assert_eq!(
        (flags.aa, flags.rd, flags.ra, flags.tc, flags.rcode),
        (true, true, false, false, 0)
    );
    assert_eq!(
        seen.addresses.unwrap()[0].special.as_deref(),
        Some("documentation")
    );
    assert_eq!(seen.server.unwrap().special.as_deref(), Some("loopback"));
}

#[tokio::test]
async fn what_does_not_match_is_counted_and_does_not_end_the_wait() {
    let peer = Peer::udp(|_, query| {
        let right = Reply::to(query).answers(ADDRESS).octets();
        let mut other_id = right.clone();
        other_id[0] ^= 0xff;
        let mut other_question = right.clone();
        other_question[13] = b'x';
        vec![
            other_id,
            other_question,
            b"no DNS".to_vec(),
            query.to_vec(),
            right,
        ]
    });
    let seen = observe(&question(peer.await.server("udp"))).await.seen;
    assert_eq!(seen.status, Status::NoError);
    assert_eq!((seen.strays, seen.replies), (4, Some(1)));
}

#[tokio::test]
async fn the_first_of_two_different_answers_is_taken_and_both_are_counted() {
    let peer = Peer::udp(|_, query| {
        let forged = Reply::to(query)
            .answers(&["www.example. 60 A 198.51.100.7"])
            .octets();
        vec![forged, Reply::to(query).answers(ADDRESS).octets()]
    });
    let seen = observe(&question(peer.await.server("udp"))).await.seen;
    assert_eq!(seen.data, Some(vec!["198.51.100.7".to_owned()]));
    assert_eq!((seen.replies, seen.different_replies), (Some(2), Some(2)));
}

#[tokio::test]
async fn an_answer_that_came_twice_is_not_a_different_one() {
    let peer = Peer::udp(|_, query| {
        let once = ["www.example. 60 A 192.0.2.1", "www.example. 60 A 192.0.2.2"];
        let again = ["www.example. 59 A 192.0.2.2", "www.example. 59 A 192.0.2.1"];
        vec![
            Reply::to(query).answers(&once).octets(),
            Reply::to(query).answers(&again).octets(),
        ]
    });
    let seen = observe(&question(peer.await.server("udp"))).await.seen;
    assert_eq!((seen.replies, seen.different_replies), (Some(2), Some(1)));
    assert_eq!(
        seen.data,
        Some(vec!["192.0.2.1".to_owned(), "192.0.2.2".to_owned()])
    );
}

#[tokio::test]
async fn a_cut_answer_is_asked_again_over_tcp() {
    let whole = |query: &[u8]| framed(&Reply::to(query).answers(ADDRESS).octets());
    let cut = |_, query: &[u8]| vec![Reply::to(query).truncated().octets()];
    let peer = Peer::new(cut, Some(Box::new(whole))).await;
    let seen = observe(&question(peer.server("udp"))).await.seen;
    assert_eq!(
        (seen.status, seen.transport),
        (Status::NoError, Some(Transport::Tcp))
    );
    assert_eq!(
        (seen.replies, seen.data),
        (Some(1), Some(vec!["192.0.2.1".to_owned()]))
    );
    let queries = peer.queries.lock().unwrap();
    assert_eq!(queries.len(), 2);
    assert_ne!(queries[0][..2], queries[1][..2], "a fresh id");
}

#[tokio::test]
async fn nothing_of_a_cut_answer_is_used_when_tcp_fails() {
    let half = |query: &[u8]| framed(&Reply::to(query).answers(ADDRESS).octets())[..20].to_vec();
    let none = |_: &[u8]| Vec::new();
    let cut = |_, query: &[u8]| vec![Reply::to(query).truncated().answers(ADDRESS).octets()];
    for peer in [
        Peer::new(cut, None).await,
        Peer::new(cut, Some(Box::new(half))).await,
        Peer::new(cut, Some(Box::new(none))).await,
    ] {
        let observation = observe(&question(peer.server("udp"))).await;
        let seen = observation.seen;
        assert_eq!(
            (observation.outcome, seen.status),
            (Outcome::Answered, Status::Truncated)
        );
        assert_eq!(
            (seen.answers, seen.data, seen.addresses),
            (None, None, None)
        );
        assert!(seen.flags.unwrap().tc);
        assert_eq!(seen.replies, Some(1));
    }
}

#[tokio::test]
async fn tcp_can_be_asked_directly() {
    let peer = Peer::tcp(|query| {
        let mut other_id = Reply::to(query).answers(ADDRESS).octets();
        other_id[0] ^= 0xff;
        let right = Reply::to(query).answers(ADDRESS).octets();
        [framed(&other_id), framed(&right)].concat()
    });
    let seen = observe(&question(peer.await.server("tcp"))).await.seen;
    assert_eq!(
        (seen.status, seen.transport),
        (Status::NoError, Some(Transport::Tcp))
    );
    assert_eq!((seen.strays, seen.replies), (1, Some(1)));
}

#[tokio::test]
async fn a_connection_that_ends_early_says_how() {
    for (written, status) in [
        (0, Status::Unreachable),
        (1, Status::Malformed),
        (2, Status::Malformed),
        (30, Status::Malformed),
    ] {
        let peer = Peer::tcp(move |query| {
            framed(&Reply::to(query).answers(ADDRESS).octets())[..written].to_vec()
        });
        let observation = observe(&question(peer.await.server("tcp"))).await;
        assert_eq!(
            (observation.outcome, observation.seen.status),
            (Outcome::Answered, status),
            "{written}"
        );
    }
}

#[tokio::test]
async fn a_server_without_edns_is_asked_again_without() {
    for code in [ResponseCode::FormErr, ResponseCode::NotImp] {
        let peer = Peer::udp(move |_, query| {
            let has_edns = Message::from_vec(query).unwrap().edns.is_some();
            vec![match has_edns {
                true => Reply::to(query).code(code).octets(),
                false => Reply::to(query).answers(ADDRESS).octets(),
            }]
        })
        .await;
        let seen = observe(&question(peer.server("udp"))).await.seen;
        assert_eq!((seen.status, seen.edns), (Status::NoError, Some(None)));
        assert_eq!(peer.query_count(), 2);
    }
}

#[tokio::test]
async fn a_format_error_that_stays_is_the_answer() {
    let seen = answered(|reply| reply.code(ResponseCode::FormErr)).await;
    assert_eq!(seen.status, Status::FormErr);
}

#[tokio::test]
async fn a_closed_port_is_seen_at_once() {
    for scheme in ["udp", "tcp"] {
        let port = UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = format!("{scheme}://127.0.0.1:{port}").parse().unwrap();
        let started = Instant::now();
        let observation = observe(&question(server)).await;
        assert_eq!(
            (observation.outcome, observation.seen.status),
            (Outcome::Answered, Status::Unreachable)
        );
        assert!(
            started.elapsed() < Duration::from_secs(4),
            "well before the time given"
        );
    }
}

#[tokio::test]
async fn silence_is_no_answer_after_every_attempt() {
    let peer = Peer::udp(|_, _| Vec::new()).await;
    let patient = Question {
        timeout: Duration::from_millis(50),
        attempts: 3,
        ..question(peer.server("udp"))
    };
    let observation = observe(&patient).await;
    let why = format!(
        "no answer from udp://127.0.0.1:{} within 0.05 s, asked 3 times",
        peer.port
    );
    assert_eq!(observation.outcome, Outcome::NoAnswer(why));
    assert_eq!(
        (observation.seen.status, observation.seen.replies),
        (Status::Timeout, Some(0))
    );
    assert_eq!(peer.query_count(), 3);
}

#[tokio::test]
async fn only_silence_is_asked_again() {
    let peer = Peer::udp(|number, query| match number {
        0 => Vec::new(),
        _ => vec![Reply::to(query).code(ResponseCode::ServFail).octets()],
    })
    .await;
    let patient = Question {
        timeout: Duration::from_millis(500),
        attempts: 3,
        ..question(peer.server("udp"))
    };
    assert_eq!(observe(&patient).await.seen.status, Status::ServFail);
    assert_eq!(peer.query_count(), 2);
}

#[tokio::test]
async fn octets_that_are_no_message_are_malformed() {
    // An answer whose owner, or whose data, is a compression pointer to itself.
    let pointing_at_itself = |tail: &'static [u8]| {
        Peer::udp(move |_, query| {
            let mut octets = Reply::to(query).octets();
            octets[7] = 1;
            octets.extend(tail);
            vec![octets]
        })
    };
    for peer in [
        pointing_at_itself(b"\xc0\x1d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01")
            .await,
        pointing_at_itself(b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x29").await,
        pointing_at_itself(b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x10\xc0\x00\x02\x01")
            .await,
        pointing_at_itself(b"").await,
    ] {
        let observation = observe(&question(peer.server("udp"))).await;
        assert_eq!(
            (observation.outcome, observation.seen.status),
            (Outcome::Answered, Status::Malformed)
        );
        assert_eq!(
            (observation.seen.answers, observation.seen.replies),
            (None, Some(1))
        );
    }
}

#[tokio::test]
async fn a_chain_is_followed_in_whatever_order_it_comes() {
    let seen = answered(|reply| {
        reply.answers(&[
            "edge.cdn.example. 30 A 192.0.2.1",
            "b.example. 20 CNAME Edge.CDN.example.",
            "www.example. 600 CNAME b.example.",
            "edge.cdn.example. 30 A 192.0.2.2",
            "edge.cdn.example. 30 A 192.0.2.1",
        ])
    })
    .await;
    assert_eq!(seen.status, Status::NoError);
    assert_eq!(
        seen.chain,
        Some(vec![
            "b.example.".to_owned(),
            "edge.cdn.example.".to_owned()
        ])
    );
    assert_eq!(
        seen.data,
        Some(vec!["192.0.2.1".to_owned(), "192.0.2.2".to_owned()])
    );
    assert_eq!(
        (seen.ttl_s, seen.answers.map(|answers| answers.len())),
        (Some(20), Some(5))
    );
}

#[tokio::test]
async fn the_code_is_about_the_end_of_the_chain() {
    let soa = "example. 300 SOA ns.example. host.example. 1 2 3 4 60";
    let alias = "www.example. 60 CNAME gone.example.";
    let seen = answered(move |reply| {
        reply
            .code(ResponseCode::NXDomain)
            .answers(&[alias])
            .authority(&[soa])
    })
    .await;
    assert_eq!(
        (seen.status, seen.chain_problem),
        (Status::NxDomain, Some(None))
    );
    assert_eq!(seen.chain, Some(vec!["gone.example.".to_owned()]));
    let seen = answered(move |reply| reply.answers(&[alias]).authority(&[soa])).await;
    assert_eq!(
        (seen.status, seen.chain_problem),
        (Status::NoData, Some(None))
    );
    let seen = answered(move |reply| reply.answers(&[alias])).await;
    assert_eq!(
        (seen.status, seen.chain_problem),
        (Status::NoData, Some(Some(ChainProblem::MissingLink)))
    );
}

#[tokio::test]
async fn nothing_there_is_told_from_asking_elsewhere() {
    let seen = answered(|reply| {
        reply.authority(&["example. 300 SOA ns.example. host.example. 1 2 3 4 60"])
    })
    .await;
    assert_eq!((seen.status, seen.data), (Status::NoData, Some(vec![])));
    assert_eq!(
        seen.authority.unwrap()[0].data,
        "ns.example. host.example. 1 2 3 4 60"
    );
    let seen = answered(|reply| reply.authority(&["example. 300 NS ns1.example."])).await;
    assert_eq!(seen.status, Status::Referral);
    let seen = answered(|reply| {
        reply
            .authoritative()
            .authority(&["example. 300 NS ns1.example."])
    })
    .await;
    assert_eq!(seen.status, Status::NoData);
    assert_eq!(answered(|reply| reply).await.status, Status::NoData);
    assert_eq!(
        answered(|reply| reply.code(ResponseCode::NXDomain))
            .await
            .status,
        Status::NxDomain
    );
    assert_eq!(
        answered(|reply| reply.code(ResponseCode::Refused))
            .await
            .status,
        Status::Refused
    );
}

#[tokio::test]
async fn what_the_opt_record_says_is_seen() {
    let seen = answered(|reply| {
        let mut edns = Edns::new();
        edns.set_max_payload(1400).set_version(0);
        let options = edns.options_mut();
        options.insert(EdnsOption::Unknown(
            15,
            b"\x00\x16no reachable authority".to_vec(),
        ));
        options.insert(EdnsOption::Unknown(3, b"fra1.example".to_vec()));
        reply.code(ResponseCode::ServFail).edns(edns)
    })
    .await;
    assert_eq!(seen.status, Status::ServFail);
    let edns = seen.edns.unwrap().unwrap();
    assert_eq!(
        (edns.udp_size_bytes, edns.nsid.as_deref()),
        (1400, Some("fra1.example"))
    );
    assert_eq!(
        (edns.errors[0].code, edns.errors[0].name.as_str()),
        (22, "No Reachable Authority")
    );
    assert_eq!(seen.additional, Some(vec![]));
}

#[tokio::test]
async fn an_extended_code_comes_from_both_places() {
    let seen = answered(|reply| reply.code(ResponseCode::BADVERS).edns(Edns::new())).await;
    assert_eq!(
        (seen.status, seen.flags.unwrap().rcode),
        (Status::BadVers, 16)
    );
}

#[tokio::test]
async fn a_thousand_questions_at_once_are_answered() {
    // Ten servers, because the queue of one socket does not hold a thousand datagrams.
    let mut asking = tokio::task::JoinSet::new();
    let mut peers = Vec::new();
    for _ in 0..10 {
        let peer = Peer::udp(|_, query| vec![Reply::to(query).answers(ADDRESS).octets()]).await;
        for _ in 0..100 {
            let question = question(peer.server("udp"));
            asking.spawn(async move { observe(&question).await });
        }
        peers.push(peer);
    }
    for observation in asking.join_all().await {
        // Fewer sockets may be allowed here; that is said, and is no answer of the network.
        match observation.outcome {
            Outcome::CouldNotAsk(why) => assert!(why.contains("ulimit -n"), "{why}"),
            outcome => assert_eq!(
                (outcome, observation.seen.status),
                (Outcome::Answered, Status::NoError)
            ),
        }
    }
}
