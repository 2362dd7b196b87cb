//! Selecting by tags: `wechat and not route`, with parentheses.

use std::fmt;
use std::iter::Peekable;
use std::vec::IntoIter;

/// A boolean expression over tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagExpression {
    /// Has the tag.
    Tag(String),
    /// Has not.
    Not(Box<TagExpression>),
    /// Both.
    And(Box<TagExpression>, Box<TagExpression>),
    /// Either.
    Or(Box<TagExpression>, Box<TagExpression>),
}

impl std::str::FromStr for TagExpression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > 1000 {
            return Err("longer than 1000 octets".to_owned());
        }
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
        let mut words = words.into_iter().peekable();
        let expression = or(&mut words, 0)?;
        match words.next() {
            None => Ok(expression),
            Some(word) => Err(format!(
                "`{word}` is one too many: join tags with `and` or `or`"
            )),
        }
    }
}

impl fmt::Display for TagExpression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => formatter.write_str(tag),
            Self::Not(inner) => write!(formatter, "not {inner}"),
            Self::And(a, b) => write!(formatter, "({a} and {b})"),
            Self::Or(a, b) => write!(formatter, "({a} or {b})"),
        }
    }
}

impl TagExpression {
    /// Whether these tags satisfy it.
    pub fn holds(&self, tags: &[String]) -> bool {
        match self {
            Self::Tag(tag) => tags.contains(tag),
            Self::Not(inner) => !inner.holds(tags),
            Self::And(a, b) => a.holds(tags) && b.holds(tags),
            Self::Or(a, b) => a.holds(tags) || b.holds(tags),
        }
    }
}

type Words = Peekable<IntoIter<String>>;

fn or(words: &mut Words, depth: usize) -> Result<TagExpression, String> {
    let mut left = and(words, depth)?;
    while words.next_if_eq("or").is_some() {
        left = TagExpression::Or(Box::new(left), Box::new(and(words, depth)?));
    }
    Ok(left)
}

fn and(words: &mut Words, depth: usize) -> Result<TagExpression, String> {
    let mut left = one(words, depth)?;
    while words.next_if_eq("and").is_some() {
        left = TagExpression::And(Box::new(left), Box::new(one(words, depth)?));
    }
    Ok(left)
}

fn one(words: &mut Words, depth: usize) -> Result<TagExpression, String> {
    if depth > 32 {
        return Err("nested deeper than 32".to_owned());
    }
    match words.next().as_deref() {
        Some("not") => Ok(TagExpression::Not(Box::new(one(words, depth + 1)?))),
        Some("(") => {
            let inner = or(words, depth + 1)?;
            words
                .next_if_eq(")")
                .map(|_| inner)
                .ok_or_else(|| "a `)` is missing".to_owned())
        }
        Some(word @ (")" | "and" | "or")) => Err(format!("a tag is missing before `{word}`")),
        Some(tag) => Ok(TagExpression::Tag(tag.to_owned())),
        None => Err("a tag is missing at the end".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::TagExpression;

    #[track_caller]
    fn check(expression: &str, tags: &str, expect: bool) {
        let tags: Vec<String> = tags.split_whitespace().map(str::to_owned).collect();
        let expression: TagExpression = expression.parse().expect("an expression");
        assert_eq!(expression.holds(&tags), expect, "{expression:?}");
    }

    #[test]
    fn and_binds_before_or_and_not_before_both() {
        check("dns", "dns cdn", true);
        check("not dns", "dns", false);
        check("dns and route or china", "china", true);
        check("dns and (route or china)", "china", false);
        check("not dns and china", "china", true);
        check("not (dns and china)", "china", true);
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for (text, why) in [
            ("", "at the end"),
            ("a b", "one too many"),
            ("(a", "`)`"),
            ("and a", "before `and`"),
        ] {
            let error = text.parse::<TagExpression>().expect_err("no expression");
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!("(".repeat(900).parse::<TagExpression>().is_err());
    }
}
