//! Hiding secrets in whatever is told: each reads `***`, in every form it may have been written in.

use crate::diagnostic::Faulty;
use crate::probe::Seen;
use crate::verdict::Sided;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use netspec_assertions::finding::{Finding, Mark};
use netspec_probes::observation::Outcome;
use regex::{Regex, RegexBuilder, escape};
use serde_json::Value;
use std::borrow::Cow;

/// What stands for a secret.
pub const MASK: &str = "***";

/// Up to so many characters a secret is looked for in any mixture of encodings; a longer one in each as a whole.
const MIXED: usize = 128;

/// The shortest beginning of a secret that is hidden where a text was cut off, and the shortest part of any form.
const SHORTEST: usize = 4;

/// Finds secrets in texts.
#[derive(Debug, Default)]
pub struct Masks {
    any: Option<Regex>,
    /// Whole forms, of which a text may end in the beginning.
    begun: Vec<String>,
    /// The same in base64, where a text may have something before it in one.
    packed: Vec<String>,
}

impl Masks {
    /// What finds these values.
    pub fn new(values: &[&str]) -> Self {
        let mut values = values.to_vec();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let patterns: Vec<String> = values.iter().flat_map(|value| patterns(value)).collect();
        let any = RegexBuilder::new(&patterns.join("|"))
            .case_insensitive(true)
            .size_limit(1 << 28)
            .build()
            .ok()
            .filter(|_| !patterns.is_empty());
        let begun = values.iter().flat_map(|value| wholes(value)).collect();
        let packed = values.iter().flat_map(|value| cores(value));
        let packed = packed.flat_map(|core| [core.replace('+', "-").replace('/', "_"), core]);
        let packed = packed.collect();
        Self { any, begun, packed }
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.any.is_none()
    }

