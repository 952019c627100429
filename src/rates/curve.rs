//! Curves: counts on a regular grid, absent where nothing was seen.

use crate::model::{Bucket, Ratio};

/// Widths a report may use, seconds. Each divides the next, so that a curve rolls up exactly.
pub(super) const LADDER: [i64; 8] = [1, 5, 10, 30, 60, 300, 900, 3600];

/// What was counted in one bucket. Weighted where records stand for several requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    /// Whether anything could be counted as a request here (a counter that stood still counts zero).
    pub(super) counted: bool,
    /// Requests in the denominator.
    pub(super) requests: f64,
    /// Requests that failed under the policy.
    pub(super) failed: f64,
    /// Records behind `requests`, or requests behind stated ratios as far as those show it: what the width
    /// of an interval depends on.
    pub(super) samples: f64,
    pub(super) throttled: f64,
    pub(super) cancelled: f64,
    pub(super) client_errors: f64,
    pub(super) error_lines: f64,
    pub(super) lines: f64,
    /// Sum and number of stated ratios, for sources that give no counts.
    pub(super) stated: (f64, f64),
}

impl Counts {
    /// Adds another count of the same bucket.
    pub(super) fn add(&mut self, other: &Counts) {
        self.counted |= other.counted;
        self.requests += other.requests;
        self.failed += other.failed;
        self.samples += other.samples;
        self.throttled += other.throttled;
        self.cancelled += other.cancelled;
        self.client_errors += other.client_errors;
        self.error_lines += other.error_lines;
        self.lines += other.lines;
        self.stated.0 += other.stated.0;
        self.stated.1 += other.stated.1;
    }

    /// Share of failures with the interval its number of records allows; a ratio stated of many has none.
    pub(super) fn ratio(&self) -> Option<Ratio> {
        if self.requests > 0.0 {
            let share = (self.failed / self.requests).clamp(0.0, 1.0);
            return Ratio::of(share * self.samples, self.samples);
        }
        let value = (self.stated.1 > 0.0).then(|| (self.stated.0 / self.stated.1).clamp(0.0, 1.0))?;
        Ratio::of(value * self.samples, self.samples).or(Some(Ratio { value, low: value, high: value }))
    }

    /// Failed requests among those that are known to stand behind the ratio; `None` when nobody knows.
    pub(super) fn known_failures(&self) -> Option<f64> {
        if self.requests > 0.0 {
            return Some(self.failed.min(self.samples));
        }
        (self.samples > 0.0 && self.stated.1 > 0.0).then(|| self.stated.0 / self.stated.1 * self.samples)
    }

    /// The public form.
    pub(super) fn bucket(&self, start_s: i64) -> Bucket {
        let seen = self.counted || self.requests > 0.0;
        Bucket {
            start_s,
            requests: seen.then_some(self.requests),
            failed: seen.then_some(self.failed),
            ratio: self.ratio(),
            throttled: self.throttled,
            cancelled: self.cancelled,
            client_errors: self.client_errors,
            error_lines: self.error_lines,
            lines: self.lines,
            p50_ms: None,
            p95_ms: None,
            p99_ms: None,
        }
    }
}

/// Buckets in time order by their start.
pub(super) type Curve = Vec<(i64, Counts)>;

/// Start of the bucket of `width` that holds `second`.
pub(super) fn floor_to(second: i64, width: i64) -> i64 {
    second - second.rem_euclid(width.max(1))
}

/// The same counts in wider buckets; `width` is a multiple of the curve's own.
pub(super) fn roll_up(curve: &[(i64, Counts)], width: i64) -> Curve {
    let mut out: Curve = Vec::new();
    for (start, counts) in curve {
        let start = floor_to(*start, width);
        match out.last_mut() {
            Some(last) if last.0 == start => last.1.add(counts),
            _ => out.push((start, *counts)),
        }
    }
    out
}

/// Bucket-wise sum of several curves of one grid.
pub(super) fn sum<'a>(curves: impl IntoIterator<Item = &'a Curve>) -> Curve {
    let mut all: Curve = curves.into_iter().flatten().copied().collect();
    all.sort_by_key(|(start, _)| *start);
    let mut out: Curve = Vec::with_capacity(all.len());
    for (start, counts) in all {
        match out.last_mut() {
            Some(last) if last.0 == start => last.1.add(&counts),
            _ => out.push((start, counts)),
        }
    }
    out
}

/// Everything of `curve` whose bucket starts in `from..to`, as one count.
pub(super) fn pooled(curve: &[(i64, Counts)], from: i64, to: i64) -> Counts {
    let mut total = Counts::default();
    let first = curve.partition_point(|(s, _)| *s < from);
    for (_, counts) in curve.iter().skip(first).take_while(|(s, _)| *s < to) {
        total.add(counts);
    }
    total
}

/// Middle value; the lower one of an even number. `None` of nothing.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}
