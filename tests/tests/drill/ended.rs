//! A drill that is told to end takes all its runs with it.

use libtest_mimic::Failed;
use netspec_tests::netspec;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The longest anything here may take; nothing waits for it but a failure.
const DEADLINE: Duration = Duration::from_secs(60);

/// Ctrl-C for the drill alone, so that nothing but the drill can end its runs.
pub(crate) fn interrupted() -> Result<(), Failed> {
    let mut command = netspec!("drill", "scenarios/wechat", "--lab", "--jobs", "4");
    let mut drill = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut runs = Vec::new();
    let begun = until(|| {
        runs = children(&drill);
        !runs.is_empty()
    });
    kill(Pid::from_raw(i32::try_from(drill.id())?), Signal::SIGINT)?;
    let code = drill.wait()?.code();
    if !begun || code != Some(130) {
        return Err(format!("exit {code:?}, expected 130; runs {runs:?}").into());
    }
    match until(|| runs.iter().all(|run| !is_alive(*run))) {
        true => Ok(()),
        false => Err(format!("of {runs:?} some go on").into()),
    }
}

fn until(mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if began.elapsed() > DEADLINE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The processes that have this one for a parent.
fn children(parent: &Child) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let own = |pid: &u32| status(*pid, "PPid:").is_some_and(|it| it == parent.id().to_string());
    numbers.filter(own).collect()
}

/// Whether it still does something: one that has ended and that nobody asked for does not.
fn is_alive(pid: u32) -> bool {
    status(pid, "State:").is_some_and(|state| !state.starts_with('Z'))
}

fn status(pid: u32, key: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().to_owned())
}
