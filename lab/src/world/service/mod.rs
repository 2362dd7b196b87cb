//! TCP services: peers that speak given bytes.

pub mod certificate;

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A TCP listener. A route must lead to its address.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Address and port.
    pub listen: SocketAddr,
    /// What it says as soon as somebody connects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greets: Option<Bytes>,
    /// What it says whenever it hears something.
    #[serde(default)]
    pub hears: Hears,
    /// Whether it hangs up once it has spoken.
    #[serde(default)]
    pub closes: bool,
}

/// What a service does with what it hears.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hears {
    /// It reads and says nothing.
    #[default]
    Ignores,
    /// It says the same back.
    Echoes,
    /// It answers with these bytes.
    Answers(Bytes),
}

/// Bytes, as text or in hexadecimal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Two hexadecimal digits each.
    Hex(String),
}

impl Bytes {
    /// The bytes themselves; says so where the digits are not hexadecimal.
    pub fn decoded(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Hex(digits) => unhex(digits)
                .ok_or_else(|| format!("`{digits}` is not pairs of hexadecimal digits")),
        }
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let nibbles: Vec<u8> = digits
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let pairs = nibbles.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}
