use super::{Outcome, Stopped, run, say};
use crate::keys::Key;
use crate::plan::Case;
use crate::project::Project;
use crate::record::gather::{self, Pace, Refusal};
use crate::record::kinds::{RECORDED, Recorded};
use crate::record::question::Wanted;
use crate::record::{self, Recording};
use crate::report::style;
use crate::report::summary::several;
use crate::setup::{self, Setup};
use crate::{exit, files};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is to be recorded, and how.
#[derive(Debug)]
pub(super) struct Record {
    row: &'static Recorded,
    target: String,
    via: Vec<String>,
    options: Options,
    settings: Vec<(&'static str, String)>,
}

#[derive(Debug, Args)]
struct Options {
    /// How often to ask.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=1000))]
    runs: u32,
    /// Over which time to spread that, e.g. `10m`; a second from one to the next where it is left out.
    #[arg(long = "for", value_name = "TIME", value_parser = run::time)]
    over: Option<Duration>,
    /// The file to write, with its snapshots and the models of what is normal; where it is left out, the scenario goes to standard output.
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Overwrite the file.
    #[arg(long, requires = "output")]
    force: bool,
    /// Track round-trip times too: a change of their level is told. Give it many runs, and a steady network.
    #[arg(long)]
    levels: bool,
    /// The check's name.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Record in the embedded lab instead of the real network: a world's name or path; the project's where none is given.
    #[arg(long, value_name = "WORLD", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    lab: Option<String>,
    /// Let special addresses be gone to: this machine, private networks (RFC 6890). In the lab they always may.
    #[arg(long)]
    allow_private: bool,
}

/// The settings of a kind that can be given while it is recorded.
fn settings(row: &'static Recorded) -> impl Iterator<Item = &'static Key> {
    let keys = row.kind().settings.iter();
    keys.filter(|key| key.name != row.target && !row.left_out.contains(&key.name))
}

/// The subcommand of a kind, made from its tables.
fn subcommand(row: &'static Recorded) -> Command {
    let command = Command::new(row.kind)
        .about(format!("Records what `{}` sees", row.kind))
        .after_help(row.examples)
        .arg(
            Arg::new("target")
                .required(true)
                .value_name(row.target_name)
                .help("Whom or what"),
        );
    let mut command = Options::augment_args(command);
    if row.several {
        let via = Arg::new("via")
            .long("via")
            .value_name("RESOLVER")
            .value_delimiter(',');
        let via = via.conflicts_with("resolver");
        command =
            command.arg(via.help(
                "The resolvers to ask, by name or address, with commas between: a row for each",
            ));
    }
    for key in settings(row) {
        let argument = Arg::new(key.name)
            .long(key.name)
            .value_name("VALUE")
            .help(key.about);
        command = command.arg(argument.help_heading("Settings, as in a scenario"));
    }
    command
}

impl Subcommand for Record {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(RECORDED.iter().map(subcommand))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        RECORDED.iter().any(|row| row.kind == name)
    }
}

impl FromArgMatches for Record {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, given) = matches.subcommand().ok_or_else(missing)?;
        let row = RECORDED
            .iter()
            .find(|row| row.kind == name)
            .ok_or_else(missing)?;
        let setting = |key: &'static Key| {
            let text = given.get_one::<String>(key.name)?;
            Some((key.name, text.clone()))
        };
        let via = given.try_get_many::<String>("via").ok().flatten();
        Ok(Self {
            row,
            target: given
                .get_one::<String>("target")
                .cloned()
                .unwrap_or_default(),
            via: via.map_or_else(Vec::new, |via| {
                via.map(|name| name.trim().to_owned()).collect()
            }),
            options: Options::from_arg_matches(given)?,
            settings: settings(row).filter_map(setting).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Record {
    pub(super) fn run(&self) -> Outcome {
        let wanted = self.wanted()?;
        let project = self.project()?;
        let mut plan = record::cases(&wanted, &project)
            .map_err(|faulty| Stopped::wrong(faulty.render(style::wanted(&std::io::stderr()))))?;
        let world = run::world(self.options.lab.as_deref(), &project)?;
        let jobs = plan.cases.len();
        let setup = setup::enter(&project, world.as_deref(), None, jobs)
            .map_err(|error| run::stopped(&error))?;
        plan.settle(&setup.network);
        if let Some(why) = plan.cases.iter().find_map(|case| case.unsupported.clone()) {
            return Err(refused(why, exit::COULD_NOT_ASK));
        }
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Stopped::wrong(format!("no runtime: {error}")))?;
        let recorded = runtime.block_on(async {
            tokio::select! {
                recorded = self.record(&wanted, &plan.cases, &setup, &project) => recorded,
                () = run::interrupt() => Err(refused("interrupted; nothing was written".to_owned(), exit::INTERRUPTED)),
            }
        });
        let recording = recorded?;
        let Some(file) = &self.options.output else {
            say(&recording.text);
            return Ok(exit::AS_EXPECTED);
        };
        self.write(file, &recording.text)?;
        let remembered = runtime
            .block_on(recording.remember(&project, &setup.network))
            .map_err(Stopped::wrong)?;
        runtime.shutdown_background();
        say(&format!(
            "wrote {} and {}\n",
            file.display(),
            several(remembered, "snapshot")
        ));
        Ok(exit::AS_EXPECTED)
    }

    async fn record(
        &self,
        wanted: &Wanted,
        cases: &[Case],
        setup: &Setup,
        project: &Project,
    ) -> Result<Recording, Stopped> {
        let pace = Pace::new(self.options.runs, self.options.over);
        let progress = Progress::new(pace);
        let gathered = gather::gather(cases, &setup.network, pace, |run| progress.tell(run)).await;
        drop(progress);
        let gathered = gathered.map_err(|refusal| match refusal {
            Refusal::NoAnswer(why) => refused(why, exit::COULD_NOT_ASK),
            Refusal::Unsteady(why) => refused(why, exit::FAILED),
        })?;
        record::recording(wanted, &gathered, self.path(), project)
            .map_err(|why| refused(why, exit::FAILED))
    }

    /// Where the scenario is, or would be.
    fn path(&self) -> &Path {
        let file = self.options.output.as_deref();
        file.unwrap_or(Path::new("recorded.yaml"))
    }

    /// The project that the file will belong to, once it is known that it can be written.
    fn project(&self) -> Result<Project, Stopped> {
        if let Some(file) = &self.options.output {
            let folder = file
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            if !folder.is_none_or(Path::is_dir) {
                return Err(Stopped::wrong(format!(
                    "there is no folder for {}",
                    file.display()
                )));
            }
            if file
                .extension()
                .is_none_or(|extension| extension != "yaml" && extension != "yml")
            {
                let message = format!(
                    "{} is no name of a scenario: it ends in .yaml",
                    file.display()
                );
                return Err(Stopped::wrong(message));
            }
            if file.exists() && !self.options.force {
                let message = format!("{} is there already; --force overwrites it", file.display());
                return Err(Stopped::wrong(message));
            }
        }
        let mut project = Project::of(self.path())
            .map_err(|faulty| Stopped::wrong(faulty.render(style::wanted(&std::io::stderr()))))?;
        project.allow_private |= self.options.allow_private;
        Ok(project)
    }

    fn wanted(&self) -> Result<Wanted, Stopped> {
        let wanted = Wanted {
            row: self.row,
            target: self.target.clone(),
            settings: self.settings.clone(),
            via: self.via.clone(),
            levels: self.options.levels,
            name: self.options.name.clone(),
            again: self.again(),
        };
        wanted.sound().map_err(Stopped::wrong)?;
        Ok(wanted)
    }

    /// The command line that records this again, wherever it is run.
    fn again(&self) -> String {
        let mut words = vec![
            "netspec".to_owned(),
            "record".to_owned(),
            self.row.kind.to_owned(),
            self.target.clone(),
        ];
        for (key, text) in &self.settings {
            words.extend([format!("--{key}"), text.clone()]);
        }
        if !self.via.is_empty() {
            words.extend(["--via".to_owned(), self.via.join(",")]);
        }
        if self.options.levels {
            words.push("--levels".to_owned());
        }
        if let Some(name) = &self.options.name {
            words.extend(["--name".to_owned(), name.clone()]);
        }
        let words: Vec<String> = words.iter().map(|word| in_a_shell(word)).collect();
        words.join(" ")
    }

    /// Writes the file whole or not at all.
    fn write(&self, file: &Path, text: &str) -> Result<(), Stopped> {
        let written = match self.options.force {
            true => files::write_over(file, text),
            false => files::write_new(file, text),
        };
        written.map_err(|error| Stopped::wrong(format!("cannot write {}: {error}", file.display())))
    }
}

fn refused(message: String, code: u8) -> Stopped {
    Stopped { message, code }
}

/// A word of a command line as a shell takes it.
fn in_a_shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "._-/:@,=+%".contains(letter);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// One line on a terminal while it is asked; nothing where standard error is none.
struct Progress(ProgressBar);

impl Progress {
    fn new(pace: Pace) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(u64::from(pace.runs)), target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} run {pos} of {len}, {eta} left")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    fn tell(&self, runs: u32) {
        self.0.set_position(u64::from(runs));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
