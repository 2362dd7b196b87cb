//! What changes on the way though nothing is wrong.

use std::time::Duration;

use super::super::{Mutant, QUIET};
use super::{Way, further};
use crate::world::incident::NewEnd;
use crate::world::route::{Hop, RateLimit};
use crate::world::units::Delay;

impl Way<'_> {
    pub(super) fn hop_gone(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let why = format!(
            "On the way to {} hop {} is gone; those before and behind it are of the same network.",
            self.name,
            index + 1
        );
        let mutant = self.routers("hop-gone", &self.at(index), QUIET).why(why);
        Some(mutant.change(self.hops(index, self.route.hops.get(index + 1..)?.to_vec())))
    }

    pub(super) fn hop_silent(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let set = Hop {
            silent: Some(true),
            ..Hop::default()
        };
        let why = format!(
            "The router at hop {} to {} says nothing any more; it still forwards.",
            index + 1,
            self.name
        );
        Some(
            self.routers("hop-silent", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    pub(super) fn second_router(&self) -> Option<Mutant> {
        let (index, address) = self.inner()?;
        let other = further(self.world, address, 64)?;
        let beside = Hop {
            address: Some(other),
            rtt: Some(self.rtt(index)),
            ..Hop::default()
        };
        let set = Hop {
            beside: vec![beside],
            ..Hop::default()
        };
        let why = format!(
            "At hop {} to {} a second router of the same network shares the flows.",
            index + 1,
            self.name
        );
        Some(
            self.routers("second-router", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    pub(super) fn rehashed(&self) -> Option<Mutant> {
        let index = self
            .route
            .hops
            .iter()
            .position(|hop| !hop.beside.is_empty())?;
        let mut now = self.route.hops.get(index..)?.to_vec();
        let mut beside = std::mem::take(&mut now.first_mut()?.beside);
        let last = beside.pop()?;
        let first = std::mem::replace(now.first_mut()?, last);
        beside.push(Hop {
            balance: None,
            ..first.clone()
        });
        let hop = now.first_mut()?;
        (hop.balance, hop.beside) = (first.balance, beside);
        let why = format!(
            "At hop {} to {} each flow is given to another of the same routers.",
            index + 1,
            self.name
        );
        Some(
            self.routers("rehashed", &self.at(index), QUIET)
                .why(why)
                .change(self.hops(index, now)),
        )
    }

    pub(super) fn rate_limited(&self) -> Option<Mutant> {
        let (index, _) = self.inner()?;
        let rate_limit = Some(RateLimit {
            every: Delay(Duration::from_millis(100)),
            burst: 3,
        });
        let set = Hop {
            rate_limit,
            ..Hop::default()
        };
        let why = format!(
            "The router at hop {} to {} answers ten times a second at most.",
            index + 1,
            self.name
        );
        Some(
            self.routers("rate-limited", &self.at(index), QUIET)
                .why(why)
                .change(self.hop(index, set)),
        )
    }

    pub(super) fn jitter(&self) -> Option<Mutant> {
        let jitter = Delay((self.route.jitter.0 * 3 / 2).max(self.route.rtt.0 / 100));
        let why = format!(
            "Round trips to {} vary by {jitter} instead of {}.",
            self.name, self.route.jitter
        );
        let end = NewEnd {
            jitter: Some(jitter),
            ..NewEnd::default()
        };
        Some(self.way("jitter", QUIET, &why, end))
    }
}
