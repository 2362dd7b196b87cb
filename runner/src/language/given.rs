//! What the command line gives: `--var name=value`.

use super::{Filler, Origin, is_name};
use crate::yaml;
use netspec_assertions::suggest;
use netspec_assertions::written::{Node, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Values given on the command line, which go before those of files.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The values by name.
    pub names: Arc<BTreeMap<String, Node>>,
    /// Whether secrets are only stood in for, because nobody will be asked.
    pub sealed: bool,
    /// Every name that was used, and where it had its value from.
    used: Arc<Mutex<BTreeSet<(Origin, String)>>>,
    flags: String,
}

impl Given {
    /// Reads `name=value` texts.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn read(written: &[String]) -> Result<Self, String> {
        let mut names = BTreeMap::new();
        let mut flags = String::new();
        for text in written {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| format!("--var {text}: write it as name=value"))?;
            if !is_name(name) {
                return Err(format!(
                    "--var {text}: a name is a letter, then letters, digits, `-` and `_`"
                ));
            }
            let node = Node::new(yaml::scalar(value), Span::default());
            if names.insert(name.to_owned(), node).is_some() {
                return Err(format!("--var {name} is given twice"));
            }
            flags.push_str(&format!(" --var '{}'", text.replace('\'', r"'\''")));
        }
        Ok(Self {
            names: Arc::new(names),
            sealed: false,
            used: Arc::default(),
            flags,
        })
    }

    /// What to add to a command line to give the same.
    pub fn flags(&self) -> &str {
        &self.flags
    }

    /// Remembers which were used.
    pub(crate) fn note(&self, filler: &Filler<'_>) {
        if self.names.is_empty() {
            return;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.extend(filler.used.iter().cloned());
    }

    /// What is wrong with those that nothing used, once every file is read.
    pub fn unused(&self) -> Option<String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let is_used = |name: &&String| used.contains(&(Origin::Given, (*name).clone()));
        let name = self.names.keys().find(|name| !is_used(name))?;
        let others = used.iter().map(|(_, name)| name.as_str());
        let remedy = match suggest::nearest(name, others) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("no scenario that was read says `${{{name}}}`"),
        };
        Some(format!("--var {name} is used nowhere: {remedy}"))
    }
}
