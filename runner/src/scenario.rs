//! A scenario file: what it says, read whole, with every problem noted.

mod track;

use crate::conduct::{self, Conduct};
use crate::diagnostic::Faulty;
use crate::keys::{Fields, Key, text, texts};
use crate::language::capture::Later;
use crate::language::secrets::Secrets;
use crate::language::{self, COMMON, Made, Words};
use crate::probe::{Cell, Judged, KINDS, Kind, Surroundings};
use crate::project::{self, Project};
use crate::requirement::{NEEDS, Need};
use crate::resolver::{self, Peers};
use crate::source::Source;
use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::select::Selector;
use netspec_assertions::written::{Node, Spanned, Value};
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// One file of checks.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file.
    pub source: Source,
    /// Its name in tests and snapshots, e.g. `wechat/split-horizon`.
    pub name: String,
    /// What it says of the network, one sentence.
    pub title: String,
    /// Why anybody should care.
    pub why: Option<String>,
    /// What is checked.
    pub checks: Vec<Check>,
    /// What is hidden in all that is told of it.
    pub secrets: Arc<Secrets>,
    /// Resolvers that are expected to see alike.
    pub peers: Peers,
}

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What holds when it passes.
    pub name: Spanned<String>,
    /// Why anybody should care.
    pub why: Option<String>,
    /// Its own tags and the file's.
    pub tags: Vec<String>,
    /// What it needs of this machine beyond what its probe needs.
    pub needs: Vec<Need>,
    /// How it is carried out.
    pub conduct: Conduct,
    /// The kind of its probe.
    pub kind: &'static Kind,
    /// The tests it makes.
    pub cells: Vec<Cell>,
    /// What is remembered, and where that is written.
    pub track: Vec<Spanned<Selector>>,
    /// How it is read again when it runs, where it uses what earlier checks capture.
    pub later: Option<Arc<Later>>,
}

/// The keys of a scenario file.
pub const KEYS: &[Key] = &[
    Key::required(
        "scenario",
        "What the network should look like, one sentence.",
        text,
    ),
    Key::new(
        "why",
        "Why anybody should care, for whoever reads a failure.",
        text,
    ),
    Key::new("tags", "Words to select by (`--tag`).", texts),
    Key::new(
        "needs",
        "What the checks need of the machine; without it they are listed as ignored.",
        needs_schema,
    ),
    Key::new(
        "resolvers",
        "Resolvers by name: `cloudflare: 1.1.1.1`, `tcp://…`, `tls://1.1.1.1#one.one.one.one`; these go before the project's.",
        resolver::schema,
    ),
    Key::new(
        "defaults",
        "What holds where a check does not say otherwise; it goes before the project's.",
        project::defaults_schema,
    ),
    Key::required(
        "checks",
        "What is checked.",
        || json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/check" } }),
    ),
];

/// The keys of a check beside those of its probe.
pub const CHECK_KEYS: &[Key] = &[
    Key::required("name", "What holds when the check passes.", text),
    Key::new("why", "Why anybody should care.", text),
    Key::new("tags", "Words to select by, beside the file's.", texts),
    Key::new(
        "needs",
        "What the check needs of the machine; without it it is listed as ignored.",
        needs_schema,
    ),
    Key::new(
        "for-each",
        "Makes a test of each row of values: lists by name (every combination), a list of mappings, or `{ file: cases.csv }`. `${name}` stands for the row's value.",
        language::for_each_schema,
    ),
    Key::new(
        "capture",
        "Values for later checks by name: `edge: addresses.address` is the first address seen, and `${edge}` stands for it below.",
        language::capture_schema,
    ),
    Key::new(
        "track",
        "What is remembered in a snapshot and reviewed when it changes, e.g. [chain, addresses.asn].",
        texts,
    ),
];

fn needs_schema() -> serde_json::Value {
    let words: Vec<&str> = NEEDS.iter().map(|(word, _, _)| *word).collect();
    json!({ "type": "array", "minItems": 1, "items": { "enum": words } })
}

/// The longest part of a file's name that a check's name fills, in octets: file systems take 255.
const LONGEST_FILE_NAME: usize = 120;

impl Check {
    /// What this machine must have for one of its tests.
    pub(crate) fn cell_needs(&self, scenario: &Scenario, cell: &Cell) -> Vec<Need> {
        match &self.later {
            Some(later) => later.needs(scenario, cell),
            None => cell
                .questions
                .iter()
                .flat_map(|(_, question)| question.needs())
                .collect(),
        }
    }

