//! What one side amounts to: peak, duration, area, half-life, second dips.

use crate::model::{ImpactWindow, Incident, IncidentSummary, OperationFigures, OperationRates, Ratio, ServiceRates};

use super::curve::{Curve, Grid};

/// Buckets in a row that a fall must last to count: one quiet bucket is noise.
const QUIET: usize = 3;

/// A stretch of time on the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// First bucket, seconds after T+0.
    pub(super) from_t: i64,
    /// Last bucket that belongs to it; `None` while open.
    pub(super) to_t: Option<i64>,
}

impl Stretch {
    /// From an onset to a recovery in UTC seconds.
    pub(super) fn new(grid: &Grid, onset_s: i64, recovery_s: Option<i64>) -> Self {
        // A recovery at the very start of a bucket leaves that bucket out.
        Stretch { from_t: grid.t(onset_s), to_t: recovery_s.map(|r| grid.t(r - 1).max(grid.t(onset_s))) }
    }

    fn end(&self) -> i64 {
        self.to_t.unwrap_or(i64::MAX)
    }
}

/// The worst bucket of a stretch, the earliest of equals.
fn peak(curve: &Curve, stretch: Stretch) -> Option<(i64, Ratio)> {
    curve
        .ratios(stretch.from_t, stretch.end())
        .into_iter()
        .reduce(|best, next| if next.1.value > best.1.value { next } else { best })
}

/// Ratio × minutes over the seen buckets of a stretch; `None` where none was seen.
fn area(curve: &Curve, grid: &Grid, stretch: Stretch) -> Option<f64> {
    let ratios = curve.ratios(stretch.from_t, stretch.end());
    let sum = ratios.into_iter().map(|(_, r)| r.value).reduce(|sum, more| sum + more)?;
    // Multiplied last, so that equal curves give equal areas whatever the width.
    Some(sum * grid.bucket_s as f64 / 60.0)
}

/// Figures of a side in which nothing was hurt: what was measured is 0, the rest is unknown.
fn unhurt(curve: &Curve, whole: Stretch) -> IncidentSummary {
    let seen = (!curve.is_empty()).then_some(());
    IncidentSummary {
        hurt: seen.map(|()| false),
        peak: peak(curve, whole).map(|p| p.1),
        error_minutes: seen.map(|()| 0.0),
        failed: curve.failed(i64::MIN, i64::MAX).map(|_| 0.0),
        second_dips: seen.map(|()| 0),
        ..IncidentSummary::default()
    }
}

/// Seconds from the peak until the curve fell to half of it and stayed there.
fn half_life(curve: &Curve, at_t: i64, peak: f64) -> Option<i64> {
    let after = curve.ratios(at_t.saturating_add(1), i64::MAX);
    let low: Vec<bool> = after.iter().map(|(_, r)| r.value <= peak / 2.0).collect();
    let from = (0..low.len()).find(|n| low.iter().skip(*n).take(QUIET).all(|l| *l))?;
    after.get(from).map(|(t, _)| t - at_t).filter(|_| peak > 0.0)
}

/// How often the curve rose above a quarter of its peak again after it had been at a tenth or less.
fn rises(curve: &Curve, at_t: i64, peak: f64) -> u32 {
    let (mut quiet, mut count) = (0, 0);
    for (_, ratio) in curve.ratios(at_t, i64::MAX) {
        if ratio.value <= peak / 10.0 {
            quiet += 1;
        } else {
            if ratio.value > peak / 4.0 && quiet >= QUIET {
                count += 1;
            }
            quiet = 0;
        }
    }
    if peak > 0.0 { count } else { 0 }
}

