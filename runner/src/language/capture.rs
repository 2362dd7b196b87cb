//! `capture`: what one check sees, for later checks of the same file.
//!
//! Tests have no order. A check that uses a captured value is read with a sample in its place when the file is read, so that
//! all that is wrong with it is found then, and its tests have their names. When it runs it puts the question of the check
//! that captures (which is asked once a run, whoever wants it first), and is read again with the value.

use super::scope::entries;
use super::{Form, Made, Told, is_name, no_name};
use crate::network::Network;
use crate::probe::{Asking, Cell, Question, Seen, Side, Surroundings};
use crate::project::Project;
use crate::requirement::Need;
use crate::resolver::Resolvers;
use crate::scenario::{self, Check, Scenario};
use jiff::Timestamp;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::select::Selector;
use netspec_assertions::shape::{Shape, Text};
use netspec_assertions::written::{Node, Span, Spanned, Value};
use netspec_probes::observation::Outcome;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the checks of a file capture, as far as it is read.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    found: BTreeMap<String, Captured>,
    samples: Arc<BTreeMap<String, Node>>,
    used: BTreeSet<String>,
    /// Every name under some `capture` of the file.
    all: BTreeSet<String>,
}

/// A value to be had from a check.
#[derive(Clone, Debug)]
struct Captured {
    name: Spanned<String>,
    /// The check's place among those of the file.
    check: usize,
    selector: Selector,
}

impl Captures {
    /// Notes the names that any of these checks captures.
    pub(crate) fn note(&mut self, items: &[Node]) {
        let captures = items
            .iter()
            .flat_map(entries)
            .filter(|entry| entry.key.value == "capture");
        let names = captures.flat_map(|entry| entries(&entry.value));
        self.all = names.map(|entry| entry.key.value.clone()).collect();
    }

    /// What stands for each value until it is known.
    pub(super) fn samples(&self) -> Arc<BTreeMap<String, Node>> {
        Arc::clone(&self.samples)
    }

    /// Says of a name that is captured too late that it is.
    pub(super) fn explain(&self, problems: &mut [Problem]) {
        for problem in problems {
            let late = |name: &&String| problem.message == format!("nothing is called `{name}`");
            if let Some(name) = self.all.iter().find(late) {
                problem.help = Some(format!(
                    "`{name}` is captured here or below: move the check that captures it up"
                ));
            }
        }
    }

    /// Reads what a check captures.
    pub(crate) fn read(
        &mut self,
        written: &Node,
        check: &Check,
        place: usize,
        in_rows: bool,
        problems: &mut Problems,
    ) {
        let entries = entries(written);
        if entries.is_empty() {
            let problem = Problem::new(written.span, "`capture` names nothing");
            problems.add(problem.help("write `capture: { edge: addresses.address }`"));
        }
        let unclear = several(check, in_rows);
        if let Some((what, help)) = unclear {
            problems.add(Problem::new(written.span, what).help(help));
        }
        let mut samples = (*self.samples).clone();
        for entry in entries {
            let text = crate::keys::scalar(&entry.value, problems);
            let captured = text.map(|text| self.captured(&entry.key, &text, check, place));
            let found = captured.and_then(|captured| problems.ok(captured));
            let sample = found
                .as_ref()
                .map_or_else(any_sample, |(_, found)| sample(&found.selector));
            samples.insert(entry.key.value.clone(), sample); // also of what is wrong, which is said once
            self.found.extend(found.filter(|_| unclear.is_none()));
        }
        self.samples = Arc::new(samples);
    }

    fn captured(
        &self,
        name: &Spanned<String>,
        text: &Spanned<String>,
        check: &Check,
        place: usize,
    ) -> Result<(String, Captured), Problem> {
        if !is_name(&name.value) {
            return Err(no_name(&name.value, name.span));
        }
        if self.found.contains_key(&name.value) {
            return Err(
                Problem::new(name.span, format!("`{}` is captured twice", name.value))
                    .help("give the two values names of their own"),
            );
        }
        let selector = Selector::parse(&text.value, (check.kind.shape)());
        let selector =
            selector.map_err(|(message, help)| Problem::new(text.span, message).help(help))?;
        if matches!(selector.shape(), Shape::Record(_)) && !is_address(selector.shape()) {
            return Err(
                Problem::new(text.span, format!("`{}` is not one value", text.value)).help(
                    format!(
                        "name one of its facts, e.g. `{}.{}`",
                        text.value,
                        first_word(selector.shape())
                    ),
                ),
            );
        }
        let name = name.clone();
        Ok((
            name.value.clone(),
            Captured {
                name,
                check: place,
                selector,
            },
        ))
    }

