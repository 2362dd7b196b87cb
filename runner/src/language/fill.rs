//! Filling in what `${…}` stands for.

use super::reference::{OPEN, Piece, Reference, pieces};
use super::scope::{Origin, Scope, entries};
use crate::source::Source;
use crate::yaml;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::{Node, Span, Spanned, Value};
use std::collections::BTreeSet;

/// The most that is filled in at once, in octets, a value as such being [`PER_VALUE`]: names that each use another one twice
/// grow beyond any memory.
const MOST: usize = 6 << 20;
const PER_VALUE: usize = 16;

/// Fills one tree.
pub struct Filler<'a> {
    scope: &'a Scope,
    source: &'a Source,
    /// Whether what is filled here is told to nobody, so that a secret may stand in it.
    pub private: bool,
    /// The names that were used.
    pub used: BTreeSet<(Origin, String)>,
    /// What was filled in where.
    pub told: Vec<Told>,
    under_way: Vec<String>,
    left: usize,
}

/// A text that was filled, and what it is now.
#[derive(Clone, Debug)]
pub struct Told {
    span: Span,
    value: String,
}

impl Told {
    /// Says in a problem what stands there now, where the problem does not.
    pub fn explain(told: &[Self], problem: &mut Problem) {
        let Some(told) = told.iter().find(|told| told.span == problem.span) else {
            return;
        };
        let quoted = format!("`{}`", told.value);
        let said = [
            Some(&problem.message),
            Some(&problem.label),
            problem.help.as_ref(),
        ];
        if said
            .into_iter()
            .flatten()
            .any(|text| text.contains(&quoted))
        {
            return;
        }
        let joint = if problem.label.is_empty() { "" } else { "; " };
        problem.label = format!("{}{joint}here it is {quoted}", problem.label);
    }
}

/// What stands in a hole.
type Filled = Result<Node, Problem>;

impl<'a> Filler<'a> {
    /// Ready to fill what is written in that file.
    pub fn new(scope: &'a Scope, source: &'a Source) -> Self {
        Self {
            scope,
            source,
            private: false,
            used: BTreeSet::new(),
            told: Vec::new(),
            under_way: Vec::new(),
            left: MOST,
        }
    }

    /// Fills all of a tree; what cannot be filled is noted and stays as it is.
    pub fn fill(&mut self, node: &mut Node, problems: &mut Problems) {
        self.deep(node, 0, problems);
    }

    fn deep(&mut self, node: &mut Node, depth: usize, problems: &mut Problems) {
        if !self.pays(node, depth, problems) {
            return;
        }
        match &mut node.value {
            Value::Text(text) if text.contains(OPEN) => {
                let text = std::mem::take(text);
                let filled = self.text(&text, node.span, depth, problems);
                node.value = problems.ok(filled).unwrap_or(Value::Text(text));
            }
            Value::List(items) => items
                .iter_mut()
                .for_each(|item| self.deep(item, depth + 1, problems)),
            Value::Map(entries) => {
                let mut keys = false;
                for entry in entries.iter_mut() {
                    keys |= self.key(&mut entry.key, problems);
                    self.deep(&mut entry.value, depth + 1, problems);
                }
                if keys {
                    same_keys(node, problems);
                }
            }
            _ => {}
        }
    }

    /// Whether there is room for one more value.
    fn pays(&mut self, node: &Node, depth: usize, problems: &mut Problems) -> bool {
        let cost = match &node.value {
            Value::Text(text) => PER_VALUE + text.len(),
            _ => PER_VALUE,
        };
        if self.left == 0 {
            return false;
        }
        let (deep, many) = (depth > yaml::DEEPEST, cost >= self.left);
        if deep || many {
            let message = match deep {
                true => format!("filled in, this is nested deeper than {}", yaml::DEEPEST),
                false => "filled in, this is more than is read of a file".to_owned(),
            };
            let problem = Problem::new(node.span, message);
            problems.add(problem.help("use fewer names within names"));
        }
        self.left = if deep || many { 0 } else { self.left - cost };
        self.left > 0
    }

