//! Impact that is no error ratio: bursts of error lines, and slow answers.

use std::collections::BTreeMap;

use super::curve::{Counts, Curve, median, roll_up};
use super::impact::{Stretch, runs};
use crate::model::{ImpactWindow, TimeInterval};

/// A window of another signal than the error ratio; figures that do not apply stay empty.
pub(super) fn window(signal: &str, stretch: &Stretch, width: i64) -> ImpactWindow {
    let at = |best: i64| TimeInterval { best_s: best, from_s: best - width, to_s: best + width };
    ImpactWindow {
        signal: signal.to_string(),
        onset: at(stretch.from),
        recovery: stretch.recovered.then(|| at(stretch.to)),
        open_start: stretch.open_start,
        peak: None,
        mean: None,
        failed: 0.0,
        excess: 0.0,
        missing: None,
        minutes_above: [0.0; 3],
        recovered_95_s: None,
        second_dips: Vec::new(),
        evidence: Vec::new(),
    }
}

/// The curve without holes: a log that is silent about errors inside its own coverage had none.
fn filled(curve: &Curve, width: i64) -> Curve {
    let curve = roll_up(curve, width);
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Vec::new() };
    let seen: BTreeMap<i64, Counts> = curve.iter().copied().collect();
    let buckets = (last.0 - first.0) / width + 1;
    if buckets > 200_000 {
        return curve;
    }
    (0..buckets).map(|i| first.0 + i * width).map(|s| (s, seen.get(&s).copied().unwrap_or_default())).collect()
}

/// Bursts of error lines of a service that has no denominator. A count is out of the band when
/// chance (Poisson) and the usual level together cannot make it.
pub(super) fn error_lines(curve: &Curve, grid: i64) -> Vec<ImpactWindow> {
    let width = grid.max(60);
    let curve = filled(curve, width);
    if curve.len() < 5 || curve.iter().all(|(_, c)| c.error_lines <= 0.0) {
        return Vec::new();
    }
    let quarter = {
        let mut counts: Vec<f64> = curve.iter().map(|(_, c)| c.error_lines).collect();
        counts.sort_by(f64::total_cmp);
        counts.truncate((counts.len() * 3 / 4).max(1));
        counts
    };
    let usual = quarter.iter().sum::<f64>() / quarter.len() as f64;
    let usual = median(quarter).unwrap_or(0.0).max(usual.min(5.0));
    let limit = (usual + 5.0 * usual.sqrt() + 5.0).max(3.0 * usual);
    let hot: Vec<bool> = curve.iter().map(|(_, c)| c.error_lines > limit).collect();
    let starts: Vec<i64> = curve.iter().map(|(s, _)| *s).collect();
    let stretches = runs(&hot, &starts, width);
    let figures = |stretch: Stretch| {
        let inside = || curve.iter().filter(|(s, _)| stretch.from <= *s && *s < stretch.to);
        let lines: f64 = inside().map(|(_, c)| c.error_lines).sum();
        let mut out = window("error_lines", &stretch, width);
        out.failed = lines;
        out.excess = (lines - usual * inside().count() as f64).max(0.0);
        out
    };
    stretches.into_iter().map(figures).collect()
}

/// Percentile-95 latency at least three times its usual level, and beyond its usual spread.
pub(super) fn latency(p95: &[(i64, f64)], width: i64) -> Vec<ImpactWindow> {
    if p95.len() < 8 {
        return Vec::new();
    }
    // The lower three quarters are taken as usual: an impact may fill the rest.
    let mut sorted: Vec<f64> = p95.iter().map(|(_, v)| *v).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.truncate((sorted.len() / 2).max(4));
    let Some(usual) = median(sorted.clone()) else { return Vec::new() };
    let spread = 1.4826 * median(sorted.iter().map(|v| (v - usual).abs()).collect()).unwrap_or(0.0);
    let limit = (3.0 * usual).max(usual + 8.0 * spread);
    let hot: Vec<bool> = p95.iter().map(|(_, v)| *v > limit).collect();
    let starts: Vec<i64> = p95.iter().map(|(s, _)| *s).collect();
    runs(&hot, &starts, width)
        .into_iter()
        .filter(|s| hot.iter().zip(&starts).filter(|(h, at)| **h && s.from <= **at && **at < s.to).count() >= 3)
        .map(|s| window("latency", &s, width))
        .collect()
}
