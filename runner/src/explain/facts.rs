//! The probes: what is set, what is seen, and how something is expected of it.

use super::takes::keys;
use super::{Role, Topic, examples};
use crate::probe::{KINDS, Kind};
use netspec_assertions::expect::QUANTIFIERS;
use netspec_assertions::matcher::MATCHERS;
use netspec_assertions::quantity::Unit;
use netspec_assertions::shape::{Field, Shape, Text};

pub(super) fn topics() -> Vec<Topic> {
    KINDS.iter().flat_map(of_kind).collect()
}

fn of_kind(kind: &Kind) -> Vec<Topic> {
    let mut probe = Topic::new(Role::Probe, "", kind.name, kind.about);
    probe.example = examples::of(kind.name);
    let mut all = vec![probe];
    all.extend(keys(Role::Setting, kind.name, kind.settings));
    let way = Way {
        name: kind.name.to_owned(),
        json: "$".to_owned(),
        steps: Vec::new(),
    };
    below((kind.shape)(), &way, &mut all);
    all
}

/// How one comes to a fact.
#[derive(Clone)]
struct Way {
    name: String,
    json: String,
    /// What is written around an expectation of it, from the outermost.
    steps: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Word(String),
    Every,
}

/// The facts of a record, and those within them.
fn below(shape: &Shape, way: &Way, all: &mut Vec<Topic>) {
    match shape {
        Shape::Record(fields) => fields.iter().for_each(|field| fact(field, way, all)),
        Shape::List(item) => {
            let mut inside = way.clone();
            inside.json.push_str("[*]");
            inside.steps.push(Step::Every);
            below(item, &inside, all);
        }
        Shape::Named(item) => {
            let name = "any-name";
            let about = "What stands under that name; names are compared without regard to case.";
            fact(&Field::new(name, name, about, (**item).clone()), way, all);
        }
        _ => {}
    }
}

fn fact(field: &Field, around: &Way, all: &mut Vec<Topic>) {
    let mut way = around.clone();
    way.name = format!("{}.{}", around.name, field.word);
    way.json = match field.key.contains('-') {
        true => format!("{}['{}']", around.json, field.key),
        false => format!("{}.{}", around.json, field.key),
    };
    way.steps.push(Step::Word(field.word.clone()));
    let mut topic = Topic::new(Role::Fact, &around.name, &field.word, &field.about)
        .more("is", kind(&field.shape))
        .more("fit", fitting(&field.shape).join(", "))
        .example(format!(
            "expect: {}",
            written(&way.steps, &sample(&field.shape))
        ));
    if !matches!(field.shape, Shape::Sequence(_) | Shape::Text(Text::Within)) {
        topic = topic.more("JSONPath", way.json.clone());
    }
    if let Some(note) = note(field) {
        topic = topic.more("note", note);
    }
    all.push(topic);
    below(&field.shape, &way, all);
}

fn note(field: &Field) -> Option<&'static str> {
    if field.doubt {
        return Some("beyond it nothing can be proven, so that what depends on it is inconclusive");
    }
    if field.volatile || matches!(&field.shape, Shape::Number(unit) if *unit != Unit::None) {
        return Some(match &field.shape {
            Shape::Number(Unit::Milliseconds | Unit::Percent) => {
                "never the same twice: what is tracked of it, outside of lists, is its level"
            }
            _ => "never the same twice, so it cannot be tracked",
        });
    }
    field
        .ordered
        .then_some("its order carries meaning and is remembered")
}

/// What it is, in words.
pub(super) fn kind(shape: &Shape) -> String {
    match shape {
        Shape::Number(Unit::None) => "a number".to_owned(),
        Shape::Number(unit) => format!("a number with its unit, e.g. {}", unit.example()),
        Shape::Text(Text::Words(words)) => format!("one of {}", words.join(", ")),
        Shape::Text(text) => text.kind().to_owned(),
        Shape::List(item) => format!("a set; of each: {}", kind(item)),
        Shape::Named(item) => format!("fields by name; of each: {}", kind(item)),
        Shape::Record(_) => "a record of the facts below".to_owned(),
        Shape::Sequence(_) => "a list of hops, each with facts as of `destination`".to_owned(),
        other => other.kind().to_owned(),
    }
}

/// What can be said of it.
fn fitting(shape: &Shape) -> Vec<&'static str> {
    let presence = ["present", "absent"];
    match shape {
        Shape::List(_) => {
            let quantifiers = QUANTIFIERS.iter().map(|(word, _, _)| *word);
            quantifiers.chain(presence).collect()
        }
        Shape::Record(_) | Shape::Named(_) => ["its facts"].into_iter().chain(presence).collect(),
        Shape::Sequence(_) => vec!["a list of hops"],
        leaf => {
            let operators = MATCHERS.iter().filter(|row| (row.suits)(leaf));
            let own = ["a bare value"]
                .into_iter()
                .chain(operators.map(|row| row.word));
            let there = !matches!(leaf, Shape::Flag | Shape::Text(Text::Within));
            own.chain(presence.into_iter().filter(|_| there)).collect()
        }
    }
}

/// Something that may be expected of it.
fn sample(shape: &Shape) -> String {
    match shape {
        Shape::Flag => "true".to_owned(),
        Shape::Number(unit) => format!("{{ at-most: {} }}", unit.example()),
        Shape::Text(text) => sample_text(text),
        Shape::List(item) => match item.as_ref() {
            Shape::Record(_) | Shape::Named(_) | Shape::List(_) => {
                "{ count: { at-least: 1 } }".to_owned()
            }
            item => format!("{{ every: {} }}", sample(item)),
        },
        Shape::Sequence(_) => "[{ asn: AS6453 }]".to_owned(),
        Shape::Record(_) | Shape::Named(_) | Shape::Any => "present".to_owned(),
    }
}

fn sample_text(text: &Text) -> String {
    match text {
        Text::Plain => "{ contains: some text }",
        Text::Words(words) => return quoted(words.first().map_or("", String::as_str)),
        Text::Asn => "AS4837",
        Text::Country => "CN",
        Text::Hostname => "{ ends-with: .example.net }",
        Text::Address => "36.248.45.104",
        Text::Network | Text::Within => "36.248.0.0/16",
    }
    .to_owned()
}

/// A word as YAML reads it back, in quotes where it would be something else.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.+/".contains(c);
    let other = ["true", "false", "null", ""].contains(&word) || word.parse::<f64>().is_ok();
    match other || !word.chars().all(plain) || word.starts_with('-') {
        true => format!("\"{word}\""),
        false => word.to_owned(),
    }
}

fn written(steps: &[Step], sample: &str) -> String {
    let wrapped = |inside: String, step: &Step| match step {
        Step::Word(word) => format!("{{ {}: {inside} }}", quoted(word)),
        Step::Every => format!("{{ every: {inside} }}"),
    };
    steps.iter().rev().fold(sample.to_owned(), wrapped)
}
