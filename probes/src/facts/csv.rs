//! Ranges of addresses as comma-separated lines: `start,end,asn,name`, with a header line also country, city and exchange.

mod line;
mod ranges;

use super::record::{Entry, Kinds, country, name, origins};
use line::fields;
use ranges::Ranges;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The ranges of one file.
#[derive(Debug)]
pub(super) struct Csv {
    v4: Ranges<Entry>,
    v6: Ranges<Entry>,
    /// The facts it holds.
    pub(super) kinds: Kinds,
}

impl Csv {
    /// Reads the whole text. Empty lines and lines that start with `#` are skipped.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()));
        let mut lines = lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .peekable();
        let Some(&(_, first)) = lines.peek() else {
            return Err("it has no lines".to_owned());
        };
        let columns = match Columns::by_header(&fields(first))? {
            Some(columns) => {
                lines.next();
                columns
            }
            None => Columns::PLAIN,
        };
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        let mut kinds = columns.kinds();
        for (number, line) in lines {
            let ranged = columns
                .read(&fields(line))
                .map_err(|error| format!("line {number}: {error}"))?;
            kinds.origins |= ranged.entry.origins.len() > 1;
            match ranged.start {
                IpAddr::V4(_) => v4.push(ranged.bits()),
                IpAddr::V6(_) => v6.push(ranged.bits()),
            }
        }
        Ok(Self {
            v4: Ranges::new(v4),
            v6: Ranges::new(v6),
            kinds,
        })
    }

    /// The entry of the smallest range around an address, and the largest network around it inside that range.
    pub(super) fn find(&self, address: IpAddr) -> Option<(Entry, String)> {
        let (value, bits, ranges) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32, &self.v4),
            IpAddr::V6(address) => (address.to_bits(), 128, &self.v6),
        };
        let (start, end, entry) = ranges.find(value)?;
        let (network, length) = ranges::network(value, start, end, bits);
        let network = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(network).ok()?)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(network)),
        };
        Some((entry.clone(), format!("{network}/{length}")))
    }
}

/// One line, read.
struct Ranged {
    start: IpAddr,
    end: IpAddr,
    entry: Entry,
}

impl Ranged {
    fn bits(self) -> (u128, u128, Entry) {
        (bits(self.start), bits(self.end), self.entry)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Where each fact stands in a line.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    start: usize,
    end: usize,
    exchange: Option<usize>,
    asn: Option<usize>,
    as_name: Option<usize>,
    country: Option<usize>,
    city: Option<usize>,
}

impl Columns {
    /// Without a header line.
    const PLAIN: Self = Self {
        start: 0,
        end: 1,
        exchange: None,
        asn: Some(2),
        as_name: Some(3),
        country: None,
        city: None,
    };

    /// The columns by their names, if this is a header line: one whose first field is no address.
    fn by_header(fields: &[String]) -> Result<Option<Self>, String> {
        if fields.first().is_some_and(|field| address(field).is_ok()) {
            return Ok(None);
        }
        let column = |names: &[&str]| {
            let is_meant =
                |field: &String| names.contains(&field.trim().to_ascii_lowercase().as_str());
            fields.iter().position(is_meant)
        };
        let missing =
            |what: &str| format!("its first line is neither a range nor a header with `{what}`");
        Ok(Some(Self {
            start: column(&["start", "start_ip", "ip_range_start", "ip_from"])
                .ok_or_else(|| missing("start"))?,
            end: column(&["end", "end_ip", "ip_range_end", "ip_to"])
                .ok_or_else(|| missing("end"))?,
            exchange: column(&["exchange", "ixp", "ix"]),
            asn: column(&["asn", "as_number", "autonomous_system_number"]),
            as_name: column(&["name", "as_name", "autonomous_system_organization"]),
            country: column(&["country", "country_code"]),
            city: column(&["city"]),
        }))
    }

    fn kinds(&self) -> Kinds {
        Kinds {
            exchange: self.exchange.is_some(),
            asn: self.asn.is_some(),
            // As soon as a line has several.
            origins: false,
            as_name: self.as_name.is_some(),
            country: self.country.is_some(),
            city: self.city.is_some(),
        }
    }

    fn read(&self, fields: &[String]) -> Result<Ranged, String> {
        let text = |column: usize| fields.get(column).map_or("", String::as_str);
        let (start, end) = (address(text(self.start))?, address(text(self.end))?);
        if start.is_ipv4() != end.is_ipv4() || start > end {
            return Err(format!("{start} to {end} is no range"));
        }
        let entry = Entry {
            exchange: self.exchange.map(text).and_then(name),
            origins: self.asn.map(text).map_or(Ok(Vec::new()), systems)?,
            as_name: self.as_name.map(text).and_then(name),
            country: self.country.map(text).and_then(country),
            city: self.city.map(text).and_then(name),
        };
        Ok(Ranged { start, end, entry })
    }
}

/// The number of a system or of several; nothing, `0` and `-` stand for none.
fn systems(written: &str) -> Result<Vec<super::Asn>, String> {
    let is_none = matches!(written.trim(), "" | "0" | "AS0" | "-");
    match origins(written) {
        Some(all) => Ok(all),
        None if is_none => Ok(Vec::new()),
        None => Err(format!("`{}` is no AS number", written.escape_debug())),
    }
}

/// An address in its usual form or as a number; one above 32 bits is IPv6.
fn address(written: &str) -> Result<IpAddr, String> {
    let written = written.trim();
    let by_number = |_| match (written.parse::<u32>(), written.parse::<u128>()) {
        (Ok(bits), _) => Ok(IpAddr::V4(Ipv4Addr::from_bits(bits))),
        (_, Ok(bits)) => Ok(IpAddr::V6(Ipv6Addr::from_bits(bits)).to_canonical()),
        _ => Err(format!("`{}` is no address", written.escape_debug())),
    };
    written
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
        .or_else(by_number)
}
