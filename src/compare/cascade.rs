//! The orders in which services began to fail, side by side.

use std::collections::BTreeMap;

use crate::model::{CascadeStep, OrderStep};

use super::pairing::Pairs;
use super::{Side, folded};

/// Both orders after T+0, and how far they agree over the services that are in both.
pub(super) fn orders(a: &Side<'_>, b: &Side<'_>, pairs: &Pairs) -> ([Vec<OrderStep>; 2], Option<f64>) {
    let order = |side: &Side<'_>| {
        let step = |s: &CascadeStep| OrderStep {
            service: s.service.clone(),
            rank: s.rank,
            after_s: s.onset.best_s.saturating_sub(side.grid.zero_s),
            slack_s: (s.onset.to_s - s.onset.best_s).max(s.onset.best_s - s.onset.from_s).max(0),
        };
        side.incident.findings.cascade.steps.iter().map(step).collect::<Vec<_>>()
    };
    let ranks = |side: &Side<'_>, renamed: bool| -> BTreeMap<String, u32> {
        let name = |own: String| if renamed { pairs.get(&own).map_or(own, |(name, _)| name.clone()) } else { own };
        side.incident.findings.cascade.steps.iter().map(|s| (name(folded(&s.service)), s.rank)).collect()
    };
    let (left, right) = (ranks(a, false), ranks(b, true));
    let both: Vec<(u32, u32)> = left.iter().filter_map(|(name, rank)| Some((*rank, *right.get(name)?))).collect();
    ([order(a), order(b)], agreement(&both))
}

/// Pairs in the same order less pairs in the other order, over the pairs whose order both know.
fn agreement(ranks: &[(u32, u32)]) -> Option<f64> {
    let (mut same, mut other) = (0_u32, 0_u32);
    for (at, x) in ranks.iter().enumerate() {
        for y in ranks.iter().skip(at + 1) {
            match (x.0.cmp(&y.0), x.1.cmp(&y.1)) {
                (p, q) if p.is_eq() || q.is_eq() => {}
                (p, q) if p == q => same += 1,
                _ => other += 1,
            }
        }
    }
    let all = same + other;
    (all > 0).then(|| (f64::from(same) - f64::from(other)) / f64::from(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pairs_that_both_put_in_order_count() {
        assert_eq!(agreement(&[(1, 1), (2, 2), (3, 3)]), Some(1.0));
        assert_eq!(agreement(&[(1, 3), (2, 2), (3, 1)]), Some(-1.0));
        assert_eq!(agreement(&[(1, 1), (1, 2)]), None);
        assert_eq!(agreement(&[(1, 1), (2, 3), (3, 2)]), Some(1.0 / 3.0));
    }
}
