//! How far every metric of a service left its usual range during the incident: what suspects are ranked by
//! where nobody counted requests one by one.
//!
//! Usual is the median of the points before the incident. The spread is the range they cover, and never less
//! than a twentieth of the median or what the same metric of the other services usually covers: a change from
//! 0.07 to 0.08 % of a processor is many times its own spread and means nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::impact::run_needed;
use super::metrics::{counted, service_by, spread, step};
use super::naming::{self, Role};
use crate::model::{Citation, Deviation, Evidence, MetricKind, MetricRules, Rates, Series, SignalKind, SourceId};

/// Points before the incident that make a reference.
const FEWEST: usize = 10;
/// Up to so many points the range is from the least to the greatest; beyond, the outer percents are left out.
const FEW: usize = 300;
/// Least spread, as a share of the median.
const FLOOR: f64 = 0.05;
/// Least spread of a share of failures.
const SHARE_FLOOR: f64 = 0.005;
/// An alert speaks of what began up to so long before it, seconds.
const ALERT_LAG_S: i64 = 600;
/// An impact that began longer before the first alert is another story, seconds.
const SAME_STORY_S: i64 = 3 * 3600;
/// Metrics are looked at for at least so long, seconds.
const LEAST_WINDOW_S: i64 = 3600;
/// Deviations kept of each service, strongest first.
const MOST: usize = 12;
/// A metric that never moved before is out of its range by any change: how far says nothing beyond this.
const STRONGEST: f64 = 1_000.0;
/// The level of the first seconds of the incident, at least so many and so many steps, is the one it shifted to.
const SETTLE_S: i64 = 300;
const SETTLE_STEPS: f64 = 6.0;
/// Parts of the evidence at whose beginnings a change is looked for when neither impact nor alert tells one.
const PARTS: usize = 48;

/// One series as levels over time.
struct Level<'e> {
    service: String,
    /// The service as this series writes it: what its requests are found by.
    written: String,
    metric: &'e str,
    /// The metric without the service that its name may begin with: what is compared across services.
    family: String,
    kind: SignalKind,
    /// Second and value; shares of failures from 0 to 1.
    points: Vec<(i64, f64)>,
    share: bool,
    /// Seconds of one point, where the points are counts a second.
    counted_every: Option<f64>,
    source: SourceId,
    series: &'e Series,
}

impl Level<'_> {
    /// What chance makes of a count at its usual level: three deviations (Poisson) of the count of one step,
    /// and three counts where there usually are none. A lone failure is no deviation.
    fn chance(&self, centre: f64) -> f64 {
        match self.counted_every {
            Some(step) => 3.0 * (centre.abs() * step).max(1.0).sqrt() / step,
            None => 0.0,
        }
    }
}

/// Deviations of every service from the beginning of the incident on, by service and strength.
pub(super) fn of(evidence: &Evidence, rates: &Rates, rules: &MetricRules) -> Vec<Deviation> {
    let copies = evidence.copies();
    let series = || evidence.series.iter().filter(|(source, _)| !copies.contains_key(source));
    let beside = Beside::of(series());
    let levels: Vec<Level<'_>> = series().filter_map(|(id, s)| level(evidence, rules, &beside, *id, s)).collect();
    let Some((start, end)) = window(evidence, rates, &levels) else { return Vec::new() };
    let requests = requests(evidence, rules, start);
    let mut usual: Vec<(f64, f64)> = Vec::with_capacity(levels.len());
    for level in &levels {
        usual.push(reference(&level.points, start).unwrap_or((f64::NAN, f64::NAN)));
    }
    let families = families(&levels, &usual);
    let mut out: Vec<Deviation> = Vec::new();
    for (level, (centre, range)) in levels.iter().zip(usual) {
        if !centre.is_finite() {
            continue;
        }
        // Services differ in how long they take, and that tells nothing of any of them.
        let compared = matches!(level.kind, SignalKind::Other | SignalKind::Traffic);
        let family = families.get(&level.family).copied().filter(|_| compared).unwrap_or(0.0);
        let floor = if level.share { SHARE_FLOOR } else { FLOOR * centre.abs() }.max(level.chance(centre));
        let spread = range.max(floor).max(family).max(f64::MIN_POSITIVE);
        out.extend(deviation(level, (centre, spread), (start, end), requests.get(&level.written)));
    }
    out.sort_by(|a, b| {
        (a.service.cmp(&b.service)).then(b.strength.total_cmp(&a.strength)).then(a.metric.cmp(&b.metric))
    });
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    out.retain(|d| {
        let count = kept.entry(d.service.clone()).or_default();
        *count += 1;
        *count <= MOST
    });
    out
}

