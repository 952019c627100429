//! From the windows of all services to the one stretch that is the incident.

use crate::model::{APART_S, ImpactWindow, ServiceRates, TimeInterval};

/// How much a window weighs: minutes, by how bad they were. Ratios are worth more than hints.
fn weight(window: &ImpactWindow, last_s: i64) -> f64 {
    let minutes = (end(window, last_s) - window.onset.best_s).max(60) as f64 / 60.0;
    let badness = match (window.mean, window.signal.as_str()) {
        (Some(mean), _) => mean.value,
        (None, "traffic") => 0.3,
        (None, "error_lines") => 0.2,
        _ => 0.1,
    };
    minutes * badness
}

fn end(window: &ImpactWindow, last_s: i64) -> i64 {
    window.recovery.map_or(last_s, |r| r.best_s).max(window.onset.best_s)
}

/// The stretch that is the incident.
pub(super) struct Found {
    /// First onset and last recovery; no recovery while it is open.
    pub(super) bounds: (TimeInterval, Option<TimeInterval>),
    /// Minutes of impact by how bad they were, over all services.
    pub(super) weight: f64,
}

/// From the first onset to the last recovery of the heaviest cluster of windows.
pub(super) fn of(services: &[&ServiceRates]) -> Option<Found> {
    let last_of = |s: &ServiceRates| s.buckets.last().map_or(i64::MIN / 2, |b| b.start_s);
    let last_s = services.iter().map(|s| last_of(s)).max()?;
    let mut windows: Vec<(&ImpactWindow, i64)> =
        services.iter().copied().flat_map(|s| s.impact.iter().map(move |w| (w, last_of(s)))).collect();
    windows.sort_by_key(|(w, last)| (w.onset.best_s, end(w, *last)));
    let mut clusters: Vec<Vec<(&ImpactWindow, i64)>> = Vec::new();
    let mut reach = i64::MIN / 2;
    for (window, last) in windows {
        if window.onset.best_s > reach + APART_S || clusters.is_empty() {
            clusters.push(Vec::new());
        }
        reach = reach.max(end(window, last));
        if let Some(cluster) = clusters.last_mut() {
            cluster.push((window, last));
        }
    }
    let total = |cluster: &Vec<(&ImpactWindow, i64)>| -> f64 { cluster.iter().map(|(w, l)| weight(w, *l)).sum() };
    // The earliest of equally heavy clusters speaks.
    let main = clusters.iter().rev().max_by(|a, b| total(a).total_cmp(&total(b)))?;
    Some(Found { bounds: bounds(main, last_s), weight: total(main) })
}

/// First onset and last recovery among the windows that matter. An open end counts only when the
/// evidence of that service goes on to the end of all evidence.
fn bounds(cluster: &[(&ImpactWindow, i64)], last_s: i64) -> (TimeInterval, Option<TimeInterval>) {
    let heaviest = cluster.iter().map(|(w, l)| weight(w, *l)).fold(0.0, f64::max);
    let matter: Vec<_> = cluster.iter().filter(|(w, l)| weight(w, *l) >= 0.05 * heaviest).collect();
    // What had surely begun first: a coarse curve does not beat a sharp one inside its own doubt.
    let onset = matter.iter().map(|(w, _)| w.onset).min_by_key(|o| (o.to_s, o.best_s)).unwrap_or(TimeInterval {
        best_s: last_s,
        from_s: last_s,
        to_s: last_s,
    });
    let counted = |w: &ImpactWindow| w.mean.is_some() || w.signal == "error_lines";
    let still_open = matter.iter().any(|(w, l)| counted(w) && w.recovery.is_none() && *l >= last_s - 600);
    let recovery = matter.iter().filter_map(|(w, _)| w.recovery).max_by_key(|r| (r.from_s, r.best_s));
    (onset, recovery.filter(|_| !still_open))
}
