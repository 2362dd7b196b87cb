//! A clock that goes only when somebody waits.

use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The time of a simulated world.
#[derive(Debug)]
pub struct Clock {
    begin: Timestamp,
    passed_ms: AtomicU64,
}

impl Clock {
    /// One that stands at this moment.
    pub fn at(begin: Timestamp) -> Self {
        let passed_ms = AtomicU64::new(0);
        Self { begin, passed_ms }
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        let passed = SignedDuration::from_millis(self.passed_ms().cast_signed());
        self.begin.saturating_add(passed).unwrap_or(self.begin)
    }

    /// How much has passed since its beginning, in milliseconds.
    pub fn passed_ms(&self) -> u64 {
        self.passed_ms.load(Ordering::Relaxed)
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let passed = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.passed_ms.fetch_add(passed, Ordering::Relaxed);
    }
}

/// What a future gives that waits for nothing, as all of a simulated world do; nothing where it waits after all.
pub fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_when_somebody_waits() {
        let clock = Clock::at(Timestamp::UNIX_EPOCH);
        clock.pass(Duration::from_millis(1_500));
        assert_eq!(clock.now().as_millisecond(), 1_500);
        assert_eq!(clock.passed_ms(), 1_500);
    }

    #[test]
    fn a_future_that_waits_gives_nothing() {
        assert_eq!(at_once(async { 7 }), Some(7));
        assert_eq!(at_once(std::future::pending::<u8>()), None);
    }
}
