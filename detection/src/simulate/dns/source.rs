use super::super::Chance;
use crate::dns::Answer;
use crate::place::Place;
use std::net::{IpAddr, Ipv4Addr};

/// Who runs servers: its systems, its name, where it is.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub(super) origins: Vec<u32>,
    pub(super) holder: String,
    pub(super) countries: Vec<&'static str>,
    /// The first octet of its addresses, by which they are told from others'.
    pub(super) octet: u8,
}

impl Provider {
    pub(super) fn new(octet: u8) -> Self {
        Self {
            origins: vec![64_000 + u32::from(octet)],
            holder: format!("PROVIDER-{octet}"),
            countries: vec!["CN"],
            octet,
        }
    }

    /// Its `number`th address, each in a network of its own.
    pub(super) fn place(&self, number: usize) -> Place {
        let [_, high, low, _] = u32::try_from(number % 60_000)
            .unwrap_or(0)
            .rotate_left(8)
            .to_be_bytes();
        let address = Ipv4Addr::new(self.octet, high, low, 7);
        let mut place = Place::unknown(IpAddr::V4(address));
        let of = |count: usize| number % count.max(1);
        place.origins = self
            .origins
            .get(of(self.origins.len()))
            .map(|origin| [*origin].into());
        place.holder = Some(self.holder.clone());
        place.country = self
            .countries
            .get(of(self.countries.len()))
            .map(|country| (*country).to_owned());
        place
    }

    pub(super) fn places(&self, count: usize) -> Vec<Place> {
        (0..count).map(|number| self.place(number)).collect()
    }
}

/// One of the ways a name is answered: an alias, a pool, and how many of it go into one answer.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) weight: f64,
    pub(super) chain: Vec<String>,
    pub(super) pool: Vec<Place>,
    pub(super) take: usize,
}

/// What the servers of a zone answer.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) status: String,
    /// By region of who asks.
    pub(super) regions: Vec<Vec<Branch>>,
    /// Of a type that is not an address.
    pub(super) data: Vec<String>,
    pub(super) ttl_s: u32,
    /// Whether a label of the chain changes from answer to answer.
    pub(super) volatile: bool,
    /// Whether no database knows anything of the addresses.
    pub(super) unknown: bool,
}

impl Source {
    pub(super) fn answer(&self, region: usize, chance: &mut Chance) -> Answer {
        let mut answer = Answer {
            status: self.status.clone(),
            ttl_s: Some(self.ttl_s),
            different_replies: 1,
            ..Answer::default()
        };
        if answer.status != "NOERROR" {
            return answer;
        }
        answer.data = chance.some_of(&self.data, self.data.len());
        if let Some(branches) = self.regions.get(region % self.regions.len().max(1)) {
            let weights: Vec<f64> = branches.iter().map(|branch| branch.weight).collect();
            let branch = branches.get(chance.weighted(&weights));
            if let Some(branch) = branch {
                self.fill(&mut answer, branch, chance);
            }
        }
        answer
    }

    fn fill(&self, answer: &mut Answer, branch: &Branch, chance: &mut Chance) {
        answer.chain.clone_from(&branch.chain);
        if let Some(first) = answer.chain.first_mut().filter(|_| self.volatile) {
            *first = format!("e{}.{first}", chance.between(1..=9999));
        }
        answer.places = chance.some_of(&branch.pool, branch.take);
        if self.unknown {
            let bare = |place: &Place| Place {
                special: place.special.clone(),
                ..Place::unknown(place.address)
            };
            answer.places = answer.places.iter().map(bare).collect();
        }
        answer.data = answer
            .places
            .iter()
            .map(|place| place.address.to_string())
            .collect();
    }

    /// All the ways, wherever somebody asks.
    pub(super) fn branches(&mut self) -> impl Iterator<Item = &mut Branch> {
        self.regions.iter_mut().flatten()
    }
}
