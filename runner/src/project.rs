//! `netspec.yaml`: what holds for all scenarios beside and below it.

use crate::conduct::{self, Conduct};
use crate::diagnostic::Faulty;
use crate::keys::{Fields, Key, duration, flag, object, text, texts};
use crate::language::secrets::{self, Secrets};
use crate::language::{self, COMMON, Given, Shelf};
use crate::resolver::{self, Peers, Resolvers};
use crate::source::{SLOT, Source};
use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::{Node, Spanned, Value};
use netspec_probes::dns::Server;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The file's name.
pub const FILE_NAME: &str = "netspec.yaml";

/// What holds for a folder of scenarios.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The folder of `netspec.yaml`; where there is none, the folder the user stands in.
    pub root: PathBuf,
    /// Resolvers by name.
    pub resolvers: Resolvers,
    /// Those of them that are expected to see alike.
    pub peers: Peers,
    /// Databases of address facts.
    pub geo: Vec<PathBuf>,
    /// The world of the lab: a path, or the name of one that is built in.
    pub lab: Option<String>,
    /// The folder of snapshots.
    pub snapshots: PathBuf,
    /// Where one stands, in a word of the user's.
    pub vantage: Option<String>,
    /// A scenario of what is always to be seen from there.
    pub control: Option<PathBuf>,
    /// How long to wait for an answer.
    pub timeout: Option<Duration>,
    /// How checks are carried out where they do not say otherwise.
    pub conduct: Conduct,
    /// Whether addresses of special ranges may be gone to on the real network.
    pub allow_private: bool,
    /// Whether programs may be run.
    pub allow_exec: bool,
    /// The file itself, with what it includes.
    pub source: Source,
    /// Values by name, their places as seen from a scenario.
    pub vars: Arc<BTreeMap<String, Node>>,
    /// Expectations by name, likewise.
    pub shelf: Shelf,
    /// What the command line gives.
    pub given: Given,
    /// What is told to nobody.
    pub secrets: Arc<Secrets>,
    default_resolver: Option<String>,
}

/// The keys of `netspec.yaml`.
pub const KEYS: &[Key] = &[
    Key::new(
        "resolvers",
        "Resolvers by name, for every scenario.",
        resolver::schema,
    ),
    Key::new(
        "geo",
        "Databases of address facts, first come first served: MMDB, or CSV with `start,end,asn,name`.",
        texts,
    ),
    Key::new(
        "lab",
        "The world of the lab: a path, or the name of a built-in one.",
        text,
    ),
    Key::new(
        "snapshots",
        "The folder of snapshots; `snapshots` where it is left out.",
        text,
    ),
    Key::new(
        "vantage",
        "Where one stands, e.g. paris-office: what is normal is learned for each vantage by itself. This machine's name where it is left out; in the lab its world.",
        text,
    ),
    Key::new(
        "control",
        "A scenario of what is always there, e.g. two addresses to ping and a page of known content. When a test is not as expected it is asked once; where none of its tests passes, or one sees something else in its place, this vantage is down, and that is all that is told.",
        text,
    ),
    Key::new(
        "allow-private",
        "Whether special addresses (this machine, private networks, link-local: RFC 6890) may be gone to on the real network; false where it is left out.",
        flag,
    ),
    Key::new(
        "allow-exec",
        "Whether `exec` may run programs; false where it is left out.",
        flag,
    ),
    Key::new(
        "defaults",
        "What holds where a check does not say otherwise.",
        defaults_schema,
    ),
    Key::new(
        "secrets",
        "Secrets by name: where `${secret:name}` is had from. They are hidden in everything that is told.",
        secrets::schema,
    ),
];

const DEFAULTS: &[Key] = &[
    Key::new("resolver", "The resolver to ask.", text),
    Key::new("timeout", "How long to wait for an answer.", duration),
];

/// The schema of defaults.
pub fn defaults_schema() -> serde_json::Value {
    object(&[DEFAULTS, conduct::DEFAULTS])
}

impl Project {
    /// The project a path belongs to: the nearest `netspec.yaml` in its folder or above.
    ///
    /// # Errors
    /// All that is wrong with that file.
    pub fn of(path: &Path) -> Result<Self, Faulty> {
        Self::given(path, Given::default())
    }

    /// The same, with what the command line gives.
    ///
    /// # Errors
    /// All that is wrong with that file.
    pub fn given(path: &Path, given: Given) -> Result<Self, Faulty> {
        match nearest(path) {
            Some(file) => Self::load(&file, given),
            None => Ok(Self {
                given,
                ..Self::without_file()
            }),
        }
    }

    /// The folder of another project that a file belongs to, if it does not belong to this one.
    pub fn stranger(&self, file: &Path) -> Option<PathBuf> {
        let folder = nearest(file)?.parent()?.to_owned();
        (folder != self.root).then_some(folder)
    }

    fn without_file() -> Self {
        let root = std::env::current_dir().unwrap_or_default();
        Self {
            snapshots: root.join("snapshots"),
            root,
            ..Self::default()
        }
    }

