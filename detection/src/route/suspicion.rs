//! What may be a change, until it was asked again.

use super::walk::{Walk, columns};
use super::way::{Step, Way};
use super::{Model, Reply, Rules, Trace};

/// Something that differs from what is normal.
#[derive(Clone, Debug)]
pub(super) struct Suspicion<'a> {
    /// What differs.
    pub(super) what: What,
    /// The flow that showed it.
    pub(super) way: Way<'a>,
    /// The trace that showed it.
    pub(super) trace: &'a Trace,
    /// The distance at which to ask again: the first that differs.
    pub(super) ttl: u8,
    /// It in a sentence.
    pub(super) said: String,
    /// What gave way to what.
    pub(super) edge: (String, String),
}

/// What may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The systems passed. Which replies are known is told by their walk, by their address, or by either.
    Systems(Judge),
    /// The addresses.
    Addresses,
    /// A country.
    Country,
    /// The destination is farther away.
    Longer,
    /// The destination is nearer.
    Shorter,
    /// The destination does not answer.
    Unreached,
    /// Nobody answers behind a hop.
    Cut,
    /// The way comes round.
    Loop,
}

/// How it is told that a reply at the distance is one that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judge {
    /// The way up to it and it are a walk through the model.
    Walk,
    /// Its address is known at this distance.
    Address,
    /// Either.
    Either,
}

impl Suspicion<'_> {
    /// The rule that speaks where it is confirmed.
    pub(super) fn rule(&self) -> &'static str {
        match self.what {
            What::Systems(_) => "route-remap-only-new",
            What::Addresses => "route-address",
            What::Country => "route-country",
            What::Longer => "route-longer",
            What::Shorter => "route-shorter",
            What::Unreached => "route-unreached",
            What::Cut => "route-cut",
            What::Loop => "route-loop",
        }
    }

    /// The same one hop further on, where that differs too: what nobody answers there, others may.
    pub(super) fn next(&self, model: &Model) -> Option<Self> {
        let is_new = |step: &&Step<'_>| {
            let new = |it: &Reply| !model.knows(it.place.address, step.ttl, 1);
            step.ttl > self.ttl && !step.is_end && step.reply.is_some_and(new)
        };
        let step = self.way.steps.iter().find(is_new)?;
        let is_of_systems = matches!(self.what, What::Systems(_));
        is_of_systems.then(|| Self {
            what: What::Systems(Judge::Address),
            ttl: step.ttl,
            ..self.clone()
        })
    }

    /// Whether a reply at the distance is what it was before the suspicion.
    pub(super) fn is_old(&self, reply: &Reply, model: &Model, rules: &Rules) -> bool {
        let address = reply.place.address;
        let is_known = |near| model.knows(address, self.ttl, near);
        match self.what {
            What::Systems(Judge::Address) => is_known(1),
            What::Systems(Judge::Walk) => self.is_walk(reply, model, rules),
            What::Systems(Judge::Either) => is_known(0) || self.is_walk(reply, model, rules),
            What::Addresses => is_known(1),
            What::Country => is_known(1) || model.is_country(reply.place.country.as_deref()),
            What::Longer | What::Unreached => address == self.trace.target,
            What::Shorter => address != self.trace.target,
            What::Cut | What::Loop => false,
        }
    }

    /// Whether a reply says nothing of the systems: its address is new, and nobody's who is known.
    pub(super) fn is_mute(&self, reply: &Reply, model: &Model, rules: &Rules) -> bool {
        let is_end = reply.place.address == self.trace.target;
        let is_known = model.knows(reply.place.address, self.ttl, 0);
        let is_by_walk = matches!(self.what, What::Systems(Judge::Walk | Judge::Either));
        is_by_walk && !is_end && !is_known && !rules.token(&reply.place).is_system()
    }

    /// Whether the way up to the distance goes on to this reply as the model knows it.
    fn is_walk(&self, reply: &Reply, model: &Model, rules: &Rules) -> bool {
        let columns = columns(model, rules);
        let mut walk = Walk::new(&columns, rules);
        let before = self.way.steps.iter().filter(|step| step.ttl < self.ttl);
        for step in before {
            // A hop that does not fit here was excused, or is judged by its address.
            walk.step(step, None);
        }
        let step = Step {
            ttl: self.ttl,
            reply: Some(reply),
            is_end: reply.place.address == self.trace.target,
        };
        walk.step(&step, None)
    }
}

impl Model {
    /// Whether a country is on the way, or none is known to be.
    pub(super) fn is_country(&self, country: Option<&str>) -> bool {
        let all = self.hops.iter().chain(&self.destination);
        let mut countries = all
            .flat_map(|hop| &hop.addresses)
            .filter_map(|known| known.place.country.as_deref())
            .peekable();
        let Some(country) = country else { return true };
        countries.peek().is_none() || countries.any(|it| it == country)
    }
}
