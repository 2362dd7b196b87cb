//! The record types: mnemonic, number, and how their data is laid out. One row each.

use Field::*;

/// One piece of a record's data, in the order it stands on the wire, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A domain name.
    Name,
    /// One octet as a decimal number.
    U8,
    /// Two octets as a decimal number.
    U16,
    /// Four octets as a decimal number.
    U32,
    /// An IPv4 address.
    V4,
    /// An IPv6 address.
    V6,
    /// A point in time as `YYYYMMDDHHmmSS` (RFC 4034 §3.2).
    Time,
    /// A record type's number as its mnemonic.
    Type,
    /// A bitmap of record types (RFC 4034 §4.1.2).
    TypeMap,
    /// A `<character-string>`, quoted.
    Text,
    /// Any number of those.
    Texts,
    /// A `<character-string>` without quotes (the tag of CAA, RFC 8659 §4.1).
    Word,
    /// The rest, quoted.
    TextRest,
    /// The rest in hexadecimal.
    HexRest,
    /// The rest in Base64.
    Base64Rest,
    /// One octet of length, then hexadecimal, `-` for none (RFC 5155 §3.3).
    Salt,
    /// One octet of length, then Base32hex without padding (RFC 5155 §3.3).
    Hash,
    /// Eight octets as four groups of hexadecimal (RFC 6742).
    Locator,
    /// The rest as pairs of hexadecimal digits with dashes (RFC 7043).
    Eui,
    /// Service parameters (RFC 9460 §2.1).
    SvcParams,
    /// A place on earth (RFC 1876).
    Place,
    /// A list of address prefixes (RFC 3123).
    Prefixes,
    /// Gateway type, algorithm and gateway (RFC 4025 §2).
    Gateway,
}

/// Mnemonic, number, layout. Without a layout the data is written as `\# length hex` (RFC 3597 §5).
type Row = (&'static str, u16, &'static [Field]);

