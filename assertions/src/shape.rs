//! The vocabulary of what a probe can see, made from the JSON Schema of what it saw.
//!
//! One table for everything: the reader, the editor schema, the reference and the suggestions all walk this tree.

use crate::quantity::Unit;
use serde_json::Value;

/// What a value can be, and so what may be expected of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// True or false.
    Flag,
    /// A number of something.
    Number(Unit),
    /// Text of some kind.
    Text(Text),
    /// A list of alike things; order carries no meaning to an expectation.
    List(Box<Shape>),
    /// A thing with named facts.
    Record(Vec<Field>),
    /// Alike things under names that only what was seen knows, without regard to case: the fields of a header. All of them
    /// are seen or none, so that a name that is not among them stands for nothing.
    Named(Box<Shape>),
    /// The hops of a route, in order: what `passes` and `avoids` look at.
    Sequence(Box<Shape>),
    /// Whatever a JSONPath selects.
    Any,
}

/// How text is compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// Octet for octet.
    Plain,
    /// One of these, without regard to case; their order is the order of `at-least`.
    Words(Vec<String>),
    /// `AS4837`.
    Asn,
    /// ISO 3166-1 alpha-2.
    Country,
    /// Without regard to case, the final dot and the script it is written in.
    Hostname,
    /// An IP address.
    Address,
    /// A network (CIDR).
    Network,
    /// An address held against networks: equal means "lies in".
    Within,
}

/// One word that may be expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The word as written in a scenario.
    pub word: String,
    /// The JSON key, which is the word with its unit.
    pub key: String,
    /// What it means.
    pub about: String,
    /// What it can be.
    pub shape: Shape,
    /// Exceeding it does not fail but makes what depends on it unprovable.
    pub doubt: bool,
    /// The order of its values carries meaning (schema key `x-ordered`).
    pub ordered: bool,
    /// It differs from run to run though nothing has changed (schema key `x-volatile`).
    pub volatile: bool,
    /// The least it can be, where its type says so (schema key `minimum`).
    pub minimum: Option<f64>,
    /// Where its key is missing there is none: it does not stand for what could not be seen.
    pub certain: bool,
}

impl Field {
    /// A field under its own key.
    pub fn new(word: &str, key: &str, about: &str, shape: Shape) -> Self {
        Self {
            word: word.to_owned(),
            key: key.to_owned(),
            about: about.to_owned(),
            shape,
            doubt: false,
            ordered: false,
            volatile: false,
            minimum: None,
            certain: false,
        }
    }
}

impl Shape {
    /// The shape of a JSON Schema as schemars writes it.
    ///
    /// Understood: `object` with `properties` or `additionalProperties`, `array` with `items`, `boolean`, `number`, `integer`, `string` with
    /// `format` or `enum`, `oneOf` of constants, `$ref` into `$defs`, and `null` beside any of them.
    pub fn from_schema(root: &Value) -> Self {
        of(
            root,
            Root {
                schema: root,
                left: DEEPEST,
            },
        )
    }

    /// The words of a record; empty for anything else.
    pub fn words(&self) -> Vec<&str> {
        self.fields()
            .iter()
            .map(|field| field.word.as_str())
            .collect()
    }

    /// The field of that word.
    pub fn field(&self, word: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.word == word)
    }

    /// What a word stands for: a field, or whatever is under that name.
    pub fn fact(&self, word: &str) -> Option<Field> {
        let Self::Named(item) = self else {
            return self.field(word).cloned();
        };
        let name = word.to_lowercase();
        let field = Field::new(&name, &name, "", (**item).clone());
        Some(Field {
            certain: true,
            ..field
        })
    }

    /// The fields of a record; empty for anything else.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Record(fields) => fields,
            _ => &[],
        }
    }

    /// With one more word.
    #[must_use]
    pub fn with(mut self, field: Field) -> Self {
        if let Self::Record(fields) = &mut self {
            fields.push(field);
        }
        self
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Number(_) => "a number",
            Self::Text(text) => text.kind(),
            Self::List(_) => "a set",
            Self::Record(_) => "a record",
            Self::Named(_) => "fields by name",
            Self::Sequence(_) => "a list of hops",
            Self::Any => "a JSON value",
        }
    }
}

impl Text {
    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Words(_) => "one of the known words",
            Self::Asn => "an AS number",
            Self::Country => "a country code",
            Self::Hostname => "a host name",
            Self::Address => "an address",
            Self::Network => "a network",
            Self::Within => "an address or a network",
        }
    }
}

