//! Name servers: what each of them says.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_proto::serialize::txt::Parser;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::encrypted::Encrypted;
use super::habits::Habits;
use super::route::Prefix;
use super::units::{Delay, FromText, text_type};

/// One record as `dig` prints it: `qpic.cn. 60 A 36.248.45.104`.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordLine(pub Record);

impl FromStr for RecordLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &dyn fmt::Display| {
            format!("`{text}` is not a record such as `qpic.cn. 60 A 36.248.45.104`: {why}")
        };
        // The parser also knows $INCLUDE, which would read other files.
        if text.contains('\n') || text.trim_start().starts_with('$') {
            return Err(wrong(&"one line, no directive"));
        }
        let (_, sets) = Parser::new(format!("{text}\n"), None, Some(Name::root()))
            .parse()
            .map_err(|error| wrong(&error))?;
        let mut records = sets
            .into_values()
            .flat_map(|set| set.records_without_rrsigs().cloned().collect::<Vec<_>>());
        match (records.next(), records.next()) {
            (Some(record), None) => Ok(Self(record)),
            _ => Err(wrong(&"no record in it")),
        }
    }
}

impl fmt::Display for RecordLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RData::TXT(texts) = &self.0.data else {
            return self.0.fmt(f);
        };
        // The library writes the texts one after the other, without what holds them apart.
        write!(f, "{} {} TXT", self.0.name, self.0.ttl)?;
        let mut texts = texts.txt_data.iter();
        texts.try_for_each(|text| write!(f, " \"{}\"", escaped(text)))
    }
}

/// A text of a record as it is written in quotes.
fn escaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A record type by its name or as `TYPE65280` (RFC 3597).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type(pub RecordType);

impl FromStr for Type {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = text
            .strip_prefix("TYPE")
            .and_then(|number| number.parse::<u16>().ok());
        unknown
            .map(RecordType::from)
            .or_else(|| text.parse().ok())
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a record type such as A, TXT or TYPE65280"))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A response code by its name: `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub ResponseCode);

const STATUSES: [(&str, ResponseCode); 10] = [
    ("NOERROR", ResponseCode::NoError),
    ("FORMERR", ResponseCode::FormErr),
    ("SERVFAIL", ResponseCode::ServFail),
    ("NXDOMAIN", ResponseCode::NXDomain),
    ("NOTIMP", ResponseCode::NotImp),
    ("REFUSED", ResponseCode::Refused),
    ("YXDOMAIN", ResponseCode::YXDomain),
    ("YXRRSET", ResponseCode::YXRRSet),
    ("NXRRSET", ResponseCode::NXRRSet),
    ("NOTAUTH", ResponseCode::NotAuth),
];

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = STATUSES.iter().find(|(name, _)| *name == text);
        found.map(|(_, code)| Self(*code)).ok_or_else(|| {
            let names = STATUSES.map(|(name, _)| name).join(", ");
            format!("`{text}` is not a status; one of {names}")
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = STATUSES.iter().find(|(_, code)| *code == self.0);
        f.write_str(found.map_or("NOERROR", |(name, _)| name))
    }
}

/// A name, always taken as fully qualified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(pub Name);

impl FromStr for Domain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut name =
            Name::from_str(text).map_err(|error| format!("`{text}` is not a name: {error}"))?;
        name.set_fqdn(true);
        Ok(Self(name))
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type!(
    RecordLine,
    "a record such as `qpic.cn. 60 A 36.248.45.104`",
    r"^[^$\n][^\n]*$"
);
text_type!(
    Type,
    "a record type such as A, TXT or TYPE65280",
    r"^[A-Z0-9-]+$"
);
text_type!(
    Status,
    "a response code such as NOERROR or NXDOMAIN",
    r"^[A-Z]+$"
);
text_type!(Domain, "a name such as cmmsns.qpic.cn", r"^\S+$");

/// A name server. It answers from `replies` first, then from `records`, following aliases as a resolver does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Resolver {
    /// Where it listens, on port 53 by UDP and TCP. A route must lead there.
    pub addresses: Vec<IpAddr>,
    /// What it knows, in the order it says it.
    #[serde(default)]
    pub records: Vec<RecordLine>,
    /// Answers given exactly as written.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// In which order, how much at once and with which times to live it says this.
    #[serde(default, skip_serializing_if = "Habits::are_plain")]
    pub habits: Habits,
    /// What it says of names it does not know.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// Whether it knows the names of all hops by their addresses.
    #[serde(default)]
    pub ptr: bool,
    /// Whether it knows EDNS (RFC 6891); one that does not ignores the client's OPT record.
    #[serde(default = "yes")]
    pub edns: bool,
    /// The UDP payload it takes and gives at most, in bytes.
    #[serde(default = "udp_bytes")]
    pub udp_bytes: u16,
    /// Its name as a server (RFC 5001), for clients that ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nsid: Option<String>,
    /// Whether it speaks for its zones itself: what it says from `records` bears AA, and it offers no recursion.
    #[serde(default)]
    pub authoritative: bool,
    /// Whether it listens by TCP too.
    #[serde(default = "yes")]
    pub tcp: bool,
    /// Whether it listens by TLS, HTTPS and QUIC too, and with which certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<Encrypted>,
    /// For how many bits of a client's network (RFC 7871) its answers hold; it repeats the network with that scope.
    /// Without it, it says nothing of client networks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_scope: Option<u8>,
}

