//! One value in the form it is compared in: what was written and what was seen meet here.

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

    /// As a person reads it, with its unit.
    pub fn show(&self, shape: &Shape) -> String {
        match (self, shape) {
            (Self::Number(number), Shape::Number(unit)) => unit.show(*number),
            _ => self.text(),
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
        Text::Address => text
            .parse()
            .map(Operand::Address)
            .map_err(|_| "expected an IP address like 36.248.45.104".to_owned()),
        Text::Network => network(text).map(|network| Operand::Text(network.to_string())),
        Text::Within => match text.parse() {
            Ok(address) => Ok(Operand::Address(address)),
            Err(_) => network(text).map(Operand::Network),
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

/// Lower case, with the final dot.
fn hostname(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.').to_lowercase())
}

fn network(text: &str) -> Result<IpNet, String> {
    let parsed = text.parse::<IpNet>().map(|network| network.trunc());
    parsed.map_err(|_| "expected a network like 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &Text, written: &str, seen: &str, expect: bool) {
        let shape = Shape::Text(kind.clone());
        let wanted =
            Operand::read(&written::Value::Text(written.to_owned()), &shape).expect("readable");
        let seen = Operand::seen(&Value::String(seen.to_owned()), &shape).expect("of its kind");
        assert_eq!(wanted.is(&seen), expect, "{wanted:?} is {seen:?}");
    }

    #[test]
    fn text_is_compared_by_its_kind() {
        check(
            &Text::Hostname,
            "MMSNS.qpic.wechatos.net",
            "mmsns.qpic.wechatos.net.",
            true,
        );
        check(
            &Text::Hostname,
            "qpic.wechatos.net.",
            "mmsns.qpic.wechatos.net.",
            false,
        );
        check(&Text::Asn, "as4837", "AS4837", true);
        check(&Text::Country, "cn", "CN", true);
        check(&Text::Address, "::ffff:0:1", "::ffff:0:1", true);
        check(&Text::Address, "2001:DB8::0:1", "2001:db8::1", true);
        check(&Text::Network, "10.1.2.3/8", "10.0.0.0/8", true);
        check(&Text::Plain, "a", "A", false);
    }

    #[test]
    fn an_address_lies_in_a_network() {
        let shape = Shape::Text(Text::Within);
        let network =
            Operand::read(&written::Value::Text("10.0.0.0/8".into()), &shape).expect("a network");
        assert!(network.is(&Operand::Address("10.9.9.9".parse().expect("an address"))));
        assert!(!network.is(&Operand::Address("11.9.9.9".parse().expect("an address"))));
    }

    #[test]
    fn a_number_for_an_as_is_told_how() {
        let shape = Shape::Text(Text::Asn);
        assert_eq!(
            Operand::read(&written::Value::Number(4837.0), &shape),
            Err("write it as AS4837".to_owned())
        );
    }
}
