//! Ranges that may overlap, cut once into pieces that do not, each belonging to the smallest range over it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Ranges of one address family, looked up in logarithmic time.
#[derive(Debug)]
pub(super) struct Ranges<T> {
    ranges: Vec<(u128, u128, T)>,
    /// First and last address of a piece, and the range it belongs to; by rising address.
    pieces: Vec<(u128, u128, usize)>,
}

/// A range that is open at the place reached: smallest first, of equal ones the one written first.
type Open = Reverse<(u128, usize)>;

impl<T> Ranges<T> {
    /// Takes ranges of first address, last address (not below it) and value, in any order.
    pub(super) fn new(ranges: Vec<(u128, u128, T)>) -> Self {
        let pieces = pieces(&ranges);
        Self { ranges, pieces }
    }

    /// The smallest range around a value.
    pub(super) fn find(&self, value: u128) -> Option<(u128, u128, &T)> {
        let after = self.pieces.partition_point(|&(start, ..)| start <= value);
        let &(_, end, index) = self.pieces.get(after.checked_sub(1)?)?;
        let (start, last, found) = self.ranges.get(index).filter(|_| value <= end)?;
        Some((*start, *last, found))
    }
}

/// Walks over all places where a range starts or ends, and notes which is the smallest open one from there on.
fn pieces<T>(ranges: &[(u128, u128, T)]) -> Vec<(u128, u128, usize)> {
    let mut by_start: Vec<usize> = (0..ranges.len()).collect();
    by_start.sort_by_key(|&index| ranges.get(index).map(|range| range.0));
    let mut pieces = Vec::with_capacity(ranges.len());
    let mut open: BinaryHeap<Open> = BinaryHeap::new();
    let mut starts = by_start
        .into_iter()
        .filter_map(|index| Some((index, ranges.get(index)?)))
        .peekable();
    let mut at = 0_u128;
    loop {
        while let Some((index, range)) =
            starts.next_if(|(_, range)| open.is_empty() || range.0 <= at)
        {
            at = at.max(range.0);
            open.push(Reverse((range.1 - range.0, index)));
        }
        let Some(&Reverse((_, index))) = open.peek() else {
            return pieces;
        };
        let Some(&(_, last, _)) = ranges.get(index).filter(|range| range.1 >= at) else {
            open.pop();
            continue;
        };
        let next_start = starts.peek().map(|(_, range)| range.0);
        let end = next_start.map_or(last, |next| last.min(next - 1));
        pieces.push((at, end, index));
        match end.checked_add(1) {
            Some(next) => at = next,
            None => return pieces,
        }
    }
}

/// The largest network that holds `value` and lies within `start..=end`: its first address and its length.
pub(super) fn network(value: u128, start: u128, end: u128, bits: u8) -> (u128, u8) {
    let fits = |length: &u8| {
        let (first, last) = block(value, *length, bits);
        first >= start && last <= end
    };
    let length = (0..=bits).find(fits).unwrap_or(bits);
    (block(value, length, bits).0, length)
}

fn block(value: u128, length: u8, bits: u8) -> (u128, u128) {
    let host = u128::MAX
        .checked_shl(u32::from(bits - length))
        .map_or(u128::MAX, |mask| !mask);
    (value & !host, value | host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_range_wins_wherever_ranges_overlap() {
        let written = [
            (0, 100, 'a'),
            (10, 30, 'b'),
            (20, 25, 'c'),
            (28, 40, 'd'),
            (28, 40, 'e'),
            (200, 200, 'f'),
        ];
        let ranges = Ranges::new(written.to_vec());
        for value in 0..=210_u128 {
            let around = written
                .iter()
                .filter(|(start, end, _)| (*start..=*end).contains(&value));
            let smallest = around.min_by_key(|(start, end, _)| end - start).copied();
            assert_eq!(
                ranges
                    .find(value)
                    .map(|(start, end, name)| (start, end, *name)),
                smallest,
                "{value}"
            );
        }
    }

    #[test]
    fn the_ends_of_the_address_space_are_no_trouble() {
        let ranges = Ranges::new(vec![
            (0, u128::MAX, 'a'),
            (u128::MAX, u128::MAX, 'b'),
            (0, 0, 'c'),
        ]);
        assert_eq!(ranges.find(0).map(|found| *found.2), Some('c'));
        assert_eq!(ranges.find(1).map(|found| *found.2), Some('a'));
        assert_eq!(ranges.find(u128::MAX).map(|found| *found.2), Some('b'));
    }

    #[test]
    fn a_network_is_the_largest_that_fits_into_the_range() {
        assert_eq!(network(5, 0, 255, 32), (0, 24));
        assert_eq!(network(5, 1, 255, 32), (4, 30));
        assert_eq!(network(7, 7, 7, 32), (7, 32));
        assert_eq!(network(7, 0, u128::from(u32::MAX), 32), (0, 0));
        assert_eq!(network(7, 0, u128::MAX, 128), (0, 0));
    }
}
