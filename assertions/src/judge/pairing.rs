//! Which of what is there is which of what is wanted: a matching as large as can be.

use std::collections::VecDeque;

/// Pairs of wanted things and items, each in one pair at most.
pub(super) struct Pairing {
    /// For each wanted thing its item.
    pub(super) item_of: Vec<Option<usize>>,
    /// For each item its wanted thing.
    pub(super) owner_of: Vec<Option<usize>>,
}

impl Pairing {
    pub(super) fn new(wanted: usize, items: usize) -> Self {
        Self {
            item_of: vec![None; wanted],
            owner_of: vec![None; items],
        }
    }

    /// Adds pairs that fit, re-pairing where that makes room (Kuhn's augmenting paths); nothing paired becomes unpaired.
    pub(super) fn extend(&mut self, fits: impl Fn(usize, usize) -> bool) {
        for wanted in self.unpaired() {
            let free = (0..self.owner_of.len())
                .find(|item| self.owner_of[*item].is_none() && fits(wanted, *item));
            if let Some(item) = free {
                self.pair(wanted, item);
            }
        }
        for wanted in self.unpaired() {
            self.augment(wanted, &fits);
        }
    }

    /// The wanted things that have no item.
    pub(super) fn unpaired(&self) -> Vec<usize> {
        (0..self.item_of.len())
            .filter(|wanted| self.item_of[*wanted].is_none())
            .collect()
    }

    /// Whether all that is wanted is there, and where it is to be exactly that, nothing else.
    pub(super) fn is_complete(&self, exactly: bool) -> bool {
        self.unpaired().is_empty() && (!exactly || self.unowned() == 0)
    }

    /// How many items nobody wants.
    pub(super) fn unowned(&self) -> usize {
        self.owner_of.iter().filter(|owner| owner.is_none()).count()
    }

    fn pair(&mut self, wanted: usize, item: usize) -> Option<usize> {
        self.owner_of[item] = Some(wanted);
        self.item_of[wanted].replace(item)
    }

    /// Looks breadth first for a free item by way of those that could change their owner.
    fn augment(&mut self, wanted: usize, fits: &impl Fn(usize, usize) -> bool) {
        let mut reached_by = vec![None; self.owner_of.len()];
        let mut open = VecDeque::from([wanted]);
        while let Some(wanted) = open.pop_front() {
            for item in 0..self.owner_of.len() {
                if reached_by[item].is_some() || !fits(wanted, item) {
                    continue;
                }
                reached_by[item] = Some(wanted);
                match self.owner_of[item] {
                    Some(owner) => open.push_back(owner),
                    None => return self.change_owners(item, &reached_by),
                }
            }
        }
    }

    /// Hands the free item to who reached it, that one's former item to who reached that, and so on.
    fn change_owners(&mut self, free: usize, reached_by: &[Option<usize>]) {
        let mut next = Some(free);
        while let Some((item, wanted)) = next.and_then(|item| Some((item, reached_by[item]?))) {
            next = self.pair(wanted, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pairing;
    use crate::testing::Dice;

    /// The size of the largest matching, by trying everything.
    fn brute(fits: &[Vec<bool>], wanted: usize, taken: u32) -> usize {
        let Some(row) = fits.get(wanted) else {
            return 0;
        };
        let without = brute(fits, wanted + 1, taken);
        let free = (0..row.len()).filter(|item| row[*item] && taken & (1 << item) == 0);
        let with = free.map(|item| 1 + brute(fits, wanted + 1, taken | (1 << item)));
        with.max().unwrap_or(0).max(without)
    }

    #[test]
    fn a_pairing_is_as_large_as_any() {
        let mut dice = Dice::new(7);
        for _ in 0..3_000 {
            let (wanted, items) = (dice.below(6), dice.below(6));
            let fits: Vec<Vec<bool>> = (0..wanted)
                .map(|_| (0..items).map(|_| dice.below(3) == 0).collect())
                .collect();
            let mut pairing = Pairing::new(wanted, items);
            pairing.extend(|wanted, item| fits[wanted][item]);
            let pairs: Vec<_> = pairing
                .item_of
                .iter()
                .enumerate()
                .filter_map(|(w, item)| Some((w, (*item)?)))
                .collect();
            assert!(
                pairs
                    .iter()
                    .all(|(w, item)| fits[*w][*item] && pairing.owner_of[*item] == Some(*w))
            );
            assert_eq!(pairs.len(), brute(&fits, 0, 0), "{fits:?}");
            assert_eq!(pairing.unowned(), items - pairs.len());
        }
    }

    #[test]
    fn a_long_chain_of_exchanges_needs_no_deep_stack() {
        let size = 1_000;
        let mut pairing = Pairing::new(size, size);
        pairing.extend(|wanted, item| {
            item == wanted || item + 1 == wanted || wanted == 0 && item == size - 1
        });
        assert!(pairing.unpaired().is_empty());
    }
}
