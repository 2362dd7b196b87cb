//! The command line. One file and one row a subcommand.

mod build;
mod check;
mod completions;
mod detect;
mod drill;
mod explain;
mod fmt;
mod lab;
mod list;
mod man;
mod record;
mod run;
mod schema;

use crate::language::Given;
use crate::plan::{Case, Plan};
use crate::project::Project;
use crate::report::style;
use crate::tags::TagExpression;
use crate::{exit, files};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use netspec_assertions::suggest;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Test scenarios for the network: DNS answers, routes, and what changed.
///
/// A scenario is a YAML file that says what the network should look like from where you stand. netspec asks, and shows
/// what is not so: where it is written, what was expected, what was seen, who said so and when.
#[derive(Debug, Parser)]
#[command(name = "netspec", bin_name = "netspec", version, long_version = build::LONG, max_term_width = 100)]
#[command(after_help = after_help())]
struct Command {
    #[command(subcommand)]
    subcommand: Sub,
    /// Colours: on a terminal where `NO_COLOR` is not set, always, or never.
    #[arg(
        long,
        global = true,
        display_order = 900,
        value_name = "WHEN",
        value_enum,
        default_value_t
    )]
    color: Color,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    fn choose(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

fn after_help() -> String {
    let code = |(code, about): &(u8, &str)| format!("  {code:<4} {about}\n");
    let codes: String = exit::CODES.iter().map(code).collect();
    format!("Exit codes:\n{codes}\n{EXAMPLES}")
}

const EXAMPLES: &str = "\
Examples:
  netspec run scenarios/wechat --lab            the article's scenarios, in the embedded lab
  netspec run scenarios --tag 'dns and china'   on the real network, by tag
  netspec run 'scenarios/**/cdn-*.yaml'         by glob, quoted or not
  netspec run - < scenario.yaml                 a scenario on standard input
  netspec check scenarios                       is every file sound? asks nobody
  netspec drill scenarios/wechat --lab          which incidents would they catch?
  netspec lab shell paris-2023                  a shell inside the lab: dig, traceroute, ping";

#[derive(Debug, Subcommand)]
enum Sub {
    Run(run::Run),
    Check(check::Check),
    Drill(drill::Drill),
    List(list::List),
    Fmt(fmt::Fmt),
    /// Makes a scenario of what the network says today: asks several times, learns what holds still, and writes that down.
    #[command(subcommand)]
    Record(record::Record),
    #[command(subcommand)]
    Detect(detect::Detect),
    Explain(explain::Explain),
    Schema(schema::Schema),
    #[command(subcommand)]
    Lab(lab::Lab),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command line of this process; to be called from `main` while there is one thread.
pub fn main() -> ExitCode {
    let command = Command::try_parse().unwrap_or_else(|error| suggested(error).exit());
    command.color.choose();
    let code = match command.subcommand {
        Sub::Run(run) => run.run(),
        Sub::Check(check) => check.run(),
        Sub::Drill(drill) => drill.run(),
        Sub::List(list) => list.run(),
        Sub::Fmt(fmt) => fmt.run(),
        Sub::Record(record) => record.run(),
        Sub::Detect(detect) => detect.run(),
        Sub::Explain(explain) => explain.run(),
        Sub::Schema(schema) => schema.run(),
        Sub::Lab(lab) => lab.run(),
        Sub::Completions(completions) => completions.run(),
        Sub::Man(man) => man.run(),
    };
    ExitCode::from(code.unwrap_or_else(|stopped| stopped.tell()))
}

/// The table that help, completions, manual and reference are made of.
pub fn command() -> clap::Command {
    Command::command()
}

/// With the nearest subcommand: clap's own measure finds `check` behind `schema`, and nothing for a word as short as `rn`.
fn suggested(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(written)) = error.get(ContextKind::InvalidSubcommand) {
        let command = Command::command();
        let known = command.get_subcommands().map(clap::Command::get_name);
        if let Some(nearest) = suggest::nearest(written, known) {
            let nearest = ContextValue::Strings(vec![nearest.to_owned()]);
            error.insert(ContextKind::SuggestedSubcommand, nearest);
        }
    }
    error
}

/// Why a subcommand stops early.
#[derive(Debug)]
struct Stopped {
    message: String,
    code: u8,
}

impl Stopped {
    /// The command line or a file is wrong.
    fn wrong(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: exit::WRONG_INPUT,
        }
    }

    fn tell(self) -> u8 {
        let text = if self.message.starts_with("error") {
            self.message
        } else {
            format!("error: {}", self.message)
        };
        let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
        self.code
    }
}

type Outcome = Result<u8, Stopped>;

/// Which scenarios.
#[derive(Debug, Args)]
struct Selection {
    /// Scenario files, folders of them, globs like 'scenarios/**/*.yaml', or `-` for standard input.
    #[arg(required = true, value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Only tests with this text in their name, e.g. `baidu`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Only tests with these tags: words with `and`, `or`, `not` and parentheses.
    #[arg(long, value_name = "EXPR")]
    tag: Option<TagExpression>,
    /// A value for `${NAME}` in the scenarios, before all that files say; may be given several times.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
}

impl Selection {
    /// The project, for a run.
    fn project(&self) -> Result<Project, Stopped> {
        self.project_with(Given::read(&self.vars).map_err(Stopped::wrong)?)
    }

    /// The project where nobody will be asked: secrets stay where they are.
    fn project_at_rest(&self) -> Result<Project, Stopped> {
        let mut given = Given::read(&self.vars).map_err(Stopped::wrong)?;
        given.sealed = true;
        self.project_with(given)
    }

    fn project_with(&self, given: Given) -> Result<Project, Stopped> {
        let first = self
            .paths
            .first()
            .map_or_else(|| PathBuf::from("."), PathBuf::clone);
        Project::given(&first, given)
            .map_err(|faulty| Stopped::wrong(faulty.render(style::wanted(&std::io::stderr()))))
    }

    /// The same selection on another command line.
    fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = self.paths.iter().map(|path| path.into()).collect();
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(
                value
                    .map(|value| [name.into(), value.into()])
                    .into_iter()
                    .flatten(),
            );
        };
        flag("--only", self.only.clone());
        flag("--tag", self.tag.as_ref().map(ToString::to_string));
        self.vars
            .iter()
            .for_each(|var| flag("--var", Some(var.clone())));
        words
    }

    fn plan(&self, project: &Project) -> Result<Plan, Stopped> {
        let paths = globbed(&self.paths)?;
        let mut plan = Plan::of(&paths, project).map_err(Stopped::wrong)?;
        let unused = project.given.unused().filter(|_| plan.faulty.is_empty());
        if let Some(unused) = unused {
            return Err(Stopped::wrong(unused));
        }
        plan.select(|case| self.wants(case));
        Ok(plan)
    }

    fn wants(&self, case: &Case) -> bool {
        let named = self
            .only
            .as_ref()
            .is_none_or(|text| case.name.contains(text));
        named
            && self
                .tag
                .as_ref()
                .is_none_or(|tag| tag.holds(&case.check().tags))
    }
}

/// The paths with every glob replaced by what it matches.
fn globbed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stopped> {
    files::globbed(paths).map_err(|(glob, why)| match why {
        Some(why) => Stopped::wrong(format!("{} is no glob: {why}", glob.display())),
        None => Stopped {
            message: format!("no scenario matches {}", glob.display()),
            code: exit::NOTHING_SELECTED,
        },
    })
}

/// Writes to standard output; a closed pipe is nobody's fault.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
