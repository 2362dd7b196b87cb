//! What one database says about one address.

use super::Asn;

/// Which facts a database holds, so that its silence on one of them means something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) exchange: bool,
    pub(super) asn: bool,
    /// Several systems that announce one network, somewhere.
    pub(super) origins: bool,
    pub(super) as_name: bool,
    pub(super) country: bool,
    pub(super) city: bool,
}

/// One entry, in the same words whatever the database calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) exchange: Option<String>,
    /// The systems that announce it, in the order written.
    pub(super) origins: Vec<Asn>,
    pub(super) as_name: Option<String>,
    pub(super) country: Option<String>,
    pub(super) city: Option<String>,
}

impl Entry {
    /// The facts this entry holds.
    pub(super) fn kinds(&self) -> Kinds {
        Kinds {
            exchange: self.exchange.is_some(),
            asn: !self.origins.is_empty(),
            origins: self.origins.len() > 1,
            as_name: self.as_name.is_some(),
            country: self.country.is_some(),
            city: self.city.is_some(),
        }
    }
}

impl Kinds {
    /// What either of the two holds.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            exchange: self.exchange || other.exchange,
            asn: self.asn || other.asn,
            origins: self.origins || other.origins,
            as_name: self.as_name || other.as_name,
            country: self.country || other.country,
            city: self.city || other.city,
        }
    }
}

/// A number as databases write it: `8075`, `AS8075`; 0 is no system (RFC 7607).
pub(super) fn asn(written: &str) -> Option<Asn> {
    let digits = written.trim().trim_start_matches(['A', 'a', 'S', 's']);
    digits.parse().ok().filter(|&number| number != 0).map(Asn)
}

/// Numbers of systems that share a network, as databases write them: `64500_64501`, `{64500,64501}`, `64500 64501`. Of sets
/// within them (`64500,64501_64502`) nothing is kept but the numbers. A part that is no number makes all of it none.
pub(super) fn origins(written: &str) -> Option<Vec<Asn>> {
    let bare = written.trim().trim_start_matches('{').trim_end_matches('}');
    let parts = bare
        .split(['_', ',', ' ', ';'])
        .filter(|part| !part.is_empty());
    let mut all: Vec<Asn> = Vec::new();
    for part in parts.take(MOST_ORIGINS) {
        let system = asn(part)?;
        if !all.contains(&system) {
            all.push(system);
        }
    }
    (!all.is_empty()).then_some(all)
}

/// Systems of one network that are kept: in the tables of the Internet there are hardly ever more than a few.
const MOST_ORIGINS: usize = 32;

/// A country code; `-`, `ZZ` and the like stand for none.
pub(super) fn country(written: &str) -> Option<String> {
    let code = written.trim().to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    (is_code && code != "ZZ").then_some(code)
}

/// A name; `-` and the empty one stand for none.
pub(super) fn name(written: &str) -> Option<String> {
    let name = written.trim();
    (!name.is_empty() && name != "-").then(|| name.to_owned())
}
