//! What a DNS probe can see of signatures (RFC 4034, RFC 4035).

use schemars::JsonSchema;
use serde::Serialize;

/// One signature (RRSIG) as it came; whether it is right is another matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Signature {
    /// The owner of the records signed.
    #[schemars(extend("format" = "hostname"))]
    pub name: String,
    /// The type of the records signed.
    pub covers: String,
    /// The zone that signed.
    #[schemars(extend("format" = "hostname"))]
    pub signer: String,
    /// The algorithm by its registered name, e.g. `ECDSAP256SHA256`; `ALG123` without one.
    pub algorithm: String,
    /// The number of the key, see `DNSKEY`.
    pub key_tag: u16,
    /// When it begins to hold, UTC.
    #[schemars(extend("x-volatile" = true))]
    pub inception: String,
    /// When it ends to hold, UTC.
    #[schemars(extend("x-volatile" = true))]
    pub expires: String,
    /// How long it still holds; below nothing once it is over.
    #[serde(rename = "expires-in_s")]
    #[schemars(extend("x-volatile" = true))]
    pub expires_in_s: i64,
}

/// What validation comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Dnssec {
    /// The verdict.
    pub verdict: Security,
    /// Why, where it is not secure; null where there is nothing to say.
    pub because: Option<String>,
}

/// Whether an answer can be believed (RFC 4035 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// A chain of signatures leads from the trust anchor to the answer, or to the proof that there is none.
    Secure,
    /// The chain proves that the zone is not signed, so that anything can be said of it.
    Insecure,
    /// The zone is signed, and this answer is not as it was signed, or proves nothing.
    Bogus,
    /// No trust anchor stands above the name, or what the chain needs could not be had.
    Indeterminate,
}
