//! Numbers with a unit: `120ms`, `21d`, `10%`, `4KiB`. The unit is never guessed.

/// What a number counts. The name is the suffix of its JSON key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain number.
    None,
    /// Milliseconds, key suffix `_ms`.
    Milliseconds,
    /// Seconds, key suffix `_s`.
    Seconds,
    /// Octets, key suffix `_bytes`.
    Bytes,
    /// Per cent, key suffix `_percent`.
    Percent,
}

const SUFFIXES: &[(&str, Unit)] = &[
    ("_ms", Unit::Milliseconds),
    ("_s", Unit::Seconds),
    ("_bytes", Unit::Bytes),
    ("_percent", Unit::Percent),
];

/// Unit names and their size in the base of their kind: seconds, octets, per cent.
const SIZES: &[(&str, Unit, f64)] = &[
    ("us", Unit::Seconds, 1e-6),
    ("µs", Unit::Seconds, 1e-6),
    ("ms", Unit::Seconds, 1e-3),
    ("s", Unit::Seconds, 1.0),
    ("m", Unit::Seconds, 60.0),
    ("h", Unit::Seconds, 3600.0),
    ("d", Unit::Seconds, 86400.0),
    ("B", Unit::Bytes, 1.0),
    ("KiB", Unit::Bytes, 1024.0),
    ("MiB", Unit::Bytes, 1_048_576.0),
    ("%", Unit::Percent, 1.0),
];

impl Unit {
    /// The word of a JSON key and its unit: `rtt_ms` is `rtt` in milliseconds.
    pub fn of_key(key: &str) -> (&str, Self) {
        SUFFIXES
            .iter()
            .find_map(|(suffix, unit)| key.strip_suffix(suffix).map(|word| (word, *unit)))
            .unwrap_or((key, Self::None))
    }

    /// An example of an operand.
    pub fn example(self) -> &'static str {
        match self {
            Self::None => "20",
            Self::Milliseconds => "400ms",
            Self::Seconds => "60s",
            Self::Bytes => "1232B",
            Self::Percent => "10%",
        }
    }

    /// A number as a person reads it.
    pub fn show(self, number: f64) -> String {
        match self {
            Self::None => number.to_string(),
            Self::Milliseconds => show_ms(number),
            Self::Seconds if number.abs() >= TWO_DAYS_S => format!("{:.1} days", number / 86_400.0),
            Self::Seconds => format!("{number} s"),
            Self::Bytes => format!("{number} B"),
            Self::Percent => format!("{number} %"),
        }
    }

    fn base(self) -> (Self, f64) {
        match self {
            Self::Milliseconds => (Self::Seconds, 1e3),
            other => (other, 1.0),
        }
    }
}

/// From here on nobody counts in seconds.
const TWO_DAYS_S: f64 = 172_800.0;

fn show_ms(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 && ms % 100.0 == 0.0 => format!("{} s", ms / 1e3),
        ms if ms < 10_000.0 && ms.fract() == 0.0 => format!("{ms} ms"),
        ms if ms >= 10_000.0 => format!("{:.1} s", ms / 1e3),
        ms if ms >= 100.0 => format!("{ms:.0} ms"),
        ms if ms >= 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.2} ms"),
    }
}

/// Reads `400ms` into a number of `unit`.
///
/// # Errors
/// A sentence saying what is wrong, for the words under a caret.
pub fn parse(text: &str, unit: Unit) -> Result<f64, String> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-')
        .unwrap_or(text.len());
    let (number, name) = text.split_at(digits);
    let number: f64 = number
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| format!("expected a number like {}", unit.example()))?;
    let name = name.trim();
    if unit == Unit::None || name.is_empty() {
        return plain(number, name, unit);
    }
    let (kind, per_base) = unit.base();
    SIZES
        .iter()
        .find(|(known, of, _)| *known == name && *of == kind)
        .map(|(_, _, size)| number * size * per_base)
        .ok_or_else(|| {
            format!(
                "`{name}` is no unit of this; write it like {}",
                unit.example()
            )
        })
}

fn plain(number: f64, name: &str, unit: Unit) -> Result<f64, String> {
    match (unit, name) {
        (Unit::None, "") => Ok(number),
        (Unit::None, _) => Err("expected a plain number, it has no unit".to_owned()),
        _ => Err(format!(
            "the unit is missing; write it like {}",
            unit.example()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Unit, parse};

    #[track_caller]
    fn check(text: &str, unit: Unit, expect: Result<f64, &str>) {
        assert_eq!(parse(text, unit), expect.map_err(str::to_owned));
    }

    #[test]
    fn a_unit_is_read_and_never_guessed() {
        check("400ms", Unit::Milliseconds, Ok(400.0));
        check("2s", Unit::Milliseconds, Ok(2000.0));
        check("1.5 s", Unit::Milliseconds, Ok(1500.0));
        check("21d", Unit::Seconds, Ok(1_814_400.0));
        check("10%", Unit::Percent, Ok(10.0));
        check("4KiB", Unit::Bytes, Ok(4096.0));
        check("20", Unit::None, Ok(20.0));
        check(
            "400",
            Unit::Milliseconds,
            Err("the unit is missing; write it like 400ms"),
        );
        check(
            "4KiB",
            Unit::Seconds,
            Err("`KiB` is no unit of this; write it like 60s"),
        );
        check(
            "20s",
            Unit::None,
            Err("expected a plain number, it has no unit"),
        );
        check(
            "fast",
            Unit::Milliseconds,
            Err("expected a number like 400ms"),
        );
    }

    #[test]
    fn what_is_written_whole_is_shown_whole() {
        for (ms, shown) in [
            (50.0, "50 ms"),
            (30_000.0, "30 s"),
            (7.25, "7.25 ms"),
            (12.34, "12.3 ms"),
            (195.6, "196 ms"),
            (12_345.0, "12.3 s"),
        ] {
            assert_eq!(Unit::Milliseconds.show(ms), shown);
        }
    }

    #[test]
    fn a_key_tells_its_unit() {
        assert_eq!(Unit::of_key("rtt_ms"), ("rtt", Unit::Milliseconds));
        assert_eq!(Unit::of_key("status"), ("status", Unit::None));
        assert_eq!(Unit::of_key("as-path"), ("as-path", Unit::None));
    }
}
