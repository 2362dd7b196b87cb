//! Secrets: declared in `netspec.yaml`, had only when used, and told to nobody.

use super::mask::Masks;
use super::{is_name, no_name};
use crate::keys::{Fields, Key, text, texts};
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::suggest;
use netspec_assertions::written::{Node, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

mod command;

/// The schema of `secrets`.
pub fn schema() -> serde_json::Value {
    let mut from = crate::keys::object(&[FROM]);
    from["minProperties"] = 1.into();
    from["maxProperties"] = 1.into();
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": super::NAME }, "additionalProperties": from })
}

const FROM: &[Key] = &[
    Key::new(
        "env",
        "The variable of the environment that holds it.",
        text,
    ),
    Key::new(
        "file",
        "The file that holds it: a path from the folder of netspec.yaml. White space at its end is left out.",
        text,
    ),
    Key::new(
        "command",
        "The command that prints it, as a list of words; no shell is asked. White space at the end is left out.",
        texts,
    ),
];

/// Where a secret is.
#[derive(Clone, Debug)]
enum From {
    Env(String),
    File(PathBuf),
    Command(Vec<String>, PathBuf),
}

/// The longest secret, in octets.
const LONGEST: usize = 16 << 10;
/// The shortest, in characters: to mask a shorter one is to mask what has nothing to do with it, and so to tell it.
const SHORTEST: usize = 4;

/// What stands in the place of secrets where nobody is asked.
const STAND_IN: &str = "secret";

/// All secrets of a project.
#[derive(Debug, Default)]
pub struct Secrets {
    declared: BTreeMap<String, From>,
    /// Whether they are only stood in for: nobody is asked, so nobody needs to know them.
    sealed: bool,
    had: Mutex<Had>,
}

#[derive(Debug, Default)]
struct Had {
    values: BTreeMap<String, Result<String, Wrong>>,
    masks: Option<Arc<Masks>>,
}

/// Why there is no value, and what to do.
type Wrong = (String, String);

impl Secrets {
    /// Reads what is declared under `secrets`.
    pub fn read(node: &Node, root: &Path, sealed: bool, problems: &mut Problems) -> Self {
        let Value::Map(entries) = &node.value else {
            let message = format!("expected secrets by name, found {}", node.value.kind());
            let help = "write them like `token: { env: API_TOKEN }`";
            problems.add(Problem::new(node.span, message).help(help));
            return Self::default();
        };
        let mut declared = BTreeMap::new();
        for entry in entries {
            if !is_name(&entry.key.value) {
                problems.add(no_name(&entry.key.value, entry.key.span));
            }
            if let Some(from) = from(&entry.value, root, problems) {
                declared.insert(entry.key.value.clone(), from);
            }
        }
        Self {
            declared,
            sealed,
            had: Mutex::default(),
        }
    }

    /// The value of that name, had now or earlier.
    ///
    /// # Errors
    /// Why there is none, and what to do.
    pub fn value(&self, name: &str) -> Result<String, Wrong> {
        let Some(from) = self.declared.get(name) else {
            let known: Vec<&str> = self.declared.keys().map(String::as_str).collect();
            let help = match known.is_empty() {
                true => {
                    format!("declare it in netspec.yaml: `secrets: {{ {name}: {{ env: NAME }} }}`")
                }
                false => suggest::remedy(name, &known),
            };
            return Err((format!("no secret is called `{name}`"), help));
        };
        if self.sealed {
            return Ok(STAND_IN.to_owned());
        }
        let mut had = self.had.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = had.values.get(name) {
            return value.clone();
        }
        let value = from.value().and_then(|value| fit(name, &value));
        had.values.insert(name.to_owned(), value.clone());
        had.masks = None;
        value
    }

    /// What hides those that were had.
    pub fn masks(&self) -> Arc<Masks> {
        let mut had = self.had.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(masks) = &had.masks {
            return Arc::clone(masks);
        }
        let values: Vec<&str> = had.values.values().flatten().map(String::as_str).collect();
        let masks = Arc::new(Masks::new(&values));
        had.masks = Some(Arc::clone(&masks));
        masks
    }
}

fn from(node: &Node, root: &Path, problems: &mut Problems) -> Option<From> {
    let fields = Fields::read(node, "a secret", &[FROM], problems)?;
    let env = fields
        .text("env", problems)
        .map(|text| From::Env(text.value));
    let file = fields.text("file", problems);
    let file = file.map(|text| From::File(root.join(text.value)));
    let words = fields.texts("command", problems);
    let words: Vec<String> = words.into_iter().map(|word| word.value).collect();
    let command = (!words.is_empty()).then(|| From::Command(words, root.to_owned()));
    let mut found: Vec<From> = [env, file, command].into_iter().flatten().collect();
    if found.len() != 1 && problems.0.is_empty() {
        let problem = Problem::new(node.span, "a secret comes from one place");
        problems.add(problem.help("say one of `env`, `file`, `command`"));
    }
    found.pop()
}

impl From {
    fn value(&self) -> Result<String, Wrong> {
        match self {
            Self::Env(name) => std::env::var(name).map_err(|_| {
                let why = format!("it is in the environment as `{name}`, which has no such text");
                (why, format!("set `{name}`"))
            }),
            Self::File(path) => {
                let wrong = |why: String| {
                    (
                        format!("it is in {}, which {why}", path.display()),
                        "write it there".to_owned(),
                    )
                };
                let opened = std::fs::File::open(path)
                    .map_err(|error| wrong(format!("cannot be read: {error}")))?;
                command::bounded(opened).map_err(|why| wrong(format!("cannot be read: {why}")))
            }
            Self::Command(words, folder) => command::output(words, folder).map_err(|why| {
                let help = "run it by hand to see why".to_owned();
                (format!("`{}`, which prints it, {why}", words[0]), help)
            }),
        }
    }
}

/// Without the end of its line, and not too short to be hidden.
fn fit(name: &str, value: &str) -> Result<String, Wrong> {
    let value = value.trim_end();
    if value.chars().count() < SHORTEST {
        return Err((
            format!("the secret `{name}` is shorter than {SHORTEST} characters"),
            "so short a text cannot be hidden: every other one like it would be hidden with it"
                .to_owned(),
        ));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests;
