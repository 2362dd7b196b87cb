//! Whether the systems of a way are a walk through what the model knows.
//!
//! This is an alignment in which only one question matters: is there one that costs nothing? The hops of the way are laid
//! over the distances of the model in order; systems must unify; what answers to nobody, or belongs to nobody known, fits
//! anything. Within one system hops may come and go. A distance of another system may be left out only where the way has a
//! gap that could hide it.

use super::way::Step;
use super::{Distance, Model, Rules};
use crate::place::{Place, Token};

/// One distance of the model, as far as a walk needs it.
pub(super) struct Column<'m> {
    pub(super) distance: &'m Distance,
    /// The systems of those who answer there.
    pub(super) systems: Vec<Token>,
    /// Somebody of no system answers there too, so that it may be passed without meeting one.
    is_optional: bool,
    is_end: bool,
}

/// The model as columns, the destination last.
pub(super) fn columns<'m>(model: &'m Model, rules: &Rules) -> Vec<Column<'m>> {
    let farthest = model.length.map_or(u8::MAX, |length| length.most);
    let before = model.hops.iter().filter(|hop| hop.ttl < farthest);
    let of = |distance: &'m Distance, is_end| {
        let tokens = distance.addresses.iter().map(|it| rules.token(&it.place));
        let (systems, others): (Vec<Token>, Vec<Token>) = tokens.partition(Token::is_system);
        Column {
            distance,
            systems,
            is_optional: !others.is_empty(),
            is_end,
        }
    };
    let end = model.destination.iter().map(|hop| of(hop, true));
    before.map(|hop| of(hop, false)).chain(end).collect()
}

/// A walk under way: which columns the last system of the way may be at.
#[derive(Clone)]
pub(super) struct Walk<'c, 'm> {
    columns: &'c [Column<'m>],
    rules: &'c Rules,
    /// For 0 the beginning, for n the column n - 1.
    at: Vec<bool>,
    /// The last system passed.
    last: Option<Token>,
    /// Hops since then that could be anybody's.
    gaps: usize,
}

impl<'c, 'm> Walk<'c, 'm> {
    pub(super) fn new(columns: &'c [Column<'m>], rules: &'c Rules) -> Self {
        let mut at = vec![false; columns.len() + 1];
        at[0] = true;
        Self {
            columns,
            rules,
            at,
            last: None,
            gaps: 0,
        }
    }

    /// Goes one hop on, if the model knows such a way. `excused` is a hop that stands for whoever the model knows there.
    pub(super) fn step(&mut self, step: &Step<'_>, excused: Option<&Token>) -> bool {
        if step.is_end {
            let has_end = self.columns.last().is_some_and(|column| column.is_end);
            let token = step
                .reply
                .map_or(Token::Gap, |it| self.rules.token(&it.place));
            return !has_end || self.advance(&token, |column| column.is_end);
        }
        let token = match (excused, step.reply) {
            (Some(token), _) => token.clone(),
            (None, Some(reply)) => self.rules.token(&reply.place),
            (None, None) if self.rules.gaps => Token::Gap,
            (None, None) => return self.is_silent(step.ttl),
        };
        match token {
            Token::As(_) => {
                let rules = self.rules;
                let is_here =
                    |column: &Column<'_>| column.systems.iter().any(|it| rules.unify(it, &token));
                self.advance(&token, is_here)
            }
            // The peering LAN hides nobody: its address is that of the next system's router.
            Token::Exchange(_) => true,
            Token::Special(_) | Token::Unrouted | Token::Unknown | Token::Gap => {
                self.gaps += usize::from(!self.is_as_ever(step));
                true
            }
        }
    }

    /// The last system, and those the model has after it.
    pub(super) fn edge(&self) -> (String, String) {
        let farthest = self.at.iter().rposition(|is| *is).unwrap_or(0);
        let is_last = |token: &Token| self.last.as_ref().is_some_and(|last| last.unifies(token));
        let is_next = |column: &&Column<'_>| !column.systems.iter().any(is_last);
        let after = self.columns.iter().skip(farthest);
        let next = after.filter(|it| !it.systems.is_empty()).find(is_next);
        let last = self.last.as_ref().map_or("here".into(), Token::to_string);
        let next = next.and_then(|it| it.systems.first());
        (last, next.map_or("*".into(), Token::to_string))
    }

    fn advance(&mut self, token: &Token, is_here: impl Fn(&Column<'_>) -> bool) -> bool {
        let mut reached = vec![false; self.at.len()];
        for from in (0..self.at.len()).filter(|from| self.at[*from]) {
            let mut hidden = 0;
            // A way within one system may have more hops there than the model.
            for (place, column) in self.columns.iter().enumerate().skip(from.saturating_sub(1)) {
                reached[place + 1] |= is_here(column);
                let is_before = place < from;
                hidden += usize::from(!is_before && !self.may_be_left_out(column, token));
                // A gap hides no more hops than it has.
                if hidden > self.gaps {
                    break;
                }
            }
        }
        let is_walk = reached.contains(&true);
        if is_walk {
            self.at = reached;
            self.last = Some(token.clone());
            self.gaps = 0;
        }
        is_walk
    }

    fn may_be_left_out(&self, column: &Column<'_>, next: &Token) -> bool {
        let is_near = |it: &Token| {
            self.rules.unify(it, next)
                || self
                    .last
                    .as_ref()
                    .is_some_and(|last| self.rules.unify(it, last))
        };
        column.systems.is_empty() || column.is_optional || column.systems.iter().any(is_near)
    }

    /// Silent where nobody ever answered, or nobody's who is known there: it stands for itself, and hides nobody else.
    fn is_as_ever(&self, step: &Step<'_>) -> bool {
        let mut here = self.columns.iter().map(|column| column.distance);
        here.any(|it| match step.reply {
            None => it.ttl == step.ttl && it.addresses.is_empty(),
            Some(reply) => {
                it.ttl.abs_diff(step.ttl) <= 1 && it.known(reply.place.address).is_some()
            }
        })
    }

    fn is_silent(&self, ttl: u8) -> bool {
        let mut here = self.columns.iter().filter(|it| it.distance.ttl == ttl);
        here.all(|column| column.distance.addresses.is_empty())
    }
}

impl Rules {
    /// What an address stands for under these rules.
    pub(super) fn token(&self, place: &Place) -> Token {
        match (&place.exchange, &place.origins) {
            (Some(_), Some(origins)) if !self.exchange && !origins.is_empty() => {
                Token::As(origins.clone())
            }
            _ => place.token(),
        }
    }

    /// Whether two may be the same under these rules.
    pub(super) fn unify(&self, one: &Token, other: &Token) -> bool {
        if self.moas {
            one.unifies(other)
        } else {
            one == other
        }
    }
}
