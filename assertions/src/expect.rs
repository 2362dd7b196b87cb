//! From what is written to what is expected, in the words of a shape, with every problem collected.

mod leaf;
mod read;
mod set;

pub use read::{USE, read};

use crate::jsonpath::JsonPath;
use crate::matcher::Matcher;
use crate::phrase::joined;
use crate::shape::{Field, Shape, Text};
use crate::written::{Span, Spanned};

/// Something expected, and where it is written.
#[derive(Debug)]
pub struct Expect {
    /// The operand: where a caret stands when it does not hold.
    pub span: Span,
    /// What is expected.
    pub what: What,
}

/// What is expected.
#[derive(Debug)]
pub enum What {
    /// One value as wanted.
    Is(Box<dyn Matcher>, Shape),
    /// Something there (`true`), or nothing.
    Presence(bool),
    /// All of these of the same value.
    All(Vec<Expect>),
    /// These facts of a record.
    Record(Vec<Fact>),
    /// These things of a set.
    Set(Vec<Quantifier>, Shape),
    /// These hops in this order, others may lie between.
    Passes(Vec<Expect>, Shape),
    /// None of these hops.
    Avoids(Vec<Expect>, Shape),
}

/// One expected fact of a record.
#[derive(Debug)]
pub struct Fact {
    /// The word, and where it stands.
    pub word: Spanned<String>,
    /// Where the fact is found.
    pub at: At,
    /// What is expected of it.
    pub expect: Expect,
}

/// Where a fact is found.
#[derive(Debug)]
pub enum At {
    /// Under a key of the record.
    Field(Field),
    /// Wherever a JSONPath leads, from the top of what was seen.
    Path(JsonPath),
}

/// One thing said of a set.
#[derive(Debug)]
pub enum Quantifier {
    /// Each of them, and there is at least one.
    Every(Expect),
    /// At least one of them.
    Some(Expect),
    /// Not one of them, and there is something to look at.
    None(Expect),
    /// These and no others, in any order.
    Exactly(Vec<Expect>, Span),
    /// These, and perhaps others.
    Include(Vec<Expect>, Span),
    /// So many.
    Count(Expect),
}

/// The quantifiers and what they mean: word, meaning, example.
pub static QUANTIFIERS: &[(&str, &str, &str)] = &[
    (
        "every",
        "each of them; an empty set fails",
        "every: { asn: AS4837 }",
    ),
    ("some", "at least one of them", "some: { country: SG }"),
    (
        "none",
        "not one of them; of an empty set nothing can be said",
        "none: { in: 10.0.0.0/8 }",
    ),
    (
        "exactly",
        "these and no others, in any order",
        "exactly: [a.example., b.example.]",
    ),
    (
        "include",
        "these, and perhaps others",
        "include: [{ address: 1.1.1.1 }]",
    ),
    ("count", "how many there are", "count: { at-least: 1 }"),
];

/// The words for being there and what they mean: word, meaning, example.
pub static PRESENCE: &[(&str, &str, &str)] = &[
    ("present", "there is something", "chain: present"),
    (
        "absent",
        "it was looked at and there is nothing",
        "chain: absent",
    ),
];

impl Expect {
    /// What is expected, to stand after "expected".
    pub fn wanted(&self) -> String {
        match &self.what {
            What::Is(matcher, shape) => matcher.wanted(shape),
            What::Presence(true) => "present".to_owned(),
            What::Presence(false) => "absent".to_owned(),
            What::All(all) => joined(all, " and ", Self::wanted),
            What::Record(facts) => joined(facts, ", ", Fact::wanted),
            What::Set(said, _) => joined(said, ", ", Quantifier::wanted),
            What::Passes(..) | What::Avoids(..) => "a route".to_owned(),
        }
    }

    /// Whether something is expected of one of these words, however deep, be it in a JSONPath.
    pub fn speaks_of(&self, words: &[&str]) -> bool {
        let any = |expects: &[Self]| expects.iter().any(|expect| expect.speaks_of(words));
        match &self.what {
            What::Is(..) | What::Presence(_) => false,
            What::All(all) | What::Passes(all, _) | What::Avoids(all, _) => any(all),
            What::Record(facts) => facts.iter().any(|fact| fact.speaks_of(words)),
            What::Set(said, _) => said.iter().any(|quantifier| match quantifier {
                Quantifier::Every(one)
                | Quantifier::Some(one)
                | Quantifier::None(one)
                | Quantifier::Count(one) => one.speaks_of(words),
                Quantifier::Exactly(all, _) | Quantifier::Include(all, _) => any(all),
            }),
        }
    }
}

impl Fact {
    fn speaks_of(&self, words: &[&str]) -> bool {
        let said = &self.word.value;
        let is_path = matches!(self.at, At::Path(_));
        let is_one = |word: &&str| said == *word || is_path && said.contains(*word);
        words.iter().any(is_one) || self.expect.speaks_of(words)
    }
}

impl Fact {
    /// Whether breaking it does not fail but makes what depends on it unprovable.
    pub(crate) fn is_doubt(&self) -> bool {
        matches!(&self.at, At::Field(field) if field.doubt)
    }

    /// `asn AS6453`; an address, and one "in" a network, says so itself.
    fn wanted(&self) -> String {
        match self.word.value.as_str() {
            "in" | "address" => self.expect.wanted(),
            word => format!("{word} {}", self.expect.wanted()),
        }
    }
}

impl Quantifier {
    fn wanted(&self) -> String {
        match self {
            Self::Every(inner) => format!("every {}", inner.wanted()),
            Self::Some(inner) => format!("some {}", inner.wanted()),
            Self::None(inner) => format!("none {}", inner.wanted()),
            Self::Exactly(all, _) => format!("exactly {}", joined(all, ", ", Expect::wanted)),
            Self::Include(all, _) => format!("include {}", joined(all, ", ", Expect::wanted)),
            Self::Count(inner) => format!("count {}", inner.wanted()),
        }
    }
}

/// Whether an unknown fact of this shape is for want of a database, and what to say then.
pub(crate) fn why_unknown(shape: &Shape, word: &str) -> String {
    match (shape, word) {
        (Shape::Text(Text::Asn | Text::Country | Text::Network), _)
        | (_, "as-name" | "city" | "evidence") => {
            "no database knows: name one under `geo:` in netspec.yaml".to_owned()
        }
        (_, "hostname") => {
            "no reverse look-up was answered, or none was made: only routes make them".to_owned()
        }
        _ => "it was not seen".to_owned(),
    }
}

#[cfg(test)]
mod tests;