    /// A key is text, and told to everybody. Whether it was filled.
    fn key(&mut self, key: &mut Spanned<String>, problems: &mut Problems) -> bool {
        if !key.value.contains(OPEN) {
            return false;
        }
        let private = std::mem::replace(&mut self.private, false);
        let text = std::mem::take(&mut key.value);
        let filled = self.text(&text, key.span, 0, problems);
        self.private = private;
        let filled = problems.ok(filled).map(|value| (value.scalar(), value));
        key.value = match filled {
            Some((Some(filled), _)) => filled,
            Some((None, value)) => {
                let message = format!("a key is text, and this stands for {}", value.kind());
                problems
                    .add(Problem::new(key.span, message).help("use a name that stands for text"));
                text
            }
            None => text,
        };
        true
    }

    fn text(
        &mut self,
        text: &str,
        span: Span,
        depth: usize,
        problems: &mut Problems,
    ) -> Result<Value, Problem> {
        let wrong = |(part, message, help): (&str, String, String)| {
            Problem::new(self.within(span, part), message).help(help)
        };
        let parts = pieces(text).map_err(wrong)?;
        if let [Piece::Hole(reference, written)] = parts.as_slice() {
            let mut node = self.hole(reference, self.within(span, written), depth, problems)?;
            node.span = span;
            self.told
                .extend(node.value.scalar().map(|value| Told { span, value }));
            return Ok(node.value);
        }
        let mut whole = String::new();
        for part in parts {
            match part {
                Piece::Text(text) => whole.push_str(text),
                Piece::Hole(reference, written) => {
                    let at = self.within(span, written);
                    let node = self.hole(&reference, at, depth, problems)?;
                    whole.push_str(&written_in(&node, written, at)?);
                }
            }
        }
        let value = whole.clone();
        self.told.push(Told { span, value });
        Ok(Value::Text(whole))
    }

    /// Where a part of a text stands; the whole text where it is not written as it reads.
    fn within(&self, span: Span, part: &str) -> Span {
        match self.source.quoted(span).find(part) {
            Some(at) => Span {
                start: span.start + at,
                end: span.start + at + part.len(),
            },
            None => span,
        }
    }

    fn hole(
        &mut self,
        reference: &Reference<'_>,
        at: Span,
        depth: usize,
        problems: &mut Problems,
    ) -> Filled {
        match reference {
            Reference::Name(name, within) => self.name(name, within, at, depth, problems),
            Reference::Env(name, otherwise) => env(name, *otherwise, at),
            Reference::Secret(name) => self.secret(name, at),
        }
    }

    fn name(
        &mut self,
        name: &str,
        within: &[&str],
        at: Span,
        depth: usize,
        problems: &mut Problems,
    ) -> Filled {
        let Some((origin, node)) = self.scope.find(name) else {
            return Err(unknown(name, at, &self.scope.names()));
        };
        if origin == Origin::Capture && !self.private {
            let message = format!("`{name}` is known only when the check runs");
            return Err(Problem::new(at, message).help(
                "use it in what the probe asks and expects; names and tags are needed before",
            ));
        }
        self.used.insert((origin, name.to_owned()));
        let mut node = member(node, name, within, at)?.clone();
        if origin != Origin::Vars {
            return Ok(node);
        }
        self.enter(name, at)?;
        self.deep(&mut node, depth, problems);
        self.under_way.pop();
        Ok(node)
    }

    /// A name that stands for itself, by whatever way, stands for nothing.
    fn enter(&mut self, name: &str, at: Span) -> Result<(), Problem> {
        if let Some(first) = self.under_way.iter().position(|other| other == name) {
            let way = self.under_way[first..].iter().map(String::as_str);
            let cycle: Vec<&str> = way.chain([name]).collect();
            let message = format!("`{name}` stands for itself: {}", cycle.join(" → "));
            return Err(Problem::new(at, message).help("give one of them a value of its own"));
        }
        if self.under_way.len() >= yaml::DEEPEST {
            let message = format!("names within names, more than {} deep", yaml::DEEPEST);
            return Err(Problem::new(at, message).help("use fewer names within names"));
        }
        self.under_way.push(name.to_owned());
        Ok(())
    }

