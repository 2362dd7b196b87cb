//! What hosts make of echo requests.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Delay;

/// What becomes of one echo request; all that is left out is as the route has it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Echo {
    /// The round trip of its reply. One that is longer than the next one's is overtaken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Delay>,
    /// It is lost.
    pub lost: bool,
    /// How many more copies of its reply arrive.
    pub duplicates: u8,
    /// The last octet of its payload comes back another, under a right checksum.
    pub corrupt: bool,
    /// So many octets of its payload do not come back, under a right checksum.
    pub short_by: u16,
    /// Who replies in the host's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
    /// The TTL its reply starts with: 64 unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ttl: Option<u8>,
}

impl Echo {
    /// The first thing that cannot be played in a route of that IP version.
    pub(crate) fn check(&self, v6: bool) -> Result<(), String> {
        match self.from {
            Some(from) if from.is_ipv6() != v6 => Err(format!(
                "echo from {from}, which is of the other IP version"
            )),
            _ => Ok(()),
        }
    }
}