/// Of each metric of a service in a source, the series with the most points. A code that nothing was answered with
/// yet has no series, or no row: what is written beside it tells that it was zero.
struct Beside<'e>(BTreeMap<(SourceId, &'e str, Option<String>), &'e Series>);

impl<'e> Beside<'e> {
    fn of(all: impl Iterator<Item = &'e (SourceId, Series)>) -> Beside<'e> {
        let mut out: BTreeMap<(SourceId, &str, Option<String>), &Series> = BTreeMap::new();
        for (source, series) in all {
            let known = out.entry((*source, series.name.as_str(), naming::service(series))).or_insert(series);
            if series.points.len() > known.points.len() {
                *known = series;
            }
        }
        Beside(out)
    }

    /// What a series of failures counted a second, at the steps of the series beside it.
    fn per_second(&self, source: SourceId, series: &Series) -> Vec<(i64, f64)> {
        let key = (source, series.name.as_str(), naming::service(series));
        let beside = self.0.get(&key).copied().filter(|b| b.points.len() > series.points.len());
        let width = beside.map_or(step(series), |b| step(b).min(step(series)));
        let grid = (width as i64).max(1);
        let first = beside.and_then(|b| b.points.first());
        let born = series.points.first().zip(first).filter(|(own, other)| other.0 < own.0);
        let before = born.and_then(|(own, _)| beside?.points.iter().rev().find(|p| p.0 < own.0).map(|p| p.0));
        let mut out = spread(&counted(series, width, before), grid);
        for (ns, _) in beside.iter().flat_map(|b| &b.points) {
            let at = ns.div_euclid(1_000_000_000);
            out.entry(at - at.rem_euclid(grid)).or_insert(0.0);
        }
        out.into_iter().map(|(at, amount)| (at, amount / grid as f64)).collect()
    }
}

fn level<'e>(
    evidence: &'e Evidence,
    rules: &MetricRules,
    beside: &Beside<'e>,
    source: SourceId,
    series: &'e Series,
) -> Option<Level<'e>> {
    let service = service_by(evidence, rules, source, series)?;
    let written = naming::service(series).unwrap_or_else(|| service.clone());
    let words = naming::words(&series.name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    if series.labels.contains_key("le") || has(&["bucket", "created", "timestamp"]) {
        return None;
    }
    let role = naming::role_by(rules, series);
    let slow = has(&["latency", "lat", "duration", "rtt"]) || (has(&["response"]) && has(&["time"]));
    let scaled =
        |to: &dyn Fn(f64) -> f64| series.points.iter().map(|(ns, v)| (ns.div_euclid(1_000_000_000), to(*v))).collect();
    // A level that happens to climb is no counter.
    let counting =
        series.kind == MetricKind::Counter || ["_count", "_total"].iter().any(|end| series.name.ends_with(end));
    let failures = || beside.per_second(source, series);
    let per_step = || {
        let own = step(series);
        let step = (own as i64).max(1);
        spread(&counted(series, own, None), step).into_iter().map(|(at, amount)| (at, amount / step as f64)).collect()
    };
    let (kind, share, points): (SignalKind, bool, Vec<(i64, f64)>) = match role {
        Role::ErrorRatio(factor) => (SignalKind::Errors, true, scaled(&|v| v * factor)),
        Role::SuccessRatio(factor) => (SignalKind::Errors, true, scaled(&|v| 1.0 - v * factor)),
        Role::Failures => (SignalKind::Errors, false, failures()),
        Role::Outcome(outcome) if outcome.is_failure() => (SignalKind::Errors, false, failures()),
        Role::Requests | Role::Outcome(_) => (SignalKind::Traffic, false, per_step()),
        Role::Latency(_, factor) => (SignalKind::Latency, false, scaled(&|v| v * factor)),
        Role::Bucket(_) => return None,
        Role::Other if slow && !counting => (SignalKind::Latency, false, scaled(&|v| v)),
        Role::Other if counting => (SignalKind::Other, false, per_step()),
        Role::Other => (SignalKind::Other, false, scaled(&|v| v)),
    };
    let family = series.name.strip_prefix(written.as_str()).unwrap_or(&series.name).to_string();
    let points: Vec<(i64, f64)> = points.into_iter().filter(|(_, v)| v.is_finite()).collect();
    if points.len() < FEWEST {
        return None;
    }
    let counts = matches!(role, Role::Failures | Role::Requests | Role::Outcome(_));
    let counted_every = counts.then(|| step(series).max(1.0));
    Some(Level { service, written, metric: &series.name, family, kind, points, share, counted_every, source, series })
}

