//! From what is written to what is expected, in the words of a shape, with every problem collected.

use crate::jsonpath::JsonPath;
use crate::matcher::{self, MATCHERS, Matcher};
use crate::problem::{Problem, Problems};
use crate::quantity::Unit;
use crate::shape::{Field, Shape, Text};
use crate::suggest;
use crate::written::{Entry, Node, Span, Spanned, Value};

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

/// Reads an expectation of a thing of this shape; problems are collected and what is sound is kept.
pub fn read(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<Expect> {
    let what = match (&node.value, shape) {
        (Value::Null, _) => {
            problems.add(
                Problem::new(node.span, "nothing is expected here").label("a value is missing"),
            );
            return None;
        }
        (Value::Text(word), _) if word == "present" || word == "absent" => {
            What::Presence(word == "present")
        }
        (_, Shape::Record(_)) => record(node, shape, problems)?,
        (_, Shape::List(item)) => set(node, item, problems)?,
        (_, Shape::Sequence(item)) => sequence(node, item, problems)?,
        (Value::Map(entries), Shape::Any)
            if entries.iter().any(|entry| is_quantifier(&entry.key.value)) =>
        {
            set(node, &Shape::Any, problems)?
        }
        _ => leaf(node, shape, problems)?,
    };
    Some(Expect {
        span: node.span,
        what,
    })
}

/// A mapping that must say something.
fn entries<'a>(node: &'a Node, what: &str, problems: &mut Problems) -> Option<&'a [Entry]> {
    match &node.value {
        Value::Map(entries) if entries.is_empty() => {
            let problem = Problem::new(node.span, format!("an empty {what} asserts nothing"));
            problems.add(problem.help("say what is expected, or leave it out"));
            None
        }
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

fn record(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<What> {
    let Value::Map(_) = &node.value else {
        let problem = Problem::new(
            node.span,
            format!("expected facts, found {}", node.value.kind()),
        );
        let example = shape
            .words()
            .into_iter()
            .take(6)
            .collect::<Vec<_>>()
            .join(", ");
        problems.add(problem.help(format!(
            "write a mapping of facts such as {example}, or `present` or `absent`"
        )));
        return None;
    };
    let facts: Vec<Fact> = entries(node, "expectation", problems)?
        .iter()
        .filter_map(|entry| fact(entry, shape, problems))
        .collect();
    Some(What::Record(facts))
}

fn fact(entry: &Entry, shape: &Shape, problems: &mut Problems) -> Option<Fact> {
    let word = entry.key.clone();
    if word.value.starts_with('$') {
        let path = problems.ok(JsonPath::parse(&word.value).map_err(|why| {
            Problem::new(word.span, why).help(
                "a path looks like `$.answers[?@.type=='A'].ttl_s`; `--json` shows what there is",
            )
        }))?;
        return Some(Fact {
            word,
            at: At::Path(path),
            expect: read(&entry.value, &Shape::Any, problems)?,
        });
    }
    let Some(field) = shape.field(&word.value) else {
        problems.add(unknown_fact(&word, shape));
        return None;
    };
    let mut expect = read(&entry.value, &field.shape, problems)?;
    if word.value == "avoids"
        && let What::Passes(entries, item) = expect.what
    {
        expect.what = What::Avoids(entries, item);
    }
    Some(Fact {
        word,
        at: At::Field(field.clone()),
        expect,
    })
}

fn unknown_fact(word: &Spanned<String>, shape: &Shape) -> Problem {
    let words = shape.words();
    let (stem, _) = Unit::of_key(&word.value);
    let help = match matcher::find(&word.value) {
        _ if words.contains(&stem) => {
            format!("did you mean `{stem}`? its operand carries the unit, e.g. 400ms")
        }
        Some(_) => format!(
            "`{}` is said of one value; here are facts: {}",
            word.value,
            words.join(", ")
        ),
        None => suggest::remedy(&word.value, &words),
    };
    Problem::new(word.span, format!("unknown key `{}`", word.value))
        .label("no such fact here")
        .help(help)
}

fn is_quantifier(word: &str) -> bool {
    QUANTIFIERS.iter().any(|(known, _, _)| *known == word)
}

fn set(node: &Node, item: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::Map(_) => {
            let entries = entries(node, "expectation", problems)?;
            let said = entries
                .iter()
                .filter_map(|entry| quantifier(entry, item, problems))
                .collect();
            Some(What::Set(said, item.clone()))
        }
        Value::List(_) => {
            let problem = Problem::new(node.span, "a bare list could mean three things");
            problems.add(problem.help(
                "write `exactly: […]` (these and no others) or `include: […]` (these among others)",
            ));
            None
        }
        other => {
            let shown = other.scalar().unwrap_or_default();
            let problem = Problem::new(node.span, "a set is not one value");
            problems.add(problem.help(format!(
                "write `exactly: [{shown}]`, `every: {shown}` or `some: {shown}`"
            )));
            None
        }
    }
}

fn quantifier(entry: &Entry, item: &Shape, problems: &mut Problems) -> Option<Quantifier> {
    let node = &entry.value;
    match entry.key.value.as_str() {
        "every" => read(node, item, problems).map(Quantifier::Every),
        "some" => read(node, item, problems).map(Quantifier::Some),
        "none" => read(node, item, problems).map(Quantifier::None),
        "exactly" => elements(node, item, problems).map(|all| Quantifier::Exactly(all, node.span)),
        "include" => elements(node, item, problems).map(|all| Quantifier::Include(all, node.span)),
        "count" => read(node, &Shape::Number(Unit::None), problems).map(Quantifier::Count),
        _ => {
            problems.add(unknown_quantifier(&entry.key, item));
            None
        }
    }
}

fn unknown_quantifier(key: &Spanned<String>, item: &Shape) -> Problem {
    let known: Vec<&str> = QUANTIFIERS.iter().map(|(word, _, _)| *word).collect();
    let problem =
        Problem::new(key.span, format!("unknown key `{}`", key.value)).label("no quantifier");
    let word = &key.value;
    if item.field(word).is_some() || matcher::find(word).is_some() {
        let help =
            format!("of which of them? write `every: {{ {word}: … }}` or `some: {{ {word}: … }}`");
        return problem.help(help);
    }
    problem.help(suggest::remedy(&key.value, &known))
}

fn elements(node: &Node, item: &Shape, problems: &mut Problems) -> Option<Vec<Expect>> {
    match &node.value {
        Value::List(items) if !items.is_empty() => Some(
            items
                .iter()
                .filter_map(|element| read(element, item, problems))
                .collect(),
        ),
        Value::List(_) => {
            problems.add(
                Problem::new(node.span, "an empty list")
                    .help("for no elements at all write `absent`"),
            );
            None
        }
        other => {
            let problem = Problem::new(
                node.span,
                format!("expected a list, found {}", other.kind()),
            );
            let one = other.scalar().unwrap_or_else(|| "{ … }".to_owned());
            problems.add(problem.help(format!("of one alone too write `[{one}]`")));
            None
        }
    }
}

fn sequence(node: &Node, item: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::List(_) => Some(What::Passes(elements(node, item, problems)?, item.clone())),
        other => {
            let problem = Problem::new(
                node.span,
                format!("expected a list of hops, found {}", other.kind()),
            );
            problems.add(problem.help("write a list like `- { asn: AS6453 }`"));
            None
        }
    }
}

