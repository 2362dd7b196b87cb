//! From the octets of an answer to what was seen.

use super::chain::{Chain, follow};
use super::edns::{OPT, rcode_high, read};
use super::rdata::present;
use super::signatures::signatures;
use super::types::mnemonic;
use super::wire::{CLASS_IN, Header, Malformed, Message, WireRecord};
use super::{Flags, Question, Record, Seen, Status};
use crate::facts::{AddressFacts, Atlas};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

const A: u16 = 1;
const NS: u16 = 2;
const SOA: u16 = 6;
const AAAA: u16 = 28;

/// What the message says; everything about how it came is left for the caller.
pub(super) fn seen_in(
    question: &Question,
    octets: &[u8],
    atlas: &Atlas,
) -> Result<Seen, Malformed> {
    let message = Message::parse(octets)?;
    let rtype = question.rtype.number();
    let class = question.class.number();
    let chain = follow(&message, &question.name.to_wire(), rtype, class)?;
    let opt = message.additional.iter().find(|record| record.rtype == OPT);
    let rcode = message.header.rcode() | opt.map_or(0, rcode_high);
    let end = End {
        message: &message,
        chain: &chain,
        class,
    };
    let data = end.data(rtype)?;
    let status = status(&message, rcode, !data.is_empty());
    let flags = flags(message.header, rcode);
    Ok(Seen {
        lame: question.of_the_zone.then(|| is_lame(&status, &flags)),
        serial: Some(serial(&message)?),
        signatures: Some(signatures(&message, Timestamp::now())?),
        status,
        flags: Some(flags),
        addresses: Some(end.addresses(atlas)?),
        data: Some(data),
        ttl_s: message.answers.iter().map(|record| record.ttl_s).min(),
        answers: Some(records(&message.answers)?),
        authority: Some(records(&message.authority)?),
        additional: Some(records(&message.additional)?),
        edns: Some(opt.map(read)),
        chain: Some(chain.targets.iter().map(ToString::to_string).collect()),
        chain_problem: Some(chain.problem),
        ..Seen::default()
    })
}

/// The header bits; `rcode` comes from outside because EDNS extends it.
pub(super) fn flags(header: Header, rcode: u16) -> Flags {
    Flags {
        aa: header.bit(10),
        tc: header.bit(9),
        rd: header.bit(8),
        ra: header.bit(7),
        ad: header.bit(5),
        cd: header.bit(4),
        rcode,
    }
}

fn status(message: &Message<'_>, rcode: u16, has_data: bool) -> Status {
    match rcode {
        0 if has_data => Status::NoError,
        0 if is_referral(message) => Status::Referral,
        0 => Status::NoData,
        1 => Status::FormErr,
        2 => Status::ServFail,
        3 => Status::NxDomain,
        4 => Status::NotImp,
        5 => Status::Refused,
        16 => Status::BadVers,
        _ => Status::Other,
    }
}

/// Name servers in place of an answer, without the SOA that would say that there is none (RFC 2308 §2.2).
fn is_referral(message: &Message<'_>) -> bool {
    let has = |rtype| message.authority.iter().any(|record| record.rtype == rtype);
    let is_authoritative = message.header.bit(10);
    message.answers.is_empty() && !is_authoritative && has(NS) && !has(SOA)
}

/// Nobody knows a zone better than its own servers: they answer, or deny, with authority.
fn is_lame(status: &Status, flags: &Flags) -> bool {
    let answers = matches!(status, Status::NoError | Status::NoData | Status::NxDomain);
    !answers || !flags.aa
}

/// The serial of the first SOA (RFC 1035 §3.3.13) of the answer, or else of the authority section.
fn serial(message: &Message<'_>) -> Result<Option<u32>, Malformed> {
    let mut records = message.answers.iter().chain(&message.authority);
    let Some(soa) = records.find(|record| record.rtype == SOA) else {
        return Ok(None);
    };
    let mut data = soa.data;
    let (_mname, _rname) = (data.name()?, data.name()?);
    data.u32().map(Some)
}

/// The records that answer the question: those of the name at the end of the chain.
struct End<'a, 'm> {
    message: &'a Message<'m>,
    chain: &'a Chain,
    class: u16,
}

impl<'a, 'm> End<'a, 'm> {
    fn records(&self) -> impl Iterator<Item = &'a WireRecord<'m>> {
        let (class, end) = (self.class, &self.chain.end);
        let is_there = move |record: &&WireRecord<'_>| record.class == class && record.name == *end;
        self.message.answers.iter().filter(is_there)
    }

    fn data(&self, rtype: u16) -> Result<Vec<String>, Malformed> {
        let of_type = self.records().filter(|record| record.rtype == rtype);
        let data: Result<Vec<_>, _> = of_type
            .map(|record| present(rtype, record.class, record.data))
            .collect();
        Ok(without_repeats(data?))
    }

    fn addresses(&self, atlas: &Atlas) -> Result<Vec<AddressFacts>, Malformed> {
        let mut addresses = Vec::new();
        for record in self.records().filter(|record| record.class == CLASS_IN) {
            let mut data = record.data;
            match record.rtype {
                A => addresses.push(IpAddr::from(data.array::<4>()?)),
                AAAA => addresses.push(IpAddr::from(data.array::<16>()?)),
                _ => {}
            }
        }
        let addresses = without_repeats(addresses).into_iter();
        Ok(addresses.map(|address| atlas.facts(address)).collect())
    }
}

fn records(section: &[WireRecord<'_>]) -> Result<Vec<Record>, Malformed> {
    let shown = section.iter().filter(|record| record.rtype != OPT);
    shown.map(record).collect()
}

fn record(record: &WireRecord<'_>) -> Result<Record, Malformed> {
    Ok(Record {
        name: record.name.to_string(),
        r#type: mnemonic(record.rtype),
        ttl_s: record.ttl_s,
        data: present(record.rtype, record.class, record.data)?,
    })
}

/// The first of each, in the order they came.
fn without_repeats<T: Clone + Eq + std::hash::Hash>(mut values: Vec<T>) -> Vec<T> {
    let mut seen = std::collections::HashSet::with_capacity(values.len());
    values.retain(|value| seen.insert(value.clone()));
    values
}

/// What makes two answers to one question different: all but id, TTLs, the order of records, and OPT.
pub(super) fn fingerprint(octets: &[u8]) -> [u8; 32] {
    let content =
        Message::parse(octets).and_then(|message| Ok((message.header.bits, sections(&message)?)));
    match content {
        Ok(content) => Sha256::digest(format!("{content:?}")).into(),
        Err(_) => Sha256::digest(octets.get(2..).unwrap_or_default()).into(),
    }
}

type Content = (String, u16, u16, String);

fn sections(message: &Message<'_>) -> Result<[Vec<Content>; 3], Malformed> {
    Ok([
        content(&message.answers)?,
        content(&message.authority)?,
        content(&message.additional)?,
    ])
}

fn content(section: &[WireRecord<'_>]) -> Result<Vec<Content>, Malformed> {
    let shown = section.iter().filter(|record| record.rtype != OPT);
    let content = shown.map(|record| {
        let data = present(record.rtype, record.class, record.data)?;
        Ok((record.name.to_string(), record.rtype, record.class, data))
    });
    let mut content = content.collect::<Result<Vec<_>, Malformed>>()?;
    content.sort_unstable();
    Ok(content)
}
