//! One flow of a trace: one way, hop by hop.

use super::{Hop, Model, Reply, Trace};
use crate::place::Token;

/// The way that one flow took.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    /// The flow, by index.
    pub(super) flow: u16,
    /// Its hops by rising distance, up to the target or the last that answered.
    pub(super) steps: Vec<Step<'a>>,
}

/// One hop of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    /// The distance.
    pub(super) ttl: u8,
    /// Who answered; nothing where nobody did.
    pub(super) reply: Option<&'a Reply>,
    /// Whether it is the target, at the end of the way.
    pub(super) is_end: bool,
}

impl<'a> Way<'a> {
    /// The ways of all flows that were answered.
    pub(super) fn all(trace: &'a Trace, model: &Model) -> Vec<Self> {
        let flows = trace.flows().into_iter();
        flows.map(|flow| Self::of(trace, model, flow)).collect()
    }

    fn of(trace: &'a Trace, model: &Model, flow: u16) -> Self {
        let mut steps: Vec<Step<'a>> = Vec::new();
        for hop in trace.hops.iter().take(MOST_HOPS) {
            let step = Step::of(trace, model, hop, flow);
            steps.push(step);
            if step.is_end {
                break;
            }
        }
        while steps.last().is_some_and(|step| step.reply.is_none()) {
            steps.pop();
        }
        Self { flow, steps }
    }

    /// How far away the target was.
    pub(super) fn length(&self) -> Option<u8> {
        let last = self.steps.last().filter(|step| step.is_end);
        last.map(|step| step.ttl)
    }
}

impl<'a> Step<'a> {
    /// Of several who answered one flow at one distance, the one that is known there: choosing packet by packet is no
    /// change.
    fn of(trace: &'a Trace, model: &Model, hop: &'a Hop, flow: u16) -> Self {
        let its = || hop.replies.iter().filter(|it| it.flows.contains(&flow));
        let end = its().find(|it| trace.reached && trace.is_target(it));
        let known = || its().find(|it| model.knows(it.place.address, hop.ttl, 0));
        Self {
            ttl: hop.ttl,
            reply: end.or_else(known).or_else(|| its().next()),
            is_end: end.is_some(),
        }
    }

    /// What it stands for on the way.
    pub(super) fn token(&self) -> Token {
        self.reply.map_or(Token::Gap, |reply| reply.place.token())
    }
}

/// Hops that are looked at: more than any way of the Internet has.
const MOST_HOPS: usize = 128;
