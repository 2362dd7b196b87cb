//! What a DNS probe can see. The words of `dns: { expect: … }`.

mod connection;
mod identity;
mod signed;

use crate::facts::{AddressFacts, DatabaseIdentity};
pub use connection::Connection;
pub use identity::Identity;
use schemars::JsonSchema;
use serde::Serialize;
pub use signed::*;

/// Everything one question brought to light. Names are in lower case, because case carries no meaning in them (RFC 4343).
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// The response code, with two of our own kinds beside it: `NODATA` is NOERROR without a record of the type
    /// at the end of the chain, and `TIMEOUT`, `UNREACHABLE`, `MALFORMED`, `TRUNCATED` are answers that never came whole.
    pub status: Status,
    /// The header bits of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Flags>,
    /// The alias targets (CNAME, DNAME) in order from the name asked, rebuilt from the records in whatever order they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Name>", extend("x-ordered" = true))]
    pub chain: Option<Vec<String>>,
    /// What is wrong with that chain: `loop`, `missing-link`, `too-long`, `several-targets`; null when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ChainProblem>")]
    pub chain_problem: Option<Option<ChainProblem>>,
    /// The addresses (A, AAAA) at the end of the chain, each once with its facts, in the order they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<AddressFacts>")]
    pub addresses: Option<Vec<AddressFacts>>,
    /// The data of the records of the asked type at the end of the chain, in presentation form (RFC 1035), duplicates removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    pub data: Option<Vec<String>>,
    /// The smallest time to live in the answer section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    #[serde(rename = "ttl_s")]
    pub ttl_s: Option<u32>,
    /// The answer section, in the order it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Record>")]
    pub answers: Option<Vec<Record>>,
    /// The authority section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Record>")]
    pub authority: Option<Vec<Record>>,
    /// The additional section without the OPT record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Record>")]
    pub additional: Option<Vec<Record>>,
    /// The serial number of the zone, from the SOA record of the answer or, where there is no answer, of the denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u32>")]
    pub serial: Option<Option<u32>>,
    /// Whether a server that was asked as one of the zone's own does not answer for it: it refuses, fails, points elsewhere
    /// or answers without authority (AA). Missing where it was not asked as such, see `servers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub lame: Option<bool>,
    /// The signatures (RRSIG) of the answer and authority sections as they came; they come where `dnssec: true` asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Signature>")]
    pub signatures: Option<Vec<Signature>>,
    /// Whether the answer can be believed, from the `trust-anchor` given; missing where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Dnssec")]
    pub dnssec: Option<Dnssec>,
    /// What the server says of itself; missing where `identity` does not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Identity")]
    pub identity: Option<Identity>,
    /// What the OPT record says (RFC 6891); null when the server sent none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Edns>")]
    pub edns: Option<Option<Edns>>,
    /// From the first byte sent to the last byte of the answer used, over UDP by the kernel's clock, over TCP with connecting,
    /// encrypted with the handshake too; of a question asked again over TCP
    /// or without EDNS the sum of both exchanges, without the wait for second answers between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    #[serde(rename = "time_ms")]
    pub time_ms: Option<f64>,
    /// The size of the answer used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    #[serde(rename = "size_bytes")]
    pub size_bytes: Option<u32>,
    /// The encrypted connection that carried the question, its parts timed apart and the server's certificates; null over UDP
    /// and TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Connection>")]
    pub connection: Option<Option<Box<Connection>>>,
    /// What carried the answer used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Transport")]
    pub transport: Option<Transport>,
    /// How many answers to this one question arrived while listening (over TCP: one at most); two or more means an injector or a
    /// duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub replies: Option<u32>,
    /// How many different answers those were (id, TTLs, order of records and EDNS aside).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub different_replies: Option<u32>,
    /// Messages that came and were not an answer to our question: wrong id, wrong question or no DNS at all. What others than the
    /// server send never reaches the socket.
    pub strays: u32,
    /// The server that was asked, with its facts.
    pub server: Option<AddressFacts>,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// A domain name in lower-case A-labels with the final dot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(extend("format" = "hostname"))]
pub struct Name(pub String);