    /// How a check that uses these values is read once they are known; nothing where it uses none.
    pub(crate) fn later(&mut self, made: &Made, around: &Surroundings<'_>) -> Option<Arc<Later>> {
        self.used.extend(made.captured.iter().cloned());
        let wanted = made.captured.iter().filter_map(|name| self.found.get(name));
        let wanted: Vec<Captured> = wanted.cloned().collect();
        (!wanted.is_empty()).then(|| {
            Arc::new(Later {
                wanted,
                form: made.form.clone(),
                project: around.project.clone(),
                resolvers: around.resolvers.clone(),
            })
        })
    }

    /// Notes what is captured and never used.
    pub(crate) fn unused(&self, problems: &mut Problems) {
        if !problems.0.is_empty() {
            return; // perhaps it is used where something else is wrong
        }
        for captured in self
            .found
            .values()
            .filter(|found| !self.used.contains(&found.name.value))
        {
            let name = &captured.name.value;
            let problem = Problem::new(captured.name.span, format!("`{name}` is never used"));
            problems.add(problem.help(format!(
                "write `${{{name}}}` in a later check, or leave it out"
            )));
        }
    }
}

/// Why it is not clear whose value would be captured.
fn several(check: &Check, in_rows: bool) -> Option<(&'static str, &'static str)> {
    let single = matches!(check.cells.as_slice(), [cell] if cell.questions.len() == 1);
    match (in_rows, single) {
        (true, _) => Some((
            "`capture` beside `for-each`: it is not said of which row",
            "capture in a check without `for-each`",
        )),
        (false, false) => Some((
            "`capture` in a check that asks several: it is not said whose answer",
            "capture in a check of its own that asks one, with `resolver: NAME`",
        )),
        (false, true) => None,
    }
}

fn is_address(shape: &Shape) -> bool {
    shape.field("address").is_some()
}

fn first_word(shape: &Shape) -> String {
    shape
        .words()
        .first()
        .map_or_else(String::new, |word| (*word).to_owned())
}

/// A value like those that will be captured. It is never asked or judged.
fn sample(selector: &Selector) -> Node {
    let text = |text: &str| Value::Text(text.to_owned());
    let value = match selector.shape() {
        Shape::Flag => Value::Flag(true),
        Shape::Number(_) => Value::Number(1.0),
        Shape::Text(Text::Words(words)) => text(words.first().map_or("sample", String::as_str)),
        Shape::Text(Text::Asn) => text("AS64496"),
        Shape::Text(Text::Country) => text("ZZ"),
        Shape::Text(Text::Network | Text::Within) => text("9.9.9.0/24"),
        Shape::Text(Text::Address) => text(SAMPLE_ADDRESS),
        shape if is_address(shape) => text(SAMPLE_ADDRESS),
        _ => text("sample.example"),
    };
    Node::new(value, Span::default())
}

/// Where it is not known what will be captured.
fn any_sample() -> Node {
    Node::new(Value::Text(SAMPLE_ADDRESS.to_owned()), Span::default())
}

/// An address that any target may have.
const SAMPLE_ADDRESS: &str = "9.9.9.9";

/// A check that is read again when it runs.
#[derive(Debug)]
pub struct Later {
    wanted: Vec<Captured>,
    form: Form,
    project: Project,
    resolvers: Resolvers,
}

impl Later {
    /// What this machine must have for a cell of such a check, as far as that is known before the values are.
    pub(crate) fn needs(&self, scenario: &Scenario, sample: &Cell) -> Vec<Need> {
        let depends = |need: &Need| {
            matches!(
                need,
                Need::To(_) | Need::Ipv4 | Need::Ipv6 | Need::Icmp | Need::Icmp6
            )
        };
        let sampled = sample
            .questions
            .iter()
            .flat_map(|(_, question)| question.needs());
        let mut needs: Vec<Need> = sampled.filter(|need| !depends(need)).collect();
        for captured in &self.wanted {
            let check = &scenario.checks[captured.check];
            let first = check.cells.first();
            needs.extend(
                first
                    .map(|cell| check.cell_needs(scenario, cell))
                    .unwrap_or_default(),
            );
        }
        needs
    }
}

