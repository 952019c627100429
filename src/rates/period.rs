//! One period of the evidence, measured by itself.

use super::curve::{self, Curve, pooled, roll_up};
use super::impact::{self, Detection};
use super::views::{self, ServiceViews, View};
use super::windows::{self, Subject};
use super::{Options, incident, latency, metrics, periods, signals, traffic};
use crate::model::{ErrorPolicy, Evidence, OperationRates, Ratio, ServiceRates, TimeInterval, Viewpoint};

/// What one period gave.
#[derive(Default)]
pub(super) struct Measured {
    /// Width of its buckets, seconds.
    pub(super) bucket: i64,
    /// Services by name.
    pub(super) services: Vec<ServiceRates>,
    /// Its heaviest stretch of impact.
    pub(super) incident: Option<(TimeInterval, Option<TimeInterval>)>,
    /// How heavy that is; 0 without one.
    pub(super) weight: f64,
}

/// Evidence longer than this is read around the incident: its buckets are as fine as that stretch
/// allows, however long the rest is.
const READ_WHOLE_S: i64 = 86_400;

/// See [`super::measure`]; `None` when nothing was counted.
pub(super) fn measure(evidence: &Evidence, options: &Options) -> Option<Measured> {
    let span = views::core_span(&periods::hours(evidence))?;
    let grid = views::grid(span, options.bucket_s);
    let mut services = views::of_logs(evidence, &options.policy, grid);
    for (service, metric_views) in metrics::of_metrics(evidence, &options.policy, &options.metrics, grid) {
        services.entry(service).or_default().views.extend(metric_views);
    }
    services.values_mut().for_each(ServiceViews::order);
    services.values_mut().for_each(|views| put_speaking_first(views, grid));
    let spoken = traffic::Spoken::of(&evidence.tracks, grid);
    // A provider's trouble is part of the story, but not our incident.
    let external = |s: &ServiceRates| evidence.names.info(&s.service).is_some_and(|i| i.external);
    let at_width = |bucket: i64| {
        let setting = Setting { grid, bucket, policy: &options.policy, spoken: &spoken };
        let mut measured: Vec<ServiceRates> =
            services.iter().map(|(name, v)| service_rates(name, v, &setting)).collect();
        measured.retain(|s| !s.buckets.is_empty());
        let found = incident::of(&measured.iter().filter(|s| !external(s)).collect::<Vec<_>>());
        (measured, found)
    };
    let fixed = options.bucket_s.map(|b| i64::from(b).max(1));
    let mut bucket = fixed.unwrap_or_else(|| views::bucket_width(span, &services, grid).max(1));
    let (mut measured, mut found) = at_width(bucket);
    if let (None, Some(stretch)) = (fixed, &found) {
        let finer = views::bucket_width(around(stretch.bounds, span), &services, grid).max(1);
        if span.1 - span.0 > READ_WHOLE_S && finer < bucket {
            bucket = finer;
            (measured, found) = at_width(bucket);
        }
    }
    let setting = Setting { grid, bucket, policy: &options.policy, spoken: &spoken };
    let (incident, weight) = found.map_or((None, 0.0), |f| (Some(f.bounds), f.weight));
    for rates in &mut measured {
        if let Some(views) = services.get(&rates.service) {
            rates.operations = operations(views, &setting, incident.map(|(o, r)| (o.best_s, r.map(|r| r.best_s))));
        }
    }
    Some(Measured { bucket, services: measured, incident, weight })
}

/// A few records of a log, or few requests of a metric, do not silence another view of the service that shows
/// an outage: where the first view holds too little to deny it, the one that shows it comes first.
fn put_speaking_first(views: &mut ServiceViews<'_>, grid: i64) {
    let Some(first) = views.primary().filter(|_| views.views.len() > 1) else { return };
    let samples = |from: i64, to: i64| pooled(&first.curve, from, to).samples;
    let denies = |from: i64, to: i64| samples(from, to) >= views::ENOUGH_REQUESTS;
    let (Some(begin), Some(end)) = (first.curve.first(), first.curve.last()) else { return };
    let usual = samples(i64::MIN, i64::MAX) / (end.0 - begin.0).max(1) as f64;
    if usual * 300.0 >= views::ENOUGH_REQUESTS || !impact::detect(&first.curve, grid, first.step).stretches.is_empty() {
        return;
    }
    let shows = |view: &View<'_>| {
        let found = view.has_ratio().then(|| impact::detect(&view.curve, grid, view.step).stretches);
        found.is_some_and(|s| s.iter().any(|s| !denies(s.from, s.to)))
    };
    if let Some(at) = (1..views.views.len()).find(|i| views.views.get(*i).is_some_and(shows)) {
        let view = views.views.remove(at);
        views.views.insert(0, view);
    }
}

/// The incident with as much before and after, at least six hours of each, inside the evidence.
fn around((onset, recovery): (TimeInterval, Option<TimeInterval>), span: (i64, i64)) -> (i64, i64) {
    let end = recovery.map_or(span.1, |r| r.best_s);
    let margin = (end - onset.best_s).max(6 * 3600);
    ((onset.best_s - margin).max(span.0), (end + margin).min(span.1))
}

/// What all services are measured under.
struct Setting<'a> {
    grid: i64,
    bucket: i64,
    policy: &'a ErrorPolicy,
    spoken: &'a traffic::Spoken,
}

