use super::*;
use crate::place::Place;
use crate::simulate::at_once;
use crate::verdict::{Verdict, Word};
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A resolver that gives the same whenever it is asked, and what else there is.
struct Script {
    again: Option<Answer>,
    tcp: Option<Answer>,
    elsewhere: Vec<(String, Answer)>,
    certificate: Certificate,
    /// How many seconds a cache counts down from one question to the next.
    countdown_s: AtomicU32,
    step_s: u32,
}

impl Script {
    fn steady(answer: &Answer) -> Self {
        Self {
            again: Some(answer.clone()),
            tcp: None,
            elsewhere: Vec::new(),
            certificate: Certificate::NotTestable,
            countdown_s: AtomicU32::new(0),
            step_s: 0,
        }
    }
}

impl Asker for Script {
    async fn again(&self) -> Option<Answer> {
        let passed = self.step_s + self.countdown_s.fetch_add(self.step_s, Ordering::Relaxed);
        let mut answer = self.again.clone()?;
        answer.ttl_s = answer.ttl_s.map(|ttl_s| ttl_s.saturating_sub(passed));
        Some(answer)
    }
    async fn over_tcp(&self) -> Option<Answer> {
        self.tcp.clone()
    }
    async fn elsewhere(&self) -> Vec<(String, Answer)> {
        self.elsewhere.clone()
    }
    async fn certificate(&self, _: IpAddr) -> Certificate {
        self.certificate.clone()
    }
    async fn pause(&self, _: Duration) {}
}

fn place(address: &str, origin: u32) -> Place {
    let mut place = Place::unknown(address.parse().expect("an address"));
    place.origins = Some([origin].into());
    place.holder = Some(format!("HOLDER-{origin}"));
    place.country = Some("CN".into());
    place
}

/// `alias address/AS`, the alias `-` for none.
fn answer(alias: &str, places: &[(&str, u32)]) -> Answer {
    let places: Vec<Place> = places
        .iter()
        .map(|(address, origin)| place(address, *origin))
        .collect();
    Answer {
        status: "NOERROR".into(),
        chain: if alias == "-" {
            Vec::new()
        } else {
            vec![alias.to_owned()]
        },
        data: places
            .iter()
            .map(|place| place.address.to_string())
            .collect(),
        places,
        ttl_s: Some(60),
        time_ms: Some(40.0),
        different_replies: 1,
    }
}

fn status(status: &str) -> Answer {
    Answer {
        status: status.into(),
        different_replies: 1,
        ..Answer::default()
    }
}

fn usual() -> Answer {
    answer(
        "www.cdn.example.",
        &[("203.0.113.1", 64500), ("203.0.113.2", 64500)],
    )
}

fn learned(answer: &Answer, times: i64) -> Model {
    let mut model = Model::default();
    for hour in 0..times {
        model.learn(
            answer,
            Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour),
        );
    }
    model
}

/// A pool of which each answer shows one more.
fn rotating() -> Model {
    let mut model = Model::default();
    for number in 0..10_u8 {
        let address = format!("203.0.{number}.1");
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number.into());
        model.learn(&answer("www.cdn.example.", &[(&address, 64500)]), at);
    }
    model
}

fn judged(model: &Model, answer: &Answer, asker: &Script) -> Verdict {
    at_once(decide(model, answer, asker, &Rules::default())).expect("it waits for nothing")
}

#[track_caller]
fn check(now: &Answer, asker: &Script, word: Word, rule: &str) {
    let verdict = judged(&learned(&usual(), 10), now, asker);
    assert_eq!(
        (verdict.word, verdict.rule.as_ref()),
        (word, rule),
        "{verdict:?}"
    );
}

#[track_caller]
fn steady(now: &Answer, word: Word, rule: &str) {
    check(now, &Script::steady(now), word, rule);
}

