//! What is going to stand in a file: values on their way to YAML.

use netspec_assertions::finding::escape;
use std::fmt::Write;

/// A value to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// A word of the language or a number with its unit, as it stands.
    Plain(String),
    /// Text from outside.
    Text(String),
    /// A list.
    List(Vec<Said>),
    /// A mapping.
    Map(Vec<(String, Said)>),
}

/// The longest line of a file that is not broken up.
const WIDEST: usize = 110;

impl Said {
    /// A word of the language, or a number with its unit.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// One key and its value.
    pub(super) fn one(key: &str, value: Self) -> Self {
        Self::Map(vec![(key.to_owned(), value)])
    }

    /// Under the words of a dotted path.
    pub(super) fn under(self, path: &str) -> Self {
        path.rsplit('.')
            .fold(self, |said, word| Self::one(word, said))
    }

    /// On one line.
    pub(super) fn flow(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Text(text) => quoted(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(pairs) => {
                let pair =
                    |(key, value): &(String, Self)| format!("{}: {}", quoted(key), value.flow());
                let pairs: Vec<String> = pairs.iter().map(pair).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }

    /// Under its key: one line where it fits, a line a part where it does not.
    pub(super) fn lines(&self, key: &str, indent: usize) -> Vec<String> {
        let (blanks, key) = (" ".repeat(indent), quoted(key));
        let line = format!("{blanks}{key}: {}", self.flow());
        if line.chars().count() <= WIDEST {
            return vec![line];
        }
        let mut lines = vec![format!("{blanks}{key}:")];
        match self {
            Self::Map(pairs) => {
                let inside = pairs.iter();
                lines.extend(inside.flat_map(|(key, value)| value.lines(key, indent + 2)));
            }
            Self::List(items) => {
                let item = |item: &Self| format!("{blanks}  - {}", item.flow());
                lines.extend(items.iter().map(item));
            }
            Self::Plain(_) | Self::Text(_) => return vec![line],
        }
        lines
    }

    /// With what else is said of the same thing.
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Map(own), Self::Map(others)) => {
                for (key, value) in others {
                    match own.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, known)) => known.merge(value),
                        None => own.push((key, value)),
                    }
                }
            }
            (own, other) => *own = other,
        }
    }
}

/// Text as YAML: bare where it can be read in one way only, in quotes and escaped otherwise. What would stand for a
/// value by name (`${…}`) stands for itself.
pub(super) fn quoted(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.replace("${", "$${").chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if !is_shown(letter) => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// Whether a letter shows itself and nothing else.
fn is_shown(letter: char) -> bool {
    let text = letter.to_string();
    matches!(letter, '"' | '\\') || escape(&text) == text
}

fn is_bare(text: &str) -> bool {
    let begins = text.starts_with(char::is_alphanumeric);
    let ends = text.ends_with(|letter: char| letter.is_alphanumeric() || "./".contains(letter));
    let plain = |letter: char| letter.is_alphanumeric() && is_shown(letter);
    let letters = text
        .chars()
        .all(|letter| plain(letter) || " ._/-+@=;:?&~".contains(letter));
    let other = ["true", "false", "null"].contains(&text.to_lowercase().as_str())
        || text.parse::<f64>().is_ok()
        || text.starts_with("0x")
        || text.starts_with("0o");
    begins && ends && letters && !text.contains(": ") && !other
}

/// Text in a comment: one line, nothing in it that deceives.
pub(super) fn remark(text: &str) -> String {
    escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;
    use netspec_assertions::problem::Problems;
    use netspec_assertions::written::Value;

    #[track_caller]
    fn comes_back(text: &str) {
        let page = format!("key: {}\nlist: [{}]\n", quoted(text), quoted(text));
        let node = yaml::read(&page, &mut Problems::default()).expect(text);
        let Value::Map(entries) = node.value else {
            panic!("{page}");
        };
        let expect = Value::Text(text.replace("${", "$${"));
        assert_eq!(entries[0].value.value, expect, "{page}");
        assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page:?}");
    }

    #[test]
    fn whatever_is_written_is_read_as_it_was() {
        for text in [
            "mmsns.qpic.wechatos.net.",
            "粤B2-20090059",
            "*.qpic.cn",
            "",
            " x ",
            "a: b",
            "a:",
            "https://a.test/?b=1&c=~d:e",
            "192.0.2.1:443",
            "2001:db8::1",
            "::1",
            "12:30:45",
            "2001-01-01",
            "a ?b &c",
            "a #b",
            "- x",
            "true",
            "Null",
            "12",
            "1e3",
            "0x1f",
            ".inf",
            "~",
            "a,b",
            "{a}",
            "quote\" and \\",
            "line\nbreak\tand\u{1b}[2J\u{202e}\u{0}",
            "${secret:x}",
            "%TAG",
            "\u{feff}bom",
        ] {
            comes_back(text);
        }
    }

    #[test]
    fn what_is_too_wide_is_broken_up() {
        let narrow = Said::List(vec![Said::Text("a.".into())]).under("exactly");
        assert_eq!(narrow.lines("chain", 2), ["  chain: { exactly: [a.] }"]);
        let many = (0..40).map(|at| Said::plain(format!("AS{at}"))).collect();
        let wide = Said::one("exactly", Said::List(many)).lines("asn", 0);
        assert_eq!(wide[..3], ["asn:", "  exactly:", "    - AS0"]);
    }

    #[test]
    fn what_is_said_of_one_thing_stands_together() {
        let mut said = Said::plain("TLS1.2").under("version.at-least");
        said.merge(Said::plain("trusted").under("chain"));
        assert_eq!(
            said.flow(),
            "{ version: { at-least: TLS1.2 }, chain: trusted }"
        );
    }
}