/// Figures of one service. `whole` is the incident's stretch, used for the peak of a service that
/// was not hurt; its area and failures are 0 where they were measured.
pub(super) fn service(
    rates: &ServiceRates,
    own_bucket_s: u32,
    grid: &Grid,
    curve: &Curve,
    whole: Stretch,
) -> IncidentSummary {
    // Curves of error ratios are compared, so the windows of latency or traffic speak only for a
    // service whose ratio shows nothing.
    let by_ratio = rates.impact.iter().any(|w| w.signal == "error_ratio");
    let windows: Vec<&ImpactWindow> = rates.impact.iter().filter(|w| !by_ratio || w.signal == "error_ratio").collect();
    let Some(onset_s) = windows.iter().map(|w| w.onset.best_s).min() else {
        let mut summary = unhurt(curve, whole);
        // latency or traffic alone were measured, and were fine
        summary.hurt = summary.hurt.or((!rates.buckets.is_empty()).then_some(false));
        return summary;
    };
    let ends: Option<Vec<i64>> = windows.iter().map(|w| w.recovery.map(|r| r.best_s)).collect();
    let recovery = ends.and_then(|ends| ends.into_iter().max());
    let stretch = Stretch::new(grid, onset_s, recovery);
    // The peak as the incident's own report prints it, where it was measured at the common width.
    let printed = rates
        .worst()
        .and_then(|w| w.peak.as_ref())
        .filter(|p| i64::from(own_bucket_s) == grid.bucket_s && i64::from(p.width_s) == grid.bucket_s);
    let worst = printed.map(|p| (grid.t(p.at_s), p.ratio)).or_else(|| peak(curve, stretch));
    let dips: usize = windows.iter().map(|w| w.second_dips.len()).sum();
    let again = if by_ratio { windows.len() - 1 } else { 0 };
    IncidentSummary {
        hurt: Some(true),
        peak: worst.map(|p| p.1),
        time_to_peak_s: worst.map(|(t, _)| (t - (onset_s - grid.base_s)).max(0)),
        duration_s: recovery.map(|r| r - onset_s),
        error_minutes: area(curve, grid, stretch),
        failed: curve.failed(stretch.from_t, stretch.end()),
        half_life_s: worst.and_then(|(t, r)| half_life(curve, t, r.value)),
        second_dips: Some(u32::try_from(dips + again).unwrap_or(u32::MAX)),
        operations: operations(rates),
    }
}

/// Operations as the incident's own report has them, the worst first; one alone says what its service says.
fn operations(rates: &ServiceRates) -> Vec<OperationFigures> {
    let figures = |o: &OperationRates| {
        let peaks = o.impact.iter().filter_map(|w| w.peak.as_ref());
        let worst = peaks.reduce(|best, next| if next.ratio.value > best.ratio.value { next } else { best });
        let (ratio, width_s) = worst.map(|p| (p.ratio, Some(p.width_s))).or(o.during.map(|r| (r, None)))?;
        Some(OperationFigures { operation: o.operation.clone(), ratio, width_s })
    };
    let mut out: Vec<OperationFigures> = rates.operations.iter().filter_map(figures).collect();
    out.sort_by(|a, b| b.ratio.value.total_cmp(&a.ratio.value).then_with(|| a.operation.cmp(&b.operation)));
    if out.len() < 2 {
        out.clear();
    }
    out
}

/// Figures of all services together.
pub(super) fn overall(incident: &Incident, grid: &Grid, curve: &Curve, stretch: Stretch) -> IncidentSummary {
    let worst = peak(curve, stretch);
    let Some((onset, recovery)) = incident.rates.incident else {
        return unhurt(curve, stretch);
    };
    IncidentSummary {
        hurt: Some(true),
        peak: worst.map(|p| p.1),
        time_to_peak_s: worst.map(|(t, _)| (t - (grid.zero_s - grid.base_s)).max(0)),
        duration_s: recovery.map(|r| r.best_s - onset.best_s),
        error_minutes: area(curve, grid, stretch),
        failed: curve.failed(stretch.from_t, stretch.end()),
        half_life_s: worst.and_then(|(t, r)| half_life(curve, t, r.value)),
        second_dips: worst.map(|(t, r)| rises(curve, t, r.value)),
        operations: Vec::new(),
    }
}
