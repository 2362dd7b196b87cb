//! The type of record asked for.

use super::types::{REFUSED, TYPES, mnemonic};
use std::fmt;
use std::str::FromStr;

/// The type of record asked for: a mnemonic of the IANA registry, or `TYPE123` (RFC 3597).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryType(u16);

impl QueryType {
    /// IPv4 addresses.
    pub const A: Self = Self(1);
    /// Name servers.
    pub const NS: Self = Self(2);
    /// The alias itself.
    pub const CNAME: Self = Self(5);
    /// The start of authority.
    pub const SOA: Self = Self(6);
    /// The name of an address, see [`QueryName::reverse`](super::QueryName::reverse).
    pub const PTR: Self = Self(12);
    /// Mail servers.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// Delegation signers.
    pub const DS: Self = Self(43);
    /// The keys of a zone.
    pub const DNSKEY: Self = Self(48);
    /// IPv6 addresses.
    pub const AAAA: Self = Self(28);

    /// Every mnemonic that can be asked for, by rising number; for suggestions and completion.
    pub const NAMES: [&'static str; TYPES.len()] = {
        let mut names = [""; TYPES.len()];
        let mut row = 0;
        while row < TYPES.len() {
            names[row] = TYPES[row].0;
            row += 1;
        }
        names
    };

    /// The type of that number, whatever it is.
    pub(crate) fn of(number: u16) -> Self {
        Self(number)
    }

    /// The type's number.
    pub fn number(self) -> u16 {
        self.0
    }
}

/// The class asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QueryClass {
    /// The Internet.
    #[default]
    In,
    /// CHAOS, in which servers speak of themselves (`version.bind`, `id.server`).
    Ch,
}

impl QueryClass {
    /// The class's number.
    pub fn number(self) -> u16 {
        match self {
            Self::In => 1,
            Self::Ch => 3,
        }
    }
}

impl FromStr for QueryType {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let upper = written.to_ascii_uppercase();
        let by_number = upper
            .strip_prefix("TYPE")
            .and_then(|number| number.parse().ok());
        let by_name = TYPES.iter().find(|row| row.0 == upper).map(|row| row.1);
        let number = by_name.or(by_number);
        if let Some((name, _, why)) = REFUSED
            .iter()
            .find(|row| row.0 == upper || Some(row.1) == number)
        {
            return Err(format!("type {name} cannot be asked: {why}"));
        }
        number.filter(|&number| number != 0).map(Self).ok_or_else(|| {
            format!("`{written}` is not a record type; write a mnemonic such as AAAA, or TYPE123 for one without")
        })
    }
}

impl fmt::Display for QueryType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&mnemonic(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mnemonics_and_numbers_name_the_same_types() {
        for (name, number, _) in TYPES {
            assert_eq!(name.parse(), Ok(QueryType(*number)));
            assert_eq!(format!("TYPE{number}").parse(), Ok(QueryType(*number)));
            assert_eq!(QueryType(*number).to_string(), *name);
        }
        assert_eq!("aaaa".parse(), Ok(QueryType::AAAA));
        assert_eq!(QueryType(65280).to_string(), "TYPE65280");
    }

    #[test]
    fn what_is_no_data_is_refused_with_the_reason() {
        for written in ["ANY", "any", "AXFR", "TYPE255", "OPT"] {
            let error = written.parse::<QueryType>().unwrap_err();
            assert!(error.contains("cannot be asked: "), "{written}: {error}");
        }
        for written in ["AAAAA", "TYPE70000", "TYPE0", "TYPE-1", ""] {
            let error = written.parse::<QueryType>().unwrap_err();
            assert!(
                error.starts_with(&format!("`{written}` is not")),
                "{written}: {error}"
            );
        }
    }
}
