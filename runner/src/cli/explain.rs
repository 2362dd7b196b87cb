use super::{Outcome, Stopped, say};
use crate::exit;
use crate::explain::{self, Found, Topic};
use crate::report::style;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// Explains a word: a probe, a setting, a fact, an operator, a key, a need, a subcommand, an exit code.
///
/// For example `netspec explain dns`, `netspec explain dns.addresses.asn`, `netspec explain at-least`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// What to explain; all there is where nothing is given.
    word: Vec<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Write the whole reference as pages into this folder.
    #[arg(long, hide = true, value_name = "FOLDER", conflicts_with_all = ["word", "json"])]
    markdown: Option<PathBuf>,
}

impl Explain {
    pub(super) fn run(&self) -> Outcome {
        let topics = explain::topics(&super::command());
        if let Some(folder) = &self.markdown {
            return pages(folder, &topics);
        }
        match (self.word.join(" ").as_str(), self.json) {
            ("", true) => self.tell(topics.iter().collect::<Vec<_>>().as_slice(), &topics),
            ("", false) => say(&explain::list(&topics)),
            (word, _) => match explain::find(word, &topics) {
                Found::Topics(found) => self.tell(&found, &topics),
                Found::Nearest(nearest) => {
                    return Err(nothing(word, &format!("did you mean `{nearest}`?")));
                }
                Found::Nothing => {
                    return Err(nothing(word, "`netspec explain` lists what there is"));
                }
            },
        }
        Ok(exit::AS_EXPECTED)
    }

    fn tell(&self, found: &[&Topic], all: &[Topic]) {
        let colour = style::wanted(&std::io::stdout());
        let told = different(found);
        for (index, topic) in told.iter().enumerate() {
            match self.json {
                true => say(&format!("{}\n", explain::to_json(topic))),
                false if index > 0 => say(&format!("\n{}", explain::show(topic, all, colour))),
                false => say(&explain::show(topic, all, colour)),
            }
        }
        let names: Vec<String> = found.iter().map(|topic| topic.name()).collect();
        if !self.json && told.len() < found.len() {
            say(&format!("\nThe same is: {}\n", names.join(", ")));
        }
    }
}

/// Those that say something of their own: an address has the same facts wherever it stands.
fn different<'t>(found: &[&'t Topic]) -> Vec<&'t Topic> {
    let mut told: Vec<&Topic> = Vec::new();
    for topic in found {
        let same = |other: &&Topic| other.role == topic.role && other.about == topic.about;
        if !told.iter().any(same) {
            told.push(topic);
        }
    }
    told
}

fn nothing(word: &str, help: &str) -> Stopped {
    Stopped::wrong(format!("nothing is called `{word}`\n\n  help: {help}"))
}

fn pages(folder: &Path, topics: &[Topic]) -> Outcome {
    let write = || {
        fs::create_dir_all(folder)?;
        for page in explain::pages(topics) {
            fs::write(folder.join(&page.file), &page.text)?;
        }
        Ok(exit::AS_EXPECTED)
    };
    write().map_err(|error: std::io::Error| {
        Stopped::wrong(format!("cannot write to {}: {error}", folder.display()))
    })
}
