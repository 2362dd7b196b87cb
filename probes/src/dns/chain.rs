//! The alias chain from the name asked to the name that has the data, rebuilt from records in any order.

use super::ChainProblem;
use super::wire::{CLASS_IN, Malformed, Message, WireName, WireRecord};
use std::collections::{HashMap, HashSet};

const CNAME: u16 = 5;
const SOA: u16 = 6;
const DNAME: u16 = 39;

/// As many aliases as resolvers usually follow.
const MAX_LINKS: usize = 16;

/// As many as are looked at, because a DNAME can make new names for ever.
const MAX_FOLLOWED: usize = 128;

/// The way from the name asked to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The names after the one asked, in order.
    pub(crate) targets: Vec<WireName>,
    /// What is wrong with it.
    pub(crate) problem: Option<ChainProblem>,
    /// The name whose records answer the question: where it ends, or for a question of type CNAME the name asked.
    pub(crate) end: WireName,
}

/// The alias records of an answer section.
struct Aliases {
    cnames: HashMap<WireName, Vec<WireName>>,
    dnames: HashMap<WireName, WireName>,
}

/// Follows the aliases of the answer section from the name asked.
pub(crate) fn follow(
    message: &Message<'_>,
    asked: &WireName,
    rtype: u16,
    class: u16,
) -> Result<Chain, Malformed> {
    let aliases = Aliases::collect(&message.answers, rtype)?;
    let (targets, problem) = aliases.walk(asked);
    let last = targets.last().unwrap_or(asked);
    let end = if rtype == CNAME { asked } else { last }.clone();
    let missing = || {
        is_missing_link(message, &end, (rtype, class), !targets.is_empty())
            .then_some(ChainProblem::MissingLink)
    };
    Ok(Chain {
        problem: problem.or_else(missing),
        end,
        targets,
    })
}

impl Aliases {
    fn collect(answers: &[WireRecord<'_>], rtype: u16) -> Result<Self, Malformed> {
        let mut aliases = Self {
            cnames: HashMap::new(),
            dnames: HashMap::new(),
        };
        for record in answers.iter().filter(|record| record.class == CLASS_IN) {
            let mut data = record.data;
            match record.rtype {
                CNAME => aliases.add_cname(&record.name, data.name()?),
                // Asked for the DNAME itself, it is the answer and not a way on.
                DNAME if rtype != DNAME => {
                    let target = data.name()?;
                    aliases.dnames.entry(record.name.clone()).or_insert(target);
                }
                _ => {}
            }
        }
        Ok(aliases)
    }

    fn add_cname(&mut self, owner: &WireName, target: WireName) {
        let targets = self.cnames.entry(owner.clone()).or_default();
        if !targets.contains(&target) {
            targets.push(target);
        }
    }

    /// Ends where no alias leads on, where a name comes back, or far behind the longest chain that could be meant.
    fn walk(&self, asked: &WireName) -> (Vec<WireName>, Option<ChainProblem>) {
        let mut passed = HashSet::from([asked.clone()]);
        let mut targets: Vec<WireName> = Vec::new();
        let mut several = None;
        while let Some((target, is_alone)) = self.next(targets.last().unwrap_or(asked)) {
            if !is_alone {
                several = Some(ChainProblem::SeveralTargets);
            }
            targets.push(target.clone());
            if !passed.insert(target) {
                return (targets, Some(ChainProblem::Loop));
            }
            if targets.len() == MAX_FOLLOWED {
                break;
            }
        }
        let too_long = (targets.len() > MAX_LINKS).then_some(ChainProblem::TooLong);
        (targets, several.or(too_long))
    }

    /// The alias target of a name, and whether it is the only one.
    fn next(&self, name: &WireName) -> Option<(WireName, bool)> {
        match self.cnames.get(name).map(Vec::as_slice) {
            Some([first, rest @ ..]) => Some((first.clone(), rest.is_empty())),
            _ => self.by_dname(name).map(|target| (target, true)),
        }
    }

    /// The CNAME a resolver would make of the nearest DNAME above the name (RFC 6672 §2.2).
    fn by_dname(&self, name: &WireName) -> Option<WireName> {
        let labels = name.labels().count();
        (1..labels)
            .filter_map(|skipped| self.dnames.get_key_value(&name.without_first(skipped)))
            .find_map(|(owner, target)| name.rebased(owner, target))
    }
}

/// NOERROR, no record of the type at the end, and nothing that says that this is meant.
fn is_missing_link(
    message: &Message<'_>,
    end: &WireName,
    asked: (u16, u16),
    has_links: bool,
) -> bool {
    let of_type = |record: &&WireRecord<'_>| (record.rtype, record.class) == asked;
    let answers = || message.answers.iter().filter(of_type);
    let says_none = message.authority.iter().any(|record| record.rtype == SOA);
    let is_elsewhere = answers().next().is_some();
    let is_at_end = answers().any(|record| record.name == *end);
    message.header.rcode() == 0 && !is_at_end && (is_elsewhere || has_links && !says_none)
}

#[cfg(test)]
mod tests;
