//! "did you mean".

/// What is longer, in characters, is not compared: the comparison takes the product of both lengths.
const LONGEST: usize = 64;

/// The known word nearest to the one written, if it is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    if length > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    let limit = 1 + length / 4;
    known
        .into_iter()
        .map(|word| {
            (
                strsim::damerau_levenshtein(&written, &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// A remedy for a word nobody knows: the nearest one, or all there are.
pub fn remedy(written: &str, known: &[&str]) -> String {
    match nearest(written, known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(written: &str, expect: Option<&str>) {
        assert_eq!(
            nearest(written, ["chain", "addresses", "asn", "at-least"]),
            expect
        );
    }

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        check("chian", Some("chain"));
        check("adresses", Some("addresses"));
        check("ASM", Some("asn"));
        check("at_least", Some("at-least"));
        check("zebra", None);
        check(&"addresses".repeat(100_000), None);
    }
}