/// The cells of a check, with the values it waits for.
///
/// # Errors
/// Why one of the values cannot be had, or used.
pub(crate) fn cells<'a>(
    scenario: &'a Scenario,
    check: usize,
    network: &'a Network,
) -> Asking<'a, Result<Vec<Cell>, String>> {
    Box::pin(async move {
        let check = &scenario.checks[check];
        let Some(later) = &check.later else {
            return Ok(check.cells.clone());
        };
        let mut values = BTreeMap::new();
        for captured in &later.wanted {
            let value = value(captured, scenario, network).await?;
            values.insert(
                captured.name.value.clone(),
                Node::new(value, Span::default()),
            );
        }
        let read = read(later, values)?;
        needed(&read, network)?;
        Ok(read)
    })
}

/// Asks for a value.
async fn value(
    captured: &Captured,
    scenario: &Scenario,
    network: &Network,
) -> Result<Value, String> {
    let name = &captured.name.value;
    let cells = cells(scenario, captured.check, network).await?;
    let (_, question) = cells
        .first()
        .and_then(|cell| cell.questions.first())
        .ok_or_else(|| format!("`{name}` is captured by a check that asks nothing"))?;
    let spread = question.spread(network).await;
    let first: &dyn Question = spread
        .first()
        .map_or(question.as_ref(), |(_, question)| question.as_ref());
    let seen = network.ask(first).await;
    let because = crate::verdict::because(&seen.outcome);
    let found = captured.selector.values(&seen.seen).and_then(first_of);
    found.ok_or_else(|| {
        let check = &scenario.checks[captured.check].name.value;
        let why = match because {
            Some(why) => format!(": {why}"),
            None => format!(": {} has no {}", seen.asked, captured.selector.text),
        };
        format!("there is no `{name}` from \"{check}\"{why}")
    })
}

/// The first value there is.
fn first_of(found: Json) -> Option<Value> {
    match found {
        Json::Array(items) => items.into_iter().find_map(first_of),
        Json::String(text) => Some(Value::Text(text)),
        Json::Bool(flag) => Some(Value::Flag(flag)),
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::Null | Json::Object(_) => None,
    }
}

fn read(later: &Later, values: BTreeMap<String, Node>) -> Result<Vec<Cell>, String> {
    let unusable = |mut problem: Problem, told: &[Told]| {
        Told::explain(told, &mut problem);
        let joint = if problem.label.is_empty() { "" } else { ": " };
        format!(
            "what was captured cannot be used here: {}{joint}{}",
            problem.message, problem.label
        )
    };
    let filled = later.form.with(values);
    let (node, told) = filled.map_err(|problem| unusable(problem, &[]))?;
    let mut problems = Problems::default();
    let around = Surroundings {
        project: &later.project,
        resolvers: &later.resolvers,
        unusable: &[],
    };
    let check = scenario::check(&node, &around, &mut problems);
    match (check, problems.0.into_iter().next()) {
        (Some(check), None) => Ok(check.cells),
        (_, Some(problem)) => Err(unusable(problem, &told)),
        (None, None) => Err("the check cannot be read with what was captured".to_owned()),
    }
}

/// Whether this machine has what the questions need, now that they are known.
fn needed(cells: &[Cell], network: &Network) -> Result<(), String> {
    let questions = cells.iter().flat_map(|cell| &cell.questions);
    let mut needs: Vec<Need> = questions
        .flat_map(|(_, question)| question.needs())
        .collect();
    needs.sort();
    needs.dedup();
    match needs.into_iter().find_map(|need| need.missing(network)) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// What is asked where a value is missing: nothing, for that reason.
#[derive(Debug)]
pub(crate) struct Nothing(pub(crate) String);

impl Nothing {
    /// As the only side of a test.
    pub(crate) fn side(why: String) -> Side {
        (String::new(), Arc::new(Self(why)))
    }
}

impl Question for Nothing {
    fn key(&self) -> String {
        format!("nothing: {}", self.0)
    }

    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    fn ask<'a>(&'a self, _: &'a Network) -> Asking<'a, Seen> {
        Box::pin(async {
            Seen {
                outcome: Outcome::CouldNotAsk(self.0.clone()),
                asked_at: Timestamp::now(),
                asked: "nobody".to_owned(),
                seen: Json::Object(Map::new()),
            }
        })
    }
}