    /// What a file may be called after it: without slashes and other characters that file systems refuse, and not too long.
    pub fn file_name(&self) -> String {
        let safe = |c: char| {
            if c.is_alphanumeric() || " .-_,[]".contains(c) {
                c
            } else {
                '-'
            }
        };
        let name: String = self.name.value.chars().map(safe).collect();
        name[..name.floor_char_boundary(LONGEST_FILE_NAME)]
            .trim()
            .to_owned()
    }
}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load(path: &Path, project: &Project) -> Result<Self, Faulty> {
        let source = Source::read(path)?;
        let mut scenario = Self::parse(source, project)?;
        if scenario.source.is_stdin() {
            scenario.name = "stdin".to_owned();
            scenario.remembers_nothing()?;
        }
        Ok(scenario)
    }

    /// A snapshot lies beside the file it is of; what came by standard input has none.
    fn remembers_nothing(&self) -> Result<(), Faulty> {
        let tracked = self.checks.iter().filter_map(|check| check.track.first());
        let problem = |selector: &Spanned<Selector>| {
            Problem::new(selector.span, "standard input has no place for a snapshot")
                .help("save the scenario as a file, or leave `track` out")
        };
        let problems: Vec<Problem> = tracked.map(problem).collect();
        match problems.is_empty() {
            true => Ok(()),
            false => Err(Faulty {
                source: self.source.clone(),
                problems,
            }),
        }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(mut source: Source, project: &Project) -> Result<Self, Faulty> {
        let mut problems = Problems::default();
        let read = yaml::read(&source.text, &mut problems);
        let scenario = match read {
            Ok(node) if language::is_shared(&node) => {
                language::shared(&node, &mut source, &project.root, &mut problems);
                Some(Self::shared(source.clone(), project))
            }
            Ok(node) => Self::from_node(node, &mut source, project, &mut problems),
            Err(problem) => {
                problems.add(problem);
                None
            }
        };
        problems.0.sort_by_key(|problem| problem.span);
        match scenario {
            Some(scenario) if problems.0.is_empty() => Ok(scenario),
            _ => Err(project.secrets.masks().faulty(Faulty {
                source,
                problems: problems.0,
            })),
        }
    }

    /// A file that others include: it has no checks.
    fn shared(source: Source, project: &Project) -> Self {
        Self {
            name: project.name_of(&source.path),
            source,
            title: String::new(),
            why: None,
            checks: Vec::new(),
            secrets: Arc::clone(&project.secrets),
            peers: Peers::default(),
        }
    }

    fn from_node(
        mut node: Node,
        source: &mut Source,
        project: &Project,
        problems: &mut Problems,
    ) -> Option<Self> {
        Fields::read(&node, "a scenario", &[KEYS, COMMON], problems)?;
        let mut words = language::scenario(&mut node, source, project, problems);
        let quiet = &mut Problems::default(); // unknown keys have been said
        let fields = Fields::read(&node, "a scenario", &[KEYS, COMMON], quiet)?;
        let mut resolvers = project.resolvers.clone();
        let mut unusable = Vec::new();
        let mut peers = project.peers.clone();
        if let Some(own) = fields.get("resolvers") {
            let usable = resolver::read(own, &project.root, &project.resolvers, problems);
            unusable = names(own)
                .filter(|name| !usable.contains_key(name))
                .collect();
            peers.extend(own, &usable);
            resolvers.extend(usable);
        }
        let overlaid = fields
            .get("defaults")
            .map(|node| project.with_defaults(node, &resolvers, problems));
        let around = Surroundings {
            project: overlaid.as_ref().unwrap_or(project),
            resolvers: &resolvers,
            unusable: &unusable,
        };
        let tags = fields.texts("tags", problems);
        let needs = needs(&fields, problems);
        let title = fields.text("scenario", problems);
        let why = fields.text("why", problems);
        let checks = checks(&fields, &mut words, &around, problems);
        let inherit = |mut check: Check| {
            check.tags.extend(tags.iter().map(|tag| tag.value.clone()));
            check.needs.extend(&needs);
            check
        };
        Some(Self {
            name: project.name_of(&source.path),
            source: source.clone(),
            title: title?.value,
            why: why.map(|text| text.value),
            checks: checks.into_iter().map(inherit).collect(),
            secrets: Arc::clone(&project.secrets),
            peers,
        })
    }
}

/// The keys of a mapping; none of anything else.
fn names(node: &Node) -> impl Iterator<Item = String> {
    let entries = match &node.value {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|entry| entry.key.value.clone())
}