/// From when to when the metrics are held against what came before. The first alert tells it roughly, and the
/// onset of what it speaks of more sharply; without alert the impact does, and with neither the moment at
/// which most series left their range.
fn window(evidence: &Evidence, rates: &Rates, levels: &[Level<'_>]) -> Option<(i64, i64)> {
    let alerts = evidence.events.iter().filter(|e| e.kind.is_alert());
    let alert = alerts.min_by_key(|e| e.at.utc_ns).map(|e| (e.at.seconds(), &e.services));
    let same_story = |at: &i64| alert.is_none_or(|(alert, _)| (alert - SAME_STORY_S..=alert).contains(at));
    let onset_of = |service: &String| {
        let of = rates.service(evidence.names.of(service))?;
        of.impact.iter().chain(&of.elsewhere).map(|w| w.onset.best_s).filter(same_story).min()
    };
    let start = match (alert, rates.incident) {
        (Some((alert, services)), _) => {
            services.iter().filter_map(onset_of).min().unwrap_or(alert).min(alert - ALERT_LAG_S)
        }
        (None, Some((onset, _))) => onset.from_s.min(onset.best_s),
        (None, None) => change(levels)?,
    };
    let end = match rates.incident {
        Some((onset, Some(end))) if same_story(&onset.best_s) => end.to_s,
        Some((_, Some(_))) => i64::MIN,
        _ => i64::MAX,
    };
    Some((start, end.max(start + LEAST_WINDOW_S)))
}

/// The beginning of the part of the evidence before which most series were calm and from which on they were not.
fn change(levels: &[Level<'_>]) -> Option<i64> {
    let first = levels.iter().filter_map(|l| l.points.first()).map(|p| p.0).min()?;
    let last = levels.iter().filter_map(|l| l.points.last()).map(|p| p.0).max()?;
    let width = (last - first).max(1) as f64 / PARTS as f64;
    let moved = |at: i64| -> f64 {
        let until = at + (width * 4.0).ceil() as i64;
        let strength = |l: &Level<'_>| {
            let (centre, range) = reference(&l.points, at)?;
            let spread = range.max(FLOOR * centre.abs()).max(l.chance(centre)).max(f64::MIN_POSITIVE);
            let inside: Vec<f64> = l.points.iter().filter(|(s, _)| (at..until).contains(s)).map(|(_, v)| *v).collect();
            let mean = inside.iter().sum::<f64>() / inside.len().max(1) as f64;
            (!inside.is_empty()).then(|| ((mean - centre).abs() / spread - 1.0).clamp(0.0, 10.0))
        };
        levels.iter().filter_map(strength).sum()
    };
    let starts = (PARTS / 8..PARTS).map(|part| first + (part as f64 * width) as i64);
    let weighed: Vec<(i64, f64)> = starts.map(|at| (at, moved(at))).collect();
    let best = weighed.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    // The change lies near the beginning of that part, on either side of it: what is usual ends a part before,
    // or the first points of the fault would be taken for usual.
    (best.1 > 0.0).then_some(best.0 - width.ceil() as i64)
}

/// Median and range of the points before `start`; `None` when they are too few.
fn reference(points: &[(i64, f64)], start: i64) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = points.iter().take_while(|(at, _)| *at < start).map(|(_, v)| *v).collect();
    if values.len() < FEWEST {
        return None;
    }
    let mut at = |share: f64| {
        let place = (share * (values.len() - 1) as f64).round() as usize;
        *values.select_nth_unstable_by(place, f64::total_cmp).1
    };
    let outer = if points.len() > FEW { 0.01 } else { 0.0 };
    let (low, centre, high) = (at(outer), at(0.5), at(1.0 - outer));
    Some((centre, high - low))
}

