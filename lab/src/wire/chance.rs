//! Chance without luck: every draw is a hash of the seed and of what it is drawn for.

/// Mixes words into one, each bit depending on all (the finalizer of SplitMix64, Steele et al. 2014).
pub(crate) fn mix(words: &[u64]) -> u64 {
    words
        .iter()
        .fold(0x9e37_79b9_7f4a_7c15, |state: u64, word| {
            let mut z = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        })
}

/// A number from 0 up to, not including, 1.
pub(crate) fn unit(words: &[u64]) -> f64 {
    (mix(words) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_repeat() {
        let mean = (0..10_000).map(|i| unit(&[7, i])).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert_eq!(unit(&[7, 1]), unit(&[7, 1]));
        assert_ne!(mix(&[1, 2]), mix(&[2, 1]));
    }
}
