//! What a name server says otherwise though nothing is wrong.

use super::super::{Mutant, QUIET};
use super::{Known, lines};
use crate::world::habits::{Habits, Order};
use crate::world::incident::{Change, NewHabits};

impl Known<'_> {
    pub(super) fn reordered(&self) -> Option<Mutant> {
        let mut now = self.addresses.clone();
        now.reverse();
        let change = self.records(&self.owner, lines(&self.owner, &now));
        let why = format!(
            "{} says the addresses of {} in another order.",
            self.at, self.name
        );
        (now.len() > 1).then(|| self.mutant("reordered", QUIET).why(why).change(change))
    }

    pub(super) fn rotates(&self) -> Option<Mutant> {
        let are = Habits {
            order: Order::Rotated,
            ..self.resolver.habits
        };
        let why = format!(
            "{} begins each answer one address later than the one before.",
            self.at
        );
        (self.addresses.len() > 1).then(|| self.habit("rotates", why, are))
    }

    pub(super) fn counts_down(&self) -> Option<Mutant> {
        let are = Habits {
            counts_down: true,
            ..self.resolver.habits
        };
        let why = format!(
            "{} answers from its cache, so that times to live run down.",
            self.at
        );
        Some(self.habit("counts-down", why, are))
    }

    pub(super) fn habit(&self, kind: &'static str, why: String, are: Habits) -> Mutant {
        let touches = self.mutant(kind, QUIET).touches;
        let habits = Some(NewHabits {
            at: vec![self.at.to_owned()],
            are,
        });
        let change = Change {
            habits,
            ..Change::default()
        };
        Mutant::new(kind, self.at, touches, QUIET)
            .why(why)
            .change(change)
    }
}
