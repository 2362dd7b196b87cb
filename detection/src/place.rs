//! Whose an address is and where, as the databases of the moment say.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// The address.
    pub address: IpAddr,
    /// The special range it lies in (RFC 6890), if any: `private`, `cgn`, `loopback` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special: Option<String>,
    /// The exchange in whose peering LAN it is, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// The systems that announce it, several where they share it (MOAS); none where nobody does; missing where no database
    /// could say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<BTreeSet<u32>>,
    /// The name of the system, by which two systems of one holder are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// An address as one step of a way between systems.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// One system, or several that announce the same network.
    As(BTreeSet<u32>),
    /// The peering LAN of an exchange, whoever announces it.
    Exchange(String),
    /// A special range: `private`, `cgn`.
    Special(String),
    /// Announced by nobody.
    Unrouted,
    /// No database could say.
    Unknown,
    /// Nobody answered.
    Gap,
}

impl Place {
    /// An address of which nothing is known.
    pub fn unknown(address: IpAddr) -> Self {
        Self {
            address,
            special: None,
            exchange: None,
            origins: None,
            holder: None,
            country: None,
        }
    }

    /// Special ranges go before exchanges, and exchanges before who announces them: an announced peering LAN does not put
    /// the exchange's system on the way.
    pub fn token(&self) -> Token {
        match (&self.special, &self.exchange, &self.origins) {
            (Some(special), _, _) => Token::Special(special.clone()),
            (None, Some(exchange), _) => Token::Exchange(exchange.clone()),
            (None, None, Some(origins)) if origins.is_empty() => Token::Unrouted,
            (None, None, Some(origins)) => Token::As(origins.clone()),
            (None, None, None) => Token::Unknown,
        }
    }
}

impl Token {
    /// Whether it is a system, one or several that share a network.
    pub fn is_system(&self) -> bool {
        matches!(self, Self::As(_))
    }

    /// Whether both may be the same: a gap or what nobody knows may be anything, systems that share a network are one where
    /// they have one in common.
    pub fn unifies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Gap | Self::Unknown, _) | (_, Self::Gap | Self::Unknown) => true,
            (Self::As(one), Self::As(other)) => !one.is_disjoint(other),
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::As(origins) => {
                let all: Vec<String> = origins.iter().map(u32::to_string).collect();
                match all.as_slice() {
                    [one] => write!(formatter, "AS{one}"),
                    several => write!(formatter, "AS{{{}}}", several.join(",")),
                }
            }
            Self::Exchange(name) => write!(formatter, "IX:{name}"),
            Self::Special(word) => formatter.write_str(word),
            Self::Unrouted => formatter.write_str("unrouted"),
            Self::Unknown => formatter.write_str("unknown"),
            Self::Gap => formatter.write_str("*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(origins: &[u32]) -> Token {
        Token::As(origins.iter().copied().collect())
    }

    #[track_caller]
    fn check(one: &Token, other: &Token, expect: bool) {
        assert_eq!(one.unifies(other), expect, "{one} and {other}");
        assert_eq!(other.unifies(one), expect, "{other} and {one}");
    }

    #[test]
    fn what_may_be_the_same_unifies() {
        check(&token(&[1]), &token(&[1]), true);
        check(&token(&[1]), &token(&[2]), false);
        check(&token(&[1, 2]), &token(&[2, 3]), true);
        check(&token(&[1]), &Token::Gap, true);
        check(&Token::Unknown, &token(&[1]), true);
        check(&Token::Exchange("LINX".into()), &token(&[1]), false);
        check(&Token::Special("private".into()), &Token::Unrouted, false);
    }

    #[test]
    fn an_exchange_goes_before_whoever_announces_it() {
        let mut place = Place::unknown([80, 249, 208, 1].into());
        place.origins = Some([1200].into());
        assert_eq!(place.token().to_string(), "AS1200");
        place.exchange = Some("AMS-IX".into());
        assert_eq!(place.token().to_string(), "IX:AMS-IX");
    }
}
