//! The changes of every metric series of the evidence.

use rayon::prelude::*;

use super::change::{self, Step, Worse};
use super::metrics::{increases, is_counter, service_by, step};
use super::naming::{self, Role};
use crate::model::{Evidence, LevelChange, MetricKind, MetricRules, PointStamp, Series, SeriesChanges, SourceId};

/// Points closer together than this must be three in a row to make a level, others two, seconds.
const DENSE_S: f64 = 10.0;

/// Numbers in time order with the stamps they stand at.
struct Row {
    times: Vec<i64>,
    values: Vec<f64>,
    stamp: PointStamp,
    kind: MetricKind,
}

/// The numbers of a series; of a counter what it grew by a second between two points.
fn row(series: &Series) -> Row {
    if is_counter(series) {
        let grown = increases(&series.points, step(series), None);
        let grown: Vec<_> = grown.into_iter().filter(|p| p.to > p.from).collect();
        return Row {
            times: grown.iter().map(|p| (p.to * 1e9).round() as i64).collect(),
            values: grown.iter().map(|p| p.amount / (p.to - p.from)).collect(),
            stamp: PointStamp::End,
            kind: MetricKind::Counter,
        };
    }
    let mut points: Vec<(i64, f64)> = series.points.iter().copied().filter(|p| p.1.is_finite()).collect();
    points.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup_by_key(|p| p.0);
    let (times, values) = points.into_iter().unzip();
    Row { times, values, stamp: series.stamp, kind: series.kind }
}

/// Which way is bad, as far as the name says it.
fn worse(role: Role) -> Worse {
    match role {
        Role::Outcome(outcome) if outcome.is_failure() => Worse::Up,
        Role::ErrorRatio(_) | Role::Failures | Role::Latency(..) => Worse::Up,
        Role::SuccessRatio(_) => Worse::Down,
        _ => Worse::Either,
    }
}

/// The change with its times. A stamp speaks for a stretch: when it says neither start nor end, a
/// step is added on both sides.
fn placed(row: &Row, step_ns: i64, found: &Step) -> Option<LevelChange> {
    let (first, last) = found.between;
    let before = first.checked_sub(1).unwrap_or(first);
    let early = if row.stamp == PointStamp::Start { 0 } else { step_ns };
    let late = if row.stamp == PointStamp::End { 0 } else { step_ns };
    Some(LevelChange {
        at_ns: *row.times.get(found.index)?,
        from_ns: row.times.get(before)?.saturating_sub(early),
        to_ns: row.times.get(last)?.saturating_add(late),
        level_before: found.level_before,
        level_after: found.level_after,
        effect: found.effect.is_finite().then_some(found.effect),
        partial: found.partial,
    })
}

fn changes_of(
    evidence: &Evidence,
    rules: &MetricRules,
    alerts: &[(i64, &[String])],
    at: &(SourceId, Series),
) -> SeriesChanges {
    let (source, series) = at;
    let role = naming::role_by(rules, series);
    let row = row(series);
    let step_s = step(series);
    let shortest = if step_s < DENSE_S { 3 } else { 2 };
    let service = service_by(evidence, rules, *source, series);
    // An alert about another service says nothing of this one.
    let own =
        |names: &[String]| names.is_empty() || names.iter().any(|n| Some(evidence.names.of(n)) == service.as_deref());
    let within = |at: i64| row.times.first().is_some_and(|f| *f < at) && row.times.last().is_some_and(|l| *l >= at);
    let near = alerts.iter().filter(|(at, names)| within(*at) && own(names));
    let near: Vec<usize> = near.map(|(at, _)| row.times.partition_point(|t| t < at)).collect();
    let found = change::find(&row.values, shortest, worse(role), &near);
    let step_ns = (step_s * 1e9) as i64;
    let placed = |steps: &[Step]| steps.iter().filter_map(|s| placed(&row, step_ns, s)).collect();
    SeriesChanges {
        name: series.name.clone(),
        labels: series.labels.clone(),
        service,
        kind: row.kind,
        unit: series.unit.clone(),
        source: *source,
        path: evidence.sources.get(source.0 as usize).map(|s| s.info.path.clone()).unwrap_or_default(),
        points: row.values.len(),
        step_s,
        onsets: placed(&found.onsets),
        recoveries: placed(&found.recoveries),
        change_points: placed(&found.change_points),
    }
}

/// Onsets, recoveries and changes of level of every metric series, in the order of the evidence. Where
/// an alert fired, smaller onsets are believed. Copies of a file count once.
pub fn changes(evidence: &Evidence, rules: &MetricRules) -> Vec<SeriesChanges> {
    let copies = evidence.copies();
    let mut alerts: Vec<(i64, &[String])> =
        evidence.events.iter().filter(|e| e.kind.is_alert()).map(|e| (e.at.utc_ns, e.services.as_slice())).collect();
    alerts.sort_by_key(|a| a.0);
    alerts.dedup();
    let series: Vec<_> = evidence.series.iter().filter(|(source, _)| !copies.contains_key(source)).collect();
    series.into_par_iter().map(|at| changes_of(evidence, rules, &alerts, at)).collect()
}
