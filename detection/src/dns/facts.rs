//! What of an answer is compared.

use super::domain::{registrable, shape};
use super::{Answer, Model, Rule, Rules};
use crate::place::{Place, Token};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Answers of a server that works. Any other word says that it, or the way to it, does not.
const FIRM: [&str; 5] = ["NOERROR", "NODATA", "NXDOMAIN", "REFUSED", "REFERRAL"];

impl Answer {
    /// Whether the server answered at all, and as one that works.
    pub(super) fn is_firm(&self) -> bool {
        FIRM.contains(&self.status.as_str())
    }

    /// The registrable domain at the end of the chain; empty where there is no alias.
    pub(super) fn end(&self) -> String {
        self.chain
            .last()
            .map_or_else(String::new, |name| registrable(name))
    }

    /// The chain with volatile labels as `<id>`.
    pub(super) fn shape(&self) -> String {
        shape(&self.chain)
    }

    /// The systems of its addresses, in words, those nobody knows left out.
    pub(super) fn systems(&self) -> BTreeSet<String> {
        self.places.iter().flat_map(systems).collect()
    }

    /// Who holds those systems.
    pub(super) fn holders(&self) -> BTreeSet<String> {
        let holders = self.places.iter().filter_map(|place| place.holder.as_ref());
        holders
            .map(|holder| holder.trim().to_lowercase())
            .filter(|holder| !holder.is_empty())
            .collect()
    }

    /// The countries of its addresses.
    pub(super) fn countries(&self) -> BTreeSet<String> {
        self.places
            .iter()
            .filter_map(|place| place.country.clone())
            .collect()
    }

    /// The data, each once, whatever order they came in.
    pub(super) fn values(&self) -> BTreeSet<String> {
        self.data.iter().cloned().collect()
    }

    /// The first address of a special range.
    pub(super) fn special(&self) -> Option<&Place> {
        self.places.iter().find(|place| place.special.is_some())
    }
}

/// A place's systems in words, one each where several share its network; none where no database could say.
pub(super) fn systems(place: &Place) -> Vec<String> {
    match place.token() {
        Token::As(origins) => origins.iter().map(|origin| format!("AS{origin}")).collect(),
        Token::Unknown | Token::Gap => Vec::new(),
        token => vec![token.to_string()],
    }
}

/// Words for a sentence.
pub(super) fn listed(words: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = words.iter().take(8).map(String::as_str).collect();
    match words.len() {
        0 => "nothing known".to_owned(),
        more if more > 8 => format!("{} and {} more", shown.join(", "), more - 8),
        _ => shown.join(", "),
    }
}

impl Model {
    /// Whether a status is one of the normal ones: a firm one that was seen, or a failure that was half of what was seen.
    pub(super) fn is_usual(&self, status: &str) -> bool {
        let (count, total) = (self.statuses.count(status), self.statuses.total());
        let firm = FIRM.contains(&status) && self.is_regular(count, total);
        firm || (count > 0 && count.saturating_mul(2) >= total)
    }

    /// Whether so many of so many are more than a stray one.
    pub(super) fn is_regular(&self, count: u32, total: u32) -> bool {
        count > 2 || (count > 0 && count.saturating_mul(3) >= total)
    }

    /// Whether an answer is where others were: in a system or of a holder; where no database says anything, in a network.
    pub(super) fn is_near(&self, answer: &Answer, rules: &Rules) -> bool {
        let holder = rules.has(Rule::Holder) && self.holders.any(&answer.holders());
        let unknown = self.systems.kinds() == 0 || answer.systems().is_empty();
        let network = unknown
            && answer
                .places
                .iter()
                .any(|place| self.has_network(place.address));
        self.systems.any(&answer.systems()) || holder || network
    }

    fn has_network(&self, address: IpAddr) -> bool {
        self.pool
            .iter()
            .any(|known| network(known.place.address) == network(address))
    }

    /// What an answer has in common with those before, in words.
    pub(super) fn common(&self, answer: &Answer) -> String {
        let words = answer.systems().into_iter().chain(answer.holders());
        let known = words.filter(|word| self.systems.has(word) || self.holders.has(word));
        match known.collect::<BTreeSet<_>>() {
            none if none.is_empty() => "a network".to_owned(),
            known => listed(&known),
        }
    }

    /// The system it is most often in.
    pub(super) fn whose(&self) -> String {
        let first = self
            .pool
            .iter()
            .next()
            .map(|known| known.place.address.to_string());
        let most = self.systems.most().map(str::to_owned);
        most.or(first).unwrap_or_else(|| "no address".to_owned())
    }
}

/// The network that is seldom shared by two: a /24, or a /48.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => (u32::from(address) & !0xff).to_be_bytes().into(),
        IpAddr::V6(address) => (u128::from(address) >> 80 << 80).to_be_bytes().into(),
    }
}