/// The usual range of each metric over all services that have it.
fn families(levels: &[Level<'_>], usual: &[(f64, f64)]) -> BTreeMap<String, f64> {
    let mut ranges: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (level, (_, range)) in levels.iter().zip(usual).filter(|(_, (centre, _))| centre.is_finite()) {
        ranges.entry(&level.family).or_default().push(*range);
    }
    let several = ranges.into_iter().filter(|(_, ranges)| ranges.len() >= 3);
    several.filter_map(|(family, ranges)| Some((family.to_string(), super::curve::median(ranges)?))).collect()
}

/// Requests of each service, as written, by second of the stamp, from shortly before `start` on.
fn requests(evidence: &Evidence, rules: &MetricRules, start: i64) -> BTreeMap<String, BTreeMap<i64, f64>> {
    let mut out: BTreeMap<String, BTreeMap<i64, f64>> = BTreeMap::new();
    let copies = evidence.copies();
    for (source, series) in evidence.series.iter().filter(|(source, _)| !copies.contains_key(source)) {
        let named = || naming::service(series).or_else(|| service_by(evidence, rules, *source, series));
        let (Role::Requests, Some(service)) = (naming::role_by(rules, series), named()) else { continue };
        let points = out.entry(service).or_default();
        let step = step(series);
        for (at, amount) in spread(&counted(series, step, None), (step as i64).max(1)) {
            if at as f64 >= start as f64 - 2.0 * step {
                *points.entry(at).or_default() += amount;
            }
        }
    }
    out
}

/// The points of a level; of one so fine that two points make no stretch, a lone spike is nothing. Failures come
/// in lumps.
fn steady<'l>(level: &'l Level<'_>, step: f64) -> Cow<'l, [(i64, f64)]> {
    if level.kind == SignalKind::Errors || run_needed(step as i64) <= 2 || level.points.is_empty() {
        return Cow::Borrowed(&level.points);
    }
    let values: Vec<f64> = level.points.iter().map(|p| p.1).collect();
    Cow::Owned(level.points.iter().map(|p| p.0).zip(super::change::despiked(&values)).collect())
}

/// What a series did from the beginning of the incident on, against its usual level and spread.
fn deviation(
    level: &Level<'_>,
    (centre, spread): (f64, f64),
    (start, end): (i64, i64),
    requests: Option<&BTreeMap<i64, f64>>,
) -> Option<Deviation> {
    let worse = |value: f64, from: f64| match level.kind {
        SignalKind::Errors | SignalKind::Latency => value - from,
        SignalKind::Traffic | SignalKind::Other => (value - from).abs(),
    };
    let step = step(level.series);
    let points = steady(level, step);
    let split = points.partition_point(|(at, _)| *at < start);
    let (before, after) = points.split_at(split);
    let inside = after.iter().take_while(|(at, _)| *at <= end);
    // What was out of its range already has its own last level for reference.
    let last = before.last().map_or(centre, |(_, v)| *v);
    let out_before = worse(last, centre) > spread;
    let from = if worse(last, centre) > 0.0 { last } else { centre };
    let usual = if out_before { last } else { centre };
    // Failures a second are counts already; shares and latencies are of requests.
    let counts = level.kind == SignalKind::Errors && !level.share;
    let requests = requests.filter(|_| !counts);
    let weight = |at: i64| {
        requests.map_or(step, |r| {
            r.range(..=at).next_back().filter(|(s, _)| at - **s <= step as i64).map_or(0.0, |(_, n)| *n)
        })
    };
    let (mut strength, mut worst, mut excess, mut onset) = (0.0_f64, centre, 0.0, None);
    for (at, value) in inside {
        let here = (worse(*value, usual) / spread).min(STRONGEST);
        if here > strength {
            (strength, worst) = (here, *value);
        }
        if here > 1.0 && onset.is_none() {
            onset = Some(*at);
        }
        excess += worse(*value, from).max(0.0) * weight(*at);
    }
    let onset_s = onset?;
    let settled = after.iter().take_while(|(at, _)| *at < start + SETTLE_S.max((SETTLE_STEPS * step) as i64));
    let settled = super::curve::median(settled.map(|(_, v)| *v).collect());
    Some(Deviation {
        service: level.service.clone(),
        metric: level.metric.to_string(),
        kind: level.kind,
        share: level.share,
        usual,
        spread,
        worst,
        strength,
        shift: settled.map(|level| ((level - centre) / spread).clamp(-STRONGEST, STRONGEST)),
        excess,
        counted: counts || requests.is_some(),
        out_before,
        onset_s,
        evidence: cite(level, onset_s),
    })
}

/// The line of the first point out of range, else a line of the series.
fn cite(level: &Level<'_>, onset_s: i64) -> Vec<Citation> {
    let series = level.series;
    let at = series.points.partition_point(|(ns, _)| ns.div_euclid(1_000_000_000) < onset_s);
    vec![series.cite(level.source, at).unwrap_or_else(|| series.last.cite(level.source))]
}
