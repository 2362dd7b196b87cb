//! The name asked for, settled once when it is read.

use super::wire::WireName;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use std::fmt;
use std::net::IpAddr;

/// A domain name as it is asked: lower-case A-labels with the final dot, e.g. `xn--mnchen-3ya.de.`
///
/// No search list and no `ndots` ever touch it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryName(String);

/// The dots of UTS-46: the plain one, the ideographic one, and the full-width and half-width forms.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

impl QueryName {
    /// Reads a name; Unicode labels become A-labels by UTS-46, non-transitional, so `straße` stays apart from `strasse`.
    ///
    /// # Errors
    /// In words for the one who wrote it: empty label, a label over 63 octets, a name over 255, a character that
    /// cannot be in a name, an address instead of a name.
    pub fn parse(written: &str) -> Result<Self, String> {
        if written == "." {
            return Ok(Self(".".to_owned()));
        }
        refuse_what_is_no_name(written)?;
        let labels = written.strip_suffix(DOTS).unwrap_or(written).split(DOTS);
        let labels: Vec<String> = labels
            .map(|label| a_label(label, written))
            .collect::<Result<_, _>>()?;
        let name = Self(format!("{}.", labels.join(".")));
        match name.0.len() + 1 {
            ..=255 => Ok(name),
            octets => Err(format!(
                "the name has {octets} octets on the wire; 255 are possible (RFC 1035)"
            )),
        }
    }

    /// The name under which the name of an address is kept: `1.0.0.127.in-addr.arpa.` (RFC 1035 §3.5, RFC 3596 §2.5).
    pub fn reverse(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
            }
            IpAddr::V6(address) => {
                let nibbles = address.octets().into_iter().rev();
                let nibbles: String = nibbles
                    .map(|octet| format!("{:x}.{:x}.", octet & 0xf, octet >> 4))
                    .collect();
                format!("{nibbles}ip6.arpa.")
            }
        })
    }

    /// The name without its first label; none of the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_once('.')?;
        match (self.0.as_str(), parent) {
            (".", _) => None,
            (_, "") => Some(Self(".".to_owned())),
            (_, parent) => Some(Self(parent.to_owned())),
        }
    }

    /// The name with its final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as labels.
    pub(crate) fn to_wire(&self) -> WireName {
        let mut name = WireName::builder();
        for label in self.0.split('.').filter(|label| !label.is_empty()) {
            name.push(label.as_bytes())
                .expect("labels and length were checked when the name was read");
        }
        name.finish()
    }
}

impl fmt::Display for QueryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn refuse_what_is_no_name(written: &str) -> Result<(), String> {
    if written.is_empty() {
        return Err("the name is empty; write `.` for the root".to_owned());
    }
    if written.contains("://") {
        return Err(format!("`{written}` is a URL; write the host name alone"));
    }
    let bare = written.strip_suffix('.').unwrap_or(written);
    let bare = bare
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(bare);
    match bare.parse::<IpAddr>() {
        Ok(address) => Err(format!(
            "`{written}` is an address, not a name; for its name ask type PTR with reverse name {}",
            QueryName::reverse(address)
        )),
        Err(_) => Ok(()),
    }
}

fn a_label(label: &str, name: &str) -> Result<String, String> {
    let label = if label.is_ascii() {
        label.to_ascii_lowercase()
    } else {
        to_ascii(label)?
    };
    if label.is_empty() {
        return Err(format!(
            "`{name}` has an empty label: two dots in a row, or one at the start"
        ));
    }
    if let Some(bad) = label
        .chars()
        .find(|&character| !may_be_asked(character, name))
    {
        return Err(format!(
            "`{}` cannot be in a domain name",
            bad.escape_default()
        ));
    }
    match label.len() {
        ..=63 => Ok(label),
        octets => Err(format!(
            "the label `{label}` has {octets} octets; 63 are possible (RFC 1035)"
        )),
    }
}

fn to_ascii(label: &str) -> Result<String, String> {
    Uts46::new()
        .to_ascii(
            label.as_bytes(),
            AsciiDenyList::EMPTY,
            Hyphens::Allow,
            DnsLength::Ignore,
        )
        .map(|ascii| ascii.into_owned())
        .map_err(|_| format!("`{label}` is no valid international label (UTS-46)"))
}

/// Letters, digits, hyphen; `_` of service names, `*` of wildcards, `/` of classless reverse zones (RFC 2317).
fn may_be_asked(character: char, name: &str) -> bool {
    let is_reverse = || {
        name.trim_end_matches('.')
            .to_ascii_lowercase()
            .ends_with(".arpa")
    };
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '_' | '*')
        || character == '/' && is_reverse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_lower_case_a_labels_with_the_final_dot() {
        for (written, asked) in [
            ("cmmsns.qpic.cn", "cmmsns.qpic.cn."),
            ("CMMSNS.qpic.CN.", "cmmsns.qpic.cn."),
            ("münchen.de", "xn--mnchen-3ya.de."),
            ("MÜNCHEN。de", "xn--mnchen-3ya.de."),
            ("straße.de", "xn--strae-oqa.de."),
            ("微信.中国", "xn--vuqz89a.xn--fiqs8s."),
            ("_Sip._tcp.example", "_sip._tcp.example."),
            ("*.example", "*.example."),
            ("0/26.2.0.192.in-addr.arpa", "0/26.2.0.192.in-addr.arpa."),
            ("localhost", "localhost."),
            ("xn--.example", "xn--.example."),
            (".", "."),
        ] {
            assert_eq!(
                QueryName::parse(written).map(|name| name.0),
                Ok(asked.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        let long_label = "a".repeat(64);
        let long_name = "abcdefgh.".repeat(29);
        for (written, says) in [
            ("", "empty"),
            ("a..b", "empty label"),
            (".a", "empty label"),
            ("a b", "cannot be in a domain name"),
            ("a\u{7}b", "`\\u{7}`"),
            ("example.com/path", "`/` cannot"),
            ("https://example.com", "host name alone"),
            ("example.com:53", "`:` cannot"),
            (&long_label, "64 octets; 63"),
            (&long_name, "255 are possible"),
            (
                "192.0.2.1",
                "ask type PTR with reverse name 1.2.0.192.in-addr.arpa.",
            ),
            ("192.0.2.1.", "type PTR"),
            ("[::1]", "type PTR"),
            ("a\u{200d}b", "UTS-46"),
        ] {
            let error = QueryName::parse(written).unwrap_err();
            assert!(error.contains(says), "{written}: {error}");
        }
    }

    #[test]
    fn the_longest_name_fits_and_one_more_octet_does_not() {
        let longest = [
            "a".repeat(63),
            "b".repeat(63),
            "c".repeat(63),
            "d".repeat(61),
        ]
        .join(".");
        let name = QueryName::parse(&longest).unwrap();
        assert_eq!(name.to_wire().octets().len(), 255);
        assert!(QueryName::parse(&format!("{longest}d")).is_err());
    }

    #[test]
    fn reverse_names_go_by_octet_and_by_nibble() {
        let v6 = QueryName::reverse("2001:db8::567:89ab".parse().unwrap());
        assert_eq!(
            v6.as_str(),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
        );
        let mapped = QueryName::reverse("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped.as_str(), "1.2.0.192.in-addr.arpa.");
    }
}
