//! Questions to one server take turns, so that asking much at once is not taken for an attack, nor lost in its queue.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// The most questions that wait to be read by one server: a socket of the usual size (`net.core.rmem_default`) keeps some 160.
const UNREAD: usize = 100;

/// By then a question was read, or lost: it keeps no other from being asked.
pub const READ_BY: Duration = Duration::from_millis(200);

/// The least time between two questions to one public server: a thousand a second is what such resolvers allow one client.
const GAP: Duration = Duration::from_millis(1);

/// Who may ask each server next.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<SocketAddr, Line>>);

/// Those who wait at one server.
#[derive(Clone, Debug)]
struct Line {
    places: Arc<Semaphore>,
    next: Instant,
}

/// A question that waits to be read, until it is answered.
#[derive(Debug)]
pub struct Turn(Mutex<Option<OwnedSemaphorePermit>>);

impl Turn {
    /// The question was read, or is not going to be.
    pub fn end(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Turns {
    /// Waits for a turn at that server; those who wait go in the order they came. A public server is asked less often.
    pub async fn take(&self, server: SocketAddr, is_public: bool) -> Turn {
        let places = self.line(server).places;
        let place = places.acquire_owned().await.ok();
        if is_public {
            sleep_until(self.next(server)).await;
        }
        Turn(Mutex::new(place))
    }

    fn line(&self, server: SocketAddr) -> Line {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(server).or_insert_with(|| Line {
            places: Arc::new(Semaphore::new(UNREAD)),
            next: Instant::now(),
        });
        line.clone()
    }

    fn next(&self, server: SocketAddr) -> Instant {
        let now = Instant::now();
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = lines.get_mut(&server) else {
            return now;
        };
        let mine = line.next.max(now);
        line.next = mine + GAP;
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{join_all, select};
    use std::pin::pin;

    fn servers() -> [SocketAddr; 2] {
        ["192.0.2.1:53", "192.0.2.2:53"].map(|server| server.parse().expect("an address"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_public_server_is_asked_in_turns_and_another_at_once() {
        let turns = Turns::default();
        let begun = Instant::now();
        for _ in 0..3 {
            turns.take(servers()[0], true).await;
        }
        assert_eq!(begun.elapsed(), 2 * GAP);
        turns.take(servers()[1], true).await;
        assert_eq!(begun.elapsed(), 2 * GAP);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_fit_into_its_queue_wait_at_one_server() {
        let turns = Turns::default();
        let begun = Instant::now();
        let taken = join_all((0..UNREAD).map(|_| turns.take(servers()[0], false))).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let one_more = pin!(turns.take(servers()[0], false));
        let wait = pin!(tokio::time::sleep(Duration::from_secs(1)));
        let still_waiting = match select(one_more, wait).await {
            futures_util::future::Either::Left(_) => panic!("it was let in"),
            futures_util::future::Either::Right(((), waiting)) => waiting,
        };
        taken[0].end();
        still_waiting.await;
        turns.take(servers()[1], false).await;
    }
}
