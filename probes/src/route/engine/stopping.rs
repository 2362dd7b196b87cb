//! How many probes must find nobody new before it is believed that there is nobody else.

/// Where a rule would ask for more it asks for no end: nobody sends so many.
const MOST_PROBES: usize = 300;

/// The rule for one chance of being wrong about a router, computed as far as it is needed.
///
/// Behind a router that spreads flows evenly over `k` others, the search ends too early where, at some number of probes
/// at which it stops, fewer than `k` have been seen. `probes(k)` is the smallest number for which the chance of that, over
/// the whole search and not for the last one alone, is within the agreed one.
#[derive(Clone, Debug)]
pub(crate) struct Stopping {
    failure: f64,
    /// For 0, 1, 2 … others.
    probes: Vec<usize>,
}

impl Stopping {
    /// A rule that is wrong about one router with this chance at most; it is kept between one in a million and a half.
    pub(crate) fn new(failure: f64) -> Self {
        Self {
            failure: failure.clamp(1e-6, 0.5),
            probes: vec![0, 1],
        }
    }

    /// How many probes rule out that there are as many as `others`, where one fewer have been seen.
    pub(crate) fn probes(&mut self, others: usize) -> usize {
        while self.probes.len() <= others {
            if self.probes.last().is_some_and(|last| *last > MOST_PROBES) {
                return usize::MAX;
            }
            self.probes.push(self.next());
        }
        self.probes.get(others).copied().unwrap_or(usize::MAX)
    }

    /// The number for one router more than it is known for: probe by probe, the chances of having seen so many of them and
    /// still searching, until the chance of having stopped too early is small enough.
    fn next(&self) -> usize {
        let others = self.probes.len();
        let last = self.probes.last().copied().unwrap_or(0);
        let mut missed = 0.0;
        let mut searching = vec![0.0; others + 1];
        searching[0] = 1.0;
        let mut sent = 0;
        loop {
            sent += 1;
            send(&mut searching);
            if let Ok(stopping) = self.probes.binary_search(&sent) {
                missed += std::mem::take(&mut searching[stopping.saturating_sub(1)]);
            }
            if sent > last && missed + searching[others - 1] <= self.failure {
                return sent;
            }
        }
    }
}

/// Moves the chances of having seen 0, 1, 2 … of all on by one probe.
fn send(searching: &mut [f64]) {
    let others = searching.len() - 1;
    let share = |count: usize| count as f64 / others as f64;
    for seen in (1..=others).rev() {
        searching[seen] =
            searching[seen] * share(seen) + searching[seen - 1] * share(others + 1 - seen);
    }
    searching[0] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Stopping {
        /// The chance that a search among so many others, all equally likely, ends before all are seen.
        fn chance_of_missing(&self, others: usize) -> f64 {
            let mut missed = 0.0;
            let mut searching = vec![0.0; others + 1];
            searching[0] = 1.0;
            for sent in 1..=self.probes[others] {
                send(&mut searching);
                for seen in (1..others).filter(|seen| self.probes[seen + 1] == sent) {
                    missed += std::mem::take(&mut searching[seen]);
                }
            }
            missed
        }
    }

    /// The smallest number of probes of which all of `others` get one, but for the agreed chance: what is usually taken,
    /// which leaves out that the search may have ended earlier.
    fn last_one_alone(others: i32, failure: f64) -> usize {
        let binomial = |of: i32, take: i32| {
            (1..=take).fold(1.0, |product, i| {
                product * f64::from(of - take + i) / f64::from(i)
            })
        };
        let missing = |sent: i32| -> f64 {
            let term = |left_out: i32| {
                let share = 1.0 - f64::from(left_out) / f64::from(others);
                let sign = if left_out % 2 == 1 { 1.0 } else { -1.0 };
                sign * binomial(others, left_out) * share.powi(sent)
            };
            (1..others).map(term).sum()
        };
        (others..)
            .find(|sent| missing(*sent) <= failure)
            .map_or(0, |sent| sent as usize)
    }

    fn check(failure: f64, usual: [usize; 16]) {
        let mut stopping = Stopping::new(failure);
        let mut before = 1;
        for (others, usual) in (2..).zip(usual) {
            assert_eq!(
                last_one_alone(others, failure),
                usual,
                "{others} at {failure}"
            );
            let ours = stopping.probes(others as usize);
            assert!((usual..=usual + 1).contains(&ours), "{others}: {ours}");
            assert!(stopping.chance_of_missing(others as usize) <= failure);
            if ours > before + 1 {
                let mut sooner = stopping.clone();
                sooner.probes[others as usize] -= 1;
                assert!(sooner.chance_of_missing(others as usize) > failure);
            }
            before = ours;
        }
    }

    #[test]
    fn the_known_numbers_come_out_and_the_whole_search_keeps_to_its_chance() {
        check(
            0.05,
            [
                6, 11, 16, 21, 27, 33, 38, 44, 51, 57, 63, 70, 76, 83, 90, 96,
            ],
        );
        check(
            0.01,
            [
                8, 15, 21, 28, 36, 43, 51, 58, 66, 74, 82, 90, 98, 106, 115, 123,
            ],
        );
        check(
            0.001,
            [
                11, 20, 29, 39, 48, 58, 68, 78, 88, 98, 108, 119, 129, 140, 150, 161,
            ],
        );
    }

    #[test]
    fn where_the_usual_number_is_too_small_one_more_is_sent() {
        let mut stopping = Stopping::new(0.05);
        let ours = [7, 8, 9, 10].map(|others| stopping.probes(others));
        assert_eq!(ours, [33, 39, 45, 51]);
    }
}
