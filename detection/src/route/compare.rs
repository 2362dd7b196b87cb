//! Whether a trace is as normal, otherwise but no change, or suspicious.

use super::border::excused;
use super::suspicion::{Judge, Suspicion, What};
use super::walk::{Column, Walk, columns};
use super::way::{Step, Way};
use super::{Detail, Model, Rules, Trace};
use crate::place::Token;
use crate::verdict::{Verdict, Word};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What a comparison says.
pub(super) enum Finding<'a> {
    /// No change, in any case.
    Quiet(Verdict),
    /// Suspicions, the most telling first.
    Suspect(Vec<Suspicion<'a>>),
}

/// Whether a trace is a way the model knows, but for new addresses of the same systems.
pub(super) fn fits(model: &Model, trace: &Trace) -> bool {
    matches!(compare(model, trace, &Rules::default()), Finding::Quiet(_))
}

/// Holds a trace against a model, without asking anybody.
pub(super) fn compare<'a>(model: &Model, trace: &'a Trace, rules: &Rules) -> Finding<'a> {
    if model.traces == 0 {
        let said = "nothing is known of this way yet";
        return Finding::Quiet(Verdict::new(Word::Variance, "route-learning", said));
    }
    let ways = Way::all(trace, model);
    let columns = columns(model, rules);
    let of = |way: &Way<'a>| Compared::new(way, model, trace, &columns, rules).suspicions();
    let mut suspicions: Vec<Suspicion<'a>> = ways.iter().flat_map(of).collect();
    suspicions.extend(reachability(model, trace, &ways, rules));
    // One of a kind: where several flows show it, the first is asked again.
    let mut kinds = Vec::new();
    suspicions.retain(|suspicion| {
        let is_new = !kinds.contains(&suspicion.rule());
        kinds.push(suspicion.rule());
        is_new
    });
    suspicions.sort_by_key(|suspicion| rank(suspicion.what));
    if !suspicions.is_empty() {
        return Finding::Suspect(suspicions);
    }
    Finding::Quiet(quiet(model, trace, &ways, &columns, rules))
}

/// Where a way comes round, nothing else needs to be said; where the systems are others, nothing further on.
fn rank(what: What) -> u8 {
    match what {
        What::Loop => 0,
        What::Systems(_) => 1,
        What::Unreached => 2,
        What::Cut => 3,
        What::Longer | What::Shorter => 4,
        What::Country => 5,
        What::Addresses => 6,
    }
}

/// One way under comparison.
struct Compared<'w, 'a, 'c, 'm> {
    way: &'w Way<'a>,
    model: &'m Model,
    trace: &'a Trace,
    columns: &'c [Column<'m>],
    rules: &'c Rules,
}

