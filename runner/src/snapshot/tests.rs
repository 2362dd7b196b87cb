use super::*;
use crate::plan::Plan;
use crate::probe::Seen;
use crate::project::Project;
use netspec_probes::observation::Outcome;
use serde_json::{Value, json};
use std::fs;

const SCENARIO: &str = "\
scenario: An alias
checks:
  - name: 'is it a/b: still?'
    dns: { query: a.example, resolver: 192.0.2.1 }
    track: [chain, addresses.asn]
";

/// A project of one tracked test, in a folder that removes itself.
struct Rig {
    folder: tempfile::TempDir,
    case: Case,
    policy: Policy,
}

impl Rig {
    fn new(update: Update) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let path = root.join("scenarios/alias.yaml");
        fs::create_dir(root.join("scenarios")).unwrap();
        fs::write(root.join("netspec.yaml"), "{}").unwrap();
        fs::write(&path, SCENARIO).unwrap();
        let project = Project::of(&path).unwrap();
        let case = Plan::of(&[path], &project).unwrap().cases.remove(0);
        let policy = Policy {
            folder: project.snapshots,
            root,
            update,
            force_pass: false,
            learn: false,
            references: None,
        };
        Self {
            folder,
            case,
            policy,
        }
    }

    fn look(&self, first: &Value, second: &Value) -> Remembered {
        let again = std::future::ready(sided(second));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(remember(
            &self.case,
            &sided(first),
            &self.policy,
            &network(),
            again,
        ))
    }

    fn file(&self, end: &str) -> PathBuf {
        self.folder
            .path()
            .join(format!("snapshots/alias/is it a-b- still-.{end}"))
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("snapshots/alias"));
        let names = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    }
}

fn network() -> Network {
    let engine = netspec_probes::route::Engine::new(netspec_probes::route::Limits::default());
    Network::new(netspec_probes::facts::Atlas::empty(), engine, None, 8)
}

fn sided(seen: &Value) -> Vec<Sided> {
    let outcome = match seen.is_null() {
        true => Outcome::NoAnswer("nobody answered".to_owned()),
        false => Outcome::Answered,
    };
    let asked_at = jiff::Timestamp::UNIX_EPOCH;
    vec![(
        String::new(),
        Seen {
            outcome,
            asked_at,
            asked: String::new(),
            seen: seen.clone(),
        },
    )]
}

fn alias(to: &str) -> Value {
    json!({ "chain": [to], "addresses": [{ "address": "192.0.2.7", "asn": "AS64500" }] })
}

const HEADER: &str =
    "---\ndescription: \"is it a/b: still?\"\ninput_file: scenarios/alias.yaml\n---\n";

#[test]
fn what_is_new_waits_to_be_accepted_and_what_passes_again_waits_no_longer() {
    let rig = Rig::new(Update::New);
    let text = "chain:\n  - b.example.\naddresses.asn:\n  - AS64500";
    let new = rig.look(&alias("b.example."), &Value::Null);
    assert_eq!(
        (&new.fate, new.verdict()),
        (&Fate::New(text.to_owned()), Verdict::Fail)
    );
    assert_eq!(new.pending, Some(rig.file("snap.new")));
    assert_eq!(
        fs::read_to_string(rig.file("snap.new")).unwrap(),
        format!("{HEADER}{text}\n")
    );
    fs::copy(rig.file("snap.new"), rig.file("snap")).unwrap();
    let same = rig.look(&alias("b.example."), &Value::Null);
    assert_eq!((&same.fate, same.verdict()), (&Fate::Same, Verdict::Pass));
    assert_eq!(rig.files(), ["is it a-b- still-.snap"]);
}