fn yes() -> bool {
    true
}

fn udp_bytes() -> u16 {
    1232
}

/// What a name server says of names it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// NXDOMAIN.
    #[default]
    NoSuchName,
    /// REFUSED.
    Refused,
    /// SERVFAIL.
    Failed,
    /// Nothing.
    Silent,
}

/// One answer, exactly as written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reply {
    /// The name it is about.
    pub name: Domain,
    /// The type it is about; every type without it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Type>,
    /// The client network (RFC 7871) it is for; for whoever asks without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_subnet: Option<Prefix>,
    /// The response code.
    #[serde(default = "no_error")]
    pub status: Status,
    /// The answer section, in this order.
    #[serde(default)]
    pub answer: Vec<RecordLine>,
    /// The authority section.
    #[serde(default)]
    pub authority: Vec<RecordLine>,
    /// The additional section, without OPT.
    #[serde(default)]
    pub additional: Vec<RecordLine>,
    /// The flags it sets besides QR and the client's RD.
    #[serde(default = "recursion_available")]
    pub flags: Vec<Flag>,
    /// An extended error (RFC 8914).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_error: Option<ExtendedError>,
    /// It says nothing.
    #[serde(default)]
    pub silent: bool,
    /// By UDP it sends an empty answer with TC set, so that the client asks again by TCP.
    #[serde(default)]
    pub truncate: bool,
    /// It sends a second, different answer section right after the first.
    #[serde(default)]
    pub then: Vec<RecordLine>,
    /// It takes this long before it answers, on top of the way.
    #[serde(default)]
    pub thinks: Delay,
}

impl Reply {
    /// NOERROR about a name, with nothing in it.
    pub(crate) fn empty(name: Domain) -> Self {
        Self {
            name,
            kind: None,
            client_subnet: None,
            status: no_error(),
            answer: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
            flags: recursion_available(),
            extended_error: None,
            silent: false,
            truncate: false,
            then: Vec::new(),
            thinks: Delay::default(),
        }
    }
}

fn no_error() -> Status {
    Status(ResponseCode::NoError)
}

fn recursion_available() -> Vec<Flag> {
    vec![Flag::Ra]
}

/// A header flag of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Authoritative answer.
    Aa,
    /// Recursion available.
    Ra,
    /// Authentic data.
    Ad,
    /// Truncated, with whatever sections are written.
    Tc,
}

/// An extended DNS error (RFC 8914).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendedError {
    /// The code: 22 is "no reachable authority".
    pub code: u16,
    /// Text for people.
    #[serde(default)]
    pub text: String,
}
