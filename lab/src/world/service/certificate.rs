//! Certificates: whose they are, who vouches for them, and what is wrong with them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::world::units::{FromText, text_type};

/// A certificate and the chain that is sent with it. Without any setting it is a good one for its service.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Certificate {
    /// The names and addresses it is for. Without them: every name that any resolver of this world gives the
    /// service's addresses to, and those addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The common name of its subject; its first name where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who signs it: the lab's intermediate authority where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    /// From when it is valid, counted from the lab's start: `-30d` where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<Offset>,
    /// Until when it is valid, counted from the lab's start: `60d` where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Offset>,
    /// The certificates sent, in this order; what its issuer needs where nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<Link>,
    /// Its key: `ed25519` where nothing is said, and only such a key is the same in every run of this world.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// How often it was renewed: each time its number and its key are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed: Option<u32>,
    /// An OCSP answer stapled to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staple: Option<Staple>,
}

/// Who signs a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Issuer {
    /// The lab's intermediate authority, which the lab's root vouches for.
    #[default]
    Intermediate,
    /// A second intermediate authority of the lab's root.
    OtherIntermediate,
    /// The lab's root itself.
    Root,
    /// An authority nobody here trusts.
    Stranger,
    /// Its own key.
    Itself,
}

/// A certificate of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// The service's own.
    Leaf,
    /// The lab's intermediate authority.
    Intermediate,
    /// The lab's second intermediate authority.
    OtherIntermediate,
    /// The lab's root.
    Root,
    /// The authority nobody here trusts.
    Stranger,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// Ed25519, made from the world's seed.
    #[default]
    Ed25519,
    /// ECDSA on the curve P-256.
    P256,
    /// ECDSA on the curve P-384.
    P384,
}

/// What a stapled OCSP answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Staple {
    /// The certificate is good.
    Good,
    /// It is revoked.
    Revoked,
    /// The responder does not know it.
    Unknown,
    /// It was good, in an answer that is out of date.
    Stale,
}

/// A time before or after the lab's start, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(pub i64);

impl FromStr for Offset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a time before or after now; write `-1d`, `12h` or `60d`");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds: i64 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let number = text[..text.len() - 1].trim_end();
        let number: i64 = number.parse().map_err(|_| wrong())?;
        const LONGEST: i64 = 20_000 * 86_400;
        number
            .checked_mul(seconds)
            .filter(|offset| offset.abs() <= LONGEST)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is more than 20000 days away"))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

text_type!(
    Offset,
    "a time before or after now such as -1d, 12h or 60d",
    r"^[-+]?[0-9]+ ?[smhd]$"
);
