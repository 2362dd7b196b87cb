//! Chance from a seed: the same seed is the same world, on every machine.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use std::ops::RangeInclusive;

/// A named generator and our own few ways to draw from it, so that a newer library does not change what a seed means.
#[derive(Clone, Debug)]
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A generator of its own for one part of a world, so that the others stay as they are when that part draws more.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::new(self.0.next_u64())
    }

    /// From 0 to below 1, evenly.
    pub fn unit(&mut self) -> f64 {
        // The 53 bits of a double's fraction.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number below `bound`, evenly; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // Multiply and shift: its unevenness is below 2^-64 times the bound.
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A number of the range, evenly.
    pub fn between(&mut self, range: RangeInclusive<u32>) -> u32 {
        let (low, high) = (*range.start(), *range.end());
        low + self.below((high.saturating_sub(low) as usize) + 1) as u32
    }

    /// One of them, evenly; nothing of nothing.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// The index of one of them, by weight; 0 where no weight is above 0.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .unwrap_or(0)
    }

    /// Puts them in another order, each equally likely.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for index in (1..all.len()).rev() {
            all.swap(index, self.below(index + 1));
        }
    }

    /// So many of them at most, none twice, in no order.
    pub fn some_of<T: Clone>(&mut self, all: &[T], count: usize) -> Vec<T> {
        let mut mixed = all.to_vec();
        self.shuffle(&mut mixed);
        mixed.truncate(count);
        mixed
    }

    /// How long until something that happens at random, once in `mean` on average.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Around a mean, with that standard deviation (Box and Muller).
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut chance = Chance::new(7);
        let drawn: Vec<u32> = (0..6).map(|_| chance.between(1..=100)).collect();
        assert_eq!(drawn, [6, 18, 72, 43, 97, 47]);
    }

    #[test]
    fn what_is_drawn_is_spread_as_it_should_be() {
        let mut chance = Chance::new(1);
        let mut seen = [0_u32; 4];
        for _ in 0..40_000 {
            seen[chance.weighted(&[1.0, 2.0, 0.0, 1.0])] += 1;
        }
        assert!(seen[0].abs_diff(10_000) < 500 && seen[1].abs_diff(20_000) < 500);
        assert_eq!(seen[2], 0);
        let normal: f64 = (0..40_000).map(|_| chance.normal(5.0, 2.0)).sum();
        let waits: f64 = (0..40_000).map(|_| chance.exponential(3.0)).sum();
        assert!((normal / 40_000.0 - 5.0).abs() < 0.05);
        assert!((waits / 40_000.0 - 3.0).abs() < 0.1);
    }

    #[test]
    fn nothing_can_be_picked_of_nothing() {
        let mut chance = Chance::new(1);
        assert_eq!(chance.pick::<u8>(&[]), None);
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.weighted(&[]), 0);
        assert_eq!(chance.some_of(&[1, 2], 3).len(), 2);
    }
}
