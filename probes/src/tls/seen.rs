//! What can be seen of TLS. The words of `tls: { expect: … }`, and of `tls` below what other probes see.

use crate::fact::Fact;
use crate::tcp::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

/// What one handshake showed. Where there was none because nobody listens, everything is null; where nobody answered, missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// How the handshake ended.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub handshake: Fact<Handshake>,
    /// Whether what came back is TLS at all; missing where nothing came back.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub speaks_tls: Fact<bool>,
    /// The first bytes that came back, where they are not TLS; null where they are.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub first_bytes: Fact<Bytes>,
    /// The alert that ended it by its registered name, e.g. `handshake_failure`, `protocol_version`, `unrecognized_name`;
    /// null where there was none.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub alert: Fact<String>,
    /// Why the handshake ended early, in words for people; null where it did not.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub because: Fact<String>,
    /// From the first byte of the handshake sent to its last received.
    #[serde(rename = "time_ms", skip_serializing_if = "Fact::is_unknown")]
    pub time_ms: Fact<f64>,
    /// The version agreed on.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub version: Fact<Version>,
    /// The cipher suite agreed on, e.g. `TLS_AES_128_GCM_SHA256`.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub cipher: Fact<String>,
    /// The group the keys were agreed on in, e.g. `X25519`, `secp256r1`.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub group: Fact<String>,
    /// The protocol above TLS that was agreed on (ALPN), e.g. `h2`; null where none was.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub alpn: Fact<String>,
    /// The name that was asked for in the clear (SNI); null where none was.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub sni: Fact<String>,
    /// The name or address that the certificate was held against.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub verified_name: Fact<String>,
    /// What is to be thought of the certificates, the gravest problem if there are several.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub chain: Fact<Chain>,
    /// Everything that is wrong with the certificates.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub problems: Fact<Vec<Chain>>,
    /// The subject of the server's certificate.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub subject: Fact<String>,
    /// Who signed the server's certificate.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub issuer: Fact<String>,
    /// The names and addresses the server's certificate is for (SAN), in lower case; its common name is not one of them.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub names: Fact<Vec<String>>,
    /// How long until the first of the certificates that count expires: those that lead to the root, or the server's own where
    /// none do. Less than nothing once it has.
    #[serde(rename = "expires-in_s", skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub expires_in_s: Fact<i64>,
    /// The certificates as they were sent, in that order.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub certificates: Fact<Vec<Certificate>>,
    /// Whether each certificate sent vouches for the one before it, as TLS 1.2 asks for; a root at the end may be there.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub in_order: Fact<bool>,
    /// The subjects from the server's certificate to the trusted root, which need not be sent; null where nothing leads there.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-ordered" = true))]
    pub path: Fact<Vec<String>>,
    /// The subject of the trusted root; null where nothing leads to one.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub root: Fact<String>,
    /// What the stapled OCSP answer says of the server's certificate; null where none was stapled.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub ocsp: Fact<Ocsp>,
    /// Whether the server asked for a certificate of ours; we have none.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub asks_for_certificate: Fact<bool>,
}

/// How a handshake ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handshake {
    /// Both sides have keys; says nothing of the certificates.
    Completed,
    /// The server ended it with an alert.
    Alert,
    /// The server speaks TLS, but nothing that was offered.
    Incompatible,
    /// What came back is not TLS.
    NotTls,
    /// What came back is TLS with a mistake in it, or a proof that does not hold.
    Broken,
    /// The server closed the connection without a word.
    Closed,
    /// The server reset the connection.
    Reset,
    /// It was not done in the time given.
    Timeout,
}

/// A version of the protocol, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum Version {
    /// SSL 3.0 (RFC 6101), forbidden by RFC 7568.
    #[serde(rename = "SSL3")]
    Ssl3,
    /// TLS 1.0 (RFC 2246), forbidden by RFC 8996.
    #[serde(rename = "TLS1.0")]
    Tls10,
    /// TLS 1.1 (RFC 4346), forbidden by RFC 8996.
    #[serde(rename = "TLS1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "TLS1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "TLS1.3")]
    Tls13,
}

/// What is to be thought of the certificates, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// They lead to a trusted root, are for this name and valid today.
    Trusted,
    /// They are for other names.
    WrongName,
    /// One that counts is not valid yet.
    NotYetValid,
    /// One that counts is not valid any more.
    Expired,
    /// The server's certificate alone was sent, and who signed it is not trusted itself: an intermediate is missing, or it is
    /// an authority that nobody here knows.
    Incomplete,
    /// They lead to an authority that is not trusted.
    Untrusted,
    /// The server vouches for itself.
    SelfSigned,
    /// One may not be used so: not for servers, not an authority, or not for such names.
    WrongUsage,
    /// A signature is by a method that is not accepted any more, or not known.
    UnsupportedSignature,
    /// A signature does not hold.
    BadSignature,
    /// They cannot be read.
    Malformed,
}

/// One certificate as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Certificate {
    /// The part it plays in the chain.
    pub role: Role,
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses it is for (SAN), in lower case.
    pub names: Vec<String>,
    /// Its number, hexadecimal.
    pub serial: String,
    /// The kind of its key: `RSA`, `P-256`, `P-384`, `P-521`, `Ed25519`, `Ed448`, or the identifier of another.
    pub key: String,
    /// The size of its key.
    pub key_bits: u32,
    /// How it is signed, e.g. `ecdsa-with-SHA256`.
    pub signature: String,
    /// SHA-256 of the whole certificate, hexadecimal.
    pub fingerprint: String,
    /// SHA-256 of its public key (SPKI), hexadecimal: the same after a renewal with the same key.
    pub spki: String,
    /// From when it is valid (UTC, RFC 3339).
    pub not_before: String,
    /// Until when it is valid (UTC, RFC 3339).
    pub not_after: String,
    /// How long until it expires; less than nothing once it has.
    #[serde(rename = "expires-in_s")]
    #[schemars(extend("x-volatile" = true))]
    pub expires_in_s: i64,
    /// Whether it may sign others.
    pub is_ca: bool,
}

/// The part a certificate plays in the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The server's own.
    Leaf,
    /// It leads on to the root.
    Intermediate,
    /// It vouches for itself: a root need not be sent.
    Root,
    /// Nothing in the chain needs it.
    #[default]
    Unused,
    /// It is no certificate that can be read.
    Malformed,
}

/// What a stapled OCSP answer says (RFC 6960). Its signature is not verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Ocsp {
    /// What it says of the server's certificate.
    pub status: OcspStatus,
    /// When that was known to be so (UTC, RFC 3339).
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub this_update: Fact<String>,
    /// Until when it counts (UTC, RFC 3339); null where it does not say.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub next_update: Fact<String>,
    /// How long it still counts; less than nothing once it is out of date.
    #[serde(rename = "expires-in_s", skip_serializing_if = "Fact::is_unknown")]
    #[schemars(extend("x-volatile" = true))]
    pub expires_in_s: Fact<i64>,
}

/// What an OCSP answer says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OcspStatus {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// The responder does not know it.
    Unknown,
    /// An answer about another certificate.
    AboutAnother,
    /// The responder's own error, or nothing that can be read.
    Malformed,
}
