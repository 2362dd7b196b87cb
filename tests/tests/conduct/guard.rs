//! Special addresses are gone to only where whoever runs the scenarios allows it.

use super::server::{Reply, Server};
use netspec_tests::{Said, netspec, said};
use std::fs;
use tempfile::TempDir;

const ANYTHING: Reply = Reply::Address([127, 0, 0, 1]);

/// What the command says of a scenario, given what stands in `netspec.yaml` and on the command line.
fn run(project: &str, scenario: &str, flags: &[&str]) -> Said {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("netspec.yaml"), project).expect("written");
    let file = folder.path().join("checks.yaml");
    fs::write(&file, scenario).expect("written");
    let mut command = netspec!("run", &file);
    command.args(flags);
    said(command)
}

fn asks(server: &Server) -> String {
    let address = server.address();
    format!(
        "scenario: a resolver\nchecks:\n  - name: it answers\n    dns: {{ query: a.test, resolver: \"{address}\", expect: {{ status: NOERROR }} }}\n"
    )
}

#[track_caller]
fn refused(said: &Said) {
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.out.contains("127.0.0.1 is not asked"), "{said}");
    assert!(said.out.contains("allow-private"), "{said}");
    assert!(said.out.contains("INCONCLUSIVE"), "{said}");
}

#[test]
fn a_scenario_cannot_name_a_special_resolver() {
    let server = Server::start(&[ANYTHING]);
    refused(&run("", &asks(&server), &[]));
    assert_eq!(server.heard(), 0);
}

#[test]
fn the_command_line_and_the_project_can_allow_it() {
    for (project, flags) in [
        ("", ["--allow-private"].as_slice()),
        ("allow-private: true\n", &[]),
    ] {
        let server = Server::start(&[ANYTHING]);
        let said = run(project, &asks(&server), flags);
        assert_eq!((said.code, server.heard()), (Some(0), 1), "{said}");
    }
}

#[test]
fn the_resolvers_of_the_project_are_its_own() {
    let server = Server::start(&[ANYTHING]);
    let project = format!("resolvers: {{ here: \"{}\" }}\n", server.address());
    let said = run(&project, &asks(&server), &[]);
    assert_eq!((said.code, server.heard()), (Some(0), 1), "{said}");
}

#[test]
fn a_special_target_is_not_gone_to() {
    let scenario = "scenario: a target\nchecks:\n  - name: it is reached\n    tcp: { connect: \"127.0.0.1:9\", expect: { rtt: { below: 1s } } }\n";
    refused(&run("", scenario, &[]));
}

#[test]
fn a_name_does_not_lead_to_a_special_target() {
    let server = Server::start(&[ANYTHING]);
    let project = format!("resolvers: {{ here: \"{}\" }}\n", server.address());
    let scenario = "scenario: a target\nchecks:\n  - name: it is reached\n    tcp: { connect: \"rebound.test:9\", resolver: here, expect: { rtt: { below: 1s } } }\n";
    refused(&run(&project, scenario, &[]));
    assert_eq!(server.heard(), 1);
}
