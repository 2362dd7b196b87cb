//! The English of labels: one address, three addresses, all of them.

use std::borrow::Cow;

/// The most things of a list that are named in one line.
const MOST: usize = 8;

/// `there is 1 address`, `there are no addresses`.
pub(crate) fn there_are(count: usize, word: &str) -> String {
    match count {
        0 => format!("there are no {}", plural(word)),
        1 => format!("there is 1 {}", singular(word)),
        n => format!("there are {n} {}", plural(word)),
    }
}

/// `1 of 3 addresses`, `all 3 addresses`, `the one address`.
pub(crate) fn some_of(some: usize, all: usize, word: &str) -> String {
    match (some, all) {
        (_, 1) => format!("the one {}", singular(word)),
        (2, 2) => format!("both {}", plural(word)),
        (some, all) if some == all => format!("all {all} {}", plural(word)),
        (some, all) => format!("{some} of {all} {}", plural(word)),
    }
}

/// `is` or `are`.
pub(crate) fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// All of a few, the first of many.
pub(crate) fn joined<T>(all: &[T], between: &str, show: impl Fn(&T) -> String) -> String {
    let shown: Vec<String> = all.iter().take(MOST).map(show).collect();
    let left = all.len() - shown.len();
    let more = if left > 0 {
        format!("{between}… ({left} more)")
    } else {
        String::new()
    };
    shown.join(between) + &more
}

/// What the things under a word are called when there are several: its last part, where that is a plural.
pub(crate) fn plural(word: &str) -> &str {
    let last = word.rsplit('.').next().unwrap_or_default();
    let names_them = last.ends_with('s') && last != "mpls" && !word.contains('$');
    if names_them { last } else { "values" }
}

fn singular(word: &str) -> Cow<'_, str> {
    let word = plural(word);
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y").into();
    }
    let long = word.ends_with("sses") || word.ends_with("xes");
    word.strip_suffix(if long { "es" } else { "s" })
        .unwrap_or(word)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_read_as_english() {
        assert_eq!(there_are(0, "addresses"), "there are no addresses");
        assert_eq!(there_are(1, "dns.addresses"), "there is 1 address");
        assert_eq!(there_are(2, "countries"), "there are 2 countries");
        assert_eq!(there_are(1, "countries"), "there is 1 country");
        assert_eq!(there_are(1, "chain"), "there is 1 value");
        assert_eq!(there_are(2, "mpls"), "there are 2 values");
        assert_eq!(there_are(1, "$.answers[*].ttl_s"), "there is 1 value");
        assert_eq!(some_of(1, 1, "answers"), "the one answer");
        assert_eq!(some_of(2, 2, "addresses"), "both addresses");
        assert_eq!(some_of(3, 3, "databases"), "all 3 databases");
        assert_eq!(some_of(1, 3, ""), "1 of 3 values");
    }

    #[test]
    fn of_many_only_the_first_are_named() {
        let show = |n: &u8| n.to_string();
        assert_eq!(joined(&[1, 2], " and ", show), "1 and 2");
        assert_eq!(
            joined(&[1; 10], ", ", show),
            "1, 1, 1, 1, 1, 1, 1, 1, … (2 more)"
        );
        assert_eq!(joined(&[], ", ", show), "");
    }
}
