//! A program as the last resort: what no probe can see yet, it says in JSON on its standard output.
//!
//! The program runs in a process group of its own, with an environment of a few variables, and is ended with all it
//! started when its time is over or it says too much.

use crate::observation::{Observation, Outcome};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// The most that is read of standard output.
pub const MOST_OUTPUT: u64 = 1 << 20;
/// The most that is kept of standard error: it is for people.
pub const MOST_ERRORS: u64 = 64 << 10;
/// What a program finds in its environment beside what the check gives it.
const INHERITED: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
    /// The folder it runs in, and from which a program with a slash in its name is looked for.
    pub folder: PathBuf,
    /// What it hears on standard input.
    pub input: String,
    /// Variables beside PATH, HOME, LANG and TMPDIR.
    pub environment: BTreeMap<String, String>,
    /// How long it may run.
    pub timeout: Duration,
}

/// What was seen of a program.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// Its exit code; null where a signal ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i32>")]
    pub exit_code: Option<Option<i32>>,
    /// The signal that ended it, by number; null where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i32>")]
    pub signal: Option<Option<i32>>,
    /// What it said on standard output, one JSON value; null where that is no JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Whether standard output was one JSON value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaks_json: Option<bool>,
    /// Why standard output is no JSON; null where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub not_json_because: Option<Option<String>>,
    /// Octets on standard output; at most 1 MiB is read, and a program that says more is ended.
    #[serde(rename = "output_bytes", skip_serializing_if = "Option::is_none")]
    pub output_bytes: Option<u64>,
    /// What it said on standard error, the first 64 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-volatile" = true))]
    pub errors: Option<String>,
    /// From its start to its end.
    #[serde(rename = "time_ms", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-volatile" = true))]
    pub time_ms: Option<f64>,
}

/// Runs a program to its end.
pub async fn ask(question: &Question) -> Observation<Seen> {
    let asked_at = Timestamp::now();
    let (outcome, seen) = match run(question).await {
        Ok(seen) => (Outcome::Answered, seen),
        Err(outcome) => (outcome, Seen::default()),
    };
    let asked = question.command.join(" ");
    Observation {
        outcome,
        asked_at,
        asked,
        seen,
    }
}

async fn run(question: &Question) -> Result<Seen, Outcome> {
    let began = Instant::now();
    let mut running = Running::start(question)
        .map_err(|error| Outcome::CouldNotAsk(format!("it cannot be run: {error}")))?;
    let said = tokio::time::timeout(question.timeout, running.hear(&question.input)).await;
    let time_ms = Some(began.elapsed().as_secs_f64() * 1e3);
    match said {
        Ok(Ok(said)) => Ok(Seen {
            time_ms,
            ..said.seen()
        }),
        Ok(Err(error)) => Err(Outcome::CouldNotAsk(format!("it cannot be heard: {error}"))),
        Err(_) => Err(Outcome::NoAnswer(format!(
            "it was not at its end after {:?}, and was ended",
            question.timeout
        ))),
    }
}

/// A program that runs; dropped, it is ended with all that it started.
struct Running {
    child: Child,
    group: Option<i32>,
}

