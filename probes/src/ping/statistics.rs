//! The figures of several round trips.

use super::seen::Rtt;

/// Least, middle, most; nothing of nothing.
pub(super) fn rtt(in_order_ms: &[f64]) -> Option<Rtt> {
    let mut sorted = in_order_ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let half = count / 2;
    let median_ms = match (count % 2, half.checked_sub(1).and_then(|it| sorted.get(it))) {
        (0, Some(below)) => (below + sorted.get(half)?) / 2.0,
        _ => *sorted.get(half)?,
    };
    Some(Rtt {
        min_ms: *sorted.first()?,
        median_ms: rounded(median_ms),
        mean_ms: rounded(sorted.iter().sum::<f64>() / count as f64),
        p95_ms: *sorted.get((count * 95).div_ceil(100) - 1)?,
        max_ms: *sorted.last()?,
    })
}

/// The mean difference between one and the next; nothing of fewer than two.
pub(super) fn jitter_ms(in_order_ms: &[f64]) -> Option<f64> {
    let differences: Vec<f64> = in_order_ms
        .iter()
        .zip(in_order_ms.iter().skip(1))
        .map(|(one, next)| (next - one).abs())
        .collect();
    let sum: f64 = differences.iter().sum();
    (!differences.is_empty()).then(|| rounded(sum / differences.len() as f64))
}

/// To the microsecond; clocks promise no more.
pub(super) fn rounded(ms: f64) -> f64 {
    (ms * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ms: &[f64], expect: Option<[f64; 5]>, jitter: Option<f64>) {
        let figures = rtt(ms).map(|it| [it.min_ms, it.median_ms, it.mean_ms, it.p95_ms, it.max_ms]);
        assert_eq!((figures, jitter_ms(ms)), (expect, jitter), "{ms:?}");
    }

    #[test]
    fn figures_of_few() {
        check(&[], None, None);
        check(&[7.0], Some([7.0; 5]), None);
        check(&[9.0, 5.0], Some([5.0, 7.0, 7.0, 9.0, 9.0]), Some(4.0));
        check(
            &[5.0, 9.0, 6.0],
            Some([5.0, 6.0, 6.667, 9.0, 9.0]),
            Some(3.5),
        );
    }

    #[test]
    fn of_a_hundred_five_may_be_longer() {
        let ms: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        check(&ms, Some([1.0, 50.5, 50.5, 95.0, 100.0]), Some(1.0));
        assert_eq!(rtt(&ms[..20]).unwrap().p95_ms, 99.0);
    }
}