    fn secret(&mut self, name: &str, at: Span) -> Filled {
        if !self.private {
            return Err(Problem::new(at, "a secret in what everybody is told")
                .help("use it in what a probe asks and expects, or in a resolver"));
        }
        let value = self.scope.secrets.value(name);
        let value = value.map_err(|(message, help)| Problem::new(at, message).help(help))?;
        Ok(Node::new(Value::Text(value), at))
    }
}

fn unknown(name: &str, at: Span, known: &[&str]) -> Problem {
    let problem = Problem::new(at, format!("nothing is called `{name}`"));
    problem.help(match suggest::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => {
            format!("define it under `vars:`, or give it with `--var {name}=…`")
        }
        None => format!(
            "define it under `vars:`, or give it with `--var {name}=…`; there are: {}",
            known.join(", ")
        ),
    })
}

/// What stands further inside.
fn member<'n>(node: &'n Node, name: &str, within: &[&str], at: Span) -> Result<&'n Node, Problem> {
    let mut found = node;
    for word in within {
        let inside = entries(found);
        let entry = inside.iter().find(|entry| entry.key.value == *word);
        found = match entry {
            Some(entry) => &entry.value,
            None => {
                let known: Vec<&str> = inside
                    .iter()
                    .map(|entry| entry.key.value.as_str())
                    .collect();
                let problem = Problem::new(at, format!("there is no `{word}` in `{name}`"));
                return Err(match known.is_empty() {
                    true => problem.help(format!("`{name}` stands for {}", found.value.kind())),
                    false => problem.help(suggest::remedy(word, &known)),
                });
            }
        };
    }
    Ok(found)
}

/// A value in the middle of a text.
fn written_in(node: &Node, written: &str, at: Span) -> Result<String, Problem> {
    node.value.scalar().ok_or_else(|| {
        let message = format!("{} cannot stand within a text", node.value.kind());
        Problem::new(at, message).help(format!(
            "let `{written}` stand alone, or name one of its values"
        ))
    })
}

/// A variable of the environment, read as if it stood in the file.
fn env(name: &str, otherwise: Option<&str>, at: Span) -> Filled {
    let text = match (std::env::var(name), otherwise) {
        (Ok(text), None) => text,
        (Ok(text), Some(_)) if !text.is_empty() => text,
        (_, Some(otherwise)) => otherwise.to_owned(),
        (Err(std::env::VarError::NotPresent), None) => {
            let message = format!("the environment has no `{name}`");
            return Err(Problem::new(at, message).help(format!(
                "set it, or write `${{env:{name}:-…}}` with what to take otherwise"
            )));
        }
        (Err(std::env::VarError::NotUnicode(_)), None) => {
            let message = format!("`{name}` of the environment is not UTF-8");
            return Err(Problem::new(at, message).help("set it to text"));
        }
    };
    Ok(Node::new(yaml::scalar(&text), at))
}

/// Keys that were told apart until names in them were filled in.
fn same_keys(node: &Node, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for entry in entries(node) {
        if !seen.insert(entry.key.value.as_str()) {
            let message = format!("the key `{}` stands twice in one mapping", entry.key.value);
            let problem = Problem::new(entry.key.span, message);
            problems.add(problem.help("keep one of the two"));
        }
    }
}

/// Names that were defined and never used.
pub fn unused<'n>(
    names: impl Iterator<Item = &'n Spanned<String>>,
    used: &BTreeSet<(Origin, String)>,
    origin: Origin,
    problems: &mut Problems,
) {
    for name in names.filter(|name| !used.contains(&(origin, name.value.clone()))) {
        let message = format!("`{}` is never used", name.value);
        let help = format!(
            "write `${{{}}}` where it is meant, or leave it out",
            name.value
        );
        problems.add(Problem::new(name.span, message).help(help));
    }
}

#[cfg(test)]
mod tests;
