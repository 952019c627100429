//! Curves of counts on a common grid that begins at T+0.

use std::collections::BTreeMap;

use crate::model::{Incident, Ratio, ServiceRates};

/// The common width: the coarser of the two when the finer divides it, else their least common
/// multiple, so that finer buckets never straddle.
pub(super) fn common_bucket(a: u32, b: u32) -> i64 {
    let (a, b) = (i64::from(a.max(1)), i64::from(b.max(1)));
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

/// Where T+0 lies and how time after it is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// T+0, UTC seconds.
    pub(super) zero_s: i64,
    /// Start of the incident's own bucket that holds T+0: time 0 of the grid.
    pub(super) base_s: i64,
    /// Width of the common bucket, seconds.
    pub(super) bucket_s: i64,
    /// Width of the incident's own bucket, seconds.
    pub(super) own_s: i64,
}

/// The onset of the first hurt service, else the start of the evidence; and which of the two.
pub(super) fn zero(incident: &Incident) -> (i64, &'static str) {
    let rates = &incident.rates;
    let onset = rates.incident.map(|(onset, _)| (onset.best_s, "onset"));
    let first_event = || incident.timeline.entries.first().map(|e| e.at.seconds());
    let start = || rates.covers_s.map(|c| c.0).or_else(first_event).unwrap_or(0);
    onset.unwrap_or_else(|| (start(), "start"))
}

impl Grid {
    /// The grid of an incident around `zero_s`.
    pub(super) fn of(incident: &Incident, bucket_s: i64, zero_s: i64) -> Grid {
        let rates = &incident.rates;
        let own = i64::from(rates.bucket_s.max(1));
        let any = rates.services.iter().find_map(|s| s.buckets.first()).map_or(0, |b| b.start_s);
        let phase = any.rem_euclid(own);
        let base_s = (zero_s - phase).div_euclid(own) * own + phase;
        Grid { zero_s, base_s, bucket_s, own_s: own }
    }

    /// Start of the common bucket that holds a moment, seconds after T+0.
    pub(super) fn t(&self, at_s: i64) -> i64 {
        at_s.saturating_sub(self.base_s).div_euclid(self.bucket_s).saturating_mul(self.bucket_s)
    }
}

/// One common bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Slot {
    requests: f64,
    failed: f64,
    /// The ratio as written, for a source that gives no counts; never averaged.
    written: Option<Ratio>,
}

/// Counts by seconds after T+0.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve {
    slots: BTreeMap<i64, Slot>,
}

impl Curve {
    /// The curve of a service on `grid`.
    pub(super) fn of(service: &ServiceRates, grid: &Grid) -> Curve {
        let mut curve = Curve::default();
        for bucket in &service.buckets {
            let t = grid.t(bucket.start_s);
            if let (Some(requests), Some(failed)) = (bucket.requests, bucket.failed) {
                let slot = curve.slots.entry(t).or_default();
                slot.requests += requests;
                slot.failed += failed;
            } else if let (Some(ratio), true) = (bucket.ratio, grid.own_s == grid.bucket_s) {
                curve.slots.entry(t).or_default().written = Some(ratio);
            }
        }
        curve
    }

    /// All curves added up.
    pub(super) fn sum<'a>(curves: impl Iterator<Item = &'a Curve>) -> Curve {
        let mut total = Curve::default();
        for (t, slot) in curves.flat_map(|c| &c.slots).filter(|(_, s)| s.requests > 0.0) {
            let into = total.slots.entry(*t).or_default();
            into.requests += slot.requests;
            into.failed += slot.failed;
        }
        total
    }

    /// The ratio at `t`, `None` where nothing was seen.
    pub(super) fn ratio(&self, t: i64) -> Option<Ratio> {
        let slot = self.slots.get(&t)?;
        Ratio::of(slot.failed, slot.requests).or(slot.written)
    }

    /// Buckets with a ratio from `from` to `to`, both included.
    pub(super) fn times(&self, from: i64, to: i64) -> Vec<i64> {
        self.slots.range(from..=to.max(from)).map(|(t, _)| *t).filter(|t| self.ratio(*t).is_some()).collect()
    }

    /// Ratios of [`Curve::times`].
    pub(super) fn ratios(&self, from: i64, to: i64) -> Vec<(i64, Ratio)> {
        self.times(from, to).into_iter().filter_map(|t| self.ratio(t).map(|r| (t, r))).collect()
    }

    /// Failed requests from `from` to `to`, both included; `None` where none were counted.
    pub(super) fn failed(&self, from: i64, to: i64) -> Option<f64> {
        let counted = self.slots.range(from..=to.max(from)).map(|(_, slot)| slot).filter(|slot| slot.requests > 0.0);
        counted.map(|slot| slot.failed).reduce(|sum, more| sum + more)
    }

    /// End of the last bucket, 0 without any.
    pub(super) fn end(&self, bucket_s: i64) -> i64 {
        self.slots.keys().next_back().map_or(0, |t| t.saturating_add(bucket_s))
    }

    /// Whether there is anything to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
}