fn leaf(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<What> {
    match &node.value {
        Value::List(_) => {
            problems.add(
                Problem::new(node.span, "a bare list could mean three things")
                    .help(match shape {
                        Shape::Any => "of several values write `exactly: […]` or `include: […]`, of one `one-of: […]`",
                        _ => "this is one value, not a set: write `one-of: […]` or `none-of: […]`",
                    }),
            );
            None
        }
        Value::Map(_) => {
            let read: Vec<Expect> = entries(node, "expectation", problems)?
                .iter()
                .filter_map(|entry| operator(entry, shape, problems))
                .collect();
            Some(What::All(read))
        }
        _ => problems
            .ok(matcher::equals(node, shape).map_err(|fault| wrong_value(fault, node, shape)))
            .map(|matcher| What::Is(matcher, shape.clone())),
    }
}

/// A value that is not what the shape takes; one that begins with a sign was meant as an operator.
fn wrong_value((span, why): (Span, String), node: &Node, shape: &Shape) -> Problem {
    let problem = Problem::new(span, format!("not {}", shape.kind())).label(why);
    let written = node.value.scalar().unwrap_or_default();
    let signed = SIGNS.iter().find_map(|(sign, word)| {
        let operand = written.strip_prefix(sign)?.trim();
        Some(format!(
            "write the operator as a word: `{{ {word}: {operand} }}`"
        ))
    });
    match signed {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn operator(entry: &Entry, shape: &Shape, problems: &mut Problems) -> Option<Expect> {
    let word = &entry.key;
    let Some(row) = matcher::find(&word.value) else {
        problems.add(unknown_operator(word, shape));
        return None;
    };
    if !(row.suits)(shape) {
        let message = format!("`{}` cannot be asked of {}", row.word, shape.kind());
        problems.add(
            Problem::new(word.span, message)
                .help(format!("here fit: {}", suiting(shape).join(", "))),
        );
        return None;
    }
    let wrong =
        |(span, why)| Problem::new(span, format!("wrong operand of `{}`", row.word)).label(why);
    let read = (row.read)(&entry.value, shape).map_err(wrong);
    let what = What::Is(problems.ok(read)?, shape.clone());
    Some(Expect {
        span: entry.value.span,
        what,
    })
}

fn suiting(shape: &Shape) -> Vec<&'static str> {
    MATCHERS
        .iter()
        .filter(|row| (row.suits)(shape))
        .map(|row| row.word)
        .collect()
}

/// Signs that other tools have for operators, the longer before those they begin with.
const SIGNS: &[(&str, &str)] = &[
    ("<=", "at-most"),
    (">=", "at-least"),
    ("!=", "not"),
    ("<", "below"),
    (">", "above"),
    ("~", "matches"),
];

fn unknown_operator(word: &Spanned<String>, shape: &Shape) -> Problem {
    let problem =
        Problem::new(word.span, format!("unknown key `{}`", word.value)).label("no operator");
    if is_quantifier(&word.value) {
        let help = format!("this is one value, not a set: leave `{}` out", word.value);
        return problem.help(help);
    }
    if word.value.starts_with('$') {
        return problem.help("a `$` key stands directly under `expect`");
    }
    match SIGNS.iter().find(|(sign, _)| *sign == word.value) {
        Some((_, operator)) => problem.help(format!("write it as a word: `{operator}`")),
        None => problem.help(suggest::remedy(&word.value, &suiting(shape))),
    }
}

impl Expect {
    /// What is expected, to stand after "expected".
    pub fn wanted(&self) -> String {
        match &self.what {
            What::Is(matcher, shape) => matcher.wanted(shape),
            What::Presence(true) => "present".to_owned(),
            What::Presence(false) => "absent".to_owned(),
            What::All(all) => join(all.iter().map(Self::wanted), " and "),
            What::Record(facts) => join(facts.iter().map(Fact::wanted), ", "),
            What::Set(said, _) => join(said.iter().map(Quantifier::wanted), ", "),
            What::Passes(..) | What::Avoids(..) => "a route".to_owned(),
        }
    }
}

impl Fact {
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
            Self::Exactly(all, _) => {
                format!("exactly {}", join(all.iter().map(Expect::wanted), ", "))
            }
            Self::Include(all, _) => {
                format!("include {}", join(all.iter().map(Expect::wanted), ", "))
            }
            Self::Count(inner) => format!("count {}", inner.wanted()),
        }
    }
}

fn join(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
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
