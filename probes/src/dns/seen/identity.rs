//! What a DNS probe can see of who a server is.

use crate::facts::AddressFacts;
use schemars::JsonSchema;
use serde::Serialize;

/// What a server says of itself, asked by questions of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Identity {
    /// What it answers to `id.server` (RFC 4892); null where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub id_server: Option<Option<String>>,
    /// What it answers to `hostname.bind`; null where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub hostname_bind: Option<Option<String>>,
    /// What it answers to `version.bind`; null where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub version_bind: Option<Option<String>>,
    /// The address it asks others from, as the name under `identity` shows it; a forwarder shows that of whom it forwards to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<AddressFacts>")]
    pub asks_from: Option<Option<AddressFacts>>,
}