#[test]
fn what_holds_still_is_the_same_whatever_else_moves() {
    steady(&usual(), Word::Same, "dns-R2-address");
    let mut reordered = usual();
    reordered.places.reverse();
    reordered.places.push(reordered.places[0].clone());
    reordered.chain = vec!["WWW.cdn.EXAMPLE".into()];
    reordered.ttl_s = Some(3);
    steady(&reordered, Word::Same, "dns-R2-address");
    steady(
        &answer("www.cdn.example.", &[("203.0.113.9", 64500)]),
        Word::Variance,
        "dns-R3-renumbered",
    );
    let mut holder = answer("www.cdn.example.", &[("198.51.100.9", 64509)]);
    holder.places[0].holder = Some("Holder-64500".into());
    steady(&holder, Word::Variance, "dns-R3-renumbered");
    assert_eq!(
        judged(&rotating(), &holder, &Script::steady(&holder)).rule,
        "dns-R3-cname-asn"
    );
}

#[test]
fn another_status_is_a_change_once_it_was_seen_again() {
    steady(&status("NXDOMAIN"), Word::Changed, "dns-R0-status");
    steady(&status("NODATA"), Word::Changed, "dns-R0-status");
    steady(&status("SERVFAIL"), Word::Changed, "dns-R0-failing");
    check(
        &status("TIMEOUT"),
        &Script::steady(&usual()),
        Word::Same,
        "dns-R0-passing",
    );
    check(
        &status("NXDOMAIN"),
        &Script::steady(&usual()),
        Word::Inconclusive,
        "dns-not-again",
    );
    let silent = Script {
        elsewhere: vec![("other".into(), status("TIMEOUT"))],
        ..Script::steady(&status("TIMEOUT"))
    };
    check(
        &status("TIMEOUT"),
        &silent,
        Word::Inconclusive,
        "dns-R0-nobody",
    );
}

#[test]
fn an_address_that_cannot_be_goes_before_every_excuse() {
    let mut bogon = answer("www.cdn.example.", &[("127.0.0.1", 64500)]);
    bogon.places[0].special = Some("loopback".into());
    steady(&bogon, Word::Changed, "dns-R1-bogon");
    check(
        &bogon,
        &Script::steady(&usual()),
        Word::Inconclusive,
        "dns-not-again",
    );
}

#[test]
fn another_country_of_the_same_system_is_a_change() {
    let mut abroad = answer("www.cdn.example.", &[("203.0.113.9", 64500)]);
    abroad.places[0].country = Some("US".into());
    steady(&abroad, Word::Changed, "dns-R3-country");
}

#[test]
fn another_system_is_held_against_certificate_and_chance() {
    let moved = answer("www.cdn.example.", &[("198.51.100.1", 64666)]);
    steady(&moved, Word::Changed, "dns-R4-moved");
    let bad = Certificate::Invalid("self-signed".into());
    check(
        &moved,
        &Script {
            certificate: bad,
            ..Script::steady(&moved)
        },
        Word::Changed,
        "dns-R4-suspect",
    );
    check(
        &moved,
        &Script::steady(&usual()),
        Word::Variance,
        "dns-balanced",
    );
    let mut known = usual();
    let over_tcp = |known: &Answer| Script {
        tcp: Some(known.clone()),
        ..Script::steady(&moved)
    };
    check(&moved, &over_tcp(&known), Word::Changed, "dns-injected-udp");
    known.ttl_s = Some(30);
    check(&moved, &over_tcp(&known), Word::Changed, "dns-udp-alone");
    let others = vec![("one".into(), known), ("other".into(), moved.clone())];
    check(
        &moved,
        &Script {
            elsewhere: others,
            ..Script::steady(&moved)
        },
        Word::Inconclusive,
        "dns-unstable",
    );
}