fn needs(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Need> {
    let words = fields.texts("needs", problems);
    words
        .iter()
        .filter_map(|word| Need::read(word, problems))
        .collect()
}

fn checks(
    fields: &Fields<'_>,
    words: &mut Words,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Vec<Check> {
    let Some(node) = fields.get("checks") else {
        return Vec::new();
    };
    let Value::List(items) = &node.value else {
        let problem = Problem::new(
            node.span,
            format!("expected a list of checks, found {}", node.value.kind()),
        );
        problems.add(problem.help(
            "write `- name: …` for each, so that one name may be asked of several resolvers",
        ));
        return Vec::new();
    };
    if items.is_empty() {
        let problem = Problem::new(node.span, "a scenario without checks asserts nothing");
        problems.add(problem.help("write `- name: …` and what to ask"));
    }
    let mut checks = Vec::new();
    words.captures.note(items);
    for item in items {
        if words.are_none() {
            checks.extend(check(item, around, problems));
            continue;
        }
        for made in words.made(item, problems) {
            checks.extend(one(&made, words, checks.len(), around, problems));
        }
    }
    words.captures.unused(problems);
    same_name(&checks, problems);
    checks
}

/// One of the checks that one as written stands for.
fn one(
    made: &Made,
    words: &mut Words,
    place: usize,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Check> {
    let mut own = Problems::default();
    let check = check(&made.node, around, &mut own);
    if let Some((check, written)) = check.as_ref().zip(made.written("capture")) {
        let captures = &mut words.captures;
        captures.read(written, check, place, made.row.is_some(), &mut own);
    }
    made.tell(own, problems);
    let mut check = check?;
    check.later = words.captures.later(made, around);
    check.cells.iter_mut().for_each(|cell| made.name(cell));
    Some(check)
}

/// Tests are found by the name of their check, and snapshots by what a file may be called after it.
fn same_name(checks: &[Check], problems: &mut Problems) {
    let mut seen: HashMap<String, &Check> = HashMap::new();
    for check in checks {
        let first = match seen.insert(check.file_name(), check) {
            Some(first) if first.name.span != check.name.span => first,
            _ => continue, // the rows of one check have one name
        };
        let message = match first.name.value == check.name.value {
            true => "two checks of one name",
            false => "two checks whose names give one file name",
        };
        let problem = Problem::new(check.name.span, message);
        problems.add(problem.help("names are how tests and snapshots are found: tell them apart"));
    }
}

/// Reads one check, with everything in it filled in.
pub(crate) fn check(
    node: &Node,
    around: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Check> {
    let kinds: Vec<Key> = KINDS
        .iter()
        .map(|kind| Key::new(kind.name, kind.about, || json!({})))
        .collect();
    let keys = [CHECK_KEYS, conduct::KEYS, &kinds];
    let fields = Fields::read(node, "a check", &keys, problems)?;
    let name = fields.text("name", problems);
    let tags = fields
        .texts("tags", problems)
        .into_iter()
        .map(|tag| tag.value)
        .collect();
    let needs = needs(&fields, problems);
    let why = fields.text("why", problems).map(|text| text.value);
    let conduct = Conduct::read(&fields, &around.project.conduct, problems);
    let (kind, probe) = the_probe(&fields, problems)?;
    let track = track::track(&fields, kind, problems);
    let before = problems.0.len();
    let asked = Fields::read(
        probe,
        &format!("`{}`", kind.name),
        &[kind.settings],
        problems,
    )?;
    let cells = (kind.read)(&asked, around, problems);
    let key = fields.key_span(kind.name).unwrap_or(node.span);
    let nothing = track.is_empty() && !cells.is_empty() && !cells.iter().any(asserts);
    if nothing && problems.0.len() == before {
        let problem = Problem::new(key, "this check asserts nothing");
        problems.add(
            problem.help(
                "say what is expected (`expect: { … }`) or what to remember (`track: [ … ]`)",
            ),
        );
    }
    Some(Check {
        name: name?,
        why,
        tags,
        needs,
        conduct,
        kind,
        cells,
        track,
        later: None,
    })
}

fn asserts(cell: &Cell) -> bool {
    match &cell.judged {
        Judged::Expect(all) => !all.is_empty(),
        Judged::Relate(all) => !all.is_empty(),
    }
}

/// The one probe of a check.
fn the_probe<'n>(
    fields: &Fields<'n>,
    problems: &mut Problems,
) -> Option<(&'static Kind, &'n Node)> {
    let mut found = KINDS
        .iter()
        .filter_map(|kind| fields.get(kind.name).map(|node| (kind, node)));
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let first = found.next();
    match (&first, found.next()) {
        (None, _) => {
            let problem = Problem::new(fields.span, "a check without a probe");
            problems.add(problem.help(format!(
                "say what to ask, with one of: {}",
                names.join(", ")
            )));
        }
        (_, Some((second, node))) => {
            let problem = Problem::new(
                fields.key_span(second.name).unwrap_or(node.span),
                "a second probe in one check",
            );
            problems.add(problem.help("make it a check of its own"));
        }
        _ => {}
    }
    first
}
