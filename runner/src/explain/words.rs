//! The words of expectations and of files, what the machine must have, the command line and how it ends.

use super::takes::keys;
use super::{Role, Topic};
use crate::exit;
use crate::language::{COMMON, SHARED};
use crate::lint::{Grade, LINTS};
use crate::requirement::NEEDS;
use crate::{conduct, project, scenario};
use clap::{Arg, Command};
use netspec_assertions::expect::{PRESENCE, QUANTIFIERS};
use netspec_assertions::matcher::{MATCHERS, Takes};
use netspec_assertions::relation::RELATIONS;
use netspec_detection::catalogue::RULES;

pub(super) fn topics() -> Vec<Topic> {
    let mut all: Vec<Topic> = MATCHERS.iter().map(operator).collect();
    all.extend(examples(Role::Quantifier, QUANTIFIERS));
    all.extend(examples(Role::Presence, PRESENCE));
    all.extend(RELATIONS.iter().map(|(word, _, about)| {
        Topic::new(Role::Relation, "", word, about).example(format!(
            "across-resolvers: {{ \"cloudflare, baidu\": {{ addresses: {word} }} }}"
        ))
    }));
    all.extend(files());
    all.extend(NEEDS.iter().map(|(word, _, about)| {
        Topic::new(Role::Need, "needs", word, about).example(format!("needs: [{word}]"))
    }));
    all.extend(
        exit::CODES
            .iter()
            .map(|(code, about)| Topic::new(Role::ExitCode, "exit", &code.to_string(), about)),
    );
    all.extend(LINTS.iter().map(|lint| {
        let grade = match lint.grade {
            Grade::Error => "an error",
            Grade::Warning => "a warning",
        };
        let lint_topic = Topic::new(Role::Lint, "lints", lint.code, lint.about);
        lint_topic.more("is", grade).more("remedy", lint.remedy)
    }));
    all.extend(RULES.iter().map(|rule| {
        let says: Vec<&str> = rule.says.iter().map(|word| word.word()).collect();
        let topic = Topic::new(Role::Rule, "rules", rule.name, rule.about);
        topic.more("says", says.join(" or "))
    }));
    all
}

fn operator(row: &netspec_assertions::matcher::Row) -> Topic {
    let takes = match row.takes {
        Takes::One => "one value, as the fact has them",
        Takes::Several => "a list of values",
        Takes::Text => "text",
        Takes::Network => "a network (CIDR)",
    };
    Topic::new(Role::Operator, "", row.word, row.about)
        .more("takes", takes)
        .example(row.example)
}

fn examples(role: Role, table: &'static [(&str, &str, &str)]) -> impl Iterator<Item = Topic> {
    let topic = move |(word, about, example): &(&str, &str, &str)| {
        Topic::new(role, "", word, about).example(*example)
    };
    table.iter().map(topic)
}

fn files() -> Vec<Topic> {
    let file = |word, about| Topic::new(Role::File, "", word, about);
    let mut all = vec![file(
        "scenario",
        "A file of checks: what the network should look like.",
    )];
    all.extend(keys(Role::Key, "scenario", scenario::KEYS));
    all.extend(keys(Role::Key, "scenario", COMMON));
    all.push(file(
        "check",
        "One entry of `checks`: a probe under its own key, and what is to be known of it.",
    ));
    all.extend(keys(Role::Key, "check", scenario::CHECK_KEYS));
    all.extend(keys(Role::Key, "check", conduct::KEYS));
    all.push(file(
        "shared file",
        "A file that scenarios and netspec.yaml include.",
    ));
    all.extend(keys(Role::Key, "shared file", SHARED));
    all.extend(keys(Role::Key, "shared file", COMMON));
    all.push(file(
        "netspec.yaml",
        "What holds for all scenarios beside and below it.",
    ));
    all.extend(keys(Role::Key, "netspec.yaml", project::KEYS));
    all.extend(keys(Role::Key, "netspec.yaml", COMMON));
    all
}

/// The subcommands and their arguments.
pub(super) fn command(command: &Command) -> Vec<Topic> {
    let mut whole = command.clone();
    whole.build();
    subcommands(&whole, "netspec")
}

fn subcommands(command: &Command, within: &str) -> Vec<Topic> {
    let shown = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
    shown.flat_map(|sub| subcommand(sub, within)).collect()
}

fn subcommand(command: &Command, within: &str) -> Vec<Topic> {
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about
        .map(ToString::to_string)
        .unwrap_or_default()
        .replace("\n\n", " ");
    let topic = Topic::new(Role::Subcommand, within, command.get_name(), &about);
    let name = topic.name();
    let usage = command.clone().render_usage().to_string();
    let topic = topic.more("usage", usage.trim_start_matches("Usage: ").to_owned());
    let arguments = command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set());
    let arguments =
        arguments.filter(|argument| argument.get_id() != "help" && !argument.is_global_set());
    let arguments: Vec<Topic> = arguments.map(|arg| argument(arg, &name)).collect();
    let below = subcommands(command, &name);
    std::iter::once(topic)
        .chain(arguments)
        .chain(below)
        .collect()
}

fn argument(argument: &Arg, within: &str) -> Topic {
    let word = match (argument.get_long(), argument.get_short()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some(short)) => format!("-{short}"),
        (None, None) => argument.to_string(),
    };
    let about = argument.get_long_help().or_else(|| argument.get_help());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let mut topic =
        Topic::new(Role::Argument, within, &word, &about).more("written", argument.to_string());
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        topic = topic.more("where it is left out", defaults.join(" "));
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if !possible.is_empty() && argument.get_action().takes_values() {
        topic = topic.more("takes", possible.join(", "));
    }
    topic
}
