//! What routers remember: how often somebody asked, what a rate limit still allows.

use std::collections::HashMap;
use std::time::Duration;

use crate::world::route::RateLimit;

/// So many things are remembered of each kind; then all of that kind are forgotten.
const MOST: usize = 1 << 18;

/// What the wire remembers between packets, by hashes.
#[derive(Default)]
pub(crate) struct Memory {
    counts: HashMap<u64, u64>,
    limits: HashMap<u64, (f64, Duration)>,
    last_due: HashMap<u64, Duration>,
    late: HashMap<u64, Duration>,
}

impl Memory {
    /// How often this was counted before.
    pub(crate) fn count(&mut self, what: u64) -> u64 {
        let count = bounded(&mut self.counts).entry(what).or_default();
        *count += 1;
        *count - 1
    }

    /// Whether a rate limit allows one more at this time (a token bucket, full at first).
    pub(crate) fn allows(&mut self, what: u64, limit: RateLimit, at: Duration) -> bool {
        let burst = f64::from(limit.burst);
        let (tokens, filled) = bounded(&mut self.limits).entry(what).or_insert((burst, at));
        let since_s = at.saturating_sub(*filled).as_secs_f64();
        let every_s = limit.every.0.as_secs_f64().max(1e-6);
        *tokens = (*tokens + since_s / every_s).min(burst);
        *filled = at;
        let allowed = *tokens >= 1.0;
        *tokens -= f64::from(u8::from(allowed));
        allowed
    }

    /// How late the wire itself was with the last packet between two hosts.
    pub(crate) fn was_late(&mut self, pair: u64, late: Duration) {
        bounded(&mut self.late).insert(pair, late);
    }

    /// How late it was, so that the answer may leave so much earlier.
    pub(crate) fn lateness(&self, pair: u64) -> Duration {
        self.late.get(&pair).copied().unwrap_or_default()
    }

    /// Not before what went before it on the same flow.
    pub(crate) fn in_order(&mut self, flow: u64, due: Duration) -> Duration {
        let last = bounded(&mut self.last_due).entry(flow).or_default();
        *last = due.max(*last);
        *last
    }
}

fn bounded<T>(map: &mut HashMap<u64, T>) -> &mut HashMap<u64, T> {
    if map.len() >= MOST {
        map.clear();
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::units::Delay;

    #[test]
    fn a_limit_allows_its_burst_then_one_at_a_time() {
        let limit = RateLimit {
            every: Delay(Duration::from_millis(100)),
            burst: 2,
        };
        let mut memory = Memory::default();
        let allowed = [0, 1, 2, 101, 102, 500, 501, 502]
            .map(|ms| memory.allows(1, limit, Duration::from_millis(ms)));
        assert_eq!(allowed, [true, true, false, true, false, true, true, false]);
    }

    #[test]
    fn a_flow_keeps_its_order() {
        let mut memory = Memory::default();
        let ms = Duration::from_millis;
        assert_eq!(memory.in_order(1, ms(9)), ms(9));
        assert_eq!(memory.in_order(1, ms(7)), ms(9));
        assert_eq!(memory.in_order(2, ms(7)), ms(7));
    }
}