    /// Reads a `netspec.yaml`.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load(file: &Path, given: Given) -> Result<Self, Faulty> {
        let mut source = Source::read(file)?;
        let root = file.parent().unwrap_or(Path::new(".")).to_owned();
        let mut problems = Problems::default();
        let empty = Self {
            snapshots: root.join("snapshots"),
            root,
            given,
            ..Self::default()
        };
        let project = match yaml::read(&source.text, &mut problems) {
            Ok(node) if node.value == Value::Null => empty,
            Ok(node) => empty.with(node, &mut source, &mut problems),
            Err(problem) => {
                problems.add(problem);
                empty
            }
        };
        if problems.0.is_empty() {
            return Ok(project);
        }
        let masks = project.secrets.masks();
        Err(masks.faulty(Faulty {
            source,
            problems: problems.0,
        }))
    }

    /// With all that the file says: its secrets first, then what it defines, then the rest, in which that is filled in.
    fn with(mut self, mut node: Node, source: &mut Source, problems: &mut Problems) -> Self {
        let Some(fields) = Fields::read(&node, "netspec.yaml", &[KEYS, COMMON], problems) else {
            return self;
        };
        if let Some(written) = fields.get("secrets") {
            let sealed = self.given.sealed;
            self.secrets = Arc::new(Secrets::read(written, &self.root, sealed, problems));
        }
        let shelf = language::project(&mut node, source, &self, problems).moved(SLOT);
        let mut project = self.filled(&node, problems);
        project.vars = Arc::new(shelf.vars.clone());
        project.shelf = shelf;
        project.shelf.vars.clear();
        project.shelf.resolvers.clear();
        project.source = source.clone();
        project
    }

    fn filled(self, node: &Node, problems: &mut Problems) -> Self {
        let root = self.root.clone();
        let quiet = &mut Problems::default(); // unknown keys have been said
        let Some(fields) = Fields::read(node, "netspec.yaml", &[KEYS, COMMON], quiet) else {
            return self;
        };
        let resolvers = fields
            .get("resolvers")
            .map(|node| resolver::read(node, &root, &Resolvers::new(), problems))
            .unwrap_or_default();
        let control = fields
            .text("control", problems)
            .and_then(|path| existing(&root, &path, problems));
        let mut peers = Peers::default();
        if let Some(written) = fields.get("resolvers") {
            peers.extend(written, &resolvers);
        }
        let geo = fields
            .texts("geo", problems)
            .into_iter()
            .filter_map(|path| existing(&root, &path, problems))
            .collect();
        let lab = fields
            .text("lab", problems)
            .and_then(|world| world_name(&root, &world, problems));
        let snapshots = fields
            .text("snapshots", problems)
            .map_or("snapshots".to_owned(), |text| text.value);
        let mut project = Self {
            snapshots: root.join(snapshots),
            root,
            resolvers,
            peers,
            geo,
            lab,
            vantage: fields.text("vantage", problems).map(|text| text.value),
            control,
            allow_private: fields.flag("allow-private", problems).unwrap_or_default(),
            allow_exec: fields.flag("allow-exec", problems).unwrap_or_default(),
            ..self
        };
        if let Some(node) = fields.get("defaults") {
            let resolvers = project.resolvers.clone();
            project.defaults(node, &resolvers, problems);
        }
        project
    }

    /// The same with a scenario's own defaults, which go first.
    #[must_use]
    pub fn with_defaults(
        &self,
        node: &Node,
        resolvers: &Resolvers,
        problems: &mut Problems,
    ) -> Self {
        let mut project = self.clone();
        project.defaults(node, resolvers, problems);
        project
    }

    fn defaults(&mut self, node: &Node, resolvers: &Resolvers, problems: &mut Problems) {
        let Some(defaults) =
            Fields::read(node, "defaults", &[DEFAULTS, conduct::DEFAULTS], problems)
        else {
            return;
        };
        self.timeout = defaults.duration("timeout", problems).or(self.timeout);
        self.conduct = Conduct::defaults(&defaults, &self.conduct, problems);
        let Some(name) = defaults.text("resolver", problems) else {
            return;
        };
        if !resolvers.contains_key(&name.value) {
            let known: Vec<&str> = resolvers.keys().map(String::as_str).collect();
            let problem =
                Problem::new(name.span, format!("no resolver is called `{}`", name.value));
            problems.add(problem.help(suggest::remedy(&name.value, &known)));
        }
        self.default_resolver = Some(name.value);
    }

    /// The resolver to ask where a check names none.
    pub fn default_resolver(&self, resolvers: &Resolvers) -> Option<(String, Server)> {
        let name = self.default_resolver.as_ref()?;
        resolvers
            .get(name)
            .map(|server| (name.clone(), server.clone()))
    }

    /// What a scenario's file is called in names of tests and snapshots: its path below the project without `scenarios/` and
    /// without its extension.
    pub fn name_of(&self, path: &Path) -> String {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let below = absolute
            .strip_prefix(&self.root)
            .map(Path::to_owned)
            .unwrap_or_else(|_| path.to_owned());
        let below = below
            .strip_prefix("scenarios")
            .map(Path::to_owned)
            .unwrap_or(below);
        below
            .with_extension("")
            .to_string_lossy()
            .replace('\\', "/")
    }
}

fn nearest(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folders = absolute.ancestors().filter(|folder| folder.is_dir());
    folders
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
}

fn existing(root: &Path, path: &Spanned<String>, problems: &mut Problems) -> Option<PathBuf> {
    let whole = root.join(&path.value);
    if !whole.is_file() {
        let message = format!("no such file: {}", whole.display());
        problems.add(
            Problem::new(path.span, message)
                .help("the path is taken from the folder of netspec.yaml"),
        );
        return None;
    }
    Some(whole)
}

/// A path from the project's folder where there is such a file, or else a built-in world.
fn world_name(root: &Path, world: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let whole = root.join(&world.value);
    if whole.is_file() {
        return Some(whole.to_string_lossy().into_owned());
    }
    if netspec_lab::builtin(&world.value).is_some() {
        return Some(world.value.clone());
    }
    let problem = Problem::new(world.span, format!("no such world: `{}`", world.value));
    let known: Vec<&str> = netspec_lab::builtin_names().collect();
    problems.add(problem.help(
        match suggest::nearest(&world.value, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!(
                "give the path of a world file, or the name of a built-in one: {}",
                known.join(", ")
            ),
        },
    ));
    None
}
