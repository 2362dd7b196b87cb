//! The question as it is put while recording: a check that expects nothing yet.

use super::kinds::Recorded;
use super::said::quoted;

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How its kind is recorded.
    pub row: &'static Recorded,
    /// Whom or what.
    pub target: String,
    /// The kind's settings as they were typed.
    pub settings: Vec<(&'static str, String)>,
    /// The resolvers to ask, by name or address, where several may be asked.
    pub via: Vec<String>,
    /// Whether levels of times are tracked.
    pub levels: bool,
    /// The check's name, where one was given.
    pub name: Option<String>,
    /// The command line that records it again.
    pub again: String,
}

impl Wanted {
    /// Whether what was typed for its settings can go into a file: a secret never does.
    ///
    /// # Errors
    /// Why not, and what to write.
    pub fn sound(&self) -> Result<(), String> {
        for (key, text) in &self.settings {
            if self.row.by_reference.contains(key) && !text.contains("${") {
                return Err(format!(
                    "--{key} may hold a secret, and what is recorded is written to a file: name it under `secrets:` in \
                     netspec.yaml and write '${{secret:NAME}}'"
                ));
            }
        }
        let userinfo = self.target.split(['/', '?', '#']).nth(2);
        match self.row.target == "get" && userinfo.is_some_and(|host| host.contains('@')) {
            true => Err(
                "a URL with a user or a password in it is not recorded: it would be written to a file"
                    .to_owned(),
            ),
            false => Ok(()),
        }
    }

    /// The lines that say what is asked, of this resolver or of the one that the settings name.
    pub(super) fn lines(&self, via: Option<&str>, indent: usize) -> Vec<String> {
        let blanks = " ".repeat(indent);
        let target = format!("{blanks}{}: {}", self.row.target, quoted(&self.target));
        let via = via.map(|name| format!("{blanks}resolver: {}", quoted(name)));
        let setting = |(key, text): &(&str, String)| format!("{blanks}{key}: {}", setting(text));
        let settings = self.settings.iter().map(setting);
        std::iter::once(target).chain(settings).chain(via).collect()
    }

    /// The scenario's sentence or the check's, about its target.
    pub(super) fn about(&self, sentence: &str) -> String {
        sentence.replace("{}", &self.target)
    }
}

/// A setting as it was typed: a mapping, a list, a number, true, false or a name that stands for a value as it is, and
/// anything else as text.
fn setting(text: &str) -> String {
    let one_line = !text.contains(|letter: char| letter.is_control());
    let flow = |open, close| text.starts_with(open) && text.ends_with(close);
    let word = text == "true" || text == "false" || text.parse::<u64>().is_ok();
    match one_line && (word || flow('{', '}') || flow('[', ']') || text.contains("${")) {
        true if text.starts_with("${") => format!("\"{text}\""),
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// The whole question as a scenario: one check a resolver, so that each is seen by itself.
pub(super) fn text(wanted: &Wanted) -> String {
    let checks: Vec<String> = match wanted.via.as_slice() {
        [] => vec![check(wanted, None)],
        several => several
            .iter()
            .map(|name| check(wanted, Some(name)))
            .collect(),
    };
    format!("scenario: Recording\nchecks:\n{}", checks.concat())
}

fn check(wanted: &Wanted, via: Option<&str>) -> String {
    let name = quoted(via.unwrap_or(&wanted.target));
    let word = wanted.row.track[0].word;
    let lines = wanted.lines(via, 6).join("\n");
    format!(
        "  - name: {name}\n    {}:\n{lines}\n    track: [{word}]\n",
        wanted.row.kind
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kinds::RECORDED;

    fn wanted(kind: &str, target: &str, settings: &[(&'static str, &str)]) -> Wanted {
        Wanted {
            row: RECORDED.iter().find(|row| row.kind == kind).expect("a row"),
            target: target.to_owned(),
            settings: settings
                .iter()
                .map(|(key, text)| (*key, (*text).to_owned()))
                .collect(),
            via: Vec::new(),
            levels: false,
            name: None,
            again: String::new(),
        }
    }

    #[test]
    fn a_secret_is_taken_by_its_name_only() {
        let plain = wanted("http", "https://a.test/", &[("auth", "{ bearer: abc }")]);
        assert!(
            plain
                .sound()
                .expect_err("a secret")
                .contains("${secret:NAME}")
        );
        let named = "{ bearer: \"${secret:token}\" }";
        assert_eq!(
            wanted("http", "https://a.test/", &[("auth", named)]).sound(),
            Ok(())
        );
        for target in ["https://me:pw@a.test/", "http://me@a.test"] {
            assert!(wanted("http", target, &[]).sound().is_err(), "{target}");
        }
        assert_eq!(wanted("http", "https://a.test/@x", &[]).sound(), Ok(()));
    }

    #[test]
    fn what_is_typed_cannot_become_another_key() {
        let text = text(&wanted(
            "dns",
            "a.test\n      type: TXT",
            &[("type", "A\n    x: y")],
        ));
        assert!(
            text.contains("query: \"a.test\\U0000000A      type: TXT\""),
            "{text}"
        );
        assert!(text.contains("type: \"A\\U0000000A    x: y\""), "{text}");
    }

    #[test]
    fn settings_keep_their_kind() {
        let settings = [("flows", "5"), ("probe", "{ tcp: 443 }"), ("timeout", "2s")];
        let lines = wanted("route", "192.0.2.1", &settings).lines(None, 0);
        assert_eq!(
            lines,
            [
                "to: 192.0.2.1",
                "flows: 5",
                "probe: { tcp: 443 }",
                "timeout: 2s"
            ]
        );
    }
}
