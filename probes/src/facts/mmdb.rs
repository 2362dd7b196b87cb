//! MaxMind databases, whoever made them.
//!
//! The makers agree on the container and not on the record: GeoLite2 and GeoIP2 nest names by language, IPinfo writes
//! `AS8075` as text, ip-location-db and DB-IP have flat fields. Each fact is looked for under all the names it goes by.

use super::DatabaseIdentity;
use super::record::{Entry, Kinds, country, name, origins};
use jiff::Timestamp;
use maxminddb::{Reader, WithinOptions};
use serde_json::Value;
use std::net::IpAddr;

const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// How many records are looked at to learn which facts a database holds, beside what its type says.
const SAMPLE: usize = 500;

const ASN: [&str; 4] = [
    "/autonomous_system_number",
    "/asn",
    "/as_number",
    "/traits/autonomous_system_number",
];
const AS_NAME: [&str; 5] = [
    "/autonomous_system_organization",
    "/as_organization",
    "/as_name",
    "/organization",
    "/traits/autonomous_system_organization",
];
const COUNTRY: [&str; 3] = ["/country/iso_code", "/country_code", "/country"];
const CITY: [&str; 3] = ["/city/names/en", "/city_name", "/city"];

/// One open database.
#[derive(Debug)]
pub(super) struct Mmdb {
    reader: Reader<Vec<u8>>,
    /// The facts it holds.
    pub(super) kinds: Kinds,
}

/// Whether these octets are such a database: its marker stands within the last 128 KiB.
pub(super) fn is_mmdb(file: &[u8]) -> bool {
    let tail = file
        .get(file.len().saturating_sub(128 * 1024)..)
        .unwrap_or(file);
    tail.windows(MARKER.len()).any(|window| window == MARKER)
}

impl Mmdb {
    /// Reads the container and learns what it holds.
    pub(super) fn read(file: Vec<u8>) -> Result<Self, String> {
        let reader = Reader::from_source(file).map_err(|error| error.to_string())?;
        let by_type = kinds_by_type(&reader.metadata().database_type);
        let kinds = sample(&reader)?.and(by_type);
        if kinds == Kinds::default() {
            let kind = &reader.metadata().database_type;
            return Err(format!(
                "its records (`{kind}`) hold neither AS nor country nor city"
            ));
        }
        Ok(Self { reader, kinds })
    }

    /// Type and date of building.
    pub(super) fn identity(&self, name: String, sha256: String) -> DatabaseIdentity {
        let metadata = self.reader.metadata();
        let built = i64::try_from(metadata.build_epoch).ok();
        let built = built.and_then(|seconds| Timestamp::from_second(seconds).ok());
        DatabaseIdentity {
            name,
            kind: metadata.database_type.clone(),
            built: built.map(|time| time.to_string()),
            sha256,
        }
    }

    /// The entry and its network; an error where the database is broken at this place.
    pub(super) fn find(&self, address: IpAddr) -> Result<Option<(Entry, String)>, String> {
        let found = self
            .reader
            .lookup(address)
            .map_err(|error| error.to_string())?;
        let Some(record) = found.decode::<Value>().map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let network = found.network().map_err(|error| error.to_string())?;
        Ok(Some((entry(&record), network.to_string())))
    }
}

/// What the type states, so that a fact is known to be held even if no sampled record has it.
fn kinds_by_type(database_type: &str) -> Kinds {
    let lower = database_type.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let city = says(&["city", "enterprise"]);
    let asn = says(&["asn", "isp"]);
    Kinds {
        asn,
        exchange: false,
        origins: false,
        as_name: asn,
        country: city || says(&["country"]),
        city,
    }
}

fn sample(reader: &Reader<Vec<u8>>) -> Result<Kinds, String> {
    let networks = reader
        .networks(WithinOptions::default())
        .map_err(|error| error.to_string())?;
    let mut kinds = Kinds::default();
    for found in networks.take(SAMPLE) {
        let record = found
            .and_then(|found| found.decode::<Value>())
            .map_err(|error| error.to_string())?;
        kinds = kinds.and(
            record
                .map(|record| entry(&record).kinds())
                .unwrap_or_default(),
        );
    }
    Ok(kinds)
}

fn entry(record: &Value) -> Entry {
    let origins = first(record, &ASN, origins).unwrap_or_default();
    let is_announced = !origins.is_empty();
    Entry {
        exchange: None,
        origins,
        // IPinfo's older ASN database calls it `name`, which elsewhere could be anything's name.
        as_name: first(record, &AS_NAME, name)
            .or_else(|| first(record, &["/name"], name).filter(|_| is_announced)),
        country: first(record, &COUNTRY, country),
        city: first(record, &CITY, name),
    }
}

/// The first of these places at which something usable stands.
fn first<T>(record: &Value, places: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    places
        .iter()
        .find_map(|place| match record.pointer(place)? {
            Value::String(text) => read(text),
            Value::Number(number) => read(&number.to_string()),
            _ => None,
        })
}
