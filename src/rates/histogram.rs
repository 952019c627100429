//! Percentiles out of histogram buckets.

use std::collections::BTreeMap;

/// Durations a stretch needs before its percentiles are shown.
const ENOUGH: f64 = 20.0;

/// Counts by upper bound, for each start of a stretch. Bounds are in ms.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram(BTreeMap<i64, BTreeMap<u64, f64>>);

impl Histogram {
    /// Adds durations up to `bound` in the stretch that begins at `start`.
    pub(super) fn add(&mut self, start: i64, bound: f64, amount: f64) {
        // The bits of numbers from 0 up are ordered as the numbers are.
        *self.0.entry(start).or_default().entry(bound.max(0.0).to_bits()).or_default() += amount;
    }

    /// p50, p95 and p99 of each stretch with enough durations.
    pub(super) fn percentiles(&self) -> BTreeMap<i64, [Option<f64>; 3]> {
        let cumulative = self.is_cumulative();
        let mut out = BTreeMap::new();
        for (start, counts) in &self.0 {
            let mut sum = 0.0;
            let steps: Vec<(f64, f64)> = counts
                .iter()
                .map(|(bound, amount)| {
                    sum = if cumulative { amount.max(sum) } else { sum + amount };
                    (f64::from_bits(*bound), sum)
                })
                .collect();
            if sum >= ENOUGH {
                out.insert(*start, [0.5, 0.95, 0.99].map(|share| quantile(&steps, share * sum)));
            }
        }
        out
    }

    /// Whether each bound counts the shorter durations as well: then no bound ever counts fewer than
    /// a lower one, over all stretches together.
    fn is_cumulative(&self) -> bool {
        let mut all: BTreeMap<u64, f64> = BTreeMap::new();
        for (bound, amount) in self.0.values().flatten() {
            *all.entry(*bound).or_default() += amount;
        }
        all.values().zip(all.values().skip(1)).all(|(lower, upper)| *upper >= lower * 0.999)
    }
}

/// The duration below which `rank` of the durations lie, spread evenly inside a bucket. Beyond the last
/// bound nothing is known: that bound stands.
fn quantile(steps: &[(f64, f64)], rank: f64) -> Option<f64> {
    let at = steps.iter().position(|(_, sum)| *sum >= rank)?;
    let (bound, sum) = steps.get(at).copied()?;
    let (low, below) = at.checked_sub(1).and_then(|i| steps.get(i)).copied().unwrap_or((0.0, 0.0));
    if !bound.is_finite() {
        return (low > 0.0).then_some(low);
    }
    let inside = sum - below;
    Some(if inside > 0.0 { low + (bound - low) * (rank - below) / inside } else { bound })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_inside_their_bucket() {
        let mut histogram = Histogram::default();
        for (bound, amount) in [(100.0, 50.0), (500.0, 90.0), (1000.0, 100.0), (f64::INFINITY, 100.0)] {
            histogram.add(60, bound, amount);
        }
        let found = histogram.percentiles();
        assert_eq!(found.get(&60), Some(&[Some(100.0), Some(750.0), Some(950.0)]));
    }

    #[test]
    fn buckets_that_do_not_hold_the_shorter_ones_are_added_up() {
        let mut histogram = Histogram::default();
        for (bound, amount) in [(100.0, 50.0), (500.0, 40.0), (1000.0, 10.0)] {
            histogram.add(60, bound, amount);
        }
        assert_eq!(histogram.percentiles().get(&60), Some(&[Some(100.0), Some(750.0), Some(950.0)]));
    }

    #[test]
    fn few_durations_and_the_open_end_make_no_figure() {
        let mut histogram = Histogram::default();
        histogram.add(0, f64::INFINITY, 19.0);
        histogram.add(60, f64::INFINITY, 40.0);
        assert_eq!(histogram.percentiles().get(&0), None);
        assert_eq!(histogram.percentiles().get(&60), Some(&[None; 3]));
    }
}
