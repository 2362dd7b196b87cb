//! What one name server knows, and what it makes of a question.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::PTR;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use ipnet::IpNet;

use crate::world::World;
use crate::world::dns::{Domain, Flag, Otherwise, RecordLine, Reply, Resolver, Status};
use crate::world::route::Prefix;

/// An alias chain is followed so far, as far as BIND follows one and more; the rest is the client's.
const MOST_ALIASES: usize = 64;
const PTR_TTL_S: u32 = 3600;

/// What one name server knows.
pub(crate) struct View {
    pub(crate) resolver: Resolver,
    records: BTreeMap<Name, Vec<Record>>,
}

impl View {
    /// The views of all resolvers of a world, by their names.
    pub(crate) fn all(world: &World) -> BTreeMap<String, Self> {
        let names = names(world);
        let view = |resolver: &Resolver| Self::of(resolver, &names);
        world
            .resolvers
            .iter()
            .map(|(name, resolver)| (name.clone(), view(resolver)))
            .collect()
    }

    fn of(resolver: &Resolver, names: &[Record]) -> Self {
        let own = resolver.records.iter().map(|line| &line.0);
        let reverse = names.iter().filter(|_| resolver.ptr);
        let mut records: BTreeMap<Name, Vec<Record>> = BTreeMap::new();
        for record in own.chain(reverse) {
            records
                .entry(record.name.to_lowercase())
                .or_default()
                .push(record.clone());
        }
        Self {
            resolver: resolver.clone(),
            records,
        }
    }

    /// What it says to a question; nothing where it says nothing.
    pub(crate) fn answer(
        &self,
        name: &Name,
        kind: RecordType,
        subnet: Option<IpNet>,
    ) -> Option<Reply> {
        let asked = |reply: &&Reply| {
            let is_for = |prefix: &Prefix| subnet.is_some_and(|subnet| prefix.0.contains(&subnet));
            reply.name.0 == *name
                && reply.kind.is_none_or(|wanted| wanted.0 == kind)
                && reply.client_subnet.as_ref().is_none_or(is_for)
        };
        if let Some(reply) = self.resolver.replies.iter().find(asked) {
            return (!reply.silent).then(|| reply.clone());
        }
        let (answer, end) = self.resolve(name, kind);
        let status = match (end, self.resolver.otherwise) {
            (End::Known, _) => ResponseCode::NoError,
            // Whoever follows an alias to nowhere knows the alias.
            (End::Unknown, _) if !answer.is_empty() => ResponseCode::NXDomain,
            (End::Unknown, Otherwise::NoSuchName) => ResponseCode::NXDomain,
            (End::Unknown, Otherwise::Refused) => ResponseCode::Refused,
            (End::Unknown, Otherwise::Failed) => ResponseCode::ServFail,
            (End::Unknown, Otherwise::Silent) => return None,
        };
        let mut reply = plain(name, status, answer);
        if self.resolver.authoritative {
            reply.flags = vec![Flag::Aa];
        }
        Some(reply)
    }

    /// The records for a name, aliases followed, and whether the last name is known at all.
    fn resolve(&self, name: &Name, kind: RecordType) -> (Vec<RecordLine>, End) {
        let (mut answer, mut seen) = (Vec::new(), BTreeSet::new());
        let mut next = name.to_lowercase();
        while seen.len() < MOST_ALIASES && seen.insert(next.clone()) {
            let Some(records) = self.records.get(&next) else {
                return (answer, End::Unknown);
            };
            let wanted = |record: &&Record| record.record_type() == kind || kind == RecordType::ANY;
            let before = answer.len();
            answer.extend(records.iter().filter(wanted).cloned().map(RecordLine));
            let alias = records.iter().find_map(|record| match &record.data {
                RData::CNAME(target) => Some((record, target.0.to_lowercase())),
                _ => None,
            });
            match alias {
                Some((record, target)) if answer.len() == before => {
                    answer.push(RecordLine(record.clone()));
                    next = target;
                }
                _ => break,
            }
        }
        (answer, End::Known)
    }
}

/// Whether the last name of a chain is known.
enum End {
    Known,
    Unknown,
}

fn plain(name: &Name, status: ResponseCode, answer: Vec<RecordLine>) -> Reply {
    Reply {
        status: Status(status),
        answer,
        ..Reply::empty(Domain(name.clone()))
    }
}

/// PTR records for every named hop and address of a world.
fn names(world: &World) -> Vec<Record> {
    let hops = world.routes.values().flat_map(|route| &route.hops);
    let routers = hops.flat_map(|hop| std::iter::once(hop).chain(&hop.beside));
    let named = routers.filter_map(|hop| Some((hop.address?, hop.name.as_ref()?)));
    let all: BTreeMap<IpAddr, &String> = named
        .chain(world.names.iter().map(|(address, name)| (*address, name)))
        .collect();
    all.into_iter()
        .filter_map(|(address, name)| pointer(address, name))
        .collect()
}

/// Names are taken byte by byte: a hop may bear a name no registry would take.
fn pointer(address: IpAddr, name: &str) -> Option<Record> {
    let labels = name.trim_end_matches('.').split('.').map(str::as_bytes);
    let target = Name::from_labels(labels).ok()?;
    Some(Record::from_rdata(
        Name::from(address),
        PTR_TTL_S,
        RData::PTR(PTR(target)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(yaml: &str) -> View {
        View::of(&serde_saphyr::from_str(yaml).unwrap(), &[])
    }

    fn said(view: &View, name: &str, kind: RecordType) -> (ResponseCode, Vec<String>) {
        let reply = view
            .answer(&name.parse::<Domain>().unwrap().0, kind, None)
            .unwrap();
        (
            reply.status.0,
            reply
                .answer
                .iter()
                .map(|line| line.0.data.to_string())
                .collect(),
        )
    }

    const ALIASES: &str = "
addresses: [192.0.2.53]
records:
  - a.test. 60 CNAME b.test.
  - b.test. 60 A 192.0.2.2
  - b.test. 60 A 192.0.2.1
  - loop.test. 60 CNAME pool.test.
  - pool.test. 60 CNAME loop.test.
  - gone.test. 60 CNAME nowhere.test.
";

    #[test]
    fn aliases_are_followed_in_the_order_written() {
        let view = view(ALIASES);
        let a = |name| said(&view, name, RecordType::A);
        let texts = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            a("A.test"),
            (
                ResponseCode::NoError,
                texts(&["b.test.", "192.0.2.2", "192.0.2.1"])
            )
        );
        assert_eq!(
            said(&view, "a.test", RecordType::CNAME),
            (ResponseCode::NoError, texts(&["b.test."]))
        );
        assert_eq!(
            said(&view, "a.test", RecordType::AAAA),
            (ResponseCode::NoError, texts(&["b.test."]))
        );
        assert_eq!(
            a("loop.test"),
            (ResponseCode::NoError, texts(&["pool.test.", "loop.test."]))
        );
        assert_eq!(
            a("gone.test"),
            (ResponseCode::NXDomain, texts(&["nowhere.test."]))
        );
        assert_eq!(a("nowhere.test"), (ResponseCode::NXDomain, texts(&[])));
    }
}
