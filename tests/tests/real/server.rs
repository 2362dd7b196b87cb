//! A real server on the internet's side of a lab, and netspec asking on the client's.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use netspec_lab::{Lab, World};
use serde_json::Value;
use tempfile::TempDir;

/// The longest a server takes to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// A world with one network of servers, two hops away.
pub(crate) const WORLD: &str = "
world: second-opinions
client: { v4: { address: 192.0.2.2/24, gateway: 192.0.2.1 } }
routes:
  servers:
    to: [203.0.113.0/24]
    hops: [{ address: 192.0.2.1, rtt: 1ms }, { address: 198.18.0.2, rtt: 2ms }]
    rtt: 3ms
";

pub(crate) fn world() -> World {
    World::parse(WORLD, "second-opinions").unwrap_or_else(|problem| panic!("{problem}"))
}

/// A server that runs until it is dropped. It dies with the lab's thread too, should this process be killed.
pub(crate) struct Server {
    child: Child,
    _folder: TempDir,
}

impl Server {
    /// Starts a program in a folder with these files, and waits until somebody listens at `ready`.
    pub(crate) fn start(lab: &Lab, folder: TempDir, command: &str, ready: &str) -> Self {
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let command = command.replace("FOLDER", &folder.path().display().to_string());
        let mut program = Command::new("setpriv");
        program
            .args(["--pdeathsig", "KILL"])
            .args(command.split_whitespace())
            .env("PATH", path)
            .current_dir(folder.path());
        let child = lab.start(program).unwrap();
        let mut server = Self {
            child,
            _folder: folder,
        };
        server.wait(ready.parse().unwrap());
        server
    }

    fn wait(&mut self, ready: SocketAddr) {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect_timeout(&ready, Duration::from_secs(1)).is_err() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(Instant::now() < until, "nobody listens at {ready}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of the shell in a folder; what it says.
pub(crate) fn shell(folder: &Path, command: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let failed = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command}: {said}{failed}");
    said
}

/// A folder with files; `FOLDER` in their text is its path.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path().display().to_string();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text.replace("FOLDER", &path)).unwrap();
    }
    folder
}

/// What netspec sees of checks by their names, whether they pass or not.
pub(crate) fn netspec(checks: &str, beside: &Path) -> BTreeMap<String, Value> {
    let scenario = format!("scenario: second opinions\nchecks:\n{checks}");
    fs::write(beside.join("scenario.yaml"), scenario).unwrap();
    fs::write(beside.join("netspec.yaml"), "allow-private: true\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_netspec-under-test"))
        .args(["run", "scenario.yaml", "--json"])
        .current_dir(beside)
        .env_remove("INSTA_UPDATE")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let faulty = events.iter().find(|event| event["event"] == "faulty");
    assert!(faulty.is_none() && failed.is_empty(), "{text}{failed}");
    let ended = events.into_iter().filter(|event| event["event"] == "ended");
    let by_name = |event: Value| (event["check"].as_str().unwrap().to_owned(), event);
    ended.map(by_name).collect()
}
