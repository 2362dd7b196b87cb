//! Reading a world file, and saying where it is wrong.

use std::borrow::Cow;

use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, MessageFormatter, Options, UserMessageFormatter};

use super::World;

const MAX_BYTES: usize = 4 << 20;

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        reject_unsupported_tags: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: true,
        duplicate_keys: DuplicateKeyPolicy::Error,
        budget: serde_saphyr::budget! {
            max_depth: 32,
            max_nodes: 100_000,
            max_total_scalar_bytes: MAX_BYTES,
            enforce_alias_anchor_ratio: false,
        },
    }
}

/// Reads a world; the error is text for people, with `file:line:column` and the line itself.
pub(crate) fn read(text: &str, file: &str) -> Result<World, String> {
    if text.len() > MAX_BYTES {
        return Err(format!(
            "error: a world file has at most {MAX_BYTES} bytes\n --> {file}:1:1"
        ));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let mut render = serde_saphyr::render_options! { formatter: &Suggesting };
        render.source_name = Some(file);
        error.render_with_options(render)
    })
}

/// Adds "did you mean" to unknown words.
struct Suggesting;

impl MessageFormatter for Suggesting {
    fn format_message<'a>(&self, error: &'a Error) -> Cow<'a, str> {
        match error {
            Error::SerdeUnknownField {
                field, expected, ..
            } => unknown("field", field, expected),
            Error::SerdeUnknownVariant {
                variant, expected, ..
            } => unknown("word", variant, expected),
            other => UserMessageFormatter.format_message(other),
        }
    }
}

fn unknown(what: &str, word: &str, expected: &[&str]) -> Cow<'static, str> {
    let near = expected
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 1 + word.len() / 3);
    let remedy = match near {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None => format!("one of {}", expected.join(", ")),
    };
    format!("unknown {what} `{word}`; {remedy}").into()
}
