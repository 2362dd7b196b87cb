use super::{Outcome, Selection, Stopped};
use crate::event::{Event, Stop, Summary};
use crate::execute;
use crate::exit;
use crate::network::DEFAULT_JOBS;
use crate::plan::Plan;
use crate::project::Project;
use crate::report::json::Json;
use crate::report::progress::Progress;
use crate::report::text::{Detail, Text};
use crate::report::{Report, style};
use crate::setup::{self, Setup, SetupError};
use crate::snapshot::Policy;
use crate::verdict::Verdict;
use clap::Args;
use futures_util::FutureExt;
use netspec_assertions::quantity::{self, Unit};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Asks what the scenarios ask and shows what is not as expected.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    selection: Selection,
    /// Run in the embedded lab instead of the real network: a world's name or path; the project's where none is given.
    #[arg(long, value_name = "WORLD", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    lab: Option<String>,
    /// Let one of the world's incidents happen.
    #[arg(long, value_name = "NAME", requires = "lab")]
    incident: Option<String>,
    /// Let special addresses be gone to: this machine, private networks (RFC 6890). In the lab they always may.
    #[arg(long)]
    allow_private: bool,
    /// Let the models of what is normal learn from this run; they lie beside the snapshots. (NETSPEC_LEARN=1)
    #[arg(long)]
    learn: bool,
    /// Keep snapshots and models in this folder instead of the project's.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    snapshots: Option<PathBuf>,
    /// One JSON object a line instead of text.
    #[arg(long)]
    json: bool,
    /// How many tests are under way at once.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_JOBS, value_parser = jobs)]
    jobs: usize,
    /// End at the first test that is not as expected.
    #[arg(long)]
    fail_fast: bool,
    /// The longest the whole run may take, e.g. `30s`; what is unfinished then is told as interrupted (exit code 1).
    #[arg(long, value_name = "TIME", value_parser = time)]
    timeout: Option<Duration>,
    /// Begin the tests in an order drawn from this number: the same number, the same order. Ports and ids that others
    /// must not guess stay random.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Show all that was seen: every record, every hop.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
    /// Show only what is not as expected.
    #[arg(short, long)]
    quiet: bool,
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=10_000) => Ok(jobs),
        _ => Err("expected a whole number from 1 to 10000".to_owned()),
    }
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    match quantity::parse(text, Unit::Milliseconds)? {
        ms if ms > 0.0 && ms <= 86_400_000.0 => Ok(Duration::from_secs_f64(ms / 1e3)),
        _ => Err("expected more than nothing and at most a day".to_owned()),
    }
}

impl Run {
    pub(super) fn run(&self) -> Outcome {
        let mut project = self.selection.project()?;
        project.allow_private |= self.allow_private;
        if let Some(folder) = &self.snapshots {
            project.snapshots = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        }
        let mut plan = self.selection.plan(&project)?;
        if let Some(seed) = self.seed {
            plan.shuffle(seed);
        }
        let world = world(self.lab.as_deref(), &project)?;
        let setup = setup::enter(
            &project,
            world.as_deref(),
            self.incident.as_deref(),
            self.jobs,
        )
        .map_err(|error| stopped(&error))?;
        plan.settle(&setup.network);
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Stopped::wrong(format!("no runtime: {error}")))?;
        let summary = runtime.block_on(self.ask(plan, &setup, &project));
        runtime.shutdown_background();
        Ok(exit::code(&summary))
    }

    async fn ask(&self, plan: Plan, setup: &Setup, project: &Project) -> Summary {
        let mut progress = Progress::new(std::io::stderr().is_terminal());
        let mut report = self.report();
        let mut policy = Policy::from_env(project);
        policy.learn |= self.learn;
        let failed = Notify::new();
        let tell = |event: Event| {
            if self.fail_fast && is_not_as_expected(&event) {
                failed.notify_one();
            }
            progress.tell(&event);
            progress.suspend(|| report.tell(&event));
        };
        let mut interrupt = Box::pin(interrupt());
        // The first look puts the signal's handler in place: from here on nothing that was seen is lost.
        let interrupted = (&mut interrupt).now_or_never().is_some();
        let stop = async {
            if interrupted {
                return Stop::Interrupted;
            }
            tokio::select! {
                () = interrupt => Stop::Interrupted,
                () = failed.notified() => Stop::FailFast,
                () = over(self.timeout) => Stop::Timeout,
            }
        };
        execute::run(plan, Arc::clone(&setup.network), policy, stop, tell).await
    }

    fn report(&self) -> Box<dyn Report> {
        let colour = style::wanted(&std::io::stdout());
        let detail = Detail {
            colour,
            verbose: self.verbose,
            quiet: self.quiet,
        };
        match self.json {
            true => Box::new(Json(std::io::stdout())),
            false => Box::new(Text::new(std::io::stdout(), detail)),
        }
    }
}

/// The world that `--lab` means: the project's where it names none.
pub(super) fn world(lab: Option<&str>, project: &Project) -> Result<Option<String>, Stopped> {
    match lab {
        Some("") if project.lab.is_none() => Err(Stopped::wrong(
            "--lab without a world, and no `lab:` in netspec.yaml; write e.g. --lab=paris-2023",
        )),
        Some("") => Ok(project.lab.clone()),
        other => Ok(other.map(str::to_owned)),
    }
}

fn is_not_as_expected(event: &Event) -> bool {
    matches!(event, Event::Ended(ended) if matches!(ended.verdict, Verdict::Fail | Verdict::Inconclusive))
}

/// Ends when that time is over; never where there is none.
async fn over(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Ends when the user presses Ctrl-C.
pub(super) async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

pub(super) fn stopped(error: &SetupError) -> Stopped {
    let code = match error {
        SetupError::Wrong(_) => exit::WRONG_INPUT,
        SetupError::Forbidden(_) => exit::COULD_NOT_ASK,
    };
    Stopped {
        message: error.to_string(),
        code,
    }
}
