//! Hops that left probes unanswered, asked on: at leisure, and right after that hastily.

use super::Shared;
use super::batch::{Batch, Manner};
use super::plan::Planning;
use super::prober::Prober;
use super::trace::Trace;
use crate::route::describe::{LEISURE, MOST_AT_LEISURE, unexplained};
use crate::route::{Protocol, RawOutcome};
use std::time::{Duration, Instant};

/// Probes right after the one at leisure.
const HASTY: usize = 4;
/// More than the pause, so that two probes are that far apart although each leaves a little late.
const PAUSE: Duration = LEISURE.saturating_add(Duration::from_millis(100));

impl Trace {
    /// Asks until every silence on the way is explained, or enough has been asked.
    pub(super) async fn explain_silence(
        &mut self,
        shared: &Shared,
        prober: &mut Prober,
    ) -> Result<(), RawOutcome> {
        for _ in 0..MOST_AT_LEISURE {
            let asks = unexplained(&self.raw);
            if asks.is_empty() {
                break;
            }
            let rounds = std::iter::repeat_n(&asks, 1 + HASTY).flatten().copied();
            let mut batch = Batch::new(rounds.collect::<Vec<_>>(), self.leisurely(shared));
            for (ttl, _) in asks {
                batch.postpone(ttl, self.last_asked(ttl) + PAUSE);
            }
            self.run(&mut batch, shared, prober).await?;
        }
        Ok(())
    }

    /// Hastily where probes under way at once can be told apart.
    fn leisurely(&self, shared: &Shared) -> Manner {
        let serial = match self.raw.question.protocol {
            Protocol::Icmp => false,
            Protocol::Udp(_) => self.raw.unnamed > 0,
            Protocol::Tcp(_) => true,
        };
        let (limits, timeout) = (shared.limits, self.raw.question.timeout);
        Manner {
            limits,
            tries: 1,
            serial,
            patience: (limits.silent_end.min(timeout), timeout),
        }
    }

    fn last_asked(&self, ttl: u8) -> Instant {
        let probes = self.raw.probes.iter().filter(|probe| probe.ttl == ttl);
        let last = probes.map(|probe| probe.sent_at).max();
        self.begun + last.unwrap_or_default()
    }
}
