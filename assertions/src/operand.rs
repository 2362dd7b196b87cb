//! One value in the form it is compared in: what was written and what was seen meet here.

use crate::finding::escape;
use crate::quantity::{self, Unit};
use crate::shape::{Shape, Text};
use crate::suggest;
use crate::written;
use ipnet::IpNet;
use serde_json::Value;
use std::net::IpAddr;

/// A comparable value.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// True or false.
    Flag(bool),
    /// A number in the unit of its key.
    Number(f64),
    /// Text in its normal form.
    Text(String),
    /// A word of a known order, by its place in it.
    Word(usize, String),
    /// An address.
    Address(IpAddr),
    /// A network an address may lie in.
    Network(IpNet),
}

impl Operand {
    /// Reads what was written into the form in which this shape compares.
    ///
    /// # Errors
    /// A sentence saying what is wrong with it.
    pub fn read(node: &written::Value, shape: &Shape) -> Result<Self, String> {
        use written::Value as Written;
        match (shape, node) {
            (Shape::Flag | Shape::Any, Written::Flag(flag)) => Ok(Self::Flag(*flag)),
            (Shape::Flag, _) => Err("write `true` or `false`".to_owned()),
            (_, Written::Number(number)) if !number.is_finite() => {
                Err("expected a number that can be counted to".to_owned())
            }
            (Shape::Number(Unit::None) | Shape::Any, Written::Number(number)) => {
                Ok(Self::Number(*number))
            }
            (Shape::Number(unit), Written::Number(_)) => Err(format!(
                "the unit is missing; write it like {}",
                unit.example()
            )),
            (Shape::Number(unit), Written::Text(text)) => {
                quantity::parse(text, *unit).map(Self::Number)
            }
            (Shape::Number(unit), _) => Err(format!("expected a number like {}", unit.example())),
            (Shape::Text(kind), node) => text(kind, node),
            (Shape::Any, Written::Text(text)) => Ok(Self::Text(text.clone())),
            (_, node) => Err(format!("expected {}, found {}", shape.kind(), node.kind())),
        }
    }

    /// The form in which something seen is compared; none where it is of another kind than its shape says.
    pub fn seen(seen: &Value, shape: &Shape) -> Option<Self> {
        match (shape, seen) {
            (_, Value::Bool(flag)) => Some(Self::Flag(*flag)),
            (_, Value::Number(number)) => number.as_f64().map(Self::Number),
            (Shape::Text(kind), Value::String(text)) => normal(kind, text).ok(),
            (_, Value::String(text)) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    /// Whether the value seen is this one; for a network, whether the address lies in it.
    pub fn is(&self, seen: &Self) -> bool {
        match (self, seen) {
            (Self::Network(network), Self::Address(address)) => network.contains(address),
            (Self::Word(_, word), Self::Word(_, other)) => word == other,
            (wanted, seen) => wanted == seen,
        }
    }

    /// Whether the two are of one kind.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) | Self::Word(..) => 2,
            Self::Address(_) | Self::Network(_) => 3,
        }
    }

    /// Its place among its kind: numbers by size, words by the order of their list.
    pub fn rank(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Word(place, _) => Some(*place as f64),
            _ => None,
        }
    }

    /// As text, to look into.
    pub fn text(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) | Self::Word(_, text) => text.clone(),
            Self::Address(address) => address.to_string(),
            Self::Network(network) => network.to_string(),
        }
    }

    /// As a person reads it, with its unit; escaped and cut.
    pub fn show(&self, shape: &Shape) -> String {
        match (self, shape) {
            (Self::Number(number), Shape::Number(unit)) => escape(&unit.show(*number)),
            _ => escape(&self.text()),
        }
    }
}

fn text(kind: &Text, node: &written::Value) -> Result<Operand, String> {
    match node {
        written::Value::Text(text) => normal(kind, text),
        written::Value::Number(number) if *kind == Text::Asn => {
            Err(format!("write it as AS{number}"))
        }
        written::Value::Null => Err("a value is missing".to_owned()),
        other => match other.scalar() {
            Some(scalar) => Err(format!(
                "expected text, found {}; write it in quotes: \"{scalar}\"",
                other.kind()
            )),
            None => Err(format!("expected text, found {}", other.kind())),
        },
    }
}

fn normal(kind: &Text, text: &str) -> Result<Operand, String> {
    match kind {
        Text::Plain => Ok(Operand::Text(text.to_owned())),
        Text::Words(words) => word(words, text),
        Text::Asn => asn(text),
        Text::Country => country(text),
        Text::Hostname => Ok(Operand::Text(hostname(text))),
        Text::Address => address(text)
            .map(Operand::Address)
            .ok_or_else(|| "expected an IP address like 36.248.45.104".to_owned()),
        Text::Network => network(text).map(|network| Operand::Text(network.to_string())),
        Text::Within => match address(text) {
            Some(address) => Ok(Operand::Address(address)),
            None => network(text).map(Operand::Network),
        },
    }
}

fn word(words: &[String], text: &str) -> Result<Operand, String> {
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    match words
        .iter()
        .position(|word| word.eq_ignore_ascii_case(text))
    {
        Some(place) => Ok(Operand::Word(place, words[place].clone())),
        None => Err(format!(
            "`{text}` is not known here; {}",
            suggest::remedy(text, &known)
        )),
    }
}

fn asn(text: &str) -> Result<Operand, String> {
    let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as"));
    let number = digits.and_then(|digits| digits.parse::<u32>().ok());
    number
        .map(|number| Operand::Text(format!("AS{number}")))
        .ok_or_else(|| "expected an AS number like AS4837".to_owned())
}

fn country(text: &str) -> Result<Operand, String> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Operand::Text(text.to_ascii_uppercase()));
    }
    Err("expected a two-letter country code (ISO 3166-1) like CN".to_owned())
}

/// In lower-case A-labels (UTS 46) with the final dot.
fn hostname(text: &str) -> String {
    let ascii = if text.is_ascii() {
        None
    } else {
        idna::domain_to_ascii(text).ok()
    };
    let name = ascii.as_deref().unwrap_or(text);
    format!("{}.", name.trim_end_matches('.').to_lowercase())
}

/// An IPv4-mapped one is the IPv4 address.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical())
}

fn network(text: &str) -> Result<IpNet, String> {
    let parsed = text.parse::<IpNet>().map(|network| network.trunc());
    parsed.map_err(|_| "expected a network like 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests;
