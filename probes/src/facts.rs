//! Facts about an address: whose it is and where.

mod atlas;
mod csv;
mod mmdb;
mod record;
mod special;

pub use atlas::Atlas;

use crate::fact::Fact;
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;

/// The special range an address leads to, in one word, if any: that of RFC 6890 it lies in, or that of the IPv4 address
/// which an IPv4-mapped, NAT64 (RFC 6052) or 6to4 (RFC 3056) address stands for.
pub fn special_range(address: IpAddr) -> Option<&'static str> {
    special::behind(address.to_canonical()).map(|(_, word)| word)
}

/// An autonomous system number, written `AS4837`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asn(pub u32);

/// What is known about one address. One vocabulary for an address in a DNS answer, at a hop, or connected to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AddressFacts {
    /// The address itself, an IPv4-mapped one written as IPv4.
    pub address: IpAddr,
    /// The special range it lies in by the IANA registries (RFC 6890): `private`, `cgn`, `loopback`, `link-local`,
    /// `documentation`, `benchmarking`, `multicast`, `broadcast`, `this-network`, `unspecified`, `discard`,
    /// `segment-routing` or `reserved`; null for a global address.
    pub special: Option<String>,
    /// The autonomous system that announces it; of several the first that the database names.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub asn: Fact<Asn>,
    /// The name of that system.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub as_name: Fact<String>,
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("format" = "country"))]
    pub country: Fact<String>,
    /// The city.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub city: Fact<String>,
    /// The announced or allocated network it was found in (CIDR); of a special address the special range.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("format" = "network"))]
    pub prefix: Fact<String>,
    /// All autonomous systems that announce it, by number: several where they share it (MOAS). Missing where no database
    /// tells several apart.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub origins: Fact<Vec<Asn>>,
    /// The exchange in whose peering LAN it is, whoever announces that: its systems are not on the way for it. Missing where
    /// no database knows exchanges.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub exchange: Fact<String>,
    /// Its name by reverse look-up (PTR), where one was asked for.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("format" = "hostname"))]
    pub hostname: Fact<String>,
}

/// A database that was asked, so that a changed database is not taken for a changed network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DatabaseIdentity {
    /// The file's name without its folder.
    pub name: String,
    /// The type the database states of itself, or `csv`.
    pub kind: String,
    /// When it was built (UTC, RFC 3339), where the file says so.
    pub built: Option<String>,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

impl std::fmt::Display for Asn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "AS{}", self.0)
    }
}

impl Serialize for Asn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Asn {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Asn".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "asn" })
    }
}
