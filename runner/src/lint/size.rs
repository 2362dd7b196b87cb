//! Whether a set can have as many elements as is said of it.

use super::expected::{Expected, Sizes};
use netspec_assertions::operand::Operand;
use netspec_assertions::problem::Problem;

/// Sets that would need two sizes at once.
pub(super) fn contradictions(expected: &Expected<'_>, found: &mut Vec<Problem>) {
    for sizes in expected.sets.values() {
        if (0..=sizes.beyond()).any(|size| sizes.allow(size)) {
            continue;
        }
        let counts = sizes.counts.iter().map(|(span, _)| *span);
        let others = sizes
            .least
            .iter()
            .chain(&sizes.exactly)
            .map(|(span, _)| *span);
        let Some(span) = counts.chain(others).max() else {
            continue;
        };
        let message = match (
            sizes.exactly.first(),
            sizes.least.iter().map(|(_, size)| size).max(),
        ) {
            (Some((_, 0)), _) => "no set is empty and has something in it".to_owned(),
            (Some((_, size)), _) => format!("no set of exactly {size} has so many"),
            (None, Some(size)) => format!("no set of at least {size} has so many"),
            (None, None) => "no set has so many".to_owned(),
        };
        found.push(Problem::new(span, message));
    }
}

/// More are not tried: no bound lies beyond.
const MOST: usize = 10_000;

impl Sizes<'_> {
    /// One more than any bound.
    fn beyond(&self) -> usize {
        let limits = self.counts.iter().flat_map(|(_, count)| count.limits());
        let limits = limits
            .filter_map(Operand::rank)
            .map(|limit| limit.clamp(0.0, MOST as f64) as usize);
        let sizes = self
            .least
            .iter()
            .chain(&self.exactly)
            .map(|(_, size)| *size);
        limits.chain(sizes).max().unwrap_or_default() + 1
    }

    fn allow(&self, size: usize) -> bool {
        let number = Operand::Number(size as f64);
        self.counts
            .iter()
            .all(|(_, count)| count.holds(&number) != Some(false))
            && self.least.iter().all(|(_, least)| size >= *least)
            && self.exactly.iter().all(|(_, exactly)| size == *exactly)
    }
}
