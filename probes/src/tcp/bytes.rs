//! Bytes as they came, for people and for expectations.

use schemars::JsonSchema;
use serde::Serialize;

/// Bytes as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Bytes {
    /// As text; what is no UTF-8 is replaced.
    pub text: String,
    /// Hexadecimal, lower case.
    pub hex: String,
    /// How many.
    #[serde(rename = "size_bytes")]
    pub size_bytes: u64,
}

impl Bytes {
    /// These.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            text: String::from_utf8_lossy(bytes).into_owned(),
            hex: hex(bytes),
            size_bytes: bytes.len() as u64,
        }
    }
}

/// Hexadecimal, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| {
        DIGITS
            .get(usize::from(value))
            .copied()
            .map_or('?', char::from)
    };
    let both = |byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(both).collect()
}

/// The bytes that hexadecimal digits stand for; blanks and colons between bytes are passed over.
///
/// # Errors
/// What is wrong, for the words under a caret.
pub fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != ':');
    let digits: Vec<u8> = digits
        .map(|letter| {
            let digit = letter
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok());
            digit.ok_or_else(|| format!("`{letter}` is no hexadecimal digit"))
        })
        .collect::<Result<_, _>>()?;
    match digits.as_chunks::<2>() {
        (pairs, []) => Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()),
        _ => Err("expected two hexadecimal digits a byte".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(hex(&[0x16, 0xf1, 0x04, 0]), "16f10400");
        assert_eq!(from_hex("16F1 04:00"), Ok(vec![0x16, 0xf1, 0x04, 0]));
        assert_eq!(from_hex(""), Ok(Vec::new()));
        assert!(from_hex("16f").is_err() && from_hex("0x16").is_err());
    }

    #[test]
    fn what_is_no_text_is_still_shown() {
        let bytes = Bytes::of(b"\xff220 ok");
        assert_eq!(
            (bytes.text.as_str(), bytes.size_bytes),
            ("\u{fffd}220 ok", 7)
        );
    }
}
