//! When the impact began to fall for good.

use std::collections::BTreeMap;

use super::context::Context;
use crate::model::{Bucket, Citation, Outcome, TimeInterval};

/// The turn with the level the curve fell from.
pub(super) struct Turn {
    pub(super) interval: TimeInterval,
    /// Mean error ratio of the last plateau.
    pub(super) level: f64,
    pub(super) evidence: Vec<Citation>,
}

/// Buckets whose middle value is the last plateau.
const PLATEAU: usize = 5;

/// Widths the turn is looked for at, seconds: the finest at which services hold enough requests.
const WIDTHS: [i64; 2] = [60, 300];

/// Requests a service needs in a bucket to be heard.
const HEARD: f64 = 5.0;

/// Mean error ratio of the hurt services by bucket, inside the incident. Services weigh alike, so
/// that a busy one does not speak for all; what was turned away on purpose is no success.
fn mean_curve(context: &Context<'_>, from: i64, to: i64) -> Vec<(i64, f64)> {
    let mut sums: BTreeMap<i64, (f64, u32)> = BTreeMap::new();
    let counted = context.own().filter(|h| h.lead().is_some_and(|w| w.signal == "error_ratio"));
    for bucket in counted.flat_map(|h| &h.rates.buckets).filter(|b| b.start_s >= from && b.start_s <= to) {
        if let Some(ratio) = bucket.ratio {
            let sum = sums.entry(bucket.start_s).or_default();
            *sum = (sum.0 + served(context, bucket).unwrap_or(ratio.value), sum.1 + 1);
        }
    }
    sums.into_iter().map(|(s, (sum, n))| (s, sum / f64::from(n.max(1)))).collect()
}

/// Share of failures among the requests that were not turned away; `None` where none were counted.
pub(super) fn served(context: &Context<'_>, bucket: &Bucket) -> Option<f64> {
    let turned_away = if context.rates.policy.is_error(Outcome::Throttled) { 0.0 } else { bucket.throttled };
    let (requests, failed) = (bucket.requests? - turned_away, bucket.failed?);
    (requests > 0.0).then(|| (failed / requests).min(1.0))
}

/// The same from single seconds of logs, where most hurt services have a log that counts requests.
fn mean_of_logs(context: &Context<'_>, from: i64, to: i64, width: i64) -> Option<Vec<(i64, f64)>> {
    let policy = &context.rates.policy;
    let mut sums: BTreeMap<(&str, i64), (f64, f64)> = BTreeMap::new();
    let own: Vec<&str> = context.own().map(|h| h.name()).collect();
    for track in &context.evidence.tracks {
        let Some(service) = own.iter().find(|s| **s == context.evidence.names.of(&track.key.service)) else { continue };
        for (second, cell) in track.track.cells.range(from..to + 1) {
            let sum = sums.entry((*service, second - second.rem_euclid(width))).or_default();
            let counts = |o: &Outcome| policy.is_counted(*o) && (*o != Outcome::Throttled || policy.is_error(*o));
            for outcome in Outcome::ALL.into_iter().filter(counts) {
                let n = f64::from(cell.outcomes.get(outcome));
                *sum = (sum.0 + n, sum.1 + if policy.is_error(outcome) { n } else { 0.0 });
            }
        }
    }
    let mut means: BTreeMap<i64, (f64, u32)> = BTreeMap::new();
    let mut heard: BTreeMap<&str, usize> = BTreeMap::new();
    for ((service, start), (requests, failed)) in sums.iter().filter(|(_, (requests, _))| *requests >= HEARD) {
        *heard.entry(*service).or_default() += 1;
        let mean = means.entry(*start).or_default();
        *mean = (mean.0 + failed / requests, mean.1 + 1);
    }
    let needed = ((to - from) / width / 2).max(1) as usize;
    let steady = heard.values().filter(|n| **n >= needed).count();
    (steady * 3 >= own.len() && steady > 0)
        .then(|| means.into_iter().map(|(s, (m, n))| (s, m / f64::from(n.max(1)))).collect())
}

/// The finest curve that can be trusted, with its width.
fn curve_of(context: &Context<'_>, from: i64, to: i64) -> (i64, Vec<(i64, f64)>) {
    let width = i64::from(context.rates.bucket_s.max(1));
    let finer = WIDTHS.into_iter().filter(|w| *w < width);
    let logs = finer.filter_map(|w| Some((w, mean_of_logs(context, from - w, to + w, w)?))).next();
    logs.unwrap_or_else(|| (width, mean_curve(context, from - width, to + width)))
}

/// From the last bucket on the last plateau; `None` while the incident is open or too short to tell.
pub(super) fn of(context: &Context<'_>) -> Option<Turn> {
    let (onset, end) = context.rates.incident?;
    let end = end?;
    let (width, curve) = curve_of(context, onset.best_s, end.best_s);
    let (mut at, mut level) = last_of_plateau(&curve)?;
    // What fell when load was taken off has not recovered: the turn is sought in what was left.
    let near = |shed: i64| (at + width - shed).abs() <= (2 * width).max(SHED_SHOWS_S);
    if let Some(shed) = super::shedding::by_word(context).into_iter().map(|s| s.from_s).find(|s| near(*s)) {
        let left: Vec<(i64, f64)> = curve.iter().copied().filter(|(s, _)| *s >= shed + width).collect();
        let lasts = left.iter().map(|(_, v)| *v).fold(0.0, f64::max) >= LEFT * level;
        if let Some(found) = last_of_plateau(&left).filter(|_| lasts) {
            (at, level) = found;
        }
    }
    let best_s = at + width;
    let evidence: Vec<Citation> =
        context.hurt.iter().filter_map(|h| h.lead()?.evidence.last().cloned()).take(4).collect();
    Some(Turn { interval: TimeInterval { best_s, from_s: best_s - width, to_s: best_s + width }, level, evidence })
}

/// Load that is taken off shows in the curve within this time, seconds.
const SHED_SHOWS_S: i64 = 300;

/// Share of the level before that must be left after load was taken off, for the impact to go on.
const LEFT: f64 = 0.1;

/// Start of the last bucket on the last plateau of a curve, with the level of that plateau.
fn last_of_plateau(curve: &[(i64, f64)]) -> Option<(i64, f64)> {
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
    Some((curve.get(last)?.0, level))
}
