use super::{Chain, ChainProblem, MAX_FOLLOWED, follow};
use crate::dns::testing::{Reply, record};
use crate::dns::wire::Message;
use crate::dns::{QueryName, QueryType};
use hickory_proto::op::{Message as Hickory, OpCode};

fn chain(rtype: &str, answers: &[&str]) -> Chain {
    let mut message = Hickory::response(1, OpCode::Query);
    message.add_answers(answers.iter().map(|line| record(line)));
    let octets = Reply(message).octets();
    let asked = QueryName::parse("a.example").unwrap().to_wire();
    let rtype: QueryType = rtype.parse().unwrap();
    follow(&Message::parse(&octets).unwrap(), &asked, rtype.number(), 1).unwrap()
}

fn check(rtype: &str, answers: &[&str], targets: &[&str], problem: Option<ChainProblem>) {
    let chain = chain(rtype, answers);
    let followed: Vec<String> = chain.targets.iter().map(ToString::to_string).collect();
    assert_eq!(followed, targets, "{answers:?}");
    assert_eq!(chain.problem, problem, "{answers:?}");
}

#[test]
fn no_alias_is_no_chain() {
    check("A", &["a.example. 1 A 192.0.2.1"], &[], None);
    check("A", &[], &[], None);
}

#[test]
fn a_chain_that_comes_back_is_a_loop() {
    let links = [
        "a.example. 1 CNAME b.example.",
        "b.example. 1 CNAME a.example.",
    ];
    check(
        "A",
        &links,
        &["b.example.", "a.example."],
        Some(ChainProblem::Loop),
    );
    check(
        "A",
        &["a.example. 1 CNAME a.example."],
        &["a.example."],
        Some(ChainProblem::Loop),
    );
}

#[test]
fn one_owner_with_two_targets_is_noticed_and_the_first_followed() {
    let links = [
        "a.example. 1 CNAME b.example.",
        "a.example. 1 CNAME c.example.",
        "b.example. 1 A 192.0.2.1",
    ];
    check(
        "A",
        &links,
        &["b.example."],
        Some(ChainProblem::SeveralTargets),
    );
    let twice_the_same = [links[0], links[0], links[2]];
    check("A", &twice_the_same, &["b.example."], None);
}

#[test]
fn a_break_is_a_missing_link_and_a_stated_end_is_not() {
    let broken = ["a.example. 1 CNAME b.example.", "c.example. 1 A 192.0.2.1"];
    check(
        "A",
        &broken,
        &["b.example."],
        Some(ChainProblem::MissingLink),
    );
    check(
        "A",
        &["other.example. 1 A 192.0.2.1"],
        &[],
        Some(ChainProblem::MissingLink),
    );
}

#[test]
fn sixteen_links_are_followed_in_silence_and_more_are_too_long() {
    let link = |from: usize| format!("l{from}.example. 1 CNAME l{}.example.", from + 1);
    for (last, problem) in [
        (15, None),
        (16, Some(ChainProblem::TooLong)),
        (60, Some(ChainProblem::TooLong)),
    ] {
        let mut lines = vec!["a.example. 1 CNAME l1.example.".to_owned()];
        lines.extend((1..=last).rev().map(link));
        lines.push(format!("l{}.example. 1 A 192.0.2.1", last + 1));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let chain = chain("A", &lines);
        assert_eq!((chain.targets.len(), chain.problem), (last + 1, problem));
        assert_eq!(chain.end.to_string(), format!("l{}.example.", last + 1));
    }
}

#[test]
fn a_dname_makes_the_alias_that_is_not_given() {
    let synthesised = [
        "example. 1 DNAME example.net.",
        "a.example.net. 1 A 192.0.2.1",
    ];
    check("A", &synthesised, &["a.example.net."], None);
    let given_too = [
        synthesised[0],
        "a.example. 1 CNAME a.example.net.",
        synthesised[1],
    ];
    check("A", &given_too, &["a.example.net."], None);
    let nearest = [
        "example. 1 DNAME x.",
        "a.example. 1 DNAME y.",
        "a.x. 1 A 192.0.2.1",
    ];
    check("A", &nearest, &["a.x."], None);
    check("DNAME", &["a.example. 1 DNAME y."], &[], None);
}

#[test]
fn a_dname_that_grows_its_own_name_ends() {
    let chain = chain("A", &["example. 1 DNAME a.a.example."]);
    // 11 octets at first, 4 more each time, 255 at most.
    assert_eq!(chain.targets.len(), (255 - 11) / 4);
    assert!(chain.targets.len() <= MAX_FOLLOWED);
    assert_eq!(chain.problem, Some(ChainProblem::TooLong));
}

#[test]
fn asked_for_the_alias_it_is_the_answer() {
    check(
        "CNAME",
        &["a.example. 1 CNAME b.example."],
        &["b.example."],
        None,
    );
    let chain = chain("CNAME", &["a.example. 1 CNAME b.example."]);
    assert_eq!(chain.end.to_string(), "a.example.");
}
