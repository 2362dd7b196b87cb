//! Whose an address is, and where.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::World;
use super::route::Prefix;

/// A network, who announces it and where it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// The network; a more specific one wins.
    pub net: Prefix,
    /// The number of the autonomous system; none where nobody announces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// Other autonomous systems that announce it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<u32>,
    /// The exchange whose peering LAN it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// The autonomous system's name.
    #[serde(default)]
    pub as_name: String,
    /// The country, two letters of ISO 3166.
    #[serde(default)]
    pub country: String,
    /// The city.
    #[serde(default)]
    pub city: String,
    /// Not anybody's: private, shared or documentation space (RFC 6890). Left out of the table of places.
    #[serde(default)]
    pub special: bool,
}

impl World {
    /// The table of places as CSV (RFC 4180): a header `start,end,asn,name,country,city`, then one row
    /// for each network, larger networks first, so that the last row that holds an address is the one to believe. Where
    /// the world has an exchange, one more column names it.
    pub fn prefixes_csv(&self) -> String {
        let mut places: Vec<&Place> = self
            .prefixes
            .iter()
            .filter(|place| !place.special)
            .collect();
        places.sort_by_key(|place| place.net.0.prefix_len());
        let has_exchanges = places.iter().any(|place| place.exchange.is_some());
        let (header, column) = match has_exchanges {
            true => ("start,end,asn,name,country,city,exchange\n", true),
            false => ("start,end,asn,name,country,city\n", false),
        };
        places.iter().fold(header.to_owned(), |csv, place| {
            csv + &place.row(column) + "\n"
        })
    }
}

impl Place {
    fn row(&self, with_exchange: bool) -> String {
        let (start, end) = match self.net.0 {
            IpNet::V4(net) => (net.network().into(), net.broadcast().into()),
            IpNet::V6(net) => (net.network().into(), net.broadcast().into()),
        };
        let (start, end): (std::net::IpAddr, std::net::IpAddr) = (start, end);
        let systems = self.asn.iter().chain(&self.shared_with);
        let asn: Vec<String> = systems.map(u32::to_string).collect();
        let texts = [&self.as_name, &self.country, &self.city].map(|text| quoted(text));
        let exchange = self.exchange.as_deref().map(quoted).unwrap_or_default();
        let last = if with_exchange {
            format!(",{exchange}")
        } else {
            String::new()
        };
        format!("{start},{end},{},{}{last}", asn.join("_"), texts.join(","))
    }
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