#[test]
fn a_change_is_reported_only_when_it_is_seen_twice() {
    let rig = Rig::new(Update::Always);
    assert_eq!(
        rig.look(&alias("b.example."), &Value::Null).fate,
        Fate::Updated
    );
    let rig = Rig {
        policy: Policy {
            update: Update::New,
            ..rig.policy.clone()
        },
        ..rig
    };
    let check = |first: &Value, second: &Value, verdict: Verdict, pending: bool| {
        let remembered = rig.look(first, second);
        assert_eq!(
            (remembered.verdict(), remembered.pending.is_some()),
            (verdict, pending),
            "{remembered:?}"
        );
        remembered.fate
    };
    let moved = alias("c.example.");
    let fate = check(&moved, &moved, Verdict::Fail, true);
    let diff = "@@ -1,4 +1,4 @@\n chain:\n-  - b.example.\n+  - c.example.\n addresses.asn:\n   - AS64500\n";
    assert_eq!(fate, Fate::Changed(diff.to_owned()));
    assert!(matches!(
        check(&moved, &alias("b.example."), Verdict::Pass, false),
        Fate::Varied(_)
    ));
    assert!(matches!(
        check(&moved, &alias("d.example."), Verdict::Inconclusive, false),
        Fate::Unsteady(_)
    ));
    assert!(matches!(
        check(&moved, &Value::Null, Verdict::Inconclusive, false),
        Fate::Unknown(_)
    ));
}

#[test]
fn what_could_not_be_seen_is_never_remembered() {
    let rig = Rig::new(Update::Always);
    let without_facts = json!({ "chain": [], "addresses": [{ "address": "192.0.2.7" }] });
    let unknown = rig.look(&without_facts, &Value::Null);
    assert_eq!(unknown.fate, Fate::Unknown("addresses.asn".to_owned()));
    assert_eq!(
        (unknown.verdict(), rig.files().len()),
        (Verdict::Inconclusive, 0)
    );
}

#[test]
fn nothing_is_written_where_nothing_may_be() {
    let rig = Rig::new(Update::No);
    let new = rig.look(&alias("b.example."), &Value::Null);
    assert_eq!(
        (new.verdict(), new.pending.is_none(), rig.files().len()),
        (Verdict::Fail, true, 0)
    );
    assert!(
        new.render(false).contains("INSTA_UPDATE=new"),
        "{}",
        new.render(false)
    );
}

#[test]
fn unseen_accepts_what_is_new_and_proposes_what_differs() {
    let rig = Rig::new(Update::Unseen);
    assert_eq!(
        rig.look(&alias("b.example."), &Value::Null).fate,
        Fate::Updated
    );
    let moved = alias("c.example.");
    assert!(matches!(
        rig.look(&moved, &moved),
        Remembered {
            fate: Fate::Changed(_),
            pending: Some(_),
            ..
        }
    ));
    assert_eq!(
        fs::read_to_string(rig.file("snap"))
            .unwrap()
            .matches("b.example.")
            .count(),
        1
    );
}

#[test]
fn a_forced_pass_passes_and_still_leaves_what_waits() {
    let mut rig = Rig::new(Update::New);
    rig.policy.force_pass = true;
    rig.policy.references = Some(rig.folder.path().join("references"));
    let new = rig.look(&alias("b.example."), &Value::Null);
    assert_eq!(
        (new.verdict(), new.pending),
        (Verdict::Pass, Some(rig.file("snap.new")))
    );
    let references = fs::read_to_string(rig.folder.path().join("references")).unwrap();
    assert_eq!(references, format!("{}\n", rig.file("snap").display()));
}

#[test]
fn a_broken_snapshot_is_not_overwritten_silently() {
    let rig = Rig::new(Update::New);
    fs::create_dir_all(rig.file("snap")).unwrap();
    let unusable = rig.look(&alias("b.example."), &Value::Null);
    assert!(matches!(unusable.fate, Fate::Unusable(_)), "{unusable:?}");
    assert_eq!(unusable.verdict(), Verdict::Fail);
}

#[test]
fn many_may_write_one_snapshot_at_once() {
    let rig = Rig::new(Update::Always);
    let long = "x".repeat(100_000);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| rig.look(&alias(&long), &Value::Null));
        }
        for _ in 0..200 {
            if let Ok(text) = fs::read_to_string(rig.file("snap")) {
                assert!(text.ends_with("AS64500\n"), "half a file was seen");
            }
        }
    });
    assert_eq!(rig.files(), ["is it a-b- still-.snap"]);
}

#[test]
fn a_scenario_outside_the_project_is_remembered_inside_it() {
    let rig = Rig::new(Update::No);
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("alias.yaml");
    fs::write(&path, SCENARIO).unwrap();
    let project = Project::of(rig.folder.path()).unwrap();
    let case = Plan::of(&[path], &project).unwrap().cases.remove(0);
    let file = Place::of(&case, &rig.policy).file;
    assert!(file.starts_with(&rig.policy.folder), "{}", file.display());
}