impl<'w, 'a, 'c, 'm> Compared<'w, 'a, 'c, 'm> {
    fn new(
        way: &'w Way<'a>,
        model: &'m Model,
        trace: &'a Trace,
        columns: &'c [Column<'m>],
        rules: &'c Rules,
    ) -> Self {
        Self {
            way,
            model,
            trace,
            columns,
            rules,
        }
    }

    fn suspicions(&self) -> Vec<Suspicion<'a>> {
        let all = [
            self.comes_round(),
            self.systems(),
            self.length(),
            self.country(),
            self.addresses(),
        ];
        all.into_iter().flatten().collect()
    }

    fn suspicion(
        &self,
        what: What,
        ttl: u8,
        said: String,
        edge: (String, String),
    ) -> Suspicion<'a> {
        Suspicion {
            what,
            way: self.way.clone(),
            trace: self.trace,
            ttl,
            said,
            edge,
        }
    }

    fn answered(&self) -> impl Iterator<Item = (&Step<'a>, IpAddr)> {
        let steps = self.way.steps.iter().filter(|step| !step.is_end);
        steps.filter_map(|step| Some((step, step.reply?.place.address)))
    }

    /// An address again after others, where the destination is not reached.
    fn comes_round(&self) -> Option<Suspicion<'a>> {
        if !self.rules.loops || self.trace.reached {
            return None;
        }
        let mut seen: BTreeMap<IpAddr, u8> = BTreeMap::new();
        let (address, first, again) = self.answered().find_map(|(step, address)| {
            let first = *seen.entry(address).or_insert(step.ttl);
            let is_again = step.ttl >= first.saturating_add(2);
            is_again.then_some((address, first, step.ttl))
        })?;
        let is_normal = self.model.knows(address, first, 0) && self.model.knows(address, again, 0);
        let said = format!(
            "{address} answers at hop {first} and again at hop {again}, and the destination does not answer"
        );
        let edge = (format!("{address}"), format!("{address} -> {address}"));
        (!is_normal).then(|| self.suspicion(What::Loop, first, said, edge))
    }

    /// The first hop at which the way is no walk through the model.
    fn systems(&self) -> Option<Suspicion<'a>> {
        let excused = excused(self.way, self.model, self.columns, self.rules);
        let mut walk = Walk::new(self.columns, self.rules);
        let steps = self.way.steps.iter().zip(&excused).enumerate();
        let (place, step) = steps.into_iter().find_map(|(place, (step, excused))| {
            let goes_on = walk.step(step, excused.as_ref());
            (!goes_on).then_some((place, step))
        })?;
        let (ttl, judge) = self.where_to_ask(place);
        let (last, before) = walk.edge();
        let now = step.token();
        let said = format!(
            "at hop {}, after {last}, there is {now} where {before} was: {}",
            step.ttl,
            step.reply
                .map_or("nobody".into(), |it| it.place.address.to_string()),
        );
        let edge = (format!("{last} -> {before}"), format!("{last} -> {now}"));
        Some(self.suspicion(What::Systems(judge), ttl, said, edge))
    }

    /// The hop that does not fit. Where it belongs to a system that comes later, those that are missing were before it: then
    /// the last new hop before it is in their place.
    fn where_to_ask(&self, place: usize) -> (u8, Judge) {
        let steps = &self.way.steps;
        let is_known = |step: &Step<'_>, near| {
            let address = step.reply.map(|reply| reply.place.address);
            address.is_some_and(|address| self.model.knows(address, step.ttl, near))
        };
        let Some(step) = steps.get(place) else {
            return (0, Judge::Either);
        };
        let token = step.token();
        let mut systems = self.columns.iter().flat_map(|column| &column.systems);
        let is_stranger = !step.is_end && !systems.any(|it| self.rules.unify(it, &token));
        if is_stranger {
            return (step.ttl, Judge::Either);
        }
        let before = steps.iter().take(place).rev();
        let mut new = before.take_while(|step| !is_known(step, 1));
        let last = new.find(|step| step.reply.is_some());
        match last {
            Some(last) => (last.ttl, Judge::Address),
            None if is_known(step, 0) => (step.ttl, Judge::Walk),
            None => (step.ttl, Judge::Either),
        }
    }

    /// Farther or nearer than ever, and by more than two than the last time.
    fn length(&self) -> Option<Suspicion<'a>> {
        let known = self.model.length.filter(|_| self.rules.length)?;
        let latest = self.model.latest.unwrap_or(known);
        let length = self.way.length()?;
        let farthest = known.most.max(latest.most.saturating_add(SLACK));
        let (what, ttl, was, is_tunnel) = if length > farthest {
            (What::Longer, farthest, latest.most, self.shows_tunnel())
        } else if length < known.least && length.saturating_add(SLACK) < latest.least {
            (What::Shorter, length, latest.least, self.hides_tunnel())
        } else {
            return None;
        };
        let said = format!("the destination is {length} hops away and was {was}");
        let hops = |count: u8| format!("destination at {count} hops");
        let suspicion = self.suspicion(what, ttl, said, (hops(was), hops(length)));
        (!is_tunnel || !self.rules.mpls).then_some(suspicion)
    }

    /// New hops quote labels.
    fn shows_tunnel(&self) -> bool {
        let known = &self.model.hops;
        self.answered().any(|(step, address)| {
            step.reply.is_some_and(|it| it.mpls)
                && !known.iter().any(|it| it.known(address).is_some())
        })
    }

    /// Hops that quoted labels are gone.
    fn hides_tunnel(&self) -> bool {
        let is_here = |address| self.answered().any(|(_, answered)| answered == address);
        let known = self.model.hops.iter().flat_map(|hop| &hop.addresses);
        known
            .into_iter()
            .any(|it| it.mpls && !is_here(it.place.address))
    }

    /// Two new addresses or more in one country that was not on the way. One alone may be a database's mistake.
    fn country(&self) -> Option<Suspicion<'a>> {
        let mut found: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for (step, address) in self.answered().filter(|_| self.rules.country) {
            let country = step.reply.and_then(|it| it.place.country.as_deref());
            let is_new = !self.model.is_country(country) && !self.model.knows(address, step.ttl, 1);
            if let Some(country) = country.filter(|_| is_new) {
                found.entry(country).or_default().push(step.ttl);
            }
        }
        let (country, ttls) = found.into_iter().find(|(_, ttls)| ttls.len() >= 2)?;
        let ttl = *ttls.first()?;
        let said = format!(
            "{} hops from hop {ttl} on are in {country}, where none was",
            ttls.len()
        );
        let edge = (
            "countries as known".to_owned(),
            format!("through {country}"),
        );
        Some(self.suspicion(What::Country, ttl, said, edge))
    }

    fn addresses(&self) -> Option<Suspicion<'a>> {
        let is_asked = self.rules.detail == Detail::Ip;
        let mut last = "here".to_owned();
        for (step, address) in self.answered().filter(|_| is_asked) {
            if !self.model.knows(address, step.ttl, 1) {
                let before = self.model.hop(step.ttl);
                let before = before.and_then(|it| it.addresses.first());
                let before = before.map_or("*".into(), |it| it.place.address.to_string());
                let said = format!("{address} answers at hop {} in place of {before}", step.ttl);
                let edge = (
                    format!("{last} -> {before}"),
                    format!("{last} -> {address}"),
                );
                return Some(self.suspicion(What::Addresses, step.ttl, said, edge));
            }
            last = address.to_string();
        }
        None
    }
}

