//! The output of a command, in bounded time and size, without a thread: the lab is entered by a process that has one.

use super::LONGEST;
use std::io::Read;
use std::path::Path;

/// All there is to read.
///
/// # Errors
/// It cannot be read, is too long, or is no text.
pub(super) fn bounded(mut from: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 1024];
    loop {
        match from.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
        if bytes.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} octets"));
        }
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

#[cfg(unix)]
pub(super) use with_a_socket::output;

#[cfg(not(unix))]
pub(super) fn output(_: &[String], _: &Path) -> Result<String, String> {
    Err("cannot be run on this system: take the secret from `env` or `file`".to_owned())
}

#[cfg(unix)]
mod with_a_socket {
    use super::{Path, Read, bounded};
    use std::io::{self, ErrorKind};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    /// How long a command may take.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// What a command prints.
    pub(in super::super) fn output(words: &[String], folder: &Path) -> Result<String, String> {
        run(words, folder, PATIENCE)
    }

    /// A socket takes what is printed: reading from it can be given an end, which a pipe cannot.
    pub(super) fn run(
        words: &[String],
        folder: &Path,
        patience: Duration,
    ) -> Result<String, String> {
        let deadline = Instant::now() + patience;
        let broken = |error: io::Error| format!("cannot be run: {error}");
        let (ours, theirs) = UnixStream::pair().map_err(broken)?;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(broken)?;
        drop(command); // it holds an end of the socket, which must close with the child
        let said = bounded(Until { ours, deadline });
        let ended = said.map_err(|why| format!("said too much or too late: {why}"));
        let ended = ended.and_then(|text| wait(&mut child, deadline).map(|()| text));
        if ended.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        ended
    }

    struct Until {
        ours: UnixStream,
        deadline: Instant,
    }

    impl Read for Until {
        fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let late = || io::Error::new(ErrorKind::TimedOut, "nothing more came in time");
            if left.is_zero() {
                return Err(late());
            }
            self.ours.set_read_timeout(Some(left))?;
            self.ours.read(piece).map_err(|error| match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => late(),
                _ => error,
            })
        }
    }

    /// Waits for the end of a command that has closed its output: it ends within moments, or not in time.
    fn wait(child: &mut Child, deadline: Instant) -> Result<(), String> {
        loop {
            match child.try_wait() {
                Err(error) => return Err(error.to_string()),
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("failed: {status}")),
                Ok(None) if Instant::now() > deadline => return Err("does not end".to_owned()),
                Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn sh(script: &str, patience: Duration) -> Result<String, String> {
            let words = ["sh", "-c", script].map(str::to_owned);
            run(&words, Path::new("/"), patience)
        }

        #[test]
        fn a_command_prints_a_secret_or_says_why_not() {
            assert_eq!(sh("printf 'swordfish\n'", PATIENCE).unwrap(), "swordfish\n");
            assert_eq!(sh("pwd", PATIENCE).unwrap(), "/\n");
            let failed = sh("echo half; exit 3", PATIENCE).unwrap_err();
            assert!(failed.contains('3'), "{failed}");
            let much = sh("while :; do echo swordfish; done", PATIENCE).unwrap_err();
            assert!(much.contains("longer"), "{much}");
            let missing = run(&["netspec-no-such".to_owned()], Path::new("/"), PATIENCE);
            assert!(missing.unwrap_err().contains("cannot be run"));
        }

        #[test]
        fn a_command_that_does_not_end_is_ended() {
            let late = sh("exec sleep 600", Duration::from_millis(50)).unwrap_err();
            assert!(late.contains("too late"), "{late}");
            let silent = sh("exec >&-; exec sleep 600", Duration::from_millis(50)).unwrap_err();
            assert!(silent.contains("does not end"), "{silent}");
        }
    }
}