/// The IANA registry's types that can be asked for, by number.
pub(crate) const TYPES: &[Row] = &[
    ("A", 1, &[V4]),
    ("NS", 2, &[Name]),
    ("MD", 3, &[Name]),
    ("MF", 4, &[Name]),
    ("CNAME", 5, &[Name]),
    ("SOA", 6, &[Name, Name, U32, U32, U32, U32, U32]),
    ("MB", 7, &[Name]),
    ("MG", 8, &[Name]),
    ("MR", 9, &[Name]),
    ("NULL", 10, &[]),
    ("WKS", 11, &[]),
    ("PTR", 12, &[Name]),
    ("HINFO", 13, &[Text, Text]),
    ("MINFO", 14, &[Name, Name]),
    ("MX", 15, &[U16, Name]),
    ("TXT", 16, &[Texts]),
    ("RP", 17, &[Name, Name]),
    ("AFSDB", 18, &[U16, Name]),
    ("X25", 19, &[Text]),
    ("ISDN", 20, &[Texts]),
    ("RT", 21, &[U16, Name]),
    ("NSAP", 22, &[]),
    ("NSAP-PTR", 23, &[Name]),
    (
        "SIG",
        24,
        &[Type, U8, U8, U32, Time, Time, U16, Name, Base64Rest],
    ),
    ("KEY", 25, &[U16, U8, U8, Base64Rest]),
    ("PX", 26, &[U16, Name, Name]),
    ("GPOS", 27, &[Text, Text, Text]),
    ("AAAA", 28, &[V6]),
    ("LOC", 29, &[Place]),
    ("NXT", 30, &[]),
    ("EID", 31, &[]),
    ("NIMLOC", 32, &[]),
    ("SRV", 33, &[U16, U16, U16, Name]),
    ("ATMA", 34, &[]),
    ("NAPTR", 35, &[U16, U16, Text, Text, Text, Name]),
    ("KX", 36, &[U16, Name]),
    ("CERT", 37, &[U16, U16, U8, Base64Rest]),
    ("A6", 38, &[]),
    ("DNAME", 39, &[Name]),
    ("SINK", 40, &[]),
    ("APL", 42, &[Prefixes]),
    ("DS", 43, &[U16, U8, U8, HexRest]),
    ("SSHFP", 44, &[U8, U8, HexRest]),
    ("IPSECKEY", 45, &[U8, Gateway, Base64Rest]),
    (
        "RRSIG",
        46,
        &[Type, U8, U8, U32, Time, Time, U16, Name, Base64Rest],
    ),
    ("NSEC", 47, &[Name, TypeMap]),
    ("DNSKEY", 48, &[U16, U8, U8, Base64Rest]),
    ("DHCID", 49, &[Base64Rest]),
    ("NSEC3", 50, &[U8, U8, U16, Salt, Hash, TypeMap]),
    ("NSEC3PARAM", 51, &[U8, U8, U16, Salt]),
    ("TLSA", 52, &[U8, U8, U8, HexRest]),
    ("SMIMEA", 53, &[U8, U8, U8, HexRest]),
    ("HIP", 55, &[]),
    ("NINFO", 56, &[Texts]),
    ("RKEY", 57, &[U16, U8, U8, Base64Rest]),
    ("TALINK", 58, &[Name, Name]),
    ("CDS", 59, &[U16, U8, U8, HexRest]),
    ("CDNSKEY", 60, &[U16, U8, U8, Base64Rest]),
    ("OPENPGPKEY", 61, &[Base64Rest]),
    ("CSYNC", 62, &[U32, U16, TypeMap]),
    ("ZONEMD", 63, &[U32, U8, U8, HexRest]),
    ("SVCB", 64, &[U16, Name, SvcParams]),
    ("HTTPS", 65, &[U16, Name, SvcParams]),
    ("DSYNC", 66, &[Type, U8, U16, Name]),
    ("SPF", 99, &[Texts]),
    ("NID", 104, &[U16, Locator]),
    ("L32", 105, &[U16, V4]),
    ("L64", 106, &[U16, Locator]),
    ("LP", 107, &[U16, Name]),
    ("EUI48", 108, &[Eui]),
    ("EUI64", 109, &[Eui]),
    ("URI", 256, &[U16, U16, TextRest]),
    ("CAA", 257, &[U8, Word, TextRest]),
    ("AVC", 258, &[Texts]),
    ("DOA", 259, &[]),
    ("AMTRELAY", 260, &[]),
    ("RESINFO", 261, &[Texts]),
    ("WALLET", 262, &[Texts]),
    ("TA", 32768, &[U16, U8, U8, HexRest]),
    ("DLV", 32769, &[U16, U8, U8, HexRest]),
];

/// What is not data but a request of its own, and why it is not asked.
pub(crate) const REFUSED: &[(&str, u16, &str)] = &[
    (
        "OPT",
        41,
        "it carries EDNS itself and is sent with every question",
    ),
    ("TKEY", 249, "it negotiates keys and is no data"),
    ("TSIG", 250, "it signs messages and is no data"),
    (
        "IXFR",
        251,
        "it transfers a zone instead of answering a question",
    ),
    (
        "AXFR",
        252,
        "it transfers a zone instead of answering a question",
    ),
    ("MAILB", 253, "it is obsolete (RFC 1035); ask MB, MG or MR"),
    ("MAILA", 254, "it is obsolete (RFC 1035); ask MX"),
    (
        "ANY",
        255,
        "servers may answer it with whatever they like (RFC 8482); ask each type you mean",
    ),
];

/// The mnemonic of a number, or `TYPE123` (RFC 3597 §5).
pub(crate) fn mnemonic(number: u16) -> String {
    let known = TYPES.iter().find(|row| row.1 == number).map(|row| row.0);
    let refused = REFUSED.iter().find(|row| row.1 == number).map(|row| row.0);
    known
        .or(refused)
        .map_or_else(|| format!("TYPE{number}"), str::to_owned)
}

/// The layout of a type's data; empty where none is known.
pub(crate) fn layout(number: u16) -> &'static [Field] {
    TYPES
        .iter()
        .find(|row| row.1 == number)
        .map_or(&[], |row| row.2)
}