/// How the server answered, or that it did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Answered, with records of the type.
    NoError,
    /// Answered: the name exists, the type does not (RFC 2308).
    NoData,
    /// A delegation to other servers instead of an answer.
    Referral,
    /// The server could not parse the question.
    FormErr,
    /// The server failed, see `edns.errors`.
    ServFail,
    /// The name at the end of the chain does not exist.
    NxDomain,
    /// Not implemented there.
    NotImp,
    /// Refused by policy.
    Refused,
    /// EDNS version not known there.
    BadVers,
    /// Any other response code; `flags.rcode` has its number.
    Other,
    /// No answer in the time given.
    #[default]
    Timeout,
    /// ICMP says nobody listens there, or the TCP connection was refused or closed without an answer.
    Unreachable,
    /// The handshake of TLS or QUIC failed; `connection` says how.
    #[serde(rename = "HANDSHAKE-FAILED")]
    HandshakeFailed,
    /// The server's certificate is not one to talk to, so nothing was asked; `connection.tls` has it.
    Untrusted,
    /// What carries DNS there worked and brought something else, e.g. an HTTP status; `connection` says what.
    #[serde(rename = "NOT-DNS")]
    NotDns,
    /// Only a truncated answer over UDP, and TCP did not work.
    Truncated,
    /// The server is known by its name alone, and that has no address.
    #[serde(rename = "NO-ADDRESS")]
    NoAddress,
    /// Something answered with our id and question, but the message cannot be read, or the connection ended in the middle of it.
    Malformed,
}

/// What is wrong with an alias chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChainProblem {
    /// It comes back to a name it has already passed.
    Loop,
    /// It ends at a name of which the answer holds no record of the type, though NOERROR and no SOA say so.
    MissingLink,
    /// More than 16 links.
    TooLong,
    /// One owner with several alias targets (RFC 2181 §10.1 forbids it).
    SeveralTargets,
}

/// Header bits of the answer (RFC 1035 §4.1.1, RFC 4035 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Flags {
    /// Authoritative answer.
    pub aa: bool,
    /// Truncated.
    pub tc: bool,
    /// Recursion desired.
    pub rd: bool,
    /// Recursion available.
    pub ra: bool,
    /// Authentic data.
    pub ad: bool,
    /// Checking disabled.
    pub cd: bool,
    /// The response code's number, extended by EDNS.
    pub rcode: u16,
}

/// One record as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    /// The owner.
    #[schemars(extend("format" = "hostname"))]
    pub name: String,
    /// The type's mnemonic, or `TYPE65280`.
    pub r#type: String,
    /// Time to live.
    #[serde(rename = "ttl_s")]
    pub ttl_s: u32,
    /// The data in presentation form; unknown types as `\# length hex` (RFC 3597).
    pub data: String,
}

/// What the OPT record says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Edns {
    /// EDNS version.
    pub version: u8,
    /// The largest datagram the server takes.
    #[serde(rename = "udp-size_bytes")]
    pub udp_size_bytes: u16,
    /// DNSSEC OK bit.
    pub dnssec_ok: bool,
    /// Extended errors (RFC 8914).
    pub errors: Vec<ExtendedError>,
    /// The name server's identifier (RFC 5001), as text where it is printable and hexadecimal otherwise.
    pub nsid: Option<String>,
    /// The client network the answer was made for (RFC 7871); null where the server says nothing of it.
    pub client_subnet: Option<ClientSubnet>,
}

/// What a server says of the client network it was asked for (RFC 7871).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClientSubnet {
    /// The network of the question, repeated: `203.0.113.0/24`.
    pub net: String,
    /// How many bits of it the answer holds for; 0 for everybody.
    pub scope: u8,
}

/// One extended error (RFC 8914).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ExtendedError {
    /// The registered number.
    pub code: u16,
    /// The registered name, `Other` where there is none.
    pub name: String,
    /// The server's own words.
    pub text: String,
}

/// What carries a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Datagrams, with TCP on truncation.
    Udp,
    /// A connection.
    Tcp,
    /// A connection in TLS (DoT, RFC 7858).
    Tls,
    /// HTTP in TLS (DoH, RFC 8484).
    Https,
    /// QUIC (DoQ, RFC 9250).
    Quic,
}
