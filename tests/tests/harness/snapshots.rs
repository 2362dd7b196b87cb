//! What is tracked: the first time, accepted by the real `cargo insta`, and after the network has changed.

use crate::Case;
use crate::user::User;

pub(crate) const CASES: &[Case] = &[
    ("memory", &[], what_is_tracked_waits_and_is_compared),
    ("insta", &["cargo-insta"], cargo_insta_reviews_what_waits),
];

const SNAPSHOT: &str = "snapshots/cdn/qpic/where it leads.snap";
const PENDING: &str = "snapshots/cdn/qpic/where it leads.snap.new";
const TEXT: &str = "---\ndescription: where it leads\ninput_file: scenarios/cdn/qpic.yaml\n---\n\
    chain:\n  - mmsns.qpic.wechatos.net.\naddresses.asn:\n  - AS132203\n";
const MOVED: (&str, &str) = ("NETSPEC_INCIDENT", "alias-moved");
const ONE: [&str; 2] = ["--exact", "cdn/qpic::where it leads"];

/// What a change shows, beside its place.
const CHANGE: [&str; 7] = [
    "FAIL  cdn/qpic::where it leads",
    "--> scenarios/cdn/qpic.yaml:11:13",
    " chain:",
    "-  - mmsns.qpic.wechatos.net.",
    "+  - mmsns.qpic.cn.edgekey.net.",
    "-  - AS132203",
    "+  - AS20940",
];

fn what_is_tracked_waits_and_is_compared(user: &User) {
    let nothing = |user: &User| (user.read(SNAPSHOT), user.read(PENDING));
    user.test_with(&[("INSTA_UPDATE", "no")], &ONE)
        .has(101, &["nothing is remembered", "INSTA_UPDATE=new"]);
    user.test_with(&[("CI", "true")], &ONE)
        .has(101, &["nothing is remembered"]);
    assert_eq!(nothing(user), (None, None));
    user.test(&ONE).has(
        101,
        &[
            "nothing is remembered",
            "+  - mmsns.qpic.wechatos.net.",
            PENDING,
        ],
    );
    assert_eq!(user.read(PENDING).as_deref(), Some(TEXT));
    user.test_with(&[("INSTA_UPDATE", "always")], &ONE)
        .has(0, &["1 passed"]);
    assert_eq!(nothing(user), (Some(TEXT.to_owned()), None));
    user.test_with(&[("INSTA_UPDATE", "no")], &ONE)
        .has(0, &["1 passed"]);
    user.test_with(&[MOVED], &ONE).has(101, &CHANGE);
    assert_eq!(user.read(SNAPSHOT).as_deref(), Some(TEXT));
    let forced = user.test_with(&[MOVED, ("INSTA_FORCE_PASS", "1")], &ONE);
    forced.has(0, &["1 passed"]);
    assert!(
        user.read(PENDING)
            .is_some_and(|text| text.contains("edgekey"))
    );
    user.test(&ONE).has(0, &["1 passed"]);
    assert_eq!(nothing(user), (Some(TEXT.to_owned()), None));
}

fn cargo_insta_reviews_what_waits(user: &User) {
    let insta = |arguments: &[&str]| {
        let said = user.cargo(&[], &[&["insta"], arguments].concat());
        assert_eq!(said.code, Some(0), "{said}");
        format!("{}{}", said.out, said.err)
    };
    user.test(&ONE).has(101, &[]);
    let waiting = insta(&["pending-snapshots"]);
    assert!(waiting.contains("where it leads.snap"), "{waiting}");
    insta(&["accept"]);
    assert_eq!(
        (user.read(SNAPSHOT).as_deref(), user.read(PENDING)),
        (Some(TEXT), None)
    );
    user.test(&ONE).has(0, &["1 passed"]);
    user.test_with(&[MOVED], &ONE).has(101, &CHANGE);
    insta(&["reject"]);
    assert_eq!(
        (user.read(SNAPSHOT).as_deref(), user.read(PENDING)),
        (Some(TEXT), None)
    );
    user.test_with(&[MOVED], &ONE).has(101, &CHANGE);
    insta(&["accept"]);
    user.test_with(&[MOVED], &ONE).has(0, &["1 passed"]);
    let unreferenced = [
        "test",
        "--unreferenced=reject",
        "--test",
        "scenarios",
        "--",
        ONE[0],
        ONE[1],
    ];
    let tested = user.cargo(&[MOVED], &[&["insta"][..], &unreferenced].concat());
    assert_eq!(tested.code, Some(0), "{tested}");
}
