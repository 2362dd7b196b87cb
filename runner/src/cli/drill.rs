use super::{Outcome, Selection, Stopped, say};
use crate::drill::report::{Again, Shown, json};
use crate::drill::{self, Broken, Child, Drilled, Mutants, Score, Step};
use crate::plan::Plan;
use crate::project::Project;
use crate::report::style;
use crate::{exit, setup};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

/// Rehearses every incident of a world and mutants of it: which would these scenarios catch, and which cry wolf?
///
/// What is normal is learned first, in the world as it is. Then each incident happens in a lab of its own, and the scenarios
/// run until one of them notices. Mutants are incidents that nobody wrote: an alias that moves, a resolver that lies, a router
/// gone, a certificate swapped, and others in which nothing is wrong and nobody may raise an alarm. Snapshots and models are
/// copied, never written.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Drill {
    #[command(flatten)]
    selection: Selection,
    /// The world: a name or path; the project's where none is given.
    #[arg(long, value_name = "WORLD", num_args = 0..=1, require_equals = true, default_missing_value = "", required = true)]
    lab: Option<String>,
    /// Only the incident or mutant of this name; may be given several times.
    #[arg(long = "incident", value_name = "NAME")]
    incidents: Vec<String>,
    /// How many mutants are made, one of each kind before any kind has two: a number, `all` or `off`.
    #[arg(long, value_name = "N", default_value = "40")]
    mutants: Mutants,
    /// Draw the mutants from this number; the world's own where it is left out.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// In how many runs an incident has to be noticed, and in how many nothing may be.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = many)]
    runs: usize,
    /// How many runs learn what is normal: at least three, for from fewer nothing is known to hold still.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = several)]
    learning: usize,
    /// How many runs are under way at once; twice as many as there are cores where it is left out, for they mostly wait.
    #[arg(long, value_name = "N", value_parser = many)]
    jobs: Option<usize>,
    /// Keep the world of each incident in this folder.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    keep: Option<PathBuf>,
    /// One JSON object a line instead of text; `netspec schema drill` says what is in it.
    #[arg(long)]
    json: bool,
    /// Show what each incident is and the evidence of each catch.
    #[arg(short, long)]
    verbose: bool,
}

const EXAMPLES: &str = "\
Exit codes:
  0    what must be caught was, and nothing else raised an alarm
  1    something was missed, or there was a false alarm
  2    a scenario, a world or the command line is wrong
  3    no lab on this machine
  130  interrupted

Examples:
  netspec drill scenarios/wechat --lab                  in the project's world, with 40 mutants
  netspec drill scenarios/wechat --lab --mutants all    with every mutant they could notice
  netspec drill scenarios/wechat --lab --incident ecmp --verbose";

/// The columns of what is no terminal.
const WIDTH: usize = 110;

fn many(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(many @ 1..=1_000) => Ok(many),
        _ => Err("expected a whole number from 1 to 1000".to_owned()),
    }
}

fn several(text: &str) -> Result<usize, String> {
    match many(text) {
        Ok(several @ 3..) => Ok(several),
        _ => Err("expected a whole number from 3 to 1000".to_owned()),
    }
}

impl Drill {
    pub(super) fn run(&self) -> Outcome {
        let project = self.selection.project()?;
        self.sound(&self.selection.plan(&project)?)?;
        let name = self.world_name(&project)?;
        let drill = self.drill(&project, &name)?;
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Stopped::wrong(format!("no runtime: {error}")))?;
        let drilled = runtime.block_on(self.carry_out(&drill));
        let drilled = drilled.map_err(|broken| Stopped {
            message: broken.to_string(),
            code: broken.code(),
        })?;
        self.tell(&drilled, &drill, &project, &name);
        Ok(code(&drilled))
    }

    /// Scenarios are read again for each run, so they must be files, and sound ones.
    fn sound(&self, plan: &Plan) -> Result<(), Stopped> {
        if self
            .selection
            .paths
            .iter()
            .any(|path| path.as_os_str() == "-")
        {
            return Err(Stopped::wrong(
                "standard input can be read once, and a drill runs its scenarios many times; give a file",
            ));
        }
        if let Some((name, _)) = plan.faulty.first() {
            return Err(Stopped::wrong(format!(
                "{name} cannot be used; netspec check says why"
            )));
        }
        match plan.cases.is_empty() {
            true => Err(Stopped {
                message: "no test is selected".to_owned(),
                code: exit::NOTHING_SELECTED,
            }),
            false => Ok(()),
        }
    }

    fn world_name(&self, project: &Project) -> Result<String, Stopped> {
        let given = self.lab.clone().filter(|name| !name.is_empty());
        given.or_else(|| project.lab.clone()).ok_or_else(|| {
            Stopped::wrong(
                "--lab without a world, and no `lab:` in netspec.yaml; write e.g. --lab=paris-2023",
            )
        })
    }

    fn drill(&self, project: &Project, name: &str) -> Result<drill::Drill, Stopped> {
        let world = setup::world(name, None).map_err(Stopped::wrong)?;
        let program = std::env::current_exe()
            .map_err(|error| Stopped::wrong(format!("this program cannot be found: {error}")))?;
        let cores = available_parallelism().map_or(1, usize::from);
        Ok(drill::Drill {
            child: Child {
                program,
                selection: self.selection.words(),
            },
            seed: self.seed.unwrap_or(world.seed),
            world,
            snapshots: project.snapshots.clone(),
            keep: self.keep.clone(),
            learning: self.learning,
            runs: self.runs,
            jobs: self.jobs.unwrap_or(2 * cores),
            mutants: self.mutants,
            only: self.incidents.clone(),
        })
    }

    async fn carry_out(&self, drill: &drill::Drill) -> Result<Drilled, Broken> {
        let bar = bar();
        let drilled = drill.carry_out(interrupt(), |step| match step {
            Step::Learning => bar.set_message("learning what is normal"),
            Step::Begun(incidents) => bar.set_length(incidents as u64),
            Step::Ended(row) => {
                bar.inc(1);
                bar.set_message(format!("{} {}", row.name, row.outcome.word()));
            }
        });
        let drilled = drilled.await;
        bar.finish_and_clear();
        drilled
    }

    fn tell(&self, drilled: &Drilled, drill: &drill::Drill, project: &Project, name: &str) {
        let lab = match project.lab.as_deref() == Some(name) {
            true => " --lab".to_owned(),
            false => format!(" --lab={name}"),
        };
        let again = Again {
            selection: self.selection.words(),
            lab,
            keep: self.keep.clone(),
        };
        if self.json {
            return say(&json::lines(drilled, &drill.world.world, &again));
        }
        let shown = Shown {
            colour: style::wanted(&std::io::stdout()),
            verbose: self.verbose,
            width: width(),
            again,
        };
        say(&drilled.render(&shown));
    }
}

fn code(drilled: &Drilled) -> u8 {
    match Score::of(&drilled.rows).is_perfect() {
        _ if drilled.skipped > 0 => exit::INTERRUPTED,
        true => exit::AS_EXPECTED,
        false => exit::FAILED,
    }
}

/// A line on a terminal while it goes on.
fn bar() -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn width() -> usize {
    let terminal = terminal_size::terminal_size();
    let width = terminal.map_or(WIDTH, |(width, _)| usize::from(width.0));
    width.clamp(60, 240)
}

/// Ends when the user presses Ctrl-C.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