#[test]
fn a_name_that_wanders_may_wander_on() {
    let mut model = learned(&usual(), 8);
    for hour in [100, 200] {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        model.learn(&answer("www.cdn.example.", &[("198.51.100.1", 64501)]), at);
    }
    let next = answer("www.cdn.example.", &[("198.51.100.200", 64502)]);
    let good = Script {
        certificate: Certificate::Valid,
        ..Script::steady(&next)
    };
    assert_eq!(judged(&model, &next, &good).rule, "dns-R4-cert");
}

#[test]
fn another_alias_is_shown_and_another_provider_is_a_change() {
    steady(
        &answer("x.other.example.", &[("203.0.113.7", 64500)]),
        Word::Variance,
        "dns-R5-cname",
    );
    let provider = answer("x.other.example.", &[("198.51.100.1", 64666)]);
    steady(&provider, Word::Changed, "dns-R6-provider");
    let verdict = judged(
        &learned(&usual(), 10),
        &provider,
        &Script::steady(&provider),
    );
    let edge = verdict.edge.expect("it points at the change");
    assert_eq!(
        (edge.from.as_str(), edge.to.as_str()),
        ("cdn.example", "other.example")
    );
    assert_eq!(verdict.probes, 4);
    steady(
        &answer("y.cdn.example.", &[("203.0.113.1", 64500)]),
        Word::Variance,
        "dns-R5-shape",
    );
}

#[test]
fn a_second_answer_to_one_question_is_an_injectors() {
    let mut doubled = usual();
    doubled.different_replies = 2;
    steady(&doubled, Word::Changed, "dns-injected");
    check(
        &doubled,
        &Script::steady(&usual()),
        Word::Inconclusive,
        "dns-not-again",
    );
    let same = judged(&learned(&doubled, 10), &doubled, &Script::steady(&doubled));
    assert_eq!(
        same.rule, "dns-R2-address",
        "where it is usual it is what is normal"
    );
    let mut fast = answer("www.cdn.example.", &[("198.51.100.1", 64666)]);
    fast.time_ms = Some(3.0);
    steady(&fast, Word::Changed, "dns-injected-speed");
}

#[test]
fn from_a_cache_nothing_is_proven_until_its_source_was_asked() {
    let now = answer("x.other.example.", &[("198.51.100.1", 64666)]);
    let script = Script {
        certificate: Certificate::Valid,
        step_s: 1,
        ..Script::steady(&now)
    };
    let mut model = learned(&usual(), 10);
    let first = judged(&model, &now, &script);
    assert_eq!(
        (first.word, first.rule.as_ref()),
        (Word::Inconclusive, "dns-unproven"),
        "{first:?}"
    );
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(20);
    model.after(&now, &first, at);
    let soon = judged(&model, &now, &script);
    model.after(&now, &soon, at + SignedDuration::from_secs(10));
    assert_eq!(
        model.suspect.as_ref().map(|suspect| suspect.draws),
        Some(1),
        "the same cache"
    );
    model.after(&now, &soon, at + SignedDuration::from_hours(1));
    let later = judged(&model, &now, &script);
    assert_eq!(
        (later.word, later.rule.as_ref()),
        (Word::Changed, "dns-R6-provider"),
        "{later:?}"
    );
}

#[test]
fn without_a_second_question_nothing_is_a_change() {
    let now = answer("x.other.example.", &[("198.51.100.1", 64666)]);
    let alone = Script {
        again: None,
        ..Script::steady(&now)
    };
    check(&now, &alone, Word::Inconclusive, "dns-not-again");
}

#[test]
fn data_of_other_types_are_sets() {
    let mx = |hosts: &[&str]| Answer {
        data: hosts.iter().map(|host| (*host).to_owned()).collect(),
        ..status("NOERROR")
    };
    let model = learned(&mx(&["10 a.", "20 b."]), 10);
    let judge = |now: &Answer| judged(&model, now, &Script::steady(now));
    assert_eq!(judge(&mx(&["20 b.", "10 a.", "10 a."])).rule, "dns-data");
    assert_eq!(judge(&mx(&["20 b.", "10 c."])).word, Word::Changed);
    assert_eq!(judge(&mx(&["20 b."])).word, Word::Changed, "one is gone");
}

