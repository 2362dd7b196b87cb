//! All databases together: the special ranges first, then each database in the order given.

use super::csv::Csv;
use super::mmdb::{Mmdb, is_mmdb};
use super::record::{Entry, Kinds};
use super::special::special;
use super::{AddressFacts, DatabaseIdentity};
use crate::fact::Fact;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is known about addresses: databases of systems and places, layered. Cheap to clone.
///
/// Of each fact the first database that knows it gives it. A fact no database is about stays unknown; a fact that a
/// database is about, and has no entry for, is nothing.
#[derive(Clone, Debug, Default)]
pub struct Atlas(Arc<Layers>);

#[derive(Debug, Default)]
struct Layers {
    databases: Vec<Database>,
    identities: Vec<DatabaseIdentity>,
}

#[derive(Debug)]
enum Database {
    Mmdb(Mmdb),
    Csv(Csv),
}

impl Atlas {
    /// No database: only special ranges are known.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Opens MaxMind databases and CSV range files, told apart by their content.
    ///
    /// # Errors
    /// A file that is missing or cannot be understood: its path, what is wrong and what to do.
    pub fn open(paths: &[PathBuf]) -> Result<Self, String> {
        let mut layers = Layers::default();
        for path in paths {
            let broken = |error| format!("{}: {error}", path.display());
            let file = std::fs::read(path).map_err(|error| {
                broken(format!(
                    "cannot be read ({error}); give the path of an MMDB file or of CSV ranges"
                ))
            })?;
            layers.add(file_name(path), file).map_err(broken)?;
        }
        Ok(Self(Arc::new(layers)))
    }

    /// One CSV table from memory, under a name of its own.
    ///
    /// # Errors
    /// The line that is no range, and why.
    pub fn with_csv_text(name: &str, text: &str) -> Result<Self, String> {
        let mut layers = Layers::default();
        layers
            .add_csv(name.to_owned(), text)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self(Arc::new(layers)))
    }

    /// The databases in the order they are asked.
    pub fn databases(&self) -> &[DatabaseIdentity] {
        &self.0.identities
    }

    /// Everything known about an address but its hostname, which nobody has asked for here.
    pub fn facts(&self, address: IpAddr) -> AddressFacts {
        let address = address.to_canonical();
        match special(address) {
            Some((network, word)) => AddressFacts {
                exchange: self.0.none_of(|held| held.exchange),
                origins: self.0.none_of(|held| held.origins),
                ..special_facts(address, network.to_string(), word)
            },
            None => self.0.facts(address),
        }
    }
}

/// A special range belongs to no system and lies in no country.
fn special_facts(address: IpAddr, network: String, word: &str) -> AddressFacts {
    AddressFacts {
        address,
        special: Some(word.to_owned()),
        exchange: Fact::Unknown,
        asn: Fact::Nothing,
        origins: Fact::Unknown,
        as_name: Fact::Nothing,
        country: Fact::Nothing,
        city: Fact::Nothing,
        prefix: Fact::Known(network),
        hostname: Fact::Unknown,
    }
}

impl Layers {
    /// What is known of a fact that an address cannot have: nothing, where a database is about that fact.
    fn none_of<T>(&self, is_held: fn(Kinds) -> bool) -> Fact<T> {
        match self.databases.iter().any(|it| is_held(it.kinds())) {
            true => Fact::Nothing,
            false => Fact::Unknown,
        }
    }

    fn add(&mut self, name: String, file: Vec<u8>) -> Result<(), String> {
        if is_mmdb(&file) {
            let sha256 = sha256(&file);
            let mmdb = Mmdb::read(file)
                .map_err(|error| format!("is a broken MMDB file ({error}); fetch it again"))?;
            self.identities.push(mmdb.identity(name, sha256));
            self.databases.push(Database::Mmdb(mmdb));
            return Ok(());
        }
        let text = std::str::from_utf8(&file).map_err(|_| {
            let is_gzip = file.starts_with(&[0x1f, 0x8b]);
            let remedy = if is_gzip {
                "it is compressed: unpack it first"
            } else {
                "fetch it again if it was cut"
            };
            format!("is neither an MMDB file nor CSV text; {remedy}")
        })?;
        self.add_csv(name, text)
    }

    fn add_csv(&mut self, name: String, text: &str) -> Result<(), String> {
        let remedy = "write `start,end,asn,name` in each line, or a header line with these, `country`, `city` and `exchange`";
        let csv = Csv::read(text).map_err(|error| format!("{error}; {remedy}"))?;
        self.databases.push(Database::Csv(csv));
        self.identities.push(DatabaseIdentity {
            name,
            kind: "csv".to_owned(),
            built: None,
            sha256: sha256(text.as_bytes()),
        });
        Ok(())
    }

    fn facts(&self, address: IpAddr) -> AddressFacts {
        let mut facts = AddressFacts {
            address,
            special: None,
            exchange: Fact::Unknown,
            asn: Fact::Unknown,
            origins: Fact::Unknown,
            as_name: Fact::Unknown,
            country: Fact::Unknown,
            city: Fact::Unknown,
            prefix: Fact::Unknown,
            hostname: Fact::Unknown,
        };
        for database in &self.databases {
            // A database that is broken at this place could not say; that is not the same as nothing.
            if let Ok(found) = database.find(address) {
                lay(&mut facts, database.kinds(), found);
            }
        }
        facts
    }
}

impl Database {
    fn kinds(&self) -> Kinds {
        match self {
            Self::Mmdb(mmdb) => mmdb.kinds,
            Self::Csv(csv) => csv.kinds,
        }
    }

    fn find(&self, address: IpAddr) -> Result<Option<(Entry, String)>, String> {
        match self {
            Self::Mmdb(mmdb) => mmdb.find(address),
            Self::Csv(csv) => Ok(csv.find(address)),
        }
    }
}

/// Fills what is not known yet from one database.
fn lay(facts: &mut AddressFacts, kinds: Kinds, found: Option<(Entry, String)>) {
    let (entry, prefix) = match found {
        Some((entry, prefix)) => (entry, Some(prefix)),
        None => (Entry::default(), None),
    };
    settle(&mut facts.exchange, kinds.exchange, entry.exchange);
    let mut origins = entry.origins;
    if kinds.asn && facts.asn.known().is_none() {
        settle(&mut facts.asn, true, origins.first().copied());
        origins.sort_unstable();
        facts.origins = match kinds.origins {
            true => Fact::looked_up(Some(origins).filter(|all| !all.is_empty())),
            false => Fact::Unknown,
        };
    }
    settle(&mut facts.as_name, kinds.as_name, entry.as_name);
    settle(&mut facts.country, kinds.country, entry.country);
    settle(&mut facts.city, kinds.city, entry.city);
    settle(&mut facts.prefix, true, prefix);
}

fn settle<T>(fact: &mut Fact<T>, is_held: bool, found: Option<T>) {
    if is_held && fact.known().is_none() {
        *fact = Fact::looked_up(found);
    }
}

fn sha256(file: &[u8]) -> String {
    let digest = Sha256::digest(file);
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests;
