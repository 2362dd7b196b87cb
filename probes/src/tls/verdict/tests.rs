use super::super::testing::{House, Signer, Wanted, authority};
use super::*;
use rcgen::KeyPair;

fn now() -> UnixTime {
    UnixTime::now()
}

#[track_caller]
fn check(
    house: &House,
    sent: &[&CertificateDer<'static>],
    name: &str,
    expect: &[Chain],
) -> Judgement {
    let sent: Vec<CertificateDer<'static>> = sent.iter().map(|der| (*der).clone()).collect();
    let name = ServerName::try_from(name).unwrap();
    let judgement = judge(&sent, &name, &house.trust(), now());
    assert_eq!(judgement.problems, expect);
    assert_eq!(
        judgement.verdict(),
        expect.first().copied().unwrap_or(Chain::Trusted)
    );
    judgement
}

#[test]
fn a_chain_to_a_trusted_root_is_trusted_and_shows_its_way() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.intermediate);
    let (between, root) = (house.intermediate.der(), house.root.der());
    for sent in [
        vec![&leaf.der, between],
        vec![&leaf.der, between, root],
        vec![&leaf.der, root, between],
    ] {
        let judged = check(&house, &sent, "good.test", &[]);
        let place = sent.iter().position(|der| *der == between).unwrap();
        assert_eq!(judged.path, Some(vec![0, place]));
        assert_eq!(judged.root.as_deref(), Some("CN=a root"));
    }
    check(&house, &[&leaf.der, between], "192.0.2.7", &[]);
}

#[test]
fn each_fault_has_its_word() {
    let house = House::new();
    let good = Wanted::default().signed_by(&house.intermediate);
    let between = house.intermediate.der();
    check(
        &house,
        &[&good.der, between],
        "other.test",
        &[Chain::WrongName],
    );
    check(
        &house,
        &[&good.der, between],
        "192.0.2.8",
        &[Chain::WrongName],
    );
    check(&house, &[&good.der], "good.test", &[Chain::Incomplete]);
    let expired = Wanted {
        days: (-30, -1),
        ..Wanted::default()
    }
    .signed_by(&house.intermediate);
    check(
        &house,
        &[&expired.der, between],
        "good.test",
        &[Chain::Expired],
    );
    let early = Wanted {
        days: (1, 30),
        ..Wanted::default()
    }
    .signed_by(&house.intermediate);
    check(
        &house,
        &[&early.der, between],
        "good.test",
        &[Chain::NotYetValid],
    );
    let own = Wanted::default().self_signed();
    check(&house, &[&own.der], "good.test", &[Chain::SelfSigned]);
    let foreign = Wanted::default().signed_by(&house.stranger);
    check(
        &house,
        &[&foreign.der, house.stranger.der()],
        "good.test",
        &[Chain::Untrusted],
    );
    check(
        &house,
        &[house.stranger.der()],
        "good.test",
        &[Chain::SelfSigned, Chain::WrongName],
    );
    check(
        &house,
        &[between],
        "good.test",
        &[Chain::WrongUsage, Chain::WrongName],
    );
    check(&house, &[], "good.test", &[Chain::Malformed]);
    check(
        &house,
        &[&CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])],
        "good.test",
        &[Chain::Malformed],
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let house = House::new();
    let (between, days) = (house.intermediate.der(), (-30, -1));
    let leaf = Wanted {
        names: vec!["other.test"],
        days,
    };
    let expired = leaf.signed_by(&house.intermediate);
    let judged = check(
        &house,
        &[&expired.der, between],
        "good.test",
        &[Chain::Expired, Chain::WrongName],
    );
    assert_eq!(
        judged.path,
        Some(vec![0, 1]),
        "dates aside it leads to the root"
    );
    let own = leaf.self_signed();
    check(
        &house,
        &[&own.der],
        "good.test",
        &[Chain::SelfSigned, Chain::Expired, Chain::WrongName],
    );
    check(
        &house,
        &[&expired.der],
        "good.test",
        &[Chain::Incomplete, Chain::Expired, Chain::WrongName],
    );
}

#[test]
fn an_intermediate_can_expire_too() {
    let house = House::with_intermediate((-50, -2));
    let leaf = Wanted::default().signed_by(&house.intermediate);
    check(
        &house,
        &[&leaf.der, house.intermediate.der()],
        "good.test",
        &[Chain::Expired],
    );
}

#[test]
fn an_expired_certificate_that_nothing_needs_does_not_count() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.intermediate);
    let key = KeyPair::generate().unwrap();
    let old = Signer::self_signed(authority("an old root", (-50, -2)), key).unwrap();
    check(
        &house,
        &[&leaf.der, house.intermediate.der(), old.der()],
        "good.test",
        &[],
    );
}

#[test]
fn another_key_behind_a_trusted_name_is_a_bad_signature() {
    let house = House::new();
    let key = KeyPair::generate().unwrap();
    let forged = Signer::self_signed(authority("a root", (-100, 100)), key).unwrap();
    let leaf = Wanted::default().signed_by(&forged);
    check(&house, &[&leaf.der], "good.test", &[Chain::BadSignature]);
}

#[test]
fn no_bytes_whatever_make_it_panic() {
    let house = House::new();
    let leaf = Wanted::default().signed_by(&house.intermediate).der;
    let name = ServerName::try_from("good.test").unwrap();
    for at in 0..leaf.len() {
        let mut bytes = leaf.to_vec();
        bytes[at] ^= 0x81;
        let judged = judge(
            &[CertificateDer::from(bytes.clone())],
            &name,
            &house.trust(),
            now(),
        );
        assert!(!judged.problems.is_empty());
        bytes.truncate(at);
        judge(&[CertificateDer::from(bytes)], &name, &house.trust(), now());
    }
}