/// What is said of a trace that does not reach the destination.
fn reachability<'a>(
    model: &Model,
    trace: &'a Trace,
    ways: &[Way<'a>],
    rules: &Rules,
) -> Option<Suspicion<'a>> {
    if trace.reached {
        return None;
    }
    let farthest = ways.iter().max_by_key(|way| way.steps.len());
    let way = farthest.cloned().unwrap_or(Way {
        flow: 0,
        steps: Vec::new(),
    });
    let last = way.steps.last();
    let (at, who) = last.map_or((0, "here".into()), |step| {
        let who = step.reply.map(|it| it.place.address.to_string());
        (step.ttl, who.unwrap_or_default())
    });
    let after = model.hops.iter().filter(|hop| hop.ttl > at);
    let next = after.flat_map(|hop| &hop.addresses).next();
    let next = next.map_or(trace.target, |known| known.place.address);
    let edge = (format!("{who} -> {next}"), format!("{who} -> *"));
    let ended = trace.ended.as_deref().unwrap_or("silence");
    let reached = model.reach();
    let suspicion = |what, said| Suspicion {
        what,
        way,
        trace,
        ttl: at,
        said,
        edge,
    };
    if reached >= 0.5 {
        let said = format!(
            "the destination does not answer ({ended}), as it did in {} of {} traces; the last to answer is {who} at hop {at}",
            model.reached, model.traces
        );
        return rules.reach.then(|| suspicion(What::Unreached, said));
    }
    let (hops, chance) = silence(model, trace, at);
    let is_cut = rules.cut && hops >= 2 && chance < rules.significance && reached == 0.0;
    let said = format!(
        "behind {who} at hop {at} all {hops} hops that used to answer are silent, by chance once in {:.0} traces",
        1.0 / chance.max(1e-9)
    );
    is_cut.then(|| suspicion(What::Cut, said))
}

