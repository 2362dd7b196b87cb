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

/// For each hop of a way: the system it stands for, where its address is somebody else's.
pub(super) fn excused(
    way: &Way<'_>,
    model: &Model,
    columns: &[Column<'_>],
    rules: &Rules,
) -> Vec<Option<Token>> {
    let steps = &way.steps;
    let of = |place: usize| {
        let step = steps.get(place)?;
        let before = place.checked_sub(1).and_then(|before| steps.get(before));
        let is_between = rules.border
            && before.is_none_or(|it| is_known(it, model))
            && steps.get(place + 1).is_some_and(|it| is_known(it, model));
        is_between.then(|| stand_in(step, columns, rules)).flatten()
    };
    (0..steps.len()).map(of).collect()
}

fn is_known(step: &Step<'_>, model: &Model) -> bool {
    let ttl = step.ttl;
    match step.reply {
        _ if step.is_end => model
            .length
            .is_some_and(|it| (it.least..=it.most).contains(&ttl)),
        Some(reply) => model.knows(reply.place.address, ttl, 0),
        None => false,
    }
}

/// The system that the model knows here, unless a system that was here alone gave way to a stranger: two signs are more
/// than one.
fn stand_in(step: &Step<'_>, columns: &[Column<'_>], rules: &Rules) -> Option<Token> {
    let token = step.reply.map(|reply| rules.token(&reply.place))?;
    let place = columns.iter().position(|it| it.distance.ttl == step.ttl)?;
    let here = columns.get(place)?;
    let near = |token: &Token| {
        let before = place.checked_sub(1).and_then(|before| columns.get(before));
        let around = before.into_iter().chain(columns.get(place + 1));
        around
            .flat_map(|column| &column.systems)
            .any(|it| rules.unify(it, token))
    };
    let is_as_ever = here.systems.iter().any(|it| rules.unify(it, &token));
    let was = here
        .systems
        .iter()
        .find(|it| near(it))
        .or(here.systems.first())?;
    let is_border = token.is_system() && !is_as_ever && (near(was) || near(&token));
    is_border.then(|| was.clone())
}
