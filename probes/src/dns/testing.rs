//! Answers made by another implementation, for tests.

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::NULL;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use std::str::FromStr;

/// An answer in the making.
pub(crate) struct Reply(pub(crate) Message);

impl Reply {
    /// To a query as it was received.
    pub(crate) fn to(query: &[u8]) -> Self {
        let query = Message::from_vec(query).unwrap();
        let mut reply = Message::response(query.metadata.id, OpCode::Query);
        reply.add_queries(query.queries);
        reply.metadata.recursion_desired = query.metadata.recursion_desired;
        Self(reply)
    }

    pub(crate) fn code(mut self, code: ResponseCode) -> Self {
        self.0.metadata.response_code = code;
        self
    }

    pub(crate) fn authoritative(mut self) -> Self {
        self.0.metadata.authoritative = true;
        self
    }

    pub(crate) fn truncated(mut self) -> Self {
        self.0.metadata.truncation = true;
        self
    }

    pub(crate) fn edns(mut self, edns: Edns) -> Self {
        self.0.set_edns(edns);
        self
    }

    /// Adds records to the answer section, each as `name ttl TYPE data`.
    pub(crate) fn answers(mut self, lines: &[&str]) -> Self {
        self.0.add_answers(lines.iter().map(|line| record(line)));
        self
    }

    pub(crate) fn authority(mut self, lines: &[&str]) -> Self {
        self.0
            .add_authorities(lines.iter().map(|line| record(line)));
        self
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        self.0.to_vec().unwrap()
    }
}

/// `name ttl TYPE data`; the data of a type hickory cannot read is a name (`DNAME x.`) or `\# hex`.
pub(crate) fn record(line: &str) -> Record {
    let [name, ttl, rtype, data] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
    let rtype = match rtype {
        "DNAME" => RecordType::Unknown(39),
        other => RecordType::from_str(other)
            .unwrap_or_else(|_| RecordType::Unknown(other[4..].parse().unwrap())),
    };
    let data = match (rtype, data.strip_prefix("\\# ")) {
        (_, Some(hex)) => unknown(rtype, unhex(hex)),
        (RecordType::Unknown(39), _) => unknown(rtype, name_octets(data)),
        _ => RData::try_from_str(rtype, data).unwrap(),
    };
    Record::from_rdata(Name::from_ascii(name).unwrap(), ttl.parse().unwrap(), data)
}

fn unknown(code: RecordType, octets: Vec<u8>) -> RData {
    RData::Unknown {
        code,
        rdata: NULL::with(octets),
    }
}

fn name_octets(name: &str) -> Vec<u8> {
    crate::dns::QueryName::parse(name)
        .unwrap()
        .to_wire()
        .octets()
        .to_vec()
}

pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(octet).collect()
}
