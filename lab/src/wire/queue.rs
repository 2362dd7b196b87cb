//! Frames that are due later.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// The end of the wire a packet goes to or comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Client,
    Internet,
}

/// A packet that leaves the wire later; `due` counts from the lab's start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sending {
    pub(crate) due: Duration,
    /// Keeps packets due at the same time in their order.
    turn: u64,
    pub(crate) to: Side,
    pub(crate) packet: Vec<u8>,
}

/// Packets by the time they are due, bounded like any router's queue.
#[derive(Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Sending>>,
    turn: u64,
}

const MOST: usize = 200_000;

impl Queue {
    /// Says whether there was room.
    pub(crate) fn push(&mut self, due: Duration, to: Side, packet: Vec<u8>) -> bool {
        if self.heap.len() >= MOST {
            return false;
        }
        self.turn += 1;
        self.heap.push(Reverse(Sending {
            due,
            turn: self.turn,
            to,
            packet,
        }));
        true
    }

    /// When the next packet is due.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse(sending)| sending.due)
    }

    /// The next packet, if it is due by now.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<Sending> {
        if self.next_due()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(sending)| sending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_leave_when_due_and_in_order() {
        let mut queue = Queue::default();
        let ms = Duration::from_millis;
        for (due, packet) in [(5, 1), (3, 2), (5, 3), (9, 4)] {
            assert!(queue.push(ms(due), Side::Client, vec![packet]));
        }
        let left: Vec<u8> = std::iter::from_fn(|| queue.pop(ms(5)))
            .map(|sending| sending.packet[0])
            .collect();
        assert_eq!(left, [2, 1, 3]);
        assert_eq!(queue.next_due(), Some(ms(9)));
    }
}
