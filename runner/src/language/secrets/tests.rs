use super::*;
use crate::yaml;

fn declared(text: &str, root: &Path, sealed: bool) -> Secrets {
    let mut problems = Problems::default();
    let node = yaml::read(text, &mut problems).expect("YAML");
    let secrets = Secrets::read(&node, root, sealed, &mut problems);
    assert!(problems.0.is_empty(), "{problems:?}");
    secrets
}

#[test]
fn a_secret_comes_from_a_file_or_a_command_and_is_hidden_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "swordfish\n").unwrap();
    let text =
        "a: { file: token }\nb: { command: [printf, hammerhead] }\nc: { command: [printf, abc] }";
    let secrets = declared(text, folder.path(), false);
    assert!(secrets.masks().is_empty());
    assert_eq!(secrets.value("a").unwrap(), "swordfish");
    assert_eq!(
        secrets.masks().text("swordfish, hammerhead"),
        "***, hammerhead"
    );
    assert_eq!(secrets.value("b").unwrap(), "hammerhead");
    assert_eq!(secrets.masks().text("swordfish, hammerhead"), "***, ***");
    let (short, _) = secrets.value("c").unwrap_err();
    assert!(short.contains("shorter than 4"), "{short}");
    let (unknown, help) = secrets.value("d").unwrap_err();
    assert!(unknown.contains("no secret is called `d`") && help.contains('a'));
}

#[test]
fn where_nobody_is_asked_nothing_is_read_or_run() {
    let folder = tempfile::tempdir().unwrap();
    let text = "a: { file: nowhere }\nb: { command: [touch, ran] }";
    let secrets = declared(text, folder.path(), true);
    assert_eq!(secrets.value("a").unwrap(), STAND_IN);
    assert_eq!(secrets.value("b").unwrap(), STAND_IN);
    assert!(!folder.path().join("ran").exists());
    assert!(secrets.masks().is_empty());
}

#[test]
fn a_command_is_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let script = "a: { command: [sh, -c, 'echo x >> ran; echo swordfish'] }";
    let secrets = declared(script, folder.path(), false);
    secrets.value("a").unwrap();
    secrets.value("a").unwrap();
    let ran = std::fs::read_to_string(folder.path().join("ran")).unwrap();
    assert_eq!(ran, "x\n");
}