/// A schema that contains itself is followed no deeper.
const DEEPEST: usize = 12;

/// The whole schema, and how much deeper it may be followed.
#[derive(Clone, Copy)]
struct Root<'a> {
    schema: &'a Value,
    left: usize,
}

fn of(schema: &Value, root: Root<'_>) -> Shape {
    let Some(left) = root.left.checked_sub(1) else {
        return Shape::Any;
    };
    let root = Root { left, ..root };
    let schema = resolved(schema, root);
    if let Some(words) = constants(schema) {
        return Shape::Text(Text::Words(words));
    }
    if let Some(inner) = ["anyOf", "oneOf", "allOf"]
        .iter()
        .find_map(|key| first_not_null(&schema[*key]))
    {
        return of(inner, root);
    }
    match type_of(schema) {
        "boolean" => Shape::Flag,
        "number" | "integer" => Shape::Number(Unit::None),
        "array" => Shape::List(Box::new(of(&schema["items"], root))),
        "object"
            if schema["properties"].is_null() && schema["additionalProperties"].is_object() =>
        {
            Shape::Named(Box::new(of(&schema["additionalProperties"], root)))
        }
        "object" => record(schema, root),
        "string" => Shape::Text(text(schema["format"].as_str().unwrap_or_default())),
        _ => Shape::Any,
    }
}

fn resolved<'a>(schema: &'a Value, root: Root<'a>) -> &'a Value {
    let next = |schema: &&'a Value| {
        let pointer = schema["$ref"].as_str()?.strip_prefix('#')?;
        root.schema.pointer(pointer)
    };
    let steps = std::iter::successors(Some(schema), next);
    steps.take(DEEPEST).last().unwrap_or(schema)
}

fn first_not_null(alternatives: &Value) -> Option<&Value> {
    alternatives
        .as_array()?
        .iter()
        .find(|inner| inner["type"] != "null")
}

/// The words of an enumeration of words; null beside them is no word.
fn constants(schema: &Value) -> Option<Vec<String>> {
    let alternatives = schema["enum"]
        .as_array()
        .or_else(|| schema["oneOf"].as_array())?;
    let mut words = Vec::new();
    for inner in alternatives
        .iter()
        .filter(|inner| !inner.is_null() && inner["type"] != "null")
    {
        match (inner, &inner["const"], &inner["enum"]) {
            (Value::String(word), ..) | (_, Value::String(word), _) => words.push(word.clone()),
            (.., Value::Array(several)) => {
                words.extend(several.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => return None,
        }
    }
    (!words.is_empty()).then_some(words)
}

fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(name) => name,
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null")
            .unwrap_or_default(),
        _ => "",
    }
}

fn text(format: &str) -> Text {
    match format {
        "asn" => Text::Asn,
        "country" => Text::Country,
        "hostname" => Text::Hostname,
        "ip" | "ipv4" | "ipv6" => Text::Address,
        "network" => Text::Network,
        _ => Text::Plain,
    }
}

fn record(schema: &Value, root: Root<'_>) -> Shape {
    let properties = schema["properties"].as_object();
    let mut fields: Vec<Field> = properties
        .into_iter()
        .flatten()
        .map(|(key, inner)| field(key, inner, root))
        .collect();
    if fields.iter().any(|field| field.word == "address") {
        let about = "The network the address lies in (CIDR), e.g. `in: 10.0.0.0/8`.";
        fields.push(Field::new(
            "in",
            "address",
            about,
            Shape::Text(Text::Within),
        ));
    }
    Shape::Record(fields)
}

fn field(key: &str, schema: &Value, root: Root<'_>) -> Field {
    let (word, unit) = Unit::of_key(key);
    let about = schema["description"]
        .as_str()
        .or_else(|| resolved(schema, root)["description"].as_str());
    let shape = match of(schema, root) {
        Shape::Number(_) => Shape::Number(unit),
        Shape::List(item) if *item == Shape::Number(Unit::None) => {
            Shape::List(Box::new(Shape::Number(unit)))
        }
        shape => shape,
    };
    let says = |name: &str| schema[name] == true;
    Field {
        doubt: says("x-doubt"),
        ordered: says("x-ordered"),
        volatile: says("x-volatile"),
        minimum: schema["minimum"].as_f64(),
        ..Field::new(
            word,
            key,
            &about.unwrap_or_default().replace('\n', " "),
            shape,
        )
    }
}

#[cfg(test)]
mod tests;
