//! How fast probes may leave: all together, and to one hop.

use crate::route::Limits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Hands out moments to send at.
#[derive(Debug)]
pub(crate) struct Pacer {
    interval: Duration,
    credit: Duration,
    next: Mutex<Instant>,
    hops: Mutex<HashMap<(IpAddr, u8), Instant>>,
    gap: Duration,
}

impl Pacer {
    pub(crate) fn new(limits: &Limits, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / limits.packets_per_second.max(1);
        let credit = interval * limits.burst.saturating_sub(1);
        let next = now.checked_sub(credit).unwrap_or(now);
        Self {
            interval,
            credit,
            next: Mutex::new(next),
            hops: Mutex::default(),
            gap: limits.same_hop_gap,
        }
    }

    /// The moment the next packet of this process may leave; it is the caller's alone.
    pub(crate) fn slot(&self, now: Instant) -> Instant {
        let mut next = lock(&self.next);
        let earliest = now.checked_sub(self.credit).unwrap_or(now);
        let slot = (*next).max(earliest);
        *next = slot + self.interval;
        slot
    }

    /// Claims a hop of a target for a probe now, or says when to come again.
    pub(crate) fn claim(&self, target: IpAddr, ttl: u8, now: Instant) -> Result<(), Instant> {
        let mut hops = lock(&self.hops);
        if hops.len() > 4096 {
            hops.retain(|_, last| *last + self.gap > now);
        }
        match hops.get(&(target, ttl)) {
            Some(last) if *last + self.gap > now => Err(*last + self.gap),
            _ => {
                hops.insert((target, ttl), now);
                Ok(())
            }
        }
    }
}

/// A lock whose holder cannot leave the value half-written.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer(packets_per_second: u32, burst: u32, now: Instant) -> Pacer {
        Pacer::new(
            &Limits {
                packets_per_second,
                burst,
                ..Limits::default()
            },
            now,
        )
    }

    #[test]
    fn a_burst_leaves_at_once_and_the_rest_at_the_rate() {
        let now = Instant::now();
        let pacer = pacer(100, 3, now);
        let slots: Vec<Duration> = (0..5)
            .map(|_| pacer.slot(now).saturating_duration_since(now))
            .collect();
        assert_eq!(slots, [0, 0, 0, 10, 20].map(Duration::from_millis));
    }

    #[test]
    fn a_pause_earns_no_more_than_one_burst() {
        let now = Instant::now();
        let pacer = pacer(100, 2, now);
        let later = now + Duration::from_secs(60);
        let slots: Vec<Duration> = (0..4)
            .map(|_| pacer.slot(later).saturating_duration_since(later))
            .collect();
        assert_eq!(slots, [0, 0, 10, 20].map(Duration::from_millis));
    }

    #[test]
    fn one_hop_of_one_target_is_left_its_gap() {
        let now = Instant::now();
        let pacer = pacer(100, 2, now);
        let target: IpAddr = [192, 0, 2, 1].into();
        let gap = Limits::default().same_hop_gap;
        assert_eq!(pacer.claim(target, 3, now), Ok(()));
        assert_eq!(pacer.claim(target, 3, now), Err(now + gap));
        assert_eq!(pacer.claim(target, 4, now), Ok(()));
        assert_eq!(pacer.claim(target, 3, now + gap), Ok(()));
    }
}
