//! When the impact began to fall for good.

use std::collections::BTreeMap;

use super::context::Context;
use crate::model::{Citation, TimeInterval};

/// The turn with the level the curve fell from.
pub(super) struct Turn {
    pub(super) interval: TimeInterval,
    /// Mean error ratio of the last plateau.
    pub(super) level: f64,
    pub(super) evidence: Vec<Citation>,
}

/// Buckets whose middle value is the last plateau.
const PLATEAU: usize = 5;

/// Mean error ratio of the hurt services by bucket, inside the incident. Services weigh alike, so
/// that a busy one does not speak for all.
fn mean_curve(context: &Context<'_>, from: i64, to: i64) -> Vec<(i64, f64)> {
    let mut sums: BTreeMap<i64, (f64, u32)> = BTreeMap::new();
    let counted = context.hurt.iter().filter(|h| h.lead().is_some_and(|w| w.signal == "error_ratio"));
    for bucket in counted.flat_map(|h| &h.rates.buckets).filter(|b| b.start_s >= from && b.start_s <= to) {
        if let Some(ratio) = bucket.ratio {
            let sum = sums.entry(bucket.start_s).or_default();
            *sum = (sum.0 + ratio.value, sum.1 + 1);
        }
    }
    sums.into_iter().map(|(s, (sum, n))| (s, sum / f64::from(n.max(1)))).collect()
}

/// From the last bucket on the last plateau; `None` while the incident is open or too short to tell.
pub(super) fn of(context: &Context<'_>) -> Option<Turn> {
    let (onset, end) = context.rates.incident?;
    let end = end?;
    let width = i64::from(context.rates.bucket_s.max(1));
    let curve = mean_curve(context, onset.best_s - width, end.best_s + width);
    let most = curve.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    // Half of the worst is crossed for the last time somewhere on the way down.
    let half = curve.iter().rposition(|(_, v)| *v >= 0.5 * most)?;
    if most <= 0.0 || half < PLATEAU {
        return None;
    }
    let steepest = |window: usize| -> f64 {
        let start = (half + 1).saturating_sub(window + PLATEAU);
        let mut values: Vec<f64> = curve[start..(half + 1).saturating_sub(window)].iter().map(|(_, v)| *v).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let level = steepest(PLATEAU).max(steepest(0));
    let last = curve.iter().take(half + 1).rposition(|(_, v)| *v >= 0.9 * level)?;
    let best_s = curve.get(last)?.0 + width;
    let evidence: Vec<Citation> =
        context.hurt.iter().filter_map(|h| h.lead()?.evidence.last().cloned()).take(4).collect();
    Some(Turn { interval: TimeInterval { best_s, from_s: best_s - width, to_s: best_s + width }, level, evidence })
}