fn service_rates(name: &str, views: &ServiceViews<'_>, setting: &Setting<'_>) -> ServiceRates {
    let tracks = views.timed_tracks();
    let empty = View::default();
    let view = views.primary().unwrap_or(&empty);
    let detection = impact::detect(&view.curve, setting.grid, view.step);
    let subject = Subject {
        curve: &view.curve,
        grid: setting.grid,
        bucket: setting.bucket,
        view,
        tracks: &tracks,
        operation: None,
        policy: setting.policy,
    };
    let latency = latency::of(views, setting.bucket);
    let mut impact = windows::error_windows(&subject, &detection);
    let mut others = traffic::windows(views, view, setting.spoken, setting.grid, setting.bucket.min(300));
    others.extend(signals::latency(&latency.p95(), setting.bucket));
    if !view.has_ratio() {
        let lines = curve::sum(
            [&views.lines].into_iter().chain(views.views.iter().filter(|v| v.from_metrics).map(|v| &v.curve)),
        );
        others.extend(signals::error_lines(&lines, setting.grid));
    }
    for mut window in others {
        window.evidence = windows::cite_any(views, &window);
        impact.push(window);
    }
    impact.sort_by(|a, b| a.onset.best_s.cmp(&b.onset.best_s).then_with(|| a.signal.cmp(&b.signal)));
    let reference = detection.reference;
    ServiceRates {
        service: name.to_string(),
        viewpoints: viewpoints(views, setting.bucket),
        buckets: latency.buckets(display_curve(views, view, setting.bucket)),
        baseline: reference.and_then(|r| r.counts.ratio()),
        baseline_rps: reference.filter(|r| r.counts.requests > 0.0).map(|r| r.counts.requests / r.seconds),
        latency: latency.summary(&impact),
        impact,
        elsewhere: Vec::new(),
        throughout: detection.throughout.then(|| windows::throughout(&subject)).flatten(),
        operations: Vec::new(),
    }
}

/// The curve a report shows: requests of the primary view, log lines of all views.
fn display_curve(views: &ServiceViews<'_>, view: &View<'_>, bucket: i64) -> Curve {
    let mut own = roll_up(&view.curve, bucket);
    for (_, counts) in own.iter_mut().filter(|_| !view.from_metrics) {
        (counts.lines, counts.error_lines) = (0.0, 0.0);
    }
    let mut lines = roll_up(&views.lines, bucket);
    for (_, counts) in &mut lines {
        *counts = curve::Counts { lines: counts.lines, error_lines: counts.error_lines, ..Default::default() };
    }
    curve::sum([&own, &lines])
}

fn viewpoints(views: &ServiceViews<'_>, bucket: i64) -> Vec<Viewpoint> {
    let peak = |v: &View<'_>| {
        let ratios = roll_up(&v.curve, bucket)
            .into_iter()
            .filter(|(_, c)| c.requests <= 0.0 || c.samples >= views::ENOUGH_REQUESTS);
        ratios.filter_map(|(_, c)| c.ratio()).max_by(|a, b| a.value.total_cmp(&b.value))
    };
    let point = |(i, v): (usize, &View<'_>)| Viewpoint {
        format: v.format.clone(),
        sources: v.sources.iter().copied().collect(),
        requests: v.requests(),
        peak: peak(v),
        primary: i == 0,
    };
    views.views.iter().enumerate().map(point).collect()
}

/// Operations of the best view that names any, most requests first.
fn operations(
    views: &ServiceViews<'_>,
    setting: &Setting<'_>,
    incident: Option<(i64, Option<i64>)>,
) -> Vec<OperationRates> {
    // The best log that names operations speaks for them, since its lines can be cited; else a metric.
    let named = |v: &&View<'_>| v.has_ratio() && v.operations.keys().any(|o| !o.is_empty());
    let log = views.views.iter().filter(|v| !v.from_metrics).find(named);
    let Some(view) = log.or_else(|| views.views.iter().find(named)) else {
        return Vec::new();
    };
    let tracks = views.timed_tracks();
    let ratio = |curve: &Curve, from: i64, to: i64| -> Option<Ratio> { pooled(curve, from, to).ratio() };
    let mut out: Vec<OperationRates> = view
        .operations
        .iter()
        .filter(|(_, curve)| curve.iter().any(|(_, c)| c.requests > 0.0))
        .map(|(operation, curve)| {
            let detection: Detection = impact::detect(curve, setting.grid, view.step);
            let subject = Subject {
                curve,
                grid: setting.grid,
                bucket: setting.bucket,
                view,
                tracks: &tracks,
                operation: Some(operation),
                policy: setting.policy,
            };
            OperationRates {
                operation: operation.clone(),
                requests: curve.iter().map(|(_, c)| c.requests).sum(),
                baseline: incident.and_then(|(onset, _)| ratio(curve, i64::MIN, curve::floor_to(onset, setting.grid))),
                during: incident.and_then(|(onset, end)| ratio(curve, onset, end.unwrap_or(i64::MAX))),
                impact: windows::error_windows(&subject, &detection),
            }
        })
        .collect();
    out.sort_by(|a, b| b.requests.total_cmp(&a.requests).then_with(|| a.operation.cmp(&b.operation)));
    out
}
