//! Likeness of shape, of size, of the services hurt, of what moved which way: numbers with a meaning each. The
//! one that sums them up only orders a library.

use std::collections::BTreeMap;

use crate::model::{Incident, ServiceComparison, ServicePresence, Similarity};

use super::Side;
use super::curve::Curve;
use super::fingerprint::{Fingerprint, kinds, overlap};
use super::pairing::Pairs;

/// Fewest common buckets that make a shape.
const FEWEST: usize = 5;
/// Most buckets a curve is moved, however uncertain its onset.
const MOST_LAG: i64 = 15;

/// All of them, each with its own meaning.
///
/// - Shape: the best correlation (Pearson) of the two overall curves when one is moved within the
///   uncertainty of the onsets; scale drops out; below 0 counts as 0.
/// - Size: smaller over larger overall error-minutes.
/// - Services: cosine between the vectors of error-minutes by service.
pub(super) fn similarity(
    sides: &[Side<'_>; 2],
    window: (i64, i64),
    overall: &ServiceComparison,
    services: &[ServiceComparison],
    patterns: &[Vec<String>; 3],
    pairs: &Pairs,
) -> Similarity {
    let [a, b] = sides;
    let names = |side: usize| match side {
        1 => pairs.iter().map(|(theirs, (ours, _))| (theirs.clone(), ours.clone())).collect(),
        _ => BTreeMap::new(),
    };
    let prints = [Fingerprint::of(a.incident, &names(0)), Fingerprint::of(b.incident, &names(1))];
    let templates: usize = patterns.iter().map(Vec::len).sum();
    let mut all = Similarity {
        fingerprint: prints[0].likeness(&prints[1], None),
        fault: prints[0].fault(&prints[1]),
        patterns: (templates > 0).then(|| patterns[0].len() as f64 / templates as f64),
        kinds: overlap(&kinds(a.incident), &kinds(b.incident)),
        ..curves(sides, window, overall, services)
    };
    all.overall = weighted(&all);
    all
}

/// How much each likeness tells of whether two incidents are of one kind: names much, the shape of a curve
/// next to nothing (50 metric incidents of 10 kinds: names find the same kind in 9 of 10, a shape in 1 or 2).
pub(super) fn weighted(s: &Similarity) -> Option<f64> {
    let parts =
        [(s.fingerprint, 12.0), (s.patterns, 3.0), (s.services, 0.5), (s.kinds, 0.25), (s.shape, 0.1), (s.size, 0.05)];
    let known = || parts.iter().filter_map(|(value, weight)| Some(((*value)?, weight)));
    let weight: f64 = known().map(|(_, w)| w).sum();
    let told = s.fingerprint.or(s.services).or(s.patterns);
    // Equal parts give exactly their value, whatever the rounding of the sums.
    if known().all(|(v, _)| v == 1.0) {
        return told;
    }
    told.map(|_| known().map(|(v, w)| v * w).sum::<f64>() / weight)
}

/// The three that curves give.
fn curves(
    sides: &[Side<'_>; 2],
    window: (i64, i64),
    overall: &ServiceComparison,
    services: &[ServiceComparison],
) -> Similarity {
    let [a, b] = sides;
    if a.overall.is_empty() || b.overall.is_empty() {
        return Similarity::default();
    }
    let step = a.grid.bucket_s;
    let doubt = doubt(a.incident).max(doubt(b.incident));
    let lags = (doubt / step + i64::from(doubt % step != 0)).min(MOST_LAG);
    let shape = (-lags..=lags).filter_map(|lag| correlation(&a.overall, &b.overall, window, lag * step));
    let pairs: Vec<(f64, f64)> = services.iter().filter_map(minutes).collect();
    Similarity {
        shape: shape.max_by(f64::total_cmp).map(|r| r.clamp(0.0, 1.0)),
        size: overall.a.error_minutes.zip(overall.b.error_minutes).and_then(|(a, b)| size(a, b)),
        services: cosine(&pairs),
        ..Similarity::default()
    }
}

/// Error-minutes of a service on both sides. A service that one incident does not know was not hurt
/// in it; one that it knows and did not measure cannot be compared.
fn minutes(service: &ServiceComparison) -> Option<(f64, f64)> {
    match (service.presence, service.a.error_minutes, service.b.error_minutes) {
        (ServicePresence::OnlyA, a, _) => Some((a?, 0.0)),
        (ServicePresence::OnlyB, _, b) => Some((0.0, b?)),
        (ServicePresence::Both, a, b) => a.zip(b),
    }
}

/// How far the onset may be from its best value, seconds.
fn doubt(incident: &Incident) -> i64 {
    incident.rates.incident.map_or(0, |(onset, _)| (onset.to_s - onset.best_s).max(onset.best_s - onset.from_s).max(0))
}

/// Correlation of `a(t)` with `b(t + lag)` over the buckets in which both were seen.
fn correlation(a: &Curve, b: &Curve, (from, to): (i64, i64), lag: i64) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = a
        .ratios(from, to)
        .into_iter()
        .filter(|(t, _)| (from..=to).contains(&(t + lag)))
        .filter_map(|(t, x)| b.ratio(t + lag).map(|y| (x.value, y.value)))
        .collect();
    if pairs.len() < FEWEST {
        return None;
    }
    let count = pairs.len() as f64;
    let mean_a = pairs.iter().map(|p| p.0).sum::<f64>() / count;
    let mean_b = pairs.iter().map(|p| p.1).sum::<f64>() / count;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        let (dx, dy) = (x - mean_a, y - mean_b);
        ab += dx * dy;
        aa += dx * dx;
        bb += dy * dy;
    }
    Some(quotient(ab, aa, bb))
}

/// `ab / √(aa · bb)`; two flat curves are alike, a flat one and another are not.
fn quotient(ab: f64, aa: f64, bb: f64) -> f64 {
    // Rounding of a mean leaves a flat curve a variance of this order.
    const FLAT: f64 = 1e-24;
    match (aa <= FLAT, bb <= FLAT) {
        (true, true) => 1.0,
        (false, false) => ab / (aa * bb).sqrt(),
        _ => 0.0,
    }
}

fn size(a: f64, b: f64) -> Option<f64> {
    let (small, large) = (a.min(b), a.max(b));
    Some(if large > 0.0 { small / large } else { 1.0 })
}

fn cosine(pairs: &[(f64, f64)]) -> Option<f64> {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    (!pairs.is_empty()).then(|| quotient(ab, aa, bb).clamp(0.0, 1.0))
}