    /// A text without secrets.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(any) = &self.any else {
            return Cow::Borrowed(text);
        };
        let masked = any.replace_all(text, MASK);
        match self.cut(&masked) {
            Some(cut) => Cow::Owned(cut),
            None => masked,
        }
    }

    fn hide(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.text(text) {
            *text = masked;
        }
    }

    /// Without the beginning of a secret whose end was cut off: at the end, or before the `…` that says so.
    fn cut(&self, text: &str) -> Option<String> {
        let ends = text.match_indices('…').map(|(at, _)| at);
        let mut ends: Vec<usize> = ends.chain([text.len()]).collect();
        ends.reverse();
        let mut masked: Option<String> = None;
        for end in ends {
            if let Some(length) = self.begun_at(&text[..end]) {
                let whole = masked.get_or_insert_with(|| text.to_owned());
                whole.replace_range(end - length..end, MASK);
            }
        }
        masked
    }

    /// How much of a secret's beginning a text ends in.
    fn begun_at(&self, text: &str) -> Option<usize> {
        let begun = |form: &String| {
            let longest = form.len().min(text.len());
            (SHORTEST..=longest).rev().find(|length| {
                form.as_bytes()[..*length]
                    .eq_ignore_ascii_case(&text.as_bytes()[text.len() - length..])
                    && text.is_char_boundary(text.len() - length)
            })
        };
        let plain = self.begun.iter().filter_map(begun).max();
        let packed = self.packed.iter().filter_map(begun).max();
        let whole = |length| length + packed_before(&text[..text.len() - length]);
        plain.max(packed.map(whole))
    }

    fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.hide(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(fields) => {
                if fields
                    .keys()
                    .any(|key| matches!(self.text(key), Cow::Owned(_)))
                {
                    let masked = std::mem::take(fields).into_iter();
                    *fields = masked
                        .map(|(key, value)| (self.text(&key).into_owned(), value))
                        .collect();
                }
                fields.values_mut().for_each(|value| self.json(value));
            }
            Value::Number(number) => {
                let whole = self.begun.iter().any(|form| *form == number.to_string());
                if whole {
                    *value = MASK.into();
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn seen(&self, seen: &mut Seen) {
        self.hide(&mut seen.asked);
        self.json(&mut seen.seen);
        match &mut seen.outcome {
            Outcome::Answered => {}
            Outcome::NoAnswer(why) | Outcome::Unsupported(why) | Outcome::CouldNotAsk(why) => {
                self.hide(why);
            }
        }
    }

    /// What was seen, without secrets.
    pub fn sides(&self, mut sides: Vec<Sided>) -> Vec<Sided> {
        if !self.is_empty() {
            for (side, seen) in &mut sides {
                self.hide(side);
                self.seen(seen);
            }
        }
        sides
    }

    /// What did not hold, without secrets.
    pub fn findings(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        if self.is_empty() {
            return findings;
        }
        for finding in &mut findings {
            let texts = [&mut finding.word, &mut finding.label];
            texts
                .into_iter()
                .chain(&mut finding.hint)
                .for_each(|text| self.hide(text));
            for row in &mut finding.rows {
                row.cells.iter_mut().for_each(|cell| self.hide(cell));
                if let Mark::Wrong(why) | Mark::Unknown(why) = &mut row.mark {
                    self.hide(why);
                }
            }
        }
        findings
    }

    /// What is wrong with a file, without secrets.
    pub fn faulty(&self, mut faulty: Faulty) -> Faulty {
        for problem in &mut faulty.problems {
            let texts = [&mut problem.message, &mut problem.label];
            texts
                .into_iter()
                .chain(&mut problem.help)
                .for_each(|text| self.hide(text));
        }
        faulty
    }
}

/// The expressions that find a secret.
fn patterns(value: &str) -> Vec<String> {
    let mut found: Vec<String> = match value.chars().count() {
        0..=MIXED => vec![value.chars().map(any_form).collect()],
        _ => wholes(value).iter().map(|form| escape(form)).collect(),
    };
    found.push(hexadecimal(value));
    found.extend(cores(value).iter().map(|core| base64(core)));
    found
}

/// A character as itself, or as any of the encodings has it.
fn any_form(c: char) -> String {
    let mut octets = [0; 4];
    let octets = c.encode_utf8(&mut octets).bytes();
    let percent: String = octets.map(|octet| format!("%{octet:02x}")).collect();
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    let json: String = units.map(|unit| format!(r"\\u{unit:04x}")).collect();
    let (code, own) = (u32::from(c), escape(c.encode_utf8(&mut [0; 4])));
    let mut forms = vec![
        own.clone(),
        percent,
        json,
        format!(r"\\u\{{{code:x}\}}"),
        format!("&#0*{code};"),
        format!("&#x0*{code:x};"),
    ];
    forms.extend(match c {
        ' ' => vec![r"\+".to_owned()],
        '"' => vec![r#"\\""#.to_owned(), "&quot;".to_owned()],
        '\n' => vec![r"\\n".to_owned()],
        '\r' => vec![r"\\r".to_owned()],
        '\t' => vec![r"\\t".to_owned()],
        '&' => vec!["&amp;".to_owned()],
        '<' => vec!["&lt;".to_owned()],
        '>' => vec!["&gt;".to_owned()],
        '\\' | '/' | '\'' => vec![format!(r"\\{own}")],
        _ => Vec::new(),
    });
    format!("(?:{})", forms.join("|"))
}

/// A secret as a whole in each encoding that keeps its order.
fn wholes(value: &str) -> Vec<String> {
    let percent = |octet: u8| match octet {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            (octet as char).to_string()
        }
        other => format!("%{other:02X}"),
    };
    let json = Value::from(value).to_string();
    let mut forms = vec![
        value.to_owned(),
        value.bytes().map(percent).collect(),
        json[1..json.len() - 1].to_owned(),
        netspec_assertions::finding::escape(value),
    ];
    forms.push(octets(value).concat());
    forms.sort();
    forms.dedup();
    forms
}

/// Two digits an octet, with or without something between.
fn hexadecimal(value: &str) -> String {
    octets(value).join("[ :.-]?")
}

fn octets(value: &str) -> Vec<String> {
    value.bytes().map(|octet| format!("{octet:02x}")).collect()
}

/// What base64 makes of a secret, with no, one and two octets before it.
fn cores(value: &str) -> Vec<String> {
    (0..3).filter_map(|before| core(value, before)).collect()
}

/// What base64 makes of a secret with so many octets before it (of three). The letters at its edges, which depend on what is
/// beside it, are left out.
fn core(value: &str, before: usize) -> Option<String> {
    let octets: Vec<u8> = [vec![0; before], value.bytes().collect()].concat();
    let whole = STANDARD_NO_PAD.encode(&octets);
    let core = whole.get((before * 8).div_ceil(6)..octets.len() * 8 / 6)?;
    (core.len() >= SHORTEST).then(|| core.to_owned())
}

/// How much base64 a text ends in.
fn packed_before(text: &str) -> usize {
    let letter = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
    text.len() - text.trim_end_matches(letter).len()
}

/// The expression that finds a secret in base64 with all of the text it is in: HTTP's `Basic` puts a name before it.
fn base64(core: &str) -> String {
    let letter = |c: char| match c {
        '+' => r"(?:[+-]|%2B)".to_owned(),
        '/' => r"(?:[/_]|%2F)".to_owned(),
        other => other.to_string(),
    };
    let core: String = core.chars().map(letter).collect();
    let around = "[A-Za-z0-9+/_-]*";
    format!("(?-i:{around}{core}{around}(?:=|%3D)*)")
}

#[cfg(test)]
mod tests;
