use crate::place::Place;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How many addresses a pool keeps; those seen least and longest ago give way.
const ADDRESSES: usize = 512;

/// The addresses that were answered, by address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Known>", into = "Vec<Known>")]
pub struct Pool(BTreeMap<IpAddr, Known>);

/// An address that was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Known {
    /// Whose it is and where.
    #[serde(flatten)]
    pub place: Place,
    /// In how many answers it stood.
    pub count: u32,
    /// The day it was first seen.
    pub first_seen: Date,
    /// The day it was last seen.
    pub last_seen: Date,
}

impl From<Vec<Known>> for Pool {
    fn from(known: Vec<Known>) -> Self {
        let mut pool = Self(
            known
                .into_iter()
                .map(|known| (known.place.address, known))
                .collect(),
        );
        pool.shrink();
        pool
    }
}

impl From<Pool> for Vec<Known> {
    fn from(pool: Pool) -> Self {
        pool.0.into_values().collect()
    }
}

impl Pool {
    /// These stood in an answer; counted where it was one more draw and not an old one from a cache.
    pub(super) fn add(&mut self, places: &[Place], at: Timestamp, draw: bool) {
        let day = at.to_zoned(TimeZone::UTC).date();
        let sorted: BTreeMap<IpAddr, &Place> =
            places.iter().map(|place| (place.address, place)).collect();
        for place in sorted.into_values() {
            let known = self.0.entry(place.address).or_insert_with(|| Known {
                place: place.clone(),
                count: 0,
                first_seen: day,
                last_seen: day,
            });
            known.place = place.clone();
            known.count = known.count.saturating_add(u32::from(draw));
            known.last_seen = known.last_seen.max(day);
        }
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.0.len() > ADDRESSES {
            let rarest = self
                .0
                .values()
                .min_by_key(|known| (known.count, known.last_seen));
            let rarest = rarest.map(|known| known.place.address);
            rarest.map(|address| self.0.remove(&address));
        }
    }

    /// Whether it was answered before.
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.contains_key(&address)
    }

    /// Those it knows, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.values()
    }

    /// Those it knows, to be judged anew.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Known> {
        self.0.values_mut()
    }

    /// How many it knows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many were seen once.
    pub(super) fn once(&self) -> u32 {
        let once = self.0.values().filter(|known| known.count <= 1).count();
        u32::try_from(once).unwrap_or(u32::MAX)
    }
}
