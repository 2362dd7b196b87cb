//! Patterns of `match` and `search` (RFC 9535 §2.4.6, RFC 9485).

use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What reading one pattern costs in steps.
const STEPS: usize = 10_000;
/// The most memory one compiled pattern takes, in octets.
const BYTES: usize = 1 << 18;

/// None where it is no regular expression; RFC 9535 lets that match nothing.
type Pattern = Option<Rc<Regex>>;

/// The patterns of one walk, each read once.
#[derive(Default)]
pub(super) struct Patterns(RefCell<HashMap<(String, bool), Pattern>>);

impl Patterns {
    /// A pattern for the whole text or for a part of it; `pay` is told what reading a new one costs.
    pub(super) fn get<E>(
        &self,
        pattern: &str,
        whole: bool,
        pay: impl FnOnce(usize) -> Result<(), E>,
    ) -> Result<Pattern, E> {
        let key = (pattern.to_owned(), whole);
        if let Some(known) = self.0.borrow().get(&key) {
            return Ok(known.clone());
        }
        pay(STEPS)?;
        let built = regex(pattern, whole).map(Rc::new);
        self.0.borrow_mut().insert(key, built.clone());
        Ok(built)
    }
}

/// A pattern of RFC 9485, in which a dot is anything but a line break; the whole text or a part of it.
pub(super) fn regex(pattern: &str, whole: bool) -> Option<Regex> {
    let mut text = String::new();
    let mut class = false;
    let mut letters = pattern.chars();
    while let Some(c) = letters.next() {
        match c {
            '.' if !class => text.push_str(r"[^\n\r]"),
            '\\' => text.extend(['\\'].into_iter().chain(letters.next())),
            _ => {
                class = if class { c != ']' } else { c == '[' };
                text.push(c);
            }
        }
    }
    let text = if whole {
        format!(r"\A(?:{text})\z")
    } else {
        text
    };
    regex::RegexBuilder::new(&text)
        .size_limit(BYTES)
        .build()
        .ok()
}
