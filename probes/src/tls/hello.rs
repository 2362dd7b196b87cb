//! A ClientHello of our own for one version alone, of those too that no good library speaks any more, and what is said to it.

use super::seen::Version;
use std::ops::ControlFlow;

/// What a server says to a hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A hello of its own, of the version asked for or of another.
    Hello(Option<Version>),
    /// An alert of that number.
    Alert(u8),
    /// Something else than TLS.
    NotTls,
}

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const SERVER_NAME: u16 = 0;
const GROUPS: u16 = 10;
const POINT_FORMATS: u16 = 11;
const SIGNATURES: u16 = 13;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const X25519: u16 = 0x001d;

/// Suites of all ages, so that the version alone decides: ECDHE, DHE and RSA with AES, ChaCha20, 3DES and RC4.
const OLD_SUITES: [u16; 19] = [
    0xc014, 0xc013, 0xc00a, 0xc009, 0x0039, 0x0033, 0x0038, 0x0032, 0x0035, 0x002f, 0x0041, 0x0084,
    0xc012, 0xc008, 0x0016, 0x000a, 0xc011, 0x0005, 0x0004,
];
const TLS12_SUITES: [u16; 16] = [
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0xcca9, 0xcca8, 0x009f, 0x009e, 0x009d, 0x009c, 0xc024, 0xc023,
    0xc028, 0xc027, 0x003d, 0x003c,
];
const TLS13_SUITES: [u16; 3] = [0x1302, 0x1301, 0x1303];
/// RFC 5746: no renegotiation meant.
const RENEGOTIATION: u16 = 0x00ff;
const KNOWN_GROUPS: [u16; 4] = [X25519, 0x0017, 0x0018, 0x0019];
const KNOWN_SIGNATURES: [u16; 14] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
    0x0201, 0x0202,
];

/// The version's number on the wire.
fn number(version: Version) -> u16 {
    match version {
        Version::Ssl3 => 0x0300,
        Version::Tls10 => 0x0301,
        Version::Tls11 => 0x0302,
        Version::Tls12 => 0x0303,
        Version::Tls13 => 0x0304,
    }
}

fn of_number(number: u16) -> Option<Version> {
    let all = [
        Version::Ssl3,
        Version::Tls10,
        Version::Tls11,
        Version::Tls12,
        Version::Tls13,
    ];
    all.into_iter()
        .find(|version| self::number(*version) == number)
}

/// A record with a hello that offers that version and no other.
pub(super) fn hello(version: Version, sni: Option<&str>) -> Vec<u8> {
    let legacy = number(version).min(number(Version::Tls12));
    let random: [u8; 32] = rand::random();
    let mut body = legacy.to_be_bytes().to_vec();
    body.extend(random);
    body.extend(sized(1, &session(version)));
    body.extend(sized(2, &numbers(&suites(version))));
    body.extend([1, 0]); // no compression
    if version != Version::Ssl3 {
        body.extend(sized(2, &extensions(version, sni)));
    }
    let mut message = vec![CLIENT_HELLO];
    message.extend(sized(3, &body));
    // RFC 8446 §5.1: the record of a first hello may say TLS 1.0 whatever it offers.
    let outer = legacy.min(number(Version::Tls10));
    let mut record = vec![HANDSHAKE];
    record.extend(outer.to_be_bytes());
    record.extend(sized(2, &message));
    record
}

/// RFC 8446 §4.1.2: TLS 1.3 looks like a resumption to middleboxes.
fn session(version: Version) -> Vec<u8> {
    match version {
        Version::Tls13 => rand::random::<[u8; 32]>().to_vec(),
        _ => Vec::new(),
    }
}

fn suites(version: Version) -> Vec<u16> {
    let of_version: &[u16] = match version {
        Version::Tls13 => return TLS13_SUITES.to_vec(),
        Version::Tls12 => &TLS12_SUITES,
        _ => &[],
    };
    [of_version, &OLD_SUITES, &[RENEGOTIATION]].concat()
}

fn extensions(version: Version, sni: Option<&str>) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(name) = sni {
        let name = [&[0], sized(2, name.as_bytes()).as_slice()].concat();
        all.extend(extension(SERVER_NAME, &sized(2, &name)));
    }
    all.extend(extension(GROUPS, &sized(2, &numbers(&KNOWN_GROUPS))));
    all.extend(extension(POINT_FORMATS, &[1, 0]));
    if version >= Version::Tls12 {
        all.extend(extension(
            SIGNATURES,
            &sized(2, &numbers(&KNOWN_SIGNATURES)),
        ));
    }
    if version == Version::Tls13 {
        all.extend(extension(
            SUPPORTED_VERSIONS,
            &sized(1, &number(version).to_be_bytes()),
        ));
        // Any 32 bytes are a public key of X25519; nobody has to know the private one.
        let key = sized(2, &rand::random::<[u8; 32]>());
        let share = [&X25519.to_be_bytes(), key.as_slice()].concat();
        all.extend(extension(KEY_SHARE, &sized(2, &share)));
    }
    all
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes(), sized(2, content).as_slice()].concat()
}

fn numbers(all: &[u16]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The content behind its length in that many octets; what is made here is never longer than its length can say.
fn sized(octets: usize, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    let length = length.get(4 - octets.min(4)..).unwrap_or_default();
    [length, content].concat()
}

/// What a server's first record says; to be continued while it has not come whole.
pub(super) fn read(bytes: &[u8]) -> ControlFlow<Said> {
    let (header, rest) = match bytes.split_at_checked(5) {
        Some((header, rest)) => (header, rest),
        None if could_be_tls(bytes) => return ControlFlow::Continue(()),
        None => return ControlFlow::Break(Said::NotTls),
    };
    if !could_be_tls(header) {
        return ControlFlow::Break(Said::NotTls);
    }
    let length = match header {
        [.., high, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let Some(record) = rest.get(..length) else {
        return ControlFlow::Continue(());
    };
    ControlFlow::Break(match (header.first(), record) {
        (Some(&ALERT), [_, number, ..]) => Said::Alert(*number),
        (Some(&HANDSHAKE), [SERVER_HELLO, _, _, _, body @ ..]) => Said::Hello(version(body)),
        _ => Said::NotTls,
    })
}

fn could_be_tls(header: &[u8]) -> bool {
    match header {
        [] => true,
        [kind, rest @ ..] => {
            matches!(*kind, HANDSHAKE | ALERT) && rest.first().is_none_or(|major| *major == 3)
        }
    }
}

/// The version a ServerHello settles on (RFC 8446 §4.1.3, §4.2.1).
fn version(body: &[u8]) -> Option<Version> {
    let (legacy, rest) = body.split_at_checked(2)?;
    let rest = rest.get(32..)?;
    let (session, rest) = rest.split_first()?;
    let rest = rest.get(usize::from(*session) + 3..)?; // the suite and the compression too
    let extensions = rest.get(2..).unwrap_or_default();
    let number =
        selected(extensions).unwrap_or_else(|| legacy.try_into().map_or(0, u16::from_be_bytes));
    of_number(number)
}

/// What the extension for it says, where it is there.
fn selected(mut extensions: &[u8]) -> Option<u16> {
    while let Some((header, rest)) = extensions.split_at_checked(4) {
        let &[kind, small, high, low] = header else {
            break;
        };
        let (content, next) = rest.split_at_checked(u16::from_be_bytes([high, low]).into())?;
        if u16::from_be_bytes([kind, small]) == SUPPORTED_VERSIONS {
            return content.try_into().ok().map(u16::from_be_bytes);
        }
        extensions = next;
    }
    None
}

#[cfg(test)]
mod tests;