#[test]
fn an_accepted_change_is_normal_and_going_back_is_flapping() {
    let now = answer("x.other.example.", &[("198.51.100.1", 64666)]);
    let mut model = learned(&usual(), 10);
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(20);
    model.replace(&now, at);
    assert_eq!(judged(&model, &now, &Script::steady(&now)).word, Word::Same);
    assert_eq!(
        judged(&model, &usual(), &Script::steady(&usual())).word,
        Word::Flapping
    );
}

#[test]
fn a_new_database_is_not_a_new_network() {
    let mut model = learned(&usual(), 10);
    assert_eq!(
        model.refresh(&|address| place(&address.to_string(), 64500)),
        Vec::<String>::new()
    );
    let told = model.refresh(&|address| place(&address.to_string(), 64777));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("was AS64500 HOLDER-64500 CN, is AS64777"),
        "{told:?}"
    );
    let now = answer("www.cdn.example.", &[("203.0.113.9", 64777)]);
    assert_eq!(
        judged(&model, &now, &Script::steady(&now)).rule,
        "dns-R3-renumbered"
    );
}

#[test]
fn a_model_comes_back_as_it_was_written_and_stays_small() {
    let mut model = learned(&usual(), 10);
    for number in 0..5000_u32 {
        let address = IpAddr::from(number.to_be_bytes()).to_string();
        let one = answer(
            &format!("x{number}.cdn{number}.example."),
            &[(&address, number)],
        );
        model.learn(
            &one,
            Timestamp::UNIX_EPOCH + SignedDuration::from_hours(20 + i64::from(number)),
        );
    }
    let text = serde_json::to_string(&model).expect("written");
    let read: Model = serde_json::from_str(&text).expect("read");
    assert_eq!(read, model);
    assert!(text.len() < 200_000, "{} octets", text.len());
    assert!(
        model.pool.has("203.0.113.1".parse().expect("an address")),
        "what is seen often stays"
    );
}

#[test]
fn what_a_cache_gives_again_is_not_one_more() {
    let mut model = learned(&usual(), 1);
    let mut learn = |ttl_s: u32, after_s: i64| {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(after_s);
        model.learn(
            &Answer {
                ttl_s: Some(ttl_s),
                ..usual()
            },
            at,
        );
        (model.answers, model.draws)
    };
    assert_eq!(learn(50, 10), (2, 1), "counted down");
    assert_eq!(learn(60, 20), (3, 2), "not counted down");
    assert_eq!(learn(55, 22), (4, 2));
    assert_eq!(learn(60, 200), (5, 3));
    assert_eq!(learn(7_200, 201), (6, 4));
    assert_eq!(learn(7_100, 301), (7, 5), "nobody spreads load by hours");
}

#[test]
fn three_answers_are_enough_where_nothing_is_cached() {
    let provider = answer("x.other.example.", &[("198.51.100.1", 64666)]);
    let mut model = Model::default();
    for second in 0..3 {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        model.learn(&usual(), at);
    }
    let said = judged(&model, &provider, &Script::steady(&provider));
    assert_eq!(
        (said.word, said.rule.as_ref()),
        (Word::Changed, "dns-R6-provider"),
        "{said:?}"
    );
    let failing = judged(
        &model,
        &status("SERVFAIL"),
        &Script::steady(&status("SERVFAIL")),
    );
    assert_eq!(failing.word, Word::Changed, "{failing:?}");
}

#[test]
fn what_comes_beside_the_known_is_told() {
    let both = answer(
        "www.cdn.example.",
        &[("203.0.113.1", 64500), ("198.51.100.1", 64666)],
    );
    steady(&both, Word::Changed, "dns-R2-added");
    check(
        &both,
        &Script::steady(&usual()),
        Word::Variance,
        "dns-balanced",
    );
}