/// What a program said, and how it ended.
struct Said {
    status: Option<ExitStatus>,
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Running {
    fn start(question: &Question) -> io::Result<Self> {
        let [program, arguments @ ..] = question.command.as_slice() else {
            return Err(io::Error::other("no program is named"));
        };
        let program = match program.contains('/') {
            true => question.folder.join(program),
            false => PathBuf::from(program),
        };
        let inherited = INHERITED
            .iter()
            .filter_map(|name| Some((*name, std::env::var_os(name)?)));
        let child = Command::new(program)
            .args(arguments)
            .current_dir(&question.folder)
            .env_clear()
            .envs(inherited)
            .envs(&question.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        Ok(Self { child, group })
    }

    /// Until its end, or until it has said too much.
    async fn hear(&mut self, input: &str) -> io::Result<Said> {
        let (stdin, stdout, stderr) = (
            self.child.stdin.take(),
            self.child.stdout.take(),
            self.child.stderr.take(),
        );
        let tell = async {
            if let Some(mut stdin) = stdin {
                // A program that does not listen is nobody's fault.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
        };
        let output = read(stdout, MOST_OUTPUT + 1);
        let errors = read(stderr, MOST_ERRORS);
        let ((), output, errors) = tokio::join!(tell, output, errors);
        let (output, errors) = (output?, errors?);
        let status = match output.len() as u64 > MOST_OUTPUT {
            true => None,
            false => Some(self.child.wait().await?),
        };
        Ok(Said {
            status,
            output,
            errors,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            let group = nix::unistd::Pid::from_raw(group);
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// What comes, up to a bound; the rest of standard error is read and forgotten, or the program would stall.
async fn read(from: Option<impl AsyncRead + Unpin>, most: u64) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut from) = from else {
        return Ok(kept);
    };
    (&mut from).take(most).read_to_end(&mut kept).await?;
    if most == MOST_ERRORS {
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    }
    Ok(kept)
}

impl Said {
    fn seen(self) -> Seen {
        use std::os::unix::process::ExitStatusExt;
        let parsed = match self.status {
            None => Err(format!(
                "it says more than {MOST_OUTPUT} octets, and was ended"
            )),
            Some(_) => serde_json::from_slice(&self.output).map_err(|error| error.to_string()),
        };
        let (json, why) = match parsed {
            Ok(json) => (json, None),
            Err(why) => (Value::Null, Some(why)),
        };
        Seen {
            exit_code: self.status.map(|status| status.code()),
            signal: self.status.map(|status| status.signal()),
            json: Some(json),
            speaks_json: Some(why.is_none()),
            not_json_because: Some(why),
            output_bytes: Some(self.output.len() as u64),
            errors: Some(String::from_utf8_lossy(&self.errors).into_owned()),
            time_ms: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, timeout: Duration) -> Observation<Seen> {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let question = Question {
            command,
            folder: std::env::temp_dir(),
            input: "heard\n".to_owned(),
            environment: BTreeMap::from([("OWN".to_owned(), "own".to_owned())]),
            timeout,
        };
        ask(&question).await
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn what_it_says_in_json_is_seen() {
        let script =
            r#"read word; echo "{\"word\":\"$word\",\"own\":\"$OWN\",\"cargo\":\"$CARGO\"}""#;
        let seen = shell(script, LONG).await;
        assert_eq!(seen.outcome, Outcome::Answered);
        let json = serde_json::json!({ "word": "heard", "own": "own", "cargo": "" });
        assert_eq!(seen.seen.json, Some(json));
        assert_eq!(seen.seen.exit_code, Some(Some(0)));
    }

    #[tokio::test]
    async fn what_is_no_json_is_said_to_be_none() {
        let seen = shell("echo hello; echo why >&2; exit 3", LONG).await.seen;
        assert_eq!(
            (seen.exit_code, seen.json),
            (Some(Some(3)), Some(Value::Null))
        );
        assert_eq!(seen.speaks_json, Some(false));
        assert_eq!(seen.errors.as_deref(), Some("why\n"));
    }

    #[tokio::test]
    async fn a_signal_is_no_exit_code() {
        let seen = shell("kill -9 $$", LONG).await.seen;
        assert_eq!((seen.exit_code, seen.signal), (Some(None), Some(Some(9))));
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", file.display());
        let seen = shell(&script, Duration::from_millis(500)).await;
        assert!(matches!(&seen.outcome, Outcome::NoAnswer(why) if why.contains("500ms")));
        let id = std::fs::read_to_string(&file).expect("it started");
        let id = nix::unistd::Pid::from_raw(id.trim().parse().expect("a number"));
        let gone = |_: &u32| nix::sys::signal::kill(id, None).is_err() || is_dead(id);
        let mut looks = (0..1000).inspect(|_| std::thread::sleep(Duration::from_millis(5)));
        assert!(looks.any(|look| gone(&look)), "it goes on");
    }

    /// Ended and not yet waited for by whoever inherited it.
    fn is_dead(id: nix::unistd::Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit(") ")
            .next()
            .is_none_or(|rest| rest.starts_with('Z'))
    }

    #[tokio::test]
    async fn one_that_says_too_much_is_ended() {
        let seen = shell("yes", LONG).await.seen;
        assert_eq!(seen.speaks_json, Some(false));
        assert_eq!(seen.output_bytes, Some(MOST_OUTPUT + 1));
        assert_eq!(seen.exit_code, None);
    }

    #[tokio::test]
    async fn one_that_complains_at_length_does_not_stall() {
        let script = "head -c 300000 /dev/zero >&2; echo 1";
        let seen = shell(script, LONG).await.seen;
        assert_eq!(seen.json, Some(1.into()));
        assert_eq!(
            seen.errors.map(|errors| errors.len()),
            Some(MOST_ERRORS as usize)
        );
    }

    #[tokio::test]
    async fn one_that_is_not_there_could_not_be_asked() {
        let question = Question {
            command: vec!["./not-there".to_owned()],
            folder: std::env::temp_dir(),
            input: String::new(),
            environment: BTreeMap::new(),
            timeout: LONG,
        };
        let seen = ask(&question).await;
        assert!(matches!(seen.outcome, Outcome::CouldNotAsk(why) if why.contains("cannot be run")));
    }
}
