//! Percentiles per bucket, from sketches of logs or as metrics state them.

use std::collections::BTreeMap;

use super::curve::{Curve, floor_to, median};
use super::views::ServiceViews;
use crate::model::{Bucket, ImpactWindow, LatencySketch, LatencySummary};

/// Durations a bucket needs before its percentiles are shown as a level.
const ENOUGH: u64 = 20;

/// p50, p95 and p99 by bucket, ms.
#[derive(Default)]
pub(super) struct Latency {
    buckets: BTreeMap<i64, [Option<f64>; 3]>,
}

/// Percentiles of the primary view's durations; of stated ones where logs have none.
pub(super) fn of(views: &ServiceViews<'_>, bucket: i64) -> Latency {
    let mut sketches: BTreeMap<i64, LatencySketch> = BTreeMap::new();
    for track in views.timed_tracks() {
        for (second, cell) in track.track.cells.iter().filter(|(_, cell)| !cell.latency.is_empty()) {
            sketches.entry(floor_to(second, bucket)).or_default().merge(&cell.latency);
        }
    }
    let mut buckets: BTreeMap<i64, [Option<f64>; 3]> = BTreeMap::new();
    for (start, sketch) in sketches.iter().filter(|(_, s)| s.count() >= ENOUGH) {
        buckets.insert(*start, [0.5, 0.95, 0.99].map(|q| sketch.quantile_ms(q)));
    }
    if buckets.is_empty() {
        for (start, stated) in views.views.iter().flat_map(|v| &v.latency) {
            let slots = buckets.entry(floor_to(*start, bucket)).or_default();
            for (slot, value) in slots.iter_mut().zip(stated) {
                // Percentiles do not average: the worse one stands.
                *slot = match (*slot, *value) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
            }
        }
    }
    Latency { buckets }
}

impl Latency {
    /// The 95th percentile by bucket; where only the 99th was stated, that one.
    pub(super) fn p95(&self) -> Vec<(i64, f64)> {
        self.buckets.iter().filter_map(|(s, p)| Some((*s, p[1].or(p[2]).or(p[0])?))).collect()
    }

    /// The curve as public buckets, with percentiles where they are known.
    pub(super) fn buckets(&self, curve: Curve) -> Vec<Bucket> {
        let mut out: BTreeMap<i64, Bucket> = curve.into_iter().map(|(s, c)| (s, c.bucket(s))).collect();
        for (start, [p50, p95, p99]) in &self.buckets {
            let bucket = out.entry(*start).or_insert_with(|| Bucket { start_s: *start, ..Bucket::default() });
            (bucket.p50_ms, bucket.p95_ms, bucket.p99_ms) = (*p50, *p95, *p99);
        }
        out.into_values().collect()
    }

    /// Usual 95th percentile outside the impact, and the worst bucket.
    pub(super) fn summary(&self, impact: &[ImpactWindow]) -> Option<LatencySummary> {
        let p95: Vec<(i64, f64)> = self.buckets.iter().filter_map(|(s, p)| Some((*s, p[1]?))).collect();
        let (worst_at_s, worst_p95_ms) = p95.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let first = impact.iter().map(|w| w.onset.best_s).min();
        let before = p95.iter().filter(|(s, _)| first.is_none_or(|f| *s < f)).map(|(_, v)| *v).collect();
        Some(LatencySummary { baseline_p95_ms: median(before), worst_p95_ms, worst_at_s })
    }
}
