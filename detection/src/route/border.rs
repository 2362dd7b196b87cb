//! Hops that answer with an address of somebody else's.
//!
//! A link between two systems is numbered from one of them, and a router may answer from another interface. The hops
//! before and after it tell: an address belongs to the link by which a router is entered, so that a router behind another
//! one answers with another address. Where both neighbours answer as ever and as far away as ever, the router between
//! them is the one it was.

use super::walk::Column;
use super::way::{Step, Way};
use super::{Model, Rules};
use crate::place::Token;

/// For each hop of a way: what it stands for, where its address is somebody else's, or where nobody had answered before.
pub(super) fn excused(
    way: &Way<'_>,
    model: &Model,
    columns: &[Column<'_>],
    rules: &Rules,
) -> Vec<Option<Token>> {
    let looked = Looked {
        way,
        model,
        columns,
        rules,
    };
    let steps = way.steps.iter().enumerate();
    steps
        .map(|(place, step)| looked.stands_for(place, step))
        .collect()
}

struct Looked<'l, 'a, 'm> {
    way: &'l Way<'a>,
    model: &'l Model,
    columns: &'l [Column<'m>],
    rules: &'l Rules,
}

impl Looked<'_, '_, '_> {
    fn stands_for(&self, place: usize, step: &Step<'_>) -> Option<Token> {
        let token = step.reply.map(|reply| self.rules.token(&reply.place))?;
        let is_system = token.is_system() && !step.is_end && self.rules.border;
        if !is_system || self.model.knows(step.reply?.place.address, step.ttl, 0) {
            return None;
        }
        let column = self
            .columns
            .iter()
            .position(|it| it.distance.ttl == step.ttl)?;
        if self.columns.get(column)?.distance.addresses.is_empty() {
            return self.is_where_nobody_was(place).then_some(Token::Gap);
        }
        if self.is_between_known(place) {
            return self.stand_in(column, &token);
        }
        None
    }

    /// Both neighbours answer as ever. A host answers with its own address however it was come to, so that the
    /// destination is no such neighbour.
    fn is_between_known(&self, place: usize) -> bool {
        let is_router = |step: &&Step<'_>| !step.is_end && self.is_known(step);
        let before = place
            .checked_sub(1)
            .and_then(|before| self.way.steps.get(before));
        before.is_none_or(|it| is_router(&it))
            && self
                .way
                .steps
                .get(place + 1)
                .as_ref()
                .is_some_and(is_router)
    }

    /// The nearest who answer on both sides are known where they are: what was a gap could have been anybody. Where the
    /// destination is otherwise, nobody else was.
    fn is_where_nobody_was(&self, place: usize) -> bool {
        let least = self.model.length.map_or(u8::MAX, |length| length.least);
        let is_behind = |step: &Step<'_>| step.ttl >= least;
        if self.way.steps.get(place).is_none_or(is_behind) {
            return false;
        }
        let (before, rest) = self.way.steps.split_at(place);
        let answered = |step: &&Step<'_>| step.reply.is_some();
        let is_known = |step: Option<&Step<'_>>| step.is_none_or(|it| self.is_known(it));
        is_known(before.iter().rev().find(answered)) && is_known(rest.iter().skip(1).find(answered))
    }

    /// Where its own flow was not answered, it is asked again: what other flows meet there says nothing of its own way.
    fn is_known(&self, step: &Step<'_>) -> bool {
        let ttl = step.ttl;
        if step.is_end {
            let length = self.model.length;
            return length.is_some_and(|it| (it.least..=it.most).contains(&ttl));
        }
        let address = step.reply.map(|reply| reply.place.address);
        address.is_some_and(|it| self.model.knows(it, ttl, 0))
    }

    /// The system that the model knows there, unless a system that was there alone gave way to a stranger: two signs are
    /// more than one.
    fn stand_in(&self, column: usize, token: &Token) -> Option<Token> {
        let here = self.columns.get(column)?;
        let near = |token: &Token| {
            let before = column.checked_sub(1).and_then(|it| self.columns.get(it));
            let around = before.into_iter().chain(self.columns.get(column + 1));
            around
                .flat_map(|column| &column.systems)
                .any(|it| self.rules.unify(it, token))
        };
        let is_as_ever = here.systems.iter().any(|it| self.rules.unify(it, token));
        let was = here.systems.iter().find(|it| near(it));
        let was = was.or(here.systems.first())?;
        let is_border = !is_as_ever && (near(was) || near(token));
        is_border.then(|| was.clone())
    }
}
