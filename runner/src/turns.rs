//! Questions to one server take turns, so that asking much at once is not taken for an attack, nor lost in its queue.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The least time between two questions to one server: a thousand a second is what public resolvers allow one client.
const GAP: Duration = Duration::from_millis(1);

/// When each server may be asked next.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<SocketAddr, Instant>>);

impl Turns {
    /// Waits for a turn at that server; those who wait go in the order they came.
    pub async fn wait(&self, server: SocketAddr) {
        sleep_until(self.take(server)).await;
    }

    fn take(&self, server: SocketAddr) -> Instant {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = next.entry(server).or_insert_with(Instant::now);
        let mine = (*free).max(Instant::now());
        *free = mine + GAP;
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_server_is_asked_in_turns_and_another_at_once() {
        let turns = Turns::default();
        let begun = Instant::now();
        let servers =
            ["192.0.2.1:53", "192.0.2.2:53"].map(|server| server.parse().expect("an address"));
        for _ in 0..3 {
            turns.wait(servers[0]).await;
        }
        assert_eq!(begun.elapsed(), 2 * GAP);
        turns.wait(servers[1]).await;
        assert_eq!(begun.elapsed(), 2 * GAP);
    }
}
