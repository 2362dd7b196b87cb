//! Domain names as labels, lower-case, and their presentation form.

use super::Malformed;
use std::fmt;

/// The longest name on the wire, with its final zero octet (RFC 1035 §2.3.4).
pub(crate) const MAX_NAME_OCTETS: usize = 255;

/// An uncompressed name in lower case: a length octet before each label, a zero octet at the end.
///
/// Case carries no meaning (RFC 4343), and some servers vary it on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WireName(Vec<u8>);

/// A name to which labels are still added.
#[derive(Debug, Default)]
pub(crate) struct Builder(Vec<u8>);

impl Builder {
    /// Adds one label of 1 to 63 octets.
    pub(crate) fn push(&mut self, label: &[u8]) -> Result<(), Malformed> {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| (1..=63).contains(length))
            .ok_or(Malformed("a label is empty or longer than 63 octets"))?;
        if self.0.len() + label.len() + 2 > MAX_NAME_OCTETS {
            return Err(Malformed("a name is longer than 255 octets"));
        }
        self.0.push(length);
        self.0.extend(label.iter().map(u8::to_ascii_lowercase));
        Ok(())
    }

    /// The whole name.
    pub(crate) fn finish(mut self) -> WireName {
        self.0.push(0);
        WireName(self.0)
    }
}

impl WireName {
    /// A name to add labels to.
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    /// The octets as they go into a message.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The labels from left to right, without the root.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (&length, after) = rest.split_first()?;
            let (label, after) = after.split_at_checked(usize::from(length))?;
            rest = after;
            (length > 0).then_some(label)
        })
    }

    /// The name above this one by so many labels.
    pub(crate) fn without_first(&self, skipped: usize) -> Self {
        let octets: usize = self
            .labels()
            .take(skipped)
            .map(|label| label.len() + 1)
            .sum();
        Self(self.0.get(octets..).unwrap_or(&[0]).to_vec())
    }

    /// This name with the ending `old` replaced by `new`, as a DNAME record does (RFC 6672 §2.2).
    ///
    /// `None` if it does not lie strictly below `old`, or would become too long.
    pub(crate) fn rebased(&self, old: &Self, new: &Self) -> Option<Self> {
        let own: Vec<&[u8]> = self.labels().collect();
        let old: Vec<&[u8]> = old.labels().collect();
        let kept = own
            .strip_suffix(old.as_slice())
            .filter(|kept| !kept.is_empty())?;
        let mut name = Self::builder();
        for label in kept.iter().copied().chain(new.labels()) {
            name.push(label).ok()?;
        }
        Some(name.finish())
    }
}

impl fmt::Display for WireName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut labels = self.labels().peekable();
        if labels.peek().is_none() {
            return formatter.write_str(".");
        }
        for label in labels {
            for &octet in label {
                write_octet(formatter, octet)?;
            }
            formatter.write_str(".")?;
        }
        Ok(())
    }
}

/// RFC 1035 §5.1: what has a meaning in a zone file gets a backslash, what cannot be printed becomes `\DDD`.
fn write_octet(formatter: &mut fmt::Formatter<'_>, octet: u8) -> fmt::Result {
    match octet {
        b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
            write!(formatter, "\\{}", char::from(octet))
        }
        0x21..=0x7e => write!(formatter, "{}", char::from(octet)),
        _ => write!(formatter, "\\{octet:03}"),
    }
}