/// How many hops behind a distance are known to answer, and the chance that all are silent though nothing has changed. What
/// limits its answers is silent for many probes at once, so that no hop counts for more than one in ten.
fn silence(model: &Model, trace: &Trace, at: u8) -> (usize, f64) {
    let behind = model.hops.iter().filter(|hop| hop.ttl > at);
    let usual = behind.filter(|hop| hop.rate() >= 0.5);
    usual.fold((0, 1.0), |(hops, chance), hop| {
        let mut asked = trace.hops.iter().filter(|it| it.ttl == hop.ttl);
        let sent = asked.next().map_or(1, |it| it.sent.max(1));
        let silent = (1.0 - hop.rate()).powf(sent.into()).max(0.1);
        (hops + 1, chance * silent)
    })
}

/// What is said of a trace that is no change.
fn quiet(
    model: &Model,
    trace: &Trace,
    ways: &[Way<'_>],
    columns: &[Column<'_>],
    rules: &Rules,
) -> Verdict {
    let is_borrowed = |way: &Way<'_>| {
        let excused = excused(way, model, columns, rules);
        let systems = excused.iter().flatten().filter(|it| it.is_system());
        systems.count()
    };
    if let Some(way) = ways.iter().find(|way| is_borrowed(way) > 0) {
        let said = "one hop answers with an address of another system, between two that answer as ever: the same router, numbered otherwise";
        return Verdict::new(Word::Variance, "route-border", said)
            .and(new_addresses(model, std::slice::from_ref(way), 0).join(", "));
    }
    let near = u8::from(rules.shift);
    let new = new_addresses(model, ways, near);
    if !new.is_empty() {
        let tokens = ways.iter().flat_map(|way| &way.steps);
        let is_exchange = |step: &Step<'_>| {
            let address = step.reply.map(|it| it.place.address);
            matches!(step.token(), Token::Exchange(_))
                && address.is_some_and(|it| !model.knows(it, step.ttl, near))
        };
        let rule = match tokens.into_iter().any(is_exchange) {
            true => "route-exchange",
            false => "route-new-address",
        };
        let said = format!(
            "{} new, of the same systems in the same order",
            new.join(", ")
        );
        return Verdict::new(Word::Variance, rule, said);
    }
    let lengths: BTreeSet<u8> = ways.iter().filter_map(Way::length).collect();
    let is_other = |length: &&u8| {
        model
            .length
            .is_some_and(|it| !(it.least..=it.most).contains(length))
    };
    if let Some(length) = lengths.iter().find(is_other) {
        let said =
            format!("the known hops are at other distances: the destination is {length} hops away");
        return Verdict::new(Word::Variance, "route-shifted", said);
    }
    if trace.reached && model.reached == 0 {
        let said = "the destination answers, which it never did";
        return Verdict::new(Word::Variance, "route-reached", said);
    }
    if ways.is_empty() {
        let said = "nobody answered, and nobody is known to";
        return Verdict::new(Word::Inconclusive, "route-silent", said);
    }
    let hops = ways.iter().map(|way| way.steps.len()).max().unwrap_or(0);
    let said = format!("{hops} hops, every one that answered known");
    Verdict::new(Word::Same, "route-same", said)
}

/// Addresses that are not known where they answer, each with its hop.
fn new_addresses(model: &Model, ways: &[Way<'_>], near: u8) -> Vec<String> {
    let steps = ways.iter().flat_map(|way| &way.steps);
    let answered = steps.filter(|step| !step.is_end);
    let places = answered.filter_map(|step| Some((step.ttl, step.reply?.place.address)));
    let new: BTreeSet<(u8, IpAddr)> = places
        .filter(|(ttl, address)| !model.knows(*address, *ttl, near))
        .collect();
    let said = new
        .into_iter()
        .map(|(ttl, address)| format!("{address} at hop {ttl}"));
    said.take(SHOWN).collect()
}

/// By how much a way may be longer or shorter than it was.
const SLACK: u8 = 2;
/// New addresses that are named.
const SHOWN: usize = 8;
