//! Numbers that carry their unit in the text: `6.4ms`, `10%`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time, written with its unit: `250us`, `6.4ms`, `2s`, `1m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delay(pub Duration);

impl FromStr for Delay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a length of time; write `250us`, `6.4ms` or `2s`");
        let digits = text
            .find(|c: char| c.is_ascii_alphabetic())
            .ok_or_else(wrong)?;
        let (number, unit) = text.split_at(digits);
        let number: f64 = number.trim_end().parse().map_err(|_| wrong())?;
        let unit_s = match unit {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            _ => return Err(wrong()),
        };
        let seconds = number * unit_s;
        if !(0.0..=86_400.0).contains(&seconds) {
            return Err(format!("`{text}` is not between 0s and 1440m"));
        }
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0.as_nanos() as f64 / 1e6)
    }
}

/// A share of all packets, written in percent: `10%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_suffix('%')
            .and_then(|number| number.trim_end().parse::<f64>().ok())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Self(percent / 100.0))
            .ok_or_else(|| format!("`{text}` is not a share; write `0%` to `100%`"))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0 * 100.0)
    }
}

/// One turn of a router that answers by pattern: after a delay, or not at all (`silent`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It answers after this round trip.
    After(Delay),
    /// It says nothing.
    Silent,
}

impl FromStr for Turn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "silent" => Ok(Self::Silent),
            delay => delay.parse().map(Self::After),
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(delay) => delay.fmt(f),
            Self::Silent => f.write_str("silent"),
        }
    }
}

/// Reads any of these from a YAML string, so that an error stands at the string's own line.
pub(crate) struct FromText<T> {
    what: &'static str,
    kind: std::marker::PhantomData<T>,
}

impl<T: FromStr<Err = String>> FromText<T> {
    pub(crate) fn read<'de, D: Deserializer<'de>>(
        from: D,
        what: &'static str,
    ) -> Result<T, D::Error> {
        let kind = std::marker::PhantomData;
        from.deserialize_str(Self { what, kind })
    }
}

impl<T: FromStr<Err = String>> Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! text_type {
    ($type:ident, $what:literal, $pattern:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                FromText::read(from, $what)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "description": $what, "pattern": $pattern})
            }
        }
    };
}
pub(crate) use text_type;

text_type!(
    Delay,
    "a length of time such as 6.4ms or 2s",
    r"^[0-9.]+ ?(us|ms|s|m)$"
);
text_type!(Share, "a share such as 10%", r"^[0-9.]+ ?%$");
text_type!(
    Turn,
    "a round trip such as 6.4ms, or `silent`",
    r"^(silent|[0-9.]+ ?(us|ms|s|m))$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_written() {
        let ms = |text: &str| text.parse::<Delay>().map(|delay| delay.0.as_micros());
        assert_eq!(ms("6.4ms"), Ok(6_400));
        assert_eq!(ms("250us"), Ok(250));
        assert_eq!(ms("2s"), Ok(2_000_000));
        assert_eq!("371.25ms".parse::<Delay>().unwrap().to_string(), "371.25ms");
        assert_eq!("12.5%".parse::<Share>().unwrap().to_string(), "12.5%");
        assert_eq!("silent".parse::<Turn>(), Ok(Turn::Silent));
    }

    #[test]
    fn a_number_without_unit_or_out_of_range_is_refused() {
        for text in ["6", "ms", "-1ms", "NaNms", "infs", "1e9s", "6 hours", ""] {
            assert!(text.parse::<Delay>().is_err(), "{text}");
        }
        for text in ["10", "101%", "-1%", "NaN%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}
