//! The systems a path passes, and how sure that is.
//!
//! A router's address belongs to whoever numbered the link, which at a border may be the neighbour; so one address alone
//! is weak evidence that the way passes its system.

use crate::fact::Fact;
use crate::facts::{AddressFacts, Asn};
use crate::route::{Evidence, Hop, HopAddress};
use std::collections::BTreeSet;

const GAP: &str = "*";

/// Says of every address whose AS is known how sure it is.
///
/// Strong: the nearest hop of a known system on either side is in it too, or the name says so, or it is the destination,
/// which is no border interface.
pub(super) fn grade(path: &mut [Hop]) {
    let systems: Vec<BTreeSet<Asn>> = path.iter().map(systems).collect();
    for (at, hop) in path.iter_mut().enumerate() {
        let (before, after) = neighbours(&systems, at);
        let is_near = |asn: &Asn| {
            before.is_some_and(|it| it.contains(asn)) || after.is_some_and(|it| it.contains(asn))
        };
        for address in &mut hop.addresses {
            address.evidence = system(&address.facts).map(|asn| {
                let is_strong = is_near(&asn) || is_named(address, asn) || is_end(address);
                if is_strong {
                    Evidence::Strong
                } else {
                    Evidence::Weak
                }
            });
        }
    }
}

/// The path as tokens; see `Seen::as_path`.
pub(super) fn tokens(path: &[Hop]) -> Vec<String> {
    let labels: Vec<BTreeSet<Label>> = path.iter().map(labels).collect();
    let mut tokens: Vec<String> = Vec::new();
    for (at, (hop, here)) in path.iter().zip(&labels).enumerate() {
        let doubt = if is_doubtful(hop, &labels, at) {
            "?"
        } else {
            ""
        };
        push(&mut tokens, written(here) + doubt);
    }
    tokens
}

/// Collapses repeats, and gaps between two hops of the same system.
fn push(tokens: &mut Vec<String>, token: String) {
    if let [.., before, gap] = tokens.as_slice()
        && gap == GAP
        && *before == token
    {
        tokens.pop();
    }
    if tokens.last() != Some(&token) {
        tokens.push(token);
    }
}

/// What one address stands for in the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    System(Asn),
    Word(String),
}

/// Special ranges go before exchanges, and these before who announces them. Several that share a network are several.
fn labels_of(facts: &AddressFacts) -> Vec<Label> {
    if let Some(special) = &facts.special {
        return vec![Label::Word(special.clone())];
    }
    if let Fact::Known(exchange) = &facts.exchange {
        return vec![Label::Word(format!("IX:{exchange}"))];
    }
    match (&facts.origins, &facts.asn) {
        (Fact::Known(all), _) => all.iter().copied().map(Label::System).collect(),
        (_, Fact::Known(asn)) => vec![Label::System(*asn)],
        (_, Fact::Nothing) => vec![Label::Word("unrouted".into())],
        (_, Fact::Unknown) => vec![Label::Word("unknown".into())],
    }
}

fn labels(hop: &Hop) -> BTreeSet<Label> {
    let addresses = hop.addresses.iter();
    addresses
        .flat_map(|address| labels_of(&address.facts))
        .collect()
}

/// `AS1`, `private`, `AS{1,2}`, `{AS1,private}`, or a gap.
fn written(labels: &BTreeSet<Label>) -> String {
    let join = |each: fn(&Label) -> String| labels.iter().map(each).collect::<Vec<_>>().join(",");
    match labels.len() {
        0 => GAP.into(),
        1 => join(whole),
        _ if labels.iter().all(|label| matches!(label, Label::System(_))) => {
            format!("AS{{{}}}", join(number))
        }
        _ => format!("{{{}}}", join(whole)),
    }
}

fn whole(label: &Label) -> String {
    match label {
        Label::System(asn) => asn.to_string(),
        Label::Word(word) => word.clone(),
    }
}

fn number(label: &Label) -> String {
    match label {
        Label::System(Asn(number)) => number.to_string(),
        Label::Word(word) => word.clone(),
    }
}

/// One address of a system, without other evidence, between hops of one other system.
fn is_doubtful(hop: &Hop, labels: &[BTreeSet<Label>], at: usize) -> bool {
    let [
        HopAddress {
            evidence: Some(Evidence::Weak),
            ..
        },
    ] = hop.addresses.as_slice()
    else {
        return false;
    };
    let is_one_system = |labels: &BTreeSet<Label>| {
        matches!(
            labels.iter().collect::<Vec<_>>().as_slice(),
            [Label::System(_)]
        )
    };
    match neighbours(labels, at) {
        (Some(before), Some(after)) => before == after && is_one_system(before),
        _ => false,
    }
}

/// The nearest hops of which something is known, on either side.
fn neighbours<T>(hops: &[BTreeSet<T>], at: usize) -> (Option<&BTreeSet<T>>, Option<&BTreeSet<T>>) {
    let (before, rest) = hops.split_at(at);
    let is_known = |hop: &&BTreeSet<T>| !hop.is_empty();
    (
        before.iter().rev().find(is_known),
        rest.iter().skip(1).find(is_known),
    )
}

/// The systems that the addresses of a hop bear witness to, all of those that share a network.
fn systems(hop: &Hop) -> BTreeSet<Asn> {
    let all = hop.addresses.iter().flat_map(|address| {
        let shared = address.facts.origins.known().cloned().unwrap_or_default();
        let own = system(&address.facts);
        own.into_iter()
            .chain(shared.into_iter().filter(move |_| own.is_some()))
    });
    all.collect()
}

/// None of a special range or a peering LAN, whoever announces it.
fn system(facts: &AddressFacts) -> Option<Asn> {
    let is_of_a_system = facts.special.is_none() && facts.exchange.known().is_none();
    facts.asn.known().copied().filter(|_| is_of_a_system)
}

fn is_end(address: &HopAddress) -> bool {
    address.from_target && address.said != "time-exceeded"
}

/// Whether the hostname has a part like `as6453`.
fn is_named(address: &HopAddress, asn: Asn) -> bool {
    let named = format!("as{}", asn.0);
    let hostname = address
        .facts
        .hostname
        .known()
        .map(|name| name.to_ascii_lowercase())
        .unwrap_or_default();
    hostname
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|part| part == named)
}
